// What goes from hand to hand, or comes from a member beside the notes: warrant, consent, hand-in, a way into a session, meeting
// seal, reopening. The first byte chooses.
#include <cstdint>
#include <cstdlib>

#include "../../../core/sync/src/rows.hpp"
#include "muistio/club/hand_in.hpp"
#include "muistio/club/release.hpp"
#include "muistio/crypto/device_id.hpp"
#include "muistio/space/hand_in.hpp"
#include "muistio/space/seal.hpp"
#include "muistio/space/warrant.hpp"

using namespace muistio;
using namespace muistio::space;

namespace {

template <class T>
void shown_and_stored(BytesView bytes) {
  const auto read = T::decode(bytes);
  if (!read) return;
  if (!equal(read->encode(), bytes)) std::abort();
  const auto again = T::parse(read->text());
  if (!again || !equal(again->encode(), bytes)) std::abort();
}

/// The device whose key stands at that place, so that a word of it is not refused as another's.
DeviceId device_in(BytesView bytes, std::size_t at) {
  if (bytes.size() < at + crypto::VerifyKey::size_bytes) return DeviceId();
  return crypto::device_id_of(crypto::VerifyKey::from_bytes(bytes.subspan(at, crypto::VerifyKey::size_bytes)).value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const BytesView bytes(data + 1, size - 1);
  switch (data[0] % 8) {
    case 0: {
      const auto warrant = Warrant::decode(bytes);
      if (!warrant) break;
      if (!equal(warrant->encode(), bytes)) std::abort();
      const auto& signatures = warrant->signatures;
      for (std::size_t i = 0; i < signatures.size(); ++i)
        if (i > 0 && !(signatures[i - 1].device < signatures[i].device)) std::abort();
      const auto again = Warrant::parse(warrant->text());
      if (signatures.empty() || !again || *again != *warrant) std::abort();
      break;
    }
    case 1:
      static_cast<void>(Warrant::parse(as_text(bytes)));
      break;
    case 2: {
      const auto consent = club::decode_consent(bytes, device_in(bytes, 49));
      if (consent && !equal(club::encode_consent(*consent), bytes)) std::abort();
      const auto line = club::decode_ledger_line(bytes, device_in(bytes, 80));
      if (line && !equal(club::encode_ledger_line(*line), bytes)) std::abort();
      break;
    }
    case 3: {
      static_cast<void>(read_hand_in(bytes));
      break;
    }
    case 4: {
      const auto notes = club::decode_handed_notes(bytes);
      if (notes && !equal(club::encode_handed_notes(*notes), bytes)) std::abort();
      break;
    }
    case 5: {
      const auto offer = sync::decode_offer(bytes);
      if (offer && !equal(sync::encode_offer(*offer), bytes)) std::abort();
      break;
    }
    case 6:
      shown_and_stored<MeetingSeal>(bytes);
      break;
    default:
      shown_and_stored<Reopening>(bytes);
  }
  return 0;
}
