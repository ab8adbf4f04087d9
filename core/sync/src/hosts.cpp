// The host role: given, taken by a warrant, or moved by the members' votes when the hosts have vanished (R12).
#include <algorithm>

#include "impl.hpp"

namespace muistio::sync {

using space::Warrant;
using space::WarrantKind;
using store::Table;

namespace {
constexpr std::int64_t kDayMs = std::int64_t{24} * 3600 * 1000;

constexpr std::uint64_t kOffersMax = 512;

Bytes offer_key(const SpaceId& space) { return to_bytes(Writer().raw(space.view()).u8(1).bytes()); }

bool is_electable(Role role) { return role == Role::member || role == Role::facilitator; }
}  // namespace

Result<Slot*> Engine::Impl::open_space(SpaceId space_id) {
  MUISTIO_TRY(auto* slot, loaded(space_id));
  if (!slot->space || slot->state.phase != Phase::open) return fail(ErrorCode::invalid_state, "the space is not open here");
  return slot;
}

Status Engine::Impl::set_role(SpaceId space_id, const MemberId& member, Role role) {
  MUISTIO_TRY(auto* slot, open_space(space_id));
  const auto& charter = slot->space->charter();
  const auto now = charter.role_of(member);
  if (!now) return fail(ErrorCode::not_found, "member " + member.hex());
  if (slot->space->own_role() != Role::host) return fail(ErrorCode::not_permitted, "only a host gives roles");
  if (*now == Role::guest || role == Role::guest) return fail(ErrorCode::invalid_argument, "guests stay guests");
  const auto hosts =
      std::count_if(charter.members.begin(), charter.members.end(), [](const auto& m) { return m.role == Role::host; });
  if (*now == Role::host && role != Role::host && hosts == 1)
    return fail(ErrorCode::not_permitted, "the last host hands the role on first");
  if (*now == role) return ok();
  auto changed = change(*slot, [&](Work& work) -> Status {
    for (const auto& kept : std::vector<Intent>(slot->intents))
      if (kept.kind == IntentKind::role && kept.member == member) MUISTIO_CHECK(erase_intent(work, kept.id));
    Intent intent{.id = ++slot->state.intents_made, .kind = IntentKind::role, .member = member};
    intent.role = role;
    return put_intent(work, intent);
  });
  MUISTIO_CHECK(std::move(changed));
  pump(*slot);
  return ok();
}

Result<std::string> Engine::Impl::warrant(SpaceId space_id, const MemberId& member) {
  MUISTIO_TRY(auto* slot, open_space(space_id));
  if (slot->space->own_role() != Role::host) return fail(ErrorCode::not_permitted, "only a host hands the role on");
  const auto role = slot->space->charter().role_of(member);
  if (!role) return fail(ErrorCode::not_found, "member " + member.hex());
  if (!is_electable(*role)) return fail(ErrorCode::invalid_argument, "a host already, or a guest");
  Warrant made{slot->space->warrant_terms(WarrantKind::give, member), {}};
  made.add(space::sign_warrant(made.terms, *slot->keys));
  return made.text();
}

Status Engine::Impl::offer_host(SpaceId space_id) {
  MUISTIO_TRY(auto* slot, open_space(space_id));
  if (slot->space->own_role() != Role::host) return fail(ErrorCode::not_permitted, "only a host hands the role on");
  const auto& members = slot->space->charter().members;
  if (std::none_of(members.begin(), members.end(), [](const auto& each) { return is_electable(each.role); }))
    return fail(ErrorCode::not_found, "there is nobody to offer it to");
  MUISTIO_CHECK(change(*slot, [&](Work& work) -> Status {
    for (const auto& kept : std::vector<Intent>(slot->intents))
      if (kept.kind == IntentKind::offer_host) MUISTIO_CHECK(erase_intent(work, kept.id));
    return put_intent(work, Intent{.id = ++slot->state.intents_made, .kind = IntentKind::offer_host});
  }));
  pump(*slot);
  return ok();
}

// Signed under the charter as it stands, and again when that has changed, until there is another host.
Result<bool> Engine::Impl::prepare_offer(Slot& slot, const Intent& intent) {
  const auto& charter = slot.space->charter();
  const auto hosts =
      std::count_if(charter.members.begin(), charter.members.end(), [](const auto& each) { return each.role == Role::host; });
  if (slot.space->own_role() != Role::host || hosts > 1) {
    MUISTIO_CHECK(change(slot, [&](Work& work) { return erase_intent(work, intent.id); }));
    return false;
  }
  if (intent.version == charter.version) return false;
  std::vector<Bytes> warrants;
  for (const auto& member : charter.members) {
    if (!is_electable(member.role)) continue;
    Warrant made{slot.space->warrant_terms(WarrantKind::give, member.member), {}};
    made.add(space::sign_warrant(made.terms, *slot.keys));
    warrants.push_back(made.encode());
  }
  Writer payload;
  payload.varint(warrants.size());
  for (const auto& warrant : warrants) payload.block(warrant);
  MUISTIO_CHECK(change(slot, [&](Work& work) -> Status {
    auto made = intent;
    made.version = charter.version;
    MUISTIO_CHECK(put_intent(work, made));
    return fix_batch(work, slot.space->era(), space::PayloadKind::host_offer, payload.bytes(), 0, 0);
  }));
  return false;
}

// What is not good under the charter as it stands here is passed over: it is offered again under that.
Status Engine::Impl::take_offer_of_host(Work& work, const space::OpenedBatch& batch) {
  auto& slot = work.slot;
  if (batch.role != Role::host) return ok();
  Reader in(batch.payload);
  const auto count = in.varint_at_most(kOffersMax);
  if (!count) return ok();
  for (std::uint64_t i = 0; i < *count; ++i) {
    const auto bytes = in.block(space::kWarrantTextMax);
    if (!bytes) return ok();
    auto warrant = Warrant::decode(*bytes);
    if (!warrant || warrant->terms.kind != WarrantKind::give || warrant->terms.space != slot.id ||
        warrant->terms.subject != slot.keys->member() || !slot.space->check_consent(*warrant))
      continue;
    slot.host_offer = std::move(*warrant);
    work.events.emplace_back(HostOffered{slot.id, batch.member});
    return work.transaction.put(Table::vote, offer_key(slot.id), *bytes);
  }
  return ok();
}

Status Engine::Impl::take_host(SpaceId space_id, std::string_view text) {
  MUISTIO_TRY(auto* slot, open_space(space_id));
  if (text.empty() && !slot->host_offer) return fail(ErrorCode::not_found, "the role is not offered to you");
  MUISTIO_TRY(auto given, text.empty() ? Result<Warrant>(*slot->host_offer) : Warrant::parse(text));
  const auto& terms = given.terms;
  if (terms.kind != WarrantKind::give || terms.space != space_id || terms.subject != keys->member())
    return fail(ErrorCode::not_permitted, "the warrant is for another club or another member");
  if (slot->space->own_role() == Role::host) return fail(ErrorCode::already_exists, "a host already");
  // One that is ahead of what this device has read is kept: the next sync knows.
  if (terms.charter_version <= slot->space->charter().version) MUISTIO_CHECK(slot->space->check_consent(given));
  auto changed = change(*slot, [&](Work& work) -> Status {
    Intent intent{.id = ++slot->state.intents_made, .kind = IntentKind::take_host, .member = keys->member()};
    intent.data = given.encode();
    return put_intent(work, intent);
  });
  MUISTIO_CHECK(std::move(changed));
  pump(*slot);
  return ok();
}

Status Engine::Impl::replace_hosts(SpaceId space_id, const MemberId& member, bool insist) {
  MUISTIO_TRY(auto* slot, open_space(space_id));
  const auto& charter = slot->space->charter();
  const auto role = charter.role_of(member);
  if (!role) return fail(ErrorCode::not_found, "member " + member.hex());
  if (!is_electable(*role)) return fail(ErrorCode::invalid_argument, "a host already, or a guest");
  const auto own = slot->space->own_role();
  if (!own || !is_electable(*own)) return fail(ErrorCode::not_permitted, "hosts are replaced by those who are none");
  const auto days = (clock.wall().value() - slot->hosts_seen.value()) / kDayMs;
  if (!insist && days < static_cast<std::int64_t>(space::kVanishedDays))
    return fail(ErrorCode::not_permitted, "a host was seen " + std::to_string(std::max<std::int64_t>(days, 0)) + " days ago, not " +
                                              std::to_string(space::kVanishedDays));
  auto changed = change(*slot, [&](Work& work) -> Status {
    for (const auto& kept : std::vector<Intent>(slot->intents))
      if (kept.kind == IntentKind::vote) MUISTIO_CHECK(erase_intent(work, kept.id));
    return put_intent(work, Intent{.id = ++slot->state.intents_made, .kind = IntentKind::vote, .member = member});
  });
  MUISTIO_CHECK(std::move(changed));
  pump(*slot);
  return ok();
}

// A vote is signed under the charter as it stands, and again when that has changed, until its subject is host.
Result<bool> Engine::Impl::prepare_vote(Slot& slot, const Intent& intent) {
  const auto& charter = slot.space->charter();
  const auto role = charter.role_of(intent.member);
  const auto own = slot.space->own_role();
  if (!role || !is_electable(*role) || !own || !is_electable(*own)) {
    MUISTIO_CHECK(change(slot, [&](Work& work) { return erase_intent(work, intent.id); }));
    return false;
  }
  if (intent.version == charter.version) return false;
  Warrant vote{slot.space->warrant_terms(WarrantKind::replace, intent.member), {}};
  vote.add(space::sign_warrant(vote.terms, *slot.keys));
  auto changed = change(slot, [&](Work& work) -> Status {
    auto cast = intent;
    cast.version = charter.version;
    MUISTIO_CHECK(put_intent(work, cast));
    MUISTIO_CHECK(fix_batch(work, slot.space->era(), space::PayloadKind::vote, vote.encode(), 0, 0));
    return put_vote(work, vote);
  });
  MUISTIO_CHECK(std::move(changed));
  return false;
}

Result<bool> Engine::Impl::prepare_role(Slot& slot, const Intent& intent) {
  const auto role = slot.space->charter().role_of(intent.member);
  if (!role || *role == intent.role) {  // gone, or done by someone else
    MUISTIO_CHECK(change(slot, [&](Work& work) { return erase_intent(work, intent.id); }));
    return false;
  }
  return stage(slot, intent.id, [&](space::Space& space) { return space.stage_set_role(intent.member, intent.role, random); });
}

Result<bool> Engine::Impl::prepare_take_host(Slot& slot, const Intent& intent) {
  if (slot.space->own_role() == Role::host) {
    MUISTIO_CHECK(change(slot, [&](Work& work) { return erase_intent(work, intent.id); }));
    return false;
  }
  auto warrant = Warrant::decode(intent.data);
  if (!warrant) return fail(ErrorCode::corrupt, "a warrant: " + warrant.error().detail);
  return stage(slot, intent.id, [&](space::Space& space) { return space.stage_take_host(*warrant, random); });
}

// This member has the votes of more than half: the commit needs no other wish (R12).
Result<bool> Engine::Impl::take_votes(Slot& slot) {
  const auto own = slot.space->own_role();
  if (slot.votes.empty() || !own || !is_electable(*own)) return false;
  Warrant all{slot.space->warrant_terms(WarrantKind::replace, keys->member()), {}};
  for (const auto& vote : slot.votes)
    if (vote.terms == all.terms && all.signatures.size() < space::kWarrantSignaturesMax) all.add(vote.signatures.front());
  if (all.signatures.empty() || !slot.space->check_consent(all)) return false;
  return stage(slot, 0, [&](space::Space& space) { return space.stage_take_host(all, random); });
}

Status Engine::Impl::put_vote(Work& work, const Warrant& vote) {
  auto& votes = work.slot.votes;
  const auto device = vote.signatures.front().device;
  std::erase_if(votes, [&](const Warrant& held) { return held.signatures.front().device == device; });
  votes.push_back(vote);
  return work.transaction.put(Table::vote, device_key(work.slot.id, device), vote.encode());
}

// A vote that does not count (it came late, or is not its author's) is passed over.
Status Engine::Impl::take_vote(Work& work, const space::OpenedBatch& batch) {
  auto vote = Warrant::decode(batch.payload);
  if (!vote || !work.slot.space->check_vote(*vote, batch.member)) return ok();
  if (vote->terms.kind == WarrantKind::admit) return put_agreement(work, *vote);
  return vote->terms.kind == WarrantKind::replace ? put_vote(work, *vote) : ok();
}

// Votes are good for one version of the charter.
Status Engine::Impl::drop_old_votes(Work& work) {
  auto& slot = work.slot;
  MUISTIO_CHECK(drop_old_agreements(work));
  const auto version = slot.space->charter().version;
  if (slot.host_offer && slot.host_offer->terms.charter_version != version) {
    slot.host_offer.reset();
    MUISTIO_CHECK(work.transaction.erase(Table::vote, offer_key(slot.id)));
  }
  for (const auto& vote : std::vector<Warrant>(slot.votes)) {
    if (vote.terms.charter_version == version) continue;
    const auto device = vote.signatures.front().device;
    MUISTIO_CHECK(work.transaction.erase(Table::vote, device_key(slot.id, device)));
    std::erase_if(slot.votes, [&](const Warrant& held) { return held.signatures.front().device == device; });
  }
  return ok();
}

// Something of a host stands in the log: they have not vanished. Noted once a day is enough.
Status Engine::Impl::host_seen(Work& work) {
  auto& slot = work.slot;
  const auto now = clock.wall();
  if (now.value() - slot.hosts_seen.value() < kDayMs) return ok();
  slot.hosts_seen = now;
  return work.transaction.put(Table::vote, slot.id.view(), Writer().u64(static_cast<std::uint64_t>(now.value())).bytes());
}

Status Engine::Impl::load_votes(Slot& slot) {
  slot.votes.clear();
  slot.host_offer.reset();
  slot.newcomers.clear();
  slot.agreements.clear();
  slot.hosts_seen = slot.state.leaf_made;
  MUISTIO_TRY(auto rows, store.all(Table::vote, slot.id.view()));
  for (const auto& row : rows) {
    if (row.key.size() == SpaceId::size_bytes) {
      Reader in(row.value);
      MUISTIO_TRY(auto seen, in.u64());
      slot.hosts_seen = WallMs(static_cast<std::int64_t>(seen));
      continue;
    }
    if (row.key.size() > SpaceId::size_bytes + DeviceId::size_bytes) {
      MUISTIO_CHECK(load_quorum_row(slot, row.key, row.value));
      continue;
    }
    auto vote = Warrant::decode(row.value);
    if (!vote) return fail(ErrorCode::corrupt, "a vote: " + vote.error().detail);
    if (row.key.size() == SpaceId::size_bytes + 1) {
      slot.host_offer = std::move(*vote);
      continue;
    }
    slot.votes.push_back(std::move(*vote));
  }
  return ok();
}

}  // namespace muistio::sync
