// Where a member stands in a space: what a new device of theirs needs to ask to be let in (R9, R13).
#pragma once

#include <vector>

#include "muistio/base/reader.hpp"
#include "muistio/space/batch.hpp"
#include "muistio/space/charter.hpp"
#include "muistio/space/content_keys.hpp"

namespace muistio::space {

inline constexpr std::size_t kFootholdsMax = 512;
inline constexpr std::size_t kFootholdHostsMax = 64;

/// A content key that a member held, which the others can find again by its epoch; from it the newest, and whom to believe.
struct Foothold {
  SpaceId space;
  SpaceKind kind = SpaceKind::club;
  Epoch epoch;
  ContentKey key;                // K_e of `epoch`
  Seen seen;                     // the log as held
  std::vector<MemberId> hosts;   // who may let a device of ours in, besides our own devices

  [[nodiscard]] Foothold clone() const;
  void write(Writer& out) const;
  /// Errors: malformed.
  [[nodiscard]] static Result<Foothold> read(Reader& in);
};

/// What a member's devices tell each other in their personal space, and a payload kind of its own: the spaces that this one is in.
[[nodiscard]] SecretBytes encode_footholds(const std::vector<Foothold>& footholds);
/// Errors: malformed, unsupported_version.
[[nodiscard]] Result<std::vector<Foothold>> decode_footholds(BytesView bytes);

}  // namespace muistio::space
