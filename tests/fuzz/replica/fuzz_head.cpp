// The rows of the causal past: a head and blocks, and a text's version. The first byte says how much is the head, the rest is
// blocks of one device, each after its length.
#include <cstdlib>

#include "muistio/base/reader.hpp"
#include "muistio/replica/causality.hpp"
#include "muistio/replica/text_version.hpp"

using namespace muistio;
using namespace muistio::replica;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto shown = as_text(BytesView(data, size));
  if (const auto version = parse_text_version(shown);
      version && parse_text_version(format_text_version(*version)).value() != *version)
    std::abort();
  Reader reader(BytesView(data, size));
  const auto head_size = reader.u8();
  if (!head_size) return 0;
  const auto head = reader.take(*head_size);
  if (!head || head->size() < 18) return 0;
  std::map<Causality::BlockId, Bytes> blocks;
  const auto device = DeviceId::from_bytes(head->subspan(2, 16));
  while (!reader.at_end()) {
    const auto block = reader.block(4096);
    if (!block) return 0;
    blocks.emplace(Causality::BlockId{*device, blocks.size()}, to_bytes(*block));
  }
  const auto past = Causality::decode(*head, blocks);
  if (past && past->encode_head() != to_bytes(*head)) std::abort();
  return 0;
}
