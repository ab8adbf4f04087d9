// Syncing, staying connected, observing.
#include "muistio/c/sync.h"

#include "call.hpp"

namespace muistio::c {
namespace {

SyncOptions options_from(const muistio_sync_options* given, Taking& take) {
  SyncOptions options;
  if (given == nullptr) return options;
  const auto taken = take.options(given, sizeof(muistio_sync_options));
  options.material = !taken.without_material;
  options.snapshots = !taken.without_snapshots;
  if (taken.connect_ms != 0) options.connect_ms = taken.connect_ms;
  if (taken.progress_ms != 0) options.progress_ms = taken.progress_ms;
  return options;
}

}  // namespace
}  // namespace muistio::c

using namespace muistio::c;

extern "C" {

muistio_status muistio_sync(muistio_client* client, const muistio_sync_options* options, muistio_changed progress, MUISTIO_THEN) {
  Taking take;
  const auto taken = options_from(options, take);
  return note_call(client, take, {done, user, call}, [&](muistio::Client& on, std::shared_ptr<Call> noted) {
    std::function<void(const muistio::SyncProgress&)> told;
    if (progress != nullptr)
      told = [follower = std::make_shared<Follower>(progress, user, nullptr)](const muistio::SyncProgress& value) {
        follower->tell(value);
      };
    on.sync(taken, std::move(told), [noted = std::move(noted)](muistio::Result<muistio::SyncReport> report) {
      noted->finish(answer_of(std::move(report)));
    });
  });
}

muistio_status muistio_sync_start_live(muistio_client* client, const muistio_sync_options* options, muistio_changed changed,
                                       void* changed_user, muistio_let_go let_go, MUISTIO_THEN) {
  Taking take;
  const auto taken = options_from(options, take);
  const auto follower = std::make_shared<Follower>(changed, changed_user, let_go);  // goes after the lock of `begin`
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) {
    follower->noted();
    return on.start_live(taken, [follower](const muistio::LiveState& state) { follower->tell(state); });
  });
}

muistio_status muistio_sync_stop_live(muistio_client* client, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [](muistio::Client& on) { return on.stop_live(); });
}

muistio_status muistio_observe_clubs(muistio_client* client, MUISTIO_OBSERVE) {
  return observe(client, changed, user, let_go, out,
                 [](muistio::Client& on, auto tell) { return on.observe_clubs(std::move(tell)); });
}

muistio_status muistio_observe_notes(muistio_client* client, muistio_id club, MUISTIO_OBSERVE) {
  return observe(client, changed, user, let_go, out,
                 [&](muistio::Client& on, auto tell) { return on.observe_notes(space(club), std::move(tell)); });
}

muistio_status muistio_observe_note(muistio_client* client, muistio_id note, MUISTIO_OBSERVE) {
  return observe(client, changed, user, let_go, out,
                 [&](muistio::Client& on, auto tell) { return on.observe_note(document(note), std::move(tell)); });
}

muistio_status muistio_observe_material(muistio_client* client, muistio_id club, MUISTIO_OBSERVE) {
  return observe(client, changed, user, let_go, out,
                 [&](muistio::Client& on, auto tell) { return on.observe_material(space(club), std::move(tell)); });
}

muistio_status muistio_observe_members(muistio_client* client, muistio_id club, MUISTIO_OBSERVE) {
  return observe(client, changed, user, let_go, out,
                 [&](muistio::Client& on, auto tell) { return on.observe_members(space(club), std::move(tell)); });
}

muistio_status muistio_observation_release(muistio_observation* observation) {
  if (observation == nullptr) return MUISTIO_OK;
  return handles().take(observation, Owner::caller) ? MUISTIO_OK : MUISTIO_E_INVALID_ARGUMENT;
}
}
