// A content record: as it came, and with its ciphertext made by someone who has the key, so that what is inside is reached.
#include <cstdint>
#include <cstdlib>

#include "muistio/base/reader.hpp"
#include "muistio/crypto/aead.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/space/batch.hpp"
#include "muistio/space/content_keys.hpp"
#include "muistio/wire/envelope.hpp"

using namespace muistio;
using namespace muistio::space;

namespace {

Bytes u64_bytes(std::uint64_t value) {
  Writer out;
  out.u64(value);
  return std::move(out).take();
}

void open(BytesView record) {
  static_cast<void>(content_kind(record));
  static_cast<void>(Keywrap::decode(record));
  const auto batch = read_batch(record);
  if (!batch) return;
  const auto opened = open_batch(*batch, ContentKey{}, AudienceSecret{});
  if (!opened) return;
  static_cast<void>(verify_batch(batch->header, *opened, crypto::VerifyKey{}));
  const auto stored = BatchContent::decode(opened->content.encode());
  if (opened->content.deflated.size() <= kDeflatedBytesMax && (!stored || *stored != opened->content)) std::abort();
  const auto payload = inflate(opened->content.deflated, 64 * 1024);
  if (payload && payload->size() > 64 * 1024) std::abort();
}

// The record that someone with the key makes of any plaintext.
Bytes seal(BytesView plaintext) {
  const auto keys = seal_keys(ContentKey{}, AudienceSecret{}, crypto::XNonce{});
  Writer header;
  header.u16(3).raw(SpaceId{}.view()).u64(0).raw(AudienceId{}.view()).raw(crypto::XNonce{}.view()).raw(keys.commitment.view());
  const auto context = crypto::join_fields("muistio batch header 1", {u64_bytes(1), u64_bytes(1), header.bytes()});
  Bytes body = header.bytes();
  append(body, crypto::xchacha20_seal(keys.key, crypto::XNonce{}, context, plaintext));
  return wire::encode_envelope(1, 1, body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView bytes(data, size);
  open(bytes);
  open(seal(bytes));
  return 0;
}
