// The engine with several connections: who may do what, what is pushed to whom, and what ends a connection.
#include <set>

#include "harness.hpp"
#include "muistio/wire/log_hash.hpp"

namespace {

using namespace muistio;
using namespace muistio::server;
using namespace muistio::server::test;
using wire::AccessChange;
using wire::Append;
using wire::Appended;

/// A harness with one space, begun by `host` on the connection `first`.
struct OneSpace {
  explicit OneSpace(EngineOptions options = {})
      : harness(options), host(harness.new_key()), space(harness.new_space()), first(harness.connect()) {
    as<wire::SpaceOpened>(first.ask(first.create(space, host)));
  }
  Harness harness;
  crypto::SigningKey host;
  SpaceId space;
  Client& first;
};

}  // namespace

TEST_CASE("a space begins with its first key, and the same again is the same answer") {
  OneSpace s;
  const auto again = as<wire::SpaceOpened>(s.first.ask(s.first.create(s.space, s.host)));
  CHECK(again.head == Seq(0));
  CHECK(again.access_from == Seq(0));
  CHECK(again.access_until == Seq(0));
  CHECK(again.log_hash == Hash{});
  auto& other = s.harness.connect();
  CHECK(refusal(other.ask(other.create(s.space, s.harness.new_key()))) == ErrorCode::conflicting_content);
}

TEST_CASE("only a key with access opens a space") {
  OneSpace s;
  auto& other = s.harness.connect();
  CHECK(as<wire::SpaceOpened>(other.ask(other.open(s.space, s.host))).space == s.space);
  auto& outsider = s.harness.connect();
  CHECK(refusal(outsider.ask(outsider.open(s.space, s.harness.new_key()))) == ErrorCode::not_authorised);
  CHECK(refusal(outsider.ask(outsider.open(s.harness.new_space(), s.host))) == ErrorCode::unknown_space);
}

TEST_CASE("a signature that does not fit this connection is refused") {
  OneSpace s;
  auto& other = s.harness.connect();
  SECTION("replayed from another connection") {
    CHECK(refusal(other.ask(s.first.open(s.space, s.host))) == ErrorCode::not_authorised);
  }
  SECTION("made for another purpose") {
    auto open = other.open(s.space, s.host);
    open.signature = other.create(s.space, s.host).signature;
    CHECK(refusal(other.ask(open)) == ErrorCode::not_authorised);
  }
  SECTION("made for another space") {
    auto open = other.open(s.harness.new_space(), s.host);
    open.space = s.space;
    CHECK(refusal(other.ask(open)) == ErrorCode::not_authorised);
  }
  SECTION("damaged") {
    auto open = other.open(s.space, s.host);
    open.signature.mutable_array()[5] ^= 1;
    CHECK(refusal(other.ask(open)) == ErrorCode::not_authorised);
  }
  CHECK(refusal(other.ask(wire::Fetch{s.space, Seq(1), 0})) == ErrorCode::not_authorised);
  CHECK(refusal(other.ask(Append{s.space, Seq(0), content({1})})) == ErrorCode::not_authorised);
  CHECK_FALSE(other.closed);
}

TEST_CASE("appended records come back in order with the hash over the log") {
  OneSpace s;
  Hash log_hash;
  std::vector<Bytes> records;
  for (std::uint8_t i = 1; i <= 20; ++i) {
    records.push_back(i % 7 == 0 ? handshake({i}) : content({i}));
    log_hash = wire::log_hash_next(log_hash, Seq(i), records.back());
    const auto placed = as<Appended>(s.first.ask(Append{s.space, Seq(i - 1u), records.back()}));
    CHECK(placed.seq == Seq(i));
    CHECK(placed.log_hash == log_hash);
  }
  const auto all = as<wire::Records>(s.first.ask(wire::Fetch{s.space, Seq(1), 0}));
  CHECK(all.records == records);
  CHECK(all.head == Seq(20));
  const auto some = as<wire::Records>(s.first.ask(wire::Fetch{s.space, Seq(19), 0}));
  CHECK(some.records == std::vector<Bytes>(records.end() - 2, records.end()));
  const auto one = as<wire::Records>(s.first.ask(wire::Fetch{s.space, Seq(5), 1}));
  CHECK(one.records == std::vector<Bytes>{records[4]});
  CHECK(as<wire::Records>(s.first.ask(wire::Fetch{s.space, Seq(21), 0})).records.empty());
  CHECK(refusal(s.first.ask(wire::Fetch{s.space, Seq(22), 0})) == ErrorCode::bad_range);
  CHECK(refusal(s.first.ask(wire::Fetch{s.space, Seq(0), 0})) == ErrorCode::bad_range);
}

TEST_CASE("an append is refused only if a handshake lies after the place that it names") {
  OneSpace s;
  CHECK(as<Appended>(s.first.ask(Append{s.space, Seq(0), content({1})})).seq == Seq(1));
  CHECK(as<Appended>(s.first.ask(Append{s.space, Seq(0), content({2})})).seq == Seq(2));  // content in between does not matter
  CHECK(as<Appended>(s.first.ask(Append{s.space, Seq(0), handshake({3})})).seq == Seq(3));
  const auto stale = as<wire::Refused>(s.first.ask(Append{s.space, Seq(0), content({4})}));
  CHECK(static_cast<ErrorCode>(stale.code) == ErrorCode::stale_handshake);
  CHECK(stale.last_handshake_seq == Seq(3));
  CHECK(stale.head == Seq(3));
  CHECK(refusal(s.first.ask(Append{s.space, Seq(2), handshake({5})})) == ErrorCode::stale_handshake);
  CHECK(as<Appended>(s.first.ask(Append{s.space, Seq(3), handshake({5})})).seq == Seq(4));
}

TEST_CASE("of two handshakes in one commit only the first is taken") {
  OneSpace s;
  auto& other = s.harness.connect();
  as<wire::SpaceOpened>(other.ask(other.open(s.space, s.host)));
  const auto one = s.first.send(Append{s.space, Seq(0), handshake({1})});
  const auto two = other.send(Append{s.space, Seq(0), handshake({2})});
  const auto commits = s.harness.engine->counts().commits;
  s.harness.flush();
  CHECK(s.harness.engine->counts().commits == commits + 1);
  CHECK(as<Appended>(*s.first.answer(one)).seq == Seq(1));
  CHECK(refusal(*other.answer(two)) == ErrorCode::stale_handshake);
}

TEST_CASE("the same record again keeps its place, even after a handshake") {
  OneSpace s;
  const auto record = handshake({1, 2, 3});
  const auto placed = as<Appended>(s.first.ask(Append{s.space, Seq(0), record}));
  CHECK(as<Appended>(s.first.ask(Append{s.space, Seq(1), handshake({9})})).seq == Seq(2));
  const auto again = as<Appended>(s.first.ask(Append{s.space, Seq(0), record}));
  CHECK(again == placed);
  const auto a = s.first.send(Append{s.space, Seq(2), content({7})});
  const auto b = s.first.send(Append{s.space, Seq(2), content({7})});
  s.harness.flush();
  CHECK(as<Appended>(*s.first.answer(a)) == as<Appended>(*s.first.answer(b)));
  CHECK(as<wire::Records>(s.first.ask(wire::Fetch{s.space, Seq(1), 0})).records.size() == 3);
}

TEST_CASE("a key is let in by a handshake and removed by one, and then reads up to that") {
  OneSpace s;
  const auto guest = s.harness.new_key();
  auto& other = s.harness.connect();
  CHECK(refusal(other.ask(other.open(s.space, guest))) == ErrorCode::not_authorised);
  CHECK(as<Appended>(s.first.ask(Append{s.space, Seq(0), content({1})})).seq == Seq(1));
  as<Appended>(s.first.ask(Append{s.space, Seq(0), handshake({2}, {{AccessChange::Op::add, public_key(guest)}})}));
  const auto opened = as<wire::SpaceOpened>(other.ask(other.open(s.space, guest)));
  CHECK(opened.access_from == Seq(2));
  CHECK(opened.access_until == Seq(0));
  CHECK(as<wire::Records>(other.ask(wire::Fetch{s.space, Seq(1), 0})).records.size() ==
        2);  // history is closed by keys, not by the server
  CHECK(as<Appended>(other.ask(Append{s.space, Seq(2), content({3})})).seq == Seq(3));

  const auto removal =
      as<Appended>(s.first.ask(Append{s.space, Seq(2), handshake({4}, {{AccessChange::Op::remove, public_key(guest)}})}));
  CHECK(removal.seq == Seq(4));
  CHECK(as<Appended>(s.first.ask(Append{s.space, Seq(4), content({5})})).seq == Seq(5));
  const auto refused = as<wire::Refused>(other.ask(Append{s.space, Seq(4), content({6})}));
  CHECK(static_cast<ErrorCode>(refused.code) == ErrorCode::not_authorised);
  CHECK(refused.head == Seq(0));  // it is not told how the log goes on
  const auto left = as<wire::Records>(other.ask(wire::Fetch{s.space, Seq(1), 0}));
  CHECK(left.records.size() == 4);
  CHECK(left.head == Seq(4));
  CHECK(refusal(other.ask(wire::Fetch{s.space, Seq(6), 0})) == ErrorCode::bad_range);
  const auto reopened = as<wire::SpaceOpened>(other.ask(other.open(s.space, guest)));
  CHECK(reopened.access_until == Seq(4));
  CHECK(reopened.head == Seq(4));
  CHECK(reopened.log_hash == removal.log_hash);
  CHECK(refusal(other.ask(wire::FetchInbox{s.space})) == ErrorCode::not_authorised);
  CHECK(refusal(other.ask(wire::RequestTicket{s.space, {}, wire::TicketMode::write, 5})) == ErrorCode::not_authorised);
}

TEST_CASE("subscribers get everything once, in order, old and new") {
  OneSpace s;
  for (std::uint8_t i = 1; i <= 5; ++i) as<Appended>(s.first.ask(Append{s.space, Seq(0), content({i})}));
  auto& a = s.harness.connect();
  auto& b = s.harness.connect();
  as<wire::SpaceOpened>(a.ask(a.open(s.space, s.host)));
  as<wire::SpaceOpened>(b.ask(b.open(s.space, s.host)));
  as<wire::Done>(a.ask(wire::Subscribe{s.space, Seq(3)}));
  as<wire::Done>(b.ask(wire::Subscribe{s.space, Seq(6)}));
  CHECK(refusal(b.ask(wire::Subscribe{s.space, Seq(7)})) == ErrorCode::bad_range);
  for (std::uint8_t i = 6; i <= 9; ++i) s.first.send(Append{s.space, Seq(0), content({i})});
  s.harness.flush();
  const auto check = [&](Client& client, std::uint8_t next, std::uint8_t last) {
    for (const auto& pushed : client.take_pushed()) {
      CHECK(pushed.from_seq == Seq(next));
      for (const auto& record : pushed.records) CHECK(record == content({next++}));
    }
    CHECK(next == last + 1);
  };
  check(a, 3, 9);
  check(b, 6, 9);
  CHECK(s.first.take_pushed().empty());
  as<wire::Done>(a.ask(wire::Unsubscribe{s.space}));
  as<Appended>(s.first.ask(Append{s.space, Seq(0), content({10})}));
  CHECK(a.take_pushed().empty());
  check(b, 10, 10);
}

TEST_CASE("a fan-out frame is encoded once for all") {
  OneSpace s;
  std::vector<Client*> clients;
  for (int i = 0; i < 5; ++i) {
    auto& client = s.harness.connect();
    as<wire::SpaceOpened>(client.ask(client.open(s.space, s.host)));
    as<wire::Done>(client.ask(wire::Subscribe{s.space, Seq(1)}));
  }
  s.first.send(Append{s.space, Seq(0), content({1})});
  std::set<const Bytes*> frames;
  std::size_t pushes = 0;
  for (const auto& output : s.harness.engine->flush())
    if (output.connection != s.first.id()) {
      frames.insert(output.frame.get());
      ++pushes;
    }
  CHECK(pushes == 5);
  CHECK(frames.size() == 1);
}

TEST_CASE("a removed subscriber is pushed its removal and nothing after it, also within one commit") {
  OneSpace s;
  const auto guest = s.harness.new_key();
  as<Appended>(s.first.ask(Append{s.space, Seq(0), handshake({1}, {{AccessChange::Op::add, public_key(guest)}})}));
  auto& other = s.harness.connect();
  as<wire::SpaceOpened>(other.ask(other.open(s.space, guest)));
  as<wire::Done>(other.ask(wire::Subscribe{s.space, Seq(2)}));
  s.first.send(Append{s.space, Seq(1), handshake({2}, {{AccessChange::Op::remove, public_key(guest)}})});
  s.first.send(Append{s.space, Seq(2), content({3})});
  s.harness.flush();
  as<Appended>(s.first.ask(Append{s.space, Seq(2), content({4})}));
  const auto pushed = other.take_pushed();
  REQUIRE(pushed.size() == 1);
  CHECK(pushed[0].records.size() == 1);
  CHECK(pushed[0].head == Seq(2));
}

TEST_CASE("who reads slowly is served as fast as it reads and loses nothing") {
  EngineOptions options;
  options.queue_bytes_soft = 64 * 1024;
  OneSpace s(options);
  auto& slow = s.harness.connect();
  as<wire::SpaceOpened>(slow.ask(slow.open(s.space, s.host)));
  as<wire::Done>(slow.ask(wire::Subscribe{s.space, Seq(1)}));
  slow.reads = false;
  std::size_t taken = slow.received.size();
  for (std::uint8_t i = 0; i < 60; ++i) as<Appended>(s.first.ask(Append{s.space, Seq(0), content(Bytes(20'000, i))}));
  CHECK_FALSE(slow.closed);
  std::size_t queued = 0;
  for (auto i = taken; i < slow.received.size(); ++i)
    queued += wire::encode_frame(slow.received[i].request, slow.received[i].message).size();
  CHECK(queued < 400 * 1024);  // of 1.2 MB: the rest waits in the log, not in memory
  for (int round = 0; round < 200 && taken < slow.received.size(); ++round) {
    const auto& frame = slow.received[taken++];
    s.harness.engine->on_sent(slow.id(), wire::encode_frame(frame.request, frame.message).size());
    s.harness.flush();
  }
  std::size_t next = 0;
  for (const auto& pushed : slow.take_pushed())
    for (const auto& record : pushed.records) CHECK(record == content(Bytes(20'000, static_cast<std::uint8_t>(next++))));
  CHECK(next == 60);
}

TEST_CASE("who takes nothing for too long is cut off with a reason") {
  OneSpace s;
  auto& slow = s.harness.connect();
  as<wire::SpaceOpened>(slow.ask(slow.open(s.space, s.host)));
  as<wire::Done>(slow.ask(wire::Subscribe{s.space, Seq(1)}));
  slow.reads = false;
  as<Appended>(s.first.ask(Append{s.space, Seq(0), content({1})}));
  s.harness.clock.advance(29'000);
  s.harness.engine->on_tick();
  s.harness.flush();
  CHECK_FALSE(slow.closed);
  s.harness.clock.advance(2'000);
  s.harness.engine->on_tick();
  s.harness.flush();
  REQUIRE(slow.closed);
  CHECK(static_cast<ErrorCode>(slow.goodbye->code) == ErrorCode::too_slow);
  CHECK_FALSE(s.first.closed);
}

TEST_CASE("who asks and never reads is cut off before it costs much memory") {
  EngineOptions options;
  options.queue_bytes_max = 8 * 1024;
  Harness harness(options);
  auto& greedy = harness.connect();
  greedy.reads = false;
  for (int i = 0; i < 3000 && !greedy.closed; ++i) {
    greedy.send(wire::Ping{});
    harness.flush();
  }
  REQUIRE(greedy.closed);
  CHECK(static_cast<ErrorCode>(greedy.goodbye->code) == ErrorCode::too_slow);
}

TEST_CASE("too many requests are refused, and a flood ends the connection") {
  EngineOptions options;
  options.frames = {50, 10};
  Harness harness(options);
  auto& client = harness.connect();
  for (int i = 0; i < 50; ++i) as<wire::Pong>(client.ask(wire::Ping{}));
  CHECK(refusal(client.ask(wire::Ping{})) == ErrorCode::rate_limited);
  harness.clock.advance(1000);
  as<wire::Pong>(client.ask(wire::Ping{}));
  for (int i = 0; i < 200 && !client.closed; ++i) {
    client.send(wire::Ping{});
    harness.flush();
  }
  REQUIRE(client.closed);
  CHECK(static_cast<ErrorCode>(client.goodbye->code) == ErrorCode::rate_limited);
}

TEST_CASE("more requests at once than allowed are refused one by one") {
  OneSpace s;
  std::vector<wire::RequestId> requests;
  for (std::uint32_t i = 0; i < wire::limits::outstanding_requests_max + 10; ++i)
    requests.push_back(
        s.first.send(Append{s.space, Seq(0), content({1, static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8)})}));
  s.harness.flush();
  int refused = 0;
  for (const auto& request : requests)
    if (std::holds_alternative<wire::Refused>(*s.first.answer(request))) ++refused;
  CHECK(refused == 10);
  CHECK_FALSE(s.first.closed);
}

TEST_CASE("garbage ends the connection with a reason and touches nobody else") {
  OneSpace s;
  auto& other = s.harness.connect();
  const auto send = [&](const Bytes& bytes) {
    s.harness.engine->on_frame(other.id(), bytes);
    s.harness.flush();
  };
  ErrorCode expected = ErrorCode::bad_frame;
  SECTION("empty") { send({}); }
  SECTION("another version") { send({9, 1, 1}); }
  SECTION("truncated") {
    auto frame = wire::encode_frame(wire::RequestId(1), wire::Fetch{s.space, Seq(1), 0});
    frame.pop_back();
    send(frame);
  }
  SECTION("a byte too many") {
    auto frame = wire::encode_frame(wire::RequestId(1), wire::ClientMessage(wire::Ping{}));
    frame.push_back(0);
    send(frame);
  }
  SECTION("oversized") { send(Bytes(wire::limits::frame_bytes_max + 1, 1)); }
  SECTION("the server's own request id") {
    expected = ErrorCode::out_of_order;
    send(wire::encode_frame(wire::RequestId(0), wire::ClientMessage(wire::Ping{})));
  }
  REQUIRE(other.closed);
  REQUIRE(other.goodbye);
  CHECK(static_cast<ErrorCode>(other.goodbye->code) == expected);
  CHECK_FALSE(other.goodbye->detail.empty());
  const auto seen = other.received.size();
  s.harness.engine->on_frame(other.id(), wire::encode_frame(wire::RequestId(1), wire::ClientMessage(wire::Ping{})));
  s.harness.flush();
  CHECK(other.received.size() == seen);
  as<Appended>(s.first.ask(Append{s.space, Seq(0), content({1})}));
}

TEST_CASE("a kind from the future and a damaged record are refused without ending the connection") {
  OneSpace s;
  CHECK(refusal(s.first.ask(wire::ClientMessage(wire::UnknownMessage{99, {1}}))) == ErrorCode::unknown_kind);
  CHECK(refusal(s.first.ask(Append{s.space, Seq(0), {3, 0, 0}})) == ErrorCode::bad_frame);
  CHECK(refusal(s.first.ask(Append{s.space, Seq(0), {}})) == ErrorCode::bad_frame);
  as<Appended>(s.first.ask(Append{s.space, Seq(0), content({1})}));
}

TEST_CASE("join requests wait in the inbox, within limits, and can be withdrawn or deleted") {
  OneSpace s;
  const auto joiner = s.harness.new_key();
  auto& other = s.harness.connect();
  const auto invitation = s.harness.random.make<InvitationId>();
  const wire::PostJoinRequest post{s.space, invitation, public_key(joiner), {1, 2, 3}};
  as<wire::Done>(other.ask(post));
  as<wire::Done>(other.ask(post));
  auto items = as<wire::Inbox>(s.first.ask(wire::FetchInbox{s.space})).items;
  REQUIRE(items.size() == 1);
  CHECK(items[0].request == Bytes{1, 2, 3});
  CHECK(items[0].invitation == invitation);
  CHECK(items[0].key == public_key(joiner));
  CHECK(items[0].received_at == s.harness.clock.wall());
  CHECK(refusal(other.ask(wire::FetchInbox{s.space})) == ErrorCode::not_authorised);
  CHECK(refusal(other.ask(wire::DeleteInboxItem{s.space, items[0].id})) == ErrorCode::not_authorised);
  CHECK(refusal(other.ask(wire::PostJoinRequest{s.harness.new_space(), invitation, public_key(joiner), {1}})) ==
        ErrorCode::unknown_space);

  wire::WithdrawJoinRequest withdraw{s.space, invitation, public_key(joiner),
                                     sign(joiner, s.first.signed_bytes(wire::AuthPurpose::withdraw, s.space))};
  CHECK(refusal(other.ask(withdraw)) == ErrorCode::not_authorised);  // signed for another connection
  withdraw.signature = sign(joiner, other.signed_bytes(wire::AuthPurpose::withdraw, s.space));
  as<wire::Done>(other.ask(withdraw));
  CHECK(as<wire::Inbox>(s.first.ask(wire::FetchInbox{s.space})).items.empty());

  as<wire::Done>(other.ask(post));
  items = as<wire::Inbox>(s.first.ask(wire::FetchInbox{s.space})).items;
  REQUIRE(items.size() == 1);
  as<wire::Done>(s.first.ask(wire::DeleteInboxItem{s.space, items[0].id}));
  as<wire::Done>(s.first.ask(wire::DeleteInboxItem{s.space, items[0].id}));
  CHECK(as<wire::Inbox>(s.first.ask(wire::FetchInbox{s.space})).items.empty());
}

TEST_CASE("an inbox takes so many requests and one connection posts so many") {
  OneSpace s;
  const auto joiner = public_key(s.harness.new_key());
  std::size_t taken = 0;
  for (std::size_t connection = 0; connection < 3; ++connection) {
    auto& other = s.harness.connect();
    std::size_t here = 0;
    for (std::uint8_t i = 0; i < wire::limits::inbox_posts_per_hour_max; ++i) {
      const auto answer = other.ask(wire::PostJoinRequest{s.space, {}, joiner, {static_cast<std::uint8_t>(connection), i}});
      if (std::holds_alternative<wire::Done>(answer))
        ++here;
      else
        CHECK(refusal(answer) == ErrorCode::quota_exceeded);
    }
    CHECK(refusal(other.ask(wire::PostJoinRequest{s.space, {}, joiner, {9, 9}})) == ErrorCode::rate_limited);
    taken += here;
  }
  CHECK(taken == wire::limits::inbox_requests_max);
  s.harness.clock.advance(31ULL * 24 * 3600 * 1000);
  auto& later = s.harness.connect();
  as<wire::Done>(later.ask(wire::PostJoinRequest{s.space, {}, joiner, {9, 9}}));
  CHECK(as<wire::Inbox>(s.first.ask(wire::FetchInbox{s.space})).items.size() == 1);
}

TEST_CASE("boxes are laid by members, kept sixteen deep, and fetched and dropped by the locator's key alone") {
  OneSpace s;
  const auto fetch_key = s.harness.new_key();
  const auto locator = wire::locator_of(public_key(fetch_key));
  const auto signed_by = [&](const Client& client, const crypto::SigningKey& key) {
    return sign(key, client.signed_bytes(wire::AuthPurpose::boxes, wire::space_of(wire::locator_of(public_key(key)))));
  };
  for (std::uint8_t i = 0; i < 20; ++i) as<wire::Done>(s.first.ask(wire::PutBox{locator, {i}}));
  as<wire::Done>(s.first.ask(wire::PutBox{locator, {19}}));  // again: nothing new
  auto& outsider = s.harness.connect();
  CHECK(refusal(outsider.ask(wire::PutBox{locator, {99}})) == ErrorCode::not_authorised);
  CHECK(refusal(outsider.ask(outsider.open(s.space, s.harness.new_key()))) == ErrorCode::not_authorised);
  CHECK(refusal(outsider.ask(wire::PutBox{locator, {99}})) == ErrorCode::not_authorised);
  const auto boxes = as<wire::Boxes>(outsider.ask(wire::FetchBoxes{public_key(fetch_key), signed_by(outsider, fetch_key)})).boxes;
  REQUIRE(boxes.size() == wire::limits::boxes_kept);
  CHECK(boxes.front() == Bytes{4});
  CHECK(boxes.back() == Bytes{19});
  CHECK(refusal(outsider.ask(wire::FetchBoxes{public_key(fetch_key), signed_by(s.first, fetch_key)})) == ErrorCode::not_authorised);
  CHECK(refusal(s.first.ask(wire::DropBoxes{public_key(fetch_key), signed_by(s.first, s.host)})) == ErrorCode::not_authorised);
  as<wire::Done>(s.first.ask(wire::DropBoxes{public_key(s.host), signed_by(s.first, s.host)}));  // another locator
  CHECK(as<wire::Boxes>(outsider.ask(wire::FetchBoxes{public_key(fetch_key), signed_by(outsider, fetch_key)})).boxes.size() == 16);
  as<wire::Done>(outsider.ask(wire::DropBoxes{public_key(fetch_key), signed_by(outsider, fetch_key)}));
  CHECK(as<wire::Boxes>(outsider.ask(wire::FetchBoxes{public_key(fetch_key), signed_by(outsider, fetch_key)})).boxes.empty());
}

TEST_CASE("one connection lays so many boxes in an hour") {
  OneSpace s;
  const wire::BoxLocator locator;
  for (std::size_t i = 0; i < wire::limits::box_puts_per_hour_max; ++i)
    as<wire::Done>(s.first.ask(wire::PutBox{locator, {static_cast<std::uint8_t>(i)}}));
  CHECK(refusal(s.first.ask(wire::PutBox{locator, {1}})) == ErrorCode::rate_limited);
  CHECK(refusal(s.first.ask(wire::PutBox{locator, {}})) == ErrorCode::bad_frame);
}

TEST_CASE("tickets go to those with access, for what fits") {
  EngineOptions options;
  options.space_bytes_max = 1000;
  OneSpace s(options);
  const auto attachment = s.harness.random.make<AttachmentId>();
  CHECK(refusal(s.first.ask(wire::RequestTicket{s.space, attachment, wire::TicketMode::read, 0})) == ErrorCode::bad_range);
  CHECK(refusal(s.first.ask(wire::RequestTicket{s.space, attachment, wire::TicketMode::write, 0})) == ErrorCode::quota_exceeded);
  CHECK(refusal(s.first.ask(wire::RequestTicket{s.space, attachment, wire::TicketMode::write, 1001})) == ErrorCode::quota_exceeded);
  const auto ticket = as<wire::Ticket>(s.first.ask(wire::RequestTicket{s.space, attachment, wire::TicketMode::write, 600}));
  CHECK(ticket.size == 600);
  CHECK(ticket.held == 0);
  CHECK(refusal(s.first.ask(wire::RequestTicket{s.space, attachment, wire::TicketMode::write, 601})) ==
        ErrorCode::conflicting_content);
  const auto grant = s.harness.tickets.find(ticket.token, s.harness.clock.wall());
  REQUIRE(grant);
  CHECK(grant->attachment == attachment);
  CHECK(grant->mode == wire::TicketMode::write);
  CHECK_FALSE(s.harness.tickets.find(wire::TicketToken{}, s.harness.clock.wall()));
  CHECK(refusal(s.first.ask(wire::RequestTicket{s.space, attachment, wire::TicketMode::read, 0})) ==
        ErrorCode::bad_range);  // not whole

  as<wire::Done>(s.first.ask(wire::DeleteAttachment{s.space, attachment}));
  CHECK_FALSE(s.harness.tickets.find(ticket.token, s.harness.clock.wall()));
  const auto second = as<wire::Ticket>(s.first.ask(wire::RequestTicket{s.space, attachment, wire::TicketMode::write, 1000}));
  s.harness.clock.advance(static_cast<std::uint64_t>(wire::limits::ticket_seconds_max) * 1000);
  CHECK_FALSE(s.harness.tickets.find(second.token, s.harness.clock.wall()));
}

TEST_CASE("a full space and a missing token are refused") {
  EngineOptions options;
  options.space_bytes_max = 100;
  options.create_token = {1, 2, 3};
  Harness harness(options);
  auto& client = harness.connect();
  const auto key = harness.new_key();
  const auto space = harness.new_space();
  auto create = client.create(space, key);
  CHECK(refusal(client.ask(create)) == ErrorCode::not_authorised);
  create.token = {1, 2, 3};
  as<wire::SpaceOpened>(client.ask(create));
  as<Appended>(client.ask(Append{space, Seq(0), content(Bytes(60, 1))}));
  CHECK(refusal(client.ask(Append{space, Seq(0), content(Bytes(60, 2))})) == ErrorCode::quota_exceeded);
  as<Appended>(client.ask(Append{space, Seq(0), content(Bytes(20, 2))}));
}

TEST_CASE("everyone is told when the server stops") {
  OneSpace s;
  auto& other = s.harness.connect();
  s.harness.engine->shut_down();
  s.harness.flush();
  for (auto* client : {&s.first, &other}) {
    REQUIRE(client->closed);
    CHECK(static_cast<ErrorCode>(client->goodbye->code) == ErrorCode::shutting_down);
  }
}

TEST_CASE("a connection that is gone gets nothing and its appends stay") {
  OneSpace s;
  auto& other = s.harness.connect();
  as<wire::SpaceOpened>(other.ask(other.open(s.space, s.host)));
  as<wire::Done>(other.ask(wire::Subscribe{s.space, Seq(1)}));
  other.send(Append{s.space, Seq(0), content({1})});
  s.harness.engine->on_closed(other.id());
  for (const auto& output : s.harness.engine->flush()) CHECK(output.connection != other.id());
  CHECK(as<wire::Records>(s.first.ask(wire::Fetch{s.space, Seq(1), 0})).records.size() == 1);
}

TEST_CASE("the same calls give the same output") {
  const auto run = [] {
    OneSpace s;
    auto& other = s.harness.connect();
    as<wire::SpaceOpened>(other.ask(other.open(s.space, s.host)));
    as<wire::Done>(other.ask(wire::Subscribe{s.space, Seq(1)}));
    for (std::uint8_t i = 0; i < 10; ++i) s.first.send(Append{s.space, Seq(0), content({i})});
    s.harness.flush();
    Bytes all;
    for (auto* client : {&s.first, &other})
      for (const auto& frame : client->received) append(all, wire::encode_frame(frame.request, frame.message));
    return all;
  };
  CHECK(run() == run());
}
