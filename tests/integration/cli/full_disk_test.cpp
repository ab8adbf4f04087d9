// A disk that really is full: a small tmpfs in a mount namespace of the test's own.
#include <sched.h>
#include <sys/mount.h>

#include <iostream>

#include "people.hpp"

using namespace muistio::test;

namespace {

/// A file system of `mebibytes`, seen by this process and its children only. Make it before any thread.
class SmallDisk {
 public:
  explicit SmallDisk(int mebibytes) {
    const auto uid = ::getuid();
    const auto gid = ::getgid();
    if (::unshare(uid == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) != 0) return;
    if (uid != 0) {
      write_all("/proc/self/setgroups", "deny");
      write_all("/proc/self/uid_map", "0 " + std::to_string(uid) + " 1");
      write_all("/proc/self/gid_map", "0 " + std::to_string(gid) + " 1");
    }
    if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return;
    there_ = ::mount("none", folder_.path().c_str(), "tmpfs", 0, size(mebibytes).c_str()) == 0;
  }
  ~SmallDisk() {
    if (there_) ::umount2(folder_.path().c_str(), MNT_DETACH);
  }
  /// Whether this machine let us make one; says so if not.
  [[nodiscard]] bool there() const {
    if (!there_) std::cout << "SKIPPED: a full disk: this machine allows no mount namespace\n";
    return there_;
  }
  void grow(int mebibytes) { REQUIRE(::mount("none", folder_.path().c_str(), "tmpfs", MS_REMOUNT, size(mebibytes).c_str()) == 0); }
  void set_read_only(bool is_read_only) {
    REQUIRE(::mount("none", folder_.path().c_str(), "tmpfs", MS_REMOUNT | (is_read_only ? MS_RDONLY : 0), nullptr) == 0);
  }
  [[nodiscard]] const Folder& folder() const { return folder_; }

 private:
  static std::string size(int mebibytes) { return "size=" + std::to_string(mebibytes) + "m"; }
  Folder folder_;
  bool there_ = false;
};

std::string large_text(int number) {
  std::string text;
  for (int i = 0; text.size() < 60'000; ++i) text += "Rivi " + std::to_string(number * 100'003 + i * 7919) + "\n";
  return text;
}

TEST_CASE("a full disk refuses a note with a clear error, keeps every note acknowledged before, and works again with room") {
  SmallDisk disk(6);
  if (!disk.there()) return;
  const Person anna(disk.folder(), "anna");
  anna.ok({"init", "--name", "Anna"});
  const auto club = anna.line({"club", "create", "Klubi"});
  std::map<std::string, std::string> kept;
  Json refusal;
  for (int i = 0; refusal.is_null(); ++i) {
    REQUIRE(i < 200);
    const auto text = large_text(i);
    RunOptions options;
    options.input = text;
    const auto ended = anna.run({"note", "add", club, "--title", "Iso", "--file", "-", "--json"}, options);
    const auto answer = Json::parse(ended.out);
    if (ended.status == 0) {
      kept[answer.at("id")] = text;
    } else {
      CHECK(ended.status == 1);
      refusal = answer;
    }
  }
  CHECK(refusal.at("error").at("code") == "disk_full");
  REQUIRE(kept.size() > 3);
  for (const auto& [id, text] : kept) CHECK(anna.ok({"note", "show", id}) == text);

  disk.grow(64);
  kept[anna.add_note(club, "Pieni", "Taas on tilaa.\n")] = "Taas on tilaa.\n";
  CHECK(anna.json(0, {"note", "list", club}).at("items").size() == kept.size());
  for (const auto& [id, text] : kept) CHECK(anna.ok({"note", "show", id}) == text);
}

TEST_CASE(
    "a read-only disk refuses every verb that opens the home with a clear error, and holds everything when it can be written") {
  SmallDisk disk(64);
  if (!disk.there()) return;
  const Person anna(disk.folder(), "anna");
  anna.ok({"init", "--name", "Anna"});
  const auto club = anna.line({"club", "create", "Klubi"});
  const auto note = anna.add_note(club, "Muistio", "ennen\n");
  disk.set_read_only(true);
  for (const auto& words : std::vector<std::vector<std::string>>{{"note", "add", club, "--title", "Toinen"},
                                                                 {"note", "list", club},
                                                                 {"status"},
                                                                 {"sync"},
                                                                 {"backup", (disk.folder() / "backup").string()}}) {
    INFO(words.front());
    CHECK(anna.json(1, words).at("error").at("code") == "read_only");
  }
  const Person nobody(disk.folder(), "nobody");
  nobody.must(1, {"init", "--name", "Nobody"});
  disk.set_read_only(false);
  CHECK(anna.json(0, {"note", "list", club}).at("items").size() == 1);
  CHECK(anna.ok({"note", "show", note}) == "ennen\n");
  anna.add_note(club, "Toinen", "taas\n");
  anna.ok({"check"});
}

TEST_CASE("a server whose disk is full acknowledges nothing more, and takes everything once it has room") {
  SmallDisk disk(4);
  if (!disk.there()) return;
  const Folder elsewhere;
  Server server(disk.folder());
  server.start();
  const Person kaisa(elsewhere, "kaisa");
  const Person anna(elsewhere, "anna");
  kaisa.init(server);
  anna.init(server);
  const ClubOf club(kaisa, {&anna}, server);
  std::map<std::string, std::string> notes;
  int status = 0;
  for (int i = 0; status == 0; ++i) {
    REQUIRE(i < 100);
    std::string text;  // hexadecimal of a generator's digits: it hardly deflates
    for (std::uint64_t x = static_cast<std::uint64_t>(i) + 1; text.size() < 200'000;) {
      x = x * 6364136223846793005u + 1442695040888963407u;
      text += std::to_string(x);
    }
    notes[kaisa.add_note(club.id, "Iso", text)] = text;
    status = kaisa.run({"sync"}).status;
  }
  CHECK(status == 3);
  CHECK(kaisa.json(0, {"status"}).at("spaces").at(0).at("unsent") > 0);

  disk.grow(64);
  kaisa.ok({"sync"});
  anna.ok({"sync"});
  for (const auto& [id, text] : notes) CHECK(anna.ok({"note", "show", id}) == text);
  CHECK(server.stop().status == 0);
}

}  // namespace
