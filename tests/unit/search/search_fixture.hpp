// A store on a disk in memory with an index to search.
#pragma once

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "muistio/search/search.hpp"
#include "muistio/store/fault_vfs.hpp"

namespace muistio::search::test {

class SearchStore {
 public:
  SearchStore() : disk_("search-" + std::to_string(count()++)) {
    store::OpenOptions options;
    options.path = "s.db";
    options.vfs = disk_.name();
    auto opened = store::Store::open(std::move(options));
    if (!opened) FAIL(opened.error().message());
    store_ = std::make_unique<store::Store>(std::move(opened).value());
  }

  void index(std::string_view key, std::string_view title, std::string_view body) {
    auto tx = store_->begin();
    REQUIRE(tx);
    const auto indexed = index_document(*tx, as_bytes(key), title, body);
    if (!indexed) FAIL(indexed.error().message());
    REQUIRE(tx->commit());
  }
  void erase(std::string_view key) {
    auto tx = store_->begin();
    REQUIRE(tx);
    REQUIRE(erase_document(*tx, as_bytes(key)));
    REQUIRE(tx->commit());
  }
  [[nodiscard]] std::vector<Hit> hits(std::string_view words, std::string_view prefix = {}, std::size_t most = 50) const {
    auto found = query(*store_, words, as_bytes(prefix), most);
    if (!found) FAIL(found.error().message());
    return std::move(found).value();
  }
  [[nodiscard]] std::vector<std::string> keys(std::string_view words, std::string_view prefix = {}, std::size_t most = 50) const {
    std::vector<std::string> made;
    for (const auto& hit : hits(words, prefix, most)) made.emplace_back(as_text(hit.key));
    return made;
  }
  [[nodiscard]] bool finds(std::string_view words, const std::string& key) const {
    const auto found = keys(words, {}, 1000);
    return std::find(found.begin(), found.end(), key) != found.end();
  }
  [[nodiscard]] store::Store& store() { return *store_; }

 private:
  static std::atomic<int>& count() {
    static std::atomic<int> made{0};
    return made;
  }
  store::FaultDisk disk_;
  std::unique_ptr<store::Store> store_;
};

}  // namespace muistio::search::test
