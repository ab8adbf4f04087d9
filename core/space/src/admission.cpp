#include "admission.hpp"

#include "formats.hpp"

namespace muistio::space {
namespace {

constexpr std::size_t kFixedBytes = 8 + 32 + 32 + 16 + 32 + 32;
constexpr std::size_t kEraKeyBytes = 8 + 8 + ContentKey::size_bytes;

}  // namespace

Bytes Admission::encode() const {
  Writer body;
  body.reserve(kFixedBytes + granted.size() * kEraKeyBytes + 16);
  body.u64(seen.seq.value()).raw(seen.log_hash.view()).raw(roll_hash.view()).raw(older_check.view());
  body.varint(granted.size());
  for (const auto& each : granted) body.u64(each.era.value()).u64(each.epoch.value()).raw(each.key.expose());
  body.raw(commit_hash.view()).raw(confirm.view());
  auto plain = std::move(body).take();
  auto encoded = encode_format(Format::admission, plain);
  wipe(plain);
  return encoded;
}

Result<Admission> Admission::decode(BytesView bytes) {
  MUISTIO_TRY(auto plain, decode_format(Format::admission, bytes, 4096 + kGrantedMax * kEraKeyBytes));
  const SecretBytes body(std::move(plain));
  Reader in(body.expose());
  Admission admission;
  MUISTIO_TRY(auto seq, in.u64());
  admission.seen.seq = Seq(seq);
  MUISTIO_TRY(admission.seen.log_hash, in.fixed<Hash>());
  MUISTIO_TRY(admission.roll_hash, in.fixed<Hash>());
  MUISTIO_TRY(admission.older_check, in.fixed<KeyCheck>());
  MUISTIO_TRY(auto granted, in.varint_at_most(kGrantedMax));
  for (std::uint64_t i = 0; i < granted; ++i) {
    EraKey each;
    MUISTIO_TRY(auto era, in.u64());
    MUISTIO_TRY(auto epoch, in.u64());
    each.era = Era(era);
    each.epoch = Epoch(epoch);
    MUISTIO_TRY(auto key, in.take(ContentKey::size_bytes));
    MUISTIO_TRY(each.key, ContentKey::from_bytes(key));
    if (!admission.granted.empty() && (each.era <= admission.granted.back().era || each.epoch <= admission.granted.back().epoch))
      return fail(ErrorCode::malformed, "keys of eras out of order");
    admission.granted.push_back(std::move(each));
  }
  MUISTIO_TRY(admission.commit_hash, in.fixed<Hash>());
  MUISTIO_TRY(admission.confirm, in.fixed<Hash>());
  MUISTIO_CHECK(in.finish());
  if (admission.roll_hash.is_zero() && (!admission.older_check.is_zero() || !admission.granted.empty()))
    return fail(ErrorCode::malformed, "keys of older epochs without a roll");
  return admission;
}

}  // namespace muistio::space
