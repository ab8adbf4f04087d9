#include "vectors.hpp"

namespace muistio::vectors {
namespace {
using namespace mls;

void require_secret(const Secret<32>& secret, const Json& entry, const char* name) {
  require(equal(secret.expose(), bytes_of(entry.at(name))), name);
}
}  // namespace

void check_crypto_basics(const Json& entry) {
  const auto& ref = entry.at("ref_hash");
  require(ref_hash(ref.at("label").get<std::string>(), bytes_of(ref.at("value"))).data == bytes_of(ref.at("out")), "ref_hash");

  const auto& expand = entry.at("expand_with_label");
  Bytes out(expand.at("length").get<std::size_t>());
  expand_with_label(bytes_of(expand.at("secret")), expand.at("label").get<std::string>(), bytes_of(expand.at("context")), out);
  require(out == bytes_of(expand.at("out")), "expand_with_label");

  const auto& derive = entry.at("derive_secret");
  require_secret(derive_secret(secret_of(derive.at("secret")), derive.at("label").get<std::string>()), derive, "out");

  const auto& tree = entry.at("derive_tree_secret");
  out.assign(tree.at("length").get<std::size_t>(), 0);
  derive_tree_secret(bytes_of(tree.at("secret")), tree.at("label").get<std::string>(), tree.at("generation").get<std::uint32_t>(),
                     out);
  require(out == bytes_of(tree.at("out")), "derive_tree_secret");

  const auto& sign = entry.at("sign_with_label");
  const auto label = sign.at("label").get<std::string>();
  const auto content = bytes_of(sign.at("content"));
  const auto public_key = verify_key_of(sign.at("pub"));
  require(verify_with_label(public_key, label, content, bytes_of(sign.at("signature"))), "verify_with_label");
  require(verify_with_label(public_key, label, content, sign_with_label(signing_key_of(sign.at("priv")), label, content)),
          "sign_with_label");

  const auto& encrypt = entry.at("encrypt_with_label");
  const auto key = hpke_key_of(encrypt.at("priv"));
  const auto encrypt_label = encrypt.at("label").get<std::string>();
  const auto context = bytes_of(encrypt.at("context"));
  const auto plaintext = bytes_of(encrypt.at("plaintext"));
  require(equal(key.public_key().view(), bytes_of(encrypt.at("pub"))), "the HPKE public key");
  const HPKECiphertext given{bytes_of(encrypt.at("kem_output")), bytes_of(encrypt.at("ciphertext"))};
  require(equal(need(decrypt_with_label(key, encrypt_label, context, given), "decrypt_with_label").expose(), plaintext),
          "the plaintext");
  const auto own = need(encrypt_with_label(HPKEPublicKey(key.public_key()), encrypt_label, context, plaintext, randomness()),
                        "encrypt_with_label");
  require(equal(need(decrypt_with_label(key, encrypt_label, context, own), "decrypting our own").expose(), plaintext),
          "our own plaintext");
}

void check_key_schedule(const Json& entry) {
  GroupContext context;
  context.group_id = bytes_of(entry.at("group_id"));
  auto init_secret = secret_of(entry.at("initial_init_secret"));
  for (const auto& epoch : entry.at("epochs")) {
    context.tree_hash = bytes_of(epoch.at("tree_hash"));
    context.confirmed_transcript_hash = bytes_of(epoch.at("confirmed_transcript_hash"));
    require(encoded(context) == bytes_of(epoch.at("group_context")), "group_context");
    const auto psk = epoch.contains("psk_secret") ? secret_of(epoch.at("psk_secret")) : Secret<32>();
    const auto joiner = joiner_secret(init_secret, secret_of(epoch.at("commit_secret")), context);
    require_secret(joiner, epoch, "joiner_secret");
    require_secret(welcome_secret(joiner, psk), epoch, "welcome_secret");
    auto secrets = epoch_secrets(epoch_secret(joiner, psk, context));
    require_secret(secrets.init_secret, epoch, "init_secret");
    require_secret(secrets.sender_data_secret, epoch, "sender_data_secret");
    require_secret(secrets.encryption_secret, epoch, "encryption_secret");
    require_secret(secrets.exporter_secret, epoch, "exporter_secret");
    require_secret(secrets.epoch_authenticator, epoch, "epoch_authenticator");
    require_secret(secrets.external_secret, epoch, "external_secret");
    require_secret(secrets.confirmation_key, epoch, "confirmation_key");
    require_secret(secrets.membership_key, epoch, "membership_key");
    require_secret(secrets.resumption_psk, epoch, "resumption_psk");
    require(equal(external_key_pair(secrets.external_secret).public_key().view(), bytes_of(epoch.at("external_pub"))),
            "external_pub");
    const auto& exporter = epoch.at("exporter");
    const auto exported = mls_exporter(secrets.exporter_secret, exporter.at("label").get<std::string>(),
                                       bytes_of(exporter.at("context")), exporter.at("length").get<std::size_t>());
    require(equal(exported.expose(), bytes_of(exporter.at("secret"))), "exporter");
    init_secret = std::move(secrets.init_secret);
    context.epoch = context.epoch.next();
  }
}

void check_psk_secret(const Json& entry) {
  std::vector<NamedPsk> psks;
  for (const auto& given : entry.at("psks")) {
    PreSharedKeyID id;
    id.psk_id = bytes_of(given.at("psk_id"));
    id.psk_nonce = bytes_of(given.at("psk_nonce"));
    psks.push_back({std::move(id), SecretBytes(bytes_of(given.at("psk")))});
  }
  require_secret(psk_secret(psks), entry, "psk_secret");
}

void check_secret_tree(const Json& entry) {
  const auto& sender_data = entry.at("sender_data");
  const auto key = sender_data_key(secret_of(sender_data.at("sender_data_secret")), bytes_of(sender_data.at("ciphertext")));
  require(equal(key.key.expose(), bytes_of(sender_data.at("key"))), "sender_data.key");
  require(equal(key.nonce.expose(), bytes_of(sender_data.at("nonce"))), "sender_data.nonce");

  const auto& leaves = entry.at("leaves");
  SecretTree tree(LeafCount(static_cast<std::uint32_t>(leaves.size())), secret_of(entry.at("encryption_secret")));
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    for (const auto& given : leaves.at(i)) {
      const auto check = [&](SecretTree::Kind kind, const std::string& name) {
        auto claim =
            need(tree.claim(LeafIndex(static_cast<std::uint32_t>(i)), kind, given.at("generation").get<std::uint32_t>()), name);
        require(equal(claim.key.key.expose(), bytes_of(given.at(name + "_key"))), name + "_key");
        require(equal(claim.key.nonce.expose(), bytes_of(given.at(name + "_nonce"))), name + "_nonce");
        tree.consume(std::move(claim));
      };
      check(SecretTree::Kind::handshake, "handshake");
      check(SecretTree::Kind::application, "application");
    }
  }
}

void check_transcript_hashes(const Json& entry) {
  const auto content = decoded_of<AuthenticatedContent>(entry.at("authenticated_content"), "the content");
  require(content.content.content_type() == ContentType::commit, "the content is no commit");
  const auto confirmed = confirmed_transcript_hash(bytes_of(entry.at("interim_transcript_hash_before")), content);
  require(confirmed == bytes_of(entry.at("confirmed_transcript_hash_after")), "confirmed_transcript_hash_after");
  require(mac_matches(secret_of(entry.at("confirmation_key")), confirmed, content.auth.confirmation_tag), "the confirmation tag");
  require(interim_transcript_hash(confirmed, content.auth.confirmation_tag) == bytes_of(entry.at("interim_transcript_hash_after")),
          "interim_transcript_hash_after");
}

}  // namespace muistio::vectors
