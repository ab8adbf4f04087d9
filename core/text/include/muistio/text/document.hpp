// One text that several people edit at once and that merges by itself.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"
#include "muistio/text/ids.hpp"

namespace muistio::text {

/// A text with its history: Eg-walker (Gentle & Kleppmann, EuroSys 2025) with the FugueMax order (Weidner & Kleppmann).
///
/// The edits with their parents are the truth; the plain text is kept beside them; merge state is built only for concurrent
/// stretches and thrown away. Documents that hold the same edits show the same text, whatever the order and batching they came in.
/// Positions and counts are Unicode scalar values of the text that is shown. Copies are independent. Not thread-safe.
/// Every call that returns a failure has changed nothing.
class Document {
 public:
  Document();
  ~Document();
  Document(const Document& other);
  Document& operator=(const Document& other);
  Document(Document&& other) noexcept;
  Document& operator=(Document&& other) noexcept;

  // The text.

  /// The text, UTF-8.
  [[nodiscard]] std::string text() const;
  /// The text as Unicode scalar values.
  [[nodiscard]] std::u32string scalars() const;
  [[nodiscard]] std::uint64_t size_scalars() const noexcept;
  /// `count` scalars from `position`, UTF-8. Errors: position_out_of_range.
  [[nodiscard]] Result<std::string> slice(std::uint64_t position, std::uint64_t count) const;
  [[nodiscard]] bool empty() const noexcept { return size_scalars() == 0; }

  // Edits made here. Each is added to the history with the whole of what is held as its past.

  /// Inserts `utf8` before `position`. Errors: position_out_of_range, not_utf8, too_large.
  Status insert(const AgentId& agent, std::uint64_t position, std::string_view utf8);
  /// Removes `count` scalars from `position` on. Errors: position_out_of_range, too_large.
  Status erase(const AgentId& agent, std::uint64_t position, std::uint64_t count);
  /// Makes the text at `base` into `utf8` by small edits (see `difference`) whose past is `base`: what others wrote since `base`
  /// stays. Returns what changed in the text shown. Errors: not_utf8, missing_parent (`base` is not held), too_large.
  Result<Applied> replace_all(const AgentId& agent, std::string_view utf8, const Version& base);

  /// Takes back the effect of `edits`, whoever made them, by new edits of `agent`: what they inserted and is still there goes; what
  /// they, and no other edit, removed comes back where it was (with other ids; nothing that was taken back). Everything else stays.
  /// Edits not held are passed over. Replays the history. Returns what changed in the text shown. Errors: too_large.
  Result<Applied> revert(const AgentId& agent, std::span<const EditRange> edits);
  /// Makes the text into that at `version` by small edits of `agent`. Errors: missing_parent, too_large.
  Result<Applied> restore(const AgentId& agent, const Version& version);

  // Exchange.

  /// The version shown: the heads of the history.
  [[nodiscard]] Version version() const;
  /// What is held, agent by agent.
  [[nodiscard]] VersionVector summary() const;
  /// The number of edits held, deletions included.
  [[nodiscard]] std::uint64_t edit_count() const noexcept;
  /// The edits that someone who holds `held` lacks, as one batch (docs/formats/text.md); not compressed. A batch without edits is
  /// valid too. Applying it needs all of `held`.
  /// A history of more than kMaxBatchEdits new edits must be sent in several batches: see `encode_between`.
  [[nodiscard]] Bytes encode_since(const VersionVector& held) const;
  /// Like `encode_since`, without the edits from `until` on (an agent not in `until` gives none); `until` must be closed under
  /// "past of", as every `summary()` is.
  [[nodiscard]] Bytes encode_between(const VersionVector& held, const VersionVector& until) const;
  /// Adds the edits of a batch. All or nothing. Edits already held with the same content are passed over.
  /// Errors: malformed, unsupported_version, too_large, missing_parent (also for a gap in an agent's seqs), duplicate_edit (an id
  /// is held with another content), position_out_of_range.
  Result<Applied> apply(BytesView batch);

  // Keeping.

  /// The whole document: history, what was taken back, and the text, so that opening needs no replay.
  [[nodiscard]] Bytes encode() const;
  /// Errors: malformed, unsupported_version, too_large. The text is taken as it stands: see `verify`.
  [[nodiscard]] static Result<Document> decode(BytesView bytes);
  /// Keeps the history deflated until something needs it, as a document does that was decoded: merging concurrent edits, looking
  /// back, encoding what is not recent. Takes a millisecond for each 100 KB of history; what is shown does not change.
  void settle();
  /// Replays the history and compares it with the text. Errors: malformed, if they differ.
  [[nodiscard]] Status verify() const;

  // History.

  /// The text as it was at `version`, UTF-8, without what was taken back since. Errors: missing_parent.
  [[nodiscard]] Result<std::string> text_at(const Version& version) const;
  /// The small changes that turn the text at `from` into that at `to` (see `difference`). Errors: missing_parent.
  [[nodiscard]] Result<std::vector<Change>> changes_between(const Version& from, const Version& to) const;
  /// Whether every edit of `version` is held.
  [[nodiscard]] bool holds(const Version& version) const;
  /// Who wrote which stretch of the text shown. Replays the history (once; kept until the next edit).
  [[nodiscard]] std::vector<AuthorRun> authors() const;

  // Taking back.

  /// Drops the content of these edits from the history and from the text, also if they arrive only later. Deletions in the ranges
  /// are left as they are. The edits keep their ids and lengths, so everything else merges as before. Doing it twice changes
  /// nothing. Returns what changed in the text shown. Errors: too_large (over kMaxRedactedRanges in all).
  Result<Applied> redact(std::span<const EditRange> ranges);
  /// The ids of the scalars [position, position + count) of the text shown: what `redact` takes. Errors: position_out_of_range.
  [[nodiscard]] Result<std::vector<EditRange>> edits_at(std::uint64_t position, std::uint64_t count) const;

  // Places.

  /// The anchor before the scalar at `position` (`end` if there is none) or after the one left of it (`start` if there is none), as
  /// `side` says before or after. Errors: position_out_of_range.
  [[nodiscard]] Result<Anchor> anchor_at(std::uint64_t position, Anchor::Side side) const;
  /// Where the anchor is now; if its scalar is gone, where that was. Errors: not_found (the edit is not held or is no insertion).
  [[nodiscard]] Result<std::uint64_t> position_of(const Anchor& anchor) const;

  /// Indices at the edge: offsets in bytes of UTF-8, or units of UTF-16, to and from positions. Errors: position_out_of_range, also
  /// for an offset inside a scalar.
  [[nodiscard]] Result<std::uint64_t> utf8_of(std::uint64_t position) const;
  [[nodiscard]] Result<std::uint64_t> utf16_of(std::uint64_t position) const;
  [[nodiscard]] Result<std::uint64_t> position_of_utf8(std::uint64_t offset) const;
  [[nodiscard]] Result<std::uint64_t> position_of_utf16(std::uint64_t offset) const;

  // Where a cursor may stand: before, between and after what people take for one character (Unicode 15, UAX 29). Errors of each:
  // position_out_of_range.

  /// The next such place after `position`; at the end of the text, that.
  [[nodiscard]] Result<std::uint64_t> next_grapheme(std::uint64_t position) const;
  /// The last such place before `position`; at its beginning, that.
  [[nodiscard]] Result<std::uint64_t> previous_grapheme(std::uint64_t position) const;
  /// `position` itself if a cursor may stand there, else the last such place before it.
  [[nodiscard]] Result<std::uint64_t> grapheme_begin(std::uint64_t position) const;

  /// For tests and measurements: with `false` merge state is never cleared and never skipped. Default true.
  void set_clearing(bool on) noexcept;
  /// Bytes held on the heap by the history and the text, about.
  [[nodiscard]] std::uint64_t memory_bytes() const;

 private:
  friend class UndoStack;
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace muistio::text
