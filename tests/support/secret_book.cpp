#include "secret_book.hpp"

#include "memory_scan.hpp"
#include "muistio/crypto/hkdf.hpp"
#include "muistio/crypto/x25519.hpp"

namespace muistio::test {
namespace {
// The label within the info of RFC 9420's ExpandWithLabel or RFC 9180's LabeledExpand.
std::string label_in(BytesView info) {
  const auto text = as_text(info);
  if (const auto at = text.find("MLS 1.0 "); at == 3) return std::string(text.substr(at, static_cast<std::uint8_t>(info[2])));
  for (const auto* label : {"shared_secret", "key", "base_nonce", "exp", "sk", "sec"})
    if (text.substr(0, 40).find(label) != std::string_view::npos) return std::string("HPKE ") + label;
  return "?";
}
}  // namespace

SecretBook* secret_book = nullptr;

void SecretBook::write_down(std::string label, BytesView secret) {
  if (secret.size() < SecretHunt::kSecretBytesMin) return;
  // Each member derives what all share.
  auto masked = SecretHunt::mask(secret);
  if (known_.insert(masked).second) secrets_.push_back({std::move(label), std::move(masked)});
}

}  // namespace muistio::test

using muistio::BytesView;
using muistio::crypto::X25519PrivateKey;

#define REAL_EXPAND __real__ZN7muistio6crypto11hkdf_expandESt4spanIKhLm18446744073709551615EES3_S1_IhLm18446744073709551615EE
#define WRAP_EXPAND __wrap__ZN7muistio6crypto11hkdf_expandESt4spanIKhLm18446744073709551615EES3_S1_IhLm18446744073709551615EE
#define REAL_GENERATE __real__ZN7muistio6crypto16X25519PrivateKey8generateERNS_6RandomE
#define WRAP_GENERATE __wrap__ZN7muistio6crypto16X25519PrivateKey8generateERNS_6RandomE

extern "C" {
void REAL_EXPAND(BytesView, BytesView, std::span<std::uint8_t>);
void WRAP_EXPAND(BytesView secret, BytesView info, std::span<std::uint8_t> out) {
  REAL_EXPAND(secret, info, out);
  if (muistio::test::secret_book) muistio::test::secret_book->write_down(muistio::test::label_in(info), out);
}
X25519PrivateKey REAL_GENERATE(muistio::Random&);
X25519PrivateKey WRAP_GENERATE(muistio::Random& random) {
  auto made = REAL_GENERATE(random);
  if (muistio::test::secret_book) muistio::test::secret_book->write_down("X25519", made.secret().expose());
  return made;
}
}
