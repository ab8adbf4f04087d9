// A batch of edits under another author's name: for a device that may no longer write under its own.
#pragma once

#include <optional>

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"
#include "muistio/text/ids.hpp"

namespace muistio::text {

/// Edits of `from` from `from_seq` on become those of `to` from `to_seq` on.
struct Renaming {
  AgentId from;
  std::uint64_t from_seq = 0;
  AgentId to;
  std::uint64_t to_seq = 0;
};

/// The first edit of a batch that has one author, or nothing for a batch without edits.
/// Errors: malformed, unsupported_version, too_large; invalid_argument (several authors).
[[nodiscard]] Result<std::optional<EditId>> first_edit(BytesView batch);

/// `batch` with its author and parents renamed. Its author is `from`, and it begins at `from_seq` or later.
/// Errors: as `first_edit`; invalid_argument (another author, or an earlier beginning).
[[nodiscard]] Result<Bytes> rename_author(BytesView batch, const Renaming& renaming);

}  // namespace muistio::text
