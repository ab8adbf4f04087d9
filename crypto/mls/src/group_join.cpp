// Joining by a Welcome (RFC 9420 §12.4.3.1).
#include <algorithm>

#include "group_state.hpp"

namespace muistio::mls {
namespace {
Result<std::vector<NamedPsk>> find_psks(const GroupSecrets& secrets, const PskLookup& lookup) {
  std::vector<NamedPsk> psks;
  std::size_t lineage = 0;
  for (const auto& id : secrets.psks) {
    if (id.psktype == PSKType::resumption && id.usage != ResumptionPSKUsage::application) ++lineage;
    MUISTIO_TRY(auto found, find_psk(id, lookup));
    psks.push_back(std::move(found));
  }
  if (lineage > 1) return fail(ErrorCode::mls_invalid_group_info, "more than one PSK of a former group");
  return psks;
}

bool has_lineage(const GroupSecrets& secrets) {
  return std::any_of(secrets.psks.begin(), secrets.psks.end(), [](const auto& id) {
    return id.psktype == PSKType::resumption && id.usage != ResumptionPSKUsage::application;
  });
}

Result<RatchetTree> tree_of(const GroupInfo& info, std::optional<BytesView> given) {
  if (const auto* data = find_extension(info.extensions, ExtensionType::ratchet_tree)) return decoded<RatchetTree>(*data);
  if (given) return decoded<RatchetTree>(*given);
  return fail(ErrorCode::mls_invalid_group_info, "no ratchet tree");
}

Status check_tree(const RatchetTree& tree, const GroupContext& context) {
  if (!equal(tree.tree_hash().view(), context.tree_hash)) return fail(ErrorCode::mls_invalid_tree, "the tree hash");
  MUISTIO_CHECK(tree.verify_structure());
  MUISTIO_CHECK(tree.verify_parent_hashes());
  for (std::uint32_t i = 0; i < node_count(tree.leaf_count()); ++i)
    if (const auto* key = tree.encryption_key(NodeIndex(i)); key && !key->x25519())
      return fail(ErrorCode::mls_invalid_tree, "the key of node " + std::to_string(i));
  std::vector<LeafIndex> leaves;
  tree.for_each_leaf([&leaves](LeafIndex index, const LeafNode&) { leaves.push_back(index); });
  MUISTIO_CHECK(check_leaves(tree, leaves, context.extensions));
  for (auto index : leaves) MUISTIO_CHECK(tree.leaf(index)->verify({context.group_id, index}));
  return ok();
}

Result<LeafIndex> find_leaf(const RatchetTree& tree, const LeafNode& wanted) {
  std::optional<LeafIndex> found;
  tree.for_each_leaf([&](LeafIndex index, const LeafNode& leaf) {
    if (leaf == wanted) found = index;
  });
  if (found) return *found;
  return fail(ErrorCode::mls_invalid_group_info, "the key package's leaf is not in the tree");
}

Status check_info(const GroupInfo& info) {
  const auto& context = info.group_context;
  if (context.version != ProtocolVersion::mls10 || context.cipher_suite != kCipherSuite)
    return fail(ErrorCode::mls_unsupported_suite, "the group info");
  if (!types_are_unique(context.extensions) || !types_are_unique(info.extensions))
    return fail(ErrorCode::mls_invalid_group_info, "an extension occurs twice");
  return ok();
}
}  // namespace

Result<Joined> Group::join(BytesView welcome_message, const KeyPackagePrivate& key_package, std::optional<BytesView> ratchet_tree,
                           const PskLookup& psks) {
  MUISTIO_TRY(auto parsed, decoded<MLSMessage>(welcome_message));
  const auto* welcome = std::get_if<Welcome>(&parsed.content);
  if (!welcome) return fail(ErrorCode::malformed, "not a welcome");
  MUISTIO_TRY(auto secrets, welcome->open_secrets(key_package.key_package, key_package.init_key));
  MUISTIO_TRY(auto named_psks, find_psks(secrets, psks));
  MUISTIO_TRY(auto joiner, KeyScheduleSecret::from_bytes(secrets.joiner_secret.expose()));
  const auto psk = psk_secret(named_psks);
  MUISTIO_TRY(auto info, welcome->open_group_info(welcome_secret(joiner, psk)));
  MUISTIO_CHECK(check_info(info));
  if (has_lineage(secrets) && info.group_context.epoch != Epoch(1))
    return fail(ErrorCode::mls_invalid_group_info, "a successor group that is past its first epoch");

  auto state = std::make_unique<State>(key_package.signing_key.clone());
  MUISTIO_TRY(state->tree, tree_of(info, ratchet_tree));
  const auto* signer = state->tree.leaf(info.signer);
  if (!signer) return fail(ErrorCode::mls_invalid_group_info, "the signer is not a member");
  MUISTIO_CHECK(info.verify(signer->signature_key));
  MUISTIO_CHECK(check_tree(state->tree, info.group_context));
  MUISTIO_TRY(auto self, find_leaf(state->tree, key_package.key_package.leaf_node));
  state->private_keys = PrivateKeys(self);
  state->private_keys.put(node_of(self), key_package.encryption_key.clone());
  if (secrets.path_secret) {
    MUISTIO_TRY(auto path_secret, KeyScheduleSecret::from_bytes(secrets.path_secret->path_secret.expose()));
    const auto shared = common_ancestor(node_of(self), node_of(info.signer));
    if (self == info.signer || state->tree.is_blank(shared))
      return fail(ErrorCode::mls_invalid_group_info, "where the path secret belongs");
    MUISTIO_TRY(auto commit_secret, state->private_keys.put_path(state->tree, shared, std::move(path_secret)));
    static_cast<void>(commit_secret);
  }

  state->context = info.group_context;
  const auto confirmation_key = state->enter_epoch(epoch_secrets(epoch_secret(joiner, psk, state->context)));
  if (!mac_matches(confirmation_key, state->context.confirmed_transcript_hash, info.confirmation_tag))
    return fail(ErrorCode::mls_bad_confirmation, "the group info");
  state->confirmation_tag = info.confirmation_tag;
  state->interim_transcript_hash = interim_transcript_hash(state->context.confirmed_transcript_hash, info.confirmation_tag);
  return Joined{Group(std::move(state)), std::move(info)};
}

}  // namespace muistio::mls
