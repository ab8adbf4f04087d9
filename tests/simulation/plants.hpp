// Faults that are planted on purpose, to show that the simulation sees them. None is in a product: each is a wrapper around the
// production parts, or a hand on their disks.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace muistio::simulation {

enum class Plant : std::uint8_t {
  none,
  server_acks_before_disk,
  device_saves_before_disk,
  skip_cas,
  log_swaps_records,
  server_forgets_removal,
  server_loses_inbox,
  log_loses_record,
  order_dependent_judge,
  outbox_not_kept,
  intent_lost_on_conflict,
  staged_commit_forgotten,
  commit_merged_early,
  cursor_not_kept,
  key_leaks_to_removed,
  era_key_leaks_to_newcomer,
  note_leaks_to_newcomer,
};

struct PlantInfo {
  Plant plant;
  std::string_view name;
  std::string_view what;
};

/// Every plant with its name on the command line.
[[nodiscard]] const std::vector<PlantInfo>& plants();
[[nodiscard]] std::optional<Plant> plant_named(std::string_view name);

}  // namespace muistio::simulation
