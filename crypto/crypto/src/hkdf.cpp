#include "muistio/crypto/hkdf.hpp"

#include <sodium.h>

#include <algorithm>

#include "muistio/crypto/constant_time.hpp"
#include "muistio/crypto/hmac.hpp"

namespace muistio::crypto {
namespace {
// HMAC-SHA256 of the pieces' concatenation, without joining them in memory.
void hmac_into(BytesView key, std::initializer_list<BytesView> pieces, std::span<std::uint8_t, 32> out) noexcept {
  crypto_auth_hmacsha256_state state;
  constexpr std::uint8_t kNothing = 0;  // libsodium takes no null pointer, even for no bytes
  crypto_auth_hmacsha256_init(&state, key.empty() ? &kNothing : key.data(), key.size());
  for (auto piece : pieces)
    if (!piece.empty()) crypto_auth_hmacsha256_update(&state, piece.data(), piece.size());
  crypto_auth_hmacsha256_final(&state, out.data());
  sodium_memzero(&state, sizeof state);
}
}  // namespace

Hash hmac_sha256(BytesView key, BytesView message) noexcept {
  Hash tag;
  hmac_into(key, {message}, tag.mutable_array());
  return tag;
}

Status verify_hmac_sha256(BytesView key, BytesView message, BytesView tag) {
  if (equal_in_constant_time(hmac_sha256(key, message).view(), tag)) return ok();
  return fail(ErrorCode::bad_mac);
}

Secret<32> hkdf_extract(BytesView salt, BytesView input_key_material) noexcept {
  Secret<32> out;
  hmac_into(salt, {input_key_material}, out.expose_mutable());
  return out;
}

void hkdf_expand(BytesView pseudorandom_key, BytesView info, std::span<std::uint8_t> out) {
  MUISTIO_INVARIANT(out.size() <= kHkdfBytesMax);
  Secret<32> block;
  std::size_t done = 0;
  for (std::uint8_t counter = 1; done < out.size(); ++counter) {
    const auto previous = counter == 1 ? BytesView{} : block.expose();
    hmac_into(pseudorandom_key, {previous, info, BytesView(&counter, 1)}, block.expose_mutable());
    const auto count = std::min<std::size_t>(32, out.size() - done);
    std::copy_n(block.expose().begin(), count, out.begin() + static_cast<std::ptrdiff_t>(done));
    done += count;
  }
}

SecretBytes hkdf_expand(BytesView pseudorandom_key, BytesView info, std::size_t length) {
  SecretBytes out(length);
  hkdf_expand(pseudorandom_key, info, out.expose_mutable());
  return out;
}

}  // namespace muistio::crypto
