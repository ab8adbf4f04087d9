#include "muistio/client.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "muistio/archive/export.hpp"
#include "muistio/crypto/initialise.hpp"
#include "muistio/crypto/random.hpp"
#include "muistio/home/home.hpp"
#include "muistio/home/home_key.hpp"
#include "observers.hpp"
#include "sync_run.hpp"

namespace muistio {
namespace {

constexpr std::uint64_t kProgressMs = 100;
constexpr std::uint32_t kStepMs = 200;

}  // namespace

struct Client::Impl {
  using Task = std::function<void(home::Home&)>;

  SystemClock clock;
  crypto::SystemRandom random;
  bool made_device_key = false;
  std::unique_ptr<home::Home> opened;
  Observers observers;

  std::mutex mutex;
  std::condition_variable work;
  std::deque<Task> tasks;
  bool ending = false;
  SyncRun* waking = nullptr;  // the run to wake for a task; guarded by `mutex`

  // On the client's thread only.
  std::unique_ptr<SyncRun> run;
  std::promise<Result<SyncReport>> run_done;
  std::function<void(const SyncProgress&)> run_progress;
  std::uint64_t shown_at = 0;
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

  void post(Task task) {
    {
      const std::lock_guard guard(mutex);
      tasks.push_back(std::move(task));
      if (waking != nullptr) waking->wake();
    }
    work.notify_one();
  }

  /// Runs `call` on the client's thread and gives its result to the future.
  template <class Call>
  auto ask(Call call) {
    using Answer = decltype(call(std::declval<home::Home&>()));
    auto promise = std::make_shared<std::promise<Answer>>();
    auto future = promise->get_future();
    post([this, promise, call = std::move(call)](home::Home& home) mutable {
      auto answer = call(home);
      observers.refresh(home);
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
        if (!run) work.wait(guard, [this] { return ending || !tasks.empty(); });
        ready.swap(tasks);
        over = ending;
      }
      for (auto& task : ready) task(*opened);
      if (over) {
        if (run) {
          run->stop();
          end_run();
        }
        return;
      }
      if (run) step();
    }
  }

  void step() {
    const bool ended = run->step(kStepMs);
    if (run->take_changed()) observers.refresh(*opened);
    const auto now = clock.monotonic().value();
    if (run_progress && (ended || now >= shown_at + kProgressMs)) {
      shown_at = now;
      run_progress(run->progress());
    }
    if (ended) end_run();
  }

  void end_run() {
    run_done.set_value(run->report());
    {
      const std::lock_guard guard(mutex);
      waking = nullptr;
    }
    run.reset();
    run_progress = {};
    observers.refresh(*opened);
  }
};

Client::Client(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Result<Client> Client::open(ClientOptions options) {
  crypto::initialise();
  auto impl = std::make_unique<Impl>();
  std::optional<home::GivenPassphrase> given;
  if (options.passphrase) given = home::GivenPassphrase{SecretBytes::copy_of(as_bytes(*options.passphrase)), options.insist_on_passphrase};
  MUISTIO_TRY(auto key, home::find_home_key(options.home, std::move(given), options.create, impl->random));
  impl->made_device_key = key.made && key.source == home::KeySource::device_key;
  home::HomeOptions home_options;
  home_options.folder = std::move(options.home);
  home_options.key = std::move(key.key);
  home_options.create = options.create;
  home_options.busy_timeout_ms = options.busy_timeout_ms;
  MUISTIO_TRY(impl->opened, home::Home::open(std::move(home_options), impl->clock, impl->random));
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

Future<std::vector<Waiting>> Client::waiting() {
  return impl_->ask([](Home& home) { return home.waiting(); });
}

Future<SpaceId> Client::create_club(std::string name) {
  return impl_->ask([name = std::move(name)](Home& home) { return home.create_club(name); });
}

Future<void> Client::leave_club(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.leave_club(club); });
}

Future<SpaceId> Client::find_club(std::string wanted) {
  return impl_->ask([wanted = std::move(wanted)](Home& home) { return home.find_club(wanted); });
}

Future<Invitation> Client::invite(NewInvitation wanted) {
  return impl_->ask([wanted](Home& home) { return home.invite(wanted.club, wanted.role, wanted.uses, wanted.expires_days); });
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

Future<JoinRequest> Client::admit(SpaceId club, std::string request) {
  return impl_->ask([club, request = std::move(request)](Home& home) { return home.admit(club, request); });
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

Future<DocumentId> Client::add_note(NewNote note) {
  return impl_->ask([note = std::move(note)](Home& home) { return home.add_note(note.club, note.title, note.text, note.is_private); });
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

Future<DocumentId> Client::add_material(SpaceId club, std::filesystem::path file) {
  return impl_->ask([club, file = std::move(file)](Home& home) { return home.add_material(club, file); });
}

Future<std::vector<Material>> Client::material(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.material(club); });
}

Future<DocumentId> Client::find_material(std::string wanted) {
  return impl_->ask([wanted = std::move(wanted)](Home& home) { return home.find_material(wanted); });
}

Future<void> Client::get_material(DocumentId material, std::filesystem::path out) {
  return impl_->ask([material, out = std::move(out)](Home& home) { return home.get_material(material, out); });
}

Future<void> Client::delete_material(DocumentId material) {
  return impl_->ask([material](Home& home) { return home.delete_material(material); });
}

Future<std::vector<Found>> Client::search(std::string words, std::optional<SpaceId> club) {
  return impl_->ask([words = std::move(words), club](Home& home) { return home.search(words, club); });
}

Future<std::uint64_t> Client::export_club(SpaceId club, std::filesystem::path out, bool with_private) {
  return impl_->ask([club, out = std::move(out), with_private](Home& home) { return archive::export_club(home, club, out, with_private); });
}

Future<SyncReport> Client::sync(SyncOptions options, std::function<void(const SyncProgress&)> progress) {
  auto promise = std::make_shared<std::promise<Result<SyncReport>>>();
  auto future = promise->get_future();
  auto* impl = impl_.get();
  impl->post([impl, promise, options, progress = std::move(progress)](Home& home) {
    if (impl->run) return promise->set_value(fail(ErrorCode::invalid_state, "a sync runs already"));
    auto run = SyncRun::begin(home, impl->clock, options);
    if (!run) return promise->set_value(fail(run.error()));
    impl->run = std::move(*run);
    impl->run_done = std::move(*promise);
    impl->run_progress = progress;
    const std::lock_guard guard(impl->mutex);
    impl->waking = impl->run.get();
  });
  return future;
}

namespace {

template <class Impl, class Query, class Changed>
Subscription observe(Impl& impl, Query query, Changed changed) {
  auto subscription = impl.observers.add(std::move(query), std::move(changed));
  impl.post([&impl](Home& home) { impl.observers.refresh(home); });
  return subscription;
}

}  // namespace

Subscription Client::observe_clubs(std::function<void(const std::vector<Club>&)> changed) {
  return observe(*impl_, [](Home& home) { return home.clubs(); }, std::move(changed));
}

Subscription Client::observe_notes(SpaceId club, std::function<void(const std::vector<Note>&)> changed) {
  return observe(*impl_, [club](Home& home) { return home.notes(club); }, std::move(changed));
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
  return observe(*impl_, [club](Home& home) { return home.material(club); }, std::move(changed));
}

Subscription Client::observe_members(SpaceId club, std::function<void(const std::vector<Member>&)> changed) {
  return observe(*impl_, [club](Home& home) { return home.members(club); }, std::move(changed));
}

}  // namespace muistio
