// What the plants do to the disks of devices.
#include "muistio/base/reader.hpp"
#include "muistio/space/space.hpp"
#include "world.hpp"

namespace muistio::simulation {

using store::Table;

namespace {
Result<space::Space> load_space(store::Store& store, const SpaceId& id) {
  MUISTIO_TRY(auto row, store.get(Table::device, as_bytes("device")));
  if (!row) return fail(ErrorCode::not_found, "the device's keys");
  MUISTIO_TRY(auto keys, space::DeviceKeys::decode(*row));
  return space::Space::load(store, id, std::make_shared<const space::DeviceKeys>(std::move(keys)));
}
}  // namespace

void World::tamper(SimDevice& device, const std::function<Status(store::Store&)>& body) {
  if (!device.is_up()) return;
  if (device.connection) network_.cut(*device.connection);
  lose_connection(device);
  device.disk().resume();
  device.tamper(body);
}

void World::tamper_after_edit(SimDevice& device) {
  if (scale_.plant != Plant::outbox_not_kept || !random_.chance(5)) return;
  tamper(device, [&](store::Store& store) -> Status {
    MUISTIO_TRY(auto last, store.last(Table::outbox, device.space->view()));
    if (!last) return ok();
    MUISTIO_TRY(auto transaction, store.begin());
    MUISTIO_CHECK(transaction.erase(Table::outbox, last->key));
    return transaction.commit();
  });
}

void World::tamper_after_traffic(SimDevice& device) {
  if (!device.is_up() || !device.space) return;
  const auto counts = device.engine().counts();
  if (scale_.plant == Plant::intent_lost_on_conflict && counts.conflicts != device.conflicts_seen) {
    device.conflicts_seen = counts.conflicts;
    if (counts.conflicts == 0) return;
    tamper(device, [&](store::Store& store) -> Status {
      MUISTIO_TRY(auto transaction, store.begin());
      MUISTIO_TRY(auto erased, transaction.erase_prefix(Table::intent, device.space->view()));
      static_cast<void>(erased);
      return transaction.commit();
    });
    device.conflicts_seen = 0;
  }
  const bool forgets = scale_.plant == Plant::staged_commit_forgotten, merges = scale_.plant == Plant::commit_merged_early;
  if ((forgets || merges) && counts.commits_sent > 0 && random_.chance(30)) {
    tamper(device, [&](store::Store& store) -> Status {
      MUISTIO_TRY(auto space, load_space(store, *device.space));
      if (!space.staged()) return ok();
      if (forgets) {
        space.discard_staged();
      } else {
        MUISTIO_TRY(auto outcome, space.merge_staged(space.last_handshake_seq().next()));
        static_cast<void>(outcome);
      }
      MUISTIO_TRY(auto transaction, store.begin());
      MUISTIO_CHECK(space.save(transaction));
      return transaction.commit();
    });
  }
  if (scale_.plant == Plant::cursor_not_kept && device.is_up() && random_.chance(3)) {
    if (auto row = device.store().get(Table::cursor, device.space->view()); row && *row) device.old_cursor = **row;
  }
}

void World::tamper_after_crash(SimDevice& device) {
  if (scale_.plant != Plant::cursor_not_kept || device.old_cursor.empty()) return;
  tamper(device, [&](store::Store& store) -> Status {
    MUISTIO_TRY(auto transaction, store.begin());
    MUISTIO_CHECK(transaction.put(Table::cursor, device.space->view(), device.old_cursor));
    return transaction.commit();
  });
}

void World::tamper_at_the_end() {
  if (scale_.plant == Plant::era_key_leaks_to_newcomer) {
    auto held = load_space(host_->store(), *space_);
    if (!held) return violate("the plant could not be set");
    for (auto& device : devices_) {
      auto summary = device->space && device->is_up() ? device->engine().space(*device->space) : Result<sync::SpaceSummary>(fail(ErrorCode::not_found));
      if (!summary || !summary->first_era || *summary->first_era == Era(0)) continue;
      const auto last = held->roll().last_epoch_of(Era(summary->first_era->value() - 1));
      const auto key = Writer().raw(space_->view()).u64(last.value_or(Epoch(0)).value()).bytes();
      auto row = host_->store().get(Table::epoch_key, key);
      if (!row || !*row) return violate("the plant could not be set");
      device->tamper([&](store::Store& store) -> Status {
        MUISTIO_TRY(auto transaction, store.begin());
        MUISTIO_CHECK(transaction.put(Table::epoch_key, key, **row));
        return transaction.commit();
      });
    }
  }
  if (scale_.plant != Plant::key_leaks_to_removed) return;
  for (auto& device : devices_) {
    if (!device->was_removed || !device->is_up()) continue;
    auto rows = host_->store().all(Table::epoch_key, space_->view());
    if (!rows) return violate("the plant could not be set");
    device->tamper([&](store::Store& store) -> Status {
      MUISTIO_TRY(auto transaction, store.begin());
      for (const auto& row : *rows) MUISTIO_CHECK(transaction.put(Table::epoch_key, row.key, row.value));
      return transaction.commit();
    });
  }
}

}  // namespace muistio::simulation
