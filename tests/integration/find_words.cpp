// find-words WORDS_FILE PATH…: whether any word (a line of WORDS_FILE, as UTF-8 bytes) occurs in any file below the paths, as it
// stands or after inflating (raw deflate, zlib or gzip) from any byte offset. Prints what it searched; exit 0 if a word was found,
// 1 if none was, 2 if nothing could be searched.
#include <zlib.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

constexpr std::size_t kInflatedBytesMax = 8192;  // what is looked at behind each offset

struct Hit {
  std::string word;
  std::string where;
};

std::vector<std::string> read_words(const char* path) {
  std::ifstream in(path);
  std::vector<std::string> words;
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) words.push_back(line);
  return words;
}

/// The words that occur in `bytes`.
std::vector<std::string> words_in(std::string_view bytes, const std::vector<std::string>& words) {
  std::vector<std::string> found;
  for (const auto& word : words) {
    const std::boyer_moore_horspool_searcher searcher(word.begin(), word.end());
    if (std::search(bytes.begin(), bytes.end(), searcher) != bytes.end()) found.push_back(word);
  }
  return found;
}

/// Inflates from every offset in [from, until) with the given window bits and searches what comes out.
void search_inflated(const std::string& bytes, std::size_t from, std::size_t until, int window_bits,
                     const std::vector<std::string>& words, std::vector<std::string>& found) {
  std::size_t shortest = SIZE_MAX;
  for (const auto& word : words) shortest = std::min(shortest, word.size());
  z_stream stream{};
  if (inflateInit2(&stream, window_bits) != Z_OK) return;
  std::array<char, kInflatedBytesMax> out{};
  for (std::size_t at = from; at < until; ++at) {
    inflateReset(&stream);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data() + at));
    stream.avail_in = static_cast<uInt>(std::min<std::size_t>(bytes.size() - at, kInflatedBytesMax));
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = out.size();
    inflate(&stream, Z_SYNC_FLUSH);
    const std::size_t made = out.size() - stream.avail_out;
    if (made < shortest) continue;
    for (auto& word : words_in({out.data(), made}, words)) found.push_back(word);
  }
  inflateEnd(&stream);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: find-words WORDS_FILE PATH...\n");
    return 2;
  }
  const auto words = read_words(argv[1]);
  std::vector<std::filesystem::path> files;
  for (int i = 2; i < argc; ++i) {
    if (std::filesystem::is_directory(argv[i])) {
      for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i]))
        if (entry.is_regular_file()) files.push_back(entry.path());
    } else if (std::filesystem::is_regular_file(argv[i])) {
      files.emplace_back(argv[i]);
    }
  }
  std::size_t total = 0;
  std::vector<Hit> hits;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    total += bytes.size();
    for (auto& word : words_in(bytes, words)) hits.push_back({word, file.filename().string()});
    const std::size_t workers = std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::vector<std::string>> found(workers);
    std::vector<std::thread> threads;
    for (std::size_t k = 0; k < workers; ++k) {
      threads.emplace_back([&, k] {
        const std::size_t from = bytes.size() * k / workers;
        const std::size_t until = bytes.size() * (k + 1) / workers;
        search_inflated(bytes, from, until, -MAX_WBITS, words, found[k]);      // raw deflate
        search_inflated(bytes, from, until, MAX_WBITS + 32, words, found[k]);  // zlib or gzip, told by the header
      });
    }
    for (auto& thread : threads) thread.join();
    for (auto& list : found)
      for (auto& word : list) hits.push_back({word, file.filename().string() + " (inflated)"});
  }
  if (words.empty() || files.empty() || total == 0) {
    std::fprintf(stderr, "find-words: nothing to search\n");
    return 2;
  }
  std::vector<std::string> distinct;
  for (const auto& hit : hits) distinct.push_back(hit.word);
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  std::printf("searched %zu files, %zu bytes, as they stand and inflated at every offset, for %zu words: %zu of them found\n",
              files.size(), total, words.size(), distinct.size());
  for (const auto& hit : hits) std::fprintf(stderr, "  in %s\n", hit.where.c_str());
  return hits.empty() ? 1 : 0;
}
