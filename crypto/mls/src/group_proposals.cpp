// The list rules of RFC 9420 §12.2 and their application, §12.3.
#include <algorithm>
#include <set>

#include "group_state.hpp"

namespace muistio::mls {
namespace {
Unexpected invalid_list(std::string why) { return fail(ErrorCode::mls_invalid_commit, std::move(why)); }

// The proposals of a list, sorted by kind.
struct Sorted {
  std::vector<const Add*> adds;
  std::vector<std::pair<LeafIndex, const Update*>> updates;
  std::vector<const Remove*> removes;
  std::vector<const PreSharedKeyID*> psks;
  const GroupContextExtensions* extensions = nullptr;
  const ReInit* reinit = nullptr;
  const ExternalInit* external_init = nullptr;
};

Result<Sorted> sort(std::span<const CommittedProposal> proposals) {
  Sorted sorted;
  for (const auto& [proposal, sender, by_reference] : proposals) {
    const auto& content = proposal.content;
    if (const auto* add = std::get_if<Add>(&content)) {
      sorted.adds.push_back(add);
    } else if (const auto* update = std::get_if<Update>(&content)) {
      if (sender.sender_type != SenderType::member) return fail(ErrorCode::mls_invalid_proposal, "an Update by someone outside");
      sorted.updates.emplace_back(sender.leaf_index, update);
    } else if (const auto* remove = std::get_if<Remove>(&content)) {
      sorted.removes.push_back(remove);
    } else if (const auto* psk = std::get_if<PreSharedKey>(&content)) {
      sorted.psks.push_back(&psk->psk);
    } else if (const auto* extensions = std::get_if<GroupContextExtensions>(&content)) {
      if (sorted.extensions) return invalid_list("more than one GroupContextExtensions");
      sorted.extensions = extensions;
    } else if (const auto* reinit = std::get_if<ReInit>(&content)) {
      if (proposals.size() != 1) return invalid_list("a ReInit among others");
      sorted.reinit = reinit;
    } else if (const auto* external_init = std::get_if<ExternalInit>(&content)) {
      if (sorted.external_init) return invalid_list("more than one ExternalInit");
      sorted.external_init = external_init;
    }
  }
  return sorted;
}

Status check_for_sender(const Sorted& sorted, std::span<const CommittedProposal> proposals, const Sender& committer) {
  if (committer.sender_type == SenderType::member) {
    if (sorted.external_init) return invalid_list("an ExternalInit by a member");
    return ok();
  }
  if (!sorted.external_init) return invalid_list("an external commit without ExternalInit");
  if (!sorted.adds.empty() || !sorted.updates.empty() || sorted.removes.size() > 1 || sorted.extensions || sorted.reinit)
    return invalid_list("a proposal that an external commit may not have");
  if (std::any_of(proposals.begin(), proposals.end(), [](const auto& proposal) { return proposal.by_reference; }))
    return invalid_list("an external commit with a reference");
  return ok();
}

Status check_psks(const Sorted& sorted, bool first_of_successor) {
  std::set<Bytes> seen;
  for (const auto* psk : sorted.psks) {
    if (psk->psk_nonce.size() != kHashBytes) return fail(ErrorCode::mls_invalid_proposal, "the nonce of a PSK");
    if (psk->psktype == PSKType::resumption && psk->usage != ResumptionPSKUsage::application && !first_of_successor)
      return fail(ErrorCode::mls_invalid_proposal, "a PSK for another purpose");
    if (!seen.insert(encoded(*psk)).second) return invalid_list("a PSK twice");
  }
  return ok();
}

// No leaf is removed or updated twice, and the committer neither.
Status check_targets(const Group::State& state, const Sorted& sorted, const Sender& committer) {
  std::set<LeafIndex> touched;
  for (const auto& [leaf, update] : sorted.updates) {
    if (!state.tree.leaf(leaf)) return fail(ErrorCode::mls_invalid_proposal, "an Update of no member");
    if (committer.sender_type == SenderType::member && leaf == committer.leaf_index)
      return invalid_list("an Update by the committer");
    if (!touched.insert(leaf).second) return invalid_list("a leaf is changed twice");
  }
  for (const auto* remove : sorted.removes) {
    if (!state.tree.leaf(remove->removed)) return fail(ErrorCode::mls_invalid_proposal, "a Remove of no member");
    if (committer.sender_type == SenderType::member && remove->removed == committer.leaf_index)
      return invalid_list("the committer removes itself");
    if (!touched.insert(remove->removed).second) return invalid_list("a leaf is changed twice");
  }
  return ok();
}

Status check_extensions(std::span<const Extension> extensions) {
  if (!types_are_unique(extensions)) return fail(ErrorCode::mls_invalid_proposal, "a group extension occurs twice");
  if (const auto* data = find_extension(extensions, ExtensionType::required_capabilities))
    if (!decoded<RequiredCapabilities>(*data)) return fail(ErrorCode::mls_invalid_proposal, "the required capabilities");
  if (const auto* data = find_extension(extensions, ExtensionType::external_senders))
    if (!decoded<std::vector<ExternalSender>>(*data)) return fail(ErrorCode::mls_invalid_proposal, "the external senders");
  return ok();
}

// The keys of a leaf that was put in place are no other node's.
Status check_distinct(const RatchetTree& tree, LeafIndex index) {
  if (tree.has_encryption_key(tree.leaf(index)->encryption_key, node_of(index)))
    return fail(ErrorCode::mls_invalid_leaf, "its encryption key is in use");
  return check_signature_key(tree, index);
}

Status check_credential_types(const RatchetTree& tree) {
  std::set<CredentialType> in_use;
  tree.for_each_leaf([&](LeafIndex, const LeafNode& leaf) { in_use.insert(leaf.credential.credential_type); });
  Status status;
  tree.for_each_leaf([&](LeafIndex, const LeafNode& leaf) {
    for (auto type : in_use)
      if (!leaf.capabilities.supports(type))
        status = fail(ErrorCode::mls_invalid_leaf, "a credential's type is not supported by all");
  });
  return status;
}

Status apply_updates(const Group::State& state, const Sorted& sorted, GroupPreview& next) {
  for (const auto& [index, update] : sorted.updates) {
    const auto& leaf = update->leaf_node;
    if (leaf.leaf_node_source != LeafNodeSource::update) return fail(ErrorCode::mls_invalid_leaf, "an Update of another source");
    if (leaf.encryption_key == state.tree.leaf(index)->encryption_key)
      return fail(ErrorCode::mls_invalid_leaf, "an Update keeps its key");
    MUISTIO_CHECK(leaf.verify({state.context.group_id, index}));
    next.tree.update(index, leaf);
    next.updated.push_back(index);
  }
  return ok();
}

Status apply_adds(const Sorted& sorted, GroupPreview& next) {
  for (const auto* add : sorted.adds) {
    MUISTIO_CHECK(add->key_package.validate());
    MUISTIO_TRY(auto index, next.tree.add(add->key_package.leaf_node));
    next.added.push_back(index);
    next.added_key_packages.push_back(add->key_package.ref());
  }
  return ok();
}
}  // namespace

Status check_leaves(const RatchetTree& tree, std::span<const LeafIndex> leaves, std::span<const Extension> extensions) {
  if (!tree.is_all_basic()) MUISTIO_CHECK(check_credential_types(tree));
  for (auto index : leaves) MUISTIO_CHECK(tree.leaf(index)->check_contents(extensions));
  return ok();
}

bool path_required(std::span<const CommittedProposal> proposals) {
  if (proposals.empty()) return true;
  return std::any_of(proposals.begin(), proposals.end(), [](const CommittedProposal& committed) {
    const auto type = committed.proposal.type();
    return type == ProposalType::update || type == ProposalType::remove || type == ProposalType::external_init ||
           type == ProposalType::group_context_extensions;
  });
}

Result<GroupPreview> apply_proposals(const Group::State& state, std::span<const CommittedProposal> proposals,
                                     const Sender& committer, bool first_of_successor) {
  MUISTIO_TRY(auto sorted, sort(proposals));
  MUISTIO_CHECK(check_for_sender(sorted, proposals, committer));
  MUISTIO_CHECK(check_psks(sorted, first_of_successor));
  MUISTIO_CHECK(check_targets(state, sorted, committer));

  GroupPreview next;
  next.context = state.context;
  next.context.epoch = state.context.epoch.next();
  next.tree = state.tree;
  next.committer = committer.leaf_index;
  if (sorted.extensions) {
    MUISTIO_CHECK(check_extensions(sorted.extensions->extensions));
    next.context.extensions = sorted.extensions->extensions;
  }
  if (sorted.reinit) {
    if (sorted.reinit->version < state.context.version)
      return fail(ErrorCode::mls_invalid_proposal, "a ReInit to an older version");
    if (!types_are_unique(sorted.reinit->extensions))
      return fail(ErrorCode::mls_invalid_proposal, "an extension of a ReInit occurs twice");
    next.reinit = *sorted.reinit;
  }
  if (sorted.external_init) next.external_init = sorted.external_init->kem_output;
  for (const auto* psk : sorted.psks) next.psks.push_back(*psk);

  MUISTIO_CHECK(apply_updates(state, sorted, next));
  for (const auto* remove : sorted.removes) {
    next.tree.remove(remove->removed);
    next.removed.push_back(remove->removed);
  }
  MUISTIO_CHECK(apply_adds(sorted, next));
  if (next.tree.member_count() == 0 && committer.sender_type == SenderType::member) return invalid_list("nobody is left");

  std::vector<LeafIndex> changed = next.added;
  changed.insert(changed.end(), next.updated.begin(), next.updated.end());
  for (auto index : changed) MUISTIO_CHECK(check_distinct(next.tree, index));
  if (sorted.extensions) {
    changed.clear();
    next.tree.for_each_leaf([&changed](LeafIndex index, const LeafNode&) { changed.push_back(index); });
  }
  MUISTIO_CHECK(check_leaves(next.tree, changed, next.context.extensions));
  return next;
}

}  // namespace muistio::mls
