#include "muistio/space/batch.hpp"

#include <algorithm>
#include <bit>

#include "formats.hpp"
#include "muistio/crypto/constant_time.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/space/identity.hpp"

namespace muistio::space {
namespace {

constexpr std::string_view kBatchLabel = "muistio batch 1";
constexpr std::uint16_t kSuite = 0x0003;
// suite, space, epoch, audience, nonce, commitment
constexpr std::size_t kHeaderBytes = 2 + 16 + 8 + 16 + 24 + 32;

Bytes u64_bytes(std::uint64_t value) {
  Writer out;
  out.u64(value);
  return std::move(out).take();
}

// What is authenticated with the ciphertext: the envelope's kind and version, then the header's bytes.
Bytes associated_data(BytesView header) {
  return crypto::join_fields("muistio batch header 1",
                             {u64_bytes(static_cast<std::uint64_t>(Format::batch)), u64_bytes(kFormatVersion), header});
}

Result<BatchPlaintext> read_plaintext(BytesView plaintext) {
  Reader in(plaintext);
  BatchPlaintext read;
  MUISTIO_TRY(read.device, in.fixed<DeviceId>());
  MUISTIO_TRY(auto index, in.u64());
  read.content.index = BatchIndex(index);
  MUISTIO_TRY(read.content.prev, in.fixed<Hash>());
  MUISTIO_TRY(auto salt, in.take(16));
  std::copy(salt.begin(), salt.end(), read.content.salt.begin());
  MUISTIO_TRY(auto seq, in.u64());
  read.seen.seq = Seq(seq);
  MUISTIO_TRY(read.seen.log_hash, in.fixed<Hash>());
  MUISTIO_TRY(auto kind, in.u8());
  read.content.kind = static_cast<PayloadKind>(kind);
  MUISTIO_TRY(auto deflated, in.block(wire::limits::batch_bytes_max));
  read.content.deflated = to_bytes(deflated);
  read.signed_part = to_bytes(plaintext.first(in.offset()));
  MUISTIO_TRY(read.signature, in.fixed<crypto::Signature>());
  MUISTIO_TRY(auto padding, in.take(in.left()));
  if (std::any_of(padding.begin(), padding.end(), [](std::uint8_t byte) { return byte != 0; })) return fail(ErrorCode::bad_padding);
  return read;
}

}  // namespace

Result<std::optional<ContentKind>> content_kind(BytesView record_bytes) {
  Reader in(record_bytes);
  MUISTIO_TRY(auto length, in.varint());
  if (length != in.left()) return fail(ErrorCode::malformed, "a content record's length is not that of its envelope");
  MUISTIO_TRY(auto kind, in.varint());
  if (kind < 1 || kind > 3) return std::optional<ContentKind>{};
  return std::optional<ContentKind>(static_cast<ContentKind>(kind));
}

Bytes BatchContent::encode() const {
  Writer out;
  out.u64(index.value()).raw(prev.view()).raw(salt).u8(static_cast<std::uint8_t>(kind)).raw(audience.view()).block(deflated);
  return encode_format(Format::batch_content, out.bytes());
}

Result<BatchContent> BatchContent::decode(BytesView bytes) {
  MUISTIO_TRY(auto body, decode_format(Format::batch_content, bytes, wire::limits::batch_bytes_max));
  Reader in(body);
  BatchContent content;
  MUISTIO_TRY(auto index, in.u64());
  content.index = BatchIndex(index);
  MUISTIO_TRY(content.prev, in.fixed<Hash>());
  MUISTIO_TRY(auto salt, in.take(16));
  std::copy(salt.begin(), salt.end(), content.salt.begin());
  MUISTIO_TRY(auto kind, in.u8());
  content.kind = static_cast<PayloadKind>(kind);
  MUISTIO_TRY(content.audience, in.fixed<AudienceId>());
  MUISTIO_TRY(auto deflated, in.block(kDeflatedBytesMax));
  content.deflated = to_bytes(deflated);
  MUISTIO_CHECK(in.finish());
  return content;
}

Hash content_hash(const SpaceId& space, const DeviceId& device, const BatchContent& content) {
  Bytes payload{static_cast<std::uint8_t>(content.kind)};
  append(payload, content.deflated);
  return crypto::labelled_hash("muistio batch content 1", {space.view(), device.view(), u64_bytes(content.index.value()),
                                                           content.prev.view(), content.audience.view(), content.salt, payload});
}

std::size_t padme(std::size_t bytes) {
  if (bytes < 2) return bytes;
  const auto exponent = static_cast<unsigned>(std::bit_width(bytes)) - 1;
  const auto kept = static_cast<unsigned>(std::bit_width(exponent));
  if (exponent <= kept) return bytes;
  const std::size_t mask = (std::size_t{1} << (exponent - kept)) - 1;
  return (bytes + mask) & ~mask;
}

Bytes seal_batch(const SpaceId& space, Epoch epoch, const ContentKey& key, const AudienceSecret& audience,
                 const BatchContent& content, const Seen& seen, const crypto::SigningKey& device_key, Random& random) {
  const auto nonce = random.make<crypto::XNonce>();
  const auto keys = seal_keys(key, audience, nonce);
  Writer header;
  header.u16(kSuite).raw(space.view()).u64(epoch.value()).raw(content.audience.view()).raw(nonce.view());
  header.raw(keys.commitment.view());

  Writer plain;
  plain.raw(device_id_of(device_key.verify_key()).view()).u64(content.index.value()).raw(content.prev.view()).raw(content.salt);
  plain.u64(seen.seq.value()).raw(seen.log_hash.view()).u8(static_cast<std::uint8_t>(content.kind)).block(content.deflated);
  const auto signature = device_key.sign(kBatchLabel, {header.bytes(), plain.bytes()});
  plain.raw(signature.view());
  auto padded = std::move(plain).take();
  padded.resize(padme(padded.size()));

  Bytes body = header.bytes();
  append(body, crypto::xchacha20_seal(keys.key, nonce, associated_data(header.bytes()), padded));
  return encode_format(Format::batch, body);
}

Result<BatchRecord> read_batch(BytesView record_bytes) {
  if (record_bytes.size() > wire::limits::batch_bytes_max) return fail(ErrorCode::too_large, "a content record");
  Reader in(record_bytes);
  MUISTIO_TRY(auto length, in.varint());
  if (length != in.left()) return fail(ErrorCode::malformed, "a content record's length is not that of its envelope");
  MUISTIO_TRY(auto kind, in.varint());
  if (kind != static_cast<std::uint64_t>(Format::batch)) return fail(ErrorCode::malformed, "not a batch");
  MUISTIO_TRY(auto version, in.varint());
  if (version != kFormatVersion) return fail(ErrorCode::unsupported_version, "a batch");
  const auto header_at = in.offset();
  MUISTIO_TRY(auto suite, in.u16());
  BatchRecord read;
  MUISTIO_TRY(read.header.space, in.fixed<SpaceId>());
  MUISTIO_TRY(auto epoch, in.u64());
  read.header.epoch = Epoch(epoch);
  MUISTIO_TRY(read.header.audience, in.fixed<AudienceId>());
  MUISTIO_TRY(read.header.nonce, in.fixed<crypto::XNonce>());
  MUISTIO_TRY(read.header.commitment, in.fixed<Hash>());
  if (suite != kSuite) return fail(ErrorCode::unsupported_version, "a batch of another suite");
  read.header.encoded = to_bytes(record_bytes.subspan(header_at, kHeaderBytes));
  if (in.left() <= crypto::kAeadTagBytes) return fail(ErrorCode::malformed, "a batch without a ciphertext");
  MUISTIO_TRY(read.sealed, in.take(in.left()));
  return read;
}

Result<BatchPlaintext> open_batch(const BatchRecord& batch, const ContentKey& key, const AudienceSecret& audience) {
  const auto keys = seal_keys(key, audience, batch.header.nonce);
  if (!crypto::equal_in_constant_time(keys.commitment.view(), batch.header.commitment.view()))
    return fail(ErrorCode::commitment_mismatch);
  MUISTIO_TRY(auto plain,
              crypto::xchacha20_open(keys.key, batch.header.nonce, associated_data(batch.header.encoded), batch.sealed));
  MUISTIO_TRY(auto read, read_plaintext(plain));
  read.content.audience = batch.header.audience;
  return read;
}

Status verify_batch(const BatchHeader& header, const BatchPlaintext& plaintext, const crypto::VerifyKey& device_key) {
  return crypto::verify(device_key, kBatchLabel, {header.encoded, plaintext.signed_part}, plaintext.signature);
}

}  // namespace muistio::space
