#include "attachment_fixture.hpp"

namespace muistio::attachment::test {

TEST_CASE("A file of any length is encrypted and decrypted to the same bytes") {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{kChunkBytes - 1}, std::size_t{kChunkBytes},
                                 std::size_t{kChunkBytes + 1}, std::size_t{3 * kChunkBytes}, std::size_t{1'000'003}}) {
    INFO(size);
    const Encrypted made(size);
    CHECK(made.cipher.size() == made.descriptor.ciphertext_bytes());
    CHECK(made.descriptor.size_bytes == size);
    CHECK(made.descriptor.sha256 == crypto::sha256(made.plain));
    good(made.decrypt());
    CHECK(read_all(made.folder / "out") == made.plain);
    CHECK_FALSE(std::filesystem::exists(made.folder / "out.part"));
    CHECK(good(authentic_bytes(made.folder / "cipher", made.descriptor, made.space)) == made.cipher.size());
  }
}

TEST_CASE("Two encryptions of one file share nothing, and the plaintext is not in either") {
  const Encrypted one(1000), two(1000);
  CHECK(one.plain == two.plain);
  CHECK_FALSE(one.descriptor.id == two.descriptor.id);
  CHECK_FALSE(equal(BytesView(one.cipher).subspan(kHeaderBytes), BytesView(two.cipher).subspan(kHeaderBytes)));
  const auto text = as_text(one.plain).substr(100, 16);
  CHECK(as_text(one.plain).find(text) != std::string_view::npos);
  CHECK(as_text(one.cipher).find(text) == std::string_view::npos);
}

TEST_CASE("Any changed bit is refused and no file appears") {
  const Encrypted made(kChunkBytes + 50);
  for (std::size_t at = 0; at < made.cipher.size(); at += at < 64 || at + 100 > made.cipher.size() ? 1 : 4999) {
    Bytes changed = made.cipher;
    changed[at] ^= 0x40;
    INFO("byte " << at);
    CHECK_FALSE(made.decrypt(changed));
    CHECK_FALSE(made.has_out());
  }
  good(made.decrypt(made.cipher));
  CHECK(read_all(made.folder / "out") == made.plain);
}

TEST_CASE("Cut, lengthened, with chunks exchanged, left out or repeated: each is refused with its reason") {
  const Encrypted made(3 * kChunkBytes);
  const auto chunk = [&made](std::uint64_t i) { return BytesView(made.cipher).subspan(chunk_offset(i), kChunkBytes + kTagBytes); };
  const auto joined = [&made](std::initializer_list<BytesView> chunks) {
    Bytes bytes(made.cipher.begin(), made.cipher.begin() + kHeaderBytes);
    for (const auto& piece : chunks) append(bytes, piece);
    return bytes;
  };
  const auto code = [&made](BytesView bytes) {
    const auto refused = made.decrypt(bytes);
    CHECK_FALSE(made.has_out());
    std::filesystem::remove(made.folder / "out.part");
    return refused.error().code;
  };
  CHECK(code(joined({chunk(0), chunk(1)})) == ErrorCode::truncated);
  CHECK(code(BytesView(made.cipher).first(made.cipher.size() - 1)) == ErrorCode::truncated);
  CHECK(code(BytesView(made.cipher).first(5)) == ErrorCode::truncated);
  CHECK(code({}) == ErrorCode::truncated);
  CHECK(code(joined({chunk(0), chunk(1), chunk(2), chunk(2)})) == ErrorCode::malformed);
  CHECK(code(joined({chunk(1), chunk(0), chunk(2)})) == ErrorCode::decryption_failed);
  CHECK(code(joined({chunk(0), chunk(2), chunk(1)})) == ErrorCode::decryption_failed);
  CHECK(code(joined({chunk(0), chunk(0), chunk(2)})) == ErrorCode::decryption_failed);
  const Encrypted other(3 * kChunkBytes);
  CHECK(code(other.cipher) == ErrorCode::decryption_failed);
  good(made.decrypt(made.cipher));
}

TEST_CASE("A download that was cut goes on behind what is whole and authentic") {
  const Encrypted made(5 * kChunkBytes + 10);
  const auto authentic = [&made](BytesView bytes) {
    write_all(made.folder / "cipher", bytes);
    return good(authentic_bytes(made.folder / "cipher", made.descriptor, made.space));
  };
  CHECK(authentic(BytesView(made.cipher).first(chunk_offset(2) + 700)) == chunk_offset(2));
  CHECK(authentic(BytesView(made.cipher).first(3)) == 0);
  Bytes spoilt = made.cipher;
  spoilt[chunk_offset(3) + 5] ^= 1;
  CHECK(authentic(spoilt) == chunk_offset(3));
  Bytes resumed(made.cipher.begin(), made.cipher.begin() + static_cast<std::ptrdiff_t>(authentic(spoilt)));
  append(resumed, BytesView(made.cipher).subspan(resumed.size()));
  good(made.decrypt(resumed));
  CHECK(read_all(made.folder / "out") == made.plain);
  std::filesystem::remove(made.folder / "cipher");
  CHECK(good(authentic_bytes(made.folder / "cipher", made.descriptor, made.space)) == 0);
  CHECK(made.decrypt().error().code == ErrorCode::absent);
}

TEST_CASE("Decrypting goes on at a chunk where it was stopped, also behind a torn write") {
  const Encrypted made(4 * kChunkBytes + 10);
  std::uint64_t reported = 0;
  const auto stop_at_two = [&reported](std::uint64_t done_bytes) {
    reported = done_bytes;
    return done_bytes < 2 * kChunkBytes;
  };
  const auto stopped = decrypt_file(made.folder / "cipher", made.folder / "out", made.descriptor, made.space, stop_at_two);
  CHECK(stopped.error().code == ErrorCode::cancelled);
  CHECK(reported == 2 * kChunkBytes);
  CHECK(std::filesystem::file_size(made.folder / "out.part") == 2 * kChunkBytes);
  std::ofstream(made.folder / "out.part", std::ios::app) << "torn";

  std::uint64_t first_reported = 0;
  good(decrypt_file(made.folder / "cipher", made.folder / "out", made.descriptor, made.space, [&](std::uint64_t done_bytes) {
    if (first_reported == 0) first_reported = done_bytes;
    return true;
  }));
  CHECK(first_reported == 3 * kChunkBytes);
  CHECK(read_all(made.folder / "out") == made.plain);
}

TEST_CASE("What an earlier try left that is no beginning of this file is passed over") {
  const Encrypted made(2 * kChunkBytes + 10);
  for (const std::size_t left : {std::size_t{kChunkBytes}, std::size_t{2 * kChunkBytes + 10}, std::size_t{5 * kChunkBytes}}) {
    write_all(made.folder / "out.part", Bytes(left, 'x'));
    good(made.decrypt());
    CHECK(read_all(made.folder / "out") == made.plain);
  }
}

TEST_CASE("With another SHA-256 in the descriptor nothing is kept") {
  Encrypted made(kChunkBytes + 1);
  made.descriptor.sha256 = crypto::sha256(as_bytes("another"));
  CHECK(made.decrypt().error().code == ErrorCode::decryption_failed);
  CHECK_FALSE(made.has_out());
  CHECK_FALSE(std::filesystem::exists(made.folder / "out.part"));
}

TEST_CASE("What cannot be encrypted is refused and leaves no ciphertext") {
  const Folder folder;
  crypto::SystemRandom random;
  CHECK(encrypt_file(folder / "absent", folder / "cipher", {}, random).error().code == ErrorCode::not_found);
  CHECK(encrypt_file(folder / ".", folder / "cipher", {}, random).error().code == ErrorCode::io_failed);
  CHECK_FALSE(std::filesystem::exists(folder / "cipher"));
  write_all(folder / "plain", sample(3 * kChunkBytes));
  const auto stopped = encrypt_file(folder / "plain", folder / "cipher", {}, random, [](std::uint64_t) { return false; });
  CHECK(stopped.error().code == ErrorCode::cancelled);
  CHECK_FALSE(std::filesystem::exists(folder / "cipher"));
  const auto grew = encrypt_file(folder / "plain", folder / "cipher", {}, random, [&folder](std::uint64_t) {
    std::ofstream(folder / "plain", std::ios::app) << "more";
    return true;
  });
  CHECK(grew.error().code == ErrorCode::invalid_state);
  CHECK_FALSE(std::filesystem::exists(folder / "cipher"));
  // A hole costs no disk: 4 GiB and one byte.
  std::filesystem::resize_file(folder / "plain", kAttachmentBytesMax + 1);
  CHECK(encrypt_file(folder / "plain", folder / "cipher", {}, random).error().code == ErrorCode::too_large);
}

TEST_CASE("Twenty megabytes go through in chunks") {
  const Encrypted made(20'000'000);
  good(made.decrypt());
  CHECK(crypto::sha256(read_all(made.folder / "out")) == made.descriptor.sha256);
}

}  // namespace muistio::attachment::test
