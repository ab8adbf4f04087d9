#include "muistio/replica/replica.hpp"

#include <algorithm>

#include "muistio/base/reader.hpp"
#include "muistio/replica/payload.hpp"

namespace muistio::replica {
namespace {
// The first byte of a key; docs/formats/replica.md.
constexpr std::uint8_t kBlockKey = 'b';
constexpr std::uint8_t kHeadKey = 'c';
constexpr std::uint8_t kDocumentKey = 'd';
constexpr std::uint8_t kSummaryKey = 's';

Bytes key_of(std::uint8_t kind, const DocumentId& id) { return std::move(Writer().u8(kind).raw(id.view())).take(); }

Bytes key_of(const Causality::BlockId& block) {
  return std::move(Writer().u8(kBlockKey).raw(block.device.view()).u64(block.index)).take();
}

Result<Causality::BlockId> read_block_key(BytesView key) {
  Reader reader(key);
  Causality::BlockId block;
  MUISTIO_TRY([[maybe_unused]] const auto kind, reader.u8());
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
  causality_ = Causality();
  causality_dirty_ = false;
  const std::uint8_t head_key[] = {kHeadKey};
  MUISTIO_TRY(const auto head, shelf_->load(head_key));
  if (!head) return ok();
  std::map<Causality::BlockId, Bytes> blocks;
  const std::uint8_t block_prefix[] = {kBlockKey};
  MUISTIO_CHECK(shelf_->for_each(block_prefix, [&](BytesView key, BytesView value) -> Status {
    MUISTIO_TRY(const auto block, or_corrupt(read_block_key(key), "the key of a block"));
    blocks.emplace(block, to_bytes(value));
    return ok();
  }));
  MUISTIO_TRY(causality_, or_corrupt(Causality::decode(*head, blocks), "the causal past"));
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

bool Replica::fits(const Op& op, const Change& change, const Author& author, const Judge& judge, const Document* held) const {
  if (op.kind == OpKind::set_remove) {
    const auto tags = parse_set_remove(op);
    const auto is_past = [&](const Tag& tag) {
      return tag.change.device == change.device ? tag.change.number <= change.number : causality_.holds_in_log(tag.change);
    };
    if (!tags || !std::all_of(tags->begin(), tags->end(), is_past)) return false;
  }
  return judge(op, author, held);
}

Result<Applied> Replica::apply(const Change& change, const Author& author, const Judge& judge) {
  if (change.device != author.device) return fail(ErrorCode::malformed, "a change of another device than its author's");
  MUISTIO_CHECK(check_form(change));
  Applied applied;
  if (causality_.holds(change.id())) {
    MUISTIO_CHECK(mark_in_log(change.id()));
    applied.duplicate = true;
    return applied;
  }
  MUISTIO_CHECK(causality_.check(change));
  std::set<DocumentId> touched;
  for (std::size_t place = 0; place < change.ops.size(); ++place) {
    const auto& op = change.ops[place];
    if (op.kind == OpKind::nothing) continue;
    MUISTIO_TRY(auto* slot, open_slot(op.document));
    if (!fits(op, change, author, judge, slot->document.get())) {
      ++applied.refused_ops;
      continue;
    }
    auto& document = slot->document;
    const bool is_new = document == nullptr;
    if (is_new) {
      document = std::make_shared<Document>(op.document);
    } else if (document.use_count() > 1) {
      document = std::make_shared<Document>(*document);
    }
    const OpContext context{author, {change.id(), static_cast<std::uint32_t>(place)}, change.lamport, change.wall};
    if (!document->merge(op, context)) {
      if (is_new) document = nullptr;
      ++applied.refused_ops;
      continue;
    }
    slot->dirty = true;
    touched.insert(op.document);
  }
  causality_.add(change, true);
  causality_dirty_ = true;
  applied.documents.assign(touched.begin(), touched.end());
  return applied;
}

Result<std::optional<Change>> Replica::edit(const Author& author, WallMs wall, const Judge& judge,
                                            const std::function<Status(ChangeBuilder&)>& edits) {
  ChangeBuilder builder(*this, author, wall, judge);
  MUISTIO_CHECK(edits(builder));
  MUISTIO_CHECK(builder.finish());
  auto& change = builder.change_;
  std::set<DocumentId> touched;
  for (const auto& op : change.ops)
    if (op.kind != OpKind::nothing) touched.insert(op.document);
  if (touched.empty()) return std::optional<Change>();
  for (const auto& id : touched) {
    MUISTIO_TRY(auto* slot, open_slot(id));
    slot->document = std::make_shared<Document>(std::move(builder.documents_.at(id)));
    slot->dirty = true;
  }
  causality_.add(change, false);
  causality_dirty_ = true;
  return std::optional<Change>(std::move(change));
}

Status Replica::mark_in_log(const ChangeId& own) {
  MUISTIO_CHECK(causality_.mark_in_log(own));
  causality_dirty_ = true;
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
  if (!causality_dirty_) return ok();
  for (const auto& [block, bytes] : causality_.take_changed_blocks()) MUISTIO_CHECK(shelf_->save(key_of(block), bytes));
  const std::uint8_t head_key[] = {kHeadKey};
  MUISTIO_CHECK(shelf_->save(head_key, causality_.encode_head()));
  causality_dirty_ = false;
  return ok();
}

}  // namespace muistio::replica
