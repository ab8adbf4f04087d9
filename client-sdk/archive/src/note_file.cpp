#include <ctime>
#include <optional>

#include "muistio/archive/export.hpp"
#include "names.hpp"

namespace muistio::archive {
namespace {

constexpr std::size_t kNameBytesMax = 80;

/// The bytes of the UTF-8 character that begins with `lead`.
std::size_t character_bytes(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

}  // namespace

std::string format_time(WallMs time) {
  const auto seconds = static_cast<std::time_t>(time.value() / 1000);
  std::tm utc{};
  if (time.value() <= 0 || ::gmtime_r(&seconds, &utc) == nullptr || utc.tm_year + 1900 > 9999) return {};
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

std::string json_quoted(std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out = "\"";
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string file_name_part(std::string_view title) {
  std::string name;
  for (std::size_t at = 0; at < title.size();) {
    const auto count = std::min(character_bytes(title[at]), title.size() - at);
    if (name.size() + count > kNameBytesMax) break;
    const auto byte = static_cast<unsigned char>(title[at]);
    // What some file system refuses, or reads as a path.
    const bool bad = byte < 0x20 || byte == 0x7f || std::string_view("/\\:*?\"<>|").find(title[at]) != std::string_view::npos;
    if (bad) {
      name += '-';
    } else {
      name.append(title.substr(at, count));
    }
    at += count;
  }
  const auto is_edge = [](char c) { return c == '.' || c == ' ' || c == '-'; };
  while (!name.empty() && is_edge(name.back())) name.pop_back();
  while (!name.empty() && is_edge(name.front())) name.erase(name.begin());
  return name.empty() ? "untitled" : name;
}

std::string note_file(const home::NoteText& note, std::string_view club_name) {
  std::string file = "---\n";
  file += "title: " + json_quoted(note.note.title) + "\n";
  file += "author: " + json_quoted(note.note.author) + "\n";
  file += "created: " + format_time(note.note.at) + "\n";
  file += "changed: " + format_time(note.note.changed) + "\n";
  file += "club: " + json_quoted(club_name) + "\n";
  file += "id: \"" + note.note.id.hex() + "\"\n";
  if (note.note.is_private) file += "private: true\n";
  file += "---\n";
  return file + note.text;
}

}  // namespace muistio::archive
