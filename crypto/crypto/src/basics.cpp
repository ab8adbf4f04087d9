#include <sodium.h>

#include "muistio/base/result.hpp"
#include "muistio/crypto/constant_time.hpp"
#include "muistio/crypto/initialise.hpp"
#include "muistio/crypto/random.hpp"

namespace muistio::crypto {

void initialise() noexcept { MUISTIO_INVARIANT(sodium_init() >= 0); }

SystemRandom::SystemRandom() { initialise(); }
void SystemRandom::fill(std::span<std::uint8_t> out) {
  if (!out.empty()) randombytes_buf(out.data(), out.size());  // libsodium takes no null pointer, even for no bytes
}

bool equal_in_constant_time(BytesView left, BytesView right) noexcept {
  return left.size() == right.size() && (left.empty() || sodium_memcmp(left.data(), right.data(), left.size()) == 0);
}

}  // namespace muistio::crypto
