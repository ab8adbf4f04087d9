// A descriptor, and a ciphertext for it, of any bytes. The first byte chooses: even, the rest is a descriptor; odd, the rest
// is laid over a true ciphertext by exclusive or.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "muistio/attachment/attachment.hpp"

namespace {
using namespace muistio;
using namespace muistio::attachment;

constexpr std::uint64_t kPlainBytes = 300;

const ChunkCipher& cipher() {
  static const ChunkCipher made = std::move(ChunkCipher::make(SpaceId(), AttachmentId(), Secret<32>(), kPlainBytes)).value();
  return made;
}

const Bytes& true_ciphertext() {
  static const Bytes made = [] {
    Bytes bytes = cipher().header();
    append(bytes, cipher().seal(0, Bytes(kPlainBytes, 7)).value());
    return bytes;
  }();
  return made;
}

void descriptor(BytesView input) {
  const auto decoded = AttachmentDescriptor::decode(input);
  if (!decoded) return;
  if (!equal(decoded->encode(), input) || decoded->size_bytes > kAttachmentBytesMax) std::abort();
  const auto count = chunk_count(decoded->size_bytes);
  if (chunk_offset(count - 1) + chunk_plain_bytes(count - 1, decoded->size_bytes) + kTagBytes != decoded->ciphertext_bytes())
    std::abort();
}

void ciphertext(BytesView input) {
  Bytes bytes = true_ciphertext();
  bool changed = input.size() > bytes.size();
  bytes.resize(std::max(bytes.size(), input.size()));
  for (std::size_t i = 0; i < input.size(); ++i) {
    bytes[i] ^= input[i];
    changed = changed || input[i] != 0;
  }
  const BytesView all(bytes);
  const bool opened =
      cipher().check_header(all.first(kHeaderBytes)).has_value() && cipher().open(0, all.subspan(kHeaderBytes)).has_value();
  if (opened == changed) std::abort();
  // Of any length, at the bytes as they are.
  (void)cipher().check_header(input);
  if (cipher().open(0, input)) std::abort();
  (void)cipher().open(1, input);
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const BytesView rest(data + 1, size - 1);
  if ((data[0] & 1) == 0)
    descriptor(rest);
  else
    ciphertext(rest);
  return 0;
}
