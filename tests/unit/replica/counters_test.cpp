// Counters: every addition counts once, in whatever order it comes.
#include <limits>

#include "format_examples.hpp"
#include "muistio/replica/payload.hpp"
#include "peer.hpp"

using namespace muistio;
using namespace muistio::replica;
using namespace muistio::test;

namespace {
const DocumentId kPoll = id_of<DocumentId>(0x11);
constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();

std::function<Status(ChangeBuilder&)> add(std::int64_t delta) {
  return [delta](ChangeBuilder& builder) { return builder.add_to_counter(kPoll, kVotes, delta); };
}
}  // namespace

TEST_CASE("what two add at once both counts, and what comes twice counts once") {
  Peer anna(1), bert(2);
  const auto by_anna = anna.edit(add(3));
  const auto by_bert = bert.edit(add(-5));
  anna.take(by_bert, bert.author);
  bert.take(by_anna, anna.author);
  CHECK(bert.take(by_anna, anna.author).duplicate);
  for (auto* peer : {&anna, &bert}) CHECK(peer->document(kPoll)->counter(kVotes) == -2);
  CHECK(anna.shows(kPoll) == bert.shows(kPoll));
  CHECK(anna.document(kPoll)->counter(kTitle) == 0);
}

TEST_CASE("adding nothing is no change") {
  Peer anna(1);
  CHECK_FALSE(anna.held.edit(anna.author, WallMs(1), anna.judge, add(0))->has_value());
}

TEST_CASE("a device refuses what leaves the range, and concurrent additions that do are shown at its end, exactly kept") {
  Peer anna(1), bert(2);
  const auto by_anna = anna.edit(add(kMost));
  CHECK(anna.held.edit(anna.author, WallMs(1), anna.judge, add(1)).error().code == ErrorCode::too_large);
  const auto by_bert = bert.edit(add(kMost - 1));
  anna.in_log(by_anna);
  bert.in_log(by_bert);
  anna.take(by_bert, bert.author);
  bert.take(by_anna, anna.author);
  CHECK(anna.document(kPoll)->counter(kVotes) == kMost);
  const auto down = bert.edit(add(kLeast));
  anna.take(down, bert.author);
  CHECK(anna.document(kPoll)->counter(kVotes) == kMost - 2);
  CHECK(bert.document(kPoll)->counter(kVotes) == kMost - 2);
  const auto back = Document::decode(anna.document(kPoll)->encode());
  REQUIRE(back);
  CHECK(back->counter(kVotes) == kMost - 2);
  CHECK(back->encode() == bert.document(kPoll)->encode());
}

TEST_CASE("the worked example of a document with a counter and a list is what the code writes") {
  Document document(kPoll);
  const Author anna{id_of<MemberId>(0xaa), id_of<DeviceId>(0xa1), Role::member};
  const auto at = [&](std::uint64_t number, std::uint32_t place) {
    return OpContext{anna, {{anna.device, number}, place}, Lamport(number), WallMs(1'700'000'000'000)};
  };
  const FieldId votes(0x7001), agenda(0x7002);
  REQUIRE(document.merge(make_counter_add(kPoll, votes, 300), at(1, 0)));
  REQUIRE(document.merge(make_counter_add(kPoll, votes, -302), at(1, 1)));
  REQUIRE(document.merge(make_list_insert(kPoll, agenda, {}, as_bytes("avaus")), at(1, 2)));
  REQUIRE(
      document.merge(make_list_insert(kPoll, agenda, {ListPlace::Side::after, {{anna.device, 1}, 2}}, as_bytes("muut")), at(1, 3)));
  REQUIRE(document.merge(make_list_move(kPoll, agenda, {{anna.device, 1}, 3}, {ListPlace::Side::before, {{anna.device, 1}, 2}}),
                         at(2, 0)));
  CHECK(as_text(document.list(agenda).front().value) == "muut");
  CHECK(to_hex(document.encode()) == to_hex(format_example("replica-document-lists")));
  const auto back = Document::decode(format_example("replica-document-lists"));
  REQUIRE(back);
  CHECK(back->counter(votes) == -2);
  CHECK(back->list(agenda) == document.list(agenda));
}

TEST_CASE("a document that an older version kept with ops of kinds that it did not know shows them once they are known") {
  // What an app of kinds 0 to 7 keeps of these ops: whatever was in them, by clock and tag.
  const auto old_bytes = format_example("replica-document-unknown");
  const auto read = Document::decode(old_bytes);
  REQUIRE(read);
  CHECK(read->counter(FieldId(0x7001)) == 7);
  REQUIRE(read->list(FieldId(0x7002)).size() == 1);
  CHECK(as_text(read->list(FieldId(0x7002)).front().value) == "muut");
  CHECK(read->unknown_op_count() == 1);  // kind 500

  // It is what a device holds that knew them from the first.
  Document whole(read->id());
  const Author anna{id_of<MemberId>(0xaa), id_of<DeviceId>(0xa1), Role::member};
  const auto at = [&](std::uint64_t number, std::uint32_t place) {
    return OpContext{anna, {{anna.device, number}, place}, Lamport(number), WallMs(1'700'000'000'000)};
  };
  const Tag opening{{anna.device, 1}, 1}, rest{{anna.device, 1}, 2};
  REQUIRE(whole.merge(make_counter_add(whole.id(), FieldId(0x7001), 7), at(1, 0)));
  REQUIRE(whole.merge(make_list_insert(whole.id(), FieldId(0x7002), {}, as_bytes("avaus")), at(1, 1)));
  REQUIRE(
      whole.merge(make_list_insert(whole.id(), FieldId(0x7002), {ListPlace::Side::after, opening}, as_bytes("muut")), at(1, 2)));
  REQUIRE(whole.merge(Op{whole.id(), static_cast<OpKind>(500), FieldId(4), Bytes{9}}, at(1, 3)));
  REQUIRE(whole.merge(make_list_move(whole.id(), FieldId(0x7002), rest, {ListPlace::Side::before, opening}), at(2, 0)));
  REQUIRE(whole.merge(make_list_erase(whole.id(), FieldId(0x7002), {opening}), at(2, 1)));
  CHECK(read->encode() == whole.encode());
  CHECK(Document::decode(read->encode())->encode() == whole.encode());
}

TEST_CASE("an addition in the wrong form is malformed") {
  const auto refused = [](Bytes payload) {
    return check_payload(Op{kPoll, OpKind::counter_add, kVotes, std::move(payload)}).error().code == ErrorCode::malformed;
  };
  CHECK(refused({}));
  CHECK(refused({0}));
  CHECK(refused({2, 2}));
  CHECK(refused({0x82, 0x00}));
}
