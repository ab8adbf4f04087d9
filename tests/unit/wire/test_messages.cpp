// Frames, records, envelopes and what both ends hash and sign.
#include <catch2/catch.hpp>
#include <random>

#include "format_examples.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/wire/envelope.hpp"
#include "muistio/wire/limits.hpp"
#include "muistio/wire/log_hash.hpp"
#include "muistio/wire/messages.hpp"
#include "samples.hpp"

namespace {

using namespace muistio;
using namespace muistio::wire;
using namespace muistio::wire::test;

template <class Message, class Decode>
void check_every_sample(const std::vector<Message>& samples, Decode decode) {
  for (const auto& message : samples) {
    INFO("kind index " << message.index());
    const auto frame = encode_frame(RequestId(300), message);
    auto decoded = decode(frame);
    REQUIRE(decoded);
    CHECK(decoded->request == RequestId(300));
    CHECK(decoded->message == message);
    for (std::size_t size = 0; size < frame.size(); ++size) {
      INFO("cut to " << size);
      CHECK_FALSE(decode(BytesView(frame).first(size)));
    }
    auto longer = frame;
    longer.push_back(0);
    CHECK_FALSE(decode(longer));
  }
}

template <class Message, class Decode>
void check_mutations(const std::vector<Message>& samples, Decode decode, std::uint32_t seed) {
  std::mt19937 random(seed);
  int accepted = 0;
  for (int round = 0; round < 4000; ++round) {
    auto frame = encode_frame(RequestId(random() % 1000), samples[random() % samples.size()]);
    for (auto flips = 1 + random() % 3; flips > 0; --flips)
      frame[random() % frame.size()] ^= static_cast<std::uint8_t>(1 + random() % 255);
    auto decoded = decode(frame);
    if (!decoded) continue;
    ++accepted;
    CHECK(encode_frame(decoded->request, decoded->message) == frame);  // one meaning, one encoding
  }
  CHECK(accepted > 100);
}

}  // namespace

TEST_CASE("every client message survives its frame and no truncation of it does") {
  REQUIRE(client_samples().size() == std::variant_size_v<ClientMessage> - 1);
  check_every_sample(client_samples(), decode_client_frame);
}

TEST_CASE("every server message survives its frame and no truncation of it does") {
  REQUIRE(server_samples().size() == std::variant_size_v<ServerMessage> - 1);
  check_every_sample(server_samples(), decode_server_frame);
}

TEST_CASE("a damaged frame is refused or has exactly its own encoding") {
  check_mutations(client_samples(), decode_client_frame, 1);
  check_mutations(server_samples(), decode_server_frame, 2);
}

TEST_CASE("a kind from the future is kept and not refused") {
  const ClientMessage future = UnknownMessage{100, {1, 2, 3}};
  auto decoded = decode_client_frame(encode_frame(RequestId(5), future));
  REQUIRE(decoded);
  CHECK(decoded->request == RequestId(5));
  CHECK(decoded->message == future);
  const ServerMessage other = UnknownMessage{250, {}};
  auto answer = decode_server_frame(encode_frame(RequestId(6), other));
  REQUIRE(answer);
  CHECK(answer->message == other);
}

TEST_CASE("a server's kind means nothing from a client, and the other way round") {
  auto from_client = decode_client_frame(encode_frame(RequestId(1), ServerMessage(Pong{})));
  REQUIRE(from_client);
  CHECK(std::holds_alternative<UnknownMessage>(from_client->message));
  auto from_server = decode_server_frame(encode_frame(RequestId(1), ClientMessage(Ping{})));
  REQUIRE(from_server);
  CHECK(std::holds_alternative<UnknownMessage>(from_server->message));
}

TEST_CASE("another protocol version is named as such") {
  auto frame = encode_frame(RequestId(1), ClientMessage(Ping{}));
  frame[0] = 2;
  auto decoded = decode_client_frame(frame);
  REQUIRE_FALSE(decoded);
  CHECK(decoded.error().code == ErrorCode::unsupported_version);
}

TEST_CASE("a frame above the limit is refused") {
  Bytes frame(limits::frame_bytes_max + 1, 0);
  frame[0] = protocol_version;
  frame[1] = 100;
  CHECK(decode_client_frame(frame).error().code == ErrorCode::too_large);
  frame.pop_back();
  CHECK(decode_client_frame(frame));
}

TEST_CASE("a list of join requests beyond the limit is refused") {
  const auto inbox = server_samples()[6];
  auto frame = encode_frame(RequestId(1), inbox);
  REQUIRE(frame[3 + 16] == 1);  // the count, after version, kind, request id and space
  frame[3 + 16] = limits::inbox_requests_max + 1;
  CHECK(decode_server_frame(frame).error().code == ErrorCode::too_large);
}

TEST_CASE("the largest record fits a frame in both directions") {
  Record record{RecordKind::handshake, {}, {}};
  record.bytes.resize(limits::record_bytes_max - 5);  // kind, three bytes of length, no changes
  auto encoded = encode_record(record);
  REQUIRE(encoded);
  REQUIRE(encoded->size() == limits::record_bytes_max);
  CHECK(decode_client_frame(encode_frame(RequestId(1), Append{{}, Seq(0), *encoded})));
  CHECK(decode_server_frame(encode_frame(RequestId(1), Records{{}, Seq(1), {*encoded}, Seq(1)})));
  record.bytes.push_back(0);
  CHECK(encode_record(record).error().code == ErrorCode::too_large);
}

TEST_CASE("a record survives its encoding and no truncation of it does") {
  const Record handshake{RecordKind::handshake,
                         {1, 2, 3},
                         {{AccessChange::Op::add, counting<AuthKey>(1)}, {AccessChange::Op::remove, counting<AuthKey>(2)}}};
  const auto encoded = encode_record(handshake).value();
  CHECK(decode_record(encoded).value() == handshake);
  for (std::size_t size = 0; size < encoded.size(); ++size) CHECK_FALSE(decode_record(BytesView(encoded).first(size)));
}

TEST_CASE("a record that breaks its rules is refused at both ends") {
  const auto key = counting<AuthKey>(1);
  CHECK(encode_record({RecordKind::content, {1}, {{AccessChange::Op::add, key}}}).error().code == ErrorCode::invalid_argument);
  CHECK(encode_record({RecordKind::handshake, {1}, {{AccessChange::Op::add, key}, {AccessChange::Op::remove, key}}}).error().code ==
        ErrorCode::invalid_argument);
  CHECK(encode_record({RecordKind::content, Bytes(limits::batch_bytes_max + 1), {}}).error().code == ErrorCode::too_large);

  Writer content_with_change;
  content_with_change.u8(1).block(Bytes{1}).varint(1).u8(1).raw(key.view());
  CHECK_FALSE(decode_record(content_with_change.bytes()));
  Writer twice;
  twice.u8(2).block(Bytes{1}).varint(2).u8(1).raw(key.view()).u8(2).raw(key.view());
  CHECK_FALSE(decode_record(twice.bytes()));
  Writer no_such_kind;
  no_such_kind.u8(3).block(Bytes{1}).varint(0);
  CHECK_FALSE(decode_record(no_such_kind.bytes()));
  Writer no_such_op;
  no_such_op.u8(2).block(Bytes{1}).varint(1).u8(3).raw(key.view());
  CHECK_FALSE(decode_record(no_such_op.bytes()));
  Writer too_many;
  too_many.u8(2).block(Bytes{1}).varint(limits::access_changes_max + 1);
  CHECK(decode_record(too_many.bytes()).error().code == ErrorCode::too_large);
}

TEST_CASE("an envelope of a kind not known is kept and the next one read") {
  Writer writer;
  write_envelope(writer, 99999, 7, Bytes{1, 2, 3});
  write_envelope(writer, 1, 1, Bytes{});
  Reader reader(writer.bytes());
  auto first = read_envelope(reader);
  REQUIRE(first);
  CHECK(*first == Envelope{99999, 7, {1, 2, 3}});
  auto second = read_envelope(reader);
  REQUIRE(second);
  CHECK(*second == Envelope{1, 1, {}});
  CHECK(reader.at_end());
}

TEST_CASE("an envelope that lies about its length is refused") {
  const auto whole = encode_envelope(5, 300, Bytes{1, 2, 3});
  for (std::size_t size = 0; size < whole.size(); ++size) CHECK_FALSE(decode_envelope(BytesView(whole).first(size)));
  auto longer = whole;
  longer.push_back(0);
  CHECK_FALSE(decode_envelope(longer));
  CHECK_FALSE(decode_envelope(Bytes{1, 0x80}));  // the length ends inside the kind
  CHECK(decode_envelope(whole, whole.size() - 2).error().code == ErrorCode::too_large);
  CHECK(decode_envelope(whole, whole.size() - 1));
}

TEST_CASE("the log hash covers the hash before, the place and the record") {
  const Bytes record{1, 2, 3};
  const auto first = log_hash_next(Hash{}, Seq(1), record);
  CHECK(first ==
        crypto::labelled_hash("muistio log 1", {Hash{}.view(), Bytes{0, 0, 0, 0, 0, 0, 0, 1}, crypto::sha256(record).view()}));
  CHECK(log_hash_next(first, Seq(1), record) != first);
  CHECK(log_hash_next(Hash{}, Seq(2), record) != first);
  CHECK(log_hash_next(Hash{}, Seq(1), Bytes{1, 2, 4}) != first);
}

TEST_CASE("what is signed at the challenge differs with every one of its parts") {
  const auto space = counting<SpaceId>(1);
  const auto nonce = counting<ChallengeNonce>(2);
  const auto exporter = counting<TlsExporter>(3);
  const auto base = auth_message(AuthPurpose::open, space, nonce, "a.example", exporter);
  CHECK(auth_message(AuthPurpose::create, space, nonce, "a.example", exporter) != base);
  CHECK(auth_message(AuthPurpose::open, counting<SpaceId>(9), nonce, "a.example", exporter) != base);
  CHECK(auth_message(AuthPurpose::open, space, counting<ChallengeNonce>(9), "a.example", exporter) != base);
  CHECK(auth_message(AuthPurpose::open, space, nonce, "b.example", exporter) != base);
  CHECK(auth_message(AuthPurpose::open, space, nonce, "a.example", counting<TlsExporter>(9)) != base);
}

TEST_CASE("what stands for the exporter in a browser differs with the host and with the page's origin") {
  const auto base = web_binding("a.example", "https://app.example");
  CHECK(web_binding("a.example", "https://app.example") == base);
  CHECK(web_binding("b.example", "https://app.example") != base);
  CHECK(web_binding("a.example:8443", "https://app.example") != base);
  CHECK(web_binding("a.example", "https://other.example") != base);
  CHECK(web_binding("a.examplehttps:", "//app.example") != base);
}

TEST_CASE("the worked examples of docs/formats/wire.md are what the code writes") {
  using muistio::test::format_example;
  const auto space = counting<SpaceId>(0x10);
  const Record record{RecordKind::handshake, {0xaa, 0xbb, 0xcc}, {{AccessChange::Op::add, counting<AuthKey>(0x40)}}};
  const auto encoded = encode_record(record).value();
  CHECK(to_hex(encoded) == to_hex(format_example("record")));
  CHECK(to_hex(encode_frame(RequestId(300), Append{space, Seq(5), encoded})) == to_hex(format_example("append")));
  CHECK(to_hex(encode_frame(RequestId(300), Refused{300, "stale", Seq(6), Seq(8)})) == to_hex(format_example("refused")));
  CHECK(to_hex(encode_envelope(2, 1, Bytes{0xde, 0xad})) == to_hex(format_example("envelope")));
  CHECK(to_hex(auth_message(AuthPurpose::open, space, counting<ChallengeNonce>(1), "notes.example", counting<TlsExporter>(0x80))) ==
        to_hex(format_example("auth-message")));
  CHECK(web_binding("notes.example", "https://app.example").hex() == to_hex(format_example("web-binding")));
  CHECK(log_hash_next(Hash{}, Seq(1), encoded).hex() == to_hex(format_example("log-hash")));
  CHECK(decode_record(format_example("record")).value() == record);
  CHECK(decode_client_frame(format_example("append")));
  CHECK(decode_server_frame(format_example("refused")));
}
