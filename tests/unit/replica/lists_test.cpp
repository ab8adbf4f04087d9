// Lists: elements inserted, moved and erased by several at once.
#include <algorithm>
#include <numeric>

#include "muistio/base/reader.hpp"
#include "muistio/replica/payload.hpp"
#include "peer.hpp"

using namespace muistio;
using namespace muistio::replica;
using namespace muistio::test;

namespace {
const DocumentId kMeeting = id_of<DocumentId>(0x11);

std::string order_of(const Document& document) {
  std::string order;
  for (const auto& element : document.list(kAgenda)) order += std::string(as_text(element.value));
  return order;
}
std::string order_of(Peer& peer) { return order_of(*peer.document(kMeeting)); }
Tag element_of(Peer& peer, std::size_t position) { return peer.document(kMeeting)->list(kAgenda).at(position).id; }

std::function<Status(ChangeBuilder&)> insert(std::size_t position, const std::string& letters) {
  return [position, letters](ChangeBuilder& builder) -> Status {
    for (std::size_t i = 0; i < letters.size(); ++i)
      MUISTIO_CHECK(builder.list_insert(kMeeting, kAgenda, position + i, as_bytes(letters.substr(i, 1))));
    return ok();
  };
}
std::function<Status(ChangeBuilder&)> move(const Tag& element, std::size_t position) {
  return [=](ChangeBuilder& builder) { return builder.list_move(kMeeting, kAgenda, element, position); };
}
std::function<Status(ChangeBuilder&)> erase(const Tag& element) {
  return [=](ChangeBuilder& builder) { return builder.list_erase(kMeeting, kAgenda, element); };
}

/// Anna and Bert, who hold the same list.
struct Two {
  Peer anna{1}, bert{2};
  explicit Two(const std::string& letters) {
    const auto first = anna.edit(insert(0, letters));
    anna.in_log(first);
    bert.take(first, anna.author);
  }
  void exchange(const Change& by_anna, const Change& by_bert) {
    anna.in_log(by_anna);
    bert.in_log(by_bert);
    anna.take(by_bert, bert.author);
    bert.take(by_anna, anna.author);
    CHECK(anna.shows(kMeeting) == bert.shows(kMeeting));
  }
};
}  // namespace

TEST_CASE("elements stand where they are put, go where they are moved, and are gone when erased") {
  Two club("bd");
  club.anna.edit(insert(0, "a"));
  club.anna.edit(insert(2, "c"));
  club.anna.edit(insert(4, "e"));
  CHECK(order_of(club.anna) == "abcde");
  for (std::size_t from = 0; from < 5; ++from) {
    for (std::size_t to = 0; to < 5; ++to) {
      auto expected = order_of(club.anna);
      const auto letter = expected[from];
      expected.erase(from, 1);
      expected.insert(to, 1, letter);
      const auto made = club.anna.held.edit(club.anna.author, WallMs(1), club.anna.judge, move(element_of(club.anna, from), to));
      REQUIRE(made);
      CHECK(made->has_value() == (from != to));
      CHECK(order_of(club.anna) == expected);
    }
  }
  const auto gone = element_of(club.anna, 2);
  auto expected = order_of(club.anna);
  expected.erase(2, 1);
  club.anna.edit(erase(gone));
  CHECK(order_of(club.anna) == expected);
  for (const auto& idle : {erase(gone), move(gone, 0)})
    CHECK_FALSE(club.anna.held.edit(club.anna.author, WallMs(1), club.anna.judge, idle)->has_value());
  CHECK(club.anna.held.edit(club.anna.author, WallMs(1), club.anna.judge, insert(5, "x")).error().code ==
        ErrorCode::position_out_of_range);
  CHECK(club.anna.held.edit(club.anna.author, WallMs(1), club.anna.judge, move(element_of(club.anna, 0), 4)).error().code ==
        ErrorCode::position_out_of_range);
  const auto too_long = club.anna.held.edit(club.anna.author, WallMs(1), club.anna.judge, [](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(builder.list_insert(kMeeting, kAgenda, 0, Bytes(kListValueBytesMax + 1)));
    return ok();
  });
  CHECK(too_long.error().code == ErrorCode::too_large);
  CHECK(order_of(club.anna) == expected);
}

TEST_CASE("an element that two move at once ends at one place, the later move's") {
  Two club("abcd");
  const auto element = element_of(club.anna, 1);
  club.exchange(club.anna.edit(move(element, 0)), club.bert.edit(move(element, 3)));
  CHECK(order_of(club.anna) == "acdb");  // equal clocks: the greater device
  club.bert.take(club.anna.edit(move(element, 0)), club.anna.author);
  CHECK(order_of(club.bert) == "bacd");
}

TEST_CASE("an element that one erases while another moves it is gone, and what is put beside its new place stays") {
  Two club("abc");
  const auto element = element_of(club.anna, 0);
  const auto erased = club.anna.edit(erase(element));
  const auto moved = club.bert.edit([&](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(builder.list_move(kMeeting, kAgenda, element, 2));
    return insert(3, "x")(builder);
  });
  club.exchange(erased, moved);
  CHECK(order_of(club.anna) == "bcx");
}

TEST_CASE("what two insert at one place does not mix, forwards or backwards") {
  SECTION("forwards") {
    Two club("<>");
    club.exchange(club.anna.edit(insert(1, "abc")), club.bert.edit(insert(1, "xyz")));
    CHECK(order_of(club.anna) == "<abcxyz>");
  }
  SECTION("backwards") {
    Two club("<>");
    const auto backwards = [](const std::string& letters) {
      return [letters](ChangeBuilder& builder) -> Status {
        for (const auto letter : letters) MUISTIO_CHECK(insert(1, std::string(1, letter))(builder));
        return ok();
      };
    };
    club.exchange(club.anna.edit(backwards("abc")), club.bert.edit(backwards("xyz")));
    CHECK(order_of(club.anna) == "<cbazyx>");
  }
}

TEST_CASE("every element not erased is there exactly once, in one order, whatever arrives in which order") {
  std::mt19937 random(7);
  const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
  for (int round = 0; round < 60; ++round) {
    INFO("round " << round);
    std::vector<std::unique_ptr<Peer>> peers;
    for (std::uint8_t i = 1; i <= 3; ++i) peers.push_back(std::make_unique<Peer>(i));
    struct Sent {
      Change change;
      Author author;
    };
    std::vector<Sent> sent;
    std::set<Tag> inserted, erased;
    for (int step = 0; step < 40; ++step) {
      auto& peer = *peers[below(3)];
      const auto document = peer.document(kMeeting);
      const auto held = document == nullptr ? std::vector<ListElement>() : document->list(kAgenda);
      const auto what = held.empty() ? 0 : below(6);
      const auto made = peer.held.edit(peer.author, WallMs(1), peer.judge, [&](ChangeBuilder& builder) -> Status {
        if (what < 3) {
          MUISTIO_TRY(const auto tag, builder.list_insert(kMeeting, kAgenda, below(held.size() + 1), as_bytes("v")));
          inserted.insert(tag);
          return ok();
        }
        const auto element = held[below(held.size())].id;
        if (what < 5) return builder.list_move(kMeeting, kAgenda, element, below(held.size()));
        erased.insert(element);
        return builder.list_erase(kMeeting, kAgenda, element);
      });
      REQUIRE(made);
      if (made->has_value()) {
        peer.in_log(**made);
        sent.push_back({**made, peer.author});
      }
      // Some of it arrives, in any order that its past allows.
      for (int deliveries = 0; deliveries < 3 && !sent.empty(); ++deliveries) {
        const auto& one = sent[below(sent.size())];
        (void)peers[below(3)]->held.apply(one.change, one.author, permit_all());
      }
    }
    std::string expected;
    for (auto& peer : peers) {
      for (bool all = false; !all;) {
        all = true;
        std::shuffle(sent.begin(), sent.end(), random);
        for (const auto& one : sent)
          if (!peer->held.apply(one.change, one.author, permit_all())) all = false;
      }
      if (expected.empty()) expected = peer->shows(kMeeting);
      CHECK(peer->shows(kMeeting) == expected);
      std::set<Tag> shown;
      const auto document = peer->document(kMeeting);
      for (const auto& element : document->list(kAgenda)) {
        CHECK(shown.insert(element.id).second);
        CHECK(inserted.contains(element.id));
      }
      CHECK(shown.size() + erased.size() == inserted.size());
      for (const auto& element : erased) CHECK_FALSE(shown.contains(element));
      const auto back = Document::decode(document->encode());
      REQUIRE(back);
      CHECK(back->encode() == document->encode());
      CHECK(document->encode() == peers[0]->document(kMeeting)->encode());
    }
  }
}

TEST_CASE("what names a place or an element outside of its past is passed over") {
  Peer anna(1), bert(2);
  const auto first = anna.edit(insert(0, "ab"));
  const Tag place{first.id(), 0};
  const auto guess = [&](Op op) { return Change{bert.author.device, 1, Lamport(1), {}, WallMs(0), {std::move(op)}}; };
  for (const auto& op : {make_list_insert(kMeeting, kAgenda, {ListPlace::Side::after, place}, as_bytes("x")),
                         make_list_move(kMeeting, kAgenda, place, {}), make_list_erase(kMeeting, kAgenda, {place})}) {
    Peer carl(3);
    const auto by_anna = carl.edit(insert(0, "ab"));  // not in the log yet
    auto again = op;
    if (op.kind == OpKind::list_move) again = make_list_move(kMeeting, kAgenda, {by_anna.id(), 0}, {});
    if (op.kind == OpKind::list_erase) again = make_list_erase(kMeeting, kAgenda, {{by_anna.id(), 0}});
    if (op.kind == OpKind::list_insert)
      again = make_list_insert(kMeeting, kAgenda, {ListPlace::Side::after, {by_anna.id(), 0}}, as_bytes("x"));
    const auto before = carl.shows(kMeeting);
    CHECK(carl.take(guess(again), bert.author).refused_ops == 1);
    CHECK(carl.shows(kMeeting) == before);
  }
  // In the log, but not a place of this list.
  anna.in_log(first);
  const auto elsewhere = guess(make_list_insert(kMeeting, kTags, {ListPlace::Side::after, place}, as_bytes("x")));
  CHECK(anna.take(elsewhere, bert.author).refused_ops == 1);
  CHECK(anna.document(kMeeting)->list(kTags).empty());
}

TEST_CASE("an op of a list in the wrong form is malformed") {
  const auto refused = [](OpKind kind, Bytes payload) {
    return check_payload(Op{kMeeting, kind, kAgenda, std::move(payload)}).error().code;
  };
  const Tag tag{{id_of<DeviceId>(1), 1}, 0};
  const auto good_move = make_list_move(kMeeting, kAgenda, tag, {ListPlace::Side::after, tag}).payload;
  const auto good_insert = make_list_insert(kMeeting, kAgenda, {ListPlace::Side::after, tag}, {}).payload;
  REQUIRE(check_payload(Op{kMeeting, OpKind::list_move, kAgenda, good_move}));
  REQUIRE(check_payload(Op{kMeeting, OpKind::list_insert, kAgenda, good_insert}));
  for (std::size_t size = 0; size < good_move.size(); ++size)
    CHECK(refused(OpKind::list_move, to_bytes(BytesView(good_move).first(size))) == ErrorCode::malformed);
  for (std::size_t size = 0; size < good_insert.size(); ++size)
    CHECK(refused(OpKind::list_insert, to_bytes(BytesView(good_insert).first(size))) == ErrorCode::malformed);
  auto longer = good_move;
  longer.push_back(0);
  CHECK(refused(OpKind::list_move, longer) == ErrorCode::malformed);
  CHECK(refused(OpKind::list_insert, {3}) == ErrorCode::malformed);
  CHECK(refused(OpKind::list_insert, Bytes(kListValueBytesMax + 2)) == ErrorCode::too_large);
  CHECK(refused(OpKind::list_erase, {0}) == ErrorCode::malformed);
}

TEST_CASE("a list whose places hang in a circle, or on none, is refused as a document") {
  Peer anna(1);
  anna.edit(insert(0, "ab"));
  const auto good = anna.document(kMeeting)->encode();
  REQUIRE(Document::decode(good));
  std::size_t refused = 0;
  for (std::size_t place = 0; place < good.size(); ++place) {
    for (std::uint8_t value = 0; value < 6; ++value) {
      auto bad = good;
      bad[place] = value;
      const auto read = Document::decode(bad);
      if (!read) ++refused;
      if (read) (void)order_of(*read);
    }
  }
  CHECK(refused > 50);
  // Two places, each beside the other: the last bytes are the places 0.1.0 and 0.1.1, then the elements.
  const Author author = anna.author;
  Writer writer;
  writer.u8(3).raw(kMeeting.view()).varint(0).u8(0).signed_varint(0);
  writer.varint(1).raw(author.device.view()).raw(author.member.view());
  writer.varint(0).varint(0).varint(0).varint(0).varint(0);
  writer.varint(1).varint(kAgenda.value()).varint(2);
  writer.raw(Bytes{0, 1, 0, 1, 0, 1, 1}).raw(Bytes{0, 1, 1, 1, 0, 1, 0}).varint(0);
  CHECK(Document::decode(writer.bytes()).error().code == ErrorCode::malformed);
}

TEST_CASE("a list and a counter taken back with their document leave nothing, nor does what came later") {
  Two club("SECRET");
  const auto late = club.bert.edit([](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(builder.add_to_counter(kMeeting, kVotes, 4));
    return insert(6, "x")(builder);
  });
  const auto taken = club.anna.edit([](ChangeBuilder& builder) { return builder.take_back(kMeeting); });
  club.exchange(taken, late);
  CHECK(club.anna.document(kMeeting)->list(kAgenda).empty());
  CHECK(club.bert.document(kMeeting)->counter(kVotes) == 0);
  CHECK(club.anna.document(kMeeting)->encode() == club.bert.document(kMeeting)->encode());
  CHECK(club.anna.document(kMeeting)->encode().size() < 40);
}
