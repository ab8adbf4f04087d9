// bench-sodium-share [SIZE …]: what part of the time of each MLS operation is spent inside libsodium. Every function of libsodium
// that the project calls is replaced at link time (--wrap) by one that reads the clock before and after the real one. What reading
// the clock costs is measured first and taken off both sides.
#include <sodium.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "bench_crypto_group.hpp"
#include "muistio/crypto/initialise.hpp"

namespace {
using Clock = std::chrono::steady_clock;
enum Kind : std::size_t { x25519, ed25519, sha256, aead, other, kinds };

struct Meter {
  std::array<double, kinds> milliseconds{};
  std::array<std::size_t, kinds> calls{};
  [[nodiscard]] double total() const {
    double sum = 0;
    for (auto time : milliseconds) sum += time;
    return sum;
  }
  [[nodiscard]] std::size_t count() const {
    std::size_t sum = 0;
    for (auto one : calls) sum += one;
    return sum;
  }
};
Meter meter;

class Metered {
 public:
  explicit Metered(Kind kind) : kind_(kind), start_(Clock::now()) {}
  Metered(const Metered&) = delete;
  Metered& operator=(const Metered&) = delete;
  ~Metered() {
    meter.milliseconds[kind_] += std::chrono::duration<double, std::milli>(Clock::now() - start_).count();
    ++meter.calls[kind_];
  }

 private:
  Kind kind_;
  Clock::time_point start_;
};
}  // namespace

#define MUISTIO_METER(kind, result, name, parameters, arguments) \
  extern "C" result __real_##name parameters;                    \
  extern "C" result __wrap_##name parameters;                    \
  extern "C" result __wrap_##name parameters {                   \
    const Metered metered(kind);                                 \
    return __real_##name arguments;                              \
  }
using Byte = unsigned char;
using Size = unsigned long long;
MUISTIO_METER(x25519, int, crypto_scalarmult_curve25519, (Byte * q, const Byte* n, const Byte* p), (q, n, p))
MUISTIO_METER(x25519, int, crypto_scalarmult_curve25519_base, (Byte * q, const Byte* n), (q, n))
MUISTIO_METER(ed25519, int, crypto_sign_ed25519_seed_keypair, (Byte * pk, Byte* sk, const Byte* seed), (pk, sk, seed))
MUISTIO_METER(ed25519, int, crypto_sign_ed25519_detached, (Byte * sig, Size* size, const Byte* m, Size length, const Byte* sk),
              (sig, size, m, length, sk))
MUISTIO_METER(ed25519, int, crypto_sign_ed25519_verify_detached, (const Byte* sig, const Byte* m, Size length, const Byte* pk),
              (sig, m, length, pk))
MUISTIO_METER(sha256, int, crypto_hash_sha256, (Byte * out, const Byte* in, Size length), (out, in, length))
MUISTIO_METER(sha256, int, crypto_auth_hmacsha256_init, (crypto_auth_hmacsha256_state * state, const Byte* key, std::size_t length),
              (state, key, length))
MUISTIO_METER(sha256, int, crypto_auth_hmacsha256_update, (crypto_auth_hmacsha256_state * state, const Byte* in, Size length),
              (state, in, length))
MUISTIO_METER(sha256, int, crypto_auth_hmacsha256_final, (crypto_auth_hmacsha256_state * state, Byte* out), (state, out))
MUISTIO_METER(aead, int, crypto_aead_chacha20poly1305_ietf_encrypt,
              (Byte * c, Size* size, const Byte* m, Size length, const Byte* ad, Size ad_length, const Byte* none,
               const Byte* nonce, const Byte* key),
              (c, size, m, length, ad, ad_length, none, nonce, key))
MUISTIO_METER(aead, int, crypto_aead_chacha20poly1305_ietf_decrypt,
              (Byte * m, Size* size, Byte* none, const Byte* c, Size length, const Byte* ad, Size ad_length, const Byte* nonce,
               const Byte* key),
              (m, size, none, c, length, ad, ad_length, nonce, key))
MUISTIO_METER(other, void, randombytes_buf, (void* const out, const std::size_t size), (out, size))
MUISTIO_METER(other, void, sodium_memzero, (void* const out, const std::size_t size), (out, size))
MUISTIO_METER(other, int, sodium_memcmp, (const void* const one, const void* const two, std::size_t size), (one, two, size))

namespace {
using namespace muistio::bench;

// What metering one call adds, inside the measured stretch and in all.
struct Overhead {
  double inside = 0;
  double whole = 0;
};
// By the same clock as the meter's, so that a pause by the machine falls on either in proportion.
double milliseconds(const std::function<void()>& work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}
Overhead measure_overhead() {
  constexpr int kCalls = 1000;
  const auto run = [](auto&& compare) {
    const Byte one = 1, two = 1;
    int same = 0;
    const auto time = milliseconds([&] {
      for (int i = 0; i < kCalls; ++i) same += compare(&one, &two, 1);
    });
    if (same != 0) std::abort();
    return time / kCalls;
  };
  // Medians over many short stretches: a pause by the machine spoils few of them.
  std::vector<double> metered, inside, bare;
  for (int i = 0; i < 201; ++i) {
    meter = {};
    metered.push_back(run([](const void* one, const void* two, std::size_t size) { return sodium_memcmp(one, two, size); }));
    inside.push_back(meter.total() / kCalls);
    bare.push_back(run([](const void* one, const void* two, std::size_t size) { return __real_sodium_memcmp(one, two, size); }));
  }
  return {median(inside) - median(bare), median(metered) - median(bare)};
}

void print_row(const CryptoGroup& group, const Operation& operation, const Overhead& overhead) {
  std::vector<double> times, shares;
  std::vector<std::array<double, kinds>> by_kind;
  std::size_t calls = 0;
  for (int i = 0; i < runs_for(group.size()); ++i) {
    operation.prepare();
    meter = {};
    auto time = milliseconds(operation.run);
    calls = meter.count();
    time -= static_cast<double>(calls) * overhead.whole;
    for (std::size_t kind = 0; kind < kinds; ++kind)
      meter.milliseconds[kind] -= static_cast<double>(meter.calls[kind]) * overhead.inside;
    times.push_back(time);
    shares.push_back(meter.total() / time);
    by_kind.push_back(meter.milliseconds);
  }
  std::printf("| %zu | %s | %.3f | %.1f %% |", group.size(), operation.name.c_str(), median(times), 100 * median(shares));
  for (std::size_t kind = 0; kind < kinds; ++kind) {
    std::vector<double> values;
    for (std::size_t i = 0; i < by_kind.size(); ++i) values.push_back(100 * by_kind[i][kind] / times[i]);
    std::printf(" %.1f |", median(values));
  }
  std::printf(" %zu |\n", calls);
  std::fflush(stdout);
}
}  // namespace

int main(int argc, char** argv) {
  muistio::crypto::initialise();
  std::vector<std::size_t> sizes;
  for (int i = 1; i < argc; ++i) {
    const auto size = std::strtoul(argv[i], nullptr, 10);
    if (size < 2) {
      std::fprintf(stderr, "usage: bench-sodium-share [SIZE …]   (SIZE at least 2)\n");
      return 2;
    }
    sizes.push_back(size);
  }
  if (sizes.empty()) sizes = {2, 12, 100, 1000};
  const auto overhead = measure_overhead();
  std::printf("Metering one call costs %.0f ns, of which %.0f ns inside the measured stretch; both are taken off.\n\n",
              1e6 * overhead.whole, 1e6 * overhead.inside);
  std::printf(
      "| members | operation | ms | in libsodium | X25519 %% | Ed25519 %% | SHA-256, HMAC %% | AEAD %% | other %% | calls |\n");
  std::printf("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
  for (auto size : sizes) {
    const CryptoGroup group(size);
    for (const auto& operation : group.operations()) print_row(group, operation, overhead);
  }
}
