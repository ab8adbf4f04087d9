// Editing traces in JSON, as histories: what text-replay, text-conformance and the tests read.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "../src/log.hpp"
#include "muistio/base/result.hpp"

namespace muistio::text {

/// One editing trace.
struct Trace {
  /// One patch: at `position`, `removed` scalars go and `inserted` (UTF-8, `inserted_count` scalars) comes.
  struct Patch {
    std::uint32_t position = 0;
    std::uint32_t removed = 0;
    std::string inserted;
    std::uint32_t inserted_count = 0;
  };
  std::vector<Patch> patches;  ///< Of a sequential trace: all of them.
  bool concurrent = false;
  EventLog log;              ///< The history.
  std::vector<Lv> txn_ends;  ///< Where each transaction's edits end, ascending.
  std::string end_content;
};

/// The whole file; a name that ends in ".gz" is inflated. Errors: not_found, malformed.
Result<std::string> read_file(const std::filesystem::path& path);

/// A trace of ../shared/traces: sequential `txns` with `patches`; concurrent `txns` with `parents` (transactions) and `agent`; or a
/// conformance case, with `span`, `parents` (edits), `agent`, `seqStart` and `ops`. Errors: malformed.
Result<Trace> parse_trace(std::string_view json);

/// An agent's name as an id: its bytes, then zeros; of a name over 16 bytes the first 8, then a hash.
AgentId agent_of(std::string_view name);

}  // namespace muistio::text
