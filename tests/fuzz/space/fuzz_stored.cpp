// What a device stores of itself and of its spaces, and what an admitter hands over in a Welcome. The first byte chooses; what is
// read is written again to the same bytes, but for the link in a Joining, whose names may be cut.
#include <cstdint>
#include <cstdlib>

#include "admission.hpp"
#include "muistio/space/identity.hpp"
#include "muistio/space/joining.hpp"
#include "muistio/space/roll.hpp"

using namespace muistio;
using namespace muistio::space;

namespace {

template <class T>
void round_trip(const Result<T>& read, BytesView bytes) {
  if (!read) return;
  if constexpr (requires { read->encode().expose(); }) {
    if (!equal(read->encode().expose(), bytes)) std::abort();
  } else {
    if (!equal(read->encode(), bytes)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const BytesView bytes(data + 1, size - 1);
  switch (data[0] % 4) {
    case 0:
      round_trip(Admission::decode(bytes), bytes);
      break;
    case 1:
      round_trip(DeviceKeys::decode(bytes), bytes);
      break;
    case 2:
      if (const auto joining = Joining::decode(bytes)) {
        const auto again = Joining::decode(joining->encode().expose());
        if (!again || again->sealed_request() != joining->sealed_request()) std::abort();
      }
      break;
    default:
      round_trip(Roll::decode_stored(bytes), bytes);
  }
  return 0;
}
