// The lies that muistio-evil tells, one a switch.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "muistio/base/ids.hpp"

namespace muistio::evil {

enum class Attack : std::uint8_t {
  none,
  ghost_device,
  swap_key_package,
  swap_identity_in_answer,
  swap_identity_in_rejoin,
  swap_identity_in_box,
  drop_record,
  delay_record,
  reorder_records,
  duplicate_record,
  replay_record,
  flip_record,
  fork_members,
  roll_back,
  mix_spaces,
  bend_past,
  old_welcome,
  old_group_info,
  flip_keywrap,
  flip_batch,
  flip_box,
  flip_answer,
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
[[nodiscard]] std::string_view name_of(Attack attack);

/// What an attack has done so far: lies that were told to somebody, not occasions for one.
struct Damage {
  std::uint64_t records = 0, bytes = 0;  // changed, left out, added or answered falsely
  [[nodiscard]] bool is_none() const { return records == 0 && bytes == 0; }
  Damage& operator+=(const Damage& more) {
    records += more.records;
    bytes += more.bytes;
    return *this;
  }
};

/// What was changed in a server's data before it serves: a lie once it is told.
struct AtRest {
  std::map<SpaceId, Damage> logs;
  std::map<AttachmentId, Damage> attachments;
};

}  // namespace muistio::evil
