// bench-crypto [--peers FILE] [SIZE …]: MLS in groups of 2, 12, 100 and 1000 members. Each operation is timed in turn with its
// floor, the libsodium calls that RFC 9420 demands for it, so that both see the same machine; medians of processor time. FILE has
// lines `PEER SIZE MILLISECONDS OPERATION`, measured just before by the peers' own programs.
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "bench_crypto_group.hpp"
#include "muistio/crypto/initialise.hpp"

namespace {
using namespace muistio::bench;
using Peers = std::map<std::string, std::map<std::pair<std::size_t, std::string>, double>>;

Peers read_peers(const char* path) {
  Peers peers;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string peer, operation;
    std::size_t size = 0;
    double time = 0;
    if (words >> peer >> size >> time && std::getline(words >> std::ws, operation)) peers[peer][{size, operation}] = time;
  }
  return peers;
}

void print_row(const CryptoGroup& group, const Operation& operation, const Peers& peers) {
  // Runs in which the processor was taken away are made again, up to three times as many, unless they are so long that they always
  // are.
  constexpr double kSliceMilliseconds = 3;
  const auto runs = runs_for(group.size());
  std::vector<double> own, floor;
  for (int attempt = 0; own.size() < static_cast<std::size_t>(runs); ++attempt) {
    // Both begin after the same preparation: it leaves the caches full of the group that it copied.
    const auto measure_prepared = [&operation](const std::function<void()>& work) {
      operation.prepare();
      settle_allocator();
      return measure(work);
    };
    const auto taken = measure_prepared(operation.run);
    const auto least = measure_prepared([&operation] { operation.floor.run(); });
    const bool was_disturbed = taken.was_disturbed || least.was_disturbed;
    if (was_disturbed && taken.milliseconds < kSliceMilliseconds && attempt < 3 * runs) continue;
    own.push_back(taken.milliseconds);
    floor.push_back(least.milliseconds);
  }
  const auto time = median(own), least = median(floor);
  std::printf("| %zu | %s | %.3f | %.3f | %.2f |", group.size(), operation.name.c_str(), time, least, time / least);
  for (const auto& [peer, rows] : peers) {
    const auto row = rows.find({group.size(), operation.name});
    if (row == rows.end())
      std::printf(" – |");
    else
      std::printf(" %.3f (%.1f×) |", row->second, row->second / time);
  }
  std::printf(operation.bytes > 0 ? " %zu |\n" : " – |\n", operation.bytes);
  std::fflush(stdout);
}
}  // namespace

int main(int argc, char** argv) {
  muistio::crypto::initialise();
  keep_freed_memory();
  Peers peers;
  std::vector<std::size_t> sizes;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--peers") == 0 && i + 1 < argc)
      peers = read_peers(argv[++i]);
    else if (std::strtoul(argv[i], nullptr, 10) >= 2)
      sizes.push_back(std::strtoul(argv[i], nullptr, 10));
    else {
      std::cerr << "usage: bench-crypto [--peers FILE] [SIZE …]   (SIZE at least 2)\n";
      return 2;
    }
  }
  if (sizes.empty()) sizes = {2, 12, 100, 1000};
  std::printf("| members | operation | muistio ms | floor ms | times the floor |");
  for (const auto& [peer, rows] : peers) std::printf(" %s ms |", peer.c_str());
  std::printf(" bytes |\n| --- | --- | --- | --- | --- |");
  for (std::size_t i = 0; i < peers.size(); ++i) std::printf(" --- |");
  std::printf(" --- |\n");
  std::ostringstream memory;
  for (auto size : sizes) {
    const CryptoGroup group(size);
    for (const auto& operation : group.operations()) print_row(group, operation, peers);
    memory << "| " << size << " | " << group.stored_bytes() << " | " << group.heap_bytes() << " |\n";
  }
  std::cout << "\n| members | bytes stored | bytes on the heap |\n| --- | --- | --- |\n" << memory.str();
}
