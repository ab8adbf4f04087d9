// Any bytes as a batch: refused without a change, or applied alike with clearing on and off.
#include <cstdlib>

#include "muistio/text/document.hpp"

using namespace muistio;
using namespace muistio::text;

namespace {

AgentId agent(std::uint8_t name) {
  AgentId id;
  id.mutable_array()[0] = name;
  return id;
}

void require(bool holds) {
  if (!holds) std::abort();
}

/// A text with a concurrent stretch of two people.
const Document& start() {
  static const Document made = [] {
    Document one;
    require(one.insert(agent('a'), 0, "hello").has_value());
    Document two = one;
    require(one.insert(agent('a'), 5, " anna").has_value() && two.insert(agent('b'), 2, "bo").has_value());
    require(two.erase(agent('b'), 0, 3).has_value() && one.apply(two.encode_since(one.summary())).has_value());
    return one;
  }();
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView batch(data, size);
  for (const auto& from : {Document(), start()}) {
    auto one = from;
    auto two = from;
    two.set_clearing(false);
    const auto first = one.apply(batch);
    const auto second = two.apply(batch);
    require(first.has_value() == second.has_value());
    if (one.edit_count() > 100000) continue;  // a few bytes can stand for a great many edits: only slow
    if (!first) {
      require(one.text() == from.text() && one.version() == from.version() && one.edit_count() == from.edit_count());
      continue;
    }
    require(one.text() == two.text() && one.version() == two.version());
    Document again;
    require(again.apply(one.encode_since({})).has_value() && again.text() == one.text());
    const auto twice = one.apply(batch);
    require(twice.has_value() && twice->new_edits == 0);
  }
  return 0;
}
