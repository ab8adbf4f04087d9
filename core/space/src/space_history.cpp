// The way into the past: the roll, and key wraps backwards (R6).
#include <algorithm>

#include "muistio/crypto/hash.hpp"
#include "space_state.hpp"

namespace muistio::space {
namespace {

bool is_held(const Space::State& state, Epoch epoch) { return state.key_of(epoch) != nullptr; }

/// Whether all is there to try a wrap of this epoch's key: the key after it, its commit and the check.
bool can_try(const Space::State& state, Epoch epoch) {
  if (state.era_begins_after(epoch)) return false;
  const auto newer = state.epochs.find(epoch.next());
  return newer != state.epochs.end() && newer->second.key && !newer->second.commit_hash.is_zero() && state.check_of(epoch);
}

/// Takes the key in a wrap if it is the right one.
bool try_wrap(Space::State& state, const Keywrap& wrap) {
  if (!can_try(state, wrap.epoch)) return false;
  const auto& newer = state.epochs.at(wrap.epoch.next());
  auto older = open_keywrap(*newer.key, wrap, state.id, newer.commit_hash);
  if (!older || !state.accept_key(wrap.epoch, std::move(*older))) return false;
  state.dirty = true;
  return true;
}

bool try_loose_wraps(Space::State& state, Epoch epoch) {
  bool opened = false;
  for (const auto& wrap : state.loose_wraps)
    if (wrap.epoch == epoch) opened = try_wrap(state, wrap) || opened;
  return opened;
}

/// The roll in a content record of the epoch before joining, if it is the one that the admitter named.
std::optional<Roll> read_roll(const Space::State& state, Epoch epoch, BytesView record_bytes) {
  const auto batch = read_batch(record_bytes);
  if (!batch || batch->header.space != state.id || batch->header.epoch != epoch) return std::nullopt;
  const auto opened = open_batch(*batch, *state.key_of(epoch), AudienceSecret{});
  if (!opened || opened->content.kind != PayloadKind::roll) return std::nullopt;
  const auto payload = inflate(opened->content.deflated);
  if (!payload) return std::nullopt;
  auto roll = Roll::decode(*payload);
  if (!roll || roll->hash() != state.roll_hash) return std::nullopt;
  return std::move(*roll);
}

/// Goes backwards through the content records before joining until `found` says so.
Status look_back(const Space::State& state, const Space::RecordSource& records,
                 const std::function<bool(ContentKind, BytesView)>& found) {
  for (auto seq = state.joined_at.value(); seq-- > 1;) {
    MUISTIO_TRY(auto record, records(Seq(seq)));
    if (!record || record->kind != wire::RecordKind::content) continue;
    const auto kind = content_kind(record->bytes);
    if (kind && *kind && found(**kind, record->bytes)) return ok();
  }
  return ok();
}

/// Finds the key of an epoch in the wraps that were kept, then in those of the log.
Status find_key(Space::State& state, const Space::RecordSource& records, Epoch epoch) {
  if (is_held(state, epoch) || try_loose_wraps(state, epoch) || !can_try(state, epoch)) return ok();
  return look_back(state, records, [&](ContentKind kind, BytesView bytes) {
    if (kind != ContentKind::keywrap) return false;
    const auto wrap = Keywrap::decode(bytes);
    return wrap && wrap->epoch == epoch && try_wrap(state, *wrap);
  });
}

}  // namespace

Epoch Space::State::epoch_joined() const {
  const auto joined = roll.in_force_at(joined_at.next());
  MUISTIO_INVARIANT(joined.has_value());
  return *joined;
}

bool Space::State::era_begins_after(Epoch epoch_before) const {
  const auto era_before = roll.era_of(epoch_before);
  const auto era_after = roll.era_of(epoch_before.next());
  return era_before && era_after && *era_before != *era_after;
}

Result<std::vector<EraKey>> Space::State::era_keys(Era first) const {
  std::vector<EraKey> keys_of_eras;
  for (auto era = std::max(first, roll.first_era()); era < roll.last_era(); era = era.next()) {
    const auto last = roll.last_epoch_of(era);
    const auto* key = last ? key_of(*last) : nullptr;
    if (key == nullptr) return fail(ErrorCode::unknown_epoch, "the last key of era " + std::to_string(era.value()));
    keys_of_eras.push_back({era, *last, key->clone()});
  }
  return keys_of_eras;
}

Roll Space::State::roll_for_newcomer() const {
  auto first_era = charter.era;
  if (const auto* own = charter.find(keys->member()); charter.history == HistoryPolicy::all && own != nullptr)
    first_era = std::max(own->first_era, roll.first_era());
  return roll.from(roll.first_epoch_of(first_era).value_or(roll.first_epoch()));
}

bool Space::admits_with_roll() const { return state_->charter.history != HistoryPolicy::joining; }

Result<Bytes> Space::roll_payload() const {
  if (state_->needs_history) return fail(ErrorCode::invalid_state, "the past is not read yet");
  return state_->roll_for_newcomer().encode();
}

Status Space::learn_roll(BytesView payload) {
  MUISTIO_TRY(auto roll, Roll::decode(payload));
  if (state_->roll.take_auth_keys(roll)) state_->roll_dirty = true;
  return ok();
}

Result<Bytes> Space::keywrap_record(Epoch epoch, Random& random) const {
  if (state_->era_begins_after(epoch)) return fail(ErrorCode::invalid_argument, "no key wrap leads across eras");
  const auto* older = state_->key_of(epoch);
  const auto* newer = state_->key_of(epoch.next());
  if (older == nullptr || newer == nullptr) return fail(ErrorCode::unknown_epoch);
  return make_keywrap(*newer, *older, state_->id, state_->roll.era_of(epoch).value_or(state_->charter.era), epoch, state_->epochs.at(epoch.next()).commit_hash, random)
      .encode();
}

Status Space::process_keywrap(BytesView record_bytes) {
  auto& state = *state_;
  MUISTIO_TRY(auto wrap, Keywrap::decode(record_bytes));
  const auto held = state.epochs.find(wrap.epoch);
  if (held != state.epochs.end() && held->second.key) return ok();
  if (!can_try(state, wrap.epoch)) {
    if (state.needs_history && state.loose_wraps.size() < kLooseWrapsMax) {
      state.loose_wraps.push_back(std::move(wrap));
      state.dirty = true;
    }
    return fail(ErrorCode::unknown_epoch, "the key after it is not held");
  }
  if (!try_wrap(state, wrap)) return fail(ErrorCode::decryption_failed, "a key wrap");
  return ok();
}

Status Space::read_history(const RecordSource& records) {
  auto& state = *state_;
  if (!state.needs_history) return ok();
  std::optional<Roll> roll;
  if (state.roll.first_epoch() == state.epoch_joined()) {
    const Epoch last(state.roll.first_epoch().value() - 1);
    MUISTIO_CHECK(find_key(state, records, last));
    if (!is_held(state, last)) return fail(ErrorCode::unknown_epoch, "the key of epoch " + std::to_string(last.value()));
    MUISTIO_CHECK(look_back(state, records, [&](ContentKind kind, BytesView bytes) {
      if (kind == ContentKind::batch) roll = read_roll(state, last, bytes);
      return roll.has_value();
    }));
    if (!roll) return fail(ErrorCode::not_found, "the roll");
    MUISTIO_TRY(state.roll, roll->continued_by(state.roll));
    for (auto& [epoch, held] : state.epochs)  // what the admitter granted is right if the roll says so
      if (held.key && key_check(state.id, epoch, *held.key) != state.check_of(epoch)) held.drop();
    state.dirty = state.roll_dirty = true;
  }

  for (auto newer = state.epoch_joined().value(); newer > state.roll.first_epoch().value(); --newer) {
    const Epoch epoch(newer - 1);
    auto& newer_keys = state.epochs[Epoch(newer)];
    if (is_held(state, epoch)) continue;
    if (state.era_begins_after(epoch))  // the admitter granted this key, or nobody does
      return fail(ErrorCode::unknown_epoch, "the last key of era " + std::to_string(state.roll.era_of(epoch)->value()));
    std::optional<wire::Record> record;
    if (const auto start = state.roll.start_of(Epoch(newer)); start && *start < state.joined_at) {
      MUISTIO_TRY(record, records(*start));
    }
    if (record && record->kind == wire::RecordKind::handshake) {
      const auto handshake = HandshakeRecord::decode(record->bytes);
      if (handshake) {
        if (newer_keys.commit_hash.is_zero()) {
          newer_keys.commit_hash = crypto::sha256(handshake->commit);
          newer_keys.dirty = state.dirty = true;
        }
        const auto wrap = handshake->keywrap ? Keywrap::decode(*handshake->keywrap) : Result<Keywrap>(fail(ErrorCode::not_found));
        if (wrap && wrap->epoch == epoch) try_wrap(state, *wrap);
      }
    }
    MUISTIO_CHECK(find_key(state, records, epoch));
    if (!is_held(state, epoch)) return fail(ErrorCode::unknown_epoch, "the key of epoch " + std::to_string(epoch.value()));
  }
  state.needs_history = false;
  state.loose_wraps.clear();
  state.dirty = true;
  return ok();
}

}  // namespace muistio::space
