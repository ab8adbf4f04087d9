// Attachments that a server cuts short, exchanges or reorders.
#include <catch2/catch.hpp>

#include "doctor.hpp"
#include "muistio/attachment/file.hpp"
#include "muistio/crypto/initialise.hpp"
#include "muistio/crypto/random.hpp"
#include "plants.hpp"
#include "process.hpp"

using namespace muistio;
using namespace muistio::evil;

TEST_CASE("An attachment that is cut short, reordered or exchanged is not taken for the file") {
  crypto::initialise();
  crypto::SystemRandom random;
  const muistio::test::Folder folder;
  const auto space = random.make<SpaceId>();
  std::string text(200'000, 'x');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>('a' + i / 1000 % 26);
  const auto plain = muistio::test::write_all(folder / "plain", text);
  const auto cipher = folder / "cipher", other = folder / "other", out = folder / "out";
  const auto descriptor = attachment::encrypt_file(plain, cipher, space, random).value();
  REQUIRE(attachment::encrypt_file(plain, other, space, random));
  const auto attack = GENERATE(Attack::truncate_attachment, Attack::reorder_chunks, Attack::swap_attachments);
  const auto whole = muistio::test::read_all(cipher);
  const auto bent = attack == Attack::swap_attachments ? muistio::test::read_all(other) : bent_attachment(whole, attack);
  REQUIRE(bent != whole);
  muistio::test::write_all(cipher, bent);
  SECTION("the honest client") {
    const auto opened = attachment::decrypt_file(cipher, out, descriptor, space);
    REQUIRE(!opened);
    CHECK(opened.error().code == (attack == Attack::truncate_attachment ? ErrorCode::truncated : ErrorCode::decryption_failed));
    CHECK(!std::filesystem::exists(out));
    // From the true bytes it opens.
    muistio::test::write_all(cipher, whole);
    REQUIRE(attachment::decrypt_file(cipher, out, descriptor, space));
    CHECK(muistio::test::read_all(out) == text);
  }
  SECTION("with the check planted off") {
    const Planted off{"chunk"};
    REQUIRE(attachment::decrypt_file(cipher, out, descriptor, space));
    CHECK(muistio::test::read_all(out) != text);
  }
}
