// What comes from people outside: a link's text, a join request, and the plaintext of one sealed with the link's key.
#include <cstdint>
#include <cstdlib>

#include "muistio/base/reader.hpp"
#include "muistio/crypto/aead.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/space/invitation.hpp"
#include "muistio/wire/envelope.hpp"

using namespace muistio;
using namespace muistio::space;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const BytesView bytes(data + 1, size - 1);
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
