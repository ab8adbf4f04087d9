#include "plants.hpp"

#include <algorithm>

namespace muistio::simulation {

const std::vector<PlantInfo>& plants() {
  static const std::vector<PlantInfo> all = {
      {Plant::server_acks_before_disk, "server-acks-before-disk", "the server acknowledges an append before the disk has it"},
      {Plant::device_saves_before_disk, "device-saves-before-disk", "a device calls an edit saved before the disk has it"},
      {Plant::skip_cas, "skip-cas", "the server appends whatever the place of the last handshake is"},
      {Plant::log_swaps_records, "log-swaps-records", "the server hands two records out in each other's place"},
      {Plant::server_forgets_removal, "server-forgets-removal", "the server keeps the access of a removed device"},
      {Plant::server_loses_inbox, "server-loses-inbox", "the server answers that it holds a join request, and does not"},
      {Plant::log_loses_record, "log-loses-record", "the server acknowledges a record and logs nothing"},
      {Plant::order_dependent_judge, "order-dependent-judge", "whether an op counts depends on what came before it"},
      {Plant::outbox_not_kept, "outbox-not-kept", "an edit is applied, but its op is not in the outbox"},
      {Plant::intent_lost_on_conflict, "intent-lost-on-conflict", "a commit that was refused is not built again"},
      {Plant::staged_commit_forgotten, "staged-commit-forgotten", "a commit is sent whose secrets are not kept"},
      {Plant::commit_merged_early, "commit-merged-early", "a commit takes effect here before the server has taken it"},
      {Plant::cursor_not_kept, "cursor-not-kept", "a crash puts a space's cursor back, and nothing else"},
      {Plant::era_key_leaks_to_newcomer, "era-key-leaks-to-newcomer", "a newcomer is granted the last key of an era that is over"},
      {Plant::note_leaks_to_newcomer, "note-leaks-to-newcomer", "what is stated anew when an era begins holds an older note too"},
      {Plant::key_leaks_to_removed, "key-leaks-to-removed", "a removed device gets the key of a later epoch"},
  };
  return all;
}

std::optional<Plant> plant_named(std::string_view name) {
  const auto found = std::find_if(plants().begin(), plants().end(), [&](const auto& info) { return info.name == name; });
  if (found == plants().end()) return std::nullopt;
  return found->plant;
}

}  // namespace muistio::simulation
