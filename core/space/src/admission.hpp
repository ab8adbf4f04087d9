// The GroupInfo extension by which an admitter hands over the state of the log (R6, R8).
#pragma once

#include <vector>

#include "muistio/base/result.hpp"
#include "muistio/space/batch.hpp"
#include "muistio/space/content_keys.hpp"

namespace muistio::space {

/// E_r: the last content key of an era that is over.
struct EraKey {
  Era era;
  Epoch epoch;  // the era's last
  ContentKey key;
};

/// The most keys of eras that one admission grants.
inline constexpr std::size_t kGrantedMax = 4096;

struct Admission {
  Seen seen;             // the admitter's end of the log
  Hash roll_hash;        // of the roll in the log; zero: an era begins with this admission, nothing older is to be read
  KeyCheck older_check;  // of the content key of the epoch before, which the roll is sealed under; zero likewise
  std::vector<EraKey> granted;  // of the eras before that the newcomer may read, ascending
  Hash commit_hash;      // SHA-256 of the commit message that this Welcome belongs to
  Hash confirm;          // InvitationSecret::confirm
  /// Holds keys if any are granted: for the encrypted GroupInfo only.
  [[nodiscard]] Bytes encode() const;
  /// Errors: malformed, unsupported_version.
  [[nodiscard]] static Result<Admission> decode(BytesView bytes);
};

}  // namespace muistio::space
