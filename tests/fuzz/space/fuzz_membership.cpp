// What tells who is in a space, and whom a batch is for: certificate, charter, roll, handshake record, audience grant. The first byte
// chooses.
#include <cstdint>
#include <cstdlib>

#include "muistio/space/audience.hpp"
#include "muistio/space/charter.hpp"
#include "muistio/space/handshake_record.hpp"
#include "muistio/space/identity.hpp"
#include "muistio/space/roll.hpp"

using namespace muistio;
using namespace muistio::space;

namespace {

// What is read is written again to the same bytes: there is one encoding.
template <class T>
void round_trip(BytesView bytes) {
  const auto read = T::decode(bytes);
  if (read && !equal(read->encode(), bytes)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const BytesView bytes(data + 1, size - 1);
  if (data[0] == 0xff) {
    round_trip<AudienceGrant>(bytes);
    return 0;
  }
  switch (data[0] % 4) {
    case 0:
      round_trip<DeviceCertificate>(bytes);
      break;
    case 1:
      round_trip<Charter>(bytes);
      break;
    case 2:
      round_trip<HandshakeRecord>(bytes);
      break;
    default: {
      round_trip<Roll>(bytes);
      if (const auto roll = Roll::decode(bytes)) {
        for (const auto& entry : roll->entries())
          if (roll->find(device_id_of(entry.device_sig_pub), entry.from) == nullptr) std::abort();
        static_cast<void>(roll->continued_by(Roll(roll->end_epoch())));
      }
    }
  }
  return 0;
}
