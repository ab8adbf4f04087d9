// The bytes of a handshake record: one atomic unit (R4). Access changes stand beside them, in wire::Record.
#pragma once

#include <optional>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"
#include "muistio/wire/record.hpp"

namespace muistio::space {

struct HandshakeRecord {
  Bytes commit;                  // MLSMessage with a PrivateMessage
  std::optional<Bytes> welcome;  // MLSMessage with a Welcome
  std::optional<Bytes> keywrap;  // Keywrap, read only by those who need it: it never decides validity

  [[nodiscard]] Bytes encode() const;
  /// Errors: malformed, too_large, unsupported_version.
  [[nodiscard]] static Result<HandshakeRecord> decode(BytesView bytes);
  friend bool operator==(const HandshakeRecord&, const HandshakeRecord&) = default;
};

/// A handshake record without a commit, for its changes of access alone: every device skips it at R3's first step, and the server
/// makes the changes (docs/decisions/0045).
[[nodiscard]] wire::Record access_repair(std::vector<wire::AccessChange> changes);

}  // namespace muistio::space
