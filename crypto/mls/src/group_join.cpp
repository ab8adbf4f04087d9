// Joining by a Welcome (RFC 9420 §12.4.3.1).
#include <algorithm>
#include <set>

#include "group_state.hpp"

namespace muistio::mls {
namespace {
bool is_lineage(const PreSharedKeyID& id) {
  return id.psktype == PSKType::resumption && id.usage != ResumptionPSKUsage::application;
}

// The PSK that ties a successor group to the one before it; nullptr if there is none, as when `former` is nullptr.
Result<const PreSharedKeyID*> find_lineage(const GroupSecrets& secrets, const Group* former) {
  const PreSharedKeyID* lineage = nullptr;
  for (const auto& id : secrets.psks) {
    if (!is_lineage(id)) continue;
    if (lineage) return fail(ErrorCode::mls_invalid_group_info, "more than one PSK of a former group");
    lineage = &id;
  }
  if (lineage && !former) return fail(ErrorCode::mls_invalid_group_info, "a successor group, joined without the former one");
  if (!lineage && former) return fail(ErrorCode::mls_invalid_group_info, "not a successor of this group");
  return lineage;
}

// RFC 9420 §11.2 and §11.3.
Status check_successor(const GroupInfo& info, const RatchetTree& tree, const PreSharedKeyID& lineage, const Group& former,
                       const SameMember& same_member) {
  const auto mismatch = [](const char* what) { return fail(ErrorCode::mls_invalid_group_info, what); };
  const auto& context = info.group_context;
  if (context.epoch != Epoch(1)) return mismatch("a successor group that is past its first epoch");
  if (!equal(lineage.psk_group_id, former.group_id())) return mismatch("a successor of another group");
  const bool reinit = lineage.usage == ResumptionPSKUsage::reinit;
  if (reinit) {
    const auto* announced = former.reinit();
    if (!announced || lineage.psk_epoch != former.epoch()) return mismatch("not the group that the ReInit announced");
    if (context.version != announced->version || context.cipher_suite != announced->cipher_suite ||
        context.group_id != announced->group_id || context.extensions != announced->extensions)
      return mismatch("a group unlike the one that the ReInit announced");
  } else if (context.version != former.context().version || context.cipher_suite != former.context().cipher_suite) {
    return mismatch("a branch of another suite");
  }
  if (!are_members_of(tree, former.tree(), same_member)) return mismatch("someone who was not in the former group");
  if (reinit && !are_members_of(former.tree(), tree, reversed(same_member)))
    return mismatch("someone of the former group is missing");
  return ok();
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

bool are_members_of(const RatchetTree& some, const RatchetTree& all, const SameMember& same_member) {
  bool every = true;
  some.for_each_leaf([&](LeafIndex, const LeafNode& one) {
    bool found = false;
    all.for_each_leaf([&](LeafIndex, const LeafNode& other) {
      found = found || (same_member ? same_member(other.credential, one.credential) : other.credential == one.credential);
    });
    every = every && found;
  });
  return every;
}

SameMember reversed(const SameMember& same_member) {
  if (!same_member) return {};
  return [same_member](const Credential& now, const Credential& former) { return same_member(former, now); };
}

Result<RatchetTree> checked_tree(const GroupInfo& info, std::optional<BytesView> given) {
  MUISTIO_CHECK(check_info(info));
  MUISTIO_TRY(auto tree, tree_of(info, given));
  const auto* signer = tree.leaf(info.signer);
  if (!signer) return fail(ErrorCode::mls_invalid_group_info, "the signer is not a member");
  MUISTIO_CHECK(info.verify(signer->signature_key));
  MUISTIO_CHECK(check_tree(tree, info.group_context));
  return tree;
}

Result<Joined> Group::join(BytesView welcome_message, const KeyPackagePrivate& key_package, std::optional<BytesView> ratchet_tree,
                           const PskLookup& psks) {
  return join_from(nullptr, welcome_message, key_package, ratchet_tree, psks, {});
}

Result<Joined> Group::join_successor(BytesView welcome_message, const KeyPackagePrivate& key_package,
                                     std::optional<BytesView> ratchet_tree, const PskLookup& psks,
                                     const SameMember& same_member) const {
  const PskLookup with_own = [this, &psks](const PreSharedKeyID& id) -> std::optional<SecretBytes> {
    if (id.psktype == PSKType::resumption && equal(id.psk_group_id, group_id()))
      if (auto held = resumption_psk(id.psk_epoch)) return std::move(*held);
    return psks ? psks(id) : std::nullopt;
  };
  return join_from(this, welcome_message, key_package, ratchet_tree, with_own, same_member);
}

Result<Joined> Group::join_from(const Group* former, BytesView welcome_message, const KeyPackagePrivate& key_package,
                                std::optional<BytesView> ratchet_tree, const PskLookup& psks, const SameMember& same_member) {
  return leaving_no_trace([&]() -> Result<Joined> {
    MUISTIO_TRY(auto parsed, decoded<MLSMessage>(welcome_message));
    const auto* welcome = std::get_if<Welcome>(&parsed.content);
    if (!welcome) return fail(ErrorCode::malformed, "not a welcome");
    MUISTIO_TRY(auto secrets, welcome->open_secrets(key_package.key_package, key_package.init_key));
    MUISTIO_TRY(const auto* lineage, find_lineage(secrets, former));
    std::vector<NamedPsk> named_psks;
    std::set<Bytes> seen;
    for (const auto& id : secrets.psks) {
      // The commit that the Welcome belongs to could not carry these (§12.1.4, §12.2).
      if (id.psk_nonce.size() != kHashBytes) return fail(ErrorCode::mls_invalid_group_info, "the nonce of a PSK");
      if (!seen.insert(encoded(id)).second) return fail(ErrorCode::mls_invalid_group_info, "a PSK twice");
      MUISTIO_TRY(auto found, find_psk(id, psks));
      named_psks.push_back(std::move(found));
    }
    MUISTIO_TRY(auto joiner, KeyScheduleSecret::from_bytes(secrets.joiner_secret.expose()));
    const auto psk = psk_secret(named_psks);
    MUISTIO_TRY(auto info, welcome->open_group_info(welcome_secret(joiner, psk)));

    auto state = std::make_unique<State>(key_package.signing_key.clone());
    MUISTIO_TRY(state->tree, checked_tree(info, ratchet_tree));
    if (lineage) MUISTIO_CHECK(check_successor(info, state->tree, *lineage, *former, same_member));
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
  });
}

}  // namespace muistio::mls
