// The pages of an encrypted store in the clear, with all that lies in them beside rows.
#pragma once

#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/secret.hpp"

namespace muistio::test {

/// Every page of a store's two files, decrypted: of the database also those on the freelist, of the log also frames of before its
/// last restart; each whole, so that what lies between cells is there too.
struct StorePages {
  std::vector<Bytes> database;
  std::vector<Bytes> log;
  std::size_t unreadable = 0;  // pages whose tag does not fit
};

/// Opens copies of the files' bytes as they are on disk (`log` empty: there is none) under the store's key, and reads each page
/// through SQLite3MultipleCiphers' file layer, below SQLite itself: no page is passed over because nothing refers to it.
[[nodiscard]] StorePages open_pages(BytesView database, BytesView log, const Secret<32>& key);

}  // namespace muistio::test
