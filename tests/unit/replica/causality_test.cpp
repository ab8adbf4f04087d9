#include "muistio/replica/causality.hpp"

#include <catch2/catch.hpp>

#include "format_examples.hpp"
#include "muistio/replica/text_version.hpp"
#include "peer.hpp"

using namespace muistio;
using namespace muistio::replica;
using muistio::test::id_of;

namespace {
const DeviceId kAnna = id_of<DeviceId>(0xa1);
const DeviceId kBert = id_of<DeviceId>(0xb2);

Change next(const Causality& past, const DeviceId& device) {
  return {device, past.last_number(device) + 1, past.next_lamport(device), past.deps_for(device), WallMs(0), {}};
}
}  // namespace

TEST_CASE("a change fits only after its past and with the clock that follows from it") {
  Causality past;
  past.add(next(past, kAnna), true);
  past.add(next(past, kAnna), true);
  const auto good = next(past, kBert);
  CHECK(good.lamport == Lamport(3));
  CHECK(good.deps == std::vector<ChangeId>{{kAnna, 2}});
  REQUIRE(past.check(good));
  auto bad = good;
  bad.lamport = Lamport(4);
  CHECK(past.check(bad).error().code == ErrorCode::bad_clock);
  bad.lamport = Lamport(2);
  CHECK(past.check(bad).error().code == ErrorCode::bad_clock);
  bad = good;
  bad.number = 2;
  CHECK(past.check(bad).error().code == ErrorCode::missing_parent);
  bad = good;
  bad.deps = {{kAnna, 3}};
  CHECK(past.check(bad).error().code == ErrorCode::missing_parent);
  bad = good;
  bad.device = kAnna;
  bad.deps = {};
  CHECK(past.check(bad).error().code == ErrorCode::already_exists);
  bad = good;
  bad.deps = {};
  bad.lamport = Lamport(1);
  CHECK(past.check(bad));
}

TEST_CASE("the heads are the changes that nothing held follows") {
  Causality past;
  past.add(next(past, kAnna), true);
  past.add({kBert, 1, Lamport(1), {}, WallMs(0), {}}, true);
  CHECK(past.heads() == std::vector<ChangeId>{{kAnna, 1}, {kBert, 1}});
  past.add(next(past, kAnna), true);
  CHECK(past.heads() == std::vector<ChangeId>{{kAnna, 2}});
  CHECK(past.next_lamport(kBert) == Lamport(3));
}

TEST_CASE("others may name a change made here only once it is in the log") {
  Causality past;
  past.add(next(past, kAnna), false);
  auto answer = next(past, kBert);
  CHECK(past.check(answer).error().code == ErrorCode::missing_parent);
  CHECK(past.mark_in_log({kAnna, 2}).error().code == ErrorCode::missing_parent);
  REQUIRE(past.mark_in_log({kAnna, 1}));
  CHECK(past.check(answer));
}

TEST_CASE("the causal past comes back from its head and blocks, and only what changed is written") {
  Causality past;
  std::map<Causality::BlockId, Bytes> rows;
  const auto save = [&] {
    const auto changed = past.take_changed_blocks();
    for (const auto& [block, bytes] : changed) rows[block] = bytes;
    return changed.size();
  };
  for (int i = 0; i < 300; ++i) {
    past.add(next(past, kAnna), true);
    if (i % 7 == 0) past.add(next(past, kBert), false);
    if (i % 50 == 0) save();
  }
  save();
  REQUIRE(past.mark_in_log({kBert, 10}));
  CHECK(save() == 0);
  past.add(next(past, kAnna), true);
  CHECK(save() == 1);
  CHECK(rows.size() == 3);
  const auto head = past.encode_head();
  auto back = Causality::decode(head, rows);
  REQUIRE(back);
  CHECK(*back == past);
  CHECK(back->change_count() == 344);
  CHECK(back->lamport_of({kAnna, 257}) == past.lamport_of({kAnna, 257}));
  CHECK(back->encode_head() == head);
  CHECK(back->take_changed_blocks().empty());
  past.add(next(past, kBert), true);
  back->add(next(*back, kBert), true);
  CHECK(back->take_changed_blocks() == past.take_changed_blocks());

  for (std::size_t size = 0; size < head.size(); ++size) CHECK_FALSE(Causality::decode(BytesView(head).first(size), rows));
  auto fewer = rows;
  fewer.erase(fewer.begin());
  CHECK(Causality::decode(head, fewer).error().code == ErrorCode::malformed);
  auto more = rows;
  more[{kBert, 9}] = Bytes{3, 0};
  CHECK(Causality::decode(head, more).error().code == ErrorCode::malformed);
}

TEST_CASE("a text's version comes back from what people see of it") {
  for (const auto& version : {text::Version{}, text::Version{{kAnna, 0}}, text::Version{{kAnna, 3}, {kAnna, 9}, {kBert, 1u << 20}}})
    CHECK(parse_text_version(format_text_version(version)).value() == version);
  CHECK(format_text_version({}) == "00");
  for (const auto* bad : {"", "0", "zz", "01", "0000", "02", "ff"})
    CHECK(parse_text_version(bad).error().code == ErrorCode::invalid_argument);
  CHECK(format_text_version({{kAnna, 300}}) == to_hex(test::format_example("replica-text-version")));
}

TEST_CASE("the worked examples of the causal past are what the code writes") {
  Causality past;
  for (int i = 0; i < 3; ++i) past.add(next(past, kAnna), true);
  past.add(next(past, kBert), false);
  CHECK(to_hex(past.encode_head()) == to_hex(test::format_example("replica-head")));
  const auto blocks = past.take_changed_blocks();
  REQUIRE(blocks.size() == 2);
  CHECK(to_hex(blocks.begin()->second) == to_hex(test::format_example("replica-block")));
}
