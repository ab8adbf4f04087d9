#include <catch2/catch.hpp>

#include "format_examples.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/replica/payload.hpp"
#include "peer.hpp"

using namespace muistio;
using namespace muistio::replica;
using muistio::test::id_of;

namespace {
const DeviceId kAnna = id_of<DeviceId>(0xa1);
const DeviceId kBert = id_of<DeviceId>(0xb2);
const DocumentId kNote = id_of<DocumentId>(0x11);
const DocumentId kOther = id_of<DocumentId>(0x22);

std::vector<Change> some_changes() {
  std::vector<Change> changes(3);
  for (std::size_t i = 0; i < changes.size(); ++i) {
    changes[i].device = kAnna;
    changes[i].number = 5 + i;
    changes[i].wall = WallMs(1'700'000'000'000 + static_cast<std::int64_t>(i) * 1500);
  }
  changes[0].lamport = Lamport(9);
  changes[1].lamport = Lamport(10);
  changes[2].lamport = Lamport(40);
  changes[1].wall = WallMs(-5);
  changes[0].deps = {{kBert, 3}, {id_of<DeviceId>(0xc3), 1}};
  changes[2].deps = {{kBert, 4}};
  changes[0].ops = {make_create(kNote, DocumentType(3)), make_set_register(kNote, FieldId(0x301), as_bytes("Muistio")),
                    make_set_add(kNote, FieldId(9), as_bytes("a")), make_text(kNote, FieldId(0x302), Bytes{1, 2, 3})};
  changes[1].ops = {make_set_remove(kNote, FieldId(9), {{{kAnna, 5}, 2}, {{kBert, 1}, 0}}), make_take_back_document(kOther)};
  changes[2].ops = {make_take_back_passage(kNote, FieldId(0x302), {{{kAnna, 4}, 3}, {{kBert, 0}, 2}}),
                    Op{kOther, static_cast<OpKind>(999), FieldId(77), Bytes{0xde, 0xad, 0xbe, 0xef}},
                    make_counter_add(kNote, FieldId(10), INT64_MIN),
                    make_list_insert(kNote, FieldId(11), {}, as_bytes("")),
                    make_list_insert(kNote, FieldId(11), {ListPlace::Side::before, {{kAnna, 7}, 4}}, as_bytes("x")),
                    make_list_move(kNote, FieldId(11), {{kBert, 1}, 0}, {ListPlace::Side::after, {{kAnna, 7}, 3}}),
                    make_list_erase(kNote, FieldId(11), {{{kBert, 1}, 0}, {{kAnna, 7}, 3}})};
  return changes;
}
}  // namespace

TEST_CASE("changes come back from their bytes, unknown kinds of op and all") {
  const auto changes = some_changes();
  const auto bytes = encode_changes(changes);
  const auto back = decode_changes(bytes);
  REQUIRE(back);
  CHECK(*back == changes);
  CHECK(encode_changes(*back) == bytes);
  CHECK(encode_changes({}).empty());
  CHECK(decode_changes({})->empty());
}

TEST_CASE("the worked examples of payloads are what the code writes") {
  const FieldId field(0x7002);
  CHECK(make_counter_add(kNote, field, -300).payload == test::format_example("replica-counter-add"));
  CHECK(make_list_insert(kNote, field, {}, as_bytes("avaus")).payload == test::format_example("replica-list-insert"));
  CHECK(make_list_move(kNote, field, {{kAnna, 1}, 2}, {ListPlace::Side::before, {{kAnna, 1}, 3}}).payload ==
        test::format_example("replica-list-move"));
}

TEST_CASE("clocks and times at the ends of their ranges come back") {
  auto changes = some_changes();
  changes[0].wall = WallMs(INT64_MIN);
  changes[1].wall = WallMs(INT64_MAX);
  changes[2].lamport = Lamport(UINT64_MAX);
  REQUIRE(decode_changes(encode_changes(changes)));
  CHECK(*decode_changes(encode_changes(changes)) == changes);
}

TEST_CASE("a batch of changes that is cut short or has bytes too many is refused") {
  auto bytes = encode_changes(some_changes());
  for (std::size_t size = 1; size < bytes.size(); ++size) CHECK_FALSE(decode_changes(BytesView(bytes).first(size)));
  bytes.push_back(0);
  CHECK(decode_changes(bytes).error().code == ErrorCode::malformed);
}

TEST_CASE("every batch with one byte changed is refused or means just what it says") {
  const auto bytes = encode_changes(some_changes());
  std::size_t taken = 0;
  for (std::size_t place = 0; place < bytes.size(); ++place)
    for (int bit = 0; bit < 8; ++bit) {
      auto changed = bytes;
      changed[place] = static_cast<std::uint8_t>(changed[place] ^ (1 << bit));
      const auto read = decode_changes(changed);
      if (!read) continue;
      ++taken;
      CHECK(encode_changes(*read) == changed);
    }
  CHECK(taken > 0);
}

TEST_CASE("claims of great counts are refused before memory is taken for them") {
  const auto claim = [](std::uint64_t changes, auto&& more) {
    Writer writer;
    writer.u8(1).raw(kAnna.view()).varint(changes).varint(1);
    more(writer);
    return decode_changes(writer.bytes());
  };
  CHECK(claim(std::uint64_t{1} << 62, [](Writer&) {}).error().code == ErrorCode::too_large);
  CHECK(claim(2, [](Writer& writer) { writer.varint((std::uint64_t{1} << 60) * 2).varint(0); }).error().code ==
        ErrorCode::malformed);
  const auto ops = claim(2, [](Writer& writer) {
    for (int column = 0; column < 3; ++column) writer.varint(4).varint(0);  // clocks, times, deps
    writer.varint(0);                                                       // devices of deps
    writer.varint(4).varint(60000);                                         // ops of each change
  });
  CHECK(ops.error().code == ErrorCode::too_large);
  const auto sizes = claim(1, [](Writer& writer) {
    for (int column = 0; column < 3; ++column) writer.varint(3).varint(0);
    writer.varint(0).varint(3).varint(1);  // no devices; one op
    writer.varint(3).varint(2).varint(1);  // its kind; one document
    writer.raw(kNote.view()).varint(3).varint(0).varint(3).varint(1);
    writer.varint(3).varint(65000);  // a payload that is not there
  });
  CHECK(sizes.error().code == ErrorCode::malformed);
}

TEST_CASE("a change out of form is refused with what is wrong") {
  auto change = some_changes()[0];
  REQUIRE(check_form(change));
  const auto refused = [](Change bad) { return check_form(bad).error().code; };
  auto bad = change;
  bad.number = 0;
  CHECK(refused(bad) == ErrorCode::malformed);
  bad = change;
  bad.lamport = Lamport(0);
  CHECK(refused(bad) == ErrorCode::bad_clock);
  bad.lamport = Lamport(4);  // the fifth change of a device
  CHECK(refused(bad) == ErrorCode::bad_clock);
  bad = change;
  std::swap(bad.deps[0], bad.deps[1]);
  CHECK(refused(bad) == ErrorCode::malformed);
  bad = change;
  bad.deps = {{kAnna, 4}};
  CHECK(refused(bad) == ErrorCode::malformed);
  bad.deps = {{kBert, 0}};
  CHECK(refused(bad) == ErrorCode::malformed);
  bad = change;
  bad.ops = {Op{kNote, OpKind::create, {}, Bytes{0}}};
  CHECK(refused(bad) == ErrorCode::malformed);
  bad.ops = {Op{kNote, OpKind::take_back_document, {}, Bytes{1}}};
  CHECK(refused(bad) == ErrorCode::malformed);
  bad.ops = {Op{kNote, OpKind::nothing, FieldId(1), {}}};
  CHECK(refused(bad) == ErrorCode::malformed);
  bad.ops = {make_set_remove(kNote, FieldId(1), {})};
  CHECK(refused(bad) == ErrorCode::malformed);
  bad.ops = {make_set_register(kNote, FieldId(1), Bytes(kRegisterBytesMax + 1))};
  CHECK(refused(bad) == ErrorCode::too_large);
  bad.ops = {make_set_add(kNote, FieldId(1), Bytes(kSetValueBytesMax + 1))};
  CHECK(refused(bad) == ErrorCode::too_large);
}

TEST_CASE("ranges of edits are put in order and joined") {
  const auto op = make_take_back_passage(kNote, FieldId(1), {{{kBert, 5}, 2}, {{kAnna, 3}, 2}, {{kAnna, 1}, 2}, {{kBert, 6}, 9}});
  const auto ranges = parse_take_back_passage(op);
  REQUIRE(ranges);
  CHECK(*ranges == std::vector<text::EditRange>{{{kAnna, 1}, 4}, {{kBert, 5}, 10}});
}

TEST_CASE("what was written in a document can be emptied from a change that was not sent") {
  auto change = some_changes()[0];
  CHECK_FALSE(empty_ops_of(change, kOther));
  CHECK(empty_ops_of(change, kNote));
  REQUIRE(change.ops.size() == 4);
  CHECK(change.ops[0].kind == OpKind::create);
  for (std::size_t i = 1; i < 4; ++i) CHECK(change.ops[i] == Op{kNote, OpKind::nothing, {}, {}});
  CHECK(check_form(change));
}

TEST_CASE("the worked example of a batch of changes is what the code writes") {
  Change first{kAnna, 1, Lamport(1), {}, WallMs(1'700'000'000'000), {}};
  first.ops = {make_create(kNote, DocumentType(3)), make_set_register(kNote, FieldId(0x301), as_bytes("Kokous"))};
  Change second{kAnna, 2, Lamport(6), {{kBert, 5}}, WallMs(1'700'000'060'000), {}};
  second.ops = {make_set_register(kNote, FieldId(0x301), as_bytes("Toinen kokous"))};
  const std::vector<Change> changes{first, second};
  CHECK(to_hex(encode_changes(changes)) == to_hex(test::format_example("replica-changes")));
  CHECK(*decode_changes(test::format_example("replica-changes")) == changes);
}
