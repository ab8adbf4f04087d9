// Secrets of MLS that a step used up are in no store any more: not in a row, nor on a page that holds none, nor in the log.
//
// Every secret that the key schedule, HPKE or a key pair yields is written down while a club lives. After each step each home's
// rows are read through its store; what is in them is live. Then every page of its two files is opened, and none may hold another
// one.
#include <algorithm>
#include <map>
#include <set>

#include "memory_scan.hpp"
#include "secret_book.hpp"
#include "store_pages.hpp"
#include "support.hpp"

using namespace muistio;
using namespace muistio::sync;
using namespace muistio::sync::test;
using muistio::test::open_pages;
using muistio::test::secret_book;
using muistio::test::SecretBook;
using muistio::test::SecretHunt;

namespace {
constexpr auto kLastTable = static_cast<std::uint8_t>(store::Table::offer);

class Writing {
 public:
  Writing() { secret_book = &book; }
  ~Writing() { secret_book = nullptr; }
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;
  SecretBook book;
};

std::size_t count_of(std::string_view label, const SecretBook& book) {
  const auto& secrets = book.secrets();
  return static_cast<std::size_t>(
      std::count_if(secrets.begin(), secrets.end(), [label](const auto& secret) { return secret.label == label; }));
}

bool is_of_mls(const std::string& label) { return label != "?"; }

/// What of the book is in the home's rows, by number.
std::set<std::size_t> live_in(Home& home, const SecretHunt& hunt) {
  std::set<std::size_t> live;
  for (std::uint8_t table = 1; table <= kLastTable; ++table) {
    const auto rows = home.store->all(static_cast<store::Table>(table)).value();
    for (const auto& row : rows)
      for (const auto& name : hunt.in(row.value)) live.insert(std::stoul(name));
  }
  return live;
}

/// Scans the pages of a home; returns how often each label is live in its rows.
std::map<std::string, int> scan(Home& home, const SecretBook& book) {
  const auto& secrets = book.secrets();
  SecretHunt all;
  for (std::size_t i = 0; i < secrets.size(); ++i)
    if (is_of_mls(secrets[i].label)) all.add_masked(std::to_string(i), secrets[i].masked);
  const auto live = live_in(home, all);
  const auto pages = open_pages(home.disk.contents("home").value(), home.disk.contents("home-wal").value_or(Bytes()), Secret<32>());
  REQUIRE(pages.unreadable == 0);
  std::string left;
  std::set<std::size_t> seen;
  const auto look = [&](const std::vector<Bytes>& among, const char* where) {
    for (const auto& page : among)
      for (const auto& name : all.in(page)) {
        const auto number = std::stoul(name);
        seen.insert(number);
        if (!live.contains(number)) left += secrets[number].label + " in the " + where + "; ";
      }
  };
  look(pages.database, "database");
  look(pages.log, "log");
  CHECK(left == "");
  std::map<std::string, int> labels;
  for (auto number : live) ++labels[secrets[number].label];
  // That the scan sees: all but what runs over from one page to the next is found on a page too.
  CHECK(seen.size() * 10 >= live.size() * 9);
  return labels;
}

void scan_all(Club& club, const SecretBook& book, const std::string& step) {
  INFO("after: " << step << ", of " << book.secrets().size() << " secrets");
  for (std::size_t i = 0; i < club.homes.size(); ++i) {
    INFO("home " << i);
    auto labels = scan(*club.homes[i], book);
    for (const auto* label : {"joiner", "welcome", "epoch", "confirm", "path", "node", "key", "nonce"})
      CHECK(labels["MLS 1.0 " + std::string(label)] == 0);
    for (const auto* label : {"shared_secret", "key", "base_nonce", "exp"}) CHECK(labels["HPKE " + std::string(label)] == 0);
    // One space, and no commit under way.
    for (const auto* label : {"init", "membership", "external", "sender data"}) CHECK(labels["MLS 1.0 " + std::string(label)] <= 1);
  }
}
}  // namespace

TEST_CASE("After each step of a club's life no page of a store holds an MLS secret that was used up") {
  Writing writing;
  const auto& book = writing.book;
  Club club(0);
  scan_all(club, book, "creating");
  club.line.sync({&club.host()});
  scan_all(club, book, "registering");

  auto& second = club.add();
  scan_all(club, book, "admitting and joining");
  auto& third = club.add();
  club.sync_all();
  scan_all(club, book, "processing an admission");

  REQUIRE(second.write(club.space, 1, "kokous"));
  club.sync_all();
  scan_all(club, book, "writing");

  // A key older than its time is renewed with the next thing sent.
  club.clock.now += 40ULL * 24 * 3600 * 1000;
  REQUIRE(second.write(club.space, 1, " jatkuu"));
  const auto before = count_of("MLS 1.0 path", book);
  club.line.sync({&second});
  CHECK(count_of("MLS 1.0 path", book) > before);
  scan_all(club, book, "committing an update");
  club.sync_all();
  scan_all(club, book, "processing an update");

  REQUIRE(club.host().engine->set_role(club.space, third.engine->own_member(), Role::host));
  club.line.sync({&club.host()});
  scan_all(club, book, "committing a charter");
  club.sync_all();
  scan_all(club, book, "processing a charter");

  REQUIRE(club.host().engine->remove_member(club.space, third.engine->own_member()));
  club.line.sync({&club.host()});
  scan_all(club, book, "removing");
  club.sync_all();
  scan_all(club, book, "processing a removal, and being removed");

  auto& fourth = club.add();
  club.sync_all();
  std::map<std::string, Bytes> backup;
  fourth.stop();
  for (const auto& file : fourth.disk.files()) backup[file] = fourth.disk.contents(file).value();
  REQUIRE(fourth.start().has_value());
  REQUIRE(fourth.write(club.space, 2, "lähetetty"));
  club.sync_all();
  fourth.stop();
  for (const auto& [file, bytes] : backup) fourth.disk.set_contents(file, bytes);
  REQUIRE(fourth.start().has_value());
  REQUIRE(fourth.write(club.space, 2, "palautettu"));
  club.line.sync({&fourth});
  club.line.sync({&club.host()});
  club.sync_all();
  club.sync_all();
  CHECK(fourth.engine->space(club.space)->phase == Phase::open);
  scan_all(club, book, "joining again after a backup was put back");

  REQUIRE(second.engine->leave(club.space));
  club.line.sync({&second});
  scan_all(club, book, "proposing to leave");
  club.sync_all();
  club.sync_all();
  scan_all(club, book, "leaving");
  const auto members = club.host().engine->members(club.space);
  REQUIRE(members.has_value());
  CHECK(members->size() == 2);
}
