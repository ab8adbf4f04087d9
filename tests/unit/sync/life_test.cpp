// The whole life of a small club on one disk that stops: founding, joining, writing at once, a new host, a season, a removal. After
// each stop the power is cut, the home opens and holds all that was acknowledged, and the club goes on to the end of its life. With
// MUISTIO_TEST_ALL set: every stop point; without it some forty of each disk.
#include <cstdlib>
#include <map>

#include "support.hpp"

using namespace muistio;
using namespace muistio::sync;
using namespace muistio::sync::test;

namespace {

enum class Subject { host, member };

struct Tally {
  std::uint64_t lives = 0, stops = 0, acknowledged = 0, undecided = 0;
};

class Life {
 public:
  Life(Subject subject, Tally& tally) : subject_(subject == Subject::host ? host_ : anna_), tally_(tally) {}

  /// Lives on, with a disk that stops at the `stop`th point (0: never).
  void live(std::uint64_t stop, store::StopKind kind, store::CrashKind crash) {
    kind_ = kind;
    crash_ = crash;
    if (stop > 0) subject_.disk.stop_at(stop, kind);
    attempt([this] { found(); });
    attempt([this] { admit(anna_); });
    attempt([this] {
      write(host_, 1);
      write(anna_, 1);
      sync({&host_, &anna_});
    });
    attempt([this] { admit(bea_); });
    attempt([this] {
      for (auto* home : {&host_, &anna_, &bea_}) write(*home, 2);
      sync({&anna_, &bea_});
      write(anna_, 2);
      sync({&host_, &anna_, &bea_});
    });
    attempt([this] {
      if (const auto member = member_of(anna_)) static_cast<void>(host_.engine->set_role(space_, *member, Role::host));
      sync({&host_, &anna_});
    });
    attempt([this] {
      static_cast<void>(host_.engine->begin_era(space_));
      write(anna_, 3);
      sync({&host_, &anna_, &bea_});
    });
    attempt([this] {
      if (const auto member = member_of(bea_)) static_cast<void>(host_.engine->remove_member(space_, *member));
      write(anna_, 1);
      sync({&host_, &anna_});
    });
    attempt([this] {
      for (int i = 0; i < 4; ++i) write(subject_, 4);
      sync({&host_, &anna_});
    });
    subject_.disk.resume();
    for (int i = 0; i < 3; ++i) sync({&host_, &anna_});
    check_end();
    ++tally_.lives;
  }
  [[nodiscard]] std::uint64_t stop_points() const { return subject_.disk.stop_points(); }

 private:
  /// Does a step of the life; if the disk stopped meanwhile, the home comes back and the step is done again.
  template <class Step>
  void attempt(Step step) {
    step();
    if (!subject_.disk.stopped()) return;
    ++tally_.stops;
    for (auto* home : {&host_, &anna_, &bea_}) line_.disconnect(*home);
    if (kind_ == store::StopKind::full) {
      subject_.disk.resume();
      subject_.stop();
      REQUIRE(subject_.start().has_value());
    } else {
      subject_.power_cut(crash_);
    }
    check_held();
    step();
  }
  void check_held() {
    REQUIRE(subject_.store->check().has_value());
    for (const auto& [note, texts] : acknowledged_[&subject_])
      for (const auto& text : texts) REQUIRE(subject_.text(space_, note).find(text) != std::string::npos);
  }
  void check_end() {
    for (auto* home : {&host_, &anna_}) {
      const auto summary = home->engine->space(space_);
      REQUIRE(summary.has_value());
      CHECK(summary->phase == Phase::open);
      CHECK(summary->trusted);
      CHECK(summary->unsent == 0);
    }
    const auto members = host_.engine->members(space_);
    REQUIRE(members.has_value());
    CHECK(members->size() == 2);
    for (std::uint8_t note = 1; note <= 4; ++note) {
      const auto text = host_.text(space_, note);
      CHECK(text == anna_.text(space_, note));
      for (const auto& [home, notes] : acknowledged_) {
        const auto written = notes.find(note);
        if (written == notes.end()) continue;
        for (const auto& each : written->second) {
          const auto at = text.find(each);
          REQUIRE(at != std::string::npos);
          CHECK(text.find(each, at + 1) == std::string::npos);
        }
      }
    }
  }

  void write(Home& home, std::uint8_t note) {
    const auto text = "<" + std::to_string(++written_) + std::string(200, 'x') + ">";
    if (home.write(space_, note, text)) {
      acknowledged_[&home][note].push_back(text);
      ++tally_.acknowledged;
    } else {
      ++tally_.undecided;
    }
  }
  void sync(std::initializer_list<Home*> homes) { line_.sync(homes, 4); }
  void found() {
    if (space_ != SpaceId{}) return write(host_, 1);
    auto made = host_.engine->create_space(SpaceKind::club, HistoryPolicy::season);
    if (!made) return;
    space_ = *made;
    write(host_, 1);
  }
  /// Until the newcomer is in, or a disk stopped.
  void admit(Home& home) {
    for (int round = 0; round < 3 && !subject_.disk.stopped(); ++round) {
      const auto summary = home.engine->space(space_);
      if (summary && summary->phase == Phase::open) return;
      if (!summary) {
        auto invited = host_.engine->invite(space_, {.server = "club.example", .space_name = "Klubi", .inviter_name = "Aino"});
        if (!invited || !home.engine->join(invited->link, "Matti")) continue;
      }
      sync({&host_, &home});
    }
  }
  std::optional<MemberId> member_of(Home& home) {
    const auto members = host_.engine->members(space_);
    if (!members) return std::nullopt;
    for (const auto& each : *members)
      if (each.member == home.engine->own_member()) return each.member;
    return std::nullopt;
  }

  ManualClock clock_;
  TestServer server_{clock_};
  Line line_{server_};
  Home host_{clock_, 1}, anna_{clock_, 2}, bea_{clock_, 3};
  Home& subject_;
  Tally& tally_;
  SpaceId space_;
  store::StopKind kind_ = store::StopKind::fail;
  store::CrashKind crash_ = store::CrashKind::drop_unsynced;
  std::map<Home*, std::map<std::uint8_t, std::vector<std::string>>> acknowledged_;
  int written_ = 0;
};

/// Every life with one stop, at each `step`th point.
void stop_everywhere(Subject subject, store::StopKind kind) {
  crypto::initialise();
  std::uint64_t points = 0;
  {
    Tally unstopped;
    Life life(subject, unstopped);
    life.live(0, kind, store::CrashKind::drop_unsynced);
    points = life.stop_points();
    REQUIRE(unstopped.stops == 0);
    REQUIRE(unstopped.acknowledged == 13);
  }
  const std::uint64_t step = std::getenv("MUISTIO_TEST_ALL") != nullptr ? 1 : std::max<std::uint64_t>(1, points / 40);
  Tally tally;
  for (std::uint64_t stop = 1; stop <= points; stop += step) {
    for (const auto crash : {store::CrashKind::drop_unsynced, store::CrashKind::keep_some, store::CrashKind::keep_all}) {
      // Each kind of crash at every point in the whole run, in turn otherwise.
      if (step > 1 && static_cast<std::uint64_t>(crash) != stop / step % 3) continue;
      if (kind == store::StopKind::full && crash != store::CrashKind::keep_all && step == 1) continue;
      INFO("the disk stops at point " << stop << " of " << points << ", crash " << static_cast<int>(crash));
      Life life(subject, tally);
      life.live(stop, kind, crash);
    }
  }
  std::printf(
      "a club's life, %s disk %s: %llu stop points, %llu lives, %llu stopped, %llu acknowledged writes held, %llu refused\n",
      subject == Subject::host ? "the host's" : "a member's", kind == store::StopKind::full ? "full" : "stopped",
      static_cast<unsigned long long>(points), static_cast<unsigned long long>(tally.lives),
      static_cast<unsigned long long>(tally.stops), static_cast<unsigned long long>(tally.acknowledged),
      static_cast<unsigned long long>(tally.undecided));
  CHECK(points > 150);
  CHECK(tally.lives >= 40);
  CHECK(tally.stops * 10 >= tally.lives * 8);
  CHECK(tally.acknowledged >= tally.lives * 12);
}

}  // namespace

TEST_CASE("A club lives through a power cut at any write of its host's disk, and nothing acknowledged is lost") {
  stop_everywhere(Subject::host, store::StopKind::fail);
}

TEST_CASE("A club lives through a power cut at any write of a member's disk, and nothing acknowledged is lost") {
  stop_everywhere(Subject::member, store::StopKind::fail);
}

TEST_CASE("A club lives through a full disk at any write of its host, and nothing acknowledged is lost") {
  stop_everywhere(Subject::host, store::StopKind::full);
}
