// What is known against a server, as a person or an app may see it (R11).
#pragma once

#include <cstdint>
#include <string>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"

namespace muistio::sync {

/// From where a place of the log is known other than from the log itself. The numbers are on disk.
enum class PinSource : std::uint8_t {
  acknowledgement = 1,  // the server acknowledged it to us
  seal = 2,             // a member's device showed it at a meeting
  reopening = 3,        // a host's word
  log = 4,              // the log that was read here before
  claim = 5,            // what the server said of its head
};

/// One contradiction, kept for as long as the space is on the device.
struct Proof {
  WallMs noticed;
  Error error;
  Seq seq;
  Hash held;   // what was known of `seq` here; zero if it is about more than one place
  Hash shown;  // what contradicts it
  PinSource source = PinSource::log;
};

/// What the comparison of a meeting seal found.
enum class SealVerdict : std::uint8_t {
  agreed,        // the same log; `behind` says how much more is held here
  pinned,        // it is ahead of this device: kept, and checked when the log comes to its place
  contradicted,  // another log: trust stopped
};

struct SealAnswer {
  SealVerdict verdict = SealVerdict::agreed;
  MemberId member{};         // whose device made it; zero for one that is not known here yet
  std::uint64_t behind = 0;  // agreed: records held here beyond the seal
  std::uint64_t ahead = 0;   // pinned: records that the seal knows and this device does not
};

}  // namespace muistio::sync
