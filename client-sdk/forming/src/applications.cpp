#include "muistio/forming/applications.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "muistio/forming/table.hpp"

namespace muistio::forming {
namespace {

enum class Column : std::uint8_t {
  id,
  name,
  company,
  email,
  goals,
  topics,
  level,
  region,
  part,
  time,
  avoid,
  trade,
  competitors,
  consent,
  host
};

struct ColumnName {
  std::string_view name;
  Column column;
};

/// What the columns are called, folded.
constexpr ColumnName kColumns[] = {
    {"id", Column::id},
    {"tunnus", Column::id},
    {"name", Column::name},
    {"nimi", Column::name},
    {"namn", Column::name},
    {"naam", Column::name},
    {"company", Column::company},
    {"yritys", Column::company},
    {"företag", Column::company},
    {"bedrijf", Column::company},
    {"email", Column::email},
    {"e-mail", Column::email},
    {"sähköposti", Column::email},
    {"e-post", Column::email},
    {"e-mailadres", Column::email},
    {"goals", Column::goals},
    {"tavoitteet", Column::goals},
    {"mål", Column::goals},
    {"doelen", Column::goals},
    {"topics", Column::topics},
    {"aiheet", Column::topics},
    {"aihetoiveet", Column::topics},
    {"ämnen", Column::topics},
    {"onderwerpen", Column::topics},
    {"level", Column::level},
    {"taso", Column::level},
    {"osaamistaso", Column::level},
    {"nivå", Column::level},
    {"niveau", Column::level},
    {"region", Column::region},
    {"alue", Column::region},
    {"maakunta", Column::region},
    {"län", Column::region},
    {"regio", Column::region},
    {"provincie", Column::region},
    {"part of day", Column::part},
    {"aamu tai iltapäivä", Column::part},
    {"tid på dagen", Column::part},
    {"dagdeel", Column::part},
    {"has time", Column::time},
    {"aikaa osallistua", Column::time},
    {"har tid", Column::time},
    {"heeft tijd", Column::time},
    {"not with", Column::avoid},
    {"ei samaan", Column::avoid},
    {"inte med", Column::avoid},
    {"niet met", Column::avoid},
    {"trade", Column::trade},
    {"toimiala", Column::trade},
    {"bransch", Column::trade},
    {"branche", Column::trade},
    {"competitors", Column::competitors},
    {"kilpailijat", Column::competitors},
    {"konkurrenter", Column::competitors},
    {"concurrenten", Column::competitors},
    {"consent", Column::consent},
    {"suostumus", Column::consent},
    {"samtycke", Column::consent},
    {"toestemming", Column::consent},
    {"would host", Column::host},
    {"voisi isännöidä", Column::host},
    {"kan vara värd", Column::host},
    {"kan trekker zijn", Column::host},
};

constexpr std::string_view kYes[] = {"yes", "y", "x", "1", "true", "kyllä", "k", "ja", "joo"};
constexpr std::string_view kNo[] = {"no", "n", "0", "false", "ei", "e", "nej", "nee"};
constexpr std::string_view kWithdrawn[] = {"withdrawn", "peruttu", "peruutettu", "återtaget", "ingetrokken"};
constexpr std::string_view kMorning[] = {"morning", "aamu", "aamupäivä", "förmiddag", "morgon", "ochtend"};
constexpr std::string_view kAfternoon[] = {"afternoon", "iltapäivä", "eftermiddag", "middag"};
constexpr std::string_view kEither[] = {"either",           "both", "kumpi vain", "molemmat",
                                        "vilken som helst", "båda", "beide",      "maakt niet uit"};
constexpr std::string_view kLegalForms[] = {" oyj",  " oy", " ky",   " ay",  " ky", " ab",  " hb",  " kb",  " bv",
                                            " b.v.", " nv", " n.v.", " vof", " ry", " tmi", " ltd", " gmbh"};

template <std::size_t N>
bool is_one_of(const std::string_view (&words)[N], std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

std::optional<bool> yes_or_no(std::string_view word) {
  if (is_one_of(kYes, word)) return true;
  if (is_one_of(kNo, word)) return false;
  return std::nullopt;
}

/// FNV-1a of who applies, in eight letters and digits: the same for the same person in a table of another order.
std::string derived_id(const Application& application) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char each : folded(application.name) + "\n" + company_key(application.company))
    hash = (hash ^ static_cast<unsigned char>(each)) * 1099511628211U;
  std::string id;
  for (int i = 0; i < 8; ++i, hash >>= 5U) id += "abcdefghijkmnpqrstuvwxyz23456789"[(hash ^ (hash >> 40U)) & 31U];
  return id;
}

class ApplicationReader {
 public:
  explicit ApplicationReader(const Table& table) : table_(table) {}

  Result<Applications> read() {
    MUISTIO_CHECK(find_columns());
    std::set<std::string> ids;
    std::set<std::string> unknown_regions;
    for (std::size_t row = 0; row < table_.rows.size(); ++row) {
      row_ = row;
      MUISTIO_TRY(auto application, read_row());
      if (application.consent == Consent::withdrawn) continue;
      if (!ids.insert(application.id).second)
        return bad(Column::id, "the same id, or the same name and company, stands in two rows");
      if (!application.region.empty() && !spot_of(application.region) && unknown_regions.insert(folded(application.region)).second)
        found_.no_such_region.push_back(application.region);
      found_.all.push_back(std::move(application));
    }
    return std::move(found_);
  }

 private:
  Status find_columns() {
    for (std::size_t i = 0; i < table_.head.size(); ++i) {
      const auto name = folded(table_.head[i]);
      const auto* at = std::find_if(std::begin(kColumns), std::end(kColumns), [&](const auto& each) { return each.name == name; });
      if (at == std::end(kColumns)) {
        if (!name.empty()) found_.not_used.push_back(table_.head[i]);
      } else if (!columns_.emplace(at->column, i).second) {
        return fail(ErrorCode::malformed, "two columns mean " + std::string(at->name));
      }
    }
    for (const auto& each : {std::pair(Column::name, "name"), std::pair(Column::consent, "consent")})
      if (!columns_.contains(each.first)) return fail(ErrorCode::not_found, std::string("the table has no column ") + each.second);
    return ok();
  }

  [[nodiscard]] std::string field(Column column) const {
    const auto at = columns_.find(column);
    return at == columns_.end() ? std::string() : table_.rows[row_][at->second];
  }

  [[nodiscard]] Unexpected bad(Column column, const std::string& what) const {
    const auto at = columns_.find(column);
    auto detail = "row " + std::to_string(table_.lines[row_]);
    if (at != columns_.end()) detail += ", column " + std::to_string(at->second + 1) + " (" + table_.head[at->second] + ")";
    return fail(ErrorCode::malformed, detail + ": " + what);
  }

  Result<std::vector<std::string>> list(Column column) const {
    auto parts = parts_of(field(column));
    if (parts.size() > kListMax) {
      auto error = bad(column, "at most " + std::to_string(kListMax) + " in one list").error;
      error.code = ErrorCode::too_large;
      return fail(std::move(error));
    }
    return parts;
  }

  /// A yes or no; `otherwise` where nothing stands.
  Result<bool> answer(Column column, bool otherwise) const {
    const auto word = folded(field(column));
    if (word.empty()) return otherwise;
    if (const auto found = yes_or_no(word)) return *found;
    return bad(column, "neither yes nor no");
  }

  Result<Application> read_row() const {
    Application a;
    a.row = table_.lines[row_];
    const auto consent = folded(field(Column::consent));
    if (is_one_of(kWithdrawn, consent)) {
      a.consent = Consent::withdrawn;
      return a;
    }
    const auto agreed = consent.empty() ? std::optional(false) : yes_or_no(consent);
    if (!agreed) return bad(Column::consent, "neither yes, no nor withdrawn");
    a.consent = *agreed ? Consent::yes : Consent::no;
    a.name = field(Column::name);
    if (a.name.empty()) return bad(Column::name, "the name is empty");
    a.company = field(Column::company);
    a.email = field(Column::email);
    a.id = field(Column::id);
    if (a.id.empty()) a.id = derived_id(a);
    if (a.id.size() > 64) return bad(Column::id, "an id has at most 64 bytes");
    MUISTIO_TRY(a.goals, list(Column::goals));
    MUISTIO_TRY(a.topics, list(Column::topics));
    MUISTIO_TRY(a.avoid, list(Column::avoid));
    MUISTIO_TRY(a.competitors, list(Column::competitors));
    MUISTIO_TRY(a.has_time, answer(Column::time, true));
    MUISTIO_TRY(a.would_host, answer(Column::host, false));
    a.trade = field(Column::trade);
    a.region = field(Column::region);
    if (const auto level = field(Column::level); !level.empty()) {
      if (level.size() != 1 || level[0] < '1' || level[0] > '5') return bad(Column::level, "a level is a number from 1 to 5");
      a.level = level[0] - '0';
    }
    const auto part = folded(field(Column::part));
    if (is_one_of(kMorning, part))
      a.part = PartOfDay::morning;
    else if (is_one_of(kAfternoon, part))
      a.part = PartOfDay::afternoon;
    else if (!part.empty() && !is_one_of(kEither, part))
      return bad(Column::part, "neither morning, afternoon nor either");
    return a;
  }

  const Table& table_;
  std::size_t row_ = 0;
  std::map<Column, std::size_t> columns_;
  Applications found_;
};

}  // namespace

Result<Applications> read_applications(std::string_view csv) {
  MUISTIO_TRY(auto table, read_table(csv));
  return ApplicationReader(table).read();
}

std::string company_key(std::string_view company) {
  auto key = folded(company);
  for (const auto form : kLegalForms)
    if (key.size() > form.size() && key.ends_with(form)) key.resize(key.size() - form.size());
  return key;
}

}  // namespace muistio::forming
