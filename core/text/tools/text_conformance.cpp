// text-conformance FILE.jsonl[.gz]: merges every case of the file, one a line, in several batchings, and compares the end.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "../src/batch.hpp"
#include "muistio/text/document.hpp"
#include "trace.hpp"

namespace muistio::text {
namespace {

/// Applies the trace's history in batches of `step` transactions. Returns whether the end is the expected one.
Result<bool> merges(const Trace& trace, std::size_t step, bool clearing) {
  Document document;
  document.set_clearing(clearing);
  Lv done = 0;
  for (std::size_t i = 0; i < trace.txn_ends.size(); i += step) {
    const auto end = trace.txn_ends[std::min(i + step, trace.txn_ends.size()) - 1];
    MUISTIO_TRY(const auto applied, document.apply(write_batch(trace.log, {{done, end}})));
    done = end;
  }
  return document.text() == trace.end_content && document.verify().has_value();
}

Result<bool> passes(std::string_view line) {
  MUISTIO_TRY(const auto trace, parse_trace(line));
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, trace.txn_ends.size() + 1}) {
    MUISTIO_TRY(const auto equal, merges(trace, step, true));
    if (!equal) return false;
  }
  return merges(trace, trace.txn_ends.size() + 1, false);
}

int run(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: text-conformance FILE.jsonl[.gz]\n");
    return 2;
  }
  const auto content = read_file(arguments[1]);
  if (!content) {
    std::fprintf(stderr, "%s\n", content.error().message().c_str());
    return 2;
  }
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t number = 0;
  for (std::size_t at = 0; at < content->size();) {
    const auto end = std::min(content->find('\n', at), content->size());
    const auto line = std::string_view(*content).substr(at, end - at);
    at = end + 1;
    ++number;
    if (line.empty()) continue;
    const auto result = passes(line);
    if (result && *result) {
      ++passed;
      continue;
    }
    ++failed;
    std::printf("case %zu: %s\n", number, result ? "another text" : result.error().message().c_str());
  }
  std::printf("%zu passed, %zu failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}

}  // namespace
}  // namespace muistio::text

int main(int count, char** arguments) { return muistio::text::run(count, arguments); }
