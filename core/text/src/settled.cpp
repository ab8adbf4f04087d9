#include "settled.hpp"

#include <zlib.h>

#include "batch.hpp"
#include "muistio/text/limits.hpp"

namespace muistio::text {

Settled settle(const EventLog& log) {
  Settled made;
  if (log.size() == 0) return made;
  const auto batch = write_batch(log, {{0, log.size()}});
  if (batch.size() > kMaxSettledBytes) return made;
  made.edits = log.size();
  made.batch_bytes = batch.size();
  auto size = compressBound(static_cast<uLong>(batch.size()));
  Bytes deflated(size);
  constexpr int kLevel = 6;
  MUISTIO_INVARIANT(compress2(deflated.data(), &size, batch.data(), static_cast<uLong>(batch.size()), kLevel) == Z_OK);
  deflated.resize(size);
  deflated.shrink_to_fit();
  made.deflated = std::make_shared<const Bytes>(std::move(deflated));
  return made;
}

Result<Bytes> inflated(BytesView deflated, std::uint64_t batch_bytes) {
  // Deflate makes nothing smaller than a thousandth: a greater claim is refused before anything is allocated for it.
  constexpr std::uint64_t kMostRatio = 1100;
  if (batch_bytes > kMaxSettledBytes) return fail(ErrorCode::too_large, "a settled history");
  if (batch_bytes / kMostRatio > deflated.size()) return fail(ErrorCode::malformed, "a settled history's length");
  Bytes batch(batch_bytes);
  auto size = static_cast<uLong>(batch.size());
  auto taken = static_cast<uLong>(deflated.size());
  const int code = uncompress2(batch.data(), &size, deflated.data(), &taken);
  if (code != Z_OK || size != batch_bytes || taken != deflated.size()) return fail(ErrorCode::malformed, "a settled history");
  return batch;
}

EventLog unsettled(const Settled& settled) {
  EventLog log;
  if (settled.edits == 0) return log;
  const auto bytes = inflated(*settled.deflated, settled.batch_bytes);
  MUISTIO_INVARIANT(bytes.has_value());
  const auto batch = read_batch(*bytes, ReadLimits::of_document());
  MUISTIO_INVARIANT(batch.has_value());
  MUISTIO_INVARIANT(add_batch(log, *batch, {}).has_value());
  MUISTIO_INVARIANT(log.size() == settled.edits);
  return log;
}

}  // namespace muistio::text
