// What became of a handshake record or a batch.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/role.hpp"
#include "muistio/space/batch.hpp"
#include "muistio/wire/record.hpp"

namespace muistio::space {

/// The steps of judging a commit, in order (R3). A commit that fails one has passed all before it.
enum class Step : std::uint8_t {
  form = 1,           // handshake kind, size                                  handshake_form
  message = 2,        // PrivateMessage, group, epoch, AEAD, signature         handshake_message
  sender = 3,         // a member sends it, with a path                        handshake_sender
  proposals = 4,      // which proposals, by value and by reference            handshake_proposals
  lists = 5,          // the RFC's rules of lists; certificates                handshake_lists
  roles = 6,          // what the role before the commit allows                not_permitted
  charter = 7,        // the charter after the commit                          invalid_charter
  path = 8,           // public tree and parent hashes                         handshake_path
  decryption = 9,     // decryption of the path: freezes, never skips          handshake_decryption
  confirmation = 10,  // confirmation tag                                      handshake_confirmation
};
[[nodiscard]] std::string_view step_name(Step step) noexcept;

struct DeviceChange {
  DeviceId device;
  MemberId member;
  friend bool operator==(const DeviceChange&, const DeviceChange&) = default;
};

/// What a handshake record did.
struct Outcome {
  enum class Kind : std::uint8_t {
    applied,  // the space is in a new epoch, or this device is out of it
    skipped,  // by everyone alike; nothing changed
    frozen,   // the path did not open here: this device can neither go on nor skip (R3 step 9); with `broken_chain` it is a commit
             // of this very device that it does not hold (R9); or, with `unsupported_version`, a newer app must judge it: the same
             // record may be given again
  };
  Kind kind = Kind::skipped;
  Epoch epoch;  // after it

  // applied:
  bool own = false;          // it was the handshake staged here
  bool by_host = false;      // the committer was one before it
  bool own_removed = false;  // this device is out: the space is closed
  /// A staged handshake of ours was overtaken and is gone: rebuild it from its intent.
  bool staged_discarded = false;
  /// The record's keywrap is missing or wrong: append `Space::keywrap_record(epoch before)` (R6).
  bool keywrap_needed = false;
  bool era_began = false;  // with this commit
  std::vector<DeviceChange> devices_added, devices_removed;
  std::vector<MemberId> members_added, members_removed;

  // skipped, frozen:
  std::optional<Step> step;
  std::optional<Error> error;
};

/// A commit made here and not yet in the log. Persisted by Space::save before it may be sent.
struct StagedHandshake {
  wire::Record record;
  Hash record_hash;  // wire::record_hash of the encoded record: in the log it is known by it
  Epoch epoch;       // which it ends
  /// The place of the newest handshake record that this was built on: the compare-and-swap of Append. After a skipped foreign
  /// handshake the same record is sent again with the newer place.
  Seq last_handshake_seq;
};

/// A batch that passed every step of R7.
struct OpenedBatch {
  DeviceId device;
  MemberId member;
  Role role = Role::member;  // at the batch's epoch
  Epoch epoch;
  AudienceId audience;
  BatchIndex index;  // in the device's chain for the audience
  Hash prev;
  Hash content_hash;
  Seen seen;
  /// Held already, with the same content: `payload` is empty, nothing is to be done.
  bool duplicate = false;
  PayloadKind kind = PayloadKind::ops;
  Bytes payload;  // inflated
};

}  // namespace muistio::space
