// The server's list of keys (R10): it makes the changes that stand beside a commit without being able to judge the commit. Devices
// compare them with the roll and put the list right: docs/decisions/0045.
#include <algorithm>
#include <set>

#include "impl.hpp"
#include "muistio/base/planted.hpp"
#include "muistio/space/handshake_record.hpp"

namespace muistio::sync {

using Op = wire::AccessChange::Op;

void Engine::Impl::note_access(Work& work, const wire::Record& record, const space::Outcome& outcome) {
  auto& slot = work.slot;
  const bool is_applied = outcome.kind == space::Outcome::Kind::applied;
  if (outcome.own_removed || outcome.kind == space::Outcome::Kind::frozen || (record.access_changes.empty() && !is_applied)) return;
  std::set<wire::AuthKey> live;
  for (const auto& entry : slot.space->roll().entries())
    if (!entry.until) live.insert(entry.auth_pub);
  auto& repairs = slot.evidence.repairs;
  const auto want = [&](Op op, const wire::AuthKey& key) {
    std::erase_if(repairs, [&](const auto& change) { return change.key == key; });
    if (key != wire::AuthKey{}) repairs.push_back({op, key});
  };
  std::set<wire::AuthKey> shut_out;
  for (const auto& change : record.access_changes) {
    const bool belongs = live.contains(change.key);
    if (change.op == Op::remove) shut_out.insert(change.key);
    if (belongs == (change.op == Op::add)) {
      std::erase_if(repairs, [&](const auto& held) { return held.key == change.key; });
    } else {
      want(belongs ? Op::add : Op::remove, change.key);
    }
  }
  for (const auto& gone : outcome.devices_removed) {
    const auto* entry = slot.space->roll().last_of(gone.device);
    if (entry != nullptr && !live.contains(entry->auth_pub) && !shut_out.contains(entry->auth_pub))
      want(Op::remove, entry->auth_pub);
  }
}

// A handshake record without a commit: every device skips it, and the server makes its changes.
bool Engine::Impl::push_repair(Slot& slot) {
  auto& link = slot.link;
  const auto& repairs = slot.evidence.repairs;
  if (repairs.empty() || slot.state.phase != Phase::open || MUISTIO_PLANTED("access")) return false;
  if (link.repair && link.repair->appended != Seq{} && link.repair->appended <= slot.state.cursor.seq) link.repair.reset();
  if (link.repair || link.outstanding > 0) return true;
  const auto count = std::min(repairs.size(), wire::limits::access_changes_max);
  append_record(slot, space::access_repair({repairs.begin(), repairs.begin() + static_cast<std::ptrdiff_t>(count)}),
                link.repair.emplace(), {.kind = Request::Kind::append_repair, .space = slot.id});
  return true;
}

}  // namespace muistio::sync
