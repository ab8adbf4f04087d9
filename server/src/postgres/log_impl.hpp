// The inside of PostgresLog, shared by the files that implement it.
#pragma once

#include <map>
#include <set>

#include "../log/held_space.hpp"
#include "connection.hpp"
#include "muistio/server/postgres_log.hpp"

namespace muistio::server {

struct PostgresLog::Impl {
  explicit Impl(PostgresOptions options_given) : options(std::move(options_given)), connection(options.database) {}

  /// A space as the transaction sees it; its row is locked.
  struct Space : HeldSpace {
    Seq head_before;  ///< in the database
    bool is_changed = false;
  };

  PostgresOptions options;
  PgConnection connection;
  bool in_transaction = false;
  WallMs now;
  std::map<SpaceId, Space> locked;

  Status set_up();
  /// Runs it; outside of a transaction once more on a new connection if the old one was lost.
  Result<PgRows> run(const PgStatement& statement, const PgParameters& parameters = {});
  static Result<Space> space_of(const PgRows& rows, int row);
  Status take(const PgRows& rows);
  Result<Space*> lock(const SpaceId& space);
  Result<std::optional<Space>> look(const SpaceId& space);
  Status create(const SpaceId& space, const wire::AuthKey& first_key, const Hash& token, std::uint64_t bytes_max);
  Status change_access(const SpaceId& space, Seq seq, const wire::AccessChange& change);
};

}  // namespace muistio::server
