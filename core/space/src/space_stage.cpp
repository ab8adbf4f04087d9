// Making handshakes: each keeps its commit staged until the log decides (D4).
#include <algorithm>

#include "admission.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/wire/envelope.hpp"
#include "muistio/wire/limits.hpp"
#include "muistio/wire/log_hash.hpp"
#include "own_devices.hpp"
#include "space_state.hpp"
#include "warrant_rules.hpp"

namespace muistio::space {

/// What a commit of ours is to do.
struct CommitIntent {
  std::vector<mls::Proposal> proposals;  // Add and Remove
  std::vector<Leaf> added;
  std::vector<Leaf> removed;
  std::optional<Charter> charter;  // as it is to be; `stage` sets its version and warrants
  std::vector<Bytes> warrants;
  std::vector<wire::AccessChange> access;
  mls::GroupInfoExtensions group_info_extensions;

  void remove(const Leaf& leaf, const Roll& roll) {
    proposals.push_back({mls::Remove{leaf.index}});
    close_access(leaf, roll);
    removed.push_back(leaf);
  }
  void close_access(const Leaf& leaf, const Roll& roll) {
    const auto* entry = roll.last_of(leaf.device);
    if (entry != nullptr && !entry->auth_pub.is_zero()) access.push_back({wire::AccessChange::Op::remove, entry->auth_pub});
  }
  /// The Welcome's GroupInfo says what the newcomer checks the commit by (R8).
  void tell_newcomer(std::shared_ptr<Admission> admission, const InvitationSecret& given) {
    group_info_extensions = [admission, secret = std::make_shared<InvitationSecret>(given.clone())](
                                const mls::Group& next, std::span<const mls::KeyPackageRef> newcomers,
                                BytesView commit_message) -> Result<std::vector<mls::Extension>> {
      if (newcomers.size() != 1) return fail(ErrorCode::invalid_state, "one newcomer at a time");
      admission->commit_hash = crypto::sha256(commit_message);
      admission->confirm = secret->confirm(next.confirmed_transcript_hash(), newcomers.front().data, admission->commit_hash);
      return std::vector<mls::Extension>{{static_cast<mls::ExtensionType>(kAdmissionExtension), admission->encode()}};
    };
  }
};

namespace {

/// The most Removes that a commit of ours carries out for others who leave; the rest waits for the next one.
constexpr std::size_t kRemovesMax = 100;

bool has_leaf(const std::vector<Leaf>& leaves, const MemberId& member) {
  return std::any_of(leaves.begin(), leaves.end(), [&](const Leaf& leaf) { return leaf.member == member; });
}

}  // namespace

/// Builds and stages a commit.
struct Stager {
  Space::State& state;
  Random& random;

  /// The leaving proposals that a commit of ours can carry: not of this member, not of leaves removed anyway, not of the last host.
  [[nodiscard]] std::vector<LeavingProposal> references(const CommitIntent& intent) const {
    std::vector<LeavingProposal> usable;
    const auto& charter = intent.charter ? *intent.charter : state.charter;
    for (const auto& proposal : state.leaving_proposals) {
      if (usable.size() == kRemovesMax) break;
      const auto* leaf = find_leaf(state.leaves, proposal.leaf);
      if (leaf == nullptr || leaf->member == state.keys->member() || find_leaf(intent.removed, proposal.leaf) != nullptr) continue;
      // Who does not know the device's key at the server could not shut it out there: somebody who does commits it.
      const auto* entry = state.roll.last_of(leaf->device);
      if (entry == nullptr || entry->auth_pub.is_zero()) continue;
      const bool host_stays = std::any_of(state.leaves.begin(), state.leaves.end(), [&](const Leaf& other) {
        return other.member != leaf->member && charter.role_of(other.member) == Role::host &&
               find_leaf(intent.removed, other.index) == nullptr && state.leaving.count(other.device) == 0;
      });
      if (!host_stays) continue;
      const bool known =
          std::any_of(usable.begin(), usable.end(), [&](const LeavingProposal& other) { return other.leaf == proposal.leaf; });
      if (!known) usable.push_back(proposal);
    }
    return usable;
  }

  [[nodiscard]] Result<StagedHandshake> stage(CommitIntent intent) {
    MUISTIO_CHECK(state.check_usable());
    if (state.staged_record) return fail(ErrorCode::invalid_state, "a handshake is staged already");

    mls::CommitParams params;
    Proposed proposed;
    proposed.committer = state.keys->member();
    for (const auto& reference : references(intent)) {
      const auto& leaf = *find_leaf(state.leaves, reference.leaf);
      params.references.push_back(reference.ref);
      proposed.removed_by_reference.push_back(leaf.index);
      intent.close_access(leaf, state.roll);
      intent.removed.push_back(leaf);
    }
    keep_shared_keys(intent);
    strike_those_gone(intent, proposed);
    if (intent.charter) {
      intent.charter->version = state.charter.version + 1;
      intent.charter->warrants = std::move(intent.warrants);
      proposed.extensions = context_extensions(*intent.charter);
      intent.proposals.push_back({mls::GroupContextExtensions{*proposed.extensions}});
    }
    proposed.added = intent.added;
    proposed.removed = intent.removed;
    MUISTIO_CHECK(check_roles(state.before(), proposed));
    MUISTIO_TRY(auto charter, check_charter(state.before(), proposed));

    params.proposals = std::move(intent.proposals);
    params.group_info_extensions = std::move(intent.group_info_extensions);
    state.dirty = true;  // the key of the message is used up, whatever comes of it
    MUISTIO_TRY(auto commit, state.group->stage_commit(params, random));
    MUISTIO_TRY(auto next_key, export_content_key(commit.next, charter.era));
    const auto commit_hash = crypto::sha256(commit.commit_message);

    HandshakeRecord handshake;
    handshake.commit = std::move(commit.commit_message);
    handshake.welcome = std::move(commit.welcome_message);
    if (const auto* key = state.key_of(state.epoch); key != nullptr && charter.era == state.charter.era)
      handshake.keywrap = make_keywrap(next_key, *key, state.id, charter.era, state.epoch, commit_hash, random).encode();
    StagedHandshake staged;
    staged.record.kind = wire::RecordKind::handshake;
    staged.record.bytes = handshake.encode();
    staged.record.access_changes = std::move(intent.access);
    MUISTIO_TRY(auto encoded, wire::encode_record(staged.record));
    staged.record_hash = wire::record_hash(encoded);
    staged.epoch = state.epoch;
    staged.last_handshake_seq = state.last_handshake;
    state.staged.emplace(Staged{std::move(commit.next), std::move(next_key), commit_hash});
    state.staged_record = staged;
    return staged;
  }

 private:
  // A key that a device which stays shows as well is not shut out.
  void keep_shared_keys(CommitIntent& intent) const {
    std::erase_if(intent.access, [&](const wire::AccessChange& change) {
      if (change.op != wire::AccessChange::Op::remove) return false;
      return std::any_of(state.leaves.begin(), state.leaves.end(), [&](const Leaf& leaf) {
        const auto* entry = state.roll.last_of(leaf.device);
        return find_leaf(intent.removed, leaf.index) == nullptr && entry != nullptr && entry->auth_pub == change.key;
      });
    });
  }
  // Members who leave with their last leaf are struck from the charter, where the role allows it.
  void strike_those_gone(CommitIntent& intent, const Proposed& proposed) const {
    for (const auto& leaf : intent.removed) {
      const bool by_reference = std::find(proposed.removed_by_reference.begin(), proposed.removed_by_reference.end(), leaf.index) !=
                                proposed.removed_by_reference.end();
      if (!by_reference) continue;
      const bool stays = std::any_of(state.leaves.begin(), state.leaves.end(), [&](const Leaf& other) {
        return other.member == leaf.member && find_leaf(intent.removed, other.index) == nullptr;
      });
      if (stays || has_leaf(intent.added, leaf.member)) continue;
      if (!intent.charter) intent.charter = state.charter;
      static_cast<void>(intent.charter->remove(leaf.member));
    }
  }
};

Result<StagedHandshake> Space::stage_admit(const JoinRequest& request, const Invitation& invitation, const Seen& seen, WallMs now,
                                           Random& random, const std::optional<Warrant>& consent,
                                           const std::optional<MemberId>& again) {
  auto& state = *state_;
  MUISTIO_CHECK(state.check_usable());
  if (own_role() != Role::host) return fail(ErrorCode::not_permitted, "only a host admits");
  if (invitation.space != state.id || invitation.maker != own_member())
    return fail(ErrorCode::invalid_invitation, "of another space or member");
  if (state.needs_history) return fail(ErrorCode::invalid_state, "the past is not read yet");
  auto key_package = mls::parse_key_package(request.key_package);
  if (!key_package) return fail(ErrorCode::invalid_join_request, key_package.error().detail);
  if (auto valid = key_package->validate(now); !valid) return fail(ErrorCode::invalid_join_request, valid.error().message());
  auto leaf = read_leaf(mls::LeafIndex(0), key_package->leaf_node);
  if (!leaf) return fail(ErrorCode::invalid_join_request, leaf.error().message());
  if (has_leaf(state.leaves, leaf->member)) return fail(ErrorCode::already_exists, "a member already");

  const auto& known = state.roll.entries();
  if (request.auth_pub.is_zero() || std::any_of(known.begin(), known.end(), [&](const RollEntry& entry) {
        return !entry.until && entry.auth_pub == request.auth_pub;
      }))
    return fail(ErrorCode::invalid_join_request, "its authentication key is another device's");

  CommitIntent intent;
  intent.charter = state.charter;
  if (consent) intent.warrants.push_back(consent->encode());
  if (intent.charter->find(leaf->member) != nullptr) MUISTIO_CHECK(intent.charter->remove(leaf->member));
  const bool with_roll = admits_with_roll();
  if (!with_roll) intent.charter->era = state.charter.era.next();
  const auto first_era = state.charter.history == HistoryPolicy::all ? state.charter.find(own_member())->first_era : intent.charter->era;
  if (again) {
    if (*again == own_member() || *again == leaf->member) return fail(ErrorCode::invalid_argument, "nobody is their own successor");
    MUISTIO_CHECK(intent.charter->remove(*again));
    for (const auto& old_leaf : state.leaves)
      if (old_leaf.member == *again) intent.remove(old_leaf, state.roll);
  }
  MUISTIO_CHECK(intent.charter->add({leaf->member, invitation.role, first_era, again}));
  intent.added.push_back(*leaf);
  intent.access.push_back({wire::AccessChange::Op::add, request.auth_pub});
  const auto admission = std::make_shared<Admission>();
  admission->seen = seen;
  if (with_roll) {
    const auto check = state.roll.check_of(state.epoch);
    MUISTIO_INVARIANT(check.has_value());
    admission->roll_hash = state.roll_for_newcomer().hash();
    admission->older_check = *check;
    MUISTIO_TRY(admission->granted, state.era_keys(first_era));
  }
  intent.tell_newcomer(admission, invitation.secret);
  intent.proposals.push_back({mls::Add{std::move(*key_package)}});
  return Stager{state, random}.stage(std::move(intent));
}

Result<StagedHandshake> Space::stage_remove(const MemberId& member, Random& random) {
  auto& state = *state_;
  MUISTIO_CHECK(state.check_usable());
  if (member == own_member()) return fail(ErrorCode::invalid_argument, "oneself: leave instead");
  CommitIntent intent;
  for (const auto& leaf : state.leaves)
    if (leaf.member == member) intent.remove(leaf, state.roll);
  if (state.charter.find(member) != nullptr) {
    intent.charter = state.charter;
    MUISTIO_CHECK(intent.charter->remove(member));
  }
  if (!intent.charter) return fail(ErrorCode::not_found, "no such member");
  return Stager{state, random}.stage(std::move(intent));
}

Result<StagedHandshake> Space::stage_remove_device(const DeviceId& device, Random& random) {
  auto& state = *state_;
  MUISTIO_CHECK(state.check_usable());
  const auto found =
      std::find_if(state.leaves.begin(), state.leaves.end(), [&](const Leaf& leaf) { return leaf.device == device; });
  if (found == state.leaves.end()) return fail(ErrorCode::not_found, "no such device");
  if (found->member != own_member() || device == own_device())
    return fail(ErrorCode::invalid_argument, "only another device of oneself");
  CommitIntent intent;
  intent.remove(*found, state.roll);
  return Stager{state, random}.stage(std::move(intent));
}

Result<StagedHandshake> Space::stage_set_role(const MemberId& member, Role role, Random& random) {
  auto& state = *state_;
  MUISTIO_CHECK(state.check_usable());
  CommitIntent intent;
  intent.charter = state.charter;
  const auto found = std::find_if(intent.charter->members.begin(), intent.charter->members.end(),
                                  [&](const CharterMember& entry) { return entry.member == member; });
  if (found == intent.charter->members.end()) return fail(ErrorCode::not_found, "no such member");
  found->role = role;
  return Stager{state, random}.stage(std::move(intent));
}

Result<StagedHandshake> Space::stage_quorum(std::uint8_t quorum, const std::optional<Warrant>& consent, Random& random) {
  auto& state = *state_;
  MUISTIO_CHECK(state.check_usable());
  CommitIntent intent;
  intent.charter = state.charter;
  intent.charter->quorum = quorum;
  if (consent) intent.warrants.push_back(consent->encode());
  return Stager{state, random}.stage(std::move(intent));
}

Result<StagedHandshake> Space::stage_take_host(const Warrant& warrant, Random& random) {
  auto& state = *state_;
  MUISTIO_CHECK(state.check_usable());
  CommitIntent intent;
  intent.charter = state.charter;
  intent.charter->warrants.clear();
  intent.warrants.push_back(warrant.encode());
  MUISTIO_CHECK(take_host(state.before(), own_member(), intent.warrants, *intent.charter));
  return Stager{state, random}.stage(std::move(intent));
}

WarrantTerms Space::warrant_terms(WarrantKind kind, const MemberId& subject) const {
  return {kind, state_->id, state_->charter.version, subject};
}

Status Space::check_vote(const Warrant& warrant, const MemberId& author) const {
  const auto& state = *state_;
  const auto* member = state.charter.find(author);
  if (warrant.signatures.size() != 1 || warrant.terms.space != state.id || warrant.terms.charter_version != state.charter.version)
    return fail(ErrorCode::not_permitted, "a vote for something else");
  const auto leaf = std::find_if(state.leaves.begin(), state.leaves.end(),
                                 [&](const Leaf& each) { return each.device == warrant.signatures.front().device; });
  if (leaf == state.leaves.end() || leaf->member != author || member == nullptr || member->role == Role::guest)
    return fail(ErrorCode::not_permitted, "a vote of nobody here");
  return verify_warrant(warrant.terms, warrant.signatures.front(), leaf->certificate.device_sig_pub);
}

Status Space::check_consent(const Warrant& warrant) const { return check_warrant(state_->before(), warrant); }

Result<StagedHandshake> Space::stage_begin_era(Random& random) {
  auto& state = *state_;
  MUISTIO_CHECK(state.check_usable());
  CommitIntent intent;
  intent.charter = state.charter;
  intent.charter->era = state.charter.era.next();
  return Stager{state, random}.stage(std::move(intent));
}

Result<StagedHandshake> Space::stage_heal(Random& random) { return Stager{*state_, random}.stage({}); }

Result<StagedHandshake> Space::stage_leaving(Random& random) {
  auto& state = *state_;
  MUISTIO_CHECK(state.check_usable());
  Stager stager{state, random};
  CommitIntent intent;
  if (stager.references(intent).empty()) {
    if (own_role() != Role::host) return fail(ErrorCode::not_found, "nobody leaves whom this member may remove");
    intent.charter = state.charter;
    for (const auto& leaf : state.leaves) {
      if (leaf.member == own_member() || state.leaving.count(leaf.device) == 0 || intent.removed.size() >= kRemovesMax) continue;
      intent.remove(leaf, state.roll);
    }
    if (intent.removed.empty()) return fail(ErrorCode::not_found, "nobody leaves");
    // Who keeps a device stays a member.
    for (const auto& leaf : intent.removed) {
      const bool stays = std::any_of(state.leaves.begin(), state.leaves.end(), [&](const Leaf& other) {
        return other.member == leaf.member && find_leaf(intent.removed, other.index) == nullptr;
      });
      if (!stays && intent.charter->find(leaf.member) != nullptr) MUISTIO_CHECK(intent.charter->remove(leaf.member));
    }
  }
  return stager.stage(std::move(intent));
}

Result<std::vector<Bytes>> Space::make_leave_proposals(Random& random) {
  auto& state = *state_;
  MUISTIO_CHECK(state.check_usable());
  state.dirty = true;
  std::vector<Bytes> records;
  for (const auto& leaf : state.leaves) {
    if (leaf.member != own_member()) continue;
    MUISTIO_TRY(auto message, state.group->propose({mls::Remove{leaf.index}}, random));
    records.push_back(wire::encode_envelope(static_cast<std::uint64_t>(ContentKind::proposal), 1, message));
  }
  return records;
}

Status Space::process_proposal(Seq seq, BytesView record_bytes) {
  auto& state = *state_;
  MUISTIO_CHECK(state.check_usable());
  if (seq <= state.last_handshake) return fail(ErrorCode::stale_epoch, "the proposal stands before the newest handshake");
  if (record_bytes.size() > wire::limits::batch_bytes_max) return fail(ErrorCode::too_large, "a content record");
  MUISTIO_TRY(auto envelope, wire::decode_envelope(record_bytes, wire::limits::batch_bytes_max));
  if (envelope.kind != static_cast<std::uint64_t>(ContentKind::proposal)) return fail(ErrorCode::malformed, "not a proposal");
  if (envelope.version != 1) return fail(ErrorCode::unsupported_version, "a proposal");
  MUISTIO_TRY(auto sealed, mls::parse_private_message(envelope.body));
  if (sealed.content_type != mls::ContentType::proposal || !sealed.authenticated_data.empty())
    return fail(ErrorCode::not_permitted, "not a proposal by PrivateMessage");
  MUISTIO_TRY(auto opened, state.group->peek(envelope.body));
  MUISTIO_CHECK(check_leaving(opened, state.leaves));
  const auto proposer = opened.sender().leaf_index;
  const auto target = std::get<mls::Remove>(opened.proposal()->content).removed;
  const auto ref = opened.message.ref();
  for (const auto& held : state.leaving_proposals) {
    if (held.leaf != target) continue;
    if (held.ref == ref) return ok();
    return fail(ErrorCode::not_permitted, "its removal is proposed already");
  }
  MUISTIO_CHECK(state.group->store_proposal(opened));
  state.leaving_proposals.push_back({ref, proposer, target});
  state.leaving.insert(find_leaf(state.leaves, target)->device);
  state.dirty = true;
  MUISTIO_TRY(opened, state.group->open(envelope.body));  // now its key is used up
  return ok();
}

std::vector<MemberId> Space::leaving() const {
  std::set<MemberId> members;
  for (const auto& leaf : state_->leaves)
    if (state_->leaving.count(leaf.device) != 0) members.insert(leaf.member);
  return {members.begin(), members.end()};
}

Result<StagedHandshake> stage_own_device(Space::State& state, AskingLeaf asking, const wire::AuthKey& auth_pub,
                                         const std::vector<Leaf>& replaced, const InvitationSecret& given_secret, const Seen& seen,
                                         Random& random) {
  const auto& known = state.roll.entries();
  const bool is_known =
      std::any_of(known.begin(), known.end(), [&](const RollEntry& entry) { return !entry.until && entry.auth_pub == auth_pub; });
  if (auth_pub.is_zero() || is_known) return fail(ErrorCode::invalid_join_request, "its authentication key is another device's");
  const auto check = state.roll.check_of(state.epoch);
  MUISTIO_INVARIANT(check.has_value());
  CommitIntent intent;
  for (const auto& leaf : replaced) intent.remove(leaf, state.roll);
  intent.added.push_back(asking.leaf);
  intent.access.push_back({wire::AccessChange::Op::add, auth_pub});
  const auto admission = std::make_shared<Admission>();
  admission->seen = seen;
  admission->roll_hash = state.roll_for_newcomer().hash();
  admission->older_check = *check;
  const auto* member = state.charter.find(asking.leaf.member);
  if (member == nullptr) return fail(ErrorCode::not_found, "no such member");
  MUISTIO_TRY(admission->granted, state.era_keys(member->first_era));
  intent.tell_newcomer(admission, given_secret);
  intent.proposals.push_back({mls::Add{std::move(asking.key_package)}});
  return Stager{state, random}.stage(std::move(intent));
}

}  // namespace muistio::space
