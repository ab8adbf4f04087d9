// The conformance cases and the real editing traces of ../shared/traces.
#include <catch2/catch.hpp>

#include "../../../core/text/src/batch.hpp"
#include "../../../core/text/tools/trace.hpp"
#include "text_support.hpp"

namespace muistio::text::test {

namespace {

/// The text after the trace's first `end` edits, in batches of about `step` edits.
std::string merged(const Trace& trace, Lv step, Lv end) {
  Document document;
  for (Lv done = 0; done < end; done += std::min(step, end - done)) {
    REQUIRE(document.apply(write_batch(trace.log, {{done, done + std::min(step, end - done)}})));
  }
  return document.text();
}

}  // namespace

TEST_CASE("Every case of merge-conformance ends in its text") {
  const auto path = shared("traces/merge-conformance.jsonl.gz");
  if (!path) return;
  const auto content = read_file(*path);
  REQUIRE(content);
  std::size_t cases = 0;
  for (std::size_t at = 0; at < content->size();) {
    const auto end = std::min(content->find('\n', at), content->size());
    const auto trace = parse_trace(std::string_view(*content).substr(at, end - at));
    at = end + 1;
    REQUIRE(trace);
    ++cases;
    const auto size = trace->log.size();
    INFO("case " << cases);
    REQUIRE(merged(*trace, size, size) == trace->end_content);
    REQUIRE(merged(*trace, 1 + static_cast<Lv>(cases % 13), size) == trace->end_content);
  }
  std::cout << "merge-conformance: " << cases << " cases\n";
  CHECK(cases >= 500);
}

TEST_CASE("The real traces end in their texts") {
  for (const std::string name : {"automerge-paper", "seph-blog1", "friendsforever"}) {
    const auto path = shared("traces/" + name + ".json.gz");
    if (!path) return;
    const auto trace = parse_trace(read_file(*path).value());
    REQUIRE(trace);
    const auto size = trace->log.size();
    INFO(name);
    REQUIRE(merged(*trace, size, size) == trace->end_content);
    REQUIRE(merged(*trace, 1000, size) == trace->end_content);
    if (!trace->concurrent) {
      Document typed;
      for (const auto& patch : trace->patches) {
        if (patch.removed > 0) REQUIRE(typed.erase(agent('a'), patch.position, patch.removed));
        if (!patch.inserted.empty()) REQUIRE(typed.insert(agent('a'), patch.position, patch.inserted));
      }
      REQUIRE(typed.text() == trace->end_content);
    }
    std::cout << name << ": " << size << " edits, in one batch and in batches of 1000" << (trace->concurrent ? "" : ", and typed")
              << '\n';
  }
}

}  // namespace muistio::text::test
