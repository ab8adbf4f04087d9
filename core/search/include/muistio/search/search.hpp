// Finding documents by words, offline, on the encrypted store.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "muistio/search/terms.hpp"
#include "muistio/store/store.hpp"

namespace muistio::search {

/// The longest title and body that are indexed, in bytes; what is longer is refused.
inline constexpr std::size_t kTitleBytesMax = 4096;
inline constexpr std::size_t kBodyBytesMax = 8u << 20;
/// The most words of a query that count; the rest are passed over.
inline constexpr std::size_t kQueryWordsMax = 16;

/// A document found.
struct Hit {
  Bytes key;
  double rank = 0;                  // smaller is better
  std::string title;                // as it was indexed
  std::string snippet;              // a stretch of the body around what matched, on one line; "…" where it was cut
  std::vector<Word> matches;        // the matching words within the snippet, by bytes
  std::vector<Word> title_matches;  // and within the title
};

/// Indexes a document under `key` in place of what stood there, in the caller's transaction. Title and body are kept, encrypted,
/// for snippets. Errors: not_utf8, too_large, and the store's.
Status index_document(store::Transaction& tx, BytesView key, std::string_view title, std::string_view body);

/// Indexes documents one after another, remembering the terms of words that come again. Not thread-safe.
class Indexer {
 public:
  /// As `index_document`.
  Status index(store::Transaction& tx, BytesView key, std::string_view title, std::string_view body);

 private:
  struct WordHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view word) const noexcept { return std::hash<std::string_view>{}(word); }
  };
  Result<std::string> index_terms(std::string_view text);
  const std::string& terms_for(std::string_view word);
  std::unordered_map<std::string, std::string, WordHash, std::equal_to<>> remembered_;
  std::string long_word_;
};

/// Says that a document changed and will be indexed again: its text is no longer kept, and until then nothing finds it. Errors: the
/// store's.
Status outdate_document(store::Transaction& tx, BytesView key);

/// Forgets a document, its text included. Errors: the store's.
Status erase_document(store::Transaction& tx, BytesView key);

/// Whether a document that matches is wanted, by its key.
using Accepts = std::function<Result<bool>(BytesView key)>;

/// The documents that hold every one of `words` (any text, as a person typed it; never a syntax) in some inflected form or as a
/// beginning of a word, best first, at most `most`; those with keys beginning with `prefix` only, and, if `accepts` is given, those
/// that it accepts. No words find nothing. Errors: not_utf8, those of `accepts`, and the store's.
Result<std::vector<Hit>> query(const store::Rows& rows, std::string_view words, BytesView prefix = {}, std::size_t most = 50,
                               const Accepts& accepts = {});

/// Whether the index holds terms of another kTermsVersion, or nothing yet: then every document is to be indexed again.
Result<bool> is_outdated(const store::Rows& rows);
/// Notes that the index has this version from now on.
Status set_up_to_date(store::Transaction& tx);

}  // namespace muistio::search
