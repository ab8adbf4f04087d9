#include "muistio/replica/snapshot.hpp"

#include "document_state.hpp"
#include "keys.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/replica/replica.hpp"

namespace muistio::replica {
namespace {

constexpr std::uint8_t kVersion = 1;
/// Kinds of ops from here on are unknown. Documents that hold some look otherwise to an app that knows them.
constexpr std::uint64_t kKindsKnown = 12;

std::optional<DocumentId> document_of(BytesView key, std::uint8_t kind) {
  if (key.empty() || key[0] != kind) return std::nullopt;
  const auto id = DocumentId::from_bytes(key.subspan(1));
  return id ? std::optional(*id) : std::nullopt;
}

}  // namespace

Bytes Snapshot::encode() const {
  Writer out;
  out.u8(kVersion).varint(kKindsKnown).varint(era.value()).varint(documents.size());
  for (const auto& [id, bytes] : documents) out.raw(id.view()).block(bytes);
  return std::move(out).take();
}

Result<Snapshot> Snapshot::decode(BytesView bytes) {
  if (bytes.size() > kSnapshotBytesMax) return fail(ErrorCode::too_large, "a snapshot");
  Reader in(bytes);
  MUISTIO_TRY(const auto version, in.u8());
  if (version != kVersion) return fail(ErrorCode::unsupported_version, "a snapshot");
  MUISTIO_TRY(const auto kinds, in.varint());
  if (kinds != kKindsKnown) return fail(ErrorCode::unsupported_version, "a snapshot of another version of the app");
  Snapshot made;
  MUISTIO_TRY(const auto era, in.varint());
  made.era = Era(era);
  MUISTIO_TRY(const auto count, in.varint());
  for (std::uint64_t i = 0; i < count; ++i) {
    MUISTIO_TRY(const auto id, in.fixed<DocumentId>());
    if (!made.documents.empty() && id <= made.documents.rbegin()->first)
      return fail(ErrorCode::malformed, "documents of a snapshot out of order");
    MUISTIO_TRY(const auto document, in.block(in.left()));
    made.documents.emplace_hint(made.documents.end(), id, to_bytes(document));
  }
  MUISTIO_CHECK(in.finish());
  return made;
}

Result<Snapshot> Replica::snapshot(Era era) {
  Snapshot made;
  made.era = era;
  std::size_t bytes = 0;
  const std::uint8_t prefix[] = {kDocumentKey};
  MUISTIO_CHECK(shelf_->for_each(prefix, [&](BytesView, BytesView row) -> Status {
    auto document = Document::decode(row);
    if (!document) return fail(ErrorCode::corrupt, "a document: " + document.error().detail);
    if (document->era() != era) return ok();
    auto& texts = document->state_->texts;
    for (auto text = texts.begin(); text != texts.end();) {
      text::Document shown;
      MUISTIO_CHECK(shown.insert({}, 0, text->second.text()));
      text->second = std::move(shown);
      text = text->second.empty() ? texts.erase(text) : std::next(text);
    }
    auto encoded = document->encode();
    bytes += encoded.size() + 32;
    if (bytes > kSnapshotBytesMax) return fail(ErrorCode::too_large, "a snapshot");
    made.documents.emplace(document->id(), std::move(encoded));
    return ok();
  }));
  return made;
}

Status SnapshotShelf::add(Snapshot snapshot, const std::function<Bytes(const Document&)>& summarise) {
  Part part;
  for (const auto& [id, bytes] : snapshot.documents) {
    MUISTIO_TRY(const auto document, Document::decode(bytes));
    if (document.id() != id || document.era() != snapshot.era)
      return fail(ErrorCode::malformed, "a document of a snapshot under another name");
    auto summary = summarise ? summarise(document) : Bytes();
    if (!summary.empty()) part.summaries.emplace(id, std::move(summary));
  }
  part.snapshot = std::move(snapshot);
  const auto era = part.snapshot.era;
  eras_.insert_or_assign(era, std::move(part));
  return ok();
}

const Snapshot* SnapshotShelf::find(Era era) const {
  const auto found = eras_.find(era);
  return found == eras_.end() ? nullptr : &found->second.snapshot;
}

Result<std::optional<Bytes>> SnapshotShelf::load(BytesView key) {
  const auto document = document_of(key, kDocumentKey);
  const auto summarised = document_of(key, kSummaryKey);
  if (!document && !summarised) return std::optional<Bytes>();
  for (const auto& [era, part] : eras_) {
    const auto held = part.snapshot.documents.find(document ? *document : *summarised);
    if (held == part.snapshot.documents.end()) continue;
    if (document) return std::optional(held->second);
    const auto summary = part.summaries.find(*summarised);
    return summary == part.summaries.end() ? std::optional<Bytes>() : std::optional(summary->second);
  }
  return below_.load(key);
}

Status SnapshotShelf::save(BytesView, BytesView) { return fail(ErrorCode::invalid_state, "a snapshot is not written in"); }
Status SnapshotShelf::erase(BytesView) { return fail(ErrorCode::invalid_state, "a snapshot is not written in"); }

Status SnapshotShelf::for_each(BytesView prefix, const Visitor& visit) {
  if (prefix.empty() || (prefix[0] != kDocumentKey && prefix[0] != kSummaryKey)) return ok();
  std::map<Bytes, Bytes> rows;
  MUISTIO_CHECK(below_.for_each(prefix, [&](BytesView key, BytesView value) -> Status {
    rows.emplace(to_bytes(key), to_bytes(value));
    return ok();
  }));
  for (const auto& [era, part] : eras_) {
    const auto& held = prefix[0] == kDocumentKey ? part.snapshot.documents : part.summaries;
    for (const auto& [id, bytes] : part.snapshot.documents) rows.erase(std::move(Writer().u8(prefix[0]).raw(id.view())).take());
    for (const auto& [id, bytes] : held) {
      auto key = std::move(Writer().u8(prefix[0]).raw(id.view())).take();
      if (key.size() >= prefix.size() && equal(BytesView(key).first(prefix.size()), prefix))
        rows.insert_or_assign(std::move(key), bytes);
    }
  }
  for (const auto& [key, value] : rows) MUISTIO_CHECK(visit(key, value));
  return ok();
}

}  // namespace muistio::replica
