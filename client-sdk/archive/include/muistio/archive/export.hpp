// A club as open formats: Markdown with a header, files, and one JSON object about it all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/home/home.hpp"

namespace muistio::archive {

/// Writes `notes/TITLE--ID8.md` a note, `material/NAME--ID8.EXT` a file, and `club.json` into `out`, which is made. The same bytes on
/// every device that holds the same. `out` may hold an earlier export of the same club, whose files are replaced; docs/cli.md.
/// Returns how many files of the material are not on this device; they are left out.
/// Errors: already_exists (`out` holds something else); waiting_for_admission; disk_full, io_failed; those of Home.
[[nodiscard]] Result<std::uint64_t> export_club(home::Home& home, SpaceId club, const std::filesystem::path& out, bool with_private);

/// `title` as a part of a file name: no slash, no control character, no dot or space at its ends, at most 80 bytes of whole
/// characters; "untitled" if nothing is left.
[[nodiscard]] std::string file_name_part(std::string_view title);

/// A note as Markdown: YAML front matter, a line "---", then the text byte for byte.
[[nodiscard]] std::string note_file(const home::NoteText& note, std::string_view club_name);

}  // namespace muistio::archive
