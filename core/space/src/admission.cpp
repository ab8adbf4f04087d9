#include "admission.hpp"

#include "formats.hpp"

namespace muistio::space {
namespace {

// Keys of older eras that are granted: reserved, none in this version.
constexpr std::uint64_t kGrantedMax = 0;

}  // namespace

Bytes Admission::encode() const {
  Writer body;
  body.u64(seen.seq.value()).raw(seen.log_hash.view()).raw(roll_hash.view()).raw(older_check.view());
  body.varint(0).raw(commit_hash.view()).raw(confirm.view());
  return encode_format(Format::admission, body.bytes());
}

Result<Admission> Admission::decode(BytesView bytes) {
  MUISTIO_TRY(auto body, decode_format(Format::admission, bytes, 4096));
  Reader in(body);
  Admission admission;
  MUISTIO_TRY(auto seq, in.u64());
  admission.seen.seq = Seq(seq);
  MUISTIO_TRY(admission.seen.log_hash, in.fixed<Hash>());
  MUISTIO_TRY(admission.roll_hash, in.fixed<Hash>());
  MUISTIO_TRY(admission.older_check, in.fixed<KeyCheck>());
  MUISTIO_TRY(auto granted, in.varint());
  if (granted > kGrantedMax) return fail(ErrorCode::unsupported_version, "keys of older eras");
  MUISTIO_TRY(admission.commit_hash, in.fixed<Hash>());
  MUISTIO_TRY(admission.confirm, in.fixed<Hash>());
  MUISTIO_CHECK(in.finish());
  return admission;
}

}  // namespace muistio::space
