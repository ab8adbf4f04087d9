// A store file with bytes changed, cut or replaced: opening, reading and checking it end in a Result.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "muistio/base/reader.hpp"
#include "muistio/store/fault_vfs.hpp"
#include "muistio/store/store.hpp"

namespace {
using namespace muistio;
using namespace muistio::store;

OpenOptions options(const FaultDisk& disk) {
  OpenOptions made;
  made.path = "s.db";
  made.vfs = disk.name();
  made.busy_timeout_ms = 0;
  return made;
}

struct Files {
  Bytes database;
  Bytes log;
};

/// A store with a row of every kind, and its log as a crash leaves it.
const Files& good_files() {
  static const Files files = [] {
    FaultDisk disk("fuzz-origin");
    auto store = Store::open(options(disk));
    for (int i = 0; i < 8; ++i) {
      auto tx = store->begin();
      const std::string key = "key" + std::to_string(i);
      if (!tx->put(Table::change, as_bytes(key), Bytes(900, 3)) || !tx->index_put(as_bytes(key), "sana", key) || !tx->commit())
        std::abort();
    }
    const Files made{*disk.contents("s.db"), *disk.contents("s.db-wal")};
    if (!store->compact()) std::abort();
    return Files{*disk.contents("s.db"), made.log};
  }();
  return files;
}

/// Each 5 bytes: which file, where, with what.
void spoil(Files& files, BytesView input) {
  Reader reader(input);
  while (reader.left() >= 5) {
    const auto which = *reader.u8();
    const auto where = *reader.u16();
    const auto what = *reader.u16();
    Bytes& file = (which & 1) != 0 ? files.log : files.database;
    const std::size_t at = file.empty() ? 0 : (std::size_t{where} * 7) % file.size();
    if ((which & 2) != 0)
      file.resize(at);
    else if (at < file.size())
      file[at] = static_cast<std::uint8_t>(file[at] ^ what);
  }
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Files files = good_files();
  spoil(files, BytesView(data, size));
  FaultDisk disk("fuzz");
  disk.set_contents("s.db", files.database);
  if (!files.log.empty()) disk.set_contents("s.db-wal", files.log);
  auto store = Store::open(options(disk));
  if (!store) return 0;
  (void)store->check();
  (void)store->all(Table::change);
  (void)store->index_query("sana", {}, 10);
  // The bytes also as a key and as a match.
  (void)store->get(Table::meta, BytesView(data, size));
  const auto quoted = store->index_query(MatchQuery().all_of({{std::string(as_text(BytesView(data, size))), true}}).text(), {}, 10);
  if (!quoted && quoted.error().code == ErrorCode::invalid_argument) std::abort();
  (void)store->index_query(std::string(as_text(BytesView(data, size))), {}, 10);
  return 0;
}
