// The GroupInfo extension by which an admitter hands over the state of the log (R6, R8).
#pragma once

#include "muistio/base/result.hpp"
#include "muistio/space/batch.hpp"
#include "muistio/space/content_keys.hpp"

namespace muistio::space {

struct Admission {
  Seen seen;             // the admitter's end of the log
  Hash roll_hash;        // of the roll in the log
  KeyCheck older_check;  // of the content key of the epoch before, which the roll is sealed under
  Hash commit_hash;      // SHA-256 of the commit message that this Welcome belongs to
  Hash confirm;          // InvitationSecret::confirm
  [[nodiscard]] Bytes encode() const;
  /// Errors: malformed, unsupported_version.
  [[nodiscard]] static Result<Admission> decode(BytesView bytes);
};

}  // namespace muistio::space
