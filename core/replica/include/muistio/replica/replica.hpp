// All documents of one space on one device.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <unordered_map>
#include <vector>

#include "muistio/base/result.hpp"
#include "muistio/replica/baseline.hpp"
#include "muistio/replica/causality.hpp"
#include "muistio/replica/change.hpp"
#include "muistio/replica/change_builder.hpp"
#include "muistio/replica/document.hpp"
#include "muistio/replica/judge.hpp"
#include "muistio/replica/shelf.hpp"
#include "muistio/replica/snapshot.hpp"

namespace muistio::replica {

/// What is kept beside a document so that lists need not open it. Empty keeps nothing.
using Summarise = std::function<Bytes(const Document&)>;

struct ReplicaOptions {
  /// Documents kept open. More are open only while one change touches more.
  std::size_t open_documents_max = 256;
  /// Called for a document whenever it is saved.
  Summarise summarise;
  /// Whether a creation in a later era than the document's begins it anew there, as of a document that its owner may write without
  /// knowing what was before; it must answer alike on every device. Empty: never, such an op is passed over.
  Judge begins_anew;
};

/// What a change did.
struct Applied {
  std::vector<DocumentId> documents;  ///< Those that the change touched, ascending, each once.
  std::size_t refused_ops = 0;        ///< Ops passed over: the judge refused them, or they did not fit.
  bool duplicate = false;             ///< The change was held already; nothing was done.
};

/// A change made here, and the era of the documents that it is about.
struct Written {
  Era era;
  Change change;
};

/// The documents of one space over a shelf, with the causal past of the space. A bounded number of documents is held open.
///
/// Each document belongs to the era in which it was born. Each era has its own numbers of changes, its own clocks and its own
/// causal past, so that whoever may read the documents of an era holds all that their changes hang on, and nothing of another era.
/// A change is about documents of one era. An op on a document of another era is passed over, by everyone alike. `Baseline` states
/// documents anew, for an era that begins.
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
  [[nodiscard]] Result<Applied> apply(const Change& change, const Author& author, const Judge& judge, Era era = Era(0));

  /// Runs `edits` and makes of what it did one change for each era whose documents it touched, applied here at once: to be stored,
  /// then sent. New documents are born in `era`. Nothing if it did nothing. If `edits` fails, its failure is returned and nothing
  /// is changed. The device's own changes count as not in the log until `mark_in_log`.
  [[nodiscard]] Result<std::vector<Written>> edit_in(Era era, const Author& author, WallMs wall, const Judge& judge,
                                                     const std::function<Status(ChangeBuilder&)>& edits);
  /// The same where there is era 0 alone.
  [[nodiscard]] Result<std::optional<Change>> edit(const Author& author, WallMs wall, const Judge& judge,
                                                   const std::function<Status(ChangeBuilder&)>& edits);

  /// States documents anew for `era`: all but their texts, as it stands here. They count as born in it from now
  /// on. Documents that do not exist, or are of that era or a later one, are left out; nothing if none is left.
  [[nodiscard]] Result<std::optional<Baseline>> state_anew(Era era, const Author& author, WallMs wall,
                                                           std::span<const DocumentId> documents);
  /// Takes in a baseline of `era` that stands in the log: what was held of its documents from earlier eras goes. `own` is this
  /// device: what it wrote there and the baseline lacks is returned, to be written again. Errors: as `apply`.
  [[nodiscard]] Result<BaselineApplied> apply_baseline(const Baseline& baseline, const Author& author, const Judge& judge, Era era,
                                                       const DeviceId& own);
  /// What was written here before it was known to which era it belongs: from era 0 to `era`. Only while nothing else is held.
  Status move_drafts(Era era);

  /// The changes of this device up to this one are in the log: others may name them from now on. To be called when they are met in
  /// the log (unless they are given to `apply`), before the records after them are applied: what others write on top of them is
  /// refused with missing_parent otherwise. Errors: missing_parent, if it is not held.
  [[nodiscard]] Status mark_in_log(const ChangeId& own, Era era = Era(0));

  /// A document as it stands; null if nothing is held of it. It stays as it is while the pointer is held, whatever is applied
  /// later. Errors: those of the shelf, corrupt.
  [[nodiscard]] Result<std::shared_ptr<const Document>> document(const DocumentId& id);

  /// Visits what `summarise` made of every document, in the order of ids, as of the last flush. A failure of `visit` is handed on.
  [[nodiscard]] Status for_each_summary(const std::function<Status(const DocumentId&, BytesView)>& visit);
  /// The summary of one document as of the last flush, or nothing.
  [[nodiscard]] Result<std::optional<Bytes>> summary(const DocumentId& id);

  /// The documents of an era as they are shown, as of the last flush. Errors: those of the shelf, corrupt; too_large.
  [[nodiscard]] Result<Snapshot> snapshot(Era era);

  /// Saves what was touched since the last flush. Errors: those of the shelf.
  [[nodiscard]] Status flush();
  /// Forgets everything that is in memory and reads the shelf anew: for after a rollback. Errors: as `open`.
  [[nodiscard]] Status reload();

  /// The causal past of an era; empty for one of which nothing is held.
  [[nodiscard]] const Causality& causality(Era era = Era(0)) const noexcept;
  /// The eras of which something is held.
  [[nodiscard]] std::vector<Era> eras() const;
  /// Documents held open now.
  [[nodiscard]] std::size_t open_documents() const noexcept { return cache_.size(); }

 private:
  friend class ChangeBuilder;
  struct Slot {
    std::shared_ptr<Document> document;  // null if nothing is held of it
    bool dirty = false;
    std::list<DocumentId>::iterator place;
  };
  struct Past {
    Causality causality;
    bool dirty = false;
  };
  Replica(Shelf& shelf, ReplicaOptions options);
  Result<Slot*> open_slot(const DocumentId& id);
  Status save(const DocumentId& id, Slot& slot);
  bool fits(const Op& op, const Change& change, const Author& author, const Judge& judge, const Document* held, Era era) const;
  Past& past_of(Era era) { return pasts_[era]; }
  /// Checks a change against its era's past; yields whether it is held already.
  Result<bool> is_held(const Change& change, const Author& author, Era era);
  Result<BaselineApplied> merge_baseline(const Baseline& baseline, const Author& author, const Judge& judge, Era era,
                                         const DeviceId& own);
  static void name_superseded(const Document& older, const Document& now, const DeviceId& own, std::vector<Superseded>& lost);
  Result<bool> merge(Slot& slot, const Op& op, const OpContext& context, Era era);

  Shelf* shelf_;
  ReplicaOptions options_;
  std::map<Era, Past> pasts_;
  std::unordered_map<DocumentId, Slot> cache_;
  std::list<DocumentId> recent_;  // the most recently used first
};

}  // namespace muistio::replica
