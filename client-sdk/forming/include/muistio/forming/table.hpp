// Tables as programmes and spreadsheets write them: CSV by RFC 4180, in UTF-8, with commas, semicolons or tabs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "muistio/base/result.hpp"

namespace muistio::forming {

inline constexpr std::size_t kTableBytesMax = 4U << 20;
inline constexpr std::size_t kRowsMax = 1000;  // besides the head
inline constexpr std::size_t kColumnsMax = 100;
inline constexpr std::size_t kFieldBytesMax = 8192;

struct Table {
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;  // each as wide as the head
  std::vector<std::uint32_t> lines;            // of each row: the number that a spreadsheet shows, the head being 1
};

/// Reads a table whose first row names the columns. A byte order mark of UTF-8 is passed over; fields are trimmed; rows that are
/// all empty are left out; short rows are filled up. What `write_table` put before a field against formulas is taken off. Errors,
/// all naming row and column where there is one: not_utf8 (UTF-16 too), malformed (an open quote, text after a closing one, a
/// control character, more fields than columns, no columns, a column named twice), too_large (the limits above).
[[nodiscard]] Result<Table> read_table(std::string_view bytes);

/// One row, ended by CR LF. Fields that a spreadsheet would run as a formula begin with an apostrophe.
[[nodiscard]] std::string write_row(const std::vector<std::string>& fields);

/// Lower case of ASCII, Latin-1 and Latin Extended-A letters; white space in one piece. For comparing what people typed.
[[nodiscard]] std::string folded(std::string_view text);

/// The parts of a list that somebody typed in one field: by semicolon, bar or line break, else by comma. Trimmed, none empty.
[[nodiscard]] std::vector<std::string> parts_of(std::string_view field);

}  // namespace muistio::forming
