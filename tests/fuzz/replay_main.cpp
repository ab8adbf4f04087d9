// replay-NAME CORPUS…: what a fuzz target does without libFuzzer. Gives it every file of the corpus, the empty input, and mutants of
// them from a fixed seed (5,000; MUISTIO_TEST_ALL=1: 50,000). A crash, a sanitizer's finding or an abort is the failure. It does not
// look for new paths: `./dev test fuzz` does, with clang's libFuzzer.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;

std::vector<Input> read_corpus(int argc, char** argv) {
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < argc; ++i) {
    if (!std::filesystem::is_directory(argv[i])) continue;
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<Input> inputs;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return inputs;
}

/// A few random changes: a bit, a byte, a cut, a piece copied over or in.
Input mutate(Input input, std::mt19937_64& random) {
  for (std::uint64_t changes = 1 + random() % 4; changes > 0; --changes) {
    if (input.empty()) {
      input.push_back(static_cast<std::uint8_t>(random()));
      continue;
    }
    const std::size_t at = random() % input.size();
    switch (random() % 6) {
      case 0: input[at] ^= static_cast<std::uint8_t>(1U << random() % 8); break;
      case 1: input[at] = static_cast<std::uint8_t>(random()); break;
      case 2: input[at] = random() % 2 == 0 ? 0 : 0xff; break;
      case 3: input.resize(at); break;
      case 4: input.insert(input.begin() + static_cast<std::ptrdiff_t>(at), static_cast<std::uint8_t>(random())); break;
      default: {
        const std::size_t from = random() % input.size();
        const std::size_t count = std::min({random() % 16, input.size() - from, input.size() - at});
        std::copy_n(Input(input.begin() + static_cast<std::ptrdiff_t>(from), input.begin() + static_cast<std::ptrdiff_t>(from + count)).begin(),
                    count, input.begin() + static_cast<std::ptrdiff_t>(at));
      }
    }
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  const auto corpus = read_corpus(argc, argv);
  if (corpus.empty()) {
    std::fprintf(stderr, "replay: no corpus\n");
    return 1;
  }
  LLVMFuzzerTestOneInput(nullptr, 0);
  for (const auto& input : corpus) LLVMFuzzerTestOneInput(input.data(), input.size());
  const int mutants = std::getenv("MUISTIO_TEST_ALL") != nullptr ? 50'000 : 5'000;
  std::mt19937_64 random(1);
  for (int i = 0; i < mutants; ++i) {
    const auto input = mutate(corpus[random() % corpus.size()], random);
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
  std::printf("%zu files of the corpus and %d mutants of them\n", corpus.size(), mutants);
  return 0;
}
