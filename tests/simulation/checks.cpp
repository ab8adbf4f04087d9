// After the storm: everybody comes back, and what must be true is looked at.
#include <algorithm>

#include "muistio/space/space.hpp"
#include "notes.hpp"
#include "world.hpp"

namespace muistio::simulation {

using store::Table;

namespace {

constexpr std::uint64_t kQuietSecondsMax = 240;

Result<space::Space> load_space(const store::Store& store, const SpaceId& id) {
  MUISTIO_TRY(auto row, store.get(Table::device, as_bytes("device")));
  if (!row) return fail(ErrorCode::not_found, "the device's keys");
  MUISTIO_TRY(auto keys, space::DeviceKeys::decode(*row));
  return space::Space::load(store, id, std::make_shared<const space::DeviceKeys>(std::move(keys)));
}

bool is_member(SimDevice& device) {
  if (!device.space) return false;
  auto summary = device.engine().space(*device.space);
  return summary && summary->phase == sync::Phase::open;
}

/// Every run of 32 bytes among the content keys that a device holds.
std::vector<space::ContentKey> keys_held(const store::Store& store, const SpaceId& space) {
  std::vector<space::ContentKey> made;
  auto rows = store.all(Table::epoch_key, space.view());
  if (!rows) return made;
  for (const auto& row : *rows)
    for (std::size_t from = 0; from + 32 <= row.value.size(); ++from)
      made.push_back(space::ContentKey::from_bytes(BytesView(row.value).subspan(from, 32)).value());
  return made;
}

bool opens(const std::vector<space::ContentKey>& keys, const space::BatchRecord& batch) {
  const space::AudienceSecret everyone;
  return std::any_of(keys.begin(), keys.end(), [&](const auto& key) {
    return space::seal_keys(key, everyone, batch.header.nonce).commitment == batch.header.commitment;
  });
}

}  // namespace

bool World::all_quiet() {
  if (!server_->is_up() || network_.next_time()) return false;
  return std::all_of(devices_.begin(), devices_.end(), [&](auto& device) {
    if (!device->is_up()) return false;
    if (!device->space) return true;
    auto summary = device->engine().space(*device->space);
    if (!summary || summary->phase == sync::Phase::joining || !device->engine().is_quiet()) return false;
    return device->engine().join_requests().empty();
  });
}

void World::make_quiet() {
  calm_ = true;
  network_.calm();
  server_->disk_is_full = false;
  server_->disk().resume();
  server_up_at_ = 0;
  for (auto& device : devices_) {
    device->disk().resume();
    device->disk_is_full = false;
    device->online = true;
    device->up_at = 0;
  }
  for (std::uint64_t second = 0; second < kQuietSecondsMax && !report_.violation; ++second) {
    advance(clock_.now() + 1'000);
    host_admits();
    if (all_quiet()) return;
  }
  if (report_.violation) return;
  std::string why;
  for (auto& device : devices_) {
    if (!device->is_up() || !device->space) continue;
    for (const auto& waiting : device->engine().waiting()) why += " " + device->name() + ":" + waiting.why;
    if (!device->engine().is_quiet()) why += " " + device->name() + ":not-quiet";
  }
  violate("it never became quiet:" + why);
}

void World::check_replicas() {
  std::vector<std::pair<DocumentId, Bytes>> expected;
  auto host_members = host_->engine().members(*space_);
  if (!host_members) return violate("the host cannot list the members");
  for (const auto& member : *host_members)
    if (removals_decided_.contains(member.member)) violate("a removal that was decided was never done");
  for (auto& device : devices_) {
    report_.commits += device->commits();
    if (!is_member(*device)) continue;
    std::vector<std::pair<DocumentId, Bytes>> held;
    auto read = device->engine().read(*space_, [&](replica::Replica& replica) -> Status {
      MUISTIO_TRY(held, documents_in(replica));
      return ok();
    });
    if (!read) return violate(device->name() + " cannot be read: " + read.error().message());
    if (device.get() == host_) {
      expected = held;
    } else if (held != expected) {
      return violate(device->name() + " holds other documents than the host");
    }
    auto members = device->engine().members(*space_);
    if (!members || members->size() != host_members->size()) violate(device->name() + " knows other members than the host");
    for (const auto& [id, bytes] : held) trace_.update(bytes);
  }
}

void World::check_kept() {
  for (auto& device : devices_) {
    if (!is_member(*device)) continue;
    std::vector<std::string> held;
    auto read = device->engine().read(*space_, [&](replica::Replica& replica) -> Status {
      MUISTIO_TRY(held, words_in(replica));
      return ok();
    });
    if (!read) return violate(device->name() + " cannot be read: " + read.error().message());
    for (const auto& [word, author] : words_kept_) {
      auto summary = author->engine().space(*space_);
      const bool left_freely =
          summary && summary->phase == sync::Phase::left && !removals_decided_.contains(author->engine().own_member());
      const bool had_to_arrive = left_freely || (summary && summary->phase == sync::Phase::open);
      if (had_to_arrive && !std::binary_search(held.begin(), held.end(), word))
        return violate("what " + author->name() + " was told is saved (" + word + ") is not at " + device->name());
    }
  }
}

// A removed device tries every key that it holds on everything sealed after its removal.
void World::check_removed() {
  auto state = server_->log().state(*space_);
  if (!state) return violate("the server lost the space");
  const auto host_keys = keys_held(host_->store(), *space_);
  for (auto& device : devices_) {
    if (!device->was_removed || !device->space) continue;
    auto space = load_space(device->store(), *space_);
    if (!space) return violate("a removed device cannot load its space: " + space.error().message());
    auto access = server_->log().access(*space_, space->auth_pub());
    if (!access || !*access) return violate("the server never knew " + device->name());
    if ((*access)->until == Seq{}) return violate("the server still lets " + device->name() + " in");
    auto records = server_->log().fetch(*space_, (*access)->until.next(), state->head, 64u << 20);
    if (!records) return violate("the server cannot be read: " + records.error().message());
    const auto keys = keys_held(device->store(), *space_);
    const space::StoredFacts facts(device->store(), *space_);
    auto seq = (*access)->until;
    for (const auto& bytes : *records) {
      seq = seq.next();
      auto record = wire::decode_record(bytes);
      if (!record || record->kind != wire::RecordKind::content) continue;
      auto kind = space::content_kind(record->bytes);
      if (!kind || *kind != space::ContentKind::batch) continue;
      auto batch = space::read_batch(record->bytes);
      if (!batch) return violate("a batch in the log cannot be read");
      if (!opens(host_keys, *batch)) return violate("the host has no key for record " + std::to_string(seq.value()));
      if (opens(keys, *batch) || space->open_batch(seq, record->bytes, facts))
        return violate(device->name() + " was removed and opens record " + std::to_string(seq.value()));
    }
  }
}

// Between an honest server and honest devices nothing is passed over.
void World::check_honesty() {
  for (auto& device : devices_) {
    report_.conflicts += device->conflicts();
    if (device->skipped() > 0) violate(device->name() + " skipped a commit of an honest device");
    if (device->space) {
      auto summary = device->engine().space(*device->space);
      if (summary && !summary->trusted) violate(device->name() + " is frozen");
    }
  }
}

}  // namespace muistio::simulation
