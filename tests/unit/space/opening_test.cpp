// R7: every step of opening a batch, one fault each; the batch without the fault is opened first.
#include <zlib.h>

#include <functional>

#include "muistio/crypto/aead.hpp"
#include "muistio/wire/envelope.hpp"
#include "world.hpp"

using namespace muistio;
using namespace muistio::space;
using namespace muistio::space::test;

namespace {

ContentKey content_key(Device& device, Epoch epoch) {
  Writer key;
  key.raw(device.id.view()).u64(epoch.value());
  const auto row = device.store->get(store::Table::epoch_key, key.bytes()).value().value();
  return ContentKey::from_bytes(BytesView(row).last(32)).value();
}

/// The same batch with other plaintext under the same keys: what only a member can make.
Bytes reseal(const Bytes& record, const ContentKey& key, const std::function<void(Bytes&)>& change) {
  const auto batch = read_batch(record).value();
  const auto keys = seal_keys(key, AudienceSecret{}, batch.header.nonce);
  Writer kind, version;
  kind.u64(1);
  version.u64(1);
  const auto context = crypto::join_fields("muistio batch header 1", {kind.bytes(), version.bytes(), batch.header.encoded});
  auto plain = crypto::xchacha20_open(keys.key, batch.header.nonce, context, batch.sealed).value();
  change(plain);
  Bytes body = batch.header.encoded;
  append(body, crypto::xchacha20_seal(keys.key, batch.header.nonce, context, plain));
  return wire::encode_envelope(1, 1, body);
}

Bytes raw_deflate(const Bytes& bytes) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  Bytes out(deflateBound(&stream, bytes.size()));
  stream.next_in = const_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(::deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

TEST_CASE("a batch is opened step by step, and each fault has its own error") {
  FakeLog log;
  Device anna("anna"), jan("jan");
  anna.create();
  anna.admit(log, jan);
  jan.write(log, "one");
  anna.pull(log);
  const auto seq = log.head().next();
  const auto epoch = jan.space->epoch();
  const auto key = content_key(anna, epoch);
  const auto content = jan.content("two");
  const auto good = jan.seal(content);
  const auto open = [&](const Bytes& bytes) { return anna.space->open_batch(seq, bytes, anna.facts()); };
  const auto sealed_as = [&](Epoch in, const BatchContent& what, const Seen& seen) {
    return space::seal_batch(jan.id, in, key, AudienceSecret{}, what, seen, jan.keys->signing_key(), jan.random);
  };

  const auto twin = open(good);
  REQUIRE(twin);
  CHECK(as_text(twin->payload) == "two");
  CHECK(twin->device == jan.keys->device());
  CHECK(twin->member == jan.identity.member());
  CHECK(twin->role == Role::member);
  CHECK(twin->index == BatchIndex(2));
  CHECK(twin->content_hash == jan.space->own_content_hash(content));
  CHECK(twin->seen == jan.seen());
  CHECK_FALSE(twin->duplicate);
  REQUIRE(open(sealed_as(epoch, content, jan.seen())));
  REQUIRE(open(reseal(good, key, [](Bytes&) {})));

  SECTION("size") {
    CHECK(code_of(open(Bytes(wire::limits::batch_bytes_max + 1))) == ErrorCode::too_large);
    CHECK(code_of(open({})) == ErrorCode::malformed);
    for (std::size_t size : {std::size_t{1}, std::size_t{50}, std::size_t{100}, good.size() - 1}) {
      auto cut = good;
      cut.resize(size);
      CHECK(code_of(open(cut)) == ErrorCode::malformed);
    }
    auto envelope = wire::decode_envelope(good).value();
    CHECK(code_of(open(wire::encode_envelope(1, 2, envelope.body))) == ErrorCode::unsupported_version);
    envelope.body[1] = 4;
    CHECK(code_of(open(wire::encode_envelope(1, 1, envelope.body))) == ErrorCode::unsupported_version);
  }
  SECTION("another space") {
    const auto other =
        space::seal_batch(counting<SpaceId>(1), epoch, key, {}, content, jan.seen(), jan.keys->signing_key(), jan.random);
    CHECK(code_of(open(other)) == ErrorCode::malformed);
  }
  SECTION("an epoch to come, or one that is over") {
    CHECK(code_of(open(sealed_as(epoch.next(), content, jan.seen()))) == ErrorCode::unknown_epoch);
    CHECK(code_of(open(sealed_as(Epoch(0), content, jan.seen()))) == ErrorCode::stale_epoch);
  }
  SECTION("an epoch that was in force, at a place after it") {
    jan.send(log, jan.space->stage_heal(jan.random));
    anna.pull(log);
    CHECK(code_of(anna.space->open_batch(log.head().next(), good, anna.facts())) == ErrorCode::stale_epoch);
  }
  SECTION("commitment, before the ciphertext is looked at") {
    auto changed = good;
    const auto header = to_bytes(read_batch(good)->header.commitment.view());
    const auto at = std::search(changed.begin(), changed.end(), header.begin(), header.end());
    *at ^= 1;
    changed.back() ^= 1;
    CHECK(code_of(open(changed)) == ErrorCode::commitment_mismatch);
    const auto other_key = counting_secret<32>(1);
    const auto other = space::seal_batch(jan.id, epoch, other_key, {}, content, jan.seen(), jan.keys->signing_key(), jan.random);
    CHECK(code_of(open(other)) == ErrorCode::commitment_mismatch);
  }
  SECTION("AEAD") {
    auto changed = good;
    changed.back() ^= 1;
    CHECK(code_of(open(changed)) == ErrorCode::decryption_failed);
  }
  SECTION("padding") {
    CHECK(code_of(open(reseal(good, key, [](Bytes& plain) { plain.push_back(1); }))) == ErrorCode::bad_padding);
    CHECK(open(reseal(good, key, [](Bytes& plain) { plain.push_back(0); })));
    CHECK(code_of(open(reseal(good, key, [](Bytes& plain) { plain.resize(150); }))) == ErrorCode::malformed);
  }
  SECTION("device") {
    CHECK(code_of(open(reseal(good, key, [](Bytes& plain) { plain[0] ^= 1; }))) == ErrorCode::unknown_device);
    Device eva("eva");
    const auto stranger = space::seal_batch(jan.id, epoch, key, {}, content, jan.seen(), eva.keys->signing_key(), jan.random);
    CHECK(code_of(open(stranger)) == ErrorCode::unknown_device);
  }
  SECTION("signature, also of another member of the space") {
    CHECK(code_of(open(reseal(good, key, [](Bytes& plain) { plain[60] ^= 1; }))) == ErrorCode::bad_signature);
    const auto device = anna.keys->device();
    CHECK(code_of(open(reseal(good, key, [&](Bytes& plain) {
            std::copy(device.array().begin(), device.array().end(), plain.begin());
          }))) == ErrorCode::bad_signature);
  }
  SECTION("chain: an index left out, a wrong prev, no index") {
    auto gap = content;
    gap.index = BatchIndex(3);
    CHECK(code_of(open(sealed_as(epoch, gap, jan.seen()))) == ErrorCode::broken_chain);
    auto fork = content;
    fork.prev.mutable_array()[0] ^= 1;
    CHECK(code_of(open(sealed_as(epoch, fork, jan.seen()))) == ErrorCode::broken_chain);
    auto none = content;
    none.index = BatchIndex(0);
    CHECK(code_of(open(sealed_as(epoch, none, jan.seen()))) == ErrorCode::broken_chain);
  }
  SECTION("chain: the same index again") {
    REQUIRE(log.append(content_record(good), jan.space->last_handshake_seq()));
    anna.pull(log);
    const auto later = log.head().next();
    const auto again = anna.space->open_batch(later, sealed_as(epoch, content, jan.seen()), anna.facts());
    REQUIRE(again);
    CHECK(again->duplicate);
    CHECK(again->payload.empty());
    auto other = content;
    other.deflated = deflate(as_bytes("TWO")).value();
    CHECK(code_of(anna.space->open_batch(later, sealed_as(epoch, other, jan.seen()), anna.facts())) == ErrorCode::equivocation);
    auto salted = content;
    salted.salt[0] ^= 1;
    CHECK(code_of(anna.space->open_batch(later, sealed_as(epoch, salted, jan.seen()), anna.facts())) == ErrorCode::equivocation);
  }
  SECTION("seen") {
    CHECK(open(sealed_as(epoch, content, Seen{Seq(0), Hash{}})));
    CHECK(code_of(open(sealed_as(epoch, content, Seen{Seq(0), counting<Hash>(1)}))) == ErrorCode::bad_seen);
    CHECK(code_of(open(sealed_as(epoch, content, Seen{jan.seen().seq, counting<Hash>(1)}))) == ErrorCode::bad_seen);
    CHECK(code_of(open(sealed_as(epoch, content, Seen{seq, jan.seen().log_hash}))) == ErrorCode::bad_seen);
  }
  SECTION("inflate") {
    auto bomb = content;
    bomb.deflated = raw_deflate(Bytes(kPayloadBytesMax + 1, 0));
    CHECK(code_of(open(sealed_as(epoch, bomb, jan.seen()))) == ErrorCode::too_large);
    bomb.deflated = raw_deflate(Bytes(kPayloadBytesMax, 0));
    CHECK(open(sealed_as(epoch, bomb, jan.seen())));
    auto garbage = content;
    garbage.deflated = {0xff, 0xff, 0xff};
    CHECK(code_of(open(sealed_as(epoch, garbage, jan.seen()))) == ErrorCode::malformed);
  }
  SECTION("any bit changed is refused") {
    for (std::size_t i = 0; i < good.size(); i += 3) {
      auto changed = good;
      changed[i] ^= 0x20;
      CHECK_FALSE(open(changed));
    }
  }
}

TEST_CASE("a batch that was refused is not part of its device's chain") {
  FakeLog log;
  Device anna("anna"), jan("jan");
  anna.create();
  anna.admit(log, jan);
  auto lie = jan.space->seal_batch(jan.content("x"), Seen{Seq(1), counting<Hash>(1)}, jan.random).value();
  REQUIRE(log.append(content_record(lie), jan.space->last_handshake_seq()));
  anna.pull(log);
  CHECK(anna.refused == std::vector<ErrorCode>{ErrorCode::bad_seen});
  jan.pull(log);
  jan.write(log, "honest");
  anna.pull(log);
  CHECK(anna.texts() == std::vector<std::string>{"honest"});
  CHECK(jan.texts() == anna.texts());
}
