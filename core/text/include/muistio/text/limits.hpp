// Limits of a text and of a batch; what exceeds them is refused with too_large before anything is allocated for it.
#pragma once

#include <cstdint>

namespace muistio::text {

/// Edits in one document's history.
inline constexpr std::uint64_t kMaxEdits = std::uint64_t{1} << 30;
/// Edits in one batch.
inline constexpr std::uint64_t kMaxBatchEdits = std::uint64_t{1} << 24;
/// Agents named in one batch.
inline constexpr std::uint64_t kMaxBatchAgents = 4096;
/// Parents of one edit.
inline constexpr std::uint64_t kMaxParents = 4096;
/// Stretches in one batch; parents in one batch; op runs in one batch.
inline constexpr std::uint64_t kMaxBatchRuns = std::uint64_t{1} << 21;
/// Ranges taken back in one document.
inline constexpr std::uint64_t kMaxRedactedRanges = std::uint64_t{1} << 20;
/// Bytes of one column.
inline constexpr std::uint64_t kMaxColumnBytes = std::uint64_t{1} << 26;
/// Agents named in a whole encoded document.
inline constexpr std::uint64_t kMaxDocumentAgents = std::uint64_t{1} << 20;
/// Bytes of one column of a whole encoded document, and of its text.
inline constexpr std::uint64_t kMaxDocumentColumnBytes = std::uint64_t{1} << 30;
/// Bytes of the settled history of a whole encoded document, inflated. A longer one is not settled.
inline constexpr std::uint64_t kMaxSettledBytes = std::uint64_t{1} << 28;

}  // namespace muistio::text
