#include "muistio/forming/founding.hpp"

#include <algorithm>
#include <map>

#include "muistio/forming/table.hpp"

namespace muistio::forming {
namespace {

constexpr std::string_view kHead[] = {"what", "id", "name", "company", "email", "role"};
enum Column : std::uint8_t { kWhat, kId, kName, kCompany, kEmail, kRole };
constexpr std::string_view kVersion = "1";

// A sheet in tenths of a millimetre: A4, two columns of three cells.
constexpr int kPageWidth = 2100, kPageHeight = 2970, kColumns = 2, kRows = 3, kCodeSize = 620, kQuiet = 4;

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char each : text) {
    if (each == '<')
      safe += "&lt;";
    else if (each == '&')
      safe += "&amp;";
    else if (each == '"')
      safe += "&quot;";
    else
      safe += each;
  }
  return safe;
}

std::string text_at(int x, int y, int size, std::string_view weight, std::string_view text) {
  return "<text x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\" font-size=\"" + std::to_string(size) +
         "\" font-weight=\"" + std::string(weight) + "\" text-anchor=\"middle\">" + escaped(text) + "</text>\n";
}

/// The code as one path: a square for each dark module, in a box of kCodeSize with its quiet zone.
std::string path_of(const Modules& code, int left, int top) {
  const auto width = static_cast<int>(code.size()) + 2 * kQuiet;
  std::string path = "<svg x=\"" + std::to_string(left) + "\" y=\"" + std::to_string(top) + "\" width=\"" +
                     std::to_string(kCodeSize) + "\" height=\"" + std::to_string(kCodeSize) + "\" viewBox=\"0 0 " +
                     std::to_string(width) + " " + std::to_string(width) + "\" shape-rendering=\"crispEdges\"><path d=\"";
  for (std::size_t y = 0; y < code.size(); ++y)
    for (std::size_t x = 0; x < code[y].size(); ++x)
      if (code[y][x]) path += "M" + std::to_string(x + kQuiet) + " " + std::to_string(y + kQuiet) + "h1v1h-1z";
  return path + "\"/></svg>\n";
}

bool is_line(std::string_view text) {
  return !text.empty() && text.size() <= 512 &&
         std::none_of(text.begin(), text.end(), [](char each) { return static_cast<unsigned char>(each) < 0x20; });
}

}  // namespace

Rules rules_of(const templates::Template& model) {
  Rules rules;
  rules.size_min = model.members_least;
  rules.size_max = model.members_most;
  rules.competitors_apart = model.competitors_apart;
  switch (model.same_company) {
    case templates::SameCompany::apart:
      rules.same_company = SameCompany::apart;
      break;
    case templates::SameCompany::together:
      rules.same_company = SameCompany::together;
      break;
    case templates::SameCompany::free:
      rules.same_company = SameCompany::free;
      break;
  }
  rules.online = model.online;
  rules.host_is_member = model.host == templates::HostKind::member;
  return rules;
}

std::vector<Founding> foundings_of(const std::vector<Application>& applications, const Proposal& proposal,
                                   std::string_view template_name, words::Language language) {
  std::vector<Founding> foundings;
  for (std::size_t c = 0; c < proposal.clubs.size(); ++c) {
    Founding founding{std::string(template_name), language, proposal.clubs[c], {}};
    for (std::size_t i = 0; i < applications.size(); ++i) {
      const auto& a = applications[i];
      if (proposal.placements[i].club != c) continue;
      const bool shown = a.consent == Consent::yes;
      founding.members.push_back(
          {a.id, shown ? a.name : "", shown ? a.company : "", shown ? a.email : "", proposal.placements[i].host});
    }
    foundings.push_back(std::move(founding));
  }
  return foundings;
}

std::string write_founding(const Founding& founding) {
  auto table = write_row({std::begin(kHead), std::end(kHead)});
  table += write_row({"version", "", std::string(kVersion), "", "", ""});
  table += write_row({"template", "", founding.template_name, "", "", ""});
  table += write_row({"language", "", std::string(words::language_tag(founding.language)), "", "", ""});
  table += write_row({"club", "", founding.club, "", "", ""});
  for (const auto& each : founding.members)
    table += write_row({"member", each.id, each.name, each.company, each.email, each.host ? "host" : "member"});
  return table;
}

Result<Founding> read_founding(std::string_view csv) {
  MUISTIO_TRY(auto table, read_table(csv));
  std::map<std::string, std::size_t> columns;
  for (std::size_t i = 0; i < table.head.size(); ++i) columns[folded(table.head[i])] = i;
  for (const auto& each : kHead)
    if (!columns.contains(std::string(each)))
      return fail(ErrorCode::not_found, "a founding file has a column " + std::string(each));
  std::map<std::string, std::string> said;
  Founding founding;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const auto field = [&](Column column) -> const std::string& { return table.rows[row][columns.at(std::string(kHead[column]))]; };
    const auto at = "row " + std::to_string(table.lines[row]) + ": ";
    const auto& what = field(kWhat);
    if (what == "member") {
      const auto& role = field(kRole);
      if (role != "host" && role != "member") return fail(ErrorCode::malformed, at + "the role is neither host nor member");
      if (!is_line(field(kId))) return fail(ErrorCode::malformed, at + "a member has an id of one line");
      for (const auto column : {kName, kCompany, kEmail})
        if (!field(column).empty() && !is_line(field(column)))
          return fail(ErrorCode::malformed, at + "a name, company and e-mail address is one line");
      founding.members.push_back({field(kId), field(kName), field(kCompany), field(kEmail), role == "host"});
    } else if (what != "version" && what != "template" && what != "language" && what != "club") {
      return fail(ErrorCode::malformed, at + "it says neither version, template, language, club nor member");
    } else if (!said.emplace(what, field(kName)).second) {
      return fail(ErrorCode::malformed, at + what + " is said twice");
    }
  }
  for (const auto* each : {"version", "template", "language", "club"})
    if (!said.contains(each)) return fail(ErrorCode::not_found, "a founding file says its " + std::string(each));
  if (said["version"] != kVersion) return fail(ErrorCode::unsupported_version, "a founding file of another version");
  if (templates::find(said["template"]) == nullptr) return fail(ErrorCode::invalid_argument, "there is no such template");
  const auto language = words::language_of(said["language"]);
  if (!language) return fail(ErrorCode::invalid_argument, "the language is neither fi, sv, nl nor en");
  if (!is_line(said["club"])) return fail(ErrorCode::invalid_argument, "the club's name is not one line");
  founding.template_name = said["template"];
  founding.language = *language;
  founding.club = said["club"];
  return founding;
}

std::string write_links(const std::vector<PersonalLink>& links) {
  auto table = "\xef\xbb\xbf" + write_row({"id", "name", "email", "link"});
  for (const auto& each : links) table += write_row({each.member.id, each.member.name, each.member.email, each.link});
  return table;
}

std::vector<std::string> draw_sheets(const std::vector<SheetCell>& cells, std::string_view title, std::string_view note) {
  std::vector<std::string> sheets;
  constexpr int kCellWidth = kPageWidth / kColumns, kCellHeight = kPageHeight / kRows;
  for (std::size_t first = 0; first < cells.size(); first += kCellsPerSheet) {
    std::string sheet = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"210mm\" height=\"297mm\" viewBox=\"0 0 " +
                        std::to_string(kPageWidth) + " " + std::to_string(kPageHeight) +
                        "\" font-family=\"sans-serif\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n";
    for (std::size_t i = first; i < std::min(cells.size(), first + kCellsPerSheet); ++i) {
      const auto number = static_cast<int>(i - first);
      const int left = number % kColumns * kCellWidth, top = number / kColumns * kCellHeight, middle = left + kCellWidth / 2;
      sheet += "<rect x=\"" + std::to_string(left) + "\" y=\"" + std::to_string(top) + "\" width=\"" + std::to_string(kCellWidth) +
               "\" height=\"" + std::to_string(kCellHeight) +
               "\" fill=\"none\" stroke=\"#bbb\" stroke-dasharray=\"12\" stroke-width=\"2\"/>\n";
      sheet += text_at(middle, top + 90, 44, "normal", title) + text_at(middle, top + 160, 56, "bold", cells[i].heading);
      sheet += path_of(cells[i].code, middle - kCodeSize / 2, top + 195) + text_at(middle, top + 890, 28, "normal", note);
    }
    sheets.push_back(sheet + "</svg>\n");
  }
  return sheets;
}

}  // namespace muistio::forming
