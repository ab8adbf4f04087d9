#include "worker.hpp"

#include "muistio/crypto/initialise.hpp"
#include "muistio/sync/engine.hpp"
#include "zones.hpp"

namespace muistio::web {
namespace {
std::string name_of(const Json& request) {
  const auto found = request.is_object() ? request.find("do") : request.end();
  return found != request.end() && found->is_string() ? found->get<std::string>() : std::string();
}
/// How long a connection may stand without a step: its timers are in seconds.
constexpr std::uint64_t kStepMs = 1000;
}  // namespace

Worker::Worker() { crypto::initialise(); }

Status Worker::open(const std::filesystem::path& folder, Secret<32> key, bool create) {
  if (home_) return fail(ErrorCode::invalid_state, "a home is open");
  home::HomeOptions options;
  options.folder = folder;
  options.key = std::move(key);
  options.create = create;
  options.zones = &browser_zones();
  MUISTIO_TRY(home_, home::Home::open(std::move(options), clock_, random_));
  indexing_.something_changed(now_ms());
  return ok();
}

void Worker::close() {
  live_.stop();
  if (run_) {
    run_->stop();
    run_.reset();
  }
  if (home_) static_cast<void>(home_->engine().make_durable());
  home_.reset();
}

Result<Json> Worker::call(const Json& request) {
  if (!home_) return fail(ErrorCode::invalid_state, "no home is open");
  const auto name = name_of(request);
  if (name == "startLive") {
    MUISTIO_TRY(const auto server, home_->server());
    if (server.empty()) return fail(ErrorCode::invalid_state, "no server is known");
    live_.start({}, [this](const LiveState& state) {
      shown_ = state;
      is_told_ = false;
    });
    return Json(nullptr);
  }
  if (name == "stopLive") {
    live_.stop();
    if (run_) {
      run_->stop();
      run_.reset();
    }
    MUISTIO_CHECK(home_->engine().make_durable());
    return Json(nullptr);
  }
  changed_ = true;
  indexing_.something_changed(now_ms());
  return ask(request);
}

Result<Json> Worker::ask(const Json& request) {
  if (!home_) return fail(ErrorCode::invalid_state, "no home is open");
  auto answer = call_by_name(*home_, name_of(request), request);
  if (!answer) return fail(ErrorCode::invalid_argument, "there is no call of this name");
  return std::move(*answer);
}

void Worker::connect() {
  auto begun = SyncRun::begin(*home_, clock_, live_.options(), SyncRun::Kind::staying);
  if (!begun) return live_.failed(begun.error(), true, 0, {}, now_ms());
  run_ = std::move(*begun);
  live_.tell({.phase = LiveState::Phase::connecting, .unsent = 0, .error = std::nullopt, .trusted = true, .said = {}});
}

void Worker::end_run() {
  const auto unsent = run_->progress().unsent;
  auto report = run_->report();
  run_.reset();
  changed_ = true;
  if (live_.is_on())
    live_.failed(report.error.value_or(Error{ErrorCode::disconnected, {}}), report.end != SyncEnd::stopped, unsent, std::move(report.said),
                 now_ms());
}

void Worker::count_unsent() {
  if (!shown_ || run_ || !live_.is_on()) return;
  std::uint64_t unsent = 0;
  for (const auto& space : home_->engine().spaces()) unsent += space.unsent;
  if (unsent == shown_->unsent) return;
  shown_->unsent = unsent;
  is_told_ = false;
}

Json Worker::step() {
  if (!home_) return Json{{"changed", false}, {"live", nullptr}, {"again", nullptr}};
  if (!run_ && live_.is_due(now_ms())) connect();
  if (run_) {
    const bool ended = run_->step(0);
    if (run_->take_changed()) {
      changed_ = true;
      indexing_.something_changed(now_ms());
    }
    if (ended)
      end_run();
    else
      live_.follow(*run_);
  }
  const bool is_free = !run_ || run_->is_in_step();
  if (is_free && indexing_.is_due(now_ms())) indexing_.go_on(*home_);
  std::optional<std::uint64_t> again;
  const auto until = [&](std::optional<std::uint64_t> at) {
    if (!at) return;
    const auto wait = *at > now_ms() ? *at - now_ms() : 0;
    if (!again || wait < *again) again = wait;
  };
  if (run_)
    again = home_->engine().has_work() ? 0 : kStepMs;
  else
    until(live_.due_at());
  until(indexing_.due_at());
  if (changed_) count_unsent();
  if (!is_told_) changed_ = true;  // what was sent is not counted as unsent any more
  Json made = {{"changed", std::exchange(changed_, false)}, {"live", nullptr}, {"again", again ? Json(*again) : Json(nullptr)}};
  if (shown_ && !is_told_) {
    made["live"] = to_json(*shown_);
    is_told_ = true;
    shown_->said.clear();
  }
  return made;
}

}  // namespace muistio::web
