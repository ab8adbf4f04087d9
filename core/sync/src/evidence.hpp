// What a device keeps to hold a server to its word, one row a space: docs/formats/sync.md, "Evidence row".
#pragma once

#include <map>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/sync/evidence.hpp"
#include "muistio/wire/record.hpp"

namespace muistio::sync {

/// A place that the log must come to with this hash.
struct Pin {
  Hash hash;
  PinSource source = PinSource::acknowledgement;
  Bytes seal;  // the meeting seal, encoded, if that is its source
};

inline constexpr std::size_t kPinsMax = 256;
inline constexpr std::size_t kProofsMax = 32;
/// The newest records are kept as they are, to be put back into a server that lost them.
inline constexpr std::size_t kTailRecordsMax = 256;
inline constexpr std::size_t kTailBytesMax = 1024 * 1024;

struct Evidence {
  std::map<Seq, Pin> pins;    // places beyond the cursor
  std::vector<Proof> proofs;  // oldest first
  Seq tail_first;             // the records from here to the cursor are kept; 0: none
  std::uint64_t tail_bytes = 0;
  bool until_reopened = false;  // what was proved stays proved whatever the log is now: only a host reopens
  bool restored = false;        // the server lost a part of the log: read-only until it is there again, or a host reopens
  bool put_back = false;        // this device has put records back since
  Seq server_head;              // restored: where the server's log ended when it was last seen
  std::vector<wire::AccessChange> repairs;  // what the server's list of keys should be told

  [[nodiscard]] bool is_empty() const;
  [[nodiscard]] Bytes encode() const;
  /// Errors: corrupt, unsupported_version.
  [[nodiscard]] static Result<Evidence> decode(BytesView bytes);
  /// Adds a pin if there is room; an equal one changes nothing. Whether it does not contradict one that is held.
  bool pin(Seq seq, Pin pin);
};

}  // namespace muistio::sync
