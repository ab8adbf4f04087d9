// The bytes of a handshake record: one atomic unit (R4). Access changes stand beside them, in wire::Record.
#pragma once

#include <optional>

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"

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

}  // namespace muistio::space
