// The versions of the schema and the steps between them; docs/formats/store.md says what each holds.
#pragma once

#include <span>

#include "database.hpp"

namespace muistio::store::detail {

/// The SQL that takes a database from one version to the next; the first makes version 1 of an empty file.
struct Migration {
  const char* sql;
};

/// All steps, in order: the number of them is kSchemaVersion.
[[nodiscard]] std::span<const Migration> migrations() noexcept;

/// Brings the database to the version that `steps` end with, in one transaction. Errors: unsupported_version (it is newer), corrupt
/// (it is no store of ours), and what writing may fail with.
Status migrate(Database& database, std::span<const Migration> steps);

}  // namespace muistio::store::detail
