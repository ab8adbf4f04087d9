// The programs themselves: `muistio` against `muistio-evil`, over TLS.
#include <algorithm>

#include "../integration/cli/people.hpp"

using namespace muistio::test;

namespace {

/// muistio-evil on the data and the port of a server that was stopped.
class Evil {
 public:
  Evil(const Server& server, const std::string& attack) {
    process_ = std::make_unique<Process>(
        std::vector<std::string>{program("muistio-evil"), "serve", "--data", server.data().string(), "--listen",
                                 "127.0.0.1:" + std::to_string(server.port()), "--dev-tls", "--attack", attack},
        RunOptions{});
    const auto line = process_->first_line(std::chrono::seconds(30));
    INFO(line);
    REQUIRE(line.rfind("ready wss://127.0.0.1:", 0) == 0);
  }
  Ended stop() {
    process_->signal(SIGTERM);
    return process_->wait(std::chrono::seconds(10));
  }

 private:
  std::unique_ptr<Process> process_;
};

struct Meeting {
  Meeting() {
    server.start();
    host.init(server);
    club.emplace(host, std::vector<const Person*>{&member}, server);
  }
  Folder folder;
  Server server{folder};
  Person host{folder, "Aino"}, member{folder, "Matti"};
  std::optional<ClubOf> club;
};

}  // namespace

TEST_CASE("muistio names a server that leaves a record out, ends with 4, keeps the evidence and goes on with an honest one") {
  Meeting meeting;
  const auto& id = meeting.club->id;
  meeting.host.add_note(id, "Yksi", "ensimmäinen");
  meeting.host.ok({"sync"});
  const auto second = meeting.host.add_note(id, "Kaksi", "toinen");
  meeting.host.ok({"sync"});
  (void)meeting.server.stop();
  Evil evil(meeting.server, "drop-record");
  const auto own = meeting.member.add_note(id, "Oma", "oma");
  const auto report = meeting.member.json(4, {"sync"});
  CHECK(report["error"]["code"] == "log_fork");
  const auto status = meeting.member.json(0, {"status"})["spaces"][0];
  CHECK(status["trusted"] == false);
  CHECK(status["why"]["code"] == "log_fork");
  CHECK(status["evidence"].size() == 1);
  CHECK(status["evidence"][0]["held"].get<std::string>().size() == 64);
  CHECK(meeting.member.ok({"note", "show", own}) == "oma");
  const auto ended = evil.stop();
  CHECK(ended.status == 0);
  CHECK(ended.err.find("drop-record: changed 1 records") != std::string::npos);
  meeting.server.start();
  meeting.member.ok({"sync"});
  CHECK(meeting.member.ok({"note", "show", second}) == "toinen");
  CHECK(meeting.member.json(0, {"status"})["spaces"][0]["trusted"] == true);
}

TEST_CASE("muistio puts the end of the log back into a server that lost it, and a host reopens the club") {
  Meeting meeting;
  const auto& id = meeting.club->id;
  for (const char* title : {"Yksi", "Kaksi", "Kolme"}) {
    meeting.host.add_note(id, title, title);
    meeting.host.ok({"sync"});
  }
  (void)meeting.server.stop();
  Evil evil(meeting.server, "roll-back");
  meeting.host.must(4, {"sync"});
  CHECK(meeting.host.json(0, {"status"})["spaces"][0]["read_only"] == true);
  const auto word = meeting.host.line({"seal", "reopen", id});
  CHECK(word.rfind("muistio-reopen:", 0) == 0);
  meeting.host.ok({"sync"});
  meeting.member.ok({"sync"});
  CHECK(meeting.member.json(0, {"note", "list", id})["items"].size() == 3);
  CHECK(evil.stop().status == 0);
}

TEST_CASE("muistio shows and checks meeting seals") {
  Meeting meeting;
  const auto& id = meeting.club->id;
  const auto seal = meeting.host.line({"seal", "show", id});
  CHECK(seal.rfind("muistio-seal:", 0) == 0);
  CHECK(meeting.member.json(0, {"seal", "check", id, seal})["verdict"] == "agreed");
  meeting.host.add_note(id, "Yksi", "ensimmäinen");
  meeting.host.ok({"sync"});
  const auto newer = meeting.host.line({"seal", "show", id});
  const auto answer = meeting.member.json(0, {"seal", "check", id, newer});
  CHECK(answer["verdict"] == "pinned");
  CHECK(answer["ahead"] == 1);
  meeting.member.ok({"sync"});
  CHECK(meeting.member.json(0, {"seal", "check", id, newer})["verdict"] == "agreed");
  meeting.member.must(1, {"seal", "check", id, "muistio-seal:AAAA"});
  meeting.member.must(1, {"seal", "reopen", id});  // no host
}

TEST_CASE("muistio speaks neither TLS 1.2 nor an older protocol, and sends nothing that way") {
  Meeting meeting;
  meeting.member.add_note(meeting.club->id, "Yksi", "salainen");
  (void)meeting.server.stop();
  {
    Evil evil(meeting.server, "weak-tls");
    const auto status = meeting.member.json(4, {"sync"});
    CHECK(status["error"]["code"] == "untrusted_server");
    const auto ended = evil.stop();
    CHECK(ended.status == 0);
    CHECK(ended.err.find("changed 1 records, 0 bytes") != std::string::npos);
  }
  {
    Evil evil(meeting.server, "old-version");
    const auto ended_sync = meeting.member.run({"sync", "--json"});
    CHECK(ended_sync.status != 0);
    CHECK(ended_sync.out.find("unsupported_version") != std::string::npos);
    CHECK(evil.stop().status == 0);
  }
  meeting.server.start();
  meeting.member.ok({"sync"});
}

TEST_CASE("muistio takes no attachment that the server cut short, exchanged or reordered") {
  const std::string attack = GENERATE("truncate-attachment", "swap-attachments", "reorder-chunks");
  Meeting meeting;
  const auto& id = meeting.club->id;
  std::string text(200'000, 'x');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>('a' + i / 1000 % 26);
  const auto one = meeting.host.line({"material", "add", id, write_all(meeting.folder / "one", text).string()});
  std::reverse(text.begin(), text.end());  // another file of the same length: the same one would go up once
  meeting.host.line({"material", "add", id, write_all(meeting.folder / "two", text).string()});
  meeting.host.ok({"sync"});
  (void)meeting.server.stop();
  {
    Evil evil(meeting.server, attack);
    meeting.member.must(3, {"sync"});
    const auto out = meeting.folder / "out";
    meeting.member.must(3, {"material", "get", one, "--out", out.string()});
    CHECK(!std::filesystem::exists(out));
    CHECK(evil.stop().status == 0);
  }
}

TEST_CASE("A lie that nobody was told is reported as a failure of the attack, whatever the attack") {
  Folder folder;
  Server server(folder);
  server.start();
  (void)server.stop();
  std::istringstream list(run({program("muistio-evil"), "list"}).out);
  std::size_t attacks = 0;
  for (std::string line; std::getline(list, line); ++attacks) {
    const auto name = line.substr(0, line.find('\t'));
    INFO(name);
    Evil evil(server, name);
    const auto ended = evil.stop();
    CHECK(ended.status == (name == "none" ? 0 : 5));
    CHECK(ended.err.find(name + ": changed 0 records, 0 bytes") != std::string::npos);
  }
  CHECK(attacks > 25);
}

TEST_CASE("Who is alone in a club is told no lie by a server that forks, delays or claims, and it says so") {
  Folder folder;
  Server server(folder);
  server.start();
  Person host(folder, "Aino");
  host.init(server);
  const ClubOf club(host, {}, server);
  (void)server.stop();
  for (const std::string attack : {"fork-members", "delay-record", "claim-removed", "claim-added"}) {
    INFO(attack);
    Evil evil(server, attack);
    host.add_note(club.id, attack, "yksin");
    host.ok({"sync"});
    CHECK(evil.stop().status == 5);
  }
}
