// What a space signs and checks of seals and reopenings (R11).
#include <algorithm>

#include "space_state.hpp"

namespace muistio::space {
namespace {
constexpr std::string_view kSealLabel = "muistio meeting seal 1";
constexpr std::string_view kReopenLabel = "muistio reopen 1";
}  // namespace

Result<MeetingSeal> Space::make_seal(const Seen& seen, BatchIndex own_index) const {
  const auto& state = *state_;
  if (!state.group) return fail(ErrorCode::removed);
  MeetingSeal seal;
  seal.space = state.id;
  seal.epoch = state.epoch;
  seal.seq = seen.seq;
  seal.log_hash = seen.log_hash;
  MUISTIO_TRY(seal.epoch_authenticator, Hash::from_bytes(state.group->epoch_authenticator()));
  seal.device = own_device();
  seal.own_index = own_index;
  seal.signature = state.keys->signing_key().sign(kSealLabel, {seal.signed_part()});
  return seal;
}

Result<SignedStatement> Space::sign(std::string_view label, crypto::Fields fields) const {
  const auto& state = *state_;
  if (!state.group) return fail(ErrorCode::removed);
  const auto& key = state.keys->signing_key();
  return SignedStatement{own_device(), key.verify_key(), key.sign(label, fields)};
}

Result<MemberId> Space::seal_maker(const MeetingSeal& seal) const {
  const auto& state = *state_;
  if (seal.space != state.id) return fail(ErrorCode::invalid_argument, "a seal of another space");
  const auto* entry = state.roll.find(seal.device, std::min(seal.epoch, state.epoch));
  if (entry == nullptr) return fail(ErrorCode::unknown_device, "no device of the club made this seal");
  MUISTIO_CHECK(crypto::verify(entry->device_sig_pub, kSealLabel, {seal.signed_part()}, seal.signature));
  return entry->member;
}

Status Space::check_seal(const MeetingSeal& seal) const {
  const auto& state = *state_;
  MUISTIO_TRY(auto maker, seal_maker(seal));
  static_cast<void>(maker);
  if (seal.epoch > state.epoch) return fail(ErrorCode::unknown_epoch, "of a seal");
  if (!state.group || seal.epoch != state.epoch) return ok();
  if (!equal(state.group->epoch_authenticator(), seal.epoch_authenticator.view()))
    return fail(ErrorCode::bad_seen, "the same log, and another group");
  return ok();
}

Result<Reopening> Space::make_reopening(const Seen& from) const {
  const auto& state = *state_;
  MUISTIO_CHECK(state.check_usable());
  if (own_role() != Role::host) return fail(ErrorCode::not_permitted, "only a host reopens a club");
  Reopening reopening;
  reopening.space = state.id;
  reopening.epoch = state.epoch;
  reopening.seq = from.seq;
  reopening.log_hash = from.log_hash;
  reopening.device = own_device();
  reopening.signature = state.keys->signing_key().sign(kReopenLabel, {reopening.signed_part()});
  return reopening;
}

// Who was host and is not any more reopens nothing: both the epoch named and the present one must have it as a host.
Status Space::check_reopening(const Reopening& reopening) const {
  const auto& state = *state_;
  if (reopening.space != state.id) return fail(ErrorCode::invalid_argument, "a reopening of another space");
  const auto known = std::min(reopening.epoch, state.epoch);
  const auto* entry = state.roll.find(reopening.device, known);
  if (entry == nullptr) return fail(ErrorCode::unknown_device, "no device of the club made this");
  MUISTIO_CHECK(crypto::verify(entry->device_sig_pub, kReopenLabel, {reopening.signed_part()}, reopening.signature));
  const auto* now = state.roll.find(reopening.device, state.epoch);
  if (entry->role != Role::host || now == nullptr || now->role != Role::host)
    return fail(ErrorCode::not_permitted, "only a host reopens a club");
  return ok();
}

}  // namespace muistio::space
