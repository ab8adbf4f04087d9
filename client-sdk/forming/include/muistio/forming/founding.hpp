// From a proposal to clubs: the file by which a host's device founds a club, and what goes out to its members.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "muistio/forming/clubs.hpp"
#include "muistio/templates/templates.hpp"

namespace muistio::forming {

/// What a template says of sizes and of who sits with whom.
[[nodiscard]] Rules rules_of(const templates::Template& model);

/// Somebody who is expected in a club. Name, company and e-mail are empty where they did not consent.
struct Expected {
  std::string id, name, company, email;
  bool host = false;
};

/// One club to be founded. It holds no secret: whoever reads it learns who is expected, and can open nothing.
struct Founding {
  std::string template_name;
  words::Language language = words::Language::en;
  std::string club;
  std::vector<Expected> members;
};

/// The foundings of all clubs of a proposal, in its order.
[[nodiscard]] std::vector<Founding> foundings_of(const std::vector<Application>& applications, const Proposal& proposal,
                                                 std::string_view template_name, words::Language language);

/// As a table: what, id, name, company, email, role.
[[nodiscard]] std::string write_founding(const Founding& founding);
/// Errors: those of read_table; malformed, not_found (a column or line), unsupported_version, invalid_argument (no such template or
/// language; the club's name is no name).
[[nodiscard]] Result<Founding> read_founding(std::string_view csv);

/// A personal invitation.
struct PersonalLink {
  Expected member;
  std::string link;
};
/// For a mail merge: id, name, email, link.
[[nodiscard]] std::string write_links(const std::vector<PersonalLink>& links);

/// One QR code as rows of dark (true) modules, all as long as there are rows.
using Modules = std::vector<std::vector<bool>>;
struct SheetCell {
  std::string heading;  // whose it is
  Modules code;
};
inline constexpr std::size_t kCellsPerSheet = 6;
/// A4 sheets in SVG, six codes each, to be printed, cut and handed out. `title` and `note` stand over and under each code.
[[nodiscard]] std::vector<std::string> draw_sheets(const std::vector<SheetCell>& cells, std::string_view title,
                                                   std::string_view note);

}  // namespace muistio::forming
