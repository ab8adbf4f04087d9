// A snapshot on its way from one app to another, through a real server.
#include "muistio/client.hpp"
#include "people.hpp"

using namespace muistio;
using namespace muistio::test;

namespace {

constexpr int kNotes = 16;

template <class T>
T good(Result<T> result) {
  INFO((result ? std::string() : result.error().message()));
  REQUIRE(result);
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

/// Text that deflate makes little smaller.
std::string long_text(int note) {
  std::string text = "note " + std::to_string(note) + "\n";
  std::uint64_t state = static_cast<std::uint64_t>(note) + 1;
  for (int i = 0; i < 120'000; ++i) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    text += static_cast<char>('0' + (state >> 58));
  }
  return text;
}

Client open_client(const Folder& folder, const std::string& name, const Server& server) {
  auto client = good(Client::open({.home = folder / name, .passphrase = std::nullopt, .create = true}));
  good(client.init(name, server.url(), read_all(server.ca())).get());
  return client;
}

/// The attachments that the server keeps.
std::set<std::string> kept(const Folder& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / "server"))
    if (entry.is_regular_file() && entry.path().string().find("attachments") != std::string::npos)
      names.insert(entry.path().filename().string());
  return names;
}

}  // namespace

TEST_CASE("a host lays a snapshot, a newcomer takes it, and a newer one takes its place when something is taken back") {
  Folder folder;
  Server server{folder};
  server.start();
  auto anna = open_client(folder, "Anna", server);
  const auto club = good(anna.create_club("Klubi", History::all).get());
  std::vector<DocumentId> notes;
  for (int i = 0; i < kNotes; ++i) notes.push_back(good(anna.add_note({club, "n" + std::to_string(i), long_text(i), false}).get()));
  CHECK(good(anna.sync().get()).end == SyncEnd::done);
  const auto first = kept(folder);
  CHECK(first.size() == 1);
  CHECK(good(anna.sync().get()).end == SyncEnd::done);
  CHECK(kept(folder) == first);

  for (const bool snapshots : {true, false}) {
    auto newcomer = open_client(folder, snapshots ? "Bea" : "Cilla", server);
    good(newcomer.join(good(anna.invite({.club = club}).get()).link, "", "").get());
    SyncOptions options;
    options.snapshots = snapshots;
    static_cast<void>(good(newcomer.sync(options).get()));
    static_cast<void>(good(anna.sync().get()));
    const auto report = good(newcomer.sync(options).get());
    CHECK(report.end == SyncEnd::done);
    CHECK(report.said.empty());
    CHECK(good(newcomer.notes(club).get()).size() == (snapshots ? kNotes : kNotes + 1));
    for (int i = 0; i < kNotes; ++i) CHECK((good(newcomer.show_note(notes[static_cast<std::size_t>(i)]).get()).text == long_text(i)));
    good(newcomer.add_note({club, "mine", "mine\n", false}).get());
    CHECK(good(newcomer.sync().get()).end == SyncEnd::done);
  }

  good(anna.delete_note(notes[3]).get());
  CHECK(good(anna.sync().get()).end == SyncEnd::done);
  CHECK(good(anna.sync().get()).end == SyncEnd::done);
  const auto second = kept(folder);
  CHECK(second.size() == 1);
  CHECK(second != first);
  CHECK(std::filesystem::is_empty(folder / "Anna" / "attachments"));
}
