#include "vectors.hpp"

namespace muistio::vectors {
namespace {
using namespace mls;

KeyPackage key_package_of(const Json& entry) {
  return need(parse_key_package(bytes_of(entry.at("key_package"))), "the key package");
}

void require_authenticator(const Group& group, const Json& expected) {
  require(equal(group.epoch_authenticator(), bytes_of(expected)),
          "the authenticator of epoch " + std::to_string(group.epoch().value()));
}

PskLookup lookup_of(const Json& entry) {
  std::map<Bytes, Bytes> psks;
  for (const auto& given : entry.at("external_psks")) psks[bytes_of(given.at("psk_id"))] = bytes_of(given.at("psk"));
  return [psks = std::move(psks)](const PreSharedKeyID& id) -> std::optional<SecretBytes> {
    const auto found = id.psktype == PSKType::external ? psks.find(id.psk_id) : psks.end();
    if (found == psks.end()) return std::nullopt;
    return SecretBytes::copy_of(found->second);
  };
}

// The group stored and read back, as a device does between any two messages.
Group stored_and_read(const Group& group) {
  return need(Group::deserialize(group.serialize().expose()), "reading the stored group");
}
}  // namespace

void check_welcome(const Json& entry) {
  const auto key_package = key_package_of(entry);
  const auto init_key = hpke_key_of(entry.at("init_priv"));
  require(HPKEPublicKey(init_key.public_key()) == key_package.init_key, "the init key");
  const auto message = decoded_of<MLSMessage>(entry.at("welcome"), "the welcome");
  const auto& welcome = std::get<Welcome>(message.content);
  const auto secrets = need(welcome.open_secrets(key_package, init_key), "the group secrets");
  require(secrets.psks.empty(), "a PSK where none is");
  const auto joiner = need(Secret<32>::from_bytes(secrets.joiner_secret.expose()), "the joiner secret");
  const auto no_psk = psk_secret({});
  const auto info = need(welcome.open_group_info(welcome_secret(joiner, no_psk)), "the group info");
  require(info.verify(verify_key_of(entry.at("signer_pub"))), "the group info");
  const auto keys = epoch_secrets(epoch_secret(joiner, no_psk, info.group_context));
  require(mac_matches(keys.confirmation_key, info.group_context.confirmed_transcript_hash, info.confirmation_tag),
          "the confirmation tag");
}

void check_passive_client(const Json& entry) {
  const KeyPackagePrivate key_package{key_package_of(entry), hpke_key_of(entry.at("init_priv")),
                                      hpke_key_of(entry.at("encryption_priv")), signing_key_of(entry.at("signature_priv"))};
  const auto& package = key_package.key_package;
  require(package.validate(), "the key package");
  require(package.init_key == HPKEPublicKey(key_package.init_key.public_key()), "init_priv");
  require(package.leaf_node.encryption_key == HPKEPublicKey(key_package.encryption_key.public_key()), "encryption_priv");
  require(package.leaf_node.signature_key == SignaturePublicKey(key_package.signing_key.verify_key()), "signature_priv");

  const auto psks = lookup_of(entry);
  const bool has_tree = entry.contains("ratchet_tree") && !entry.at("ratchet_tree").is_null();
  const auto tree = has_tree ? bytes_of(entry.at("ratchet_tree")) : Bytes{};
  auto joined =
      need(Group::join(bytes_of(entry.at("welcome")), key_package, has_tree ? std::optional<BytesView>(tree) : std::nullopt, psks),
           "joining");
  auto group = stored_and_read(joined.group);
  require_authenticator(group, entry.at("initial_epoch_authenticator"));
  for (const auto& epoch : entry.at("epochs")) {
    for (const auto& proposal : epoch.at("proposals"))
      require(group.store_proposal(need(group.open(bytes_of(proposal)), "a proposal")), "storing a proposal");
    group = stored_and_read(group);
    const auto commit = need(group.open(bytes_of(epoch.at("commit"))), "the commit");
    group = stored_and_read(need(group.apply_commit(commit, psks), "applying the commit"));
    require_authenticator(group, epoch.at("epoch_authenticator"));
  }
}

}  // namespace muistio::vectors
