// The bytes of a batch of edits (docs/formats/text.md).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "log.hpp"
#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"
#include "muistio/text/ids.hpp"

namespace muistio::text {

inline constexpr std::uint8_t kBatchVersion = 1;

/// A batch with its form checked, but not yet against a history. Views borrow from the bytes it was read from.
struct ParsedBatch {
  struct Agent {
    AgentId id;
    std::uint64_t first_seq = 0;  ///< Of an author: the seq of its first edit in the batch.
  };
  /// Another edit: of the batch (`inside`, index `value`) or from before it (agent `agent`, seq `value`).
  struct Parent {
    bool inside = false;
    std::uint32_t agent = 0;
    std::uint64_t value = 0;
  };
  struct Stretch {
    std::uint32_t agent = 0;
    std::uint32_t length = 0;
    std::uint32_t parents_at = 0;
    std::uint32_t parent_count = 0;
  };
  struct Op {
    OpKind kind = OpKind::insert;
    bool absent = false;
    std::uint32_t length = 0;
    std::uint32_t position = 0;
    std::string_view content;
  };
  std::vector<Agent> agents;
  std::size_t author_count = 0;  ///< The first so many agents have edits in the batch.
  std::vector<Stretch> stretches;
  std::vector<Parent> parents;
  std::vector<Op> ops;
  std::uint32_t edit_count = 0;
};

/// What a batch may hold.
struct ReadLimits {
  std::uint64_t edits = 0;
  std::uint64_t agents = 0;
  std::uint64_t runs = 0;  ///< Of stretches, of parents and of ops.
  std::uint64_t column_bytes = 0;
  [[nodiscard]] static ReadLimits of_batch();
  [[nodiscard]] static ReadLimits of_document();  ///< The history inside an encoded document.
};

/// Errors: malformed, unsupported_version, too_large.
Result<ParsedBatch> read_batch(BytesView bytes, const ReadLimits& limits);

/// The edits of `ranges` (ascending), as a batch.
Bytes write_batch(const EventLog& log, const std::vector<LvRange>& ranges);

/// Adds what is new in `batch` to `log`; inserts in `redacted` lose their content. On a failure `log` may hold a part: truncate it.
/// Errors: missing_parent, duplicate_edit, malformed, too_large.
Status add_batch(EventLog& log, const ParsedBatch& batch,
                 const std::map<AgentId, std::map<std::uint64_t, std::uint64_t>>& redacted);

}  // namespace muistio::text
