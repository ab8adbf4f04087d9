#include "muistio/forming/table.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "muistio/base/utf8.hpp"

namespace muistio::forming {
namespace {

constexpr std::string_view kFormula = "=+-@\t\r";
constexpr std::array kMarks{',', ';', '\t'};

std::string place(std::uint32_t row, std::size_t column, const std::vector<std::string>& head) {
  auto text = "row " + std::to_string(row) + ", column " + std::to_string(column + 1);
  // The head is the programme's own wording, not what somebody wrote about themselves.
  if (row > 1 && column < head.size() && !head[column].empty()) text += " (" + head[column] + ")";
  return text;
}

/// What stands between the fields of the first row most often.
char separator(std::string_view bytes) {
  std::array<std::size_t, kMarks.size()> counts{};
  bool quoted = false;
  for (const char each : bytes) {
    if (each == '"') quoted = !quoted;
    if (!quoted && (each == '\n' || each == '\r')) break;
    for (std::size_t i = 0; i < kMarks.size(); ++i)
      if (!quoted && each == kMarks[i]) counts[i]++;
  }
  return kMarks[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin())];
}

bool is_space(char each) { return each == ' ' || each == '\t' || each == '\n' || each == '\r'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

/// Whether a spreadsheet would run the field, apostrophes before it left aside.
bool is_formula(std::string_view text) {
  const auto at = text.find_first_not_of('\'');
  return at != std::string_view::npos && kFormula.find(text[at]) != std::string_view::npos;
}

class TableReader {
 public:
  explicit TableReader(std::string_view bytes) : left_(bytes), mark_(separator(bytes)) {}

  Result<Table> read() {
    while (!left_.empty()) {
      MUISTIO_CHECK(read_row());
    }
    if (table_.head.empty()) return fail(ErrorCode::malformed, "the table has no head: its first row names the columns");
    return std::move(table_);
  }

 private:
  Unexpected bad(ErrorCode code, const std::string& what) const {
    return fail(code, place(row_, fields_.size(), table_.head) + ": " + what);
  }

  Status read_row() {
    fields_.clear();
    ++row_;
    for (bool more = true; more;) {
      MUISTIO_TRY(auto field, read_field());
      more = !left_.empty() && left_.front() == mark_;
      if (more) left_.remove_prefix(1);
      if (fields_.size() == kColumnsMax)
        return bad(ErrorCode::too_large, "a table has at most " + std::to_string(kColumnsMax) + " columns");
      fields_.push_back(std::move(field));
    }
    if (left_.starts_with("\r\n"))
      left_.remove_prefix(2);
    else if (!left_.empty())
      left_.remove_prefix(1);
    if (std::all_of(fields_.begin(), fields_.end(), [](const auto& field) { return field.empty(); })) return ok();
    return table_.head.empty() ? keep_head() : keep_row();
  }

  Status keep_head() {
    std::set<std::string> seen;
    for (const auto& field : fields_)
      if (!field.empty() && !seen.insert(folded(field)).second) return fail(ErrorCode::malformed, "two columns have the same name");
    table_.head = std::move(fields_);
    return ok();
  }

  Status keep_row() {
    while (fields_.size() > table_.head.size() && fields_.back().empty()) fields_.pop_back();
    if (fields_.size() > table_.head.size()) return bad(ErrorCode::malformed, "more fields than the head has columns");
    if (table_.rows.size() == kRowsMax)
      return fail(ErrorCode::too_large,
                  "row " + std::to_string(row_) + ": a table has at most " + std::to_string(kRowsMax) + " rows besides its head");
    fields_.resize(table_.head.size());
    table_.rows.push_back(std::move(fields_));
    table_.lines.push_back(row_);
    return ok();
  }

  Result<std::string> read_field() {
    while (!left_.empty() && left_.front() == ' ') left_.remove_prefix(1);
    std::string field;
    if (!left_.empty() && left_.front() == '"') {
      MUISTIO_TRY(field, read_quoted());
    } else {
      const auto end = std::min(left_.find_first_of(std::string{mark_, '\r', '\n'}), left_.size());
      field = left_.substr(0, end);
      left_.remove_prefix(end);
      if (field.find('"') != std::string::npos)
        return bad(ErrorCode::malformed, "a quotation mark inside a field without quotation marks");
    }
    return checked(field);
  }

  Result<std::string> read_quoted() {
    left_.remove_prefix(1);
    std::string field;
    while (true) {
      const auto end = left_.find('"');
      if (end == std::string_view::npos) return bad(ErrorCode::malformed, "a quotation mark is opened and never closed");
      field += left_.substr(0, end);
      left_.remove_prefix(end + 1);
      if (left_.empty() || left_.front() != '"') break;
      field += '"';
      left_.remove_prefix(1);
    }
    while (!left_.empty() && left_.front() == ' ') left_.remove_prefix(1);
    if (!left_.empty() && left_.front() != mark_ && left_.front() != '\r' && left_.front() != '\n')
      return bad(ErrorCode::malformed, "text after a closing quotation mark");
    return field;
  }

  Result<std::string> checked(std::string_view raw) const {
    auto field = trimmed(raw);
    if (first_invalid_utf8(field)) return bad(ErrorCode::not_utf8, "the letters are not in UTF-8: save the table as \"CSV UTF-8\"");
    for (const char each : field)
      if ((static_cast<unsigned char>(each) < 0x20 && !is_space(each)) || each == 0x7f)
        return bad(ErrorCode::malformed, "a control character");
    if (field.starts_with('\'') && is_formula(field)) field.remove_prefix(1);
    if (field.size() > kFieldBytesMax)
      return bad(ErrorCode::too_large, "a field has at most " + std::to_string(kFieldBytesMax) + " bytes");
    return std::string(field);
  }

  std::string_view left_;
  char mark_;
  Table table_;
  std::vector<std::string> fields_;
  std::uint32_t row_ = 0;
};

}  // namespace

Result<Table> read_table(std::string_view bytes) {
  if (bytes.size() > kTableBytesMax) return fail(ErrorCode::too_large, "a table has at most 4 MiB");
  if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff") || (bytes.size() > 1 && bytes[1] == '\0'))
    return fail(ErrorCode::not_utf8, "row 1, column 1: the table is in UTF-16: save it as \"CSV UTF-8\"");
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  return TableReader(bytes).read();
}

std::string write_row(const std::vector<std::string>& fields) {
  std::string row;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i != 0) row += ',';
    auto field = fields[i];
    if (is_formula(field)) field.insert(0, "'");
    if (field.find_first_of(",;\"\t\r\n' ") == std::string::npos) {
      row += field;
      continue;
    }
    row += '"';
    for (const char each : field) row += each == '"' ? std::string("\"\"") : std::string(1, each);
    row += '"';
  }
  return row + "\r\n";
}

std::string folded(std::string_view text) {
  std::string found;
  text = trimmed(text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    if (is_space(text[i])) {
      if (found.back() != ' ') found += ' ';
    } else if (byte >= 'A' && byte <= 'Z') {
      found += static_cast<char>(byte | 0x20);
    } else if (byte == 0xc3 && next >= 0x80 && next <= 0x9e && next != 0x97) {  // À to Þ
      found += text[i++];
      found += static_cast<char>(next + 0x20);
    } else if ((byte == 0xc4 || byte == 0xc5) && next >= 0x80 && next < 0xc0 && (next & 1U) == 0 &&
               !(byte == 0xc4 && next >= 0xb8)) {
      found += text[i++];  // Ā to Ň: upper and lower case alternate
      found += static_cast<char>(next + 1);
    } else {
      found += text[i];
    }
  }
  return found;
}

std::vector<std::string> parts_of(std::string_view field) {
  const std::string_view marks = field.find_first_of(";|\n\r") == std::string_view::npos ? "," : ";|\n\r";
  std::vector<std::string> parts;
  while (!field.empty()) {
    const auto end = std::min(field.find_first_of(marks), field.size());
    if (const auto part = trimmed(field.substr(0, end)); !part.empty()) parts.emplace_back(part);
    field.remove_prefix(std::min(end + 1, field.size()));
  }
  return parts;
}

}  // namespace muistio::forming
