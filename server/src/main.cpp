// muistiod: the server's program.
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "admin/doctor.hpp"
#include "admin/manual.hpp"
#include "admin/operations.hpp"
#include "admin/serve.hpp"
#include "admin/sockets.hpp"
#include "muistio/crypto/initialise.hpp"
#include "muistio/crypto/random.hpp"
#include "muistio/server/postgres_log.hpp"

namespace {

using namespace muistio;
using namespace muistio::server;

constexpr int kRefused = 1;
constexpr int kUsage = 2;

int say(const Status& status) {
  if (status) return 0;
  std::fprintf(stderr, "muistiod: %s\n", status.error().message().c_str());
  return kRefused;
}
int say(const Result<std::string>& text) {
  if (!text) return say(Status(fail(text.error())));
  std::fputs(text->c_str(), stdout);
  return 0;
}

/// By the server that runs, or on the log itself if none does.
Result<std::string> operate_anywhere(const Settings& settings, const std::vector<std::string>& words) {
  auto answered = ask_control(control_path(settings), words);
  if (answered || answered.error().code != ErrorCode::not_found) return answered;
  MUISTIO_TRY(auto storage, open_storage(settings, 0));
  SystemClock clock;
  crypto::SystemRandom random;
  Operator by{settings,
              [&](const std::function<void(StoredLog&)>& work) {
                work(*storage.log);
                return ok();
              },
              *storage.attachments,
              clock,
              random,
              {}};
  return operate(by, words);
}

Result<std::string> describe(const Result<BackupReport>& report, const char* what) {
  if (!report) return fail(report.error());
  const auto& totals = report->digest.totals;
  return std::string(what) + ": " + std::to_string(totals.spaces) + " spaces, " + std::to_string(totals.records) + " records, " +
         std::to_string(report->attachments) + " attachments; digest " + report->digest.hash.hex().substr(0, 16) + "\n";
}

Result<std::string> restore(const Settings& settings, const std::string& folder) {
  if (ask_control(control_path(settings), {"stats"})) return fail(ErrorCode::store_busy, "stop the server first");
  MUISTIO_TRY(auto storage, open_storage(settings, 0));
  SystemClock clock;
  MUISTIO_TRY(auto text, describe(restore_backup(folder, storage, clock), "restored"));
  return text +
         "What was written after the backup is lost here. Devices that hold it notice at their next contact, put it back, and wait "
         "until a\n"
         "host reopens the club (muistio seal reopen). Start the server; docs/operating.md, \"After a restore\", says what members "
         "see.\n";
}

Result<std::string> move_log(const Settings& settings, const std::string& to_data, const std::string& to_database) {
  if (ask_control(control_path(settings), {"stats"})) return fail(ErrorCode::store_busy, "stop the server first");
  Settings target = settings;
  target.data = to_data.empty() ? settings.data : to_data;
  target.database = to_database;
  target.attachments.clear();
  if (to_database == settings.database && target.data == settings.data)
    return fail(ErrorCode::invalid_argument, "it is there already");
  MUISTIO_TRY(auto from, open_storage(settings, 0));
  MUISTIO_TRY(auto to, open_storage(target, 0));
  SystemClock clock;
  BackupReport report;
  MUISTIO_TRY(report.digest, copy_log(*from.log, *to.log, clock.wall()));
  MUISTIO_CHECK(copy_attachments(*from.log, *from.attachments, *to.attachments,
                                 [&](const AttachmentRow&, const Hash&) { ++report.attachments; }));
  MUISTIO_TRY(const auto text, describe(report, "moved, and the hash of every space compared"));
  return text + "The old log is as it was; remove it once the server runs on the new one.\n";
}

Result<std::string> migrate(const Settings& settings, bool dry_run) {
  std::int64_t has = 0, wants = 0;
  if (settings.database.empty()) {
    MUISTIO_TRY(has, SqliteLog::format_in(settings.data + "/log.sqlite"));
    wants = SqliteLog::format;
  } else {
    MUISTIO_TRY(has, PostgresLog::format_in({settings.database, 0}));
    wants = PostgresLog::format;
  }
  const auto versions = "the log has format " + std::to_string(has) + ", this program writes " + std::to_string(wants) + "\n";
  if (has > wants) return fail(ErrorCode::unsupported_version, versions);
  if (has == wants) return "nothing to do: " + versions;
  if (dry_run) return "would change it: " + versions;
  MUISTIO_CHECK(open_storage(settings, 0));
  return "changed it: " + versions;
}

int doctor(const Settings& settings, const std::string& ca_file) {
  int bad = 0;
  for (const auto& finding : examine(settings, ca_file)) {
    const char* mark = finding.level == Finding::Level::good      ? "good   "
                       : finding.level == Finding::Level::warning ? "warning"
                                                                  : "BAD    ";
    bad += finding.level == Finding::Level::bad ? 1 : 0;
    std::printf("%s  %s: %s\n", mark, finding.subject.c_str(), finding.text.c_str());
  }
  return bad == 0 ? 0 : kRefused;
}

/// What is common to all verbs: the file and every setting as a flag.
struct Common {
  std::string file;
  std::map<std::string, std::string> texts;
  std::map<std::string, bool> flags;

  void add_to(CLI::App& command) {
    command.add_option("--config", file, "The settings' file (TOML)")->envname("MUISTIO_CONFIG");
    for (const auto& setting : all_settings()) {
      const auto name = std::string("--") + setting.flag;
      if (setting.kind == Setting::Kind::flag)
        command.add_flag(name, flags[setting.key], setting.help);
      else
        command.add_option(name, texts[setting.key], setting.help);
    }
  }
  [[nodiscard]] Result<Settings> load(const CLI::App& command) const {
    std::map<std::string, std::string> given;
    for (const auto& setting : all_settings()) {
      if (command.count(std::string("--") + setting.flag) == 0) continue;
      given[setting.key] = setting.kind == Setting::Kind::flag ? "true" : texts.at(setting.key);
    }
    return load_settings(
        file,
        [](const std::string& name) -> std::optional<std::string> {
          const char* value = std::getenv(name.c_str());
          return value == nullptr ? std::nullopt : std::optional<std::string>(value);
        },
        given);
  }
};

}  // namespace

int main(int argc, char** argv) {
  crypto::initialise();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("muistiod", std::make_shared<spdlog::sinks::stderr_sink_mt>()));
  spdlog::set_pattern("time=%Y-%m-%dT%H:%M:%S.%eZ level=%l %v", spdlog::pattern_time_type::utc);
  spdlog::flush_on(spdlog::level::info);

  CLI::App app("muistiod keeps and passes on encrypted meeting notes that it cannot read.");
  app.require_subcommand(1);
  Common common;
  std::vector<std::string> words;
  std::string folder, to_data, to_database, ca_file;
  bool dry_run = false;
  const auto verb = [&](const char* name) {
    auto* command = app.add_subcommand(name, verb_named(name).help);
    common.add_to(*command);
    return command;
  };
  auto* serve_verb = verb("serve");
  auto* doctor_verb = verb("doctor");
  doctor_verb->add_option("--ca", ca_file, "Trust the server's certificate by this PEM file");
  auto* stats_verb = verb("stats");
  auto* token_verb = verb("token");
  token_verb->add_option("words", words, verb_named("token").arguments)->required();
  auto* space_verb = verb("space");
  space_verb->add_option("words", words, verb_named("space").arguments)->required();
  auto* backup_verb = verb("backup");
  auto* verify_verb = verb("verify-backup");
  auto* restore_verb = verb("restore");
  for (auto* command : {backup_verb, verify_verb, restore_verb}) command->add_option("folder", folder)->required();
  auto* move_verb = verb("move-log");
  move_verb->add_option("--to-data", to_data, "The folder of the new log; the same if left out");
  move_verb->add_option("--to-database", to_database, "The database of the new log; SQLite if left out");
  auto* migrate_verb = verb("migrate");
  migrate_verb->add_flag("--dry-run", dry_run, "Only says what it would do");
  auto* config_verb = app.add_subcommand("config", verb_named("config").help);
  auto* manual_verb = app.add_subcommand("manual", verb_named("manual").help);
  auto* completion_verb = app.add_subcommand("completion", verb_named("completion").help);

  try {
    app.parse(argc, argv);
    auto* command = app.get_subcommands().front();
    if (command == config_verb) return say(Result<std::string>(settings_file()));
    if (command == manual_verb) return say(Result<std::string>(manual_page()));
    if (command == completion_verb) return say(Result<std::string>(shell_completion()));
    const auto settings = common.load(*command);
    if (!settings) {
      std::fprintf(stderr, "muistiod: %s\n", settings.error().message().c_str());
      return kUsage;
    }
    spdlog::set_level(spdlog::level::from_str(settings->log_level));
    if (command == serve_verb) {
      const auto served = serve(*settings);
      if (served) return 0;
      spdlog::error("event=failed error=\"{}\"", served.error().message());
      return served.error().code == ErrorCode::invalid_argument ? kUsage : kRefused;
    }
    if (command == doctor_verb) return doctor(*settings, ca_file);
    if (command == stats_verb) return say(operate_anywhere(*settings, {"stats"}));
    if (command == token_verb || command == space_verb) {
      words.insert(words.begin(), command == token_verb ? "token" : "space");
      return say(operate_anywhere(*settings, words));
    }
    if (command == backup_verb) return say(operate_anywhere(*settings, {"backup", std::filesystem::absolute(folder).string()}));
    if (command == verify_verb) return say(describe(verify_backup(folder), "good"));
    if (command == restore_verb) return say(restore(*settings, folder));
    if (command == move_verb) return say(move_log(*settings, to_data, to_database));
    if (command == migrate_verb) return say(migrate(*settings, dry_run));
    return kUsage;
  } catch (const CLI::ParseError& error) {
    return app.exit(error, std::cerr, std::cerr) == 0 ? 0 : kUsage;
  } catch (const std::exception& error) {
    spdlog::error("event=failed error=\"{}\"", error.what());
    return kRefused;
  }
}
