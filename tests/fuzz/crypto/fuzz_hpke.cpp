// What a stranger may send to be opened: a KEM output and a ciphertext, a signature, a sealed content.
#include <cstdlib>

#include "muistio/crypto/aead.hpp"
#include "muistio/crypto/hpke.hpp"
#include "muistio/crypto/initialise.hpp"
#include "muistio/crypto/signature.hpp"

using namespace muistio;
using namespace muistio::crypto;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto key = (initialise(), hpke_derive_key_pair(as_bytes("the recipient")));
  if (size < 32) return 0;
  const BytesView input(data, size);
  const auto kem_output = X25519PublicKey::from_bytes(input.first(32)).value();
  const auto rest = input.subspan(32);
  // Nobody who does not know the keys makes something that opens.
  if (hpke_open(key, kem_output, {}, {}, rest)) std::abort();
  if (chacha20_open(key.secret(), Nonce(), {}, rest)) std::abort();
  if (xchacha20_open(key.secret(), XNonce(), {}, rest)) std::abort();
  static_cast<void>(hpke_receive_export(key, kem_output, {}, rest, 32));
  if (rest.size() < 64) return 0;
  const auto verify_key = VerifyKey::from_bytes(input.first(32)).value();
  const auto signature = Signature::from_bytes(rest.first(64)).value();
  static_cast<void>(verify_raw(verify_key, rest.subspan(64), signature));
  return 0;
}
