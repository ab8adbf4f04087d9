#include "muistio/crypto/hpke.hpp"

#include <array>

#include "muistio/base/reader.hpp"
#include "muistio/crypto/aead.hpp"
#include "muistio/crypto/hkdf.hpp"

namespace muistio::crypto {
namespace {
// RFC 9180 §4.1 and §5.1: what keeps this suite's derivations apart from every other's.
constexpr std::array<std::uint8_t, 5> kKemSuite{'K', 'E', 'M', 0x00, 0x20};
constexpr std::array<std::uint8_t, 10> kHpkeSuite{'H', 'P', 'K', 'E', 0x00, 0x20, 0x00, 0x01, 0x00, 0x03};
constexpr std::uint8_t kModeBase = 0;

Secret<32> labelled_extract(BytesView suite, BytesView salt, std::string_view label, BytesView input) {
  Writer labelled;
  labelled.reserve(7 + suite.size() + label.size() + input.size());  // so that growth leaves no copy of a secret behind
  labelled.raw(as_bytes("HPKE-v1")).raw(suite).raw(as_bytes(label)).raw(input);
  const SecretBytes material(std::move(labelled).take());
  return hkdf_extract(salt, material.expose());
}

Bytes labelled_info(BytesView suite, std::string_view label, BytesView info, std::size_t length) {
  Writer out;
  out.u16(static_cast<std::uint16_t>(length)).raw(as_bytes("HPKE-v1")).raw(suite).raw(as_bytes(label)).raw(info);
  return std::move(out).take();
}

// RFC 9180 §4.1 ExtractAndExpand.
Secret<32> shared_secret(const Secret<32>& agreed, const X25519PublicKey& kem_output, const X25519PublicKey& recipient) {
  Bytes context = to_bytes(kem_output.view());
  append(context, recipient.view());
  const auto extracted = labelled_extract(kKemSuite, {}, "eae_prk", agreed.expose());
  return hkdf_expand<32>(extracted.expose(), labelled_info(kKemSuite, "shared_secret", context, 32));
}

// RFC 9180 §5.1 KeySchedule in base mode.
struct Context {
  AeadKey key;
  Nonce nonce;
  Secret<32> exporter_secret;
};

Context key_schedule(const Secret<32>& shared, BytesView info) {
  Writer schedule;
  schedule.u8(kModeBase)
      .raw(labelled_extract(kHpkeSuite, {}, "psk_id_hash", {}).expose())
      .raw(labelled_extract(kHpkeSuite, {}, "info_hash", info).expose());
  const auto secret = labelled_extract(kHpkeSuite, shared.expose(), "secret", {});
  Context context;
  context.key = hkdf_expand<32>(secret.expose(), labelled_info(kHpkeSuite, "key", schedule.bytes(), 32));
  hkdf_expand(secret.expose(), labelled_info(kHpkeSuite, "base_nonce", schedule.bytes(), 12), context.nonce.mutable_array());
  context.exporter_secret = hkdf_expand<32>(secret.expose(), labelled_info(kHpkeSuite, "exp", schedule.bytes(), 32));
  return context;
}

struct Setup {
  X25519PublicKey kem_output;
  Context context;
};

Result<Setup> setup_sender(const X25519PublicKey& recipient, BytesView info, Random& random) {
  Secret<32> seed;
  random.fill(seed.expose_mutable());
  const auto ephemeral = hpke_derive_key_pair(seed.expose());
  MUISTIO_TRY(auto agreed, ephemeral.agree(recipient));
  return Setup{ephemeral.public_key(), key_schedule(shared_secret(agreed, ephemeral.public_key(), recipient), info)};
}

Result<Context> setup_receiver(const X25519PrivateKey& recipient, const X25519PublicKey& kem_output, BytesView info) {
  MUISTIO_TRY(auto agreed, recipient.agree(kem_output));
  return key_schedule(shared_secret(agreed, kem_output, recipient.public_key()), info);
}

SecretBytes export_from(const Context& context, BytesView exporter_context, std::size_t length) {
  return hkdf_expand(context.exporter_secret.expose(), labelled_info(kHpkeSuite, "sec", exporter_context, length), length);
}
}  // namespace

Result<HpkeSealed> hpke_seal(const X25519PublicKey& recipient, BytesView info, BytesView associated_data, BytesView plaintext,
                             Random& random) {
  return leaving_no_trace([&]() -> Result<HpkeSealed> {
    MUISTIO_TRY(auto setup, setup_sender(recipient, info, random));
    return HpkeSealed{setup.kem_output, chacha20_seal(setup.context.key, setup.context.nonce, associated_data, plaintext)};
  });
}

Result<SecretBytes> hpke_open(const X25519PrivateKey& recipient, const X25519PublicKey& kem_output, BytesView info,
                              BytesView associated_data, BytesView ciphertext) {
  return leaving_no_trace([&]() -> Result<SecretBytes> {
    MUISTIO_TRY(auto context, setup_receiver(recipient, kem_output, info));
    MUISTIO_TRY(auto plaintext, chacha20_open(context.key, context.nonce, associated_data, ciphertext));
    return SecretBytes(std::move(plaintext));
  });
}

Result<HpkeExported> hpke_send_export(const X25519PublicKey& recipient, BytesView info, BytesView exporter_context,
                                      std::size_t length, Random& random) {
  return leaving_no_trace([&]() -> Result<HpkeExported> {
    MUISTIO_TRY(auto setup, setup_sender(recipient, info, random));
    return HpkeExported{setup.kem_output, export_from(setup.context, exporter_context, length)};
  });
}

Result<SecretBytes> hpke_receive_export(const X25519PrivateKey& recipient, const X25519PublicKey& kem_output, BytesView info,
                                        BytesView exporter_context, std::size_t length) {
  return leaving_no_trace([&]() -> Result<SecretBytes> {
    MUISTIO_TRY(auto context, setup_receiver(recipient, kem_output, info));
    return export_from(context, exporter_context, length);
  });
}

X25519PrivateKey hpke_derive_key_pair(BytesView input_key_material) {
  const auto extracted = labelled_extract(kKemSuite, {}, "dkp_prk", input_key_material);
  return X25519PrivateKey::from_secret(hkdf_expand<32>(extracted.expose(), labelled_info(kKemSuite, "sk", {}, 32)));
}

}  // namespace muistio::crypto
