#include "muistio/club/calendar.hpp"

#include <algorithm>
#include <cstdio>

#include "muistio/club/when.hpp"

namespace muistio::club {
namespace {

constexpr std::size_t kLineOctetsMax = 75;  // RFC 5545 §3.1, without the line's end
constexpr std::uint64_t kSequenceMax = 2147483647;
constexpr std::int64_t kLastMs = 253402300799000;  // the last second of the year 9999

/// TEXT (RFC 5545 §3.3.11).
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) continue;
    if (c == '\\' || c == ';' || c == ',') out += '\\';
    out += c;
  }
  return out;
}

/// A quoted parameter value (§3.2): it has no way to hold a quotation mark.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) out += c == '"' ? '\'' : c;
  return out + "\"";
}

/// What may stand in a URI value: the rest of a line that a person typed is no URI, and must not end the line.
bool is_uri(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f && c != '"'; });
}

/// Writes a content line, folded: a line that goes on begins with a space, which counts.
void line(std::string& out, std::string_view content) {
  std::size_t room = kLineOctetsMax;
  while (content.size() > room) {
    auto cut = room;
    while (cut > 0 && (static_cast<unsigned char>(content[cut]) & 0xc0u) == 0x80u) --cut;
    if (cut == 0) cut = room;  // not UTF-8: never of a club's documents
    out.append(content.substr(0, cut)).append("\r\n ");
    content.remove_prefix(cut);
    room = kLineOctetsMax - 1;
  }
  out.append(content).append("\r\n");
}

/// "20261201T160000Z".
std::string utc(WallMs moment) {
  const auto seconds = std::clamp<std::int64_t>(moment.value(), 0, kLastMs) / 1000;
  const auto parts = civil(LocalTime{seconds / 60});
  char text[64];
  std::snprintf(text, sizeof text, "%04d%02d%02dT%02d%02d%02dZ", parts.year, parts.month, parts.day, parts.hour, parts.minute,
                static_cast<int>(seconds % 60));
  return text;
}

/// A member as a URI: no address of anybody goes into a calendar.
std::string member_uri(const MemberId& member) {
  const auto hex = member.hex();
  return "urn:uuid:" + hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) + "-" +
         hex.substr(20, 12);
}

void write_event(std::string& out, const CalendarEvent& event) {
  line(out, "BEGIN:VEVENT");
  line(out, "UID:" + event.id.hex() + "@muistio");
  line(out, "DTSTAMP:" + utc(event.changed));
  line(out, "SEQUENCE:" + std::to_string(std::min(event.sequence, kSequenceMax)));
  line(out, "DTSTART:" + utc(event.starts));
  line(out, "DTEND:" + utc(event.ends));
  line(out, "SUMMARY:" + escaped(event.title));
  if (!event.place.empty() || !event.link.empty()) line(out, "LOCATION:" + escaped(event.place.empty() ? event.link : event.place));
  if (is_uri(event.link)) line(out, "URL:" + event.link);
  line(out, "ORGANIZER;CN=" + quoted(event.organiser) + ":" + member_uri(event.organiser_id));
  line(out, event.cancelled ? "STATUS:CANCELLED" : "STATUS:CONFIRMED");
  if (event.reminder && !event.cancelled) {
    line(out, "BEGIN:VALARM");
    line(out, "ACTION:DISPLAY");
    line(out, "TRIGGER;VALUE=DATE-TIME:" + utc(*event.reminder));
    line(out, "DESCRIPTION:" + escaped(event.title));
    line(out, "END:VALARM");
  }
  line(out, "END:VEVENT");
}

}  // namespace

std::string write_calendar(const std::vector<CalendarEvent>& events, std::string_view name) {
  std::string out;
  line(out, "BEGIN:VCALENDAR");
  line(out, "VERSION:2.0");
  line(out, "PRODID:-//muistio//muistio 1//EN");
  line(out, "METHOD:PUBLISH");
  line(out, "X-WR-CALNAME:" + escaped(name));
  for (const auto& event : events) write_event(out, event);
  line(out, "END:VCALENDAR");
  return out;
}

}  // namespace muistio::club
