#include "muistio/replica/replica.hpp"

#include <algorithm>

#include "document_state.hpp"
#include "keys.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/replica/payload.hpp"

namespace muistio::replica {
namespace {
// The first byte of a key; docs/formats/replica.md.
constexpr std::uint8_t kBlockKey = 'b';
constexpr std::uint8_t kHeadKey = 'c';
// Of another era than 0; the era follows.
constexpr std::uint8_t kEraBlockKey = 'B';
constexpr std::uint8_t kEraHeadKey = 'C';

Bytes key_of(std::uint8_t kind, const DocumentId& id) { return std::move(Writer().u8(kind).raw(id.view())).take(); }

Bytes past_key(Era era, std::uint8_t kind, std::uint8_t kind_with_era) {
  if (era == Era(0)) return {kind};
  return std::move(Writer().u8(kind_with_era).u64(era.value())).take();
}
Bytes head_key(Era era) { return past_key(era, kHeadKey, kEraHeadKey); }
Bytes block_prefix(Era era) { return past_key(era, kBlockKey, kEraBlockKey); }

Bytes key_of(const Causality::BlockId& block, Era era) {
  auto key = block_prefix(era);
  append(key, Writer().raw(block.device.view()).u64(block.index).bytes());
  return key;
}

Result<Causality::BlockId> read_block_key(BytesView key, Era era) {
  Reader reader(key.subspan(block_prefix(era).size()));
  Causality::BlockId block;
  MUISTIO_TRY(block.device, reader.fixed<DeviceId>());
  MUISTIO_TRY(block.index, reader.u64());
  MUISTIO_CHECK(reader.finish());
  return block;
}

/// What the shelf holds was written here: bytes that cannot be read are damage.
template <class T>
Result<T> or_corrupt(Result<T> read, const char* what) {
  if (read) return read;
  if (read.error().code == ErrorCode::unsupported_version) return fail(read.error());
  return fail(ErrorCode::corrupt, what + (": " + read.error().detail));
}
}  // namespace

Replica::Replica(Shelf& shelf, ReplicaOptions options) : shelf_(&shelf), options_(std::move(options)) {
  options_.open_documents_max = std::max<std::size_t>(options_.open_documents_max, 1);
}

Result<Replica> Replica::open(Shelf& shelf, ReplicaOptions options) {
  Replica made(shelf, std::move(options));
  MUISTIO_CHECK(made.reload());
  return made;
}

Status Replica::reload() {
  cache_.clear();
  recent_.clear();
  pasts_.clear();
  std::map<Era, Bytes> heads;
  const std::uint8_t first_head[] = {kHeadKey};
  MUISTIO_TRY(auto head, shelf_->load(first_head));
  if (head) heads.emplace(Era(0), std::move(*head));
  const std::uint8_t later_heads[] = {kEraHeadKey};
  MUISTIO_CHECK(shelf_->for_each(later_heads, [&](BytesView key, BytesView value) -> Status {
    MUISTIO_TRY(const auto era, or_corrupt(Reader(key.subspan(1)).u64(), "the key of a head"));
    heads.emplace(Era(era), to_bytes(value));
    return ok();
  }));
  for (const auto& [era, bytes] : heads) {
    std::map<Causality::BlockId, Bytes> blocks;
    const auto of_era = era;
    MUISTIO_CHECK(shelf_->for_each(block_prefix(era), [&](BytesView key, BytesView value) -> Status {
      MUISTIO_TRY(const auto block, or_corrupt(read_block_key(key, of_era), "the key of a block"));
      blocks.emplace(block, to_bytes(value));
      return ok();
    }));
    MUISTIO_TRY(pasts_[era].causality, or_corrupt(Causality::decode(bytes, blocks), "the causal past"));
  }
  return ok();
}

const Causality& Replica::causality(Era era) const noexcept {
  static const Causality nothing;
  const auto found = pasts_.find(era);
  return found == pasts_.end() ? nothing : found->second.causality;
}

std::vector<Era> Replica::eras() const {
  std::vector<Era> eras;
  for (const auto& [era, past] : pasts_) eras.push_back(era);
  return eras;
}

Status Replica::move_drafts(Era era) {
  if (era == Era(0) || pasts_.empty()) return ok();
  if (pasts_.size() != 1 || !pasts_.contains(Era(0))) return fail(ErrorCode::invalid_state, "not only drafts are held");
  MUISTIO_CHECK(flush());
  std::vector<Bytes> old_rows{head_key(Era(0))};
  MUISTIO_CHECK(shelf_->for_each(block_prefix(Era(0)), [&](BytesView key, BytesView) -> Status {
    old_rows.push_back(to_bytes(key));
    return ok();
  }));
  std::vector<DocumentId> drafts;
  const std::uint8_t documents[] = {kDocumentKey};
  MUISTIO_CHECK(shelf_->for_each(documents, [&](BytesView key, BytesView) -> Status {
    MUISTIO_TRY(const auto id, or_corrupt(DocumentId::from_bytes(key.subspan(1)), "the key of a document"));
    drafts.push_back(id);
    return ok();
  }));
  for (const auto& key : old_rows) MUISTIO_CHECK(shelf_->erase(key));
  auto past = pasts_.extract(Era(0));
  past.key() = era;
  past.mapped().causality.change_all_blocks();
  past.mapped().dirty = true;
  pasts_.insert(std::move(past));
  for (const auto& id : drafts) {
    MUISTIO_TRY(auto* slot, open_slot(id));
    auto moved = std::make_shared<Document>(*slot->document);
    moved->state_->era = era;
    slot->document = std::move(moved);
    slot->dirty = true;
  }
  return ok();
}

Result<Replica::Slot*> Replica::open_slot(const DocumentId& id) {
  if (const auto found = cache_.find(id); found != cache_.end()) {
    recent_.splice(recent_.begin(), recent_, found->second.place);
    return &found->second;
  }
  MUISTIO_TRY(const auto bytes, shelf_->load(key_of(kDocumentKey, id)));
  Slot slot;
  if (bytes) {
    MUISTIO_TRY(auto document, or_corrupt(Document::decode(*bytes), "a document"));
    if (document.id() != id) return fail(ErrorCode::corrupt, "a document under the key of another");
    slot.document = std::make_shared<Document>(std::move(document));
  }
  while (cache_.size() >= options_.open_documents_max) {
    const auto oldest = cache_.find(recent_.back());
    MUISTIO_CHECK(save(oldest->first, oldest->second));
    cache_.erase(oldest);
    recent_.pop_back();
  }
  recent_.push_front(id);
  slot.place = recent_.begin();
  return &cache_.emplace(id, std::move(slot)).first->second;
}

Status Replica::save(const DocumentId& id, Slot& slot) {
  if (!slot.dirty) return ok();
  MUISTIO_CHECK(shelf_->save(key_of(kDocumentKey, id), slot.document->encode()));
  if (options_.summarise) {
    const auto summary = options_.summarise(*slot.document);
    const auto key = key_of(kSummaryKey, id);
    MUISTIO_CHECK(summary.empty() ? shelf_->erase(key) : shelf_->save(key, summary));
  }
  slot.dirty = false;
  return ok();
}

bool Replica::fits(const Op& op, const Change& change, const Author& author, const Judge& judge, const Document* held,
                   Era era) const {
  if (held != nullptr && held->era() != era) return false;
  const auto tags = named_tags(op);
  const auto is_past = [&](const Tag& tag) {
    return tag.change.device == change.device ? tag.change.number <= change.number : causality(era).holds_in_log(tag.change);
  };
  if (!tags || !std::all_of(tags->begin(), tags->end(), is_past)) return false;
  return judge(op, author, held);
}

Result<bool> Replica::is_held(const Change& change, const Author& author, Era era) {
  if (change.device != author.device) return fail(ErrorCode::malformed, "a change of another device than its author's");
  MUISTIO_CHECK(check_form(change));
  if (causality(era).holds(change.id())) {
    MUISTIO_CHECK(mark_in_log(change.id(), era));
    return true;
  }
  MUISTIO_CHECK(causality(era).check(change));
  return false;
}

Result<bool> Replica::merge(Slot& slot, const Op& op, const OpContext& context, Era era) {
  auto& document = slot.document;
  const bool is_new = document == nullptr;
  if (is_new) {
    document = std::make_shared<Document>(op.document, era);
  } else if (document.use_count() > 1) {
    document = std::make_shared<Document>(*document);
  }
  if (!document->merge(op, context)) {
    if (is_new) document = nullptr;
    return false;
  }
  slot.dirty = true;
  return true;
}

Result<Applied> Replica::apply(const Change& change, const Author& author, const Judge& judge, Era era) {
  Applied applied;
  MUISTIO_TRY(applied.duplicate, is_held(change, author, era));
  if (applied.duplicate) return applied;
  std::set<DocumentId> touched;
  for (std::size_t place = 0; place < change.ops.size(); ++place) {
    const auto& op = change.ops[place];
    if (op.kind == OpKind::nothing) continue;
    MUISTIO_TRY(auto* slot, open_slot(op.document));
    const OpContext context{author, {change.id(), static_cast<std::uint32_t>(place)}, change.lamport, change.wall};
    const auto* held = slot->document.get();
    if (op.kind == OpKind::create && held != nullptr && held->era() < era && options_.begins_anew &&
        options_.begins_anew(op, author, held) && judge(op, author, nullptr))
      slot->document = nullptr;
    bool merged = fits(op, change, author, judge, slot->document.get(), era);
    if (merged) {
      MUISTIO_TRY(merged, merge(*slot, op, context, era));
    }
    if (!merged) {
      ++applied.refused_ops;
      continue;
    }
    touched.insert(op.document);
  }
  past_of(era).causality.add(change, true);
  past_of(era).dirty = true;
  applied.documents.assign(touched.begin(), touched.end());
  return applied;
}

Result<std::optional<Change>> Replica::edit(const Author& author, WallMs wall, const Judge& judge,
                                            const std::function<Status(ChangeBuilder&)>& edits) {
  MUISTIO_TRY(auto written, edit_in(Era(0), author, wall, judge, edits));
  if (written.empty()) return std::optional<Change>();
  MUISTIO_INVARIANT(written.size() == 1);
  return std::optional<Change>(std::move(written.front().change));
}

Result<std::vector<Written>> Replica::edit_in(Era era, const Author& author, WallMs wall, const Judge& judge,
                                              const std::function<Status(ChangeBuilder&)>& edits) {
  ChangeBuilder builder(*this, era, author, wall, judge);
  MUISTIO_CHECK(edits(builder));
  MUISTIO_CHECK(builder.finish());
  std::vector<Written> written;
  std::set<DocumentId> touched;
  for (auto& [of_era, change] : builder.changes_) {
    const auto known = touched.size();
    for (const auto& op : change.ops)
      if (op.kind != OpKind::nothing) touched.insert(op.document);
    if (touched.size() > known) written.push_back({of_era, std::move(change)});
  }
  for (const auto& id : touched) {
    MUISTIO_TRY(auto* slot, open_slot(id));
    slot->document = std::make_shared<Document>(std::move(builder.documents_.at(id)));
    slot->dirty = true;
  }
  for (const auto& each : written) {
    past_of(each.era).causality.add(each.change, false);
    past_of(each.era).dirty = true;
  }
  return written;
}

Status Replica::mark_in_log(const ChangeId& own, Era era) {
  const auto past = pasts_.find(era);
  if (past == pasts_.end()) return fail(ErrorCode::missing_parent, "the change is not held");
  MUISTIO_CHECK(past->second.causality.mark_in_log(own));
  past->second.dirty = true;
  return ok();
}

Result<std::shared_ptr<const Document>> Replica::document(const DocumentId& id) {
  MUISTIO_TRY(const auto* slot, open_slot(id));
  return std::shared_ptr<const Document>(slot->document);
}

Status Replica::for_each_summary(const std::function<Status(const DocumentId&, BytesView)>& visit) {
  const std::uint8_t prefix[] = {kSummaryKey};
  return shelf_->for_each(prefix, [&](BytesView key, BytesView value) -> Status {
    MUISTIO_TRY(const auto id, or_corrupt(DocumentId::from_bytes(key.subspan(1)), "the key of a summary"));
    return visit(id, value);
  });
}

Result<std::optional<Bytes>> Replica::summary(const DocumentId& id) { return shelf_->load(key_of(kSummaryKey, id)); }

Status Replica::flush() {
  for (auto& [id, slot] : cache_) MUISTIO_CHECK(save(id, slot));
  for (auto& [era, past] : pasts_) {
    if (!past.dirty) continue;
    for (const auto& [block, bytes] : past.causality.take_changed_blocks()) MUISTIO_CHECK(shelf_->save(key_of(block, era), bytes));
    MUISTIO_CHECK(shelf_->save(head_key(era), past.causality.encode_head()));
    past.dirty = false;
  }
  return ok();
}

}  // namespace muistio::replica
