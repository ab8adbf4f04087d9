// The hash over a space's log (R11): the evidence by which a fork, a gap, a reordering or a rollback shows.
#pragma once

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"

namespace muistio::wire {

/// SHA-256 of the record as logged: by it an append is known again.
[[nodiscard]] Hash record_hash(BytesView record);

/// log_hash_n = SHA-256("muistio log 1" ‖ log_hash_{n-1} ‖ n ‖ SHA-256(record_n)), each field with its length before it, n as 8
/// bytes big-endian. log_hash_0 is 32 zero bytes (`Hash{}`).
[[nodiscard]] Hash log_hash_next(const Hash& previous, Seq seq, BytesView record);

}  // namespace muistio::wire
