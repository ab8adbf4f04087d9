// text-cases FIRST COUNT: seeded histories of several people who edit one text, FIRST to FIRST + COUNT - 1, each as a line in the
// form of ../shared/traces/merge-conformance.jsonl.gz (with "seed" and "steps" beside), endContent being the text that we make of
// it. text-cases FIRST 1 --skip STEP[,STEP…]: that history without those steps; what the others do stays as alike as it can. Exits
// with 1 if the people do not end with one text.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "../../core/text/src/batch.hpp"
#include "muistio/base/utf8.hpp"
#include "muistio/text/document.hpp"

namespace muistio::text {
namespace {

/// SplitMix64 (Steele, Lea & Flood 2014). Its own for each step, so that a step that is skipped leaves the others alike.
class Random {
 public:
  Random(std::uint64_t seed, std::uint64_t step) : state_(seed) {
    state_ = next() + step;
    state_ = next();
  }
  std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : next() % bound; }

 private:
  std::uint64_t next() {
    auto z = state_ += 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30U) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27U) * 0x94d049bb133111ebU;
    return z ^ z >> 31U;
  }
  std::uint64_t state_;
};

AgentId agent_named(char name) {
  AgentId id;
  id.mutable_array()[0] = static_cast<std::uint8_t>(name);
  return id;
}

/// Some people, their texts, and the batches that each has made.
class World {
 public:
  explicit World(std::uint64_t seed) : seed_(seed) {
    Random random(seed, 0);
    people_.resize(2 + random.below(4));
    steps_ = 4 + random.below(random.below(8) == 0 ? 120 : 40);
    hearing_ = 2 + random.below(6);
    crowded_ = random.below(2) == 0;
    backward_ = 2 + random.below(4);
    for (std::size_t i = 0; i < people_.size(); ++i) names_.push_back(static_cast<char>('a' + (i + seed) % people_.size()));
  }

  [[nodiscard]] std::uint64_t steps() const { return steps_; }

  void run(const std::set<std::uint64_t>& skipped) {
    for (std::uint64_t step = 1; step <= steps_; ++step) {
      if (skipped.contains(step)) continue;
      Random random(seed_, step);
      const auto who = random.below(people_.size());
      if (random.below(hearing_) == 0) {
        hear(random.below(people_.size()), who);
      } else {
        edit(who, random);
      }
    }
    for (int round = 0; round < 2; ++round) {
      for (std::size_t from = 0; from < people_.size(); ++from) {
        for (std::size_t to = 0; to < people_.size(); ++to) hear(from, to);
      }
    }
  }

  /// The history as the person that the seed picks holds it, or nothing if the people disagree.
  [[nodiscard]] std::optional<nlohmann::ordered_json> told() const {
    const auto& teller = people_[seed_ % people_.size()];
    for (const auto& person : people_) {
      if (person.text() != teller.text() || !person.verify()) return std::nullopt;
    }
    return nlohmann::ordered_json{
        {"seed", seed_}, {"steps", steps_}, {"txns", transactions(teller)}, {"endContent", teller.text()}};
  }

 private:
  void hear(std::size_t from, std::size_t to) {
    if (from == to) return;
    if (!people_[to].apply(people_[from].encode_since(people_[to].summary()))) std::abort();
  }

  void edit(std::size_t who, Random& random) {
    auto& text = people_[who];
    const auto id = agent_named(names_[who]);
    const auto size = text.size_scalars();
    // In half of the worlds everybody edits around one place.
    const auto place = [&](std::uint64_t bound) { return crowded_ ? std::min(bound - 1, random.below(4)) : random.below(bound); };
    if (size > 0 && random.below(3) == 0) {
      const auto position = place(size);
      if (!text.erase(id, position, 1 + random.below(std::min<std::uint64_t>(size - position, 6)))) std::abort();
      return;
    }
    const auto position = place(size + 1);
    const bool backward = random.below(backward_) == 0;
    const auto count = 1 + random.below(6);
    for (std::uint64_t i = 0; i < count; ++i) {
      static constexpr std::u32string_view kLetters = U"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZåäö€漢🎉👩";
      const auto letter = scalars_to_utf8(std::u32string(1, kLetters[random.below(kLetters.size())]));
      if (!text.insert(id, position + (backward ? 0 : i), letter)) std::abort();
    }
  }

  /// What a batch of everything says, stretch by stretch.
  static nlohmann::ordered_json transactions(const Document& document) {
    auto list = nlohmann::ordered_json::array();
    const auto bytes = document.encode_since({});
    const auto batch = read_batch(bytes, ReadLimits::of_batch());
    if (!batch) std::abort();
    std::vector<std::uint64_t> seqs(batch->agents.size(), 0);
    std::size_t op = 0;
    std::uint32_t done = 0;        // edits of that op
    std::size_t content_done = 0;  // its bytes
    std::uint64_t at = 0;
    for (const auto& stretch : batch->stretches) {
      auto ops = nlohmann::ordered_json::array();
      for (std::uint32_t left = stretch.length; left > 0;) {
        const auto& run = batch->ops[op];
        const auto taken = std::min(left, run.length - done);
        if (run.kind == OpKind::insert) {
          auto end = content_done;
          for (std::uint32_t i = 0; i < taken; ++i) {
            do ++end;
            while (end < run.content.size() && (static_cast<unsigned char>(run.content[end]) & 0xc0U) == 0x80U);
          }
          ops.push_back({run.position + done, 0, std::string(run.content.substr(content_done, end - content_done))});
          content_done = end;
        } else if (run.kind == OpKind::erase_forward) {
          ops.push_back({run.position, taken, ""});
        } else {
          for (std::uint32_t i = 0; i < taken; ++i) ops.push_back({run.position + run.length - 1 - done - i, 1, ""});
        }
        done += taken;
        left -= taken;
        if (done == run.length) ++op, done = 0, content_done = 0;
      }
      std::vector<std::uint64_t> parents;
      for (std::uint32_t i = 0; i < stretch.parent_count; ++i) parents.push_back(batch->parents[stretch.parents_at + i].value);
      std::sort(parents.begin(), parents.end());
      const auto name = std::string(1, static_cast<char>(batch->agents[stretch.agent].id.array()[0]));
      list.push_back({{"span", {at, at + stretch.length}},
                      {"parents", parents},
                      {"agent", name},
                      {"seqStart", seqs[stretch.agent]},
                      {"ops", ops}});
      seqs[stretch.agent] += stretch.length;
      at += stretch.length;
    }
    return list;
  }

  std::uint64_t seed_;
  std::uint64_t steps_ = 0;
  std::uint64_t hearing_ = 0;
  std::uint64_t backward_ = 0;
  bool crowded_ = false;
  std::vector<Document> people_;
  std::vector<char> names_;
};

bool read_number(std::string_view text, std::uint64_t& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc() && end == text.data() + text.size();
}

int run(int count, char** arguments) {
  std::uint64_t first = 0;
  std::uint64_t cases = 0;
  std::set<std::uint64_t> skipped;
  bool good = (count == 3 || (count == 5 && std::string_view(arguments[3]) == "--skip")) && read_number(arguments[1], first) &&
              read_number(arguments[2], cases);
  for (std::string_view rest = good && count == 5 ? arguments[4] : ""; good && !rest.empty();) {
    const auto comma = std::min(rest.find(','), rest.size());
    std::uint64_t step = 0;
    good = read_number(rest.substr(0, comma), step);
    skipped.insert(step);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  if (!good) {
    std::fprintf(stderr, "usage: text-cases FIRST COUNT [--skip STEP,STEP…]\n");
    return 2;
  }
  for (auto seed = first; seed < first + cases; ++seed) {
    World world(seed);
    world.run(skipped);
    const auto told = world.told();
    if (!told) {
      std::fprintf(stderr, "seed %llu: the people do not end with one text\n", static_cast<unsigned long long>(seed));
      return 1;
    }
    std::printf("%s\n", told->dump().c_str());
  }
  return 0;
}

}  // namespace
}  // namespace muistio::text

int main(int count, char** arguments) { return muistio::text::run(count, arguments); }
