#include "muistio/base/seams.hpp"

#include <chrono>

namespace muistio {

WallMs SystemClock::wall() const {
  using namespace std::chrono;
  return WallMs(duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count());
}

MonotonicMs SystemClock::monotonic() const {
  using namespace std::chrono;
  return MonotonicMs(static_cast<std::uint64_t>(duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count()));
}

}  // namespace muistio
