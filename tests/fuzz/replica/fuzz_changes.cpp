// A batch of changes as another member's device may send it: read, written again, and applied.
#include <cstdlib>

#include "muistio/replica/replica.hpp"

using namespace muistio;
using namespace muistio::replica;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView bytes(data, size);
  const auto changes = decode_changes(bytes);
  if (!changes) return 0;
  if (encode_changes(*changes) != to_bytes(bytes)) std::abort();
  if (changes->empty()) return 0;
  MemoryShelf shelf;
  ReplicaOptions options;
  options.open_documents_max = 4;
  auto replica = Replica::open(shelf, options);
  if (!replica) std::abort();
  Author author;
  author.device = changes->front().device;
  for (const auto& change : *changes) {
    const auto before = replica->causality();
    if (!replica->apply(change, author, permit_all()) && !(replica->causality() == before)) std::abort();
  }
  if (!replica->flush()) std::abort();
  const auto past = replica->causality();
  if (!replica->reload() || !(replica->causality() == past)) std::abort();
  for (const auto& change : *changes)
    for (const auto& op : change.ops)
      if (!replica->document(op.document)) std::abort();
  return 0;
}
