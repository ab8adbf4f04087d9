#include "../../../core/sync/src/rows.hpp"

#include "format_examples.hpp"
#include "support.hpp"

using namespace muistio;
using namespace muistio::sync;

namespace {
SpaceState sample_state() {
  SpaceState state;
  state.kind = SpaceKind::club;
  state.phase = Phase::open;
  state.registered = true;
  state.cursor = {Seq(7), {}};
  state.last_handshake = Seq(5);
  state.head = Seq(9);
  auto& chain = state.chains[Era(0)];
  chain.fixed = BatchIndex(3);
  chain.accepted = BatchIndex(2);
  chain.change_fixed = 30;
  chain.change_accepted = 20;
  state.roll_epoch = Epoch(2);
  state.leaf_made = WallMs(1'750'000'000'000);
  return state;
}
}  // namespace

TEST_CASE("A space's row reads back as it was written") {
  auto state = sample_state();
  const auto bytes = encode_state(state);
  const auto again = decode_state(bytes);
  REQUIRE(again.has_value());
  CHECK(encode_state(*again) == bytes);
  CHECK(again->cursor == state.cursor);
  CHECK(again->roll_epoch == state.roll_epoch);
  state.frozen = KeptError{451, "at 7"};
  const auto frozen = decode_state(encode_state(state));
  REQUIRE(frozen.has_value());
  REQUIRE(frozen->frozen);
  CHECK(frozen->frozen->error().code == ErrorCode::log_fork);
}

TEST_CASE("A space's row with chains of several eras reads back as it was written") {
  auto state = sample_state();
  state.chains[Era(1)].fixed = BatchIndex(4);
  state.chains[Era(7)].change_accepted = 9;
  const auto bytes = encode_state(state);
  const auto again = decode_state(bytes).value();
  REQUIRE(again.chains.size() == 3);
  CHECK(again.chains.at(Era(0)).fixed == BatchIndex(3));
  CHECK(again.chains.at(Era(1)).fixed == BatchIndex(4));
  CHECK(again.chains.at(Era(7)).change_accepted == 9);
  CHECK(encode_state(again) == bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK(decode_state(BytesView(bytes).first(size)).error().code == ErrorCode::corrupt);
}

TEST_CASE("A row that is cut short, longer or newer is refused by name") {
  const auto bytes = encode_state(sample_state());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK(decode_state(BytesView(bytes).first(size)).error().code == ErrorCode::corrupt);
  auto longer = bytes;
  longer.push_back(0);
  CHECK(decode_state(longer).error().code == ErrorCode::corrupt);
  auto newer = bytes;
  newer.front() = 3;
  CHECK(decode_state(newer).error().code == ErrorCode::unsupported_version);
}

TEST_CASE("Intents, batches and join requests read back as they were written") {
  Intent intent{.id = 4, .kind = IntentKind::remove};
  intent.member.mutable_array()[3] = 9;
  CHECK(encode_intent(decode_intent(encode_intent(intent)).value()) == encode_intent(intent));
  PendingBatch batch;
  batch.content.index = BatchIndex(2);
  batch.content.deflated = {1, 2, 3};
  batch.first_change = 3;
  batch.last_change = 5;
  const auto read = decode_pending(encode_pending(batch)).value();
  CHECK(read.content == batch.content);
  CHECK(read.last_change == 5);
  JoinRequestRow row;
  row.name = "Matti";
  row.request = {1, 2};
  CHECK(encode_join_request(decode_join_request(encode_join_request(row)).value()) == encode_join_request(row));
}

TEST_CASE("The worked examples of sync's rows hold") {
  CHECK(encode_state(sample_state()) == muistio::test::format_example("sync-space"));
  Intent intent{.id = 4, .kind = IntentKind::remove};
  intent.member.mutable_array()[3] = 9;
  CHECK(encode_intent(intent) == muistio::test::format_example("sync-intent"));
  CHECK(decode_intent(muistio::test::format_example("sync-intent"))->member == intent.member);
}
