#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <thread>

#include "connection.hpp"
#include "muistio/server/postgres_log.hpp"

namespace muistio::server {

namespace {

constexpr int kRetryMs = 500;
/// An idle connection is tried so often: a database that went without a word is noticed.
constexpr int kTryMs = 10'000;

}  // namespace

struct PostgresListener::Impl {
  Impl(PostgresOptions options_given, std::function<void(std::optional<SpaceId>)> changed_given)
      : options(std::move(options_given)), changed(std::move(changed_given)), stop(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~Impl() { ::close(stop); }

  PostgresOptions options;
  std::function<void(std::optional<SpaceId>)> changed;
  int stop;
  std::thread thread;

  /// True when it is time to stop.
  bool wait(int descriptor, int milliseconds, bool& readable) const {
    pollfd wanted[2] = {{stop, POLLIN, 0}, {descriptor, POLLIN, 0}};
    const int count = ::poll(wanted, descriptor < 0 ? 1 : 2, milliseconds);
    readable = count > 0 && descriptor >= 0 && wanted[1].revents != 0;
    return count > 0 && wanted[0].revents != 0;
  }

  void take(PGconn* connection) const {
    while (auto* raw = PQnotifies(connection)) {
      const std::unique_ptr<PGnotify, void (*)(void*)> notification(raw, PQfreemem);
      const std::string_view text = notification->extra;
      std::uint64_t server = 0;
      const auto [colon, error] = std::from_chars(text.data(), text.data() + text.size(), server);
      if (error != std::errc{} || colon == text.data() + text.size() || *colon != ':') continue;
      if (server == options.server_id) continue;  // our own
      if (const auto space = SpaceId::parse(text.substr(static_cast<std::size_t>(colon - text.data()) + 1))) changed(*space);
    }
  }

  void run() {
    PgConnection connection(options.database);
    bool readable = false;
    for (;;) {
      if (!connection.is_open()) {
        if (!connection.connect() || !connection.script("LISTEN muistio")) {
          connection.close();
          if (wait(-1, kRetryMs, readable)) return;
          continue;
        }
        changed(std::nullopt);
      }
      if (wait(PQsocket(connection.handle()), kTryMs, readable)) return;
      if (!readable) {
        if (!connection.script("SELECT 1")) connection.close();
      } else if (PQconsumeInput(connection.handle()) != 1) {
        connection.close();
      }
      if (connection.is_open()) take(connection.handle());
    }
  }
};

PostgresListener::PostgresListener(PostgresOptions options, std::function<void(std::optional<SpaceId>)> changed)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(changed))) {
  impl_->thread = std::thread([this] { impl_->run(); });
}

PostgresListener::~PostgresListener() {
  const std::uint64_t one = 1;
  while (::write(impl_->stop, &one, sizeof one) < 0 && errno == EINTR) {
  }
  impl_->thread.join();
}

}  // namespace muistio::server
