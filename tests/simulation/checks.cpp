// After the storm: everybody comes back, and what must be true is looked at.
#include <algorithm>
#include <map>

#include "muistio/base/reader.hpp"
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

/// The secret of a batch's audience, as the founder of the club holds it.
space::AudienceSecret audience_of(const space::BatchRecord& batch, const space::Roll& roll, const std::map<Epoch, space::ContentKey>& keys) {
  const auto era = space::era_of(batch.header.audience);
  if (!era || era == roll.era_of(batch.header.epoch)) return {};
  const auto last = roll.last_epoch_of(*era);
  const auto key = last ? keys.find(*last) : keys.end();
  return key == keys.end() ? space::AudienceSecret{} : key->second.clone();
}

bool opens(const std::vector<space::ContentKey>& keys, const space::BatchRecord& batch, const space::AudienceSecret& audience) {
  return std::any_of(keys.begin(), keys.end(), [&](const auto& key) {
    return space::seal_keys(key, audience, batch.header.nonce).commitment == batch.header.commitment;
  });
}

/// The content key of each epoch that a device holds.
std::map<Epoch, space::ContentKey> keys_by_epoch(const store::Store& store, const SpaceId& space) {
  std::map<Epoch, space::ContentKey> made;
  auto rows = store.all(Table::epoch_key, space.view());
  if (!rows) return made;
  for (const auto& row : *rows) {
    auto epoch = Reader(BytesView(row.key).subspan(SpaceId::size_bytes)).u64();
    if (!epoch || row.value.size() < 64) continue;
    made.emplace(Epoch(*epoch), space::ContentKey::from_bytes(BytesView(row.value).last(32)).value());
  }
  return made;
}

/// Whether a key stands anywhere in what a device keeps of a space.
bool keeps(const store::Store& store, const SpaceId& space, const space::ContentKey& key) {
  const auto wanted = key.expose();
  for (const auto table : {Table::epoch_key, Table::era_key, Table::audience, Table::group, Table::charter, Table::record, Table::cursor}) {
    auto rows = store.all(table, space.view());
    if (!rows) continue;
    for (const auto& row : *rows)
      if (std::search(row.value.begin(), row.value.end(), wanted.begin(), wanted.end()) != row.value.end()) return true;
  }
  return false;
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
  std::vector<Described> all;
  auto host_members = host_->engine().members(*space_);
  if (!host_members) return violate("the host cannot list the members");
  for (const auto& member : *host_members)
    if (removals_decided_.contains(member.member)) violate("a removal that was decided was never done");
  for (auto& device : devices_) {
    report_.commits += device->commits();
    if (!is_member(*device)) continue;
    std::vector<Described> held;
    auto read = device->engine().read(*space_, [&](replica::Replica& replica) -> Status {
      MUISTIO_TRY(held, documents_in(replica));
      return ok();
    });
    if (!read) return violate(device->name() + " cannot be read: " + read.error().message());
    if (device.get() == host_) all = held;
    auto expected = all;
    const auto first_era = device->engine().space(*space_)->first_era.value_or(Era(0));
    std::erase_if(expected, [&](const Described& document) { return document.era < first_era; });
    if (held != expected) return violate(device->name() + " holds other documents than it may, or than the host");
    auto members = device->engine().members(*space_);
    if (!members || members->size() != host_members->size()) violate(device->name() + " knows other members than the host");
    for (const auto& document : held) trace_.update(document.bytes);
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
    const auto first_era = device->engine().space(*space_)->first_era.value_or(Era(0));
    for (const auto& [word, written] : words_kept_) {
      auto* author = written.author;
      auto summary = author->engine().space(*space_);
      if (!summary) continue;
      const auto era = written.era ? written.era : summary->first_era;  // drafts are of the era of admission
      const bool is_held = std::binary_search(held.begin(), held.end(), word);
      if (!era || *era < first_era) {
        if (era && is_held) return violate(device->name() + " reads what was written before it joined (" + word + ")");
        continue;
      }
      const bool left_freely =
          summary && summary->phase == sync::Phase::left && !removals_decided_.contains(author->engine().own_member());
      const bool had_to_arrive = left_freely || (summary && summary->phase == sync::Phase::open);
      if (had_to_arrive && !is_held)
        return violate("what " + author->name() + " was told is saved (" + word + ") is not at " + device->name());
    }
  }
}

// A removed device tries every key that it holds on everything sealed after its removal.
void World::check_removed() {
  auto state = server_->log().state(*space_);
  if (!state) return violate("the server lost the space");
  const auto host_keys = keys_held(host_->store(), *space_);
  const auto host_epochs = keys_by_epoch(host_->store(), *space_);
  auto host_space = load_space(host_->store(), *space_);
  if (!host_space) return violate("the host cannot load its space: " + host_space.error().message());
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
      const auto audience = audience_of(*batch, host_space->roll(), host_epochs);
      if (!opens(host_keys, *batch, audience)) return violate("the host has no key for record " + std::to_string(seq.value()));
      if (opens(keys, *batch, audience) || space->open_batch(seq, record->bytes, facts))
        return violate(device->name() + " was removed and opens record " + std::to_string(seq.value()));
    }
  }
}

// Whoever joined later keeps no key of an earlier era, and opens nothing that was sealed in one or for its documents.
void World::check_newcomers() {
  auto state = server_->log().state(*space_);
  auto host_space = load_space(host_->store(), *space_);
  if (!state || !host_space) return violate("the host or the server lost the space");
  const auto& roll = host_space->roll();
  const auto host_epochs = keys_by_epoch(host_->store(), *space_);
  auto records = server_->log().fetch(*space_, Seq(1), state->head, 64u << 20);
  if (!records) return violate("the server cannot be read: " + records.error().message());
  for (auto& device : devices_) {
    if (!is_member(*device)) continue;
    auto space = load_space(device->store(), *space_);
    if (!space) return violate(device->name() + " cannot load its space: " + space.error().message());
    const auto first_era = space->charter().find(space->own_member())->first_era;
    for (const auto& [epoch, key] : host_epochs)
      if (*roll.era_of(epoch) < first_era && keeps(device->store(), *space_, key))
        return violate(device->name() + " keeps the key of epoch " + std::to_string(epoch.value()) + ", which is not for it");
    const space::StoredFacts facts(device->store(), *space_);
    Seq seq;
    for (const auto& bytes : *records) {
      seq = seq.next();
      auto record = wire::decode_record(bytes);
      if (!record || record->kind != wire::RecordKind::content) continue;
      auto batch = space::read_batch(record->bytes);
      if (!batch) continue;
      const auto era = space::era_of(batch->header.audience);
      if (era && *era < first_era && space->open_batch(seq, record->bytes, facts))
        return violate(device->name() + " opens record " + std::to_string(seq.value()) + ", sealed for an earlier era");
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
