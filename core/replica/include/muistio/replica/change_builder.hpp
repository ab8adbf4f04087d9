// Edits made here, gathered into one change.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"
#include "muistio/replica/baseline.hpp"
#include "muistio/replica/change.hpp"
#include "muistio/replica/document.hpp"
#include "muistio/replica/judge.hpp"
#include "muistio/replica/redo.hpp"
#include "muistio/text/ids.hpp"

namespace muistio::replica {

class Replica;

/// The most text that one call of ChangeBuilder::copy_next copies, in bytes of UTF-8.
inline constexpr std::size_t kCopiedTextBytes = 128 << 10;

/// Gathers the ops of a change (of one for each era whose documents are edited) while `Replica::edit` runs; reads see what was
/// edited so far. If a call fails, what it was to do is not done. Every call may fail with not_permitted (the judge refuses),
/// io_failed or corrupt (the shelf), invalid_state (the document was taken back). Lives only during `Replica::edit`.
class ChangeBuilder {
 public:
  ChangeBuilder(const ChangeBuilder&) = delete;
  ChangeBuilder& operator=(const ChangeBuilder&) = delete;
  ~ChangeBuilder() = default;

  [[nodiscard]] const Author& author() const noexcept { return author_; }
  [[nodiscard]] WallMs wall() const noexcept { return wall_; }

  /// The document as it stands, with what was edited so far. Valid until the next call. A document that nobody wrote in is there,
  /// but does not exist.
  [[nodiscard]] Result<const Document*> document(const DocumentId& id);

  /// Makes the document exist. Nothing is done if it exists with that type. Errors: already_exists (with another type).
  Status create(const DocumentId& id, DocumentType type);
  /// Makes a document of an earlier era exist in this one, with all that it has but texts, if
  /// ReplicaOptions::begins_anew lets it; else nothing is done. Errors: those of the edits.
  Status begin_anew(const DocumentId& id);
  /// Nothing is done if the register has this value. Errors: too_large.
  Status set_register(const DocumentId& id, FieldId field, BytesView value);
  /// Errors: too_large.
  Status add_to_set(const DocumentId& id, FieldId field, BytesView value);
  /// Nothing is done if the value is not in the set. Errors: too_large (added too often at once).
  Status remove_from_set(const DocumentId& id, FieldId field, BytesView value);

  /// Positions and counts are Unicode scalars. Errors: position_out_of_range, not_utf8, too_large.
  Status insert_text(const DocumentId& id, FieldId field, std::uint64_t position, std::string_view utf8);
  Status append_text(const DocumentId& id, FieldId field, std::string_view utf8);
  Status erase_text(const DocumentId& id, FieldId field, std::uint64_t position, std::uint64_t count);
  /// Makes the text at version `base` into `utf8` by small edits; what others wrote since stays. Errors: not_utf8, missing_parent
  /// (`base` is not held), too_large.
  Status replace_text(const DocumentId& id, FieldId field, std::string_view utf8, const text::Version& base);
  /// Against the version that is shown now.
  Status replace_text(const DocumentId& id, FieldId field, std::string_view utf8);

  /// Nothing is done if `delta` is 0. Errors: too_large (the sum would leave the range).
  Status add_to_counter(const DocumentId& id, FieldId field, std::int64_t delta);
  /// Puts a value into a list so that it is the element at `position`. Yields its name. Errors: position_out_of_range, too_large.
  Result<Tag> list_insert(const DocumentId& id, FieldId field, std::size_t position, BytesView value);
  /// Makes an element the one at `position`; nothing is done if it is, or if it is not in the list any more. Errors:
  /// position_out_of_range.
  Status list_move(const DocumentId& id, FieldId field, const Tag& element, std::size_t position);
  /// Nothing is done if the element is not in the list any more.
  Status list_erase(const DocumentId& id, FieldId field, const Tag& element);
  /// Makes the document of this key and type under a parent exist, in the parent's era, and yields its id (`derived_document_id`):
  /// two devices that do so at once make one. Errors: those of `create`; invalid_state also if the parent was taken back.
  Result<DocumentId> create_child(const DocumentId& parent, BytesView key, DocumentType type);

  /// The document goes, with its history, on every device.
  Status take_back(const DocumentId& id);
  /// `count` scalars of a text from `position` on go, with their history. Errors: position_out_of_range.
  Status take_back_passage(const DocumentId& id, FieldId field, std::uint64_t position, std::uint64_t count);
  /// The content of these edits goes, also of those deleted since. Errors: too_large.
  Status take_back_edits(const DocumentId& id, FieldId field, std::vector<text::EditRange> ranges);

  /// Does what another device of the same person did in a change that never reached the log, as the first thing in this change.
  /// What no longer fits (the document was taken back, the judge refuses it) is passed over. Errors: malformed, invalid_argument
  /// (not the device of `names`, or something was edited here already).
  Status redo(const Change& change, RedoNames& names);
  /// Writes what a baseline lacks. Errors: those of the edit.
  Status write_again(const Superseded& lost);
  /// Copies the next part of a document of another space under the id `as`: all that it has but texts, and up to
  /// kCopiedTextBytes of text. Call it, each time in a new change, until it says that nothing is left. The history is not copied.
  Result<bool> copy_next(const Document& from, const DocumentId& as);

 private:
  friend class Replica;
  using EditText = std::function<Status(text::Document&)>;
  /// A text edited here: the place that its op will have, and what was held of it before.
  struct Draft {
    DocumentId document;
    FieldId field;
    Era era;
    std::size_t place = 0;
    text::VersionVector before;
  };
  ChangeBuilder(Replica& replica, Era era, const Author& author, WallMs wall, const Judge& judge);
  Result<Document*> open(const DocumentId& id);
  Status permit(const Op& op, const Document& document) const;
  Status add(Op op);
  Status copy_counters_and_lists(const Document& from, const DocumentId& as);
  Result<Op> renamed(const Op& op, RedoNames& names);
  Status edit_text(const DocumentId& id, FieldId field, const EditText& edit);
  Status finish();
  Change& change_in(Era era);
  OpContext context(const Change& change) const;

  Replica& replica_;
  Era era_;  // of new documents
  Author author_;
  WallMs wall_;
  const Judge& judge_;
  std::map<DocumentId, Document> documents_;  // those edited
  std::shared_ptr<const Document> read_;      // the one last read
  std::vector<Draft> drafts_;
  std::map<Era, Change> changes_;
};

}  // namespace muistio::replica
