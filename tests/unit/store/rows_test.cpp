#include "store_fixture.hpp"

namespace muistio::store::test {

TEST_CASE("A value put in a transaction is read back, replaced and erased") {
  const Folder folder;
  auto store = open_good(options_for(folder / "s.db"));
  CHECK_FALSE(text_at(store, Table::meta, "a"));
  good(put_one(store, Table::meta, "a", "one"));
  CHECK(text_at(store, Table::meta, "a") == "one");
  good(put_one(store, Table::meta, "a", "two"));
  CHECK(text_at(store, Table::meta, "a") == "two");
  CHECK(good(store.contains(Table::meta, as_bytes("a"))));
  auto tx = good(store.begin());
  good(tx.erase(Table::meta, as_bytes("a")));
  good(tx.erase(Table::meta, as_bytes("never there")));
  good(tx.commit());
  CHECK_FALSE(text_at(store, Table::meta, "a"));
}

TEST_CASE("Equal keys in two tables are two rows") {
  const Folder folder;
  auto store = open_good(options_for(folder / "s.db"));
  good(put_one(store, Table::meta, "k", "in meta"));
  good(put_one(store, Table::reserved, "k", "in reserved"));
  CHECK(text_at(store, Table::meta, "k") == "in meta");
  CHECK(text_at(store, Table::reserved, "k") == "in reserved");
  CHECK(keys_of(store, Table::meta, "") == "k");
}

TEST_CASE("Empty keys, empty values and every byte value are kept as they are") {
  const Folder folder;
  auto store = open_good(options_for(folder / "s.db"));
  Bytes all_bytes(256);
  for (std::size_t i = 0; i < all_bytes.size(); ++i) all_bytes[i] = static_cast<std::uint8_t>(i);
  auto tx = good(store.begin());
  good(tx.put(Table::meta, {}, {}));
  good(tx.put(Table::meta, all_bytes, all_bytes));
  good(tx.put(Table::meta, Bytes{0xff, 0xff}, Bytes{0xff}));
  good(tx.commit());
  CHECK(good(store.get(Table::meta, {})) == Bytes{});
  CHECK(good(store.get(Table::meta, all_bytes)) == all_bytes);
  CHECK(good(store.all(Table::meta, Bytes{0xff})) == std::vector<Row>{{Bytes{0xff, 0xff}, Bytes{0xff}}});
  CHECK(good(store.count(Table::meta)) == 3);
}

TEST_CASE("A scan visits a prefix in the order of bytes, from a place, up or down, until it is told to stop") {
  const Folder folder;
  auto store = open_good(options_for(folder / "s.db"));
  auto tx = good(store.begin());
  for (const auto* key : {"b2", "a", "b1", "b", "b3", "c", "b10"}) good(tx.put(Table::change, as_bytes(key), as_bytes("v")));
  good(tx.commit());
  CHECK(keys_of(store, Table::change, "") == "a b b1 b10 b2 b3 c");
  CHECK(keys_of(store, Table::change, "b") == "b b1 b10 b2 b3");
  CHECK(keys_of(store, Table::change, "b", "b15") == "b2 b3");
  CHECK(keys_of(store, Table::change, "b", "a") == "b b1 b10 b2 b3");
  CHECK(keys_of(store, Table::change, "b", "", Order::descending) == "b3 b2 b10 b1 b");
  CHECK(keys_of(store, Table::change, "b", "b15", Order::descending) == "b10 b1 b");
  CHECK(keys_of(store, Table::change, "b", "z", Order::descending) == "b3 b2 b10 b1 b");
  CHECK(keys_of(store, Table::change, "b", "b10", Order::descending) == "b10 b1 b");
  CHECK(keys_of(store, Table::record, "") == "");
  CHECK(as_text(good(store.last(Table::change, as_bytes("b1")))->key) == "b10");
  CHECK_FALSE(good(store.last(Table::change, as_bytes("x"))));
  int visited = 0;
  good(store.scan(Table::change, {}, {}, [&visited](BytesView, BytesView) { return ++visited < 3; }));
  CHECK(visited == 3);
}

TEST_CASE("A visitor may read other rows but not write") {
  const Folder folder;
  auto store = open_good(options_for(folder / "s.db"));
  good(put_one(store, Table::meta, "a", "1"));
  good(put_one(store, Table::meta, "b", "2"));
  auto tx = good(store.begin());
  std::string seen;
  good(tx.scan(Table::meta, {}, {}, [&](BytesView key, BytesView) {
    seen += *text_at(tx, Table::meta, as_text(key)) + keys_of(tx, Table::meta, "");
    const auto refused = tx.put(Table::meta, as_bytes("c"), {});
    CHECK_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::invalid_state);
    return true;
  }));
  CHECK(seen == "1a b2a b");
  good(tx.put(Table::meta, as_bytes("c"), {}));
  good(tx.commit());
}

TEST_CASE("Erasing a prefix removes what begins with it and nothing else") {
  const Folder folder;
  auto store = open_good(options_for(folder / "s.db"));
  for (const auto* key : {"a", "ab", "abc", "b"}) good(put_one(store, Table::batch, key, "v"));
  good(put_one(store, Table::chain, "ab", "v"));
  auto tx = good(store.begin());
  CHECK(good(tx.erase_prefix(Table::batch, as_bytes("ab"))) == 2);
  good(tx.commit());
  CHECK(keys_of(store, Table::batch, "") == "a b");
  CHECK(keys_of(store, Table::chain, "") == "ab");
}

TEST_CASE("Keys and values over the limits are refused and the transaction goes on") {
  const Folder folder;
  auto store = open_good(options_for(folder / "s.db"));
  auto tx = good(store.begin());
  CHECK(tx.put(Table::meta, Bytes(kKeyBytesMax + 1), {}).error().code == ErrorCode::too_large);
  CHECK(tx.put(Table::meta, as_bytes("k"), Bytes(kValueBytesMax + 1)).error().code == ErrorCode::too_large);
  CHECK(tx.get(Table::meta, Bytes(kKeyBytesMax + 1)).error().code == ErrorCode::too_large);
  good(tx.put(Table::meta, Bytes(kKeyBytesMax), as_bytes("kept")));
  good(tx.commit());
  CHECK(good(store.count(Table::meta)) == 1);
}

TEST_CASE("The index finds documents by any alternative of every group, title before body, and forgets what is erased") {
  const Folder folder;
  auto store = open_good(options_for(folder / "s.db"));
  auto tx = good(store.begin());
  good(tx.index_put(as_bytes("n1"), "budjetti", "kokous alku"));
  good(tx.index_put(as_bytes("n2"), "muistio", "budjetti kokous loppu"));
  good(tx.index_put(as_bytes("m1"), "muu", "budjetti"));
  good(tx.commit());
  const auto keys = [&store](const MatchQuery& match, std::string_view prefix = "") {
    std::string joined;
    for (const auto& hit : good(store.index_query(match.text(), as_bytes(prefix), 10)))
      joined += (joined.empty() ? "" : " ") + std::string(as_text(hit.document_key));
    return joined;
  };
  CHECK(keys(MatchQuery().all_of({{"budjetti"}}), "n") == "n1 n2");
  CHECK(keys(MatchQuery().all_of({{"budjetti"}}).all_of({{"loppu"}, {"puuttuu"}})) == "n2");
  CHECK(keys(MatchQuery().all_of({{"kok", true}}).all_of({{"alk", true}})) == "n1");
  CHECK(keys(MatchQuery().all_of({{"kok"}})) == "");
  auto again = good(store.begin());
  good(again.index_put(as_bytes("n1"), "uusi", "sisus"));
  good(again.index_erase(as_bytes("m1")));
  good(again.index_erase(as_bytes("never there")));
  good(again.commit());
  CHECK(keys(MatchQuery().all_of({{"budjetti"}})) == "n2");
  CHECK(keys(MatchQuery().all_of({{"sisus"}})) == "n1");
  good(store.check());
}

TEST_CASE("No term breaks out of a match, and what is no match is refused") {
  const Folder folder;
  auto store = open_good(options_for(folder / "s.db"));
  auto tx = good(store.begin());
  good(tx.index_put(as_bytes("n1"), "otsikko", "salaisuus near or and not"));
  good(tx.commit());
  for (const std::string& nasty :
       {std::string("\" OR \"salaisuus"), std::string("a\" OR body:salaisuus*"), std::string("*"), std::string("\""),
        std::string(1, '\0') + "\" OR salaisuus", std::string("title : x"), std::string("^salaisuus)")}) {
    const auto match = MatchQuery().all_of({{nasty}}).all_of({{"otsikko"}});
    const auto hits = store.index_query(match.text(), {}, 10);
    INFO(match.text());
    REQUIRE(hits);
    CHECK(hits->size() <= 1);
  }
  CHECK(good(store.index_query(MatchQuery().all_of({{"\" OR \"salaisuus"}}).text(), {}, 10)).empty());
  CHECK(good(store.index_query(MatchQuery().all_of({}).all_of({{""}}).text(), {}, 10)).empty());
  CHECK(store.index_query("\"unclosed", {}, 10).error().code == ErrorCode::invalid_argument);
  CHECK(store.index_query("nocolumn : x", {}, 10).error().code == ErrorCode::invalid_argument);
  CHECK(good(store.index_query(MatchQuery().all_of({{"near"}}).text(), {}, 10)).size() == 1);
}

}  // namespace muistio::store::test
