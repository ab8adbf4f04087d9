// Documents as they are shown, without their history: what a new device reads while it builds the same from the log.
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"
#include "muistio/replica/ids.hpp"
#include "muistio/replica/shelf.hpp"

namespace muistio::replica {

class Document;

/// The most that a snapshot may have, in bytes.
inline constexpr std::size_t kSnapshotBytesMax = std::size_t{64} << 20;

/// What stands in the documents of one era: each with its registers, sets, counters and lists, its texts as they read now. Nothing
/// that was deleted or taken back is in it. Devices of one version that hold the same changes of the era make the same bytes. Plain
/// value; any thread.
struct Snapshot {
  Era era;
  std::map<DocumentId, Bytes> documents;  // `Document::encode` of each

  /// docs/formats/replica.md, "Snapshot".
  [[nodiscard]] Bytes encode() const;
  /// What is in the documents is for `SnapshotShelf::add` to check. Errors: malformed, too_large; unsupported_version, also if it
  /// was made by an app that knows other kinds of ops: what it shows may differ.
  [[nodiscard]] static Result<Snapshot> decode(BytesView bytes);
  friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

/// A shelf to be read only: the documents of snapshots, and of the shelf below those that are in none, with their summaries. No
/// causal past. `below` must outlive it. Not thread-safe.
class SnapshotShelf final : public Shelf {
 public:
  explicit SnapshotShelf(Shelf& below) : below_(below) {}
  /// All of it or nothing. Errors: malformed, too_large, unsupported_version (a document that cannot be read, or is of another
  /// era).
  Status add(Snapshot snapshot, const std::function<Bytes(const Document&)>& summarise);
  void remove(Era era) { eras_.erase(era); }
  [[nodiscard]] const Snapshot* find(Era era) const;

  Result<std::optional<Bytes>> load(BytesView key) override;
  Status save(BytesView key, BytesView value) override;  // invalid_state
  Status erase(BytesView key) override;                  // invalid_state
  Status for_each(BytesView prefix, const Visitor& visit) override;

 private:
  struct Part {
    Snapshot snapshot;
    std::map<DocumentId, Bytes> summaries;  // none that is empty
  };
  Shelf& below_;
  std::map<Era, Part> eras_;
};

}  // namespace muistio::replica
