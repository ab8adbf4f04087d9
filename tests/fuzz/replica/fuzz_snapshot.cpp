// A snapshot as a host's device may have laid it: read, written again, shown, and its documents and summaries looked at.
#include <cstdlib>

#include "muistio/replica/replica.hpp"

using namespace muistio;
using namespace muistio::replica;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView bytes(data, size);
  auto snapshot = Snapshot::decode(bytes);
  if (!snapshot) return 0;
  if (snapshot->encode() != to_bytes(bytes)) std::abort();
  const auto documents = snapshot->documents;
  const auto era = snapshot->era;
  MemoryShelf below;
  SnapshotShelf shelf(below);
  const auto added =
      shelf.add(std::move(*snapshot), [](const Document& document) { return document.id() == DocumentId{} ? Bytes() : Bytes{1}; });
  if (!added) {
    if (shelf.find(era) != nullptr) std::abort();
    return 0;
  }
  auto shown = Replica::open(shelf);
  if (!shown) std::abort();
  for (const auto& [id, document] : documents) {
    const auto held = shown->document(id);
    if (!held || *held == nullptr || (*held)->id() != id || (*held)->era() != era) std::abort();
  }
  std::size_t listed = 0;
  if (!shown->for_each_summary([&](const DocumentId&, BytesView) {
        ++listed;
        return ok();
      }))
    std::abort();
  if (listed + documents.count(DocumentId{}) != documents.size()) std::abort();
  return 0;
}
