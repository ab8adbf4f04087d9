// Snapshots: when one is due, what names it in the log, and how one is shown while the log is read (docs/decisions/0071).
#include <algorithm>

#include "impl.hpp"
#include "muistio/base/reader.hpp"

namespace muistio::sync {

using store::Table;

namespace {

// A new one is due after so much of an era's documents came into the log.
constexpr std::uint64_t kBytesSinceMax = wire::limits::kMiB;
constexpr std::uint64_t kRecordsSinceMax = 1024;
constexpr std::uint64_t kRecordsSearchedMax = 4096;
constexpr std::uint64_t kWaitMs = 20'000;
constexpr std::uint64_t kAgainMs = 600'000;  // between two in one connection

Bytes row_prefix(const SpaceId& space) { return Writer().raw(space.view()).u8(4).bytes(); }
Bytes row_key(const SpaceId& space, Era era) { return Writer().raw(space.view()).u8(4).u64(era.value()).bytes(); }

bool is_due(const SnapshotRow& row) {
  return row.bytes_since >= kBytesSinceMax || row.records_since >= kRecordsSinceMax || (row.outdated && row.place.seq != Seq{});
}

/// The documents that changes are about which are not in the log.
Result<std::set<DocumentId>> documents_written(const store::Rows& rows, const SpaceId& space) {
  std::set<DocumentId> documents;
  MUISTIO_TRY(const auto outbox, rows.all(Table::outbox, space.view()));
  for (const auto& row : outbox) {
    auto changes = replica::decode_changes(row.value);
    if (!changes) return fail(ErrorCode::corrupt, "a change in the outbox");
    for (const auto& change : *changes)
      for (const auto& op : change.ops) documents.insert(op.document);
  }
  return documents;
}

bool say_the_same(const replica::Snapshot& left, const replica::Snapshot& right, const std::set<DocumentId>& but_for) {
  auto a = left.documents;
  auto b = right.documents;
  for (const auto& id : but_for) {
    a.erase(id);
    b.erase(id);
  }
  return a == b;
}

}  // namespace

Status Engine::Impl::load_snapshots(Slot& slot) const {
  if (!hooks.moves_snapshots) return ok();
  MUISTIO_TRY(const auto rows, store.all(Table::space, row_prefix(slot.id)));
  for (const auto& row : rows) {
    Reader in(BytesView(row.key).subspan(row_prefix(slot.id).size()));
    MUISTIO_TRY(const auto era, in.u64());
    auto decoded = decode_snapshot_row(row.value);
    if (!decoded && decoded.error().code != ErrorCode::unsupported_version) return fail(ErrorCode::corrupt, "a row of a snapshot");
    MUISTIO_TRY(slot.snapshots[Era(era)], std::move(decoded));
  }
  return ok();
}

Status Engine::Impl::save_snapshots(Work& work) {
  for (const auto era : work.snapshots)
    MUISTIO_CHECK(work.transaction.put(Table::space, row_key(work.slot.id, era), encode_snapshot_row(work.slot.snapshots[era])));
  return ok();
}

void Engine::Impl::count_for_snapshot(Work& work, const space::AudienceId& audience, std::size_t record_bytes) const {
  const auto era = space::era_of(audience);
  if (!hooks.moves_snapshots || !era) return;
  auto& row = work.slot.snapshots[*era];
  row.bytes_since += record_bytes;
  ++row.records_since;
  work.snapshots.insert(*era);
}

// What was taken back is still in the snapshot before: that goes as soon as there is another.
void Engine::Impl::outdate_snapshot(Work& work, Era era, const replica::Change& change) const {
  if (!hooks.moves_snapshots) return;
  const bool takes_back = std::any_of(change.ops.begin(), change.ops.end(), [](const replica::Op& op) {
    return op.kind == replica::OpKind::take_back_document || op.kind == replica::OpKind::take_back_passage;
  });
  if (!takes_back) return;
  work.slot.snapshots[era].outdated = true;
  work.snapshots.insert(era);
}

// Whether what is here is the log's, to its end, and nothing else.
bool Engine::Impl::is_in_step(const Slot& slot) const {
  const auto& link = slot.link;
  return slot.state.phase == Phase::open && !slot.state.frozen && slot.loaded && slot.space && link.stage == Link::Stage::open &&
         link.caught_up && slot.state.cursor.seq >= slot.state.head && link.outstanding == 0 && slot.pending.empty() &&
         unsent(slot) == 0;
}

void Engine::Impl::tell_due(Slot& slot) {
  if (!hooks.moves_snapshots || !is_in_step(slot) || slot.space->own_role() != Role::host) return;
  for (const auto& [era, row] : slot.snapshots) {
    if (!is_due(row) || !slot.space->holds_era(era)) continue;
    const auto now = clock.monotonic();
    const auto [told, is_first] = slot.link.snapshots_told.try_emplace(era, now);
    if (!is_first && now.value() - told->second.value() < kAgainMs) continue;
    told->second = now;
    events.emplace_back(SnapshotDue{slot.id, era});
  }
}

// A host's device named a snapshot. The newest place counts; whoever made the newer one has the older one's bytes removed.
Status Engine::Impl::take_notice(Work& work, Era era, BytesView payload, bool own) const {
  auto notice = decode_notice(payload);
  if (!hooks.moves_snapshots || !notice) return ok();
  const space::StoredFacts facts(work.transaction, work.slot.id);
  MUISTIO_TRY(const auto held, facts.log_hash(notice->place.seq));
  if (held != notice->place.hash) return ok();  // of another log: nobody shows it
  auto& row = work.slot.snapshots[era];
  if (notice->place.seq < row.place.seq) return ok();
  const auto before = std::move(row.descriptor);
  row = {notice->place, notice->descriptor};
  work.snapshots.insert(era);
  if (!own || before.empty() || before == row.descriptor || !hooks.snapshot_replaced) return ok();
  return hooks.snapshot_replaced(work.transaction, work.slot.id, before);
}

// Looks among the newest records for snapshots, before any of them is read.
Status Engine::Impl::find_snapshots(Slot& slot) {
  auto& state = slot.state;
  if (!hooks.moves_snapshots || slot.preview || state.replayed != Seq{}) return ok();
  slot.preview = std::make_unique<Preview>(*slot.shelf);
  auto& offers = slot.preview->offers;
  const space::StoredFacts facts(store, slot.id);
  auto last = state.cursor.seq.value();
  const auto first = std::max(slot.space->readable_after().value(), last > kRecordsSearchedMax ? last - kRecordsSearchedMax : 0);
  for (; last > first; --last) {
    MUISTIO_TRY(const auto bytes, store.get(Table::record, numbered_key(slot.id, last)));
    if (!bytes) continue;
    const auto record = wire::decode_record(*bytes);
    if (!record || record->kind != wire::RecordKind::content) continue;
    const auto kind = space::content_kind(record->bytes);
    if (!kind || *kind != space::ContentKind::batch) continue;
    const auto batch = slot.space->look_ahead(Seq(last), record->bytes, space::PayloadKind::snapshot);
    if (!batch || !batch->has_value() || (*batch)->role != Role::host) continue;
    const auto era = space::era_of((*batch)->audience);
    auto notice = decode_notice((*batch)->payload);
    if (!era || !notice || notice->place.seq.value() >= last || notice->place.seq <= slot.space->readable_after()) continue;
    MUISTIO_TRY(const auto held, facts.log_hash(notice->place.seq));
    if (held != notice->place.hash) continue;
    const auto known = offers.find(*era);
    if (known != offers.end() && known->second.place.seq >= notice->place.seq) continue;
    offers[*era] = {notice->place, std::move(notice->descriptor), (*batch)->member, (*batch)->device, false};
  }
  slot.preview->until = MonotonicMs(clock.monotonic().value() + kWaitMs);
  for (const auto& [era, offer] : offers) events.emplace_back(SnapshotOffered{slot.id, era, offer.descriptor});
  return ok();
}

Status Engine::Impl::show(Slot& slot, Era era, BytesView bytes) {
  auto* preview = slot.preview.get();
  const auto offer = preview == nullptr ? std::map<Era, Preview::Offer>::iterator() : preview->offers.find(era);
  if (preview == nullptr || offer == preview->offers.end() || offer->second.taken)
    return fail(ErrorCode::not_found, "no snapshot is waited for");
  MUISTIO_TRY(const auto plain, unpack_snapshot(bytes));
  MUISTIO_TRY(auto snapshot, replica::Snapshot::decode(plain));
  if (snapshot.era != era) return fail(ErrorCode::malformed, "a snapshot of another era");
  DocumentsChanged changed{slot.id, {}};
  for (const auto& [id, document] : snapshot.documents) changed.documents.push_back(id);
  MUISTIO_CHECK(preview->shelf.add(std::move(snapshot), hooks.summarise));
  if (!preview->replica) {
    MUISTIO_TRY(auto opened, replica::Replica::open(preview->shelf));
    preview->replica = std::move(opened);
  }
  preview->is_stale = true;
  offer->second.taken = true;
  events.emplace_back(std::move(changed));
  return ok();
}

// The log was read up to the place of a snapshot that is shown: from here on, whatever it said, the log's own is shown.
Status Engine::Impl::check_snapshots(Slot& slot) {
  if (!slot.preview) return ok();
  auto& preview = *slot.preview;
  for (auto each = preview.offers.begin(); each != preview.offers.end();) {
    const auto& [era, offer] = *each;
    if (offer.place.seq > slot.state.replayed) {
      ++each;
      continue;
    }
    if (const auto* shown = preview.shelf.find(era)) {
      MUISTIO_TRY(const auto ours, slot.replica->snapshot(era));
      MUISTIO_TRY(const auto written, documents_written(store, slot.id));
      events.emplace_back(SnapshotChecked{slot.id, era, say_the_same(*shown, ours, written), offer.maker, offer.device});
      DocumentsChanged changed{slot.id, {}};
      for (const auto& [id, document] : shown->documents) changed.documents.push_back(id);
      events.emplace_back(std::move(changed));
      preview.shelf.remove(era);
      preview.is_stale = true;
    }
    each = preview.offers.erase(each);
  }
  if (preview.offers.empty() && (preview.replica || slot.state.replayed != Seq{})) slot.preview.reset();
  return ok();
}

bool Engine::Impl::can_go_on(const Slot& slot) const {
  return slot.shows_preview() && !slot.state.frozen && slot.link.stage == Link::Stage::open && !close_reason &&
         !slot.preview->is_waiting(clock.monotonic());
}

void Engine::Impl::go_on() {
  for (auto& [id, slot] : slots) {
    if (!can_go_on(*slot)) continue;
    if (!run(replay(*slot)) || !run(end_access(*slot))) return;
    if (has_new_footholds && !run(join_own_spaces())) return;
    return pump(*slot);
  }
}

}  // namespace muistio::sync
