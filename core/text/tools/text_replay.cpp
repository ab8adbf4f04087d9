// text-replay FILE.json[.gz] [--batches N] [--repeat R] [--json]: replays an editing trace and measures it.
// Without --batches a sequential trace is typed edit by edit and a concurrent one is merged as one batch; with it, the history
// comes in batches of N transactions.
#include <sys/resource.h>
#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "../src/batch.hpp"
#include "muistio/text/document.hpp"
#include "trace.hpp"

namespace muistio::text {
namespace {

struct Options {
  std::string file;
  std::size_t batches = 0;
  std::size_t repeat = 1;
  bool json = false;
};

std::optional<Options> parse(int count, char** arguments) {
  Options options;
  const auto number = [&](int& i, std::size_t& into) {
    if (++i >= count) return false;
    const std::string_view text = arguments[i];
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
    return error == std::errc() && end == text.data() + text.size() && into > 0;
  };
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--batches") {
      if (!number(i, options.batches)) return std::nullopt;
    } else if (argument == "--repeat") {
      if (!number(i, options.repeat)) return std::nullopt;
    } else if (argument == "--json") {
      options.json = true;
    } else if (options.file.empty() && !argument.starts_with("-")) {
      options.file = argument;
    } else {
      return std::nullopt;
    }
  }
  if (options.file.empty()) return std::nullopt;
  return options;
}

double cpu_ms() { return 1000.0 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

std::size_t deflated_bytes(BytesView bytes) {
  auto size = compressBound(bytes.size());
  Bytes out(size);
  compress2(out.data(), &size, bytes.data(), bytes.size(), 9);
  return size;
}

Status type(const Trace& trace, Document& document) {
  const auto agent = agent_of("a");
  for (const auto& patch : trace.patches) {
    if (patch.removed > 0) MUISTIO_CHECK(document.erase(agent, patch.position, patch.removed));
    if (!patch.inserted.empty()) MUISTIO_CHECK(document.insert(agent, patch.position, patch.inserted));
  }
  return ok();
}

std::vector<Bytes> batches_of(const Trace& trace, std::size_t step) {
  std::vector<Bytes> batches;
  Lv done = 0;
  for (std::size_t i = 0; i < trace.txn_ends.size(); i += step) {
    const auto end = trace.txn_ends[std::min(i + step, trace.txn_ends.size()) - 1];
    if (end > done) batches.push_back(write_batch(trace.log, {{done, end}}));
    done = end;
  }
  return batches;
}

Status replay(const Options& options) {
  MUISTIO_TRY(const auto content, read_file(options.file));
  MUISTIO_TRY(const auto trace, parse_trace(content));
  const bool typed = options.batches == 0 && !trace.concurrent;
  const auto batches =
      typed ? std::vector<Bytes>() : batches_of(trace, options.batches == 0 ? trace.txn_ends.size() + 1 : options.batches);
  std::vector<double> times;
  Document document;
  for (std::size_t round = 0; round < options.repeat; ++round) {
    document = Document();
    const auto start = cpu_ms();
    if (typed) MUISTIO_CHECK(type(trace, document));
    for (const auto& batch : batches) {
      MUISTIO_TRY(const auto applied, document.apply(batch));
    }
    times.push_back(cpu_ms() - start);
  }
  std::sort(times.begin(), times.end());
  const auto start = cpu_ms();
  const auto snapshot = document.encode();
  const auto encoded = cpu_ms();
  MUISTIO_TRY(const auto opened, Document::decode(snapshot));
  const auto open_ms = cpu_ms() - encoded;
  const auto open_memory = opened.memory_bytes();  // of a note that was opened from its snapshot
  const auto log = document.encode_since({});
  std::size_t batch_bytes = 0;
  for (const auto& batch : batches) batch_bytes += deflated_bytes(batch);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const bool equal = document.text() == trace.end_content && opened.text() == trace.end_content;
  const nlohmann::ordered_json report = {{"equal", equal},
                                         {"edits", document.edit_count()},
                                         {"transactions", trace.txn_ends.size()},
                                         {"how", typed ? "typed" : "batches"},
                                         {"batches", batches.size()},
                                         {"cpu_ms_median", times[times.size() / 2]},
                                         {"cpu_ms_least", times.front()},
                                         {"repeat", times.size()},
                                         {"encode_ms", encoded - start},
                                         {"open_ms", open_ms},
                                         {"text_bytes", trace.end_content.size()},
                                         {"log_bytes", log.size()},
                                         {"log_deflated_bytes", deflated_bytes(log)},
                                         {"batches_deflated_bytes", batch_bytes},
                                         {"snapshot_bytes", snapshot.size()},
                                         {"snapshot_deflated_bytes", deflated_bytes(snapshot)},
                                         {"memory_bytes", document.memory_bytes()},
                                         {"open_memory_bytes", open_memory},
                                         {"peak_rss_kib", usage.ru_maxrss}};
  if (options.json) {
    std::printf("%s\n", report.dump().c_str());
  } else {
    for (const auto& [name, value] : report.items()) std::printf("%-24s %s\n", name.c_str(), value.dump().c_str());
  }
  if (!equal) return fail(ErrorCode::malformed, "the end differs from endContent");
  return ok();
}

int run(int count, char** arguments) {
  const auto options = parse(count, arguments);
  if (!options) {
    std::fprintf(stderr, "usage: text-replay FILE.json[.gz] [--batches N] [--repeat R] [--json]\n");
    return 2;
  }
  const auto status = replay(*options);
  if (status) return 0;
  std::fprintf(stderr, "%s\n", status.error().message().c_str());
  return 1;
}

}  // namespace
}  // namespace muistio::text

int main(int count, char** arguments) { return muistio::text::run(count, arguments); }
