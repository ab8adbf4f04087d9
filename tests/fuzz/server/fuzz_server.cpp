// The engine under a sequence of frames from two connections, one of which has a space open. Nothing that an attacker sends may
// crash it, leave a request without an answer, or reach the log's hash.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>

#include "muistio/base/reader.hpp"
#include "muistio/crypto/initialise.hpp"
#include "muistio/crypto/signature.hpp"
#include "muistio/server/engine.hpp"
#include "muistio/server/sqlite_log.hpp"
#include "muistio/wire/log_hash.hpp"

using namespace muistio;
using namespace muistio::server;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

class CountingRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    for (auto& byte : out) byte = static_cast<std::uint8_t>(state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL);
  }

 private:
  std::uint64_t state_ = 1;
};
class StillClock final : public Clock {
 public:
  [[nodiscard]] WallMs wall() const override { return WallMs(1'700'000'000'000); }
  [[nodiscard]] MonotonicMs monotonic() const override { return MonotonicMs(1000); }
};

const SpaceId kSpace = SpaceId::parse("101112131415161718191a1b1c1d1e1f").value();

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  crypto::initialise();
  const auto opened = SqliteLog::open({":memory:", ""});  // a new one each time, so that an input repeats
  auto& log = **opened;
  CountingRandom random;
  const auto key = crypto::SigningKey::generate(random);
  StillClock clock;
  Engine engine(log, clock, random);
  const wire::TlsExporter exporter;
  const ConnectionId member(1), stranger(2);
  engine.on_open(member, exporter, "fuzz");
  engine.on_open(stranger, exporter, "fuzz");
  wire::ChallengeNonce nonce;
  for (const auto& output : engine.flush())
    if (output.connection == member) nonce = std::get<wire::Challenge>(wire::decode_server_frame(*output.frame)->message).nonce;
  const auto message = wire::auth_message(wire::AuthPurpose::create, kSpace, nonce, "fuzz", exporter);
  engine.on_frame(
      member, wire::encode_frame(
                  wire::RequestId(1'000'000),
                  wire::CreateSpace{
                      kSpace, wire::AuthKey(key.verify_key().array()), wire::AuthSignature(key.sign_raw(message).array()), {}}));
  std::set<ConnectionId> ended;
  const auto flush = [&] {
    for (int round = 0; engine.has_work(); ++round) {
      must(round < 1000);
      for (const auto& output : engine.flush()) {
        must(!ended.contains(output.connection));
        if (output.frame) {
          must(wire::decode_server_frame(*output.frame).has_value());
          engine.on_sent(output.connection, output.frame->size());
        }
        if (output.close) ended.insert(output.connection);
      }
    }
  };
  flush();
  Reader input({data, size});
  while (!input.at_end()) {
    const auto control = *input.u8();
    const auto frame = input.block(70'000);
    if (!frame) break;
    engine.on_frame((control & 1) != 0 ? stranger : member, *frame);
    if ((control & 2) != 0) flush();
  }
  flush();
  const auto state = log.state(kSpace);
  must(state.has_value());
  if (state->head.value() > 0) {  // the newest link of the chain holds
    const auto previous = log.log_hash(kSpace, Seq(state->head.value() - 1));
    const auto last = log.fetch(kSpace, state->head, state->head, 1);
    must(previous && last && last->size() == 1 && wire::log_hash_next(*previous, state->head, last->front()) == state->log_hash);
  }
  return 0;
}
