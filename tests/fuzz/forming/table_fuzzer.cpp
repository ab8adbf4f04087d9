// A table of any bytes: as it stands, as applications, as an edited proposal, as a founding file.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "muistio/forming/founding.hpp"
#include "muistio/forming/table.hpp"

namespace {
using namespace muistio;
using namespace muistio::forming;

void table(std::string_view input) {
  const auto read = read_table(input);
  if (!read) return;
  if (read->rows.size() > kRowsMax || read->head.size() > kColumnsMax || read->rows.size() != read->lines.size()) std::abort();
  std::string written = "\xef\xbb\xbf" + write_row(read->head);
  for (const auto& row : read->rows) {
    if (row.size() != read->head.size()) std::abort();
    written += write_row(row);
  }
  if (written.size() > kTableBytesMax) return;
  const auto again = read_table(written);
  if (!again || again->head != read->head || again->rows != read->rows) std::abort();
}

void applications(std::string_view input) {
  const auto found = read_applications(input);
  if (!found) return;
  for (const auto& each : found->all)
    if (each.consent == Consent::withdrawn || each.name.empty() || each.id.empty() || each.topics.size() > kListMax) std::abort();
}

void proposal(std::string_view input) {
  std::vector<Application> known(3);
  for (std::size_t i = 0; i < known.size(); ++i) known[i].id = std::string(1, static_cast<char>('a' + i));
  const auto back = read_proposal(input, known);
  if (!back) return;
  const auto flags = check(known, Rules{}, back->proposal);
  for (const auto& each : flags)
    if (describe(each, known, Rules{}, words::Manner{}).empty()) std::abort();
}

void founding(std::string_view input) {
  const auto found = read_founding(input);
  if (!found) return;
  const auto again = read_founding(write_founding(*found));
  if (!again || again->club != found->club || again->members.size() != found->members.size()) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  table(input);
  applications(input);
  proposal(input);
  founding(input);
  return 0;
}
