// bench-sync [--runs N] [--members N]: "after the meeting". Members with 20 offline notes of 1.5 KiB each and 5 edits each to one
// minutes note of 8 KiB all reconnect at once, each a process over TLS, until every replica is identical. Beside it, in the same
// run, the same bytes as rows of plain SQLite. Started with --member HOME it is one member, told by lines what to do.
#include <sqlite3.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "muistio/client.hpp"
#include "processes.hpp"
#include "prose.hpp"

namespace {

using namespace muistio;
using namespace muistio::bench;

constexpr int kNotes = 20;
constexpr int kEdits = 5;
constexpr std::size_t kNoteBytes = 1536;
constexpr std::size_t kMinutesBytes = 8192;
constexpr std::int64_t kPatienceMs = 120'000;

std::string marker(int member, int edit) { return "[" + std::to_string(member) + "." + std::to_string(edit) + "]"; }

template <class T>
T must(Result<T> result, const char* what) {
  if (!result) give_up(std::string(what) + ": " + result.error().message());
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

double own_cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// ---- one member
// ------------------------------------------------------------------------------------------------------------------

class MemberProcess {
 public:
  explicit MemberProcess(std::filesystem::path home)
      : client_(must(Client::open({.home = std::move(home), .passphrase = std::nullopt, .create = true}), "open")) {}

  int serve() {
    for (std::string line; std::getline(std::cin, line);) {
      std::istringstream words(line);
      std::string verb;
      words >> verb;
      if (verb == "end") return 0;
      std::cout << answer(verb, words) << std::endl;
    }
    return 0;
  }

 private:
  std::string answer(const std::string& verb, std::istringstream& words) {
    std::string one;
    if (verb == "init") {
      std::string server;
      std::string ca;
      words >> one >> server >> ca;
      must(client_.init(one, server, read_file(ca)).get(), "init");
      return "ok";
    }
    if (verb == "create") {
      int members = 0;
      words >> members;
      club_ = must(client_.create_club("Klubi", History::all).get(), "create");
      must(client_.add_note({.club = club_, .title = "Muistio", .text = prose(kMinutesBytes, 7)}).get(), "minutes");
      std::string links;
      for (int i = 0; i < members; ++i) links += must(client_.invite({.club = club_}).get(), "invite").link + " ";
      return links;
    }
    if (verb == "join") {
      words >> one;
      club_ = must(client_.join(one, "", "").get(), "join");
      return "ok";
    }
    if (verb == "sync") {
      sync_once();
      return "ok";
    }
    if (verb == "write") {
      int member = 0;
      words >> member;
      write_offline(member);
      return "ok";
    }
    if (verb == "meet") {
      int notes = 0;
      int edits = 0;
      words >> notes >> edits;
      return meet(notes, edits);
    }
    if (verb == "leave") return leave();
    if (verb == "digest") return digest();
    give_up("no such verb: " + verb);
  }

  void sync_once() {
    const auto report = must(client_.sync().get(), "sync");
    if (report.end == SyncEnd::stopped) give_up("trust stopped");
  }

  void write_offline(int member) {
    for (int i = 0; i < kNotes; ++i) {
      const auto seed = static_cast<std::uint64_t>(member * 1000 + i);
      must(client_.add_note({.club = club_, .title = "n" + std::to_string(seed), .text = prose(kNoteBytes, seed)}).get(), "note");
    }
    const auto minutes = minutes_id();
    for (int k = 0; k < kEdits; ++k) {
      auto shown = must(client_.show_note(minutes).get(), "show");
      auto at = static_cast<std::size_t>(member * 797 + k * 131) % 7000;
      while ((static_cast<unsigned char>(shown.text[at]) & 0xc0) == 0x80) ++at;
      shown.text.insert(at, marker(member, k) + " " + prose(110, static_cast<std::uint64_t>(member * 31 + k)));
      must(client_.edit_note({.note = minutes, .text = shown.text, .base = shown.version}).get(), "edit");
    }
  }

  DocumentId minutes_id() {
    for (const auto& note : must(client_.notes(club_).get(), "notes"))
      if (note.title == "Muistio") return note.id;
    give_up("the minutes are not here");
  }

  static int edits_in(const std::string& text, int members) {
    int held = 0;
    for (int m = 0; m < members; ++m)
      for (int k = 0; k < kEdits; ++k) held += text.find(marker(m, k)) != std::string::npos;
    return held;
  }

  /// Comes online and stays, as an app does, until everybody's notes and edits are here.
  std::string meet(int notes, int edits) {
    const double cpu = own_cpu_seconds();
    const auto minutes = minutes_id();
    std::mutex mutex;
    std::condition_variable came;
    bool is_whole = false;
    auto changed = client_.observe_note(minutes, [&](const std::optional<NoteText>& shown) {
      const std::lock_guard guard(mutex);
      is_whole = shown && edits_in(shown->text, edits / kEdits) == edits;
      came.notify_one();
    });
    must(client_.start_live().get(), "live");
    {
      std::unique_lock guard(mutex);
      if (!came.wait_for(guard, std::chrono::milliseconds(kPatienceMs), [&] { return is_whole; }))
        give_up("a member never came to hold everything");
    }
    const auto until = now_ms() + kPatienceMs;
    while (static_cast<int>(must(client_.notes(club_).get(), "notes").size()) - 1 < notes)
      if (now_ms() > until) give_up("a member never came to hold all notes");
    std::ostringstream line;
    line << now_ms() << ' ' << own_cpu_seconds() - cpu;
    changed = {};
    must(client_.clubs().get(), "clubs");  // no callback runs any more
    return line.str();
  }

  std::string leave() {
    const auto report = must(client_.stop_live().get(), "stop");
    return std::to_string(report.up_bytes) + " " + std::to_string(report.down_bytes);
  }

  /// A hash over all that is here; asked for when everybody is done, for reading is no part of the sync.
  std::string digest() {
    std::string everything;
    auto list = must(client_.notes(club_).get(), "notes");
    std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    for (const auto& note : list) everything += note.id.hex() + must(client_.show_note(note.id).get(), "show").text;
    return std::to_string(std::hash<std::string>{}(everything));
  }

  Client client_;
  SpaceId club_;
};

// ---- the meeting
// -----------------------------------------------------------------------------------------------------------------

struct Figures {
  double ms = 0, up_kib = 0, down_kib = 0, server_cpu_s = 0, server_peak_mib = 0, server_disk_kib = 0, client_disk_kib = 0,
         client_closed_kib = 0, member_cpu_ms = 0;
};

Figures run_once(const std::filesystem::path& bin, const std::filesystem::path& work, int members) {
  std::filesystem::remove_all(work);
  std::filesystem::create_directories(work);
  Child server({(bin / "muistiod").string(), "serve", "--data", (work / "server").string(), "--listen", "127.0.0.1:0", "--dev-tls"},
               work / "server.log");
  const auto ready = server.hear();
  const auto url = ready.substr(ready.find("wss://"));
  const auto ca = (work / "server/dev-ca.pem").string();
  const auto self = (bin / "bench-sync").string();
  Child founder({self, "--member", (work / "founder").string()}, work / "founder.log");
  founder.ask("init Founder " + url + " " + ca);
  std::istringstream links(founder.ask("create " + std::to_string(members)));
  founder.ask("sync");
  std::vector<Child> people;
  for (int m = 0; m < members; ++m) {
    auto& person = people.emplace_back(std::vector<std::string>{self, "--member", (work / ("m" + std::to_string(m))).string()},
                                       work / ("m" + std::to_string(m) + ".log"));
    std::string link;
    links >> link;
    person.ask("init M" + std::to_string(m) + " " + url + " " + ca);
    person.ask("join " + link);
    person.ask("sync");
  }
  for (int round = 0; round < 2; ++round) {
    founder.ask("sync");
    for (auto& person : people) person.ask("sync");
  }
  for (int m = 0; m < members; ++m) people[static_cast<std::size_t>(m)].ask("write " + std::to_string(m));

  const double cpu = cpu_seconds(server.pid());
  const auto started = now_ms();
  for (auto& person : people) person.say("meet " + std::to_string(kNotes * members) + " " + std::to_string(kEdits * members));
  Figures figures;
  std::string first_hash;
  std::int64_t last = started;
  for (auto& person : people) {
    std::istringstream said(person.hear());
    std::int64_t at = 0;
    double member_cpu = 0;
    said >> at >> member_cpu;
    last = std::max(last, at);
    figures.member_cpu_ms += member_cpu * 1000 / members;
  }
  const auto server_cpu_after = cpu_seconds(server.pid());
  for (auto& person : people) {
    std::istringstream moved(person.ask("leave"));
    double up = 0;
    double down = 0;
    moved >> up >> down;
    figures.up_kib += up / 1024;
    figures.down_kib += down / 1024;
    const auto hash = person.ask("digest");
    if (first_hash.empty()) first_hash = hash;
    if (hash != first_hash) give_up("two replicas differ");
  }
  figures.ms = static_cast<double>(last - started);
  figures.server_cpu_s = server_cpu_after - cpu;
  figures.server_peak_mib = static_cast<double>(peak_kib(server.pid())) / 1024;
  figures.client_disk_kib = static_cast<double>(bytes_below(work / "m0")) / 1024;
  people.front().say("end");
  for (const auto until = now_ms() + 5000; std::filesystem::exists(work / "m0/home.db-wal");)
    if (now_ms() > until) give_up("a member did not close its home");
  figures.client_closed_kib = static_cast<double>(bytes_below(work / "m0")) / 1024;
  if (server.stop() != 0) give_up("muistiod did not end well");
  figures.server_disk_kib = static_cast<double>(bytes_below(work / "server")) / 1024;
  return figures;
}

struct PlainFigures {
  double ms = 0, disk_kib = 0;
};

/// The same notes and edits as rows of plain SQLite in WAL, one durable transaction a member.
PlainFigures plain_rows(const std::filesystem::path& work, int members) {
  std::filesystem::create_directories(work);
  const auto file = work / "plain.db";
  sqlite3* db = nullptr;
  if (sqlite3_open(file.c_str(), &db) != SQLITE_OK) give_up("no plain database");
  const auto run = [&](const char* sql) {
    if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK) give_up("plain SQLite refused");
  };
  run("pragma page_size=16384; pragma journal_mode=wal; pragma synchronous=full; create table note(id integer primary key, text "
      "blob)");
  std::vector<std::string> rows;
  for (int m = 0; m < members; ++m) {
    for (int i = 0; i < kNotes; ++i) rows.push_back(prose(kNoteBytes, static_cast<std::uint64_t>(m * 1000 + i)));
    for (int k = 0; k < kEdits; ++k) rows.push_back(marker(m, k) + " " + prose(110, static_cast<std::uint64_t>(m * 31 + k)));
  }
  const auto started = now_ms();
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(db, "insert into note(text) values(?)", -1, &insert, nullptr);
  const std::size_t each = rows.size() / static_cast<std::size_t>(members);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i % each == 0) run("begin immediate");
    sqlite3_bind_blob(insert, 1, rows[i].data(), static_cast<int>(rows[i].size()), SQLITE_STATIC);
    if (sqlite3_step(insert) != SQLITE_DONE) give_up("plain SQLite refused a row");
    sqlite3_reset(insert);
    if (i % each == each - 1) run("commit");
  }
  const auto took = static_cast<double>(now_ms() - started);
  sqlite3_finalize(insert);
  sqlite3_close(db);
  return {took, static_cast<double>(bytes_below(work)) / 1024};
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

template <class T>
double median_of(const std::vector<T>& runs, double T::*figure) {
  std::vector<double> values;
  for (const auto& run : runs) values.push_back(run.*figure);
  return median(std::move(values));
}

}  // namespace

int main(int argc, char** argv) {
  int runs = 3;
  int members = 10;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    if (option == "--member") return MemberProcess(argv[i + 1]).serve();
    if (option == "--runs") runs = std::atoi(argv[i + 1]);
    if (option == "--members") members = std::atoi(argv[i + 1]);
  }
  if (runs < 1 || members < 1) give_up("usage: bench-sync [--runs N] [--members N]");
  const auto bin = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  const auto work = std::filesystem::temp_directory_path() / ("muistio-bench-" + std::to_string(getpid()));
  std::vector<Figures> ours;
  std::vector<PlainFigures> plain;
  for (int run = 0; run < runs; ++run) {
    ours.push_back(run_once(bin, work, members));
    std::filesystem::remove_all(work);
    plain.push_back(plain_rows(work, members));
    std::filesystem::remove_all(work);
    std::printf("run %d: %.0f ms, identical replicas\n", run + 1, ours.back().ms);
    std::fflush(stdout);
  }
  std::printf(
      "\n%d members x (%d notes of %zu B + %d edits of one %zu B note), all reconnecting at once over TLS 1.3; medians of %d "
      "runs\n",
      members, kNotes, kNoteBytes, kEdits, kMinutesBytes, runs);
  std::printf("  until all replicas are identical  %8.0f ms\n", median_of(ours, &Figures::ms));
  std::printf("  on the wire, up / down            %8.0f / %.0f KiB\n", median_of(ours, &Figures::up_kib),
              median_of(ours, &Figures::down_kib));
  std::printf("  CPU of one member                 %8.0f ms\n", median_of(ours, &Figures::member_cpu_ms));
  std::printf("  server CPU, peak memory           %8.2f s, %.0f MiB\n", median_of(ours, &Figures::server_cpu_s),
              median_of(ours, &Figures::server_peak_mib));
  std::printf("  stored at the server              %8.0f KiB\n", median_of(ours, &Figures::server_disk_kib));
  std::printf("  stored by a member, open / closed %8.0f / %.0f KiB\n", median_of(ours, &Figures::client_disk_kib),
              median_of(ours, &Figures::client_closed_kib));
  std::printf("the same bytes as rows of plain SQLite, a durable transaction a member\n");
  std::printf("  written                           %8.0f ms\n", median_of(plain, &PlainFigures::ms));
  std::printf("  stored                            %8.0f KiB\n", median_of(plain, &PlainFigures::disk_kib));
  std::printf("ratios: time %.1f, server's disk %.2f\n",
              median_of(ours, &Figures::ms) / std::max(1.0, median_of(plain, &PlainFigures::ms)),
              median_of(ours, &Figures::server_disk_kib) / median_of(plain, &PlainFigures::disk_kib));
  return 0;
}
