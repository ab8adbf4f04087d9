#include "serve.hpp"

#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <mutex>
#include <thread>

#include "../net/certificate.hpp"
#include "muistio/crypto/random.hpp"
#include "muistio/server/net.hpp"
#include "muistio/server/postgres_log.hpp"
#include "muistio/wire/limits.hpp"
#include "operations.hpp"
#include "sockets.hpp"

namespace muistio::server {

namespace {

using namespace std::chrono_literals;

constexpr auto kEngineTime = 2s;
constexpr auto kWorkTime = 30min;
constexpr auto kRetentionPause = 10min;

/// A connection takes a descriptor: as many as the system lets us have.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// Writes at most ten lines a second of one kind of event; what is left out is counted. No event names anything but itself.
class EventLines {
 public:
  void tell(std::string_view event, bool say = true) {
    const std::lock_guard lock(mutex_);
    auto& kind = kinds_[std::string(event)];
    ++kind.total;
    if (!say) return;
    const auto now = std::chrono::steady_clock::now();
    if (now - kind.since >= 1s) {
      if (kind.unsaid > 0) spdlog::warn("event={} unsaid={}", event, kind.unsaid);
      kind = {now, 0, 0, kind.total};
    }
    if (++kind.said <= 10)
      spdlog::warn("event={}", event);
    else
      ++kind.unsaid;
  }
  std::string metrics() {
    const std::lock_guard lock(mutex_);
    std::string out = "# HELP muistiod_events_total What was refused or ended, by kind.\n# TYPE muistiod_events_total counter\n";
    for (const auto& [event, kind] : kinds_)
      out += "muistiod_events_total{event=\"" + event + "\"} " + std::to_string(kind.total) + "\n";
    return out;
  }

 private:
  struct Kind {
    std::chrono::steady_clock::time_point since{};
    int said = 0;
    std::uint64_t unsaid = 0, total = 0;
  };
  std::mutex mutex_;
  std::map<std::string, Kind> kinds_;
};

/// Work handed to the engine's thread, for other threads to wait for.
class OnEngine {
 public:
  OnEngine(NetServer& net, StoredLog& log) : net_(net), log_(log) {}
  /// Errors: timed_out (it was not begun in `time`), shutting_down; then it never is done.
  Status run(const std::function<void(StoredLog&)>& work, std::chrono::milliseconds time) {
    struct Turn {
      std::mutex mutex;
      std::condition_variable changed;
      enum { waiting, running, done, given_up } state = waiting;
    };
    const auto turn = std::make_shared<Turn>();
    const auto takes_turn = [this, turn, &work] {
      {
        const std::lock_guard lock(turn->mutex);
        if (turn->state == Turn::given_up) return;  // `work` is gone
        turn->state = Turn::running;
      }
      work(log_);
      const std::lock_guard lock(turn->mutex);
      turn->state = Turn::done;
      turn->changed.notify_all();
    };
    {
      const std::lock_guard lock(mutex_);
      if (stopped_) return fail(ErrorCode::shutting_down, "the server stops");
      net_.post(takes_turn);
    }
    std::unique_lock lock(turn->mutex);
    if (turn->changed.wait_for(lock, time, [&] { return turn->state == Turn::done; })) return ok();
    if (turn->state == Turn::waiting) {
      turn->state = Turn::given_up;
      return fail(ErrorCode::timed_out, "the engine does not answer");
    }
    turn->changed.wait(lock, [&] { return turn->state == Turn::done; });
    return ok();
  }
  /// Nothing that was given before runs any more once this returns, nor once `run` says shutting_down. Clients must be gone.
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    for (int round = 0; round < 2; ++round) {  // the second comes after what the first one's round commits
      std::promise<void> reached;
      net_.post([&] { reached.set_value(); });
      reached.get_future().wait();
    }
  }

 private:
  NetServer& net_;
  StoredLog& log_;
  std::mutex mutex_;
  bool stopped_ = false;
};

Result<EngineOptions> engine_options(const Settings& settings, EventLines& lines) {
  EngineOptions options;
  options.space_bytes_max = settings.space_mib_max * wire::limits::kMiB;
  options.token_required = settings.tokens_required;
  options.poll_ms = settings.poll_ms;
  options.stall_ms_max = settings.stall_ms_max;
  options.on_goodbye = [&lines](ConnectionId, ErrorCode code) {
    if (code != ErrorCode::shutting_down) lines.tell(error_name(code));
  };
  options.on_refused = [&lines](ConnectionId, ErrorCode code) {
    // These come in the ordinary course of syncing: counted, not said.
    const bool ordinary =
        code == ErrorCode::stale_handshake || code == ErrorCode::unknown_space || code == ErrorCode::conflicting_content;
    lines.tell("refused_" + std::string(error_name(code)), !ordinary);
  };
  if (settings.create_token_file.empty()) return options;
  std::ifstream in(settings.create_token_file, std::ios::binary);
  options.create_token.assign(std::istreambuf_iterator<char>(in), {});
  while (!options.create_token.empty() && options.create_token.back() == '\n') options.create_token.pop_back();
  if (!in || options.create_token.empty() || options.create_token.size() > wire::limits::create_token_bytes_max)
    return fail(ErrorCode::invalid_argument, "the file of --create-token-file holds no usable token");
  return options;
}

Result<NetOptions> net_options(const Settings& settings, EventLines& lines) {
  NetOptions options;
  const auto at = split_listen(settings.listen);
  options.address = at->first;
  options.port = at->second;
  options.certificate_pem_file = settings.tls_certificate;
  options.key_pem_file = settings.tls_key;
  options.server_name = settings.server_name;
  options.connections_max = settings.connections_max;
  options.connections_per_address_max = settings.connections_per_address_max;
  options.handshake_ms_max = static_cast<std::uint32_t>(settings.handshake_ms_max);
  options.proxy_protocol = settings.proxy_protocol;
  options.free_bytes_min = settings.free_mib_min * wire::limits::kMiB;
  options.on_event = [&lines](std::string_view event) { lines.tell(event); };
  options.web.origins = origins_in(settings.web_origins);
  if (!settings.web_root.empty()) {
    MUISTIO_TRY(options.web.files, WebFiles::load(settings.web_root));
  }
  if (settings.dev_tls) {
    MUISTIO_TRY(const auto files, dev_certificate(settings.data));
    options.certificate_pem_file = files.certificate;
    options.key_pem_file = files.key;
  } else if (settings.tls_certificate.empty() || settings.tls_key.empty()) {
    return fail(ErrorCode::invalid_argument, "either tls.dev or tls.certificate and tls.key are needed");
  }
  return options;
}

/// Everything beside the sockets of clients: control, metrics, notices, retention.
class Surroundings {
 public:
  Surroundings(const Settings& settings, Storage& storage, Engine& engine, NetServer& net, EventLines& lines, Clock& clock,
               Random& random)
      : settings_(settings),
        storage_(storage),
        engine_(engine),
        net_(net),
        lines_(lines),
        clock_(clock),
        random_(random),
        on_engine_(net, *storage.log),
        operator_{settings,
                  [this](const auto& work) { return on_engine_.run(work, kWorkTime); },
                  *storage.attachments,
                  clock,
                  random,
                  [this] { return live(); }} {}
  ~Surroundings() {
    on_engine_.stop();
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    if (retention_.joinable()) retention_.join();
  }

  Status start(std::uint64_t server_id) {
    MUISTIO_TRY(control_, ControlSocket::open(control_path(settings_), [this](const std::vector<std::string>& words) {
                  spdlog::info("event=operator verb={}", words.empty() ? "" : words[0]);
                  return operate(operator_, words);
                }));
    if (!settings_.metrics_listen.empty()) {
      const auto at = split_listen(settings_.metrics_listen);
      MUISTIO_TRY(metrics_, PlainHttp::open(at->first, at->second, [this](const std::string& path) { return answer(path); }));
      spdlog::info("event=metrics port={}", metrics_->port());
    }
    if (!settings_.database.empty())
      listener_ =
          std::make_unique<PostgresListener>(PostgresOptions{settings_.database, server_id}, [this](std::optional<SpaceId> space) {
            net_.post([this, space] {
              if (space)
                engine_.on_changed(*space);
              else
                engine_.on_missed();
            });
          });
    if (settings_.unchanged_space_days_max > 0) retention_ = std::thread([this] { keep_retention(); });
    return ok();
  }

 private:
  std::string live() {
    EngineCounts counts;
    if (!on_engine_.run([&](StoredLog&) { counts = engine_.counts(); }, kEngineTime)) return "";
    std::string out;
    const auto line = [&](const char* name, std::uint64_t value) { out += std::string(name) + " " + std::to_string(value) + "\n"; };
    line("connections", counts.connections);
    line("appended", counts.appended);
    line("commits", counts.commits);
    line("failed_commits", counts.failed_commits);
    line("refused", counts.refused);
    line("goodbyes", counts.goodbyes);
    return out;
  }

  PlainAnswer answer(const std::string& path) {
    if (path == "/healthz") return {200, "ok\n"};
    if (path == "/readyz") return ready();
    if (path != "/metrics") return {404, "/metrics, /healthz, /readyz\n"};
    EngineCounts counts;
    std::optional<LogTotals> totals;
    if (!on_engine_.run(
            [&](StoredLog& log) {
              counts = engine_.counts();
              if (auto counted = log.totals()) totals = *counted;
            },
            kEngineTime))
      return {503, "the engine does not answer\n"};
    return {200, metrics_text(counts, totals ? &*totals : nullptr) + lines_.metrics()};
  }

  /// Whether clients should be sent here: the log answers, and there is room.
  PlainAnswer ready() {
    Status log_state = fail(ErrorCode::timed_out, "the engine does not answer");
    const auto answered = on_engine_.run(
        [&](StoredLog& log) {
          const SpaceId nobody;
          const auto state = log.state(nobody);
          log_state = state || state.error().code == ErrorCode::unknown_space ? ok() : Status(fail(state.error()));
        },
        kEngineTime);
    if (!answered || !log_state) return {503, "log: " + log_state.error().message() + "\n"};
    if (auto room = storage_.attachments->check(settings_.free_mib_min * wire::limits::kMiB); !room)
      return {503, "attachments: " + room.error().message() + "\n"};
    return {200, "ready\n"};
  }

  void keep_retention() {
    bool rewrite_due = false;
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      lock.unlock();
      Result<std::size_t> deleted = std::size_t{0};
      const auto ran = on_engine_.run(
          [&](StoredLog& log) { deleted = apply_retention(settings_, log, *storage_.attachments, clock_.wall(), rewrite_due); },
          kWorkTime);
      if (!ran && ran.error().code != ErrorCode::shutting_down) deleted = fail(ran.error());
      if (!deleted)
        spdlog::error("event=retention_failed error={}", error_name(deleted.error().code));
      else if (*deleted > 0)
        spdlog::info("event=retention deleted={}", *deleted);
      lock.lock();
      changed_.wait_for(lock, kRetentionPause, [this] { return stopping_; });
    }
  }

  const Settings& settings_;
  Storage& storage_;
  Engine& engine_;
  NetServer& net_;
  EventLines& lines_;
  Clock& clock_;
  Random& random_;
  OnEngine on_engine_;
  Operator operator_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread retention_;
  // Last: they stop before what they use.
  std::unique_ptr<ControlSocket> control_;
  std::unique_ptr<PlainHttp> metrics_;
  std::unique_ptr<PostgresListener> listener_;
};

}  // namespace

Status serve(const Settings& settings) {
  raise_descriptor_limit();
  SystemClock clock;
  crypto::SystemRandom random;
  EventLines lines;
  std::array<std::uint8_t, 7> id_bytes{};
  random.fill(id_bytes);
  std::uint64_t server_id = 0;
  for (const auto byte : id_bytes) server_id = server_id << 8 | byte;

  MUISTIO_TRY(auto storage, open_storage(settings, server_id));
  MUISTIO_TRY(const auto engine_settings, engine_options(settings, lines));
  TicketBook tickets;
  Engine engine(*storage.log, clock, random, engine_settings, storage.attachments.get(), &tickets);
  {
    MUISTIO_TRY(auto network, net_options(settings, lines));
    MUISTIO_TRY(const auto net, NetServer::make(std::move(network), engine, *storage.attachments, tickets, clock));
    {
      Surroundings around(settings, storage, engine, *net, lines, clock, random);
      MUISTIO_CHECK(around.start(server_id));
      std::printf("ready wss://%s\n", net->listening_on().c_str());
      std::fflush(stdout);
      spdlog::info("event=serving listen={}", net->listening_on());
      notify_service_manager("READY=1");
      net->run();
      notify_service_manager("STOPPING=1");
    }
  }
  const auto& counts = engine.counts();
  spdlog::info("event=stopped appended={} commits={} frames={} refused={} goodbyes={}", counts.appended, counts.commits,
               counts.frames, counts.refused, counts.goodbyes);
  return ok();
}

}  // namespace muistio::server
