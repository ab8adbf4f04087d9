// What is committed for later: whole at once, durable in order.
#include "store_fixture.hpp"

namespace muistio::store::test {
namespace {

Status put_later(Store& store, std::string_view key, std::string_view value) {
  MUISTIO_TRY(auto tx, store.begin(Durability::later));
  MUISTIO_CHECK(tx.put(Table::meta, as_bytes(key), as_bytes(value)));
  return tx.commit();
}

}  // namespace

TEST_CASE("What was committed for later is there at once, and a power cut takes it back whole") {
  FaultDisk disk("later");
  {
    auto store = open_good(options_on(disk));
    good(put_one(store, Table::meta, "first", "durable"));
    good(put_later(store, "second", "later"));
    CHECK(text_at(store, Table::meta, "second") == "later");
    disk.crash(CrashKind::drop_unsynced);
  }
  auto store = open_good(options_on(disk));
  CHECK(text_at(store, Table::meta, "first") == "durable");
  CHECK_FALSE(text_at(store, Table::meta, "second"));
  good(store.check());
}

TEST_CASE("An ordinary commit makes durable what was committed for later before it, even if it changes nothing") {
  for (const bool changes : {true, false}) {
    FaultDisk disk(changes ? "later-changes" : "later-repeats");
    {
      auto store = open_good(options_on(disk));
      good(put_later(store, "early", "later"));
      good(put_one(store, Table::meta, changes ? "other" : "early", "later"));
      disk.crash(CrashKind::drop_unsynced);
    }
    auto store = open_good(options_on(disk));
    CHECK(text_at(store, Table::meta, "early") == "later");
  }
}

TEST_CASE("make_durable makes durable what was committed for later, and syncs only then") {
  FaultDisk disk("made-durable");
  {
    auto store = open_good(options_on(disk));
    good(put_one(store, Table::meta, "first", "durable"));
    const auto before = disk.counts().syncs;
    for (int i = 0; i < 10; ++i) good(put_later(store, "key" + std::to_string(i), "later"));
    CHECK(disk.counts().syncs == before);
    good(store.make_durable());
    CHECK(disk.counts().syncs == before + 1);
    good(store.make_durable());
    CHECK(disk.counts().syncs == before + 1);
    disk.crash(CrashKind::drop_unsynced);
  }
  auto store = open_good(options_on(disk));
  for (int i = 0; i < 10; ++i) CHECK(text_at(store, Table::meta, "key" + std::to_string(i)) == "later");
}

TEST_CASE("A power cut leaves a beginning of what was committed for later, never a later one without those before") {
  std::size_t cut_short = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    FaultDisk disk("order-" + std::to_string(seed));
    {
      auto store = open_good(options_on(disk));
      good(put_one(store, Table::meta, "number", "0"));
      for (int i = 1; i <= 12; ++i) {
        good(put_later(store, "number", std::to_string(i)));
        good(put_later(store, "key" + std::to_string(i), std::string(900, 'x')));
      }
      disk.crash(CrashKind::keep_some, seed);
    }
    auto store = open_good(options_on(disk));
    good(store.check());
    const int last = std::stoi(text_at(store, Table::meta, "number").value());
    for (int i = 1; i <= 12; ++i) {
      const bool is_here = text_at(store, Table::meta, "key" + std::to_string(i)).has_value();
      if (i != last) CHECK(is_here == (i < last));
    }
    cut_short += last < 12 ? 1 : 0;
  }
  CHECK(cut_short > 10);
}

}  // namespace muistio::store::test
