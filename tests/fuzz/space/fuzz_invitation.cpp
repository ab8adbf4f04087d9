// What comes from people outside: a link's text, a join request, and the plaintext of one sealed with the link's key.
#include <cstdint>
#include <cstdlib>

#include "muistio/base/reader.hpp"
#include "muistio/crypto/aead.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/crypto/hkdf.hpp"
#include "muistio/space/device_link.hpp"
#include "muistio/space/invitation.hpp"
#include "muistio/space/recovery_box.hpp"
#include "muistio/space/rejoin.hpp"
#include "muistio/wire/envelope.hpp"

using namespace muistio;
using namespace muistio::space;

namespace {

/// A rejoin request by a member, who has the key that it is sealed under.
void rejoin_by_a_member(BytesView plain) {
  const ContentKey key;
  const auto extracted = crypto::hkdf_extract({}, key.expose());
  const auto sealing = crypto::hkdf_expand<32>(extracted.expose(), crypto::join_fields("muistio rejoin key 1", {}));
  const auto context = crypto::join_fields("muistio rejoin 1", {SpaceId{}.view(), Writer().u64(0).bytes()});
  Writer body;
  body.u64(0).raw(crypto::XNonce{}.view()).raw(crypto::xchacha20_seal(sealing, crypto::XNonce{}, context, plain));
  const auto request = RejoinRequest::open(SpaceId{}, wire::encode_envelope(29, 1, body.bytes()), [&](Epoch) { return &key; });
  if (!request) return;
  if (request->name.size() > kNameBytesMax || (request->replaced && request->all_lost)) std::abort();
  static_cast<void>(request->verify(SpaceId{}, crypto::VerifyKey{}));
}

/// What a member's own devices, and a server, may hand in: words, device links, asks, answers, rejoin requests, boxes.
void own_devices(std::uint8_t which, BytesView bytes) {
  const InvitationSecret secret{Secret<16>{}};
  const auto phrase = Phrase::from_entropy(Secret<32>{});
  switch (which % 9) {
    case 0:
      if (const auto read = Phrase::parse(as_text(bytes)); read && !Phrase::parse(as_text(read->words().expose()))) std::abort();
      break;
    case 1:
      if (const auto link = DeviceLink::parse(as_text(bytes)); link && !DeviceLink::parse(link->text().value())) std::abort();
      break;
    case 2:
      static_cast<void>(DeviceAsk::open(secret, SpaceId{}, bytes));
      break;
    case 3: {
      const ContentKey key;
      static_cast<void>(RejoinRequest::open(SpaceId{}, bytes, [&](Epoch) { return &key; }));
      break;
    }
    case 4:
      static_cast<void>(RecoveryBox::open(phrase, bytes));
      break;
    case 5:
      if (const auto read = decode_footholds(bytes); read && !equal(encode_footholds(*read).expose(), bytes)) std::abort();
      break;
    case 6:
      rejoin_by_a_member(bytes);
      break;
    case 8:
      if (const auto reveal = DeviceReveal::decode(bytes); reveal && !equal(reveal->encode(), bytes)) std::abort();
      break;
    default:
      if (const auto note = BoxNote::decode(bytes); note && !equal(note->encode(), bytes)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const BytesView bytes(data + 1, size - 1);
  if (data[0] >= 0xF0) {
    own_devices(static_cast<std::uint8_t>(data[0] - 0xF0), bytes);
    return 0;
  }
  const InvitationSecret secret{Secret<16>{}};
  switch (data[0] % 4) {
    case 0: {
      const auto link = Link::parse(as_text(bytes));
      if (!link) break;
      const auto again = link->text();
      if (!again || again->size() > kLinkCharactersMax || !Link::parse(*again)) std::abort();
      break;
    }
    case 1:
      static_cast<void>(JoinRequest::open(secret, SpaceId{}, bytes));
      break;
    case 2: {
      const auto context = crypto::join_fields("muistio join 1", {SpaceId{}.view(), secret.id().view()});
      Bytes body(24);
      append(body, crypto::xchacha20_seal(secret.request_key(), crypto::XNonce{}, context, bytes));
      const auto request = JoinRequest::open(secret, SpaceId{}, wire::encode_envelope(21, 1, body));
      if (request && (request->name.empty() || request->name.size() > kNameBytesMax)) std::abort();
      break;
    }
    default:
      static_cast<void>(Invitation::decode(bytes));
  }
  return 0;
}
