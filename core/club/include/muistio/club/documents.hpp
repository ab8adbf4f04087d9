// The documents of a club: their types, fields and ids (docs/formats/club.md).
#pragma once

#include "muistio/base/ids.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/replica/ids.hpp"

namespace muistio::club {

using replica::DocumentType;
using replica::FieldId;

// The numbers are part of the format. A field's upper byte is the type of the documents that have it, so that an op can be judged
// by itself. Types below 0x8000 have ids that name the device that created them, but for the two that are derived from the space
// and the member.
inline constexpr DocumentType kSettings{1};  // one a space
inline constexpr DocumentType kProfile{2};   // one a member
inline constexpr DocumentType kNote{3};
inline constexpr DocumentType kMaterial{4};
inline constexpr DocumentType kSession{5};  // a session that this club's members may join
inline constexpr DocumentType kFirstDerivedType{0x8000};

inline constexpr FieldId kSettingsName{0x0101};  // register: a line
inline constexpr FieldId kProfileName{0x0201};   // register: a line
inline constexpr FieldId kNoteTitle{0x0301};     // register: a line
inline constexpr FieldId kNoteBody{0x0302};      // text
inline constexpr FieldId kNoteKind{0x0303};      // register: one byte, a NoteKind
// 0x0304 is the home's: the club that a private note is about.
inline constexpr FieldId kNoteHandedInBy{0x0305};      // register: the member (32 bytes) whose text a host brought in
inline constexpr FieldId kMaterialName{0x0401};        // register: a line, the file's name
inline constexpr FieldId kMaterialMediaType{0x0402};   // register: a line ("image/jpeg")
inline constexpr FieldId kMaterialSize{0x0403};        // register: varint, bytes
inline constexpr FieldId kMaterialAttachment{0x0404};  // register: how to get and open the file; the attachment module's
inline constexpr FieldId kSessionTitle{0x0501};        // register: a line
inline constexpr FieldId kSessionSpace{0x0502};        // register: the session's space (16 bytes)
inline constexpr FieldId kSessionHost{0x0503};         // register: the member (32 bytes) whose device lets members in

/// What a note is for.
enum class NoteKind : std::uint8_t { note = 1, minutes = 2 };

/// The longest line (a title, a name) in bytes of UTF-8.
inline constexpr std::size_t kLineBytesMax = 512;

/// A new id for a document that `device` creates: 8 random bytes, then the first 8 of the device's id.
[[nodiscard]] DocumentId make_document_id(Random& random, const DeviceId& device);
/// Whether `id` names `device` as the one that created it.
[[nodiscard]] bool names_device(const DocumentId& id, const DeviceId& device) noexcept;
/// The id that a document gets when `device` creates it again: the same but for the device that it names, where ids of its type do.
[[nodiscard]] DocumentId created_again(const DocumentId& id, DocumentType type, const DeviceId& device) noexcept;
/// The settings of a space: the space's id.
[[nodiscard]] DocumentId settings_document(const SpaceId& space) noexcept;
/// A member's profile: the first 16 bytes of the member's id.
[[nodiscard]] DocumentId profile_document(const MemberId& member) noexcept;

}  // namespace muistio::club
