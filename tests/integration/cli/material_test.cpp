// Shared files on a device with little room: once in a space, a quota, eviction, and memory that does not grow with the file.
#include "people.hpp"

using namespace muistio::test;

namespace {

/// Bytes that do not deflate.
std::string noise(std::size_t bytes, std::uint64_t seed) {
  std::string text;
  text.reserve(bytes + 8);
  for (std::uint64_t x = seed * 2 + 1; text.size() < bytes;) {
    x = x * 6364136223846793005u + 1442695040888963407u;
    for (int i = 0; i < 4; ++i) text += static_cast<char>(x >> (32 + 8 * i));
  }
  text.resize(bytes);
  return text;
}

std::map<std::string, bool> present(const Person& person, const std::string& club) {
  std::map<std::string, bool> found;
  const auto items = person.json(0, {"material", "list", club}).at("items");
  for (const auto& item : items) found[item.at("title")] = item.at("present");
  return found;
}

std::uint64_t up_bytes(const Person& person) { return person.json(0, {"sync"}).at("up_bytes"); }

/// The attachments in a home: how many files.
std::size_t copies(const Person& person) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(person.home() / "attachments"))
    count += entry.is_regular_file() ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("the same file goes to a club once, to another club under another key, and stays while anything names it") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna");
  host.init(server);
  const ClubOf club(host, {&anna}, server);
  const auto other = host.line({"club", "create", "Toinen"});
  host.ok({"sync"});
  constexpr std::size_t kBytes = 700'000;
  const auto bytes = noise(kBytes, 1);
  const auto file = write_all(folder / "kuva.jpg", bytes).string();
  const auto first = host.line({"material", "add", club.id, file});
  CHECK(up_bytes(host) > kBytes);
  const auto second = host.line({"material", "add", club.id, file});
  CHECK(second != first);
  CHECK(copies(host) == 1);
  CHECK(up_bytes(host) < kBytes / 4);
  host.ok({"material", "add", other, file});
  CHECK(copies(host) == 2);
  CHECK(up_bytes(host) > kBytes);
  // One byte more is another file.
  host.ok({"material", "add", club.id, write_all(folder / "kuva2.jpg", bytes + "x").string()});
  CHECK(copies(host) == 3);

  host.ok({"material", "delete", first});
  host.ok({"sync"});
  host.ok({"material", "get", second, "--out", (folder / "own").string()});
  CHECK(read_all(folder / "own") == bytes);
  anna.ok({"sync"});
  anna.ok({"material", "get", second, "--out", (folder / "got").string()});
  CHECK(read_all(folder / "got") == bytes);
  host.ok({"material", "delete", second});
  CHECK(copies(host) == 2);
}

TEST_CASE("a quota drops the copies used longest ago, never one that the server does not have, and what is asked for comes back") {
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa");
  host.init(server);
  const ClubOf club(host, {}, server);
  CHECK(host.json(0, {"material", "quota"}) == Json({{"bytes", 0}, {"limit", nullptr}}));
  CHECK(host.json(0, {"material", "quota", "500000"}).at("limit") == 500'000);
  host.must(1, {"material", "quota", "12k"});
  std::map<std::string, std::string> ids;
  for (int i = 1; i <= 4; ++i) {
    const auto name = std::to_string(i) + ".bin";
    ids[name] = host.line({"material", "add", club.id, write_all(folder / name, noise(200'000, i)).string()});
  }
  // Nothing was uploaded: nothing may go.
  CHECK(copies(host) == 4);
  CHECK(host.json(0, {"material", "quota"}).at("bytes") > 800'000);
  CHECK(host.json(1, {"material", "evict", ids.at("1.bin")}).at("error").at("code") == "invalid_state");

  CHECK(host.json(0, {"sync"}).at("waiting").empty());
  CHECK(copies(host) == 2);
  CHECK(host.json(0, {"material", "quota"}).at("bytes") <= 500'000);
  CHECK(present(host, club.id) ==
        std::map<std::string, bool>{{"1.bin", false}, {"2.bin", false}, {"3.bin", true}, {"4.bin", true}});
  // What was evicted is not fetched again by itself.
  CHECK(host.json(0, {"sync"}).at("down_bytes") < 100'000);
  CHECK(copies(host) == 2);

  // Used: 3; asked for: 1. So 4 goes.
  const auto out = (folder / "out").string();
  host.ok({"material", "get", ids.at("3.bin"), "--out", out});
  host.must(3, {"material", "get", ids.at("1.bin"), "--out", out});
  host.ok({"sync"});
  CHECK(present(host, club.id) ==
        std::map<std::string, bool>{{"1.bin", true}, {"2.bin", false}, {"3.bin", true}, {"4.bin", false}});
  host.ok({"material", "get", ids.at("1.bin"), "--out", out});
  CHECK(read_all(out) == noise(200'000, 1));

  host.ok({"material", "evict", ids.at("1.bin")});
  host.ok({"material", "evict", ids.at("1.bin")});
  CHECK(copies(host) == 1);
  CHECK(host.json(0, {"sync"}).at("waiting").empty());
  CHECK(copies(host) == 1);

  // A larger one than the quota is not fetched, unless it is asked for.
  const auto large = host.line({"material", "add", club.id, write_all(folder / "iso.bin", noise(900'000, 9)).string()});
  host.ok({"sync"});
  host.ok({"material", "evict", large});
  host.ok({"material", "quota", "none"});
  CHECK(host.json(0, {"sync"}).at("down_bytes") < 100'000);
  host.must(3, {"material", "get", large, "--out", out});
  host.ok({"sync"});
  host.ok({"material", "get", large, "--out", out});
  CHECK(read_all(out) == noise(900'000, 9));
}

TEST_CASE("the memory of adding, uploading, downloading and writing a file does not grow with it") {
  const std::size_t large_bytes = std::getenv("MUISTIO_TEST_ALL") != nullptr ? 300u << 20 : 48u << 20;
  constexpr long kMoreKibMax = 20 << 10;
  Folder folder;
  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna");
  host.init(server);
  const ClubOf club(host, {&anna}, server);
  // Each step with a small and a large file; freed memory is to be counted as free under AddressSanitizer too.
  const auto step = [](const Person& person, const std::vector<std::string>& words) {
    RunOptions options;
    options.environment["ASAN_OPTIONS"] = "quarantine_size_mb=1";
    auto ended = person.run(words, options);
    INFO(ended.err);
    REQUIRE(ended.status == 0);
    return ended;
  };
  std::vector<long> before;
  for (const std::size_t bytes : {std::size_t{100'000}, large_bytes}) {
    const auto file = folder / ("tiedosto-" + std::to_string(bytes));
    {
      std::ofstream to(file, std::ios::binary);
      for (std::size_t done = 0; done < bytes; done += 100'000) {
        const auto piece = noise(std::min<std::size_t>(100'000, bytes - done), done);
        to.write(piece.data(), static_cast<std::streamsize>(piece.size()));
      }
    }
    std::vector<long> memory;
    auto added = step(host, {"material", "add", club.id, file.string()});
    memory.push_back(added.memory_kib);
    memory.push_back(step(host, {"sync"}).memory_kib);
    memory.push_back(step(anna, {"sync"}).memory_kib);
    added.out.pop_back();
    const auto out = folder / ("ulos-" + std::to_string(bytes));
    memory.push_back(step(anna, {"material", "get", added.out, "--out", out.string()}).memory_kib);
    CHECK(std::filesystem::file_size(out) == bytes);
    if (before.empty()) {
      before = memory;
      continue;
    }
    for (std::size_t i = 0; i < memory.size(); ++i) {
      INFO("step " << i << ": " << before[i] << " KiB, with the large file " << memory[i]);
      CHECK(memory[i] < before[i] + kMoreKibMax);
    }
    std::printf("a file of %zu MiB: most memory %ld KiB to add, %ld to upload, %ld to download, %ld to write\n", bytes >> 20,
                memory[0], memory[1], memory[2], memory[3]);
  }
}
