// bench-store [NOTES …]: a home with so many notes of 1.5 KiB (5,000 and 50,000 if none is given): writing them, opening the home,
// listing, opening one, saving a keystroke, searching; and the bytes on the disk beside plain SQLite with the same notes. Files in
// the system's folder for temporary ones, in the operating system's cache after the first reading.
#include <sqlite3.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "muistio/crypto/initialise.hpp"
#include "muistio/crypto/random.hpp"
#include "muistio/home/home.hpp"
#include "processes.hpp"
#include "prose.hpp"

namespace {

using namespace muistio;
using namespace muistio::bench;

constexpr std::size_t kNoteBytes = 1536;
constexpr int kRounds = 7;
constexpr int kKeystrokes = 300;

template <class T>
T must(Result<T> result, const char* what) {
  if (!result) give_up(std::string(what) + ": " + result.error().message());
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

/// Milliseconds on the wall, and of the processor: where something else keeps it busy, these say more.
struct Took {
  double wall = 0;
  double cpu = 0;
};

double cpu_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

Took took_by(const std::function<void()>& work) {
  const auto started = std::chrono::steady_clock::now();
  const double cpu = cpu_ms();
  work();
  return {std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started).count(), cpu_ms() - cpu};
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

Took median_of(int rounds, const std::function<void(int)>& work) {
  std::vector<double> wall, cpu;
  for (int i = 0; i < rounds; ++i) {
    const auto took = took_by([&] { work(i); });
    wall.push_back(took.wall);
    cpu.push_back(took.cpu);
  }
  return {median(std::move(wall)), median(std::move(cpu))};
}

void say(const char* what, Took took) { std::printf("  %-46s %10.2f ms %10.2f ms CPU\n", what, took.wall, took.cpu); }

std::uint64_t bytes_in(const std::filesystem::path& folder) {
  std::uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) bytes += entry.file_size();
  return bytes;
}

std::string title_of(std::size_t number) { return "Muistio " + std::to_string(number); }

/// What each note costs without us: one table, and with SQLite's own index of the words as they stand.
std::uint64_t plain_bytes(const std::filesystem::path& folder, std::size_t notes, bool with_index) {
  std::filesystem::create_directories(folder);
  sqlite3* db = nullptr;
  const auto run = [&db](const char* sql) {
    if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK) give_up(std::string("plain SQLite: ") + sqlite3_errmsg(db));
  };
  if (sqlite3_open((folder / "plain.db").c_str(), &db) != SQLITE_OK) give_up("plain SQLite does not open");
  run("pragma page_size=8192; pragma journal_mode=wal; create table note(id blob primary key, title text, body text)");
  if (with_index) run("create virtual table words using fts5(title, body, content='')");
  run("begin");
  sqlite3_stmt* insert = nullptr;
  sqlite3_stmt* index = nullptr;
  sqlite3_prepare_v2(db, "insert into note values(randomblob(16), ?1, ?2)", -1, &insert, nullptr);
  if (with_index) sqlite3_prepare_v2(db, "insert into words(rowid, title, body) values(?3, ?1, ?2)", -1, &index, nullptr);
  for (std::size_t i = 0; i < notes; ++i) {
    const auto title = title_of(i), body = prose(kNoteBytes, i);
    for (auto* each : {insert, index}) {
      if (each == nullptr) continue;
      sqlite3_bind_text(each, 1, title.data(), static_cast<int>(title.size()), SQLITE_TRANSIENT);
      sqlite3_bind_text(each, 2, body.data(), static_cast<int>(body.size()), SQLITE_TRANSIENT);
      if (each == index) sqlite3_bind_int64(each, 3, static_cast<sqlite3_int64>(i + 1));
      if (sqlite3_step(each) != SQLITE_DONE) give_up("plain SQLite does not take a note");
      sqlite3_reset(each);
    }
  }
  sqlite3_finalize(insert);
  sqlite3_finalize(index);
  run("commit");
  run("pragma wal_checkpoint(truncate)");
  sqlite3_close(db);
  return bytes_in(folder);
}

class Bench {
 public:
  Bench(std::filesystem::path work, std::size_t notes) : work_(std::move(work)), notes_(notes) {}

  void run() {
    write();
    const auto bytes_written = bytes_in(work_ / "home");
    home_.reset();
    say("open the home", median_of(kRounds, [this](int) {
          home_.reset();
          this->open();
        }));
    say("list all notes", median_of(kRounds, [this](int) {
          if (must(home_->notes(club_), "notes").size() != notes_) give_up("notes are missing");
        }));
    say("open one note", median_of(kKeystrokes, [this](int i) { must(home_->note(some(i), false), "note"); }));
    say("save a keystroke, in the same note",
        median_of(kKeystrokes, [this](int) { must(home_->append_note(some(0), "x"), "append"); }));
    say("save a keystroke, in one note after another",
        median_of(kKeystrokes, [this](int i) { must(home_->append_note(some(i), "x"), "append"); }));
    search();
    const auto bytes_indexed = bytes_in(work_ / "home");
    const auto plain = plain_bytes(work_ / "plain", notes_, false), indexed = plain_bytes(work_ / "plain-indexed", notes_, true);
    std::printf(
        "on the disk: %.1f MB before and %.1f MB after indexing; plain SQLite with the same notes %.1f MB, with an index of the "
        "words as they stand %.1f MB\n",
        mb(bytes_written), mb(bytes_indexed), mb(plain), mb(indexed));
  }

 private:
  static double mb(std::uint64_t bytes) { return static_cast<double>(bytes) / 1e6; }
  [[nodiscard]] DocumentId some(int i) const { return ids_[static_cast<std::size_t>(i) * 7919 % ids_.size()]; }

  void open() {
    home::HomeOptions options;
    options.folder = work_ / "home";
    options.key.expose_mutable()[0] = 1;
    home_ = must(home::Home::open(std::move(options), clock_, random_), "open");
  }
  void write() {
    open();
    must(home_->init("Anna", "", ""), "init");
    club_ = must(home_->create_club("Klubi"), "club");
    std::printf("%zu notes of %zu B\n", notes_, kNoteBytes);
    const auto took = took_by([this] {
      for (std::size_t i = 0; i < notes_; ++i)
        ids_.push_back(must(home_->add_note(club_, title_of(i), prose(kNoteBytes, i), false), "add"));
    });
    say("write one, durable (mean)", a_note(took));
  }
  void search() {
    const auto index = took_by([this] {
      while (must(home_->index_some(256), "index")) {
      }
    });
    say("index one for search, once (mean)", a_note(index));
    say("search a word of all and a number in a title", median_of(kRounds, [this](int) {
          if (must(home_->search("muistio 4321"), "search").empty()) give_up("the search found nothing");
        }));
    say("search an inflected word of nearly all", median_of(kRounds, [this](int) {
          if (must(home_->search("tapaamisessa"), "search").empty()) give_up("the search found nothing");
        }));
  }
  [[nodiscard]] Took a_note(Took took) const {
    return {took.wall / static_cast<double>(notes_), took.cpu / static_cast<double>(notes_)};
  }

  std::filesystem::path work_;
  std::size_t notes_;
  SystemClock clock_;
  crypto::SystemRandom random_;
  std::unique_ptr<home::Home> home_;
  SpaceId club_;
  std::vector<DocumentId> ids_;
};

}  // namespace

int main(int argc, char** argv) {
  crypto::initialise();
  std::vector<std::size_t> sizes;
  for (int i = 1; i < argc; ++i) sizes.push_back(std::stoul(argv[i]));
  if (sizes.empty()) sizes = {5000, 50'000};
  for (const auto notes : sizes) {
    const auto work = std::filesystem::temp_directory_path() / ("muistio-bench-store-" + std::to_string(::getpid()));
    std::filesystem::remove_all(work);
    std::filesystem::create_directories(work);
    Bench(work, notes).run();
    std::filesystem::remove_all(work);
  }
}
