// A record of a space's log (R4): what is appended, hashed and fetched, byte for byte.
#pragma once

#include <cstdint>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"

namespace muistio::wire {

/// The Ed25519 public key by which one device shows itself to the server in one space (R10): random, never the MLS key.
using AuthKey = StrongBytes<struct AuthKeyTag, 32>;

/// Names a stack of boxes in the server's dead drop: SHA-256("muistio locator 1" ‖ the key that fetches them).
using BoxLocator = StrongBytes<struct BoxLocatorTag, 32>;

enum class RecordKind : std::uint8_t { content = 1, handshake = 2 };

/// A change of who may use the space, carried by the handshake record that makes it true.
struct AccessChange {
  enum class Op : std::uint8_t { add = 1, remove = 2 };
  Op op = Op::add;
  AuthKey key;
  friend bool operator==(const AccessChange&, const AccessChange&) = default;
};

/// The parts of a record. The server reads `kind` and `access_changes`; `bytes` are closed to it.
struct Record {
  RecordKind kind = RecordKind::content;
  /// A sealed batch (content, at most batch_bytes_max), or the unit {commit, Welcome?, keywrap?} (handshake).
  Bytes bytes;
  /// Only in a handshake record; at most access_changes_max, no key twice.
  std::vector<AccessChange> access_changes;
  friend bool operator==(const Record&, const Record&) = default;
};

/// The record as logged: u8 kind ‖ block bytes ‖ varint count ‖ count × (u8 op ‖ key). Errors: too_large; invalid_argument if a
/// content record carries access changes or a key comes twice.
[[nodiscard]] Result<Bytes> encode_record(const Record& record);

/// Reads and checks one logged record. Errors: malformed, too_large.
[[nodiscard]] Result<Record> decode_record(BytesView record);

}  // namespace muistio::wire
