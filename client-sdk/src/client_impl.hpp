// What a Client holds: its home, its thread, and what waits for it. Shared by the files that implement it.
#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>

#include "indexing.hpp"
#include "live.hpp"
#include "muistio/archive/export.hpp"
#include "muistio/client.hpp"
#include "muistio/crypto/random.hpp"
#include "muistio/home/home.hpp"
#include "muistio/home/surveys.hpp"
#include "muistio/sync/engine.hpp"
#include "observers.hpp"
#include "sync_run.hpp"

namespace muistio {

inline constexpr std::uint64_t kProgressMs = 100;
inline constexpr std::uint32_t kStepMs = 200;
inline constexpr std::uint32_t kQuietStepMs = 1000;  // of a connection with nothing to do

struct Client::Impl {
  using Task = std::function<void()>;

  SystemClock clock;
  crypto::SystemRandom random;
  bool made_device_key = false;
  std::filesystem::path folder;
  Secret<32> key;
  std::uint32_t busy_timeout_ms = 0;
  Observers observers;

  std::mutex mutex;
  std::condition_variable work;
  std::deque<Task> tasks;
  bool ending = false;
  SyncRun* waking = nullptr;  // the run to wake for a task; guarded by `mutex`

  // On the client's thread only, once it runs.
  std::unique_ptr<home::Home> opened;  // null after a failure of the disk: opened again for the next call
  std::unique_ptr<SyncRun> run;
  std::function<void(Result<SyncReport>)> run_done;
  std::optional<Cancellation> run_cancellation;
  std::function<void(const SyncProgress&)> run_progress;
  std::uint64_t shown_at = 0;
  Live live{random};
  Indexing indexing;
  std::thread thread;

  void start() {
    thread = std::thread([this] { loop(); });
  }

  ~Impl() {
    {
      const std::lock_guard guard(mutex);
      ending = true;
      if (waking != nullptr) waking->wake();
    }
    work.notify_one();
    if (thread.joinable()) thread.join();
  }

  Status open_home(bool create) {
    home::HomeOptions options;
    options.folder = folder;
    options.key = key.clone();
    options.create = create;
    options.busy_timeout_ms = busy_timeout_ms;
    MUISTIO_TRY(opened, home::Home::open(std::move(options), clock, random));
    return ok();
  }

  /// The home, opened again if it had to be closed.
  Result<home::Home*> whole_home() {
    if (!opened) MUISTIO_CHECK(open_home(false));
    return opened.get();
  }

  /// After a failure of the disk nothing that is in memory is built on.
  void close_home() {
    if (run) {
      run->stop();
      end_run();
    }
    opened.reset();
  }

  void refresh() {
    if (opened) observers.refresh(*opened);
  }

  void post(Task task) {
    {
      const std::lock_guard guard(mutex);
      tasks.push_back(std::move(task));
      if (waking != nullptr) waking->wake();
    }
    work.notify_one();
  }

  /// Runs `call` on the client's thread and gives its result to the future. An io_failed of a call that reads or writes a file
  /// outside the store says nothing of the store.
  template <bool kOutside = false, class Call>
  auto ask(Call call) {
    using Answer = decltype(call(std::declval<home::Home&>()));
    auto promise = std::make_shared<std::promise<Answer>>();
    auto future = promise->get_future();
    post([this, promise, call = std::move(call), cancellation = Cancellation::current()]() mutable {
      if (cancellation && cancellation->is_cancelled()) return promise->set_value(fail(ErrorCode::cancelled));
      auto home = whole_home();
      if (!home) return promise->set_value(fail(home.error()));
      auto answer = call(**home);
      if (!kOutside && !answer && answer.error().code == ErrorCode::io_failed) close_home();
      refresh();
      promise->set_value(std::move(answer));
    });
    return future;
  }

  /// Asks `query` again whenever something changed, on the client's thread.
  template <class Query, class Changed>
  Subscription observe(Query query, Changed changed) {
    auto subscription = observers.add(std::move(query), std::move(changed));
    post([this] {
      if (whole_home()) refresh();
    });
    return subscription;
  }

  void loop() {
    for (;;) {
      std::deque<Task> ready;
      bool over = false;
      {
        std::unique_lock guard(mutex);
        const auto is_called = [this] { return ending || !tasks.empty(); };
        if (!run) {
          if (const auto idle_ms = longest_idle_ms())
            work.wait_for(guard, std::chrono::milliseconds(*idle_ms), is_called);
          else
            work.wait(guard, is_called);
        }
        ready.swap(tasks);
        over = ending;
      }
      for (auto& task : ready) task();
      if (!ready.empty()) indexing.something_changed(now_ms());
      if (over) return finish();
      if (!run && live.is_due(now_ms())) connect();
      if (run) step();
      index();
    }
  }

  void finish() {
    live.stop();
    if (run) {
      run->stop();
      end_run();
    } else if (opened) {
      static_cast<void>(opened->engine().make_durable());
    }
  }

  [[nodiscard]] std::uint64_t now_ms() const { return clock.monotonic().value(); }

  /// How long nothing is to be done but what is asked for; nothing: for ever.
  [[nodiscard]] std::optional<std::uint64_t> longest_idle_ms() const {
    auto due = live.due_at();
    if (const auto at = indexing.due_at(); at && (!due || *at < *due)) due = at;
    if (!due) return std::nullopt;
    const auto now = now_ms();
    return *due > now ? *due - now : 0;
  }

  /// A one-time sync has the thread to itself; otherwise notes are indexed when nothing has happened for a moment.
  void index() {
    const bool is_free = !run || (run->kind() == SyncRun::Kind::staying && run->is_in_step());
    if (!is_free || !indexing.is_due(now_ms())) return;
    if (auto home = whole_home())
      indexing.go_on(**home);
    else
      indexing.give_up();
  }

  /// Begins a run whose steps the loop then takes.
  Status begin_run(const SyncOptions& options, SyncRun::Kind kind) {
    MUISTIO_TRY(auto* home, whole_home());
    // What goes wrong there is tried again at the next sync; a broken store is opened again first.
    if (const auto published = home->surveys().publish_sums(); !published && published.error().code == ErrorCode::io_failed) {
      close_home();
      return fail(published.error());
    }
    MUISTIO_TRY(run, SyncRun::begin(*home, clock, options, kind));
    const std::lock_guard guard(mutex);
    waking = run.get();
    return ok();
  }

  void connect() {
    if (auto begun = begin_run(live.options(), SyncRun::Kind::staying); begun)
      live.tell({.phase = LiveState::Phase::connecting, .unsent = 0, .error = std::nullopt, .trusted = true, .said = {}});
    else
      live.failed(begun.error(), true, 0, {}, now_ms());
  }

  void step() {
    const bool stays = run->kind() == SyncRun::Kind::staying;
    const bool is_quiet = stays && run->is_in_step();
    auto most_ms = is_quiet ? kQuietStepMs : kStepMs;
    if (const auto due = indexing.due_at(); due && is_quiet) {
      const auto now = now_ms();
      most_ms = static_cast<std::uint32_t>(std::min<std::uint64_t>(most_ms, *due > now ? *due - now : 0));
    }
    if (run_cancellation && run_cancellation->is_cancelled()) run->stop();
    const bool ended = run->step(most_ms);
    if (run->take_changed()) {
      refresh();
      indexing.something_changed(now_ms());
    }
    if (stays && !ended) live.follow(*run);
    const auto now = now_ms();
    if (run_progress && (ended || now >= shown_at + kProgressMs)) {
      shown_at = now;
      run_progress(run->progress());
    }
    if (ended) end_run();
  }

  SyncReport end_run() {
    const bool stays = run->kind() == SyncRun::Kind::staying;
    const auto unsent = run->progress().unsent;
    auto report = run->report();
    {
      const std::lock_guard guard(mutex);
      waking = nullptr;
    }
    run.reset();
    run_progress = {};
    run_cancellation.reset();
    const bool is_broken = report.error && report.error->code == ErrorCode::io_failed;
    if (stays && live.is_on()) {
      live.failed(report.error.value_or(Error{ErrorCode::disconnected, {}}), report.end != SyncEnd::stopped, unsent,
                  std::exchange(report.said, {}), now_ms());
    } else if (!stays) {
      std::exchange(run_done, {})(report);
    }
    if (is_broken) opened.reset();
    refresh();
    return report;
  }
};

}  // namespace muistio
