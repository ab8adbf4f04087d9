// A client's life: opened, in sync, connected, observed.
#include "client_impl.hpp"
#include "muistio/crypto/initialise.hpp"
#include "muistio/home/home_key.hpp"
#include "muistio/home/restore.hpp"

namespace muistio {

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
Future<SyncReport> Client::sync(SyncOptions options, std::function<void(const SyncProgress&)> progress) {
  auto promise = std::make_shared<std::promise<Result<SyncReport>>>();
  auto future = promise->get_future();
  sync(options, std::move(progress), [promise](Result<SyncReport> report) { promise->set_value(std::move(report)); });
  return future;
}

void Client::sync(SyncOptions options, std::function<void(const SyncProgress&)> progress,
                  std::function<void(Result<SyncReport>)> ended) {
  auto* impl = impl_.get();
  impl->post([impl, options, progress = std::move(progress), ended = std::move(ended), cancellation = Cancellation::current()] {
    if (cancellation && cancellation->is_cancelled()) return ended(fail(ErrorCode::cancelled));
    if (impl->live.is_on()) return ended(fail(ErrorCode::invalid_state, "the client stays connected"));
    if (impl->run) return ended(fail(ErrorCode::invalid_state, "a sync runs already"));
    if (auto begun = impl->begin_run(options, SyncRun::Kind::once); !begun) return ended(fail(begun.error()));
    impl->run_done = ended;
    impl->run_progress = progress;
    impl->run_cancellation = cancellation;
  });
}

void Client::after(std::function<void()> task) { impl_->post(std::move(task)); }

std::thread::id Client::thread_id() const noexcept { return impl_->thread.get_id(); }

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

Subscription Client::observe_clubs(std::function<void(const std::vector<Club>&)> changed) {
  return impl_->observe([](Home& home) { return home.clubs(); }, std::move(changed));
}

Subscription Client::observe_notes(SpaceId club, std::function<void(const std::vector<Note>&)> changed) {
  return impl_->observe([club](Home& home) { return home.notes(club); }, std::move(changed));
}

Subscription Client::observe_note(DocumentId note, std::function<void(const std::optional<NoteText>&)> changed) {
  const auto query = [note](Home& home) -> Result<std::optional<NoteText>> {
    auto shown = home.note(note, false);
    if (shown) return std::optional(std::move(*shown));
    if (shown.error().code == ErrorCode::not_found) return std::optional<NoteText>();
    return fail(shown.error());
  };
  return impl_->observe(query, std::move(changed));
}

Subscription Client::observe_material(SpaceId club, std::function<void(const std::vector<Material>&)> changed) {
  return impl_->observe([club](Home& home) { return home.material(club); }, std::move(changed));
}

Subscription Client::observe_members(SpaceId club, std::function<void(const std::vector<Member>&)> changed) {
  return impl_->observe([club](Home& home) { return home.members(club); }, std::move(changed));
}

}  // namespace muistio
