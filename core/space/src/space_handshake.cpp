// Following handshake records (R3).
#include <algorithm>

#include "muistio/base/planted.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/wire/log_hash.hpp"
#include "space_state.hpp"

namespace muistio::space {
namespace {

bool has_device(const std::vector<Leaf>& leaves, const DeviceId& device) {
  return std::any_of(leaves.begin(), leaves.end(), [&](const Leaf& leaf) { return leaf.device == device; });
}
bool has_member(const std::vector<Leaf>& leaves, const MemberId& member) {
  return std::any_of(leaves.begin(), leaves.end(), [&](const Leaf& leaf) { return leaf.member == member; });
}

Outcome skipped(Epoch epoch, Refusal refusal) {
  Outcome outcome;
  outcome.kind = Outcome::Kind::skipped;
  outcome.epoch = epoch;
  outcome.step = refusal.step;
  outcome.error = std::move(refusal.error);
  return outcome;
}

}  // namespace

bool carries_key(const std::optional<Bytes>& wrap, const ContentKey& newer, const ContentKey& older, const SpaceId& space,
                 Epoch epoch, const Hash& commit_hash) {
  if (MUISTIO_PLANTED("keywrap")) return true;
  if (!wrap) return false;
  const auto read = Keywrap::decode(*wrap);
  if (!read || read->epoch != epoch) return false;
  const auto opened = open_keywrap(newer, *read, space, commit_hash);
  return opened && equal(opened->expose(), older.expose());
}

Result<Outcome> Space::State::advance(Seq seq, mls::Group next, ContentKey key, const Hash& commit_hash, const wire::Record& record,
                                      std::span<const mls::LeafIndex> added) {
  MUISTIO_TRY(auto now, read_leaves(next.tree()));
  MUISTIO_TRY(auto charter_now, read_context_extensions(next.context().extensions));
  Outcome outcome;
  outcome.kind = Outcome::Kind::applied;
  outcome.epoch = next.epoch();

  // The keys at the server, in the order of the devices added (R10).
  std::vector<wire::AuthKey> auth_keys;
  for (const auto& change : record.access_changes)
    if (change.op == wire::AccessChange::Op::add) auth_keys.push_back(change.key);
  const auto auth_key_of = [&](const Leaf& leaf) {
    const auto at = std::find(added.begin(), added.end(), leaf.index);
    if (at == added.end() || auth_keys.size() != added.size()) return wire::AuthKey{};
    return auth_keys[static_cast<std::size_t>(at - added.begin())];
  };

  outcome.era_began = charter_now.era != charter.era;
  roll.begin_epoch(seq, key_check(id, outcome.epoch, key), outcome.era_began);
  for (const auto& leaf : leaves) {
    if (has_device(now, leaf.device)) continue;
    roll.close(leaf.device, outcome.epoch);
    outcome.devices_removed.push_back({leaf.device, leaf.member});
    const auto gone = !has_member(now, leaf.member);
    auto& members = outcome.members_removed;
    if (gone && std::find(members.begin(), members.end(), leaf.member) == members.end()) members.push_back(leaf.member);
  }
  for (const auto& leaf : now) {
    const auto role = charter_now.role_of(leaf.member);
    MUISTIO_INVARIANT(role.has_value());  // step 7
    RollEntry entry{leaf.certificate.device_sig_pub, leaf.member, *role, auth_key_of(leaf), outcome.epoch, std::nullopt};
    if (has_device(leaves, leaf.device)) {
      const auto* held = roll.last_of(leaf.device);
      if (held != nullptr && held->role == *role) continue;
      if (held != nullptr) entry.auth_pub = held->auth_pub;
      roll.close(leaf.device, outcome.epoch);
    } else {
      outcome.devices_added.push_back({leaf.device, leaf.member});
      auto& members = outcome.members_added;
      if (!has_member(leaves, leaf.member) && std::find(members.begin(), members.end(), leaf.member) == members.end())
        members.push_back(leaf.member);
    }
    roll.open(std::move(entry));
  }

  auto& keys_now = epochs[outcome.epoch];
  keys_now.set(std::move(key));
  keys_now.commit_hash = commit_hash;
  group.emplace(std::move(next));
  epoch = outcome.epoch;
  charter = std::move(charter_now);
  set_leaves(std::move(now));
  std::erase_if(leaving, [&](const DeviceId& device) { return !has_device(leaves, device); });
  leaving_proposals.clear();
  last_handshake = seq;
  dirty = roll_dirty = true;
  return outcome;
}

Outcome Space::State::close() {
  Outcome outcome;
  outcome.kind = Outcome::Kind::applied;
  outcome.epoch = epoch;
  outcome.own_removed = true;
  outcome.devices_removed.push_back({keys->device(), keys->member()});
  group.reset();
  staged.reset();
  staged_record.reset();
  leaving_proposals.clear();
  leaving.clear();
  dirty = true;
  return outcome;
}

Outcome Space::State::freeze(Refusal refusal) {
  frozen = std::move(refusal.error);
  Outcome outcome;
  outcome.kind = Outcome::Kind::frozen;
  outcome.epoch = epoch;
  outcome.step = refusal.step;
  outcome.error = frozen;
  return outcome;
}

Result<Outcome> Space::process_handshake(Seq seq, const wire::Record& record) {
  auto& state = *state_;
  MUISTIO_CHECK(state.check_usable());
  if (seq <= state.last_handshake) return fail(ErrorCode::invalid_state, "the place is not after the last handshake");
  state.dirty = true;
  if (state.staged_record && record.kind == wire::RecordKind::handshake) {
    // What stands beside the commit is not authenticated: the commit alone says that it is ours.
    const auto read = HandshakeRecord::decode(record.bytes);
    if (read && crypto::sha256(read->commit) == state.staged->commit_hash) return state.follow_staged(seq, record, read->keywrap);
  }
  auto judged = judge(*state.group, state.before(), record);
  if (auto* refusal = std::get_if<Refusal>(&judged)) {
    if (refusal->error.code == ErrorCode::unsupported_version) {
      // Devices with a newer app may follow it: neither judged nor skipped, and nothing has changed.
      Outcome outcome;
      outcome.kind = Outcome::Kind::frozen;
      outcome.epoch = state.epoch;
      outcome.step = refusal->step;
      outcome.error = std::move(refusal->error);
      return outcome;
    }
    if (refusal->error.code == ErrorCode::broken_chain) return state.freeze(std::move(*refusal));
    state.last_handshake = seq;
    if (state.staged_record) state.staged_record->last_handshake_seq = seq;
    return skipped(state.epoch, std::move(*refusal));
  }
  auto& valid = std::get<Judged>(judged);
  const auto commit_hash = crypto::sha256(valid.record.commit);
  const auto epoch_before = state.epoch;
  const bool had_staged = state.staged_record.has_value();
  const auto* committer = find_leaf(state.leaves, valid.preview.committer);
  const bool by_host = committer != nullptr && state.charter.role_of(committer->member) == Role::host;
  const bool removed = valid.preview.removes(state.group->own_leaf());
  if (removed) {
    state.last_handshake = seq;
    auto outcome = state.close();
    outcome.staged_discarded = had_staged;
    return outcome;
  }

  auto next = state.group->apply_commit(valid.opened, valid.preview);
  if (!next) {
    const auto& cause = next.error();
    const auto detail = std::string(error_name(cause.code)) + (cause.detail.empty() ? "" : ": " + cause.detail);
    if (cause.code == ErrorCode::mls_bad_confirmation || MUISTIO_PLANTED("garbled")) {
      state.last_handshake = seq;
      if (state.staged_record) state.staged_record->last_handshake_seq = seq;
      return skipped(state.epoch, {Step::confirmation, {ErrorCode::handshake_confirmation, detail}});
    }
    // Others may have been able to go on: whatever it is, never skip.
    return state.freeze({Step::decryption, {ErrorCode::handshake_decryption, detail}});
  }
  MUISTIO_TRY(auto key, export_content_key(*next, valid.charter.era));
  const auto* older = state.key_of(epoch_before);
  const bool wrap_fits = older != nullptr && carries_key(valid.record.keywrap, key, *older, state.id, epoch_before, commit_hash);
  MUISTIO_TRY(auto outcome, state.advance(seq, std::move(*next), std::move(key), commit_hash, record, valid.preview.added));
  outcome.by_host = by_host;
  outcome.keywrap_needed = older != nullptr && !wrap_fits && !outcome.era_began;
  outcome.staged_discarded = had_staged;
  state.staged.reset();
  state.staged_record.reset();
  return outcome;
}

Result<Outcome> Space::State::follow_staged(Seq seq, const wire::Record& record, const std::optional<Bytes>& keywrap) {
  MUISTIO_TRY(auto now, read_leaves(staged->next.tree()));
  std::vector<mls::LeafIndex> added;
  for (const auto& leaf : now)
    if (!has_device(leaves, leaf.device)) added.push_back(leaf.index);
  const auto removed = std::count_if(leaves.begin(), leaves.end(), [&](const Leaf& leaf) { return !has_device(now, leaf.device); });
  if (auto allowed = check_access(record, added.size(), static_cast<std::size_t>(removed)); !allowed) {
    last_handshake = seq;
    staged_record->last_handshake_seq = seq;
    return skipped(epoch, {Step::roles, allowed.error()});
  }
  const auto* older = key_of(epoch);
  const bool wrap_needed = older != nullptr && !carries_key(keywrap, staged->next_key, *older, id, epoch, staged->commit_hash);
  MUISTIO_TRY(auto outcome, advance(seq, std::move(staged->next), std::move(staged->next_key), staged->commit_hash, record, added));
  outcome.own = true;
  outcome.keywrap_needed = wrap_needed && !outcome.era_began;
  staged.reset();
  staged_record.reset();
  return outcome;
}

Result<Outcome> Space::merge_staged(Seq seq) {
  if (!state_->staged_record) {
    MUISTIO_CHECK(state_->check_usable());
    return fail(ErrorCode::invalid_state, "nothing is staged");
  }
  const auto record = state_->staged_record->record;
  return process_handshake(seq, record);
}

const std::optional<StagedHandshake>& Space::staged() const { return state_->staged_record; }

void Space::discard_staged() {
  if (!state_->staged_record) return;
  state_->staged.reset();
  state_->staged_record.reset();
  state_->dirty = true;
}

}  // namespace muistio::space
