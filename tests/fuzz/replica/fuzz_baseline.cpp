// What a host's device may state anew when an era begins: read, written again, and applied over documents of an earlier era.
#include <cstdlib>

#include "muistio/replica/replica.hpp"

using namespace muistio;
using namespace muistio::replica;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView bytes(data, size);
  const auto baseline = Baseline::decode(bytes);
  if (!baseline) return 0;
  if (baseline->encode() != to_bytes(bytes)) std::abort();
  MemoryShelf shelf;
  auto replica = Replica::open(shelf);
  if (!replica) std::abort();
  Author author;
  author.device = baseline->change.device;
  Author earlier;
  earlier.device.mutable_array()[0] = 0xee;
  for (const auto& origin : baseline->origins) {
    const auto written = replica->edit(earlier, WallMs(1), permit_all(), [&](ChangeBuilder& builder) -> Status {
      MUISTIO_CHECK(builder.create(origin.document, DocumentType(7)));
      return builder.set_register(origin.document, FieldId(1), as_bytes("before"));
    });
    if (!written) std::abort();
  }
  const auto applied = replica->apply_baseline(*baseline, author, permit_all(), Era(1), earlier.device);
  if (!applied) {
    if (!(replica->causality(Era(1)) == Causality())) std::abort();
    return 0;
  }
  if (!replica->flush() || !replica->reload()) std::abort();
  for (const auto& op : baseline->change.ops) {
    const auto document = replica->document(op.document);
    if (!document || *document == nullptr || (*document)->era() != Era(1)) std::abort();
  }
  return 0;
}
