// The lies that muistio-evil tells, one a switch.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace muistio::evil {

enum class Attack : std::uint8_t {
  none,
  ghost_device,
  swap_key_package,
  drop_record,
  delay_record,
  reorder_records,
  duplicate_record,
  replay_record,
  flip_record,
  fork_members,
  roll_back,
  mix_spaces,
  old_group_info,
  flip_keywrap,
  claim_removed,
  claim_added,
  other_acknowledgement,
  truncate_attachment,
  swap_attachments,
  reorder_chunks,
  old_version,
  weak_tls,
};

struct AttackInfo {
  Attack attack;
  std::string_view name;  // on the command line
  std::string_view what;
};

/// Every attack with its name on the command line.
[[nodiscard]] const std::vector<AttackInfo>& attacks();
[[nodiscard]] std::optional<Attack> attack_named(std::string_view name);

/// What an attack has done so far.
struct Damage {
  std::uint64_t records = 0, bytes = 0;  // changed, left out, added or answered falsely
  [[nodiscard]] bool is_none() const { return records == 0 && bytes == 0; }
};

}  // namespace muistio::evil
