// A document's bytes: what is taken comes back the same.
#include <cstdlib>

#include "muistio/replica/document.hpp"

using namespace muistio;
using namespace muistio::replica;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto document = Document::decode(BytesView(data, size));
  if (!document) return 0;
  const auto bytes = document->encode();
  const auto back = Document::decode(bytes);
  if (!back || back->encode() != bytes) std::abort();
  return 0;
}
