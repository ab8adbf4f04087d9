// The rows of the causal past: a head and blocks, and a text's version. The first byte says how much is the head; then come blocks,
// each after a byte that names its device by its place in the head, and its length.
#include <cstdlib>
#include <map>
#include <vector>

#include "muistio/base/reader.hpp"
#include "muistio/replica/causality.hpp"
#include "muistio/replica/text_version.hpp"

using namespace muistio;
using namespace muistio::replica;

namespace {

/// The devices that a head names, as far as it can be read.
std::vector<DeviceId> devices_of(BytesView head) {
  std::vector<DeviceId> devices;
  Reader reader(head);
  if (!reader.u8() || !reader.varint()) return devices;
  while (const auto device = reader.fixed<DeviceId>()) {
    devices.push_back(*device);
    if (!reader.varint() || !reader.varint() || !reader.u8()) break;
  }
  return devices;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto shown = as_text(BytesView(data, size));
  if (const auto version = parse_text_version(shown);
      version && parse_text_version(format_text_version(*version)).value() != *version)
    std::abort();
  Reader reader(BytesView(data, size));
  const auto head_size = reader.u8();
  if (!head_size) return 0;
  const auto head = reader.take(*head_size);
  if (!head) return 0;
  const auto devices = devices_of(*head);
  std::map<DeviceId, std::uint64_t> blocks_of;
  std::map<Causality::BlockId, Bytes> blocks;
  while (!devices.empty() && !reader.at_end()) {
    const auto& device = devices[*reader.u8() % devices.size()];
    const auto block = reader.block(4096);
    if (!block) return 0;
    blocks.emplace(Causality::BlockId{device, blocks_of[device]++}, to_bytes(*block));
  }
  const auto past = Causality::decode(*head, blocks);
  if (past && past->encode_head() != to_bytes(*head)) std::abort();
  return 0;
}
