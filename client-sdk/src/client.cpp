#include "muistio/client.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "indexing.hpp"
#include "live.hpp"
#include "muistio/archive/export.hpp"
#include "muistio/crypto/initialise.hpp"
#include "muistio/crypto/random.hpp"
#include "muistio/home/home.hpp"
#include "muistio/home/home_key.hpp"
#include "muistio/home/restore.hpp"
#include "muistio/sync/engine.hpp"
#include "observers.hpp"
#include "sync_run.hpp"

namespace muistio {
namespace {

constexpr std::uint64_t kProgressMs = 100;
constexpr std::uint32_t kStepMs = 200;
constexpr std::uint32_t kQuietStepMs = 1000;  // of a connection with nothing to do

}  // namespace

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
  std::promise<Result<SyncReport>> run_done;
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
    post([this, promise, call = std::move(call)]() mutable {
      auto home = whole_home();
      if (!home) return promise->set_value(fail(home.error()));
      auto answer = call(**home);
      if (!kOutside && !answer && answer.error().code == ErrorCode::io_failed) close_home();
      refresh();
      promise->set_value(std::move(answer));
    });
    return future;
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
    const bool is_broken = report.error && report.error->code == ErrorCode::io_failed;
    if (stays && live.is_on()) {
      live.failed(report.error.value_or(Error{ErrorCode::disconnected, {}}), report.end != SyncEnd::stopped, unsent,
                  std::exchange(report.said, {}), now_ms());
    } else if (!stays) {
      run_done.set_value(report);
    }
    if (is_broken) opened.reset();
    refresh();
    return report;
  }
};

Client::Client(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

namespace {
/// The key of the home or backup in `folder`.
Result<home::HomeKey> key_of(const ClientOptions& options, const std::filesystem::path& folder, bool create, Random& random) {
  if (options.keystore) return home::ask_keystore(folder, options.keystore, create);
  std::optional<home::GivenPassphrase> given;
  if (options.passphrase)
    given = home::GivenPassphrase{SecretBytes::copy_of(as_bytes(*options.passphrase)), options.insist_on_passphrase};
  return home::find_home_key(folder, std::move(given), create, random);
}
}  // namespace

Result<void> Client::restore(ClientOptions options, const std::filesystem::path& backup) {
  crypto::initialise();
  crypto::SystemRandom random;
  MUISTIO_TRY(const auto key, key_of(options, backup, false, random));
  return home::restore_home(backup, options.home, key.key);
}

Result<Client> Client::open(ClientOptions options) {
  crypto::initialise();
  auto impl = std::make_unique<Impl>();
  MUISTIO_TRY(auto key, key_of(options, options.home, options.create, impl->random));
  impl->made_device_key = key.made && key.source == home::KeySource::device_key;
  impl->folder = std::move(options.home);
  impl->key = std::move(key.key);
  impl->busy_timeout_ms = options.busy_timeout_ms;
  MUISTIO_CHECK(impl->open_home(options.create));
  impl->indexing.something_changed(impl->now_ms());  // what an earlier process left
  impl->start();
  return Client(std::move(impl));
}

bool Client::made_device_key() const noexcept { return impl_->made_device_key; }

using home::Home;

Future<void> Client::init(std::string name, std::string server, std::string ca_pem) {
  return impl_->ask([name = std::move(name), server = std::move(server), ca_pem = std::move(ca_pem)](Home& home) {
    return home.init(name, server, ca_pem);
  });
}

Future<std::vector<Club>> Client::clubs() {
  return impl_->ask([](Home& home) { return home.clubs(); });
}

Future<std::vector<Device>> Client::devices() {
  return impl_->ask([](Home& home) { return home.devices(); });
}

Future<std::string> Client::link_device(bool shown_in_person) {
  return impl_->ask([shown_in_person](Home& home) { return home.link_device(shown_in_person); });
}

Future<void> Client::follow_device_link(std::string link, std::string ca_pem) {
  return impl_->ask(
      [link = std::move(link), ca_pem = std::move(ca_pem)](Home& home) { return home.follow_device_link(link, ca_pem); });
}

Future<std::vector<std::string>> Client::device_codes() {
  return impl_->ask([](Home& home) { return home.device_codes(); });
}

Future<void> Client::confirm_device(std::string code) {
  return impl_->ask([code = std::move(code)](Home& home) { return home.confirm_device(code); });
}

Future<void> Client::remove_device(std::string device) {
  return impl_->ask([device = std::move(device)](Home& home) { return home.remove_device(device); });
}

Future<SecretBytes> Client::recovery_words() {
  return impl_->ask([](Home& home) { return home.recovery_words(); });
}

Future<void> Client::recover(SecretBytes words, std::string server, std::string ca_pem) {
  auto kept = std::make_shared<SecretBytes>(std::move(words));
  return impl_->ask([kept, server = std::move(server), ca_pem = std::move(ca_pem)](Home& home) {
    return home.recover(as_text(kept->expose()), server, ca_pem);
  });
}

Future<void> Client::forget_recovery_words() {
  return impl_->ask([](Home& home) { return home.forget_recovery_words(); });
}

Future<std::vector<Waiting>> Client::waiting() {
  return impl_->ask([](Home& home) { return home.waiting(); });
}

Future<SpaceId> Client::create_club(std::string name, History history) {
  return impl_->ask([name = std::move(name), history](Home& home) { return home.create_club(name, history); });
}

Future<void> Client::begin_season(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.begin_season(club); });
}

Future<void> Client::leave_club(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.leave_club(club); });
}

Future<SpaceId> Client::find_club(std::string wanted) {
  return impl_->ask([wanted = std::move(wanted)](Home& home) { return home.find_club(wanted); });
}

Future<Invitation> Client::invite(NewInvitation wanted) {
  return impl_->ask([wanted](Home& home) { return home.invite(wanted); });
}

Future<std::vector<Invitation>> Client::invitations(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.invitations(club); });
}

Future<void> Client::revoke_invitation(std::string invitation) {
  return impl_->ask([invitation = std::move(invitation)](Home& home) { return home.revoke_invitation(invitation); });
}

Future<SpaceId> Client::join(std::string link, std::string name, std::string ca_pem) {
  return impl_->ask([link = std::move(link), name = std::move(name), ca_pem = std::move(ca_pem)](Home& home) {
    return home.join(link, name, ca_pem);
  });
}

Future<void> Client::cancel_join(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.cancel_join(club); });
}

Future<std::vector<JoinRequest>> Client::join_requests(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.join_requests(club); });
}

Future<JoinRequest> Client::admit(SpaceId club, std::string request, std::string again) {
  return impl_->ask([club, request = std::move(request), again = std::move(again)](Home& home) {
    return home.admit(club, request, again);
  });
}

Future<std::vector<Member>> Client::members(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.members(club); });
}

Future<void> Client::remove_member(SpaceId club, std::string member) {
  return impl_->ask([club, member = std::move(member)](Home& home) -> Status {
    MUISTIO_TRY(auto found, home.find_member(club, member));
    return home.remove_member(club, found);
  });
}

Future<void> Client::give_host(SpaceId club, std::string member) {
  return impl_->ask([club, member = std::move(member)](Home& home) -> Status {
    MUISTIO_TRY(auto found, home.find_member(club, member));
    return home.give_host(club, found);
  });
}

Future<std::string> Client::host_warrant(SpaceId club, std::string member) {
  return impl_->ask([club, member = std::move(member)](Home& home) -> Result<std::string> {
    MUISTIO_TRY(auto found, home.find_member(club, member));
    return home.host_warrant(club, found);
  });
}

Future<void> Client::offer_host(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.offer_host(club); });
}

Future<void> Client::take_host(SpaceId club, std::string warrant) {
  return impl_->ask([club, warrant = std::move(warrant)](Home& home) { return home.take_host(club, warrant); });
}

Future<void> Client::replace_hosts(SpaceId club, std::string member, bool insist) {
  return impl_->ask([club, member = std::move(member), insist](Home& home) -> Status {
    MUISTIO_TRY(auto found, home.find_member(club, member));
    return home.replace_hosts(club, found, insist);
  });
}

Future<SpaceId> Client::succeed_club(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.succeed_club(club); });
}

Future<SpaceId> Client::create_session(SpaceId club, std::string title) {
  return impl_->ask([club, title = std::move(title)](Home& home) { return home.create_session(club, title); });
}

Future<std::vector<Session>> Client::sessions(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.sessions(club); });
}

Future<SpaceId> Client::join_session(SpaceId club, std::string session) {
  return impl_->ask([club, session = std::move(session)](Home& home) { return home.join_session(club, session); });
}

Future<void> Client::announce_session(SpaceId club, SpaceId session) {
  return impl_->ask([club, session](Home& home) { return home.announce_session(club, session); });
}

Future<SpaceId> Client::create_desk(std::string name) {
  return impl_->ask([name = std::move(name)](Home& home) { return home.create_desk(name); });
}

Future<Bytes> Client::hand_in(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.hand_in(club); });
}

Future<std::vector<DocumentId>> Client::accept_hand_in(SpaceId club, Bytes file) {
  return impl_->ask([club, file = std::move(file)](Home& home) { return home.accept_hand_in(club, file); });
}

Future<std::string> Client::seal(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.seal(club); });
}

Future<SealAnswer> Client::check_seal(SpaceId club, std::string text) {
  return impl_->ask([club, text = std::move(text)](Home& home) { return home.check_seal(club, text); });
}

Future<std::string> Client::reopen(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.reopen(club); });
}

Future<void> Client::accept_reopening(SpaceId club, std::string text) {
  return impl_->ask([club, text = std::move(text)](Home& home) { return home.accept_reopening(club, text); });
}

Future<DocumentId> Client::add_note(NewNote note) {
  return impl_->ask(
      [note = std::move(note)](Home& home) { return home.add_note(note.club, note.title, note.text, note.is_private); });
}

Future<std::vector<Note>> Client::notes(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.notes(club); });
}

Future<DocumentId> Client::find_note(std::string wanted) {
  return impl_->ask([wanted = std::move(wanted)](Home& home) { return home.find_note(wanted); });
}

Future<NoteText> Client::show_note(DocumentId note) {
  return impl_->ask([note](Home& home) { return home.note(note, true); });
}

Future<void> Client::edit_note(NoteEdit edit) {
  return impl_->ask([edit = std::move(edit)](Home& home) { return home.edit_note(edit.note, edit.text, edit.base); });
}

Future<void> Client::append_note(DocumentId note, std::string text) {
  return impl_->ask([note, text = std::move(text)](Home& home) { return home.append_note(note, text); });
}

Future<void> Client::delete_note(DocumentId note) {
  return impl_->ask([note](Home& home) { return home.delete_note(note); });
}

Future<DocumentId> Client::share_note(DocumentId note) {
  return impl_->ask([note](Home& home) { return home.share_note(note); });
}

Future<DocumentId> Client::add_material(SpaceId club, std::filesystem::path file) {
  return impl_->ask<true>([club, file = std::move(file)](Home& home) { return home.add_material(club, file); });
}

Future<std::vector<Material>> Client::material(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.material(club); });
}

Future<DocumentId> Client::find_material(std::string wanted) {
  return impl_->ask([wanted = std::move(wanted)](Home& home) { return home.find_material(wanted); });
}

Future<void> Client::get_material(DocumentId material, std::filesystem::path out) {
  return impl_->ask<true>([material, out = std::move(out)](Home& home) { return home.get_material(material, out); });
}

Future<void> Client::delete_material(DocumentId material) {
  return impl_->ask([material](Home& home) { return home.delete_material(material); });
}

Future<std::vector<Found>> Client::search(std::string words, SearchFilter filter) {
  return impl_->ask([words = std::move(words), filter = std::move(filter)](Home& home) { return home.search(words, filter); });
}

Future<Checked> Client::check() {
  return impl_->ask([](Home& home) { return home.check(); });
}

Future<void> Client::backup(std::filesystem::path folder) {
  return impl_->ask<true>([folder = std::move(folder)](Home& home) { return home.backup(folder); });
}

Future<std::uint64_t> Client::export_club(SpaceId club, std::filesystem::path out, bool with_private) {
  return impl_->ask<true>(
      [club, out = std::move(out), with_private](Home& home) { return archive::export_club(home, club, out, with_private); });
}

Future<SyncReport> Client::sync(SyncOptions options, std::function<void(const SyncProgress&)> progress) {
  auto promise = std::make_shared<std::promise<Result<SyncReport>>>();
  auto future = promise->get_future();
  auto* impl = impl_.get();
  impl->post([impl, promise, options, progress = std::move(progress)] {
    if (impl->live.is_on()) return promise->set_value(fail(ErrorCode::invalid_state, "the client stays connected"));
    if (impl->run) return promise->set_value(fail(ErrorCode::invalid_state, "a sync runs already"));
    if (auto begun = impl->begin_run(options, SyncRun::Kind::once); !begun) return promise->set_value(fail(begun.error()));
    impl->run_done = std::move(*promise);
    impl->run_progress = progress;
  });
  return future;
}

Future<void> Client::start_live(SyncOptions options, std::function<void(const LiveState&)> changed) {
  auto* impl = impl_.get();
  return impl->ask([impl, options, changed = std::move(changed)](Home& home) -> Status {
    MUISTIO_TRY(const auto server, home.server());
    if (server.empty()) return fail(ErrorCode::invalid_state, "no server is known: name one with init --server");
    impl->live.start(options, changed);
    return ok();
  });
}

Future<SyncReport> Client::stop_live() {
  auto* impl = impl_.get();
  return impl->ask([impl](Home& home) -> Result<SyncReport> {
    impl->live.stop();
    if (!impl->run || impl->run->kind() != SyncRun::Kind::staying) return SyncReport{};
    impl->run->stop();
    auto report = impl->end_run();
    report.error.reset();
    MUISTIO_CHECK(home.engine().make_durable());
    return report;
  });
}

namespace {

template <class Impl, class Query, class Changed>
Subscription observe(Impl& impl, Query query, Changed changed) {
  auto subscription = impl.observers.add(std::move(query), std::move(changed));
  impl.post([&impl] {
    if (impl.whole_home()) impl.refresh();
  });
  return subscription;
}

}  // namespace

Subscription Client::observe_clubs(std::function<void(const std::vector<Club>&)> changed) {
  return observe(
      *impl_, [](Home& home) { return home.clubs(); }, std::move(changed));
}

Subscription Client::observe_notes(SpaceId club, std::function<void(const std::vector<Note>&)> changed) {
  return observe(
      *impl_, [club](Home& home) { return home.notes(club); }, std::move(changed));
}

Subscription Client::observe_note(DocumentId note, std::function<void(const std::optional<NoteText>&)> changed) {
  const auto query = [note](Home& home) -> Result<std::optional<NoteText>> {
    auto shown = home.note(note, false);
    if (shown) return std::optional(std::move(*shown));
    if (shown.error().code == ErrorCode::not_found) return std::optional<NoteText>();
    return fail(shown.error());
  };
  return observe(*impl_, query, std::move(changed));
}

Subscription Client::observe_material(SpaceId club, std::function<void(const std::vector<Material>&)> changed) {
  return observe(
      *impl_, [club](Home& home) { return home.material(club); }, std::move(changed));
}

Subscription Client::observe_members(SpaceId club, std::function<void(const std::vector<Member>&)> changed) {
  return observe(
      *impl_, [club](Home& home) { return home.members(club); }, std::move(changed));
}

}  // namespace muistio
