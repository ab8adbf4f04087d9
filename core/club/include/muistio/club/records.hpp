// The documents of a season (pact, meetings, polls, …) as plain values: what the views of the practices are computed from.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/club/documents.hpp"
#include "muistio/club/links.hpp"
#include "muistio/club/views.hpp"
#include "muistio/replica/document.hpp"
#include "muistio/replica/replica.hpp"

namespace muistio::club {

/// A register, and whose device set it.
struct Held {
  Bytes value;
  replica::Stamp stamp;
  WallMs wall;  // only shown
  MemberId by;
  friend bool operator==(const Held&, const Held&) = default;
};

/// When something was said, as all devices agree: the clocks of a later era begin anew, so the era comes first.
struct Order {
  Era era;
  replica::Stamp stamp;
  friend auto operator<=>(const Order&, const Order&) = default;
};

/// A document of one of the practices' types (0x10 to 0x2f) that exists: its registers and sets. Values of more than
/// kRecordValueBytesMax, texts and lists are read from the document itself.
struct Record {
  DocumentId id;
  replica::DocumentType type;
  MemberId maker;  // whose device created it
  replica::Stamp made;
  Era era;  // in which it was born, or for which it was stated anew
  WallMs created, changed;
  std::map<FieldId, Held> registers;
  std::map<FieldId, std::vector<Bytes>> sets;

  /// A register, or null. Lives as long as the record.
  [[nodiscard]] const Held* find(FieldId field) const;
  /// A register that holds a line or another text; empty if it is not set.
  [[nodiscard]] std::string text(FieldId field) const;
  /// A register that holds a varint; 0 if it is not set.
  [[nodiscard]] std::uint64_t number(FieldId field) const;
  /// A register that holds an id; nothing if it is not set or has another length.
  template <class Id>
  [[nodiscard]] std::optional<Id> id_in(FieldId field) const {
    const auto* held = find(field);
    if (held == nullptr) return std::nullopt;
    auto found = Id::from_bytes(held->value);
    return found ? std::optional<Id>(*found) : std::nullopt;
  }
  [[nodiscard]] Order order() const noexcept { return {era, made}; }
  [[nodiscard]] Order order(const Held& held) const noexcept { return {era, held.stamp}; }
  friend bool operator==(const Record&, const Record&) = default;
};

using Records = std::vector<Record>;

inline constexpr std::size_t kRecordValueBytesMax = 4096;
inline constexpr DocumentType kFirstPractice{0x10};
inline constexpr DocumentType kLastPractice{0x2f};
[[nodiscard]] constexpr bool is_practice(DocumentType type) noexcept { return type >= kFirstPractice && type <= kLastPractice; }

/// The record of a document that exists. Pure.
[[nodiscard]] Record record_of(const replica::Document& document);

/// A record as it is kept beside its document (docs/formats/club.md, section 3).
[[nodiscard]] Bytes encode_record(const Record& record);
/// Errors: malformed, too_large, unsupported_version. The id is not in the bytes.
[[nodiscard]] Result<Record> decode_record(BytesView bytes);

/// All records, by id, as of the replica's last flush. Errors: those of the shelf, corrupt.
[[nodiscard]] Result<Records> gather(replica::Replica& documents);

/// All that lists of a club need, from one look at its documents.
struct Gathered {
  Records records;                        // by id
  std::map<MemberId, std::string> names;  // that members gave
  std::vector<NoteItem> notes;            // as list_notes
  std::vector<MaterialItem> material;     // as list_material
  std::map<DocumentId, NoteLinks> links;  // of notes that have any
};
/// Errors: as `gather`.
[[nodiscard]] Result<Gathered> gather_club(replica::Replica& documents);

/// The records of one type, in the order in which they were made.
[[nodiscard]] std::vector<const Record*> of_type(const Records& records, DocumentType type);
/// The record of that id and type, or null.
[[nodiscard]] const Record* find_record(const Records& records, const DocumentId& id, DocumentType type);

/// A *statement* is what one member says about one thing (an answer, a vote, a signature): a document that only the device which
/// its id names writes. Its id: the first 8 bytes of SHA-256("muistio statement 1" ‖ u16 type ‖ about), then the first 8 of the
/// device's id. So a device that says it again says it in the same document. Of a member's devices the one that spoke last counts.
/// Pure.
[[nodiscard]] DocumentId statement_id(DocumentType type, BytesView about, const DeviceId& device);

/// Of each member the statements of `type` that count for what they are about: those whose register `field` begins with `about`, of
/// each maker (and of each value of the `key_bytes` bytes after it) the one with the latest stamp. By maker, then by key.
[[nodiscard]] std::vector<const Record*> statements(const Records& records, DocumentType type, FieldId field, BytesView about,
                                                    std::size_t key_bytes = 0);

}  // namespace muistio::club
