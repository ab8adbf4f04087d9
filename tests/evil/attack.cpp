#include "attack.hpp"

#include <algorithm>

namespace muistio::evil {

const std::vector<AttackInfo>& attacks() {
  static const std::vector<AttackInfo> all = {
      {Attack::none, "none", "is honest"},
      {Attack::ghost_device, "ghost-device", "shows hosts join requests again that were answered, to get a removed device back in"},
      {Attack::swap_key_package, "swap-key-package",
       "puts a join request of its own, with its own identity and key package, in place of the real one"},
      {Attack::swap_identity_in_answer, "swap-identity-in-answer",
       "gives a new device the server's own identity in place of the member's"},
      {Attack::swap_identity_in_rejoin, "swap-identity-in-rejoin",
       "puts a request with its own identity in place of that of a member who asks to be let in again"},
      {Attack::swap_identity_in_box, "swap-identity-in-box", "lays a recovery box by its own identity over those of the member"},
      {Attack::drop_record, "drop-record", "leaves a record out and repeats another in its place"},
      {Attack::delay_record, "delay-record", "keeps the newest record that was logged from those who have logged none themselves"},
      {Attack::reorder_records, "reorder-records", "hands two records out in each other's place"},
      {Attack::duplicate_record, "duplicate-record", "hands a record out twice"},
      {Attack::replay_record, "replay-record", "logs an old record a second time, with a log hash to match"},
      {Attack::flip_record, "flip-record", "flips a bit of a record that it hands out"},
      {Attack::fork_members, "fork-members", "keeps two logs from now on, one for the first key that comes and one for all others"},
      {Attack::roll_back, "roll-back", "serves the state of before the last records"},
      {Attack::mix_spaces, "mix-spaces", "hands out a record of another space"},
      {Attack::bend_past, "bend-past", "shows newcomers another log before their Welcome than their admitter saw"},
      {Attack::old_welcome, "old-welcome", "serves the Welcome of an earlier admission with the newest one"},
      {Attack::old_group_info, "old-group-info", "serves the GroupInfo of an earlier admission in the newest Welcome"},
      {Attack::flip_keywrap, "flip-keywrap", "flips a bit of the wrapped key beside each commit, and of the first that mends it"},
      {Attack::flip_batch, "flip-batch", "flips a bit of the first batch of each author before it is logged"},
      {Attack::flip_box, "flip-box", "flips a bit of each recovery box that it hands out"},
      {Attack::flip_answer, "flip-answer", "flips a bit of each answer to a new device that it hands out"},
      {Attack::claim_removed, "claim-removed", "claims that the device was removed"},
      {Attack::claim_added, "claim-added", "claims that a device was admitted that was not"},
      {Attack::other_acknowledgement, "other-acknowledgement", "acknowledges appends with another log hash"},
      {Attack::truncate_attachment, "truncate-attachment", "cuts attachments short"},
      {Attack::swap_attachments, "swap-attachments", "serves one attachment in place of another"},
      {Attack::reorder_chunks, "reorder-chunks", "serves the chunks of attachments in another order"},
      {Attack::old_version, "old-version", "answers with an older protocol version"},
      {Attack::weak_tls, "weak-tls", "offers TLS 1.2 and nothing newer"},
  };
  return all;
}

std::optional<Attack> attack_named(std::string_view name) {
  const auto found = std::find_if(attacks().begin(), attacks().end(), [&](const auto& info) { return info.name == name; });
  if (found == attacks().end()) return std::nullopt;
  return found->attack;
}

std::string_view name_of(Attack attack) {
  const auto found = std::find_if(attacks().begin(), attacks().end(), [&](const auto& info) { return info.attack == attack; });
  return found == attacks().end() ? std::string_view("?") : found->name;
}

}  // namespace muistio::evil
