// Texts and queries of any bytes: a title, a body and words, cut from the input at zero bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "muistio/base/utf8.hpp"
#include "muistio/search/search.hpp"
#include "muistio/store/fault_vfs.hpp"

namespace {
using namespace muistio;

store::Store& shared_store() {
  static store::FaultDisk disk("fuzz-search");
  static store::Store opened = [] {
    store::OpenOptions options;
    options.path = "s.db";
    options.vfs = disk.name();
    return std::move(store::Store::open(std::move(options))).value();
  }();
  return opened;
}

std::string_view part(std::string_view& rest) {
  const auto end = rest.find('\0');
  const auto taken = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return taken;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = as_text(BytesView(data, size));
  const auto title = part(rest), body = part(rest), words = part(rest);
  auto& store = shared_store();
  auto tx = store.begin();
  if (!tx) std::abort();
  // Never committed: every input meets an empty index.
  const bool indexed = search::index_document(*tx, as_bytes("k"), title, body).has_value();
  const auto hits = search::query(*tx, words);
  if (!hits) {
    if (!first_invalid_utf8(words)) std::abort();
    return 0;
  }
  if (!hits->empty() && !indexed) std::abort();
  for (const auto& hit : *hits) {
    if (hit.title != title || first_invalid_utf8(hit.snippet)) std::abort();
    for (const auto& match : hit.matches)
      if (match.offset + match.bytes > hit.snippet.size()) std::abort();
  }
  return 0;
}
