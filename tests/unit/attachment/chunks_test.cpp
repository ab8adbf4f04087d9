#include "attachment_fixture.hpp"
#include "format_examples.hpp"

namespace muistio::attachment::test {
namespace {
ChunkCipher cipher_of(std::uint64_t size_bytes, std::uint8_t first_of_key = 32) {
  const auto key = good(Secret<32>::from_bytes(counted<Hash>(first_of_key).view()));
  return good(ChunkCipher::make(counted<SpaceId>(0), counted<AttachmentId>(16), key, size_bytes));
}
}  // namespace

TEST_CASE("The worked example of an attachment is what the code writes and reads") {
  const auto text = as_bytes("Hei!\n");
  const auto cipher = cipher_of(text.size());
  Bytes made = cipher.header();
  append(made, good(cipher.seal(0, text)));
  const Bytes example = muistio::test::format_example("attachment-ciphertext");
  CHECK(to_hex(made) == to_hex(example));
  good(cipher.check_header(BytesView(example).first(kHeaderBytes)));
  CHECK(equal(good(cipher.open(0, BytesView(example).subspan(kHeaderBytes))), text));

  const Bytes descriptor = muistio::test::format_example("attachment-descriptor");
  const auto decoded = good(AttachmentDescriptor::decode(descriptor));
  CHECK(decoded.id == counted<AttachmentId>(16));
  CHECK(decoded.size_bytes == 5);
  CHECK(decoded.sha256 == crypto::sha256(text));
  CHECK(decoded.ciphertext_bytes() == example.size());
  CHECK(decoded.encode() == descriptor);
  CHECK(decoded.encode().size() == kDescriptorBytes);
  CHECK(decoded.clone().encode() == descriptor);
}

TEST_CASE("A descriptor that is cut, lengthened, of another version or too large is refused with the reason") {
  const Bytes good_bytes = muistio::test::format_example("attachment-descriptor");
  for (std::size_t length = 0; length < good_bytes.size(); ++length)
    CHECK(AttachmentDescriptor::decode(BytesView(good_bytes).first(length)).error().code == ErrorCode::malformed);
  Bytes longer = good_bytes;
  longer.push_back(0);
  CHECK(AttachmentDescriptor::decode(longer).error().code == ErrorCode::malformed);
  Bytes newer = good_bytes;
  newer[0] = 2;
  CHECK(AttachmentDescriptor::decode(newer).error().code == ErrorCode::unsupported_version);
  Bytes huge = good_bytes;
  huge[1 + 16 + 32 + 2] = 1;
  CHECK(AttachmentDescriptor::decode(huge).error().code == ErrorCode::too_large);
}

TEST_CASE("Sizes and places agree for lengths around the chunk's") {
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{1}, kChunkBytes - 1, kChunkBytes, kChunkBytes + 1,
                                   3 * kChunkBytes, 3 * kChunkBytes + 7, kAttachmentBytesMax}) {
    INFO(size);
    const auto count = chunk_count(size);
    const auto last = count - 1;
    CHECK(chunk_offset(last) + chunk_plain_bytes(last, size) + kTagBytes == ciphertext_bytes(size));
    CHECK(last * kChunkBytes + chunk_plain_bytes(last, size) == size);
    CHECK(whole_chunks(ciphertext_bytes(size), size) == count);
    CHECK(whole_chunks(ciphertext_bytes(size) - 1, size) == last);
    CHECK(whole_chunks(0, size) == 0);
    for (std::uint64_t chunk = 0; chunk < std::min<std::uint64_t>(count, 4); ++chunk) {
      CHECK(whole_chunks(chunk_offset(chunk), size) == chunk);
      if (chunk > 0) CHECK(whole_chunks(chunk_offset(chunk) - 1, size) == chunk - 1);
    }
  }
  CHECK(ChunkCipher::make({}, {}, Secret<32>(), kAttachmentBytesMax + 1).error().code == ErrorCode::too_large);
}

TEST_CASE("Chunks open in any order, each only in its place, space, attachment, key and length") {
  const std::uint64_t size = 2 * kChunkBytes + 100;
  const Bytes plain = sample(size);
  const auto cipher = cipher_of(size);
  std::vector<Bytes> sealed;
  for (std::uint64_t i = 0; i < 3; ++i)
    sealed.push_back(good(cipher.seal(i, BytesView(plain).subspan(i * kChunkBytes, chunk_plain_bytes(i, size)))));
  for (const std::uint64_t i : {2u, 0u, 1u})
    CHECK(equal(good(cipher.open(i, sealed[i])), BytesView(plain).subspan(i * kChunkBytes, chunk_plain_bytes(i, size))));

  CHECK(cipher.open(0, sealed[1]).error().code == ErrorCode::decryption_failed);
  CHECK(cipher.open(1, sealed[0]).error().code == ErrorCode::decryption_failed);
  CHECK(cipher.open(3, sealed[2]).error().code == ErrorCode::invalid_argument);
  CHECK(cipher.open(2, BytesView(sealed[2]).first(50)).error().code == ErrorCode::truncated);
  CHECK(cipher.open(2, sealed[1]).error().code == ErrorCode::malformed);
  CHECK(cipher_of(size, 33).open(0, sealed[0]).error().code == ErrorCode::decryption_failed);
  CHECK(cipher_of(size + 1).open(0, sealed[0]).error().code == ErrorCode::decryption_failed);
  const auto key = good(Secret<32>::from_bytes(counted<Hash>(32).view()));
  const auto other_space = good(ChunkCipher::make(counted<SpaceId>(1), counted<AttachmentId>(16), key, size));
  const auto other_id = good(ChunkCipher::make(counted<SpaceId>(0), counted<AttachmentId>(17), key, size));
  const auto same = good(ChunkCipher::make(counted<SpaceId>(0), counted<AttachmentId>(16), key, size));
  CHECK(other_space.open(0, sealed[0]).error().code == ErrorCode::decryption_failed);
  CHECK(other_id.open(0, sealed[0]).error().code == ErrorCode::decryption_failed);
  CHECK(same.open(0, sealed[0]));
  CHECK(cipher.seal(0, BytesView(plain).first(10)).error().code == ErrorCode::invalid_argument);
  CHECK(cipher.seal(3, {}).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("The last full chunk of one file is not the same chunk in the middle of a longer one") {
  // Equal key, index and bytes: only the mark of the last chunk and the length in the header differ.
  const Bytes plain = sample(kChunkBytes);
  const auto as_last = cipher_of(kChunkBytes);
  const auto as_first = cipher_of(2 * kChunkBytes);
  CHECK(as_first.open(0, good(as_last.seal(0, plain))).error().code == ErrorCode::decryption_failed);
}

TEST_CASE("A header of another version, chunk size or length is refused") {
  const auto cipher = cipher_of(5);
  const Bytes header = cipher.header();
  good(cipher.check_header(header));
  CHECK(cipher.check_header(BytesView(header).first(9)).error().code == ErrorCode::truncated);
  const auto with = [&header](std::size_t at, std::uint8_t value) {
    Bytes changed = header;
    changed[at] = value;
    return changed;
  };
  CHECK(cipher.check_header(with(0, 2)).error().code == ErrorCode::unsupported_version);
  CHECK(cipher.check_header(with(1, 12)).error().code == ErrorCode::malformed);
  CHECK(cipher.check_header(with(9, 6)).error().code == ErrorCode::invalid_argument);
}

}  // namespace muistio::attachment::test
