#include "operations.hpp"

#include <charconv>

#include "muistio/base/hex.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/wire/limits.hpp"

namespace muistio::server {

namespace {

constexpr std::int64_t kMsPerDay = 24 * 60 * 60 * 1000;
constexpr std::size_t kUnchangedAtOnce = 100;

std::optional<std::uint64_t> number_in(const std::string& text) {
  std::uint64_t number = 0;
  const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || last != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

Unexpected misused(const char* what) { return fail(ErrorCode::invalid_argument, what); }

template <class T>
T on_log(Operator& by, const std::function<T(StoredLog&)>& work) {
  std::optional<T> result;
  if (auto ran = by.with_log([&](StoredLog& log) { result.emplace(work(log)); }); !ran) return fail(ran.error());
  return std::move(*result);
}

Result<std::string> token(Operator& by, const std::vector<std::string>& words) {
  if (words.size() >= 4 && words.size() <= 5 && words[1] == "add") {
    const auto spaces = number_in(words[3]);
    const auto mib = words.size() == 5 ? number_in(words[4]) : std::optional<std::uint64_t>(0);
    if (!spaces || !mib || *mib > (1ULL << 40)) return misused("token add NAME SPACES [MIB]");
    // 16 random bytes: nobody guesses it. Only its hash is kept.
    Bytes secret(16);
    by.random.fill(secret);
    const auto text = "mt1-" + to_hex(secret);
    TokenRow row;
    row.name = words[2];
    row.secret_hash = crypto::sha256(BytesView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
    row.spaces_max = *spaces;
    row.space_bytes_max = *mib * wire::limits::kMiB;
    row.created_at = by.clock.wall();
    MUISTIO_CHECK(on_log<Status>(by, [&](StoredLog& log) { return log.add_token(row); }));
    return text + "\n";
  }
  if (words.size() == 3 && words[1] == "remove") {
    MUISTIO_CHECK(on_log<Status>(by, [&](StoredLog& log) { return log.remove_token(words[2]); }));
    return std::string("removed; the spaces that it began stay\n");
  }
  if (words.size() == 2 && words[1] == "list") {
    MUISTIO_TRY(const auto all, on_log<Result<std::vector<TokenUse>>>(by, [](StoredLog& log) { return log.tokens(); }));
    std::string out;
    for (const auto& use : all)
      out += use.token.name + "\t" + std::to_string(use.spaces) + " of " + std::to_string(use.token.spaces_max) + " spaces\t" +
             (use.token.space_bytes_max == 0 ? "the server's quota"
                                             : std::to_string(use.token.space_bytes_max / wire::limits::kMiB) + " MiB a space") +
             "\n";
    return out;
  }
  return misused("token add NAME SPACES [MIB], token list, token remove NAME");
}

/// The rows of a space and its attachments; the latter also if the log does not hold it (any more).
Status drop_space(StoredLog& log, AttachmentStore& attachments, const SpaceId& space) {
  auto deleted = log.delete_space(space);
  if (!deleted && deleted.error().code != ErrorCode::unknown_space) return deleted;
  MUISTIO_CHECK(attachments.remove_space(space));
  return deleted;
}

Result<std::string> space(Operator& by, const std::vector<std::string>& words) {
  if (words.size() == 3 && (words[1] == "delete" || words[1] == "drop")) {
    const auto id = SpaceId::parse(words[2]);
    if (!id) return misused("a space is 32 hexadecimal digits");
    const auto removing = words[1] == "delete" ? delete_space : drop_space;
    MUISTIO_CHECK(on_log<Status>(by, [&](StoredLog& log) { return removing(log, by.attachments, *id); }));
    return std::string("deleted\n");
  }
  if (words.size() == 3 && words[1] == "unchanged") {
    const auto days = number_in(words[2]);
    if (!days || *days > 100'000) return misused("space unchanged DAYS");
    const WallMs before(by.clock.wall().value() - static_cast<std::int64_t>(*days) * kMsPerDay);
    MUISTIO_TRY(const auto all,
                on_log<Result<std::vector<SpaceId>>>(by, [&](StoredLog& log) { return log.unchanged_since(before, 10'000); }));
    std::string out;
    for (const auto& each : all) out += each.hex() + "\n";
    return out;
  }
  return misused("space delete SPACE, space unchanged DAYS");
}

Result<std::string> stats(Operator& by) {
  MUISTIO_TRY(const auto totals, on_log<Result<LogTotals>>(by, [](StoredLog& log) { return log.totals(); }));
  std::string out;
  const auto line = [&](const char* name, std::uint64_t value) { out += std::string(name) + " " + std::to_string(value) + "\n"; };
  line("spaces", totals.spaces);
  line("records", totals.records);
  line("log_bytes", totals.log_bytes);
  line("attachments", totals.attachments);
  line("attachment_bytes", totals.attachment_bytes);
  line("inbox_items", totals.inbox_items);
  line("boxes", totals.boxes);
  line("tokens", totals.tokens);
  if (by.live) out += by.live();
  return out;
}

}  // namespace

Status delete_space(StoredLog& log, AttachmentStore& attachments, const SpaceId& space) {
  auto dropped = drop_space(log, attachments, space);
  if (!dropped && dropped.error().code != ErrorCode::unknown_space) return dropped;
  MUISTIO_CHECK(log.rewrite());
  return dropped;
}

Result<std::size_t> apply_retention(const Settings& settings, StoredLog& log, AttachmentStore& attachments, WallMs now,
                                    bool& rewrite_due) {
  if (settings.unchanged_space_days_max == 0) return std::size_t{0};
  const WallMs before(now.value() - static_cast<std::int64_t>(settings.unchanged_space_days_max) * kMsPerDay);
  MUISTIO_TRY(const auto spaces, log.unchanged_since(before, kUnchangedAtOnce));
  for (const auto& each : spaces) {
    rewrite_due = true;
    MUISTIO_CHECK(drop_space(log, attachments, each));
  }
  if (rewrite_due) MUISTIO_CHECK(log.rewrite());
  rewrite_due = false;
  return spaces.size();
}

Result<std::string> operate(Operator& by, const std::vector<std::string>& words) {
  if (words.empty()) return misused("no words");
  if (words[0] == "stats" && words.size() == 1) return stats(by);
  if (words[0] == "token") return token(by, words);
  if (words[0] == "space") return space(by, words);
  if (words[0] == "backup" && words.size() == 2) {
    MUISTIO_TRY(const auto report, make_backup(words[1], by.settings, by.with_log, by.attachments, by.clock));
    return "backed up and verified: " + std::to_string(report.digest.totals.spaces) + " spaces, " +
           std::to_string(report.digest.totals.records) + " records, " + std::to_string(report.attachments) + " attachments\n";
  }
  return misused("stats, token, space or backup");
}

std::string metrics_text(const EngineCounts& counts, const LogTotals* totals) {
  std::string out;
  const auto metric = [&](const char* name, const char* type, const char* help, std::uint64_t value) {
    out += std::string("# HELP muistiod_") + name + " " + help + "\n# TYPE muistiod_" + name + " " + type + "\nmuistiod_" + name +
           " " + std::to_string(value) + "\n";
  };
  metric("connections", "gauge", "Clients that are connected.", counts.connections);
  metric("frames_total", "counter", "Messages taken in.", counts.frames);
  metric("appended_total", "counter", "Records appended and acknowledged, repeated ones among them.", counts.appended);
  metric("duplicates_total", "counter", "Appends of records that were held already.", counts.duplicates);
  metric("refused_total", "counter", "Requests refused.", counts.refused);
  metric("goodbyes_total", "counter", "Connections ended with a reason.", counts.goodbyes);
  metric("commits_total", "counter", "Transactions committed.", counts.commits);
  metric("failed_commits_total", "counter", "Transactions that the storage did not take.", counts.failed_commits);
  metric("pushed_total", "counter", "Messages pushed to subscribers.", counts.pushed);
  metric("elsewhere_total", "counter", "Notices of what other servers appended.", counts.elsewhere);
  metric("polls_total", "counter", "Times that a shared database was asked what is new.", counts.polls);
  out += "# HELP muistiod_commit_seconds How long a transaction took.\n# TYPE muistiod_commit_seconds histogram\n";
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < counts.commit_ms.size(); ++i) {
    sum += counts.commit_ms[i];
    const auto bound = i < kCommitMsBounds.size() ? kCommitMsBounds[i] : 0;
    out += "muistiod_commit_seconds_bucket{le=\"";
    if (bound == 0) {
      out += "+Inf";
    } else {
      out += std::to_string(bound / 1000) + "." + std::to_string(1000 + bound % 1000).substr(1);
    }
    out += "\"} " + std::to_string(sum) + "\n";
  }
  out += "muistiod_commit_seconds_sum " + std::to_string(counts.commit_ms_sum / 1000) + "." +
         std::to_string(1000 + counts.commit_ms_sum % 1000).substr(1) + "\nmuistiod_commit_seconds_count " + std::to_string(sum) +
         "\n";
  if (totals != nullptr) {
    metric("spaces", "gauge", "Spaces held.", totals->spaces);
    metric("records", "gauge", "Records held.", totals->records);
    metric("log_bytes", "gauge", "Bytes of all records.", totals->log_bytes);
    metric("attachments", "gauge", "Attachments reserved.", totals->attachments);
    metric("attachment_bytes", "gauge", "Bytes of attachments reserved.", totals->attachment_bytes);
  }
  return out;
}

}  // namespace muistio::server
