// What the engine answers about its spaces, and whether anything is left to do.
#include <algorithm>

#include "impl.hpp"

namespace muistio::sync {

namespace {
// A vote that was cast, an offer that was made, a newcomer to whom too few have agreed wait for other people, not for a sync.
bool has_intents(const Slot& slot) {
  return std::any_of(slot.intents.begin(), slot.intents.end(), [&](const Intent& intent) {
    if (slot.awaiting.count(intent.id) > 0) return false;
    const bool is_cast =
        intent.kind == IntentKind::vote || intent.kind == IntentKind::offer_host || intent.kind == IntentKind::agree;
    return !is_cast || !slot.space || intent.version != slot.space->charter().version;
  });
}
}  // namespace

SpaceSummary Engine::Impl::summary(const Slot& slot) const {
  SpaceSummary made;
  const auto& state = slot.state;
  made.space = slot.id;
  made.kind = state.kind;
  made.phase = state.phase;
  made.trusted = !state.frozen.has_value();
  if (state.frozen) made.why_frozen = state.frozen->error();
  made.read_only = state.frozen && slot.evidence.restored;
  made.unverified = slot.shows_preview();
  made.needs_rejoin = state.frozen_for_good;
  made.evidence = slot.evidence.proofs;
  if (slot.space) {
    made.own_role = slot.space->own_role();
    made.epoch = slot.space->epoch();
    made.era = slot.space->era();
    if (const auto* own = slot.space->charter().find(slot.space->own_member())) made.first_era = own->first_era;
    made.history = slot.space->charter().history;
    made.quorum = slot.space->charter().quorum;
    const auto& charter = slot.space->charter();
    made.parent = charter.parent;
    if (charter.predecessor) made.predecessor = charter.predecessor->space;
  }
  made.host_offered = slot.host_offer.has_value();
  made.cursor = state.cursor.seq;
  made.head = state.head;
  made.unsent = unsent(slot);
  made.intents = slot.intents.size();
  if (slot.joining) {
    made.name_hint = slot.joining->link().club_name;
    made.inviter_hint = slot.joining->link().inviter_name;
  }
  return made;
}

std::vector<Waiting> Engine::Impl::waiting() const {
  std::vector<Waiting> made;
  if (needs_box) made.push_back({SpaceId{}, is_connected && challenge ? "recovery" : "no-network"});
  if (linking) made.push_back({linking->link.space, is_connected && challenge ? "admission" : "no-network"});
  for (const auto& row : all_join_requests())
    if (row.state == RequestState::waiting)
      made.push_back({row.space, space::DeviceAsk::is_ask(row.request) ? "compare" : "admit"});
  for (const auto& [id, slot] : slots) {
    const auto& state = slot->state;
    if (!slot->is_live()) continue;
    const auto add = [&made, &space = slot->id](const char* why) { made.push_back({space, why}); };
    if (state.frozen) {
      add("frozen");
      continue;
    }
    const auto& link = slot->link;
    if (!is_connected || !challenge) add("no-network");
    if (state.phase == Phase::cancelled) continue;
    if (state.phase == Phase::joining) {
      add("admission");
      continue;
    }
    if (!state.registered || !link.caught_up || state.cursor.seq < state.head || state.phase == Phase::catching_up) add("pull");
    if (unsent(*slot) > 0 || !slot->pending.empty()) add("unsent");
    if (!slot->awaiting.empty()) add("agreement");
    if (has_intents(*slot) || state.phase == Phase::leaving || (slot->space && slot->space->staged())) add("intent");
  }
  return made;
}

bool Engine::Impl::is_quiet() const {
  if (needs_box && !is_box_looked) return false;
  // What a new device waits for is at the server before this sync ends.
  const auto is_laid = [](const auto& each) { return each.second.kind != Request::Kind::put_answer; };
  if (!std::all_of(requests.begin(), requests.end(), is_laid)) return false;
  if (is_connected && box_is_due() && personal_slot() != nullptr) return false;
  if (linking && !(is_connected && challenge && linking->is_tried && linking->is_looked)) return false;
  for (const auto& [id, slot] : slots) {
    const auto& state = slot->state;
    const auto& link = slot->link;
    if (!slot->is_live() || state.frozen_for_good) continue;
    if (!is_connected || !challenge) return false;
    if (state.frozen) {
      // It may prove whole again, or be put back first; and what a restored server has is read.
      const bool is_reading = link.stage == Link::Stage::open && (!link.subscribed || state.cursor.seq < state.head);
      if (is_reading || link.stage == Link::Stage::opening || link.stage == Link::Stage::verifying ||
          link.stage == Link::Stage::restoring)
        return false;
      continue;
    }
    if (state.phase == Phase::cancelled) return false;
    if (state.phase == Phase::joining) {
      const bool is_asked = (link.request_posted || link.post_refused) && link.open_refused;
      const bool is_read = link.stage == Link::Stage::open && link.subscribed && state.cursor.seq >= state.head;
      if (!is_asked && !is_read) return false;
      continue;
    }
    if (state.phase != Phase::open || link.stage != Link::Stage::open) return false;
    if (!link.caught_up || state.cursor.seq < state.head || link.outstanding > 0) return false;
    if (!slot->loaded || unsent(*slot) > 0 || !slot->pending.empty() || has_intents(*slot)) return false;
    if (slot->space->staged()) return false;
    if (state.kind == SpaceKind::session && !slot->offers_known && slot->space->own_role() == Role::host) return false;
    if (!link.inbox_known && wants_inbox(*slot)) return false;
  }
  return true;
}

}  // namespace muistio::sync
