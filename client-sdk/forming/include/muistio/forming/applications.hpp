// Applications to a programme's clubs, as its form collected them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "muistio/base/result.hpp"

namespace muistio::forming {

inline constexpr std::size_t kListMax = 20;  // topics, goals, companies in one application

enum class PartOfDay : std::uint8_t { either, morning, afternoon };
/// Whether name, company and e-mail may be shown to the others. Who withdrew is out of everything that is written.
enum class Consent : std::uint8_t { no, yes, withdrawn };

/// A place on the map, in degrees.
struct Spot {
  double latitude = 0, longitude = 0;
};

struct Application {
  std::string id;  // of its own column, else derived from name and company
  std::string name, company, email;
  std::vector<std::string> goals, topics;  // topics: the dearest first
  std::optional<int> level;                // 1 to 5
  std::string region;
  PartOfDay part = PartOfDay::either;
  bool has_time = true;                  // to take part
  std::vector<std::string> avoid;        // companies they will not sit with
  std::string trade;                     // who does the same is a direct competitor
  std::vector<std::string> competitors;  // companies that compete in another trade
  Consent consent = Consent::no;
  bool would_host = false;
  std::uint32_t row = 0;  // in the table
};

struct Applications {
  std::vector<Application> all;             // in the order of the table
  std::vector<std::string> not_used;        // columns that were not understood
  std::vector<std::string> no_such_region;  // regions without a place on the map, each once
};

/// Reads the table. Columns are known by their names in English, Finnish, Swedish or Dutch (docs/club/forming.md); `name` and
/// `consent` must be there. Who withdrew their consent is not read further and not in the result. Errors: those of read_table;
/// malformed (a value that means nothing, with row and column; the same id twice), too_large (kListMax), not_found (a column that
/// must be there).
[[nodiscard]] Result<Applications> read_applications(std::string_view csv);

/// Where a region's main town lies: of Finland, Sweden and the Netherlands. Nothing for what is not known.
[[nodiscard]] std::optional<Spot> spot_of(std::string_view region);

/// As the crow flies, in kilometres.
[[nodiscard]] double kilometres(Spot from, Spot to) noexcept;

/// A company's name without its legal form, folded: "Kauppa Oy" and "KAUPPA" are the same.
[[nodiscard]] std::string company_key(std::string_view company);

}  // namespace muistio::forming
