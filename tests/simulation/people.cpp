// What people and machines do in a step of the simulation.
#include "notes.hpp"
#include "world.hpp"

namespace muistio::simulation {

namespace {
sync::Phase phase_of(SimDevice& device) {
  if (!device.is_up() || !device.space) return sync::Phase::cancelled;
  auto summary = device.engine().space(*device.space);
  return summary ? summary->phase : sync::Phase::cancelled;
}
}  // namespace

SimDevice* World::pick(bool (*fits)(SimDevice&)) {
  std::vector<SimDevice*> fitting;
  for (auto& device : devices_)
    if (fits(*device)) fitting.push_back(device.get());
  return fitting.empty() ? nullptr : fitting[random_.below(fitting.size())];
}

SimDevice* World::pick_member() {
  return pick([](SimDevice& device) { return phase_of(device) == sync::Phase::open; });
}

std::uint64_t World::members_now() {
  std::uint64_t count = 0;
  for (auto& device : devices_) count += phase_of(*device) == sync::Phase::open ? 1 : 0;
  return count;
}

// Which history the club has follows from the seed, half of them the default.
sync::HistoryPolicy World::history() const {
  switch (scale_.seed % 4) {
    case 0:
      return sync::HistoryPolicy::all;
    case 1:
      return sync::HistoryPolicy::season;
    default:
      return sync::HistoryPolicy::joining;
  }
}

void World::found_club() {
  host_ = devices_.front().get();
  call(*host_, [&](sync::Engine& engine) -> Status {
    MUISTIO_TRY(const auto space, engine.create_space(sync::SpaceKind::club, history()));
    space_ = host_->space = space;
    return engine.edit(space, [](replica::ChangeBuilder& builder) { return builder.create(settings(), kNoteType); });
  });
}

void World::step() {
  const auto dice = random_.below(100);
  note("step", dice);
  if (dice < 46) {
    for (auto left = random_.between(1, 3); left > 0; --left) someone_edits();
  } else if (dice < 60) {
    if (auto* joiner = pick([](SimDevice& device) { return device.is_up() && !device.space; })) invite_and_join(*joiner);
  } else if (dice < 63) {
    host_admits();
  } else if (dice < 65) {
    host_begins_era();
  } else if (dice < 69) {
    host_removes();
  } else if (dice < 71) {
    someone_leaves();
  } else if (dice < 77) {
    someone_crashes();
  } else if (dice < 79) {
    if (server_->is_up()) crash_server(static_cast<store::CrashKind>(random_.below(3)));
  } else if (dice < 86) {
    if (auto* device = pick([](SimDevice& one) { return one.connection.has_value(); })) {
      note("cut", *device->connection);
      network_.cut(*device->connection);
      lose_connection(*device);
    }
  } else if (dice < 94) {
    auto& device = *devices_[random_.below(devices_.size())];
    device.online = !device.online;
    if (!device.online && device.connection) {
      network_.cut(*device.connection);
      lose_connection(device);
    }
  } else if (dice < 98) {
    disk_trouble();
  } else {
    clock_.skip_days(days_skipped_ < 2 ? 8 : 0);  // leaves grow old: whoever writes next heals, all at once
    ++days_skipped_;
    for (std::uint64_t i = 0; i < devices_.size(); ++i) someone_edits();
  }
}

void World::someone_edits() {
  auto* device = pick([](SimDevice& one) {
    const auto phase = phase_of(one);
    return phase == sync::Phase::open || phase == sync::Phase::joining || phase == sync::Phase::catching_up;
  });
  if (device == nullptr) return;
  const auto word = device->name() + "#" + std::to_string(++last_word_);
  auto summary = device->engine().space(*device->space);
  if (!summary) return;
  std::vector<Scope> scopes;
  if (summary->era) {
    for (auto era = *summary->era;; era = Era(era.value() - 1)) {
      scopes.push_back(scope_of(era));
      if (era <= summary->first_era.value_or(Era(0))) break;
    }
  } else {
    scopes.push_back(draft_scope(device->engine().own_device()));
  }
  Scope written = 0;
  const auto fate = call(*device, [&](sync::Engine& engine) {
    return engine.edit(*device->space, [&](replica::ChangeBuilder& builder) -> Status {
      MUISTIO_TRY(written, edit_note(builder, random_, word, scopes));
      return ok();
    });
  });
  if (fate == Fate::disk_full) ++report_.disk_fulls;
  if (fate != Fate::done) return;
  ++report_.edits;
  words_kept_[word] = {device, summary->era ? std::optional(Era(written)) : std::nullopt};
  tamper_after_edit(*device);
}

void World::someone_crashes() {
  auto* device = pick([](SimDevice& one) { return one.is_up() && one.space; });
  if (device == nullptr) return;
  if (random_.chance(50)) {  // in the middle of writing
    device->disk().stop_at(random_.between(1, 40), store::StopKind::fail);
    device->disk_is_full = false;
    return;
  }
  crash(*device, static_cast<store::CrashKind>(random_.below(3)));
}

void World::invite_and_join(SimDevice& joiner) {
  if (!host_->is_up()) return;
  std::string link;
  if (!spare_link_.empty() && random_.chance(60)) {
    link = std::exchange(spare_link_, {});
  } else {
    sync::InviteOptions options;
    options.role = random_.chance(30) ? Role::facilitator : Role::member;
    options.uses = random_.chance(30) ? 2 : 1;
    options.server = "club.example";
    options.space_name = "Klubi";
    options.inviter_name = "Host";
    call(*host_, [&](sync::Engine& engine) -> Status {
      MUISTIO_TRY(auto made, engine.invite(*space_, options));
      link = made.link;
      return ok();
    });
    if (options.uses == 2) spare_link_ = link;
  }
  if (link.empty() || !joiner.is_up()) return;
  call(joiner, [&](sync::Engine& engine) -> Status {
    MUISTIO_TRY(const auto space, engine.join(link, joiner.name()));
    joiner.space = space;
    return ok();
  });
}

void World::host_admits() {
  if (!host_->is_up()) return;
  for (const auto& request : host_->engine().join_requests(space_)) {
    if (!request.deciding) continue;
    call(*host_, [&](sync::Engine& engine) { return engine.admit(request.space, request.request); });
    if (!host_->is_up()) return;
  }
}

void World::host_removes() {
  if (!host_->is_up() || members_now() < 2) return;
  auto members = host_->engine().members(*space_);
  if (!members || members->size() < 2) return;
  const auto& chosen = (*members)[random_.below(members->size())];
  if (chosen.member == host_->engine().own_member()) return;
  if (random_.chance(60))  // while everybody writes
    for (std::uint64_t i = 0; i < devices_.size(); ++i) someone_edits();
  if (!host_->is_up()) return;
  const auto fate = call(*host_, [&](sync::Engine& engine) { return engine.remove_member(*space_, chosen.member); });
  if (fate != Fate::done) return;
  if (removals_decided_.insert(chosen.member).second) ++report_.removals;
  if (devices_.size() < 2 * scale_.devices) add_device();
}

void World::host_begins_era() {
  if (!host_->is_up()) return;
  if (call(*host_, [&](sync::Engine& engine) { return engine.begin_era(*space_); }) == Fate::done) ++report_.eras;
}

void World::someone_leaves() {
  auto* device = pick_member();
  if (device == nullptr || device == host_) return;
  if (call(*device, [&](sync::Engine& engine) { return engine.leave(*space_); }) == Fate::done &&
      devices_.size() < 2 * scale_.devices)
    add_device();
}

void World::disk_trouble() {
  const auto after = random_.between(1, 20);
  if (random_.chance(30)) {
    if (!server_->is_up()) return;
    server_->disk_is_full = random_.chance(60);
    server_was_full_ = server_was_full_ || server_->disk_is_full;
    server_->disk().stop_at(after, server_->disk_is_full ? store::StopKind::full : store::StopKind::fail);
    return;
  }
  auto* device = pick([](SimDevice& one) { return one.is_up() && one.space; });
  if (device == nullptr) return;
  device->disk_is_full = true;
  device->disk().stop_at(after, store::StopKind::full);
}

}  // namespace muistio::simulation
