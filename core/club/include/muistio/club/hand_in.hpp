// Notes that somebody hands to a host outside the log: what is inside space::seal_hand_in (docs/formats/club.md).
#pragma once

#include <string>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/club/documents.hpp"

namespace muistio::club {

inline constexpr std::size_t kHandedNotesMax = 4096;
inline constexpr std::size_t kHandedTextBytesMax = 16 * 1024 * 1024;

/// A note as it stood on the device that handed it in.
struct HandedNote {
  DocumentId id;  // there
  std::string title;
  std::string text;
  friend bool operator==(const HandedNote&, const HandedNote&) = default;
};

[[nodiscard]] Bytes encode_handed_notes(const std::vector<HandedNote>& notes);
/// Errors: malformed, too_large, not_utf8, unsupported_version.
[[nodiscard]] Result<std::vector<HandedNote>> decode_handed_notes(BytesView bytes);

}  // namespace muistio::club
