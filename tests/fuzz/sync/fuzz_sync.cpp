// The engine of a device under whatever a server may send. The input is a list of frames (a 16-bit length before each); a frame
// whose first byte is 0xff names an answer to be made well-formed, so that the fuzzer gets behind the first checks. Nothing may
// crash, and what the person wrote must still be there, unsent, afterwards.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "muistio/base/reader.hpp"
#include "muistio/crypto/initialise.hpp"
#include "muistio/store/fault_vfs.hpp"
#include "muistio/sync/engine.hpp"
#include "muistio/wire/log_hash.hpp"

using namespace muistio;
using namespace muistio::sync;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

class CountingRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    for (auto& byte : out)
      byte = static_cast<std::uint8_t>((state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL) >> 56);
  }

 private:
  std::uint64_t state_ = 1;
};
class StillClock final : public Clock {
 public:
  [[nodiscard]] WallMs wall() const override { return WallMs(1'700'000'000'000); }
  [[nodiscard]] MonotonicMs monotonic() const override { return MonotonicMs(1000); }
};

const replica::FieldId kTitle{1};

/// A home with a club of its own and one note, made once; each input begins with its files.
struct Home {
  store::FaultDisk disk{"fuzz-sync"};
  StillClock clock;
  SpaceId space;
  DocumentId note;
  std::vector<std::pair<std::string, Bytes>> files;

  Result<store::Store> open() {
    store::OpenOptions options;
    options.path = "home";
    options.vfs = disk.name();
    return store::Store::open(std::move(options));
  }
  Home() {
    crypto::initialise();
    {
      CountingRandom random;
      auto store = std::move(open()).value();
      auto engine = std::move(Engine::open(store, clock, random, {})).value();
      space = engine->create_space(SpaceKind::club).value();
      must(engine->edit(space, [&](replica::ChangeBuilder& builder) { return builder.set_register(note, kTitle, as_bytes("x")); })
               .has_value());
      static_cast<void>(engine->invite(space, {.server = "club.example"}));
    }
    for (const auto& file : disk.files()) files.emplace_back(file, *disk.contents(file));
  }
  void restore() {
    for (const auto& file : disk.files()) disk.remove(file);
    for (const auto& [file, bytes] : files) disk.set_contents(file, bytes);
  }
};

/// A well-formed answer chosen by the bytes of a frame.
Bytes shaped(BytesView choice, const SpaceId& space) {
  const auto at = [&](std::size_t place) { return place < choice.size() ? choice[place] : std::uint8_t{0}; };
  const wire::RequestId request(at(1));
  const Bytes rest = choice.size() > 4 ? to_bytes(choice.subspan(4)) : Bytes{};
  switch (at(0) % 9) {
    case 0:
      return wire::encode_frame(request, wire::ServerMessage(wire::SpaceOpened{space, Seq(at(2)), Seq(0), Seq(0), Seq(at(3)), {}}));
    case 1:
      return wire::encode_frame(request, wire::ServerMessage(wire::Done{}));
    case 2:
      return wire::encode_frame(request, wire::ServerMessage(wire::Appended{Seq(at(2)), {}}));
    case 3:
      return wire::encode_frame(
          request, wire::ServerMessage(wire::Refused{static_cast<std::uint16_t>(300 + at(2)), "", Seq(at(3)), Seq(0)}));
    case 4: {
      auto record = wire::encode_record({at(3) % 2 == 0 ? wire::RecordKind::content : wire::RecordKind::handshake, rest, {}});
      if (!record) return {};
      return wire::encode_frame(wire::RequestId(0), wire::ServerMessage(wire::Records{space, Seq(at(2)), {*record}, Seq(at(3))}));
    }
    case 5:
      return wire::encode_frame(wire::RequestId(0), wire::ServerMessage(wire::Records{space, Seq(at(2)), {rest}, Seq(at(3))}));
    case 6: {
      wire::InboxItem item;
      item.request = rest;
      return wire::encode_frame(request, wire::ServerMessage(wire::Inbox{space, {item}}));
    }
    case 7:
      return wire::encode_frame(request, wire::ServerMessage(wire::Ticket{}));
    default:
      return wire::encode_frame(request, wire::ServerMessage(wire::Pong{}));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Home home;
  home.restore();
  CountingRandom random;
  auto store = std::move(home.open()).value();
  auto engine = std::move(Engine::open(store, home.clock, random, {})).value();
  engine->connected({}, "");
  engine->received(wire::encode_frame(wire::RequestId(0), wire::ServerMessage(wire::Challenge{})));
  Reader reader({data, size});
  for (int frames = 0; frames < 32 && !engine->wants_close(); ++frames) {
    auto length = reader.u16();
    if (!length) break;
    auto frame = reader.take(std::min<std::size_t>(*length, reader.left()));
    if (!frame || frame->empty()) continue;
    if ((*frame)[0] == 0xff) {
      if (auto made = shaped(frame->subspan(1), home.space); !made.empty()) engine->received(made);
    } else {
      engine->received(*frame);
    }
    static_cast<void>(engine->take_frames());
    engine->tick();
  }
  engine->disconnected();
  const auto summary = engine->space(home.space);
  must(summary.has_value());
  must(summary->unsent == 1);  // nothing that a server says makes it forget what was not met in the log
  Bytes title;
  const auto read = engine->read(home.space, [&](replica::Replica& replica) -> Status {
    MUISTIO_TRY(auto document, replica.document(home.note));
    if (document && document->find_register(kTitle)) title = document->find_register(kTitle)->value;
    return ok();
  });
  must(read.has_value() && as_text(title) == "x");
  return 0;
}
