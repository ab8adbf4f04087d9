// All documents of one space on one device.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "muistio/base/result.hpp"
#include "muistio/replica/causality.hpp"
#include "muistio/replica/change.hpp"
#include "muistio/replica/change_builder.hpp"
#include "muistio/replica/document.hpp"
#include "muistio/replica/judge.hpp"
#include "muistio/replica/shelf.hpp"

namespace muistio::replica {

/// What is kept beside a document so that lists need not open it. Empty keeps nothing.
using Summarise = std::function<Bytes(const Document&)>;

struct ReplicaOptions {
  /// Documents kept open. More are open only while one change touches more.
  std::size_t open_documents_max = 256;
  /// Called for a document whenever it is saved.
  Summarise summarise;
};

/// What a change did.
struct Applied {
  std::vector<DocumentId> documents;  ///< Those that the change touched, ascending, each once.
  std::size_t refused_ops = 0;        ///< Ops passed over: the judge refused them, or they did not fit.
  bool duplicate = false;             ///< The change was held already; nothing was done.
};

/// The documents of one space over a shelf, with the causal past of the space. A bounded number of documents is held open.
///
/// Whoever owns it begins a transaction, calls `apply` and `edit` as often as it likes, then `flush`, then commits; if the commit
/// (or any of these calls with io_failed, disk_full or corrupt) fails, it rolls back and calls `reload`. Not thread-safe.
class Replica {
 public:
  /// Reads what the shelf holds; an empty shelf is an empty space. The shelf must outlive the replica. Errors: those of the shelf,
  /// corrupt (what it holds cannot be read).
  [[nodiscard]] static Result<Replica> open(Shelf& shelf, ReplicaOptions options = {});

  Replica(Replica&&) noexcept = default;
  Replica& operator=(Replica&&) noexcept = default;
  ~Replica() = default;

  /// Merges a change that came from the log. `author` is whom the batch was signed by; the judge may refuse single ops.
  /// A change that fails is refused as a whole and changes nothing. All devices that took the log's records in order agree on the
  /// outcome, whatever each wrote meanwhile. A change held already (one's own that comes back, too) is a
  /// duplicate, not a failure; it counts as in the log from then on.
  /// Errors: malformed (its form; its device is not the author's), missing_parent, bad_clock, too_large; those of the shelf.
  [[nodiscard]] Result<Applied> apply(const Change& change, const Author& author, const Judge& judge);

  /// Runs `edits` and makes one change of what it did, applied here at once: to be stored, then sent. Nothing if it did nothing.
  /// If `edits` fails, its failure is returned and nothing is changed. The device's own changes count as not in the log until
  /// `mark_in_log`.
  [[nodiscard]] Result<std::optional<Change>> edit(const Author& author, WallMs wall, const Judge& judge,
                                                   const std::function<Status(ChangeBuilder&)>& edits);

  /// The changes of this device up to this one are in the log: others may name them from now on. To be called when they are met in
  /// the log (unless they are given to `apply`), before the records after them are applied: what others write on top of them is
  /// refused with missing_parent otherwise. Errors: missing_parent, if it is not held.
  [[nodiscard]] Status mark_in_log(const ChangeId& own);

  /// A document as it stands; null if nothing is held of it. It stays as it is while the pointer is held, whatever is applied
  /// later. Errors: those of the shelf, corrupt.
  [[nodiscard]] Result<std::shared_ptr<const Document>> document(const DocumentId& id);

  /// Visits what `summarise` made of every document, in the order of ids, as of the last flush. A failure of `visit` is handed on.
  [[nodiscard]] Status for_each_summary(const std::function<Status(const DocumentId&, BytesView)>& visit);
  /// The summary of one document as of the last flush, or nothing.
  [[nodiscard]] Result<std::optional<Bytes>> summary(const DocumentId& id);

  /// Saves what was touched since the last flush. Errors: those of the shelf.
  [[nodiscard]] Status flush();
  /// Forgets everything that is in memory and reads the shelf anew: for after a rollback. Errors: as `open`.
  [[nodiscard]] Status reload();

  [[nodiscard]] const Causality& causality() const noexcept { return causality_; }
  /// Documents held open now.
  [[nodiscard]] std::size_t open_documents() const noexcept { return cache_.size(); }

 private:
  friend class ChangeBuilder;
  struct Slot {
    std::shared_ptr<Document> document;  // null if nothing is held of it
    bool dirty = false;
    std::list<DocumentId>::iterator place;
  };
  Replica(Shelf& shelf, ReplicaOptions options);
  Result<Slot*> open_slot(const DocumentId& id);
  Status save(const DocumentId& id, Slot& slot);
  bool fits(const Op& op, const Change& change, const Author& author, const Judge& judge, const Document* held) const;

  Shelf* shelf_;
  ReplicaOptions options_;
  Causality causality_;
  bool causality_dirty_ = false;
  std::unordered_map<DocumentId, Slot> cache_;
  std::list<DocumentId> recent_;  // the most recently used first
};

}  // namespace muistio::replica
