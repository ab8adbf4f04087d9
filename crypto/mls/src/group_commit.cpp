// Making commits (RFC 9420 §12.4.1) and processing them (§12.4.2).
#include <algorithm>

#include "group_state.hpp"
#include "muistio/crypto/hpke.hpp"

namespace muistio::mls {
namespace {
std::set<LeafIndex> as_set(const std::vector<LeafIndex>& leaves) { return {leaves.begin(), leaves.end()}; }

// The path of a commit, checked and merged into the preview's tree.
Status preview_path(const Group::State& state, const UpdatePath& path, bool external, GroupPreview& preview) {
  if (external) {
    MUISTIO_TRY(preview.committer, preview.tree.make_room());
  }
  const auto& leaf = path.leaf_node;
  if (leaf.leaf_node_source != LeafNodeSource::commit) return fail(ErrorCode::mls_invalid_leaf, "a path's leaf of another source");
  // A joiner who takes out an old leaf of theirs is held to what an Update of it would be (§12.2).
  if (external)
    for (auto removed : preview.removed)
      if (state.tree.leaf(removed)->encryption_key == leaf.encryption_key)
        return fail(ErrorCode::mls_invalid_leaf, "it keeps the key of the leaf that it removes");
  MUISTIO_TRY(preview.path, merge_path(preview.tree, preview.committer, path, as_set(preview.added)));
  const LeafIndex committer = preview.committer;
  MUISTIO_CHECK(check_signature_key(preview.tree, committer));
  MUISTIO_CHECK(check_leaves(preview.tree, std::span(&committer, 1), preview.context.extensions));
  return leaf.verify({state.context.group_id, committer});
}

// The Welcome for those whom a commit added.
Result<Bytes> make_welcome(const GroupPreview& preview, const Advanced& secrets, const GroupInfo& info, const CreatedPath* path,
                           std::span<const CommittedProposal> proposals, LeafIndex self, Random& random) {
  Welcome welcome;
  welcome.encrypted_group_info = seal_group_info(info, secrets.welcome);
  std::size_t next = 0;
  for (const auto& committed : proposals) {
    const auto* add = std::get_if<Add>(&committed.proposal.content);
    if (!add) continue;
    GroupSecrets group_secrets{SecretBytes::copy_of(secrets.joiner.expose()), {}, preview.psks};
    if (path) {
      const auto shared = common_ancestor(node_of(self), node_of(preview.added[next]));
      group_secrets.path_secret.emplace(PathSecret{SecretBytes::copy_of(path->path_secrets.at(shared).expose())});
    }
    Writer secret;
    secret.reserve(256 + 128 * group_secrets.psks.size());  // so that growth leaves no copy behind
    encode(secret, group_secrets);
    const SecretBytes plaintext(std::move(secret).take());
    MUISTIO_TRY(auto sealed,
                encrypt_with_label(add->key_package.init_key, "Welcome", welcome.encrypted_group_info, plaintext.expose(), random));
    welcome.secrets.push_back({preview.added_key_packages[next], std::move(sealed)});
    ++next;
  }
  return to_message(std::move(welcome));
}
}  // namespace

Advanced advance(Group::State& next, const KeyScheduleSecret& init_secret, const KeyScheduleSecret& commit_secret,
                 const KeyScheduleSecret& psk) {
  Advanced made;
  made.joiner = joiner_secret(init_secret, commit_secret, next.context);
  made.welcome = welcome_secret(made.joiner, psk);
  made.confirmation_key = next.enter_epoch(epoch_secrets(epoch_secret(made.joiner, psk, next.context)));
  return made;
}

Advanced confirm(Group::State& next, BytesView interim_before, AuthenticatedContent& framed, const KeyScheduleSecret& init_secret,
                 const KeyScheduleSecret& commit_secret, const KeyScheduleSecret& psk) {
  auto& confirmed = next.context.confirmed_transcript_hash;
  confirmed = confirmed_transcript_hash(interim_before, framed);
  auto made = advance(next, init_secret, commit_secret, psk);
  framed.auth.confirmation_tag = mac(made.confirmation_key, confirmed);
  next.confirmation_tag = framed.auth.confirmation_tag;
  next.interim_transcript_hash = interim_transcript_hash(confirmed, next.confirmation_tag);
  return made;
}

std::unique_ptr<Group::State> successor(const Group::State& state, const GroupPreview& preview) {
  auto next = std::make_unique<Group::State>(state.signing_key.clone());
  next->context = preview.context;
  next->tree = preview.tree;
  next->reinit = preview.reinit;
  for (const auto& [epoch, psk] : state.resumption_psks) next->resumption_psks.emplace(epoch, psk.clone());
  return next;
}

Status check_signature_key(const RatchetTree& tree, LeafIndex index) {
  if (tree.has_signature_key(tree.leaf(index)->signature_key, index))
    return fail(ErrorCode::mls_invalid_leaf, "its signature key is in use");
  return ok();
}

Result<GroupPreview> Group::preview_commit(const Opened& opened) const {
  const auto* commit = opened.commit();
  if (!commit || opened.message.content.epoch != epoch() || !equal(opened.message.content.group_id, group_id()))
    return fail(ErrorCode::invalid_argument, "not a commit of this epoch");
  if (is_ended()) return fail(ErrorCode::invalid_state, "the group was ended");
  const bool external = opened.sender().sender_type == SenderType::new_member_commit;
  if (!external && opened.sender().sender_type != SenderType::member) return fail(ErrorCode::mls_invalid_sender);
  MUISTIO_TRY(auto preview, apply_proposals(*state_, opened.proposals, opened.sender()));
  if (!commit->path && path_required(opened.proposals)) return fail(ErrorCode::mls_path_required);
  if (commit->path) MUISTIO_CHECK(preview_path(*state_, *commit->path, external, preview));
  preview.context.tree_hash = to_bytes(preview.tree.tree_hash().view());
  return preview;
}

Result<Group> Group::apply_commit(const Opened& opened, const PskLookup& psks) const {
  MUISTIO_TRY(auto preview, preview_commit(opened));
  return apply_commit(opened, preview, psks);
}

Result<Group> Group::apply_commit(const Opened& opened, const GroupPreview& preview, const PskLookup& psks) const {
  return leaving_no_trace([&]() -> Result<Group> {
    const auto* commit = opened.commit();
    if (!commit || preview.context.epoch != epoch().next()) return fail(ErrorCode::invalid_argument, "not a commit of this epoch");
    if (preview.removes(own_leaf())) return fail(ErrorCode::mls_removed);
    MUISTIO_TRY(auto psk, state_->resolve_psks(preview.psks, psks));
    auto next = successor(*state_, preview);
    auto keys = state_->private_keys.clone();
    if (std::find(preview.updated.begin(), preview.updated.end(), own_leaf()) != preview.updated.end()) {
      const auto pending = state_->pending_updates.find(next->tree.leaf(own_leaf())->encryption_key);
      if (pending == state_->pending_updates.end()) return fail(ErrorCode::invalid_state, "the key of our Update is not held");
      keys.put(node_of(own_leaf()), pending->second.clone());
    }
    keys.keep_only(next->tree);

    KeyScheduleSecret commit_secret;
    if (commit->path) {
      MUISTIO_TRY(auto path, open_path(next->tree, keys, *commit->path, preview.path, next->context, as_set(preview.added)));
      commit_secret = std::move(path.commit_secret);
      next->private_keys = std::move(path.private_keys);
    } else {
      next->private_keys = std::move(keys);
    }
    auto init_secret = state_->init_secret.clone();
    if (preview.external_init) {
      auto kem_output = crypto::X25519PublicKey::from_bytes(*preview.external_init);
      if (!kem_output) return fail(ErrorCode::mls_invalid_proposal, "the KEM output of an ExternalInit");
      auto exported = crypto::hpke_receive_export(external_key_pair(state_->external_secret), *kem_output, {},
                                                  as_bytes("MLS 1.0 external init secret"), kHashBytes);
      if (!exported) return fail(ErrorCode::mls_invalid_proposal, "the KEM output of an ExternalInit");
      MUISTIO_TRY(init_secret, KeyScheduleSecret::from_bytes(exported->expose()));
    }

    next->context.confirmed_transcript_hash = mls::confirmed_transcript_hash(state_->interim_transcript_hash, opened.message);
    const auto secrets = advance(*next, init_secret, commit_secret, psk);
    next->confirmation_tag = opened.message.auth.confirmation_tag;
    if (!mac_matches(secrets.confirmation_key, next->context.confirmed_transcript_hash, next->confirmation_tag))
      return fail(ErrorCode::mls_bad_confirmation);
    next->interim_transcript_hash = mls::interim_transcript_hash(next->context.confirmed_transcript_hash, next->confirmation_tag);
    return Group(std::move(next));
  });
}

Result<StagedCommit> Group::stage_commit(const CommitParams& params, Random& random, const PskLookup& psks) {
  return stage(params, random, psks, false);
}

Result<StagedCommit> Group::stage(const CommitParams& params, Random& random, const PskLookup& psks, bool first_of_successor) {
  return leaving_no_trace([&]() -> Result<StagedCommit> {
    if (is_ended()) return fail(ErrorCode::invalid_state, "the group was ended");
    const Sender self{SenderType::member, own_leaf(), 0};
    std::vector<CommittedProposal> proposals;
    Commit commit;
    for (const auto& reference : params.references) {
      const auto stored = state_->proposals.find(reference);
      if (stored == state_->proposals.end()) return fail(ErrorCode::mls_unknown_proposal);
      proposals.push_back({stored->second.proposal, stored->second.sender, true});
      commit.proposals.push_back({reference});
    }
    for (const auto& proposal : params.proposals) {
      proposals.push_back({proposal, self, false});
      commit.proposals.push_back({proposal});
    }
    if (proposals.size() > ProposalOrRef::kListMax) return fail(ErrorCode::mls_invalid_commit, "too many proposals");
    MUISTIO_TRY(auto preview, apply_proposals(*state_, proposals, self, first_of_successor));
    if (!params.with_path && path_required(proposals)) return fail(ErrorCode::mls_path_required);
    MUISTIO_TRY(auto psk, state_->resolve_psks(preview.psks, psks));

    std::optional<CreatedPath> path;
    KeyScheduleSecret commit_secret;
    auto next = successor(*state_, preview);
    if (params.with_path) {
      auto created =
          create_path(next->tree, own_leaf(), own_leaf_node(), state_->signing_key, next->context, as_set(preview.added), random);
      if (!created) return fail(ErrorCode::mls_invalid_commit, "a member's key cannot be encrypted to");
      path = std::move(*created);
      // The leaf's own contents must suit the extensions that the commit sets.
      MUISTIO_CHECK(check_leaves(next->tree, std::span(&self.leaf_index, 1), next->context.extensions));
      commit.path = path->update_path;
      commit_secret = path->commit_secret.clone();
      next->private_keys = path->private_keys.clone();
    } else {
      next->context.tree_hash = to_bytes(next->tree.tree_hash().view());
      next->private_keys = state_->private_keys.clone();
      next->private_keys.keep_only(next->tree);
    }

    auto framed = state_->frame(std::move(commit), params.authenticated_data, params.private_message);
    const auto secrets = confirm(*next, state_->interim_transcript_hash, framed, state_->init_secret, commit_secret, psk);

    StagedCommit staged{{}, {}, preview.added_key_packages, Group(std::move(next))};
    MUISTIO_TRY(staged.commit_message, state_->protect(std::move(framed), random));
    if (!preview.added.empty()) {
      const auto& after = *staged.next.state_;
      GroupInfo info{after.context, {}, after.confirmation_tag, own_leaf(), {}};
      if (params.group_info_extensions) {
        MUISTIO_TRY(info.extensions, params.group_info_extensions(staged.next, staged.added, staged.commit_message));
      }
      if (!types_are_unique(info.extensions) || find_extension(info.extensions, ExtensionType::ratchet_tree))
        return fail(ErrorCode::invalid_argument, "the extensions of the group info");
      if (params.tree_in_welcome) info.extensions.push_back({ExtensionType::ratchet_tree, encoded(after.tree)});
      info.sign(state_->signing_key);
      MUISTIO_TRY(staged.welcome_message,
                  make_welcome(preview, secrets, info, path ? &*path : nullptr, proposals, own_leaf(), random));
    }
    return staged;
  });
}

}  // namespace muistio::mls
