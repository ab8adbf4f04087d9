#include "device.hpp"

#include "notes.hpp"

namespace muistio::simulation {

namespace {
/// Refusals that a person can meet in an honest world.
bool is_ordinary(ErrorCode code) {
  switch (code) {
    case ErrorCode::not_permitted:
    case ErrorCode::removed:
    case ErrorCode::invalid_state:
    case ErrorCode::invitation_used:
    case ErrorCode::not_found:
    case ErrorCode::invalid_argument:
    case ErrorCode::waiting_for_admission:
      return true;
    default:
      return false;
  }
}
}  // namespace

SimDevice::SimDevice(std::string name, std::uint64_t seed, const VirtualClock& clock, Plant plant)
    : name_(std::move(name)), disk_(name_), random_(seed), clock_(clock), plant_(plant) {
  if (plant == Plant::device_saves_before_disk) disk_.ignore_syncs(true);
}

SimDevice::~SimDevice() { stop(); }

Status SimDevice::start() {
  store::OpenOptions options;
  options.path = "home";
  options.vfs = disk_.name();
  SeededRandom(7).fill(options.key.expose_mutable());
  auto opened = store::Store::open(std::move(options));
  if (!opened) return fail(opened.error());
  store_.emplace(std::move(opened).value());
  sync::Hooks hooks;
  hooks.judge = judge_note;
  if (plant_ == Plant::order_dependent_judge)
    hooks.judge = [this](const replica::Op& op, const replica::Author& author, const replica::Document* document) {
      return (op.kind != replica::OpKind::text || ++ops_judged_ % 17 != 0) && judge_note(op, author, document);
    };
  hooks.baseline = [](SpaceId, replica::Replica&, std::span<const MemberId>) {
    return Result<std::vector<DocumentId>>(std::vector<DocumentId>{settings()});
  };
  if (plant_ == Plant::note_leaks_to_newcomer)
    hooks.baseline = [](SpaceId, replica::Replica&, std::span<const MemberId>) {
      return Result<std::vector<DocumentId>>(std::vector<DocumentId>{settings(), ledger(0)});
    };
  hooks.summarise = [](const replica::Document&) { return Bytes{1}; };
  auto engine = sync::Engine::open(*store_, clock_, random_, std::move(hooks));
  if (!engine) {
    store_.reset();
    return fail(engine.error());
  }
  engine_ = std::move(engine).value();
  return ok();
}

void SimDevice::stop() {
  commits_ = commits();
  conflicts_ = conflicts();
  skipped_ = skipped();
  engine_.reset();
  store_.reset();
}

void SimDevice::crash(store::CrashKind kind, std::uint64_t seed) {
  disk_.crash(kind, seed);
  stop();
}

Fate SimDevice::call(const std::function<Status(sync::Engine&)>& body, Error* why) {
  if (!is_up()) return Fate::died;
  const auto done = body(*engine_);
  if (done) return Fate::done;
  if (why != nullptr) *why = done.error();
  if (done.error().code == ErrorCode::disk_full) return Fate::disk_full;
  if (done.error().code == ErrorCode::io_failed) return Fate::died;
  if (!is_ordinary(done.error().code)) trouble = "a local call failed: " + done.error().message();
  return Fate::refused;
}

void SimDevice::tamper(const std::function<Status(store::Store&)>& body) {
  if (!is_up()) return;
  auto opened_store = std::move(*store_);
  stop();
  store_.emplace(std::move(opened_store));
  const auto done = body(*store_);
  if (!done) trouble = "the plant could not be set: " + done.error().message();
  store_.reset();
  if (auto started = start(); !started) trouble = "after tampering: " + started.error().message();
}

}  // namespace muistio::simulation
