// Any bytes as a document: refused, or opened to something that can be used and gives itself back.
#include <cstdlib>
#include <vector>

#include "muistio/text/document.hpp"

using namespace muistio;
using namespace muistio::text;

namespace {
void require(bool holds) {
  if (!holds) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto opened = Document::decode(BytesView(data, size));
  if (!opened) return 0;
  auto& document = *opened;
  if (document.edit_count() > 100000) return 0;  // a few bytes can stand for a great many edits: only slow
  const auto again = Document::decode(document.encode());
  require(again.has_value() && again->text() == document.text() && again->version() == document.version());
  const bool fits = document.verify().has_value();
  const auto authors = document.authors();
  if (fits) {
    std::uint64_t scalars = 0;
    for (const auto& run : authors) scalars += run.scalars;
    require(scalars == document.size_scalars());
    require(document.text_at(document.version()).value() == document.text());
  }
  AgentId agent;
  agent.mutable_array()[0] = 'f';
  const Version base = document.version();
  const bool inserted = document.insert(agent, document.size_scalars() / 2, "fuzz").has_value();
  const auto text = document.text();
  if (!document.replace_all(agent, "what else", base)) require(document.text() == text && (!fits || !inserted));
  const std::vector<EditRange> all = {{{agent, 0}, 4}};
  require(document.redact(all).has_value() || !fits);
  return 0;
}
