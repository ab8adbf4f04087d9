#include "muistio/home/home_key.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "muistio/client.hpp"
#include "muistio/crypto/initialise.hpp"
#include "muistio/crypto/random.hpp"
#include "muistio/home/calibration.hpp"
#include "muistio/home/files.hpp"
#include "process.hpp"

using namespace muistio;
using namespace muistio::home;

namespace {

constexpr crypto::PasswordCost kCheap{1, 8192};

GivenPassphrase given(const std::string& passphrase, bool insist = false) {
  return {SecretBytes::copy_of(as_bytes(passphrase)), insist};
}

unsigned mode_of(const std::filesystem::path& file) {
  struct stat facts {};
  REQUIRE(::stat(file.c_str(), &facts) == 0);
  return facts.st_mode & 0777u;
}

}  // namespace

TEST_CASE("without a passphrase a new home gets a random key in a file for its owner alone, and finds it again") {
  crypto::initialise();
  crypto::SystemRandom random;
  test::Folder folder;
  auto made = find_home_key(folder / "home", std::nullopt, true, random);
  REQUIRE(made);
  CHECK(made->made);
  CHECK(made->source == KeySource::device_key);
  CHECK(mode_of(folder / "home" / "device.key") == 0600);
  auto found = find_home_key(folder / "home", std::nullopt, false, random);
  REQUIRE(found);
  CHECK_FALSE(found->made);
  CHECK(equal(found->key.expose(), made->key.expose()));
  auto passed_over = find_home_key(folder / "home", given("salasana"), false, random);
  REQUIRE(passed_over);
  CHECK(equal(passed_over->key.expose(), made->key.expose()));
  CHECK(find_home_key(folder / "home", given("salasana", true), false, random).error().code == ErrorCode::wrong_key);
}

TEST_CASE("a passphrase gives the same key again, another one another key, and none is refused") {
  crypto::initialise();
  crypto::SystemRandom random;
  test::Folder folder;
  auto made = find_home_key(folder.path(), given("salasana"), true, random, kCheap);
  REQUIRE(made);
  CHECK(made->source == KeySource::passphrase);
  CHECK_FALSE(std::filesystem::exists(folder / "device.key"));
  CHECK(equal(find_home_key(folder.path(), given("salasana"), false, random)->key.expose(), made->key.expose()));
  CHECK_FALSE(equal(find_home_key(folder.path(), given("Salasana"), false, random)->key.expose(), made->key.expose()));
  CHECK(find_home_key(folder.path(), std::nullopt, true, random).error().code == ErrorCode::wrong_key);
  test::Folder other;
  CHECK_FALSE(equal(find_home_key(other.path(), given("salasana"), true, random, kCheap)->key.expose(), made->key.expose()));
}

TEST_CASE("a home that is not there is not made unless it is wanted") {
  crypto::SystemRandom random;
  test::Folder folder;
  CHECK(find_home_key(folder / "none", std::nullopt, false, random).error().code == ErrorCode::not_found);
  CHECK_FALSE(std::filesystem::exists(folder / "none"));
}

TEST_CASE("key parameters are read back, and changed ones are refused without work") {
  crypto::SystemRandom random;
  const KeyParameters parameters{random.make<crypto::PasswordSalt>(), {3, 64u << 20}};
  const auto text = parameters.text();
  CHECK(KeyParameters::parse(text).value() == parameters);
  for (std::size_t cut = 0; cut + 1 < text.size(); ++cut) CHECK_FALSE(KeyParameters::parse(text.substr(0, cut)));
  CHECK_FALSE(KeyParameters::parse(text + "x"));
  const auto with = [&](const std::string& from, const std::string& to) {
    auto changed = text;
    changed.replace(changed.find(from), from.size(), to);
    return KeyParameters::parse(changed).error().code;
  };
  CHECK(with("key 1", "key 2") == ErrorCode::unsupported_version);
  CHECK(with("passes 3", "passes 65") == ErrorCode::invalid_argument);
  CHECK(with("passes 3", "passes 0") == ErrorCode::invalid_argument);
  CHECK(with("bytes 67108864", "bytes 99999999999") == ErrorCode::invalid_argument);
  CHECK(with("bytes 67108864", "bytes 99999999999999999999999") == ErrorCode::malformed);
}

TEST_CASE("a damaged device key is refused") {
  crypto::SystemRandom random;
  test::Folder folder;
  for (const char* bytes : {"", "00", "zz", "\n"}) {
    test::write_all(folder / "device.key", bytes);
    CHECK(find_home_key(folder.path(), std::nullopt, true, random).error().code == ErrorCode::malformed);
  }
}

TEST_CASE("a passphrase file is read without its line end") {
  test::Folder folder;
  for (const char* bytes : {"kaksi sanaa", "kaksi sanaa\n", "kaksi sanaa\r\n"})
    CHECK(as_text(read_passphrase(test::write_all(folder / "p", bytes))->expose()) == "kaksi sanaa");
  CHECK(read_passphrase(test::write_all(folder / "p", "\n")).error().code == ErrorCode::invalid_argument);
  CHECK(read_passphrase(folder / "none").error().code == ErrorCode::not_found);
  CHECK(read_passphrase(test::write_all(folder / "p", std::string(5000, 'a'))).error().code == ErrorCode::too_large);
}

TEST_CASE("a file is replaced as a whole and only its owner may read it") {
  test::Folder folder;
  REQUIRE(write_file(folder / "f", as_bytes("first")));
  REQUIRE(write_file(folder / "f", as_bytes("second")));
  CHECK(as_text(read_file(folder / "f", 6).value()) == "second");
  CHECK(read_file(folder / "f", 5).error().code == ErrorCode::too_large);
  CHECK(mode_of(folder / "f") == 0600);
  CHECK(write_file(folder / "none" / "f", as_bytes("x")).error().code == ErrorCode::not_found);
  CHECK_FALSE(make_folder(folder / "f"));
  CHECK(make_folder(folder / "a" / "b"));
  CHECK(mode_of(folder / "a") == 0700);
}

namespace {

/// A clock that a probe moves.
class ProbeClock final : public Clock {
 public:
  [[nodiscard]] WallMs wall() const override { return WallMs(0); }
  [[nodiscard]] MonotonicMs monotonic() const override { return MonotonicMs(now_ms); }
  std::uint64_t now_ms = 1000;
};

/// The cost that a device chooses on which the probe takes so long, the first and the second time.
crypto::PasswordCost cost_at(std::uint64_t first_ms, std::uint64_t second_ms) {
  ProbeClock clock;
  int probes = 0;
  return calibrate_cost(clock, [&](const crypto::PasswordCost& cost) {
    CHECK(cost == kCostProbe);
    clock.now_ms += probes++ == 0 ? first_ms : second_ms;
    return true;
  });
}

/// How long a key takes at `cost` where the probe takes `probe_ms`.
double taken_ms(const crypto::PasswordCost& cost, double probe_ms) {
  return probe_ms * static_cast<double>(cost.passes) * static_cast<double>(cost.memory_bytes) /
         static_cast<double>(kCostProbe.passes * kCostProbe.memory_bytes);
}

}  // namespace

TEST_CASE("the cost of a passphrase takes about half a second on the device that chooses it, within bounds") {
  for (const std::uint64_t probe_ms : {30, 60, 90, 150, 250, 330}) {
    const auto cost = cost_at(probe_ms, probe_ms);
    INFO(probe_ms << " ms a probe: " << cost.passes << " passes, " << cost.memory_bytes << " bytes");
    CHECK(cost.passes >= kCostLeast.passes);
    CHECK(cost.passes <= kCostMost.passes);
    CHECK(cost.memory_bytes >= kCostLeast.memory_bytes);
    CHECK(cost.memory_bytes <= kCostMost.memory_bytes);
    CHECK(taken_ms(cost, static_cast<double>(probe_ms)) > 350);
    CHECK(taken_ms(cost, static_cast<double>(probe_ms)) <= 510);
  }
  CHECK(cost_at(0, 0) == kCostMost);  // too fast to be measured
  CHECK(cost_at(100'000, 100'000) == kCostLeast);
  CHECK(cost_at(5'000, 60) == cost_at(60, 60));  // something else kept the device busy the first time
  ProbeClock clock;
  CHECK(calibrate_cost(clock, [](const crypto::PasswordCost&) { return false; }) == kCostLeast);
}

TEST_CASE("a new home with a passphrase keeps the cost that was measured for it, and opens by it") {
  crypto::initialise();
  crypto::SystemRandom random;
  test::Folder folder;
  auto made = find_home_key(folder.path(), given("salasana"), true, random);
  REQUIRE(made);
  const auto parameters = KeyParameters::parse(as_text(read_file(folder / "key.params", 1024).value()));
  REQUIRE(parameters);
  CHECK(parameters->cost.passes >= kCostLeast.passes);
  CHECK(parameters->cost.passes <= kCostMost.passes);
  CHECK(parameters->cost.memory_bytes >= kCostLeast.memory_bytes);
  CHECK(parameters->cost.memory_bytes <= kCostMost.memory_bytes);
  CHECK(equal(find_home_key(folder.path(), given("salasana"), false, random)->key.expose(), made->key.expose()));
}

TEST_CASE("a home under the platform's keystore holds no key, opens with it, and with nothing else") {
  test::Folder folder;
  int asked = 0;
  ClientOptions options;
  options.home = folder / "home";
  options.create = true;
  options.keystore = [&asked]() -> Result<Secret<32>> {
    ++asked;
    Secret<32> key;
    key.expose_mutable()[0] = 7;
    return key;
  };
  {
    auto client = Client::open(options);
    REQUIRE(client);
    CHECK_FALSE(client->made_device_key());
    REQUIRE(client->init("Anna", "", "").get());
    REQUIRE(client->backup(folder / "backup").get());
  }
  CHECK(asked == 1);
  for (const char* place : {"home", "backup"})
    for (const char* name : {"key.params", "device.key"}) CHECK_FALSE(std::filesystem::exists(folder / place / name));
  options.create = false;
  CHECK(Client::open(options).has_value());
  CHECK(Client::open({.home = folder / "home", .passphrase = std::nullopt, .keystore = {}, .create = true}).error().code ==
        ErrorCode::wrong_key);
  CHECK(Client::open({.home = folder / "home", .passphrase = "salasana", .keystore = {}, .create = true}).error().code ==
        ErrorCode::wrong_key);
  auto elsewhere = options;
  elsewhere.home = folder / "restored";
  REQUIRE(Client::restore(elsewhere, folder / "backup"));
  auto client = Client::open(elsewhere);
  REQUIRE(client);
  CHECK(client->devices().get().value().size() == 1);
  auto wrong = options;
  wrong.keystore = []() -> Result<Secret<32>> { return Secret<32>(); };
  CHECK(Client::open(wrong).error().code == ErrorCode::wrong_key);
  wrong.keystore = []() -> Result<Secret<32>> { return fail(ErrorCode::cancelled); };
  CHECK(Client::open(wrong).error().code == ErrorCode::cancelled);
  // One that has its key in a file stays with it.
  REQUIRE(Client::open({.home = folder / "other", .passphrase = std::nullopt, .keystore = {}, .create = true}));
  options.home = folder / "other";
  CHECK(Client::open(options).error().code == ErrorCode::wrong_key);
}
