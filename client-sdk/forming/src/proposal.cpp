// A proposal as a table, and back.
#include <algorithm>
#include <map>
#include <numeric>

#include "muistio/forming/clubs.hpp"
#include "muistio/forming/table.hpp"

namespace muistio::forming {
namespace {

constexpr std::string_view kHead[] = {"club", "id", "name", "company", "role", "pinned", "why"};
enum Column : std::uint8_t { kClub, kId, kName, kCompany, kRole, kPinned, kWhy };

}  // namespace

std::string write_proposal(const std::vector<Application>& applications, const Rules& rules, const Proposal& proposal,
                           const words::Manner& manner) {
  std::vector<std::size_t> order(applications.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) {
    const auto none = proposal.clubs.size();
    return proposal.placements[a].club.value_or(none) < proposal.placements[b].club.value_or(none);
  });
  auto table = "\xef\xbb\xbf" + write_row({std::begin(kHead), std::end(kHead)});  // spreadsheets take UTF-8 by its mark
  for (const auto i : order) {
    const auto& a = applications[i];
    const auto& placed = proposal.placements[i];
    const bool shown = a.consent == Consent::yes;
    table += write_row({placed.club ? proposal.clubs[*placed.club] : "", a.id, shown ? a.name : "", shown ? a.company : "",
                        placed.host ? "host" : "member", placed.pinned ? "yes" : "no",
                        explain(applications, rules, proposal, i, manner)});
  }
  return table;
}

Result<ReadBack> read_proposal(std::string_view csv, const std::vector<Application>& applications) {
  MUISTIO_TRY(auto table, read_table(csv));
  std::map<std::string, std::size_t> columns, ids, clubs;
  for (std::size_t i = 0; i < table.head.size(); ++i) columns[folded(table.head[i])] = i;
  for (const auto column : {kClub, kId, kRole, kPinned})
    if (!columns.contains(std::string(kHead[column])))
      return fail(ErrorCode::not_found, "the table has no column " + std::string(kHead[column]));
  for (std::size_t i = 0; i < applications.size(); ++i) ids[applications[i].id] = i;
  ReadBack back;
  back.proposal.placements.resize(applications.size());
  std::vector<bool> seen(applications.size());
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const auto field = [&](Column column) -> const std::string& { return table.rows[row][columns.at(std::string(kHead[column]))]; };
    const auto bad = [&](Column column, const std::string& what) {
      return fail(ErrorCode::malformed, "row " + std::to_string(table.lines[row]) + ", column " +
                                            std::to_string(columns.at(std::string(kHead[column])) + 1) + " (" +
                                            std::string(kHead[column]) + "): " + what);
    };
    const auto at = ids.find(field(kId));
    if (at == ids.end()) {
      back.flags.push_back({Flag::Kind::unknown, field(kClub), field(kId), {}, table.lines[row]});
      continue;
    }
    if (seen[at->second]) {
      back.flags.push_back({Flag::Kind::twice, field(kClub), field(kId), {}, table.lines[row]});
      continue;
    }
    seen[at->second] = true;
    auto& placed = back.proposal.placements[at->second];
    if (const auto& club = field(kClub); !club.empty()) {
      const auto [found, is_new] = clubs.emplace(club, back.proposal.clubs.size());
      if (is_new) back.proposal.clubs.push_back(club);
      placed.club = found->second;
    }
    const auto role = folded(field(kRole)), pinned = folded(field(kPinned));
    if (role != "host" && role != "member" && !role.empty()) return bad(kRole, "neither host nor member");
    if (pinned != "yes" && pinned != "no" && !pinned.empty()) return bad(kPinned, "neither yes nor no");
    placed.host = role == "host";
    placed.pinned = pinned == "yes";
  }
  for (std::size_t i = 0; i < applications.size(); ++i)
    if (!seen[i]) back.flags.push_back({Flag::Kind::missing, {}, applications[i].id, {}, 0});
  return back;
}

}  // namespace muistio::forming
