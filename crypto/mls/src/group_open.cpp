// Taking messages apart (RFC 9420 §6).
#include "group_state.hpp"

namespace muistio::mls {
namespace {
bool may_be_external(ProposalType type) noexcept { return type != ProposalType::update && type != ProposalType::external_init; }

// The key that must have signed, by the kind of sender (§6.1).
Result<SignaturePublicKey> signer_of(const Group::State& state, const FramedContent& content) {
  const auto* proposal = std::get_if<Proposal>(&content.content);
  switch (content.sender.sender_type) {
    case SenderType::member: {
      const auto* leaf = state.tree.leaf(content.sender.leaf_index);
      if (!leaf) return fail(ErrorCode::mls_invalid_sender, "a blank leaf");
      return leaf->signature_key;
    }
    case SenderType::external: {
      const auto* data = find_extension(state.context.extensions, ExtensionType::external_senders);
      if (!data) return fail(ErrorCode::mls_invalid_sender, "the group has no external senders");
      MUISTIO_TRY(auto senders, decoded<std::vector<ExternalSender>>(*data));
      if (content.sender.sender_index >= senders.size()) return fail(ErrorCode::mls_invalid_sender, "no such external sender");
      if (!proposal || !may_be_external(proposal->type())) return fail(ErrorCode::mls_invalid_sender, "not for an external sender");
      return senders[content.sender.sender_index].signature_key;
    }
    case SenderType::new_member_proposal: {
      const auto* add = proposal ? std::get_if<Add>(&proposal->content) : nullptr;
      if (!add) return fail(ErrorCode::mls_invalid_sender, "a newcomer may only propose to add itself");
      return add->key_package.leaf_node.signature_key;
    }
    case SenderType::new_member_commit: {
      const auto* commit = std::get_if<Commit>(&content.content);
      if (!commit || !commit->path) return fail(ErrorCode::mls_invalid_sender, "a newcomer may only commit itself, with a path");
      return commit->path->leaf_node.signature_key;
    }
  }
  return fail(ErrorCode::mls_invalid_sender);
}

Result<std::vector<CommittedProposal>> resolve(const Group::State& state, const FramedContent& content) {
  std::vector<CommittedProposal> resolved;
  const auto* commit = std::get_if<Commit>(&content.content);
  if (!commit) return resolved;
  for (const auto& entry : commit->proposals) {
    if (const auto* proposal = std::get_if<Proposal>(&entry.content)) {
      resolved.push_back({*proposal, content.sender, false});
      continue;
    }
    const auto stored = state.proposals.find(std::get<ProposalRef>(entry.content));
    if (stored == state.proposals.end()) return fail(ErrorCode::mls_unknown_proposal);
    resolved.push_back({stored->second.proposal, stored->second.sender, true});
  }
  return resolved;
}

Status check_place(const Group::State& state, const Bytes& group_id, Epoch epoch) {
  if (group_id != state.context.group_id) return fail(ErrorCode::mls_wrong_group);
  if (epoch != state.context.epoch)
    return fail(ErrorCode::mls_wrong_epoch,
                std::to_string(epoch.value()) + " instead of " + std::to_string(state.context.epoch.value()));
  return ok();
}
}  // namespace

Result<Inspected> Group::inspect(BytesView message) {
  return leaving_no_trace([&]() -> Result<Inspected> {
    MUISTIO_TRY(auto parsed, decoded<MLSMessage>(message));
    Inspected inspected;
    auto& [opened, claim] = inspected;
    if (const auto* as_public = std::get_if<PublicMessage>(&parsed.content)) {
      MUISTIO_CHECK(check_place(*state_, as_public->content.group_id, as_public->content.epoch));
      MUISTIO_TRY(opened.message, unprotect_public(*as_public, state_->membership_key, state_->context));
    } else if (const auto* as_private = std::get_if<PrivateMessage>(&parsed.content)) {
      MUISTIO_CHECK(check_place(*state_, as_private->group_id, as_private->epoch));
      MUISTIO_TRY(auto unprotected, unprotect_private(*as_private, state_->secret_tree, state_->sender_data_secret));
      opened.message = std::move(unprotected.content);
      claim = std::move(unprotected.claim);
    } else {
      return fail(ErrorCode::malformed, "neither a public nor a private message");
    }
    const auto& sender = opened.sender();
    MUISTIO_TRY(auto signer, signer_of(*state_, opened.message.content));
    MUISTIO_CHECK(opened.message.verify(signer, state_->context));
    if (sender.sender_type == SenderType::member && sender.leaf_index == own_leaf())
      return fail(ErrorCode::mls_invalid_sender, "a message of our own");
    MUISTIO_TRY(opened.proposals, resolve(*state_, opened.message.content));
    return inspected;
  });
}

Result<Opened> Group::open(BytesView message) {
  MUISTIO_TRY(auto inspected, inspect(message));
  if (inspected.claim) state_->secret_tree.consume(std::move(*inspected.claim));
  return std::move(inspected.opened);
}

Result<Opened> Group::peek(BytesView message) {
  MUISTIO_TRY(auto inspected, inspect(message));
  return std::move(inspected.opened);
}

bool Group::says_own(BytesView message) {
  const auto parsed = decoded<MLSMessage>(message);
  const auto* as_private = parsed ? std::get_if<PrivateMessage>(&parsed->content) : nullptr;
  if (!as_private || !check_place(*state_, as_private->group_id, as_private->epoch)) return false;
  const auto claimed = claimed_sender(*as_private, state_->sender_data_secret);
  if (!claimed || claimed->leaf != own_leaf()) return false;
  const auto opened = inspect(message);
  if (opened || opened.error().code == ErrorCode::mls_invalid_sender) return !opened;
  const auto next = state_->secret_tree.claim_next(own_leaf(), SecretTree::kind_of(as_private->content_type));
  return opened.error().code == ErrorCode::mls_secret_consumed && next && claimed->generation < next->generation;
}

Status Group::store_proposal(const Opened& opened) {
  const auto* proposal = opened.proposal();
  if (!proposal || opened.message.content.epoch != epoch())
    return fail(ErrorCode::invalid_argument, "not a proposal of this epoch");
  if (state_->proposals.size() >= kPendingProposalsMax) return fail(ErrorCode::too_large, "pending proposals");
  state_->proposals.insert_or_assign(opened.message.ref(), StoredProposal{*proposal, opened.sender()});
  return ok();
}

std::vector<ProposalRef> Group::committable_proposals() const {
  std::vector<ProposalRef> references;
  for (const auto& [reference, stored] : state_->proposals) {
    const bool own = stored.sender.sender_type == SenderType::member && stored.sender.leaf_index == own_leaf();
    if (!own || stored.proposal.type() != ProposalType::update) references.push_back(reference);
  }
  return references;
}

}  // namespace muistio::mls
