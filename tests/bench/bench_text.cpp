// bench-text CASE TRACE.json[.gz] [--batches N] [--repeat R]: our text on a published editing trace. Prints one JSON line with the
// median of R runs (7 if not said) by the processor time of the process; ends with 1 if the text is not the trace's. The cases are
// those of tests/bench/peers/text-rust: whole, concurrent, batches, typing, offline, load. Logs and batches are deflated as they
// are sent, and inflating them is timed; a keystroke's op is measured as it is emitted.
#include <malloc.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../../core/text/src/batch.hpp"
#include "../../core/text/tools/trace.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/space/batch.hpp"
#include "muistio/text/document.hpp"

namespace muistio::text {
namespace {

constexpr std::size_t kInflatedBytesMax = std::size_t{1} << 28;

struct Options {
  std::string how;
  std::string file;
  std::size_t batches = 100;
  std::size_t repeat = 7;
};

std::optional<Options> parse(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    auto* number = argument == "--batches" ? &options.batches : argument == "--repeat" ? &options.repeat : nullptr;
    if (number != nullptr) {
      if (++i >= count) return std::nullopt;
      const std::string_view text = arguments[i];
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
      if (error != std::errc() || end != text.data() + text.size() || *number == 0) return std::nullopt;
    } else if (options.how.empty()) {
      options.how = argument;
    } else if (options.file.empty()) {
      options.file = argument;
    } else {
      return std::nullopt;
    }
  }
  if (options.file.empty()) return std::nullopt;
  return options;
}

double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

std::size_t heap_bytes() { return mallinfo2().uordblks; }

std::uint64_t peak_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6));
  }
  return 0;
}

Result<Document> merged(const std::vector<Bytes>& batches) {
  Document document;
  for (const auto& batch : batches) {
    MUISTIO_TRY(const auto bytes, space::inflate(batch, kInflatedBytesMax));
    MUISTIO_TRY(const auto applied, document.apply(bytes));
  }
  return document;
}

/// The byte strings that a case is measured on; the first is the end text.
Result<std::vector<Bytes>> prepare(const Options& options) {
  MUISTIO_TRY(const auto content, read_file(options.file));
  MUISTIO_TRY(const auto trace, parse_trace(content));
  std::vector<Bytes> frames{to_bytes(as_bytes(trace.end_content))};
  const auto add_batches = [&](std::size_t step) -> Status {
    Lv done = 0;
    for (std::size_t i = 0; i < trace.txn_ends.size(); i += step) {
      const auto end = trace.txn_ends[std::min(i + step, trace.txn_ends.size()) - 1];
      if (end == done) continue;
      MUISTIO_TRY(auto deflated, space::deflate(write_batch(trace.log, {{done, end}})));
      frames.push_back(std::move(deflated));
      done = end;
    }
    return ok();
  };
  if (options.how == "whole" || (options.how == "concurrent" && trace.concurrent) || options.how == "load") {
    MUISTIO_CHECK(add_batches(trace.txn_ends.size()));
    if (options.how == "load") {
      MUISTIO_TRY(const auto document, merged({frames.begin() + 1, frames.end()}));
      frames.resize(1);
      frames.push_back(document.encode());
    }
  } else if (options.how == "batches") {
    MUISTIO_CHECK(add_batches(options.batches));
  } else if (options.how == "typing" && !trace.concurrent) {
    Writer out;
    for (const auto& patch : trace.patches) {
      out.varint(patch.position).varint(patch.removed).block(as_bytes(patch.inserted));
      frames.push_back(out.bytes());
      out = Writer();
    }
  } else if (options.how != "offline") {
    return fail(ErrorCode::invalid_argument, "there is no such case of this trace");
  }
  return frames;
}

/// What `prepare` makes, made by a process of its own, so that this one's memory holds little else.
Result<std::vector<Bytes>> prepared(const Options& options) {
  int ends[2];
  if (pipe(ends) != 0) return fail(ErrorCode::io_failed, "pipe");
  const auto child = fork();
  if (child < 0) return fail(ErrorCode::io_failed, "fork");
  if (child == 0) {
    const auto frames = prepare(options);
    if (!frames) {
      std::fprintf(stderr, "%s\n", frames.error().message().c_str());
      _exit(1);
    }
    Writer out;
    for (const auto& frame : *frames) out.block(frame);
    for (std::size_t done = 0; done < out.size();) {
      const auto wrote = write(ends[1], out.bytes().data() + done, out.size() - done);
      if (wrote <= 0) _exit(1);
      done += static_cast<std::size_t>(wrote);
    }
    _exit(0);
  }
  close(ends[1]);
  Bytes all;
  std::uint8_t buffer[1U << 16U];
  for (ssize_t count = 0; (count = read(ends[0], buffer, sizeof buffer)) > 0;) all.insert(all.end(), buffer, buffer + count);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0) return fail(ErrorCode::invalid_argument, "the case could not be prepared");
  std::vector<Bytes> frames;
  for (Reader in(all); !in.at_end();) {
    MUISTIO_TRY(const auto frame, in.block(in.left()));
    frames.push_back(to_bytes(frame));
  }
  return frames;
}

struct Run {
  double ms = 0;
  std::size_t bytes = 0;
  std::size_t open_bytes = 0;
  bool equal = false;
};

/// The time of `work`, then the memory of the document it makes and whether that has the text `end`.
Result<Run> run(std::string_view end, std::size_t bytes, const std::function<Result<Document>(std::size_t& sent)>& work) {
  Run made;
  const auto before = heap_bytes();
  const auto start = cpu_ms();
  MUISTIO_TRY(const auto document, work(bytes));
  {
    const auto text = document.text();
    made.ms = cpu_ms() - start;
    made.equal = text == end;
  }
  made.bytes = bytes;
  made.open_bytes = heap_bytes() - before;
  return made;
}

Result<Document> type_all(const std::vector<Bytes>& patches, std::size_t& sent) {
  const auto agent = agent_of("a");
  Document document;
  for (const auto& patch : patches) {
    Reader in(patch);
    MUISTIO_TRY(const auto position, in.varint());
    MUISTIO_TRY(const auto removed, in.varint());
    MUISTIO_TRY(const auto inserted, in.block(in.left()));
    const auto before = document.summary();
    if (removed > 0) MUISTIO_CHECK(document.erase(agent, position, removed));
    if (!inserted.empty()) MUISTIO_CHECK(document.insert(agent, position, as_text(inserted)));
    sent += document.encode_since(before).size();
  }
  return document;
}

/// Keystrokes of somebody offline, the same draws as those of the peers (splitmix64).
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : state_(seed) {}
  std::uint64_t below(std::uint64_t limit) {
    auto z = state_ += 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30U) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27U) * 0x94d049bb133111ebU;
    return (z ^ z >> 31U) % limit;
  }

 private:
  std::uint64_t state_;
};

Status type_offline(Document& document, const AgentId& agent, std::uint64_t seed) {
  Draws draws(seed);
  for (int made = 0; made < 1000;) {
    auto place = draws.below(document.size_scalars() + 1);
    const auto count = 8 + draws.below(72);
    for (std::uint64_t i = 0; i < count && made < 1000; ++i, ++made) {
      if (draws.below(16) == 0 && place > 0) {
        MUISTIO_CHECK(document.erase(agent, --place, 1));
      } else {
        MUISTIO_CHECK(document.insert(agent, place++, std::string(1, static_cast<char>('a' + draws.below(26)))));
      }
    }
  }
  return ok();
}

Result<Run> exchange(std::string_view end) {
  std::size_t cut = 0;
  for (int scalars = 0; cut < end.size(); ++cut) {
    if ((static_cast<unsigned char>(end[cut]) & 0xc0U) != 0x80U && scalars++ == 20000) break;
  }
  const auto first = agent_of("a0");
  const auto one_agent = agent_of("a1");
  const auto two_agent = agent_of("a2");
  Document one;
  MUISTIO_CHECK(one.insert(first, 0, end.substr(0, cut)));
  const auto held = one.summary();
  Document two;
  MUISTIO_TRY(const auto base, two.apply(one.encode_since({})));
  MUISTIO_CHECK(type_offline(one, one_agent, 11));
  MUISTIO_CHECK(type_offline(two, two_agent, 12));
  const auto before = heap_bytes();
  Run made;
  const auto start = cpu_ms();
  MUISTIO_TRY(const auto from_one, space::deflate(one.encode_since(held)));
  MUISTIO_TRY(const auto from_two, space::deflate(two.encode_since(held)));
  MUISTIO_TRY(const auto to_two, space::inflate(from_one, kInflatedBytesMax));
  MUISTIO_TRY(const auto to_one, space::inflate(from_two, kInflatedBytesMax));
  MUISTIO_TRY(const auto one_heard, one.apply(to_one));
  MUISTIO_TRY(const auto two_heard, two.apply(to_two));
  const auto text = one.text();
  const auto other = two.text();
  made.ms = cpu_ms() - start;
  made.bytes = from_one.size() + from_two.size();
  made.open_bytes = heap_bytes() - before;
  made.equal = text == other && one.verify().has_value();
  return made;
}

Result<Run> measure(const Options& options, const std::vector<Bytes>& frames) {
  const auto end = as_text(frames.front());
  if (options.how == "offline") return exchange(end);
  const std::vector<Bytes> given(frames.begin() + 1, frames.end());
  if (options.how == "typing") return run(end, 0, [&](std::size_t& sent) { return type_all(given, sent); });
  std::size_t bytes = 0;
  for (const auto& frame : given) bytes += frame.size();
  return run(end, bytes, [&](std::size_t&) { return options.how == "load" ? Document::decode(given.front()) : merged(given); });
}

int run(int count, char** arguments) {
  const auto options = parse(count, arguments);
  if (!options) {
    std::fprintf(stderr,
                 "usage: bench-text whole|concurrent|batches|typing|offline|load TRACE.json[.gz] [--batches N] [--repeat R]\n");
    return 2;
  }
  const auto frames = prepared(*options);
  if (!frames) return 1;
  std::vector<Run> runs;
  for (std::size_t i = 0; i < options->repeat; ++i) {
    const auto made = measure(*options, *frames);
    if (!made) {
      std::fprintf(stderr, "%s\n", made.error().message().c_str());
      return 1;
    }
    runs.push_back(*made);
  }
  const bool equal = std::all_of(runs.begin(), runs.end(), [](const Run& one) { return one.equal; });
  std::sort(runs.begin(), runs.end(), [](const Run& a, const Run& b) { return a.ms < b.ms; });
  const auto& middle = runs[runs.size() / 2];
  auto name = std::filesystem::path(options->file).filename();
  while (name.has_extension()) name = name.stem();
  std::printf("%s\n", nlohmann::ordered_json{{"peer", "muistio"},
                                             {"version", MUISTIO_VERSION},
                                             {"case", options->how},
                                             {"trace", name.string()},
                                             {"cpu_ms", middle.ms},
                                             {"runs", runs.size()},
                                             {"bytes", middle.bytes},
                                             {"peak_kib", peak_kib()},
                                             {"open_bytes", middle.open_bytes},
                                             {"text_bytes", frames->front().size()},
                                             {"equal", equal}}
                          .dump()
                          .c_str());
  return equal ? 0 : 1;
}

}  // namespace
}  // namespace muistio::text

int main(int count, char** arguments) { return muistio::text::run(count, arguments); }
