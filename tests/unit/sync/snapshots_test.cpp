// Snapshots: a new device shows notes before it has read the log, and the log has the last word.
#include "../../../core/sync/src/rows.hpp"
#include "format_examples.hpp"
#include "muistio/replica/snapshot.hpp"
#include "support.hpp"

using namespace muistio;
using namespace muistio::sync;
using namespace muistio::sync::test;

namespace {

constexpr std::uint8_t kNotes = 12;

/// Text that deflate makes little smaller.
std::string long_text(std::uint8_t note) {
  CountingRandom random(note);
  Bytes bytes(120'000);
  random.fill(bytes);
  std::string text = "note " + std::to_string(note) + " ";
  for (const auto byte : bytes) text += static_cast<char>('0' + byte % 64);
  return text;
}

/// What lies at a server beside the log: bytes by what names them.
struct Vault {
  std::map<Bytes, Bytes> held;
  std::vector<Bytes> replaced;
  std::uint8_t last = 0;
};

/// A club whose devices move snapshots.
struct Fixture {
  ManualClock clock;
  TestServer server{clock};
  Line line{server};
  Vault vault;
  std::vector<std::unique_ptr<Home>> homes;
  SpaceId space;

  explicit Fixture(HistoryPolicy history = HistoryPolicy::all) {
    crypto::initialise();
    add_home();
    space = host().engine->create_space(SpaceKind::club, history).value();
  }
  Home& host() { return *homes.front(); }
  Home& add_home() {
    homes.push_back(std::make_unique<Home>(clock, homes.size() + 1));
    restart(*homes.back());
    return *homes.back();
  }
  /// Opens a home again, as one that moves snapshots.
  void restart(Home& home) {
    line.disconnect(home);
    home.stop();
    REQUIRE(home.start());
    Hooks hooks;
    hooks.summarise = [](const replica::Document&) { return Bytes{1}; };
    hooks.moves_snapshots = true;
    hooks.snapshot_replaced = [this](store::Transaction&, SpaceId, BytesView descriptor) {
      vault.replaced.push_back(to_bytes(descriptor));
      return ok();
    };
    home.engine.reset();
    home.engine = Engine::open(*home.store, clock, home.random, std::move(hooks)).value();
  }
  void write_notes() {
    for (std::uint8_t note = 1; note <= kNotes; ++note) REQUIRE(host().write(space, note, long_text(note)));
  }
  /// The host syncs, and lays what is due into the vault; `lie` may change the bytes. How many were due.
  std::size_t lay(const std::function<Bytes(const Engine::MadeSnapshot&)>& lie = {}) {
    host().all_events.clear();
    line.connect(host());
    line.run();
    const auto due = host().events<SnapshotDue>();
    for (const auto& each : due) {
      const auto made = host().engine->make_snapshot(each.space, each.era);
      REQUIRE(made);
      const Bytes descriptor{0xde, ++vault.last};
      vault.held[descriptor] = lie ? lie(*made) : made->bytes;
      REQUIRE(host().engine->announce_snapshot(each.space, *made, descriptor));
    }
    line.run();
    line.disconnect(host());
    return due.size();
  }
  /// A new home that was let in and waits to read the log; connected.
  Home& admit() {
    auto& phone = add_home();
    auto invited = host().engine->invite(space, {.server = "club.example", .space_name = "Klubi", .inviter_name = "Aino"});
    REQUIRE(phone.engine->join(invited->link, "Matti"));
    line.sync({&phone});
    line.sync({&host()});
    line.connect(phone);
    while (phase(phone) == Phase::joining && phone.events<SnapshotOffered>().empty()) line.run(1);
    return phone;
  }
  Phase phase(Home& home) { return home.engine->space(space)->phase; }
  bool is_unverified(Home& home) { return home.engine->space(space)->unverified; }
  void read_on(Home& home) {
    while (home.engine->has_work()) home.engine->go_on();
    line.run();
  }
  void check_notes(Home& home) {
    for (std::uint8_t note = 1; note <= kNotes; ++note) CHECK((home.text(space, note) == long_text(note)));
  }
};

}  // namespace

TEST_CASE("a new device shows a snapshot before it has read the log, and then what the log says") {
  Fixture club;
  club.write_notes();
  REQUIRE(club.lay() == 1);
  CHECK(club.lay() == 0);  // nothing came since
  REQUIRE(club.host().write(club.space, 1, " and after the snapshot"));
  CHECK(club.lay() == 0);
  auto& phone = club.admit();
  const auto offered = phone.events<SnapshotOffered>();
  REQUIRE(offered.size() == 1);
  CHECK(club.phase(phone) == Phase::catching_up);
  CHECK(phone.text(club.space, 1).empty());
  CHECK_FALSE(club.is_unverified(phone));
  REQUIRE(phone.engine->take_snapshot(club.space, offered[0].era, club.vault.held.at(offered[0].descriptor)));
  CHECK(club.is_unverified(phone));
  CHECK(club.phase(phone) == Phase::catching_up);
  club.check_notes(phone);
  // What is written here meanwhile is shown beside it, and goes out when the log is read.
  REQUIRE(phone.write(club.space, 50, "mine"));
  CHECK(phone.text(club.space, 50) == "mine");
  club.check_notes(phone);
  REQUIRE(phone.engine->has_work());
  club.read_on(phone);
  CHECK(club.phase(phone) == Phase::open);
  CHECK_FALSE(club.is_unverified(phone));
  const auto checked = phone.events<SnapshotChecked>();
  REQUIRE(checked.size() == 1);
  CHECK(checked[0].agrees);
  CHECK(checked[0].maker == club.host().engine->own_member());
  CHECK((phone.text(club.space, 1) == long_text(1) + " and after the snapshot"));
  CHECK((phone.text(club.space, 2) == long_text(2)));
  club.line.disconnect(phone);
  club.line.sync({&club.host()});
  CHECK(club.host().text(club.space, 50) == "mine");
}

TEST_CASE("a snapshot that says something else than the log is noticed, its maker is named, and the log's is shown") {
  Fixture club;
  club.write_notes();
  const auto lie = [](const Engine::MadeSnapshot& made) {
    auto snapshot = replica::Snapshot::decode(unpack_snapshot(made.bytes).value()).value();
    auto forged = replica::Document::decode(snapshot.documents.at(note_id(3))).value();
    replica::MemoryShelf shelf;
    auto replica = replica::Replica::open(shelf).value();
    replica::Author nobody;
    nobody.device.mutable_array()[0] = 9;
    REQUIRE(replica.edit(nobody, WallMs(1), replica::permit_all(), [](replica::ChangeBuilder& builder) -> Status {
      MUISTIO_CHECK(builder.create(note_id(3), kNote));
      return builder.append_text(note_id(3), kBody, "never written");
    }));
    snapshot.documents[note_id(3)] = replica.document(note_id(3)).value()->encode();
    return pack_snapshot(snapshot.encode()).value();
  };
  REQUIRE(club.lay(lie) == 1);
  auto& phone = club.admit();
  const auto offered = phone.events<SnapshotOffered>();
  REQUIRE(offered.size() == 1);
  REQUIRE(phone.engine->take_snapshot(club.space, offered[0].era, club.vault.held.at(offered[0].descriptor)));
  CHECK(phone.text(club.space, 3) == "never written");
  CHECK(club.is_unverified(phone));
  club.read_on(phone);
  const auto checked = phone.events<SnapshotChecked>();
  REQUIRE(checked.size() == 1);
  CHECK_FALSE(checked[0].agrees);
  CHECK(checked[0].maker == club.host().engine->own_member());
  CHECK(checked[0].device == club.host().engine->own_device());
  CHECK(club.phase(phone) == Phase::open);
  club.check_notes(phone);
}

TEST_CASE("without the bytes, or with bytes that are none, the log is read as ever") {
  Fixture club;
  club.write_notes();
  REQUIRE(club.lay() == 1);
  auto& phone = club.admit();
  const auto offered = phone.events<SnapshotOffered>();
  REQUIRE(offered.size() == 1);
  SECTION("refused") { phone.engine->refuse_snapshot(club.space, offered[0].era); }
  SECTION("broken") {
    auto bytes = club.vault.held.at(offered[0].descriptor);
    bytes.resize(bytes.size() / 2);
    CHECK_FALSE(phone.engine->take_snapshot(club.space, offered[0].era, bytes));
  }
  SECTION("never answered") { club.line.run(25); }
  club.line.run();
  CHECK(club.phase(phone) == Phase::open);
  CHECK_FALSE(phone.engine->has_work());
  CHECK(phone.events<SnapshotChecked>().empty());
  club.check_notes(phone);
}

TEST_CASE("after something was taken back there is a new snapshot without it, and the bytes of the one before go") {
  Fixture club;
  club.write_notes();
  REQUIRE(club.lay() == 1);
  const auto first = club.vault.held.begin()->first;
  REQUIRE(club.host().engine->edit(club.space, [](replica::ChangeBuilder& builder) { return builder.take_back(note_id(4)); }));
  REQUIRE(club.lay() == 1);
  CHECK(club.vault.replaced == std::vector<Bytes>{first});
  CHECK(club.lay() == 0);
  auto& phone = club.admit();
  const auto offered = phone.events<SnapshotOffered>();
  REQUIRE(offered.size() == 1);
  CHECK(offered[0].descriptor != first);
  REQUIRE(phone.engine->take_snapshot(club.space, offered[0].era, club.vault.held.at(offered[0].descriptor)));
  CHECK(phone.text(club.space, 4).empty());
  CHECK((phone.text(club.space, 5) == long_text(5)));
  club.read_on(phone);
  REQUIRE(phone.events<SnapshotChecked>().size() == 1);
  CHECK(phone.events<SnapshotChecked>()[0].agrees);
  CHECK(phone.text(club.space, 4).empty());
}

TEST_CASE("what is taken back after the newest snapshot is gone when the log is read") {
  Fixture club;
  club.write_notes();
  REQUIRE(club.lay() == 1);
  REQUIRE(club.host().engine->edit(club.space, [](replica::ChangeBuilder& builder) { return builder.take_back(note_id(4)); }));
  club.line.sync({&club.host()});  // and no newer snapshot is laid
  auto& phone = club.admit();
  const auto offered = phone.events<SnapshotOffered>();
  REQUIRE(offered.size() == 1);
  REQUIRE(phone.engine->take_snapshot(club.space, offered[0].era, club.vault.held.at(offered[0].descriptor)));
  club.read_on(phone);
  CHECK(phone.text(club.space, 4).empty());
  CHECK(phone.events<SnapshotChecked>()[0].agrees);
}

TEST_CASE("who may not read what was before is offered no snapshot of it") {
  Fixture club(HistoryPolicy::joining);
  club.write_notes();
  REQUIRE(club.lay() == 1);
  auto& phone = club.admit();
  club.line.run();
  CHECK(phone.events<SnapshotOffered>().empty());
  CHECK(club.phase(phone) == Phase::open);
  CHECK(phone.text(club.space, 1).empty());
}

TEST_CASE("a power cut while a snapshot is shown leaves a device that reads the log") {
  for (int parts = 0; parts < 3; ++parts) {
    INFO("after " << parts << " parts");
    Fixture club;
    club.write_notes();
    REQUIRE(club.lay() == 1);
    auto& phone = club.admit();
    const auto offered = phone.events<SnapshotOffered>();
    REQUIRE(offered.size() == 1);
    REQUIRE(phone.engine->take_snapshot(club.space, offered[0].era, club.vault.held.at(offered[0].descriptor)));
    for (int i = 0; i < parts; ++i) phone.engine->go_on();
    club.line.disconnect(phone);
    phone.power_cut();
    club.restart(phone);
    club.line.connect(phone);
    club.line.run(30);
    CHECK(club.phase(phone) == Phase::open);
    CHECK_FALSE(club.is_unverified(phone));
    club.check_notes(phone);
  }
}

TEST_CASE("the rows and the notice of a snapshot read back, and their examples hold") {
  SnapshotRow row{{Seq(7), {}}, Bytes{1, 2}, 300, 4, true};
  const auto back = decode_snapshot_row(encode_snapshot_row(row));
  REQUIRE(back);
  CHECK(back->place == row.place);
  CHECK(back->descriptor == row.descriptor);
  CHECK(back->bytes_since == 300);
  CHECK(back->records_since == 4);
  CHECK(back->outdated);
  const auto notice = encode_notice({{Seq(7), {}}, Bytes{0xde, 1}});
  CHECK(to_hex(notice) == to_hex(muistio::test::format_example("sync-snapshot-notice")));
  for (std::size_t size = 0; size < notice.size(); ++size) CHECK_FALSE(decode_notice(BytesView(notice).first(size)));
  CHECK(decode_notice(encode_notice({{Seq(7), {}}, Bytes(513)})).error().code == ErrorCode::too_large);
  const Bytes plain(300'000, 7);
  const auto packed = pack_snapshot(plain).value();
  CHECK(packed.size() < 2'000);
  CHECK(unpack_snapshot(packed).value() == plain);
  for (std::size_t size = 0; size < packed.size(); ++size) CHECK_FALSE(unpack_snapshot(BytesView(packed).first(size)));
  auto bomb = packed;
  bomb[1] ^= 1;  // another size than the pieces have
  CHECK_FALSE(unpack_snapshot(bomb));
}
