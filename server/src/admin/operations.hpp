// What an operator asks of a log: the same words, over the control socket of a server that runs or on a log that none holds.
#pragma once

#include <string>
#include <vector>

#include "backup.hpp"
#include "muistio/server/engine.hpp"

namespace muistio::server {

struct Operator {
  const Settings& settings;
  WithLog with_log;
  AttachmentStore& attachments;
  Clock& clock;
  Random& random;
  /// Text of the server that runs for `stats`, or nothing.
  std::function<std::string()> live;
};

/// Words: `stats`; `token add NAME SPACES [MIB]`, `token list`, `token remove NAME`; `space delete SPACE`, `space unchanged DAYS`;
/// `backup FOLDER`; and for the doctor `space drop SPACE`, which deletes but leaves the log's files as they are. Errors:
/// invalid_argument (other words), shutting_down, and what the log says.
[[nodiscard]] Result<std::string> operate(Operator& by, const std::vector<std::string>& words);

/// Deletes a space: its log, then its attachments, then writes the log's files anew. What failed half-way can be repeated: all but
/// the first is done again for a space that is not held, too. Errors: unknown_space.
[[nodiscard]] Status delete_space(StoredLog& log, AttachmentStore& attachments, const SpaceId& space);

/// Deletes spaces that the settings' retention has let go, and writes the log's files anew once for all of them, or if
/// `rewrite_due`: that it was deleted from and not written anew yet. Returns how many.
[[nodiscard]] Result<std::size_t> apply_retention(const Settings& settings, StoredLog& log, AttachmentStore& attachments,
                                                  WallMs now, bool& rewrite_due);

/// The Prometheus text of a server (exposition format 0.0.4).
[[nodiscard]] std::string metrics_text(const EngineCounts& counts, const LogTotals* totals);

}  // namespace muistio::server
