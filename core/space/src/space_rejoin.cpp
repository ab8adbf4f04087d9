// Letting devices of members in again (R9).
#include <algorithm>

#include "muistio/base/planted.hpp"
#include "own_devices.hpp"

namespace muistio::space {
namespace {

std::vector<Leaf> leaves_of(const std::vector<Leaf>& leaves, const MemberId& member) {
  std::vector<Leaf> found;
  std::copy_if(leaves.begin(), leaves.end(), std::back_inserter(found), [&](const Leaf& leaf) { return leaf.member == member; });
  return found;
}

const Leaf* leaf_of(const std::vector<Leaf>& leaves, const DeviceId& device) {
  const auto found = std::find_if(leaves.begin(), leaves.end(), [&](const Leaf& leaf) { return leaf.device == device; });
  return found == leaves.end() ? nullptr : &*found;
}

}  // namespace

Result<AskingLeaf> read_asking_leaf(BytesView key_package, WallMs now) {
  auto read = mls::parse_key_package(key_package);
  if (!read) return fail(ErrorCode::invalid_join_request, read.error().detail);
  if (auto valid = read->validate(now); !valid) return fail(ErrorCode::invalid_join_request, valid.error().message());
  auto leaf = read_leaf(mls::LeafIndex(0), read->leaf_node);
  if (!leaf) return fail(ErrorCode::invalid_join_request, leaf.error().message());
  return AskingLeaf{std::move(*read), std::move(*leaf)};
}

Foothold Space::foothold(const Seen& seen) const {
  const auto& state = *state_;
  Foothold made;
  made.space = state.id;
  made.kind = state.charter.kind;
  made.epoch = state.epoch;
  if (const auto* key = state.key_of(state.epoch)) made.key = key->clone();
  made.seen = seen;
  for (const auto& entry : state.charter.members)
    if (entry.role == Role::host && made.hosts.size() < kFootholdHostsMax) made.hosts.push_back(entry.member);
  return made;
}

const ContentKey* Space::content_key(Epoch epoch) const { return state_->key_of(epoch); }

Result<RejoinVerdict> Space::judge_rejoin(const RejoinRequest& request, const LogFacts& facts, std::span<const DeviceId> linked,
                                          WallMs now) const {
  const auto& state = *state_;
  MUISTIO_CHECK(state.check_usable());
  MUISTIO_TRY(const auto asking, read_asking_leaf(request.key_package, now));
  const auto& member = asking.leaf.member;
  if (!state.charter.role_of(member) && !MUISTIO_PLANTED("asker")) return fail(ErrorCode::not_found, "the asker is no member");
  if (leaf_of(state.leaves, asking.leaf.device) != nullptr) return fail(ErrorCode::already_exists, "the device is in the space");
  if (request.replaced) {
    const auto* replaced = leaf_of(state.leaves, *request.replaced);
    if (replaced == nullptr || replaced->member != member) return fail(ErrorCode::not_found, "no leaf of the asker's to replace");
    MUISTIO_CHECK(request.verify(state.id, replaced->certificate.device_sig_pub));
  } else {
    MUISTIO_CHECK(request.verify(state.id, asking.leaf.certificate.identity_pub));
  }
  MUISTIO_TRY(const auto held, facts.log_hash(request.seen.seq));
  if (held != request.seen.log_hash) return fail(ErrorCode::log_fork, "the asker saw another log");
  const bool is_own = member == own_member();
  if (!is_own && own_role() != Role::host) return RejoinVerdict::ignore;
  if (request.replaced) return RejoinVerdict::admit;
  const bool is_linked = is_own && std::find(linked.begin(), linked.end(), asking.leaf.device) != linked.end();
  return is_linked ? RejoinVerdict::admit : RejoinVerdict::ask;
}

Result<StagedHandshake> Space::stage_rejoin(const RejoinRequest& request, const Seen& seen, WallMs now, Random& random) {
  auto& state = *state_;
  MUISTIO_CHECK(state.check_usable());
  if (state.needs_history) return fail(ErrorCode::invalid_state, "the past is not read yet");
  MUISTIO_TRY(auto asking, read_asking_leaf(request.key_package, now));
  std::vector<Leaf> replaced;
  if (request.all_lost) replaced = leaves_of(state.leaves, asking.leaf.member);
  if (request.replaced) {
    const auto* leaf = leaf_of(state.leaves, *request.replaced);
    if (leaf == nullptr || leaf->member != asking.leaf.member)
      return fail(ErrorCode::not_found, "no leaf of the asker's to replace");
    replaced.push_back(*leaf);
  }
  // A committer's own leaf stays: it is the one that lets the other in.
  std::erase_if(replaced, [&](const Leaf& leaf) { return leaf.device == own_device(); });
  return stage_own_device(state, std::move(asking), request.auth_pub, replaced, request.secret, seen, random);
}

Result<StagedHandshake> Space::stage_device(const JoinRequest& request, const Invitation& invitation, const Seen& seen, WallMs now,
                                            Random& random) {
  auto& state = *state_;
  MUISTIO_CHECK(state.check_usable());
  if (state.needs_history) return fail(ErrorCode::invalid_state, "the past is not read yet");
  if (invitation.space != state.id || invitation.maker != own_member() || state.charter.kind != SpaceKind::personal)
    return fail(ErrorCode::invalid_invitation, "of another space or member");
  MUISTIO_TRY(auto asking, read_asking_leaf(request.key_package, now));
  if (asking.leaf.member != own_member()) return fail(ErrorCode::invalid_join_request, "another member's device");
  if (leaf_of(state.leaves, asking.leaf.device) != nullptr) return fail(ErrorCode::already_exists, "the device is in the space");
  return stage_own_device(state, std::move(asking), request.auth_pub, {}, invitation.secret, seen, random);
}

Space Space::read_only(PersonalBox box, std::shared_ptr<const DeviceKeys> keys) {
  const auto& foothold = box.foothold;
  auto state = std::make_unique<State>(foothold.space, keys, crypto::SigningKey::from_seed(box.auth_seed));
  state->charter.kind = foothold.kind;
  MUISTIO_INVARIANT(state->charter.add({keys->member(), Role::host, Era(0), std::nullopt}).has_value());
  state->epoch = foothold.epoch;
  state->last_handshake = foothold.seen.seq;
  state->joined_at = foothold.seen.seq.next();
  state->epochs[foothold.epoch].set(box.foothold.key.clone());
  state->needs_history = foothold.epoch > Epoch(0);
  state->roll = std::move(box.roll);
  return Space(std::move(state));
}

}  // namespace muistio::space
