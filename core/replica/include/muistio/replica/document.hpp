// One document as it stands: registers, sets, texts, counters and lists that merge by themselves.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"
#include "muistio/replica/change.hpp"
#include "muistio/replica/ids.hpp"
#include "muistio/replica/judge.hpp"
#include "muistio/replica/list.hpp"
#include "muistio/text/ids.hpp"

namespace muistio::text {
class Document;
}  // namespace muistio::text

namespace muistio::replica {

/// Where an op stands: its change, and its place in it.
struct OpContext {
  Author author;
  Tag tag;
  Lamport lamport;
  WallMs wall;
  [[nodiscard]] Stamp stamp() const noexcept { return {lamport, author.device}; }
};

/// A register's value and when it was set; `Document::member_of(stamp.device)` set it.
struct Register {
  Bytes value;
  Stamp stamp;
  WallMs wall;
  friend bool operator==(const Register&, const Register&) = default;
};

/// Who created a document. If several devices did, the creation of the least type counts, and
/// of those the one with the least stamp.
struct Creator {
  MemberId member;
  Stamp stamp;
  WallMs wall;
  friend bool operator==(const Creator&, const Creator&) = default;
};

/// A document. The state depends on the ops alone, not on the order in which they came, given that each came after those in its
/// past. Copies are independent. Not thread-safe; a const one may be read from several threads.
class Document {
 public:
  explicit Document(const DocumentId& id, Era era = Era(0));
  ~Document();
  Document(const Document& other);
  Document& operator=(const Document& other);
  Document(Document&& other) noexcept;
  Document& operator=(Document&& other) noexcept;

  [[nodiscard]] const DocumentId& id() const noexcept;
  /// The era in which it was born, or for which it was stated anew: all of its ops are of that era.
  [[nodiscard]] Era era() const noexcept;
  /// Whether it was created and not taken back.
  [[nodiscard]] bool exists() const noexcept;
  [[nodiscard]] bool is_taken_back() const noexcept;
  /// Its type; 0 before it is created. If creations disagree, the least.
  [[nodiscard]] DocumentType type() const noexcept;
  [[nodiscard]] const std::optional<Creator>& creator() const noexcept;
  /// The greatest wall time that the changes of it claim; once it is taken back, that those claim which took it back.
  [[nodiscard]] WallMs changed() const noexcept;
  /// The member that a device belongs to which created this document or changed it; once it is taken back, the creator's only.
  [[nodiscard]] std::optional<MemberId> member_of(const DeviceId& device) const;

  /// A register, or null if it was never set. The pointer lives as long as the document is not changed.
  [[nodiscard]] const Register* find_register(FieldId field) const;
  /// A register's value as text, as it was set; empty if it was not.
  [[nodiscard]] std::string register_text(FieldId field) const;
  /// The values of a set, ascending, each once.
  [[nodiscard]] std::vector<Bytes> set_values(FieldId field) const;
  /// The additions that a removal of `value` has to name.
  [[nodiscard]] std::vector<Tag> set_tags(FieldId field, BytesView value) const;
  /// A text, or null if nothing was ever written in it. Lives as above.
  [[nodiscard]] const text::Document* find_text(FieldId field) const;
  /// A text's scalars as UTF-8; empty if nothing was written.
  [[nodiscard]] std::string text(FieldId field) const;
  /// A text's version, as `note edit --base` takes it (see `text_version.hpp`).
  [[nodiscard]] std::string text_version(FieldId field) const;
  /// The sum of all that was added to a counter, 0 if nothing was. A sum beyond the range is shown as the range's end.
  [[nodiscard]] std::int64_t counter(FieldId field) const;
  /// The elements of a list in their order.
  [[nodiscard]] std::vector<ListElement> list(FieldId field) const;
  /// Ops of kinds that this app does not know, in the order of their stamps. Those of kinds that it knows by now take effect when
  /// it is read.
  [[nodiscard]] std::size_t unknown_op_count() const noexcept;

  /// Merges an op that passed `check_payload` and the judge, once. What does not fit (edits of a text without their past, or in
  /// another device's name; a place in a list beside none that is held) is passed over. Returns whether it was merged; an op on a
  /// document that was taken back is, without effect.
  bool merge(const Op& op, const OpContext& context);

  /// The whole document (docs/formats/replica.md).
  [[nodiscard]] Bytes encode() const;
  /// Errors: malformed, too_large, unsupported_version.
  [[nodiscard]] static Result<Document> decode(BytesView bytes);

 private:
  friend class ChangeBuilder;
  friend class Replica;
  struct State;
  void fold_unknown();
  std::unique_ptr<State> state_;
};

}  // namespace muistio::replica
