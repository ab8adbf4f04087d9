// The earlier part of a history, as deflated bytes.
#pragma once

#include <cstdint>
#include <memory>

#include "log.hpp"
#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"

namespace muistio::text {

/// The edits below `edits` as one batch, deflated: what an open document keeps of its history until something needs it. Copies
/// share the bytes.
struct Settled {
  std::shared_ptr<const Bytes> deflated;  ///< A zlib stream (RFC 1950); none while `edits` is 0.
  std::uint64_t batch_bytes = 0;          ///< Inflated.
  Lv edits = 0;
};

/// The whole of `log`, which holds all its edits; nothing if that is over kMaxSettledBytes.
[[nodiscard]] Settled settle(const EventLog& log);

/// The batch. Errors: malformed, if it is not a zlib stream of just so many bytes.
[[nodiscard]] Result<Bytes> inflated(BytesView deflated, std::uint64_t batch_bytes);

/// The edits again. A broken invariant if the bytes are not those of `settle`, or were not read before.
[[nodiscard]] EventLog unsettled(const Settled& settled);

}  // namespace muistio::text
