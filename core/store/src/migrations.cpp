#include "migrations.hpp"

namespace muistio::store::detail {
namespace {
// "Muis"
constexpr std::int64_t kApplicationId = 0x4d756973;

constexpr Migration kMigrations[] = {
    {"create table entry(k blob not null primary key, v blob not null);"
     "create table document(id integer primary key, k blob not null unique);"
     "create virtual table fulltext using fts5(title, body, tokenize='ascii');"
     "insert into fulltext(fulltext, rank) values('rank', 'bm25(5.0, 1.0)');"
     "insert into fulltext(fulltext, rank) values('secure-delete', 1);"},
};
static_assert(std::size(kMigrations) == kSchemaVersion);

Status apply(Database& database, std::span<const Migration> steps, std::size_t from) {
  MUISTIO_CHECK(database.run("begin immediate", "migrating"));
  for (std::size_t step = from; step < steps.size(); ++step) MUISTIO_CHECK(database.run(steps[step].sql, "migrating"));
  const std::string version = "pragma user_version=" + std::to_string(steps.size());
  const std::string application = "pragma application_id=" + std::to_string(kApplicationId);
  MUISTIO_CHECK(database.run(version.c_str(), "migrating"));
  MUISTIO_CHECK(database.run(application.c_str(), "migrating"));
  return database.run("commit", "migrating");
}
}  // namespace

std::span<const Migration> migrations() noexcept { return kMigrations; }

Status migrate(Database& database, std::span<const Migration> steps) {
  MUISTIO_TRY(const auto version, database.integer("pragma user_version", "reading the store's version"));
  MUISTIO_TRY(const auto application, database.integer("pragma application_id", "reading the store's mark"));
  MUISTIO_TRY(const auto tables, database.integer("select count(*) from sqlite_schema", "reading the schema"));
  const auto newest = static_cast<std::int64_t>(steps.size());
  if (tables > 0 && application != kApplicationId) return fail(ErrorCode::corrupt, "the file is no store of ours");
  if (version < 0 || (tables > 0 && version == 0)) return fail(ErrorCode::corrupt, "the store has no version");
  if (version > newest)
    return fail(ErrorCode::unsupported_version,
                "the store has version " + std::to_string(version) + ", this app knows " + std::to_string(newest));
  if (version == newest) return ok();
  auto applied = apply(database, steps, static_cast<std::size_t>(version));
  if (!applied) database.rollback();
  return applied;
}

}  // namespace muistio::store::detail
