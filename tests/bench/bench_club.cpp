// bench-club: a year of a club of 12: 8 meetings with agenda, answers and attendance, 2,000 notes, 300 files' metadata, polls,
// action points, questions, a pact signed by all. Made by 12 clients over a real server; then one member's home is opened anew
// before each listing and view: the first call after opening. Files in the system's folder for temporary ones.
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "muistio/client/meetings.hpp"
#include "muistio/crypto/initialise.hpp"
#include "muistio/crypto/random.hpp"
#include "muistio/home/meetings.hpp"
#include "processes.hpp"
#include "prose.hpp"

namespace {

using namespace muistio;
using namespace muistio::bench;

constexpr int kMembers = 12, kMeetings = 8, kNotes = 2000, kFiles = 300, kRounds = 7;
constexpr std::size_t kNoteBytes = 1536;

template <class T>
T must(Result<T> result, const char* what) {
  if (!result) give_up(std::string(what) + ": " + result.error().message());
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

struct Took {
  double wall = 0, cpu = 0;
};

double cpu_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// The members' clients, with what they write in a year.
class Year {
 public:
  Year(std::filesystem::path work, const std::string& url, const std::string& ca) : work_(std::move(work)) {
    for (int m = 0; m < kMembers; ++m) clients_.push_back(must(Client::open({.home = home(m), .create = true}), "open"));
    for (int m = 0; m < kMembers; ++m)
      must(clients_[static_cast<std::size_t>(m)].init("Jäsen " + std::to_string(m), url, ca).get(), "init");
    club_ = must(host().create_club("Verkkokauppiasklubi").get(), "club");
    sync(host());
    for (std::size_t m = 1; m < kMembers; ++m) {
      const auto link = must(host().invite({.club = club_}).get(), "invite").link;
      must(clients_[m].join(link, "", "").get(), "join");
      for (auto* each : {&clients_[m], &host(), &clients_[m]}) sync(*each);
    }
    sync_all();
  }
  void live() {
    const auto members = must(host().members(club_).get(), "members");
    home::NewSeason season;
    season.name = "Kausi";
    season.starts = "2026-01-13T18:00";
    season.zone = "Europe/Helsinki";
    season.meetings = kMeetings;
    for (const auto& member : members) season.turns.push_back({member.id, "Varasto"});
    must(host().meetings().plan_season(club_, season).get(), "plan");
    const auto pact = must(host().meetings().set_pact(club_, prose(2000, 1)).get(), "pact");
    sync_all();
    const auto meetings = must(host().meetings().meetings(club_).get(), "meetings");
    for (std::size_t m = 0; m < kMembers; ++m) {
      auto& client = clients_[m];
      auto part = client.meetings();
      must(part.sign_pact(pact).get(), "sign");
      for (const auto& meeting : meetings) must(part.answer(meeting.id, m % 5 == 4 ? "no" : "yes").get(), "answer");
      for (int i = 0; i < kNotes / kMembers + (static_cast<int>(m) < kNotes % kMembers ? 1 : 0); ++i) {
        const auto seed = static_cast<std::uint64_t>(m) * 1000 + static_cast<std::uint64_t>(i);
        const auto note =
            must(client.add_note({.club = club_, .title = "Muistiinpano " + std::to_string(seed), .text = prose(kNoteBytes, seed)})
                     .get(),
                 "note");
        if (i % 10 == 0)
          must(part.link_note(note, {meetings[static_cast<std::size_t>(i) % kMeetings].id, {}, {}, "varasto"}).get(), "link");
      }
      for (int i = 0; i < kFiles / kMembers; ++i) {
        const auto file = work_ / ("kalvot-" + std::to_string(m) + "-" + std::to_string(i) + ".pdf");
        std::ofstream(file) << prose(200, m * 100 + static_cast<std::uint64_t>(i));
        must(client.add_material(club_, file).get(), "material");
      }
      const auto question = must(part.ask(club_, "Kysymys " + std::to_string(m), prose(200, m)).get(), "ask");
      must(part.answer_question(question, prose(200, m + 50)).get(), "answer");
      for (int i = 0; i < 4; ++i)
        must(
            part.add_action(club_, {"Tehtävä " + std::to_string(i), members[m].id, "2026-09-01", meetings[m % kMeetings].id}).get(),
            "action");
    }
    auto part = host().meetings();
    for (const auto& meeting : meetings) {
      for (int i = 0; i < 5; ++i) {
        const auto item = must(part.add_agenda_item(meeting.id, {i == 4 ? "case" : "item", "Aihe " + std::to_string(i), 15,
                                                                 members[static_cast<std::size_t>(i)].id})
                                   .get(),
                               "item");
        home::AgendaEdit edit;
        edit.summary = prose(400, static_cast<std::uint64_t>(i));
        must(part.edit_agenda_item(item, edit).get(), "item");
      }
      for (std::size_t m = 0; m < kMembers; ++m)
        must(part.mark_attendance(meeting.id, members[m].id, m % 5 == 4 ? "absent" : "present").get(), "attendance");
      const auto poll = must(
          part.add_poll(club_, "Milloin?", {"2026-02-01T18:00", "2026-02-02T18:00", "2026-02-03T18:00"}, "Europe/Helsinki", 120)
              .get(),
          "poll");
      polls_.push_back(poll);
    }
    sync_all();
    for (auto& client : clients_)
      for (const auto& poll : polls_) must(client.meetings().answer_poll(poll, {"yes", "maybe", "no"}).get(), "vote");
    sync_all();
    meeting_ = meetings[kMeetings / 2].id;
  }
  [[nodiscard]] std::filesystem::path home(int m) const { return work_ / ("home-" + std::to_string(m)); }
  [[nodiscard]] SpaceId club() const { return club_; }
  [[nodiscard]] DocumentId meeting() const { return meeting_; }
  [[nodiscard]] DocumentId poll() const { return polls_.front(); }
  void close() { clients_.clear(); }

 private:
  Client& host() { return clients_.front(); }
  static void sync(Client& client) {
    const auto report = must(client.sync({.material = false}).get(), "sync");
    if (report.end == SyncEnd::stopped) give_up("trust stopped");
  }
  void sync_all() {
    for (int round = 0; round < 2; ++round)
      for (auto& client : clients_) sync(client);
  }

  std::filesystem::path work_;
  std::vector<Client> clients_;
  SpaceId club_;
  DocumentId meeting_;
  std::vector<DocumentId> polls_;
};

/// One member's home, opened anew before each call.
class Views {
 public:
  Views(std::filesystem::path folder, const Year& year)
      : folder_(std::move(folder)), club_(year.club()), meeting_(year.meeting()), poll_(year.poll()) {}
  void run() {
    open();
    const auto notes = must(home_->notes(club_), "notes").size();
    const auto material = must(home_->material(club_), "material").size();
    std::printf("%d members, %zu notes, %zu files, %zu meetings\n", kMembers, notes, material,
                must(home_->meetings().meetings(club_), "meetings").size());
    if (notes < kNotes || material != kFiles) give_up("something is missing");
    std::vector<double> wall, cpu;
    for (int i = 0; i < kRounds; ++i) {
      const auto took = timed([this] { open(); });
      wall.push_back(took.wall);
      cpu.push_back(took.cpu);
    }
    say("open the home", {median(wall), median(cpu)});
    using home::Home;
    const std::pair<const char*, std::function<bool(Home&)>> views[] = {
        {"notes", [&](Home& home) { return home.notes(club_).has_value(); }},
        {"material", [&](Home& home) { return home.material(club_).has_value(); }},
        {"members", [&](Home& home) { return home.members(club_).has_value(); }},
        {"seasons", [&](Home& home) { return home.meetings().seasons(club_).has_value(); }},
        {"meetings", [&](Home& home) { return home.meetings().meetings(club_).has_value(); }},
        {"one meeting", [&](Home& home) { return home.meetings().meeting(meeting_).has_value(); }},
        {"pacts", [&](Home& home) { return home.meetings().pacts(club_).has_value(); }},
        {"polls", [&](Home& home) { return home.meetings().polls(club_).has_value(); }},
        {"one poll", [&](Home& home) { return home.meetings().poll(poll_).has_value(); }},
        {"action points", [&](Home& home) { return home.meetings().actions(club_).has_value(); }},
        {"questions", [&](Home& home) { return home.meetings().questions(club_).has_value(); }},
        {"reminders", [&](Home& home) { return home.meetings().reminders(WallMs(0), WallMs(INT64_MAX)).has_value(); }},
        {"calendar", [&](Home& home) { return home.meetings().calendar(club_, {}).has_value(); }},
        {"catch-up of the whole year", [&](Home& home) { return home.meetings().catch_up(club_).has_value(); }},
        {"mirror", [&](Home& home) { return home.meetings().contributions(club_).has_value(); }},
        {"own page", [&](Home& home) { return home.meetings().own_page(club_).has_value(); }},
        {"turn list", [&](Home& home) { return home.meetings().turns(meeting_).has_value(); }},
    };
    for (const auto& [name, view] : views) {
      wall.clear();
      cpu.clear();
      for (int i = 0; i < kRounds; ++i) {
        open();
        const auto took = timed([&, &show = view] {
          if (!show(*home_)) give_up(std::string(name) + " failed");
        });
        wall.push_back(took.wall);
        cpu.push_back(took.cpu);
      }
      say(name, {median(wall), median(cpu)});
    }
  }

 private:
  static Took timed(const std::function<void()>& work) {
    const auto started = std::chrono::steady_clock::now();
    const double cpu = cpu_ms();
    work();
    return {std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started).count(), cpu_ms() - cpu};
  }
  static void say(const char* what, Took took) { std::printf("  %-32s %8.2f ms %8.2f ms CPU\n", what, took.wall, took.cpu); }
  void open() {
    home_.reset();
    home::HomeOptions options;
    options.folder = folder_;
    options.create = false;
    std::ifstream key(folder_ / "device.key");
    std::string hex;
    key >> hex;
    options.key = must(Secret<32>::from_bytes(must(from_hex(hex), "key")), "key");
    home_ = must(home::Home::open(std::move(options), clock_, random_), "open");
  }

  std::filesystem::path folder_;
  SpaceId club_;
  DocumentId meeting_, poll_;
  SystemClock clock_;
  crypto::SystemRandom random_;
  std::unique_ptr<home::Home> home_;
};

}  // namespace

int main(int, char** argv) {
  crypto::initialise();
  const auto work = std::filesystem::temp_directory_path() / ("muistio-bench-club-" + std::to_string(::getpid()));
  std::filesystem::remove_all(work);
  std::filesystem::create_directories(work);
  {
    const auto muistiod = std::filesystem::path(argv[0]).parent_path() / "muistiod";
    Child server({muistiod.string(), "serve", "--data", (work / "server").string(), "--listen", "127.0.0.1:0", "--dev-tls"},
                 work / "server.log");
    const auto ready = server.hear();
    std::ifstream ca(work / "server" / "dev-ca.pem");
    const std::string pem((std::istreambuf_iterator<char>(ca)), std::istreambuf_iterator<char>());
    Year year(work, ready.substr(ready.find("wss://")), pem);
    year.live();
    year.close();
    Views(year.home(3), year).run();
  }
  std::filesystem::remove_all(work);
}
