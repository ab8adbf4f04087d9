#include "muistio/search/search.hpp"

#include <algorithm>
#include <unordered_map>

#include "muistio/base/reader.hpp"
#include "snippet.hpp"

namespace muistio::search {
namespace {
using store::MatchQuery;
using store::Table;

// From how many bytes on a word of a query, or a stem of it, also finds what begins with it.
constexpr std::size_t kWordPrefixBytesMin = 3;
constexpr std::size_t kStemPrefixBytesMin = 5;

// Words whose terms an indexer remembers, and the longest of them in bytes.
constexpr std::size_t kRememberedMax = 4096;
constexpr std::size_t kRememberedBytesMax = 64;

/// One word of a query: what a document's word must share, and what it may begin with.
std::vector<MatchQuery::Term> alternatives(std::string_view word) {
  std::vector<MatchQuery::Term> terms;
  for (auto& term : terms_of(word)) {
    const bool prefix = term.size() >= (terms.empty() ? kWordPrefixBytesMin : kStemPrefixBytesMin);
    terms.push_back({std::move(term), prefix});
  }
  return terms;
}

bool fits(const std::vector<std::string>& document_terms, const std::vector<MatchQuery::Term>& wanted) {
  return std::any_of(wanted.begin(), wanted.end(), [&](const MatchQuery::Term& term) {
    return std::any_of(document_terms.begin(), document_terms.end(),
                       [&term](const std::string& held) { return term.prefix ? held.starts_with(term.text) : held == term.text; });
  });
}

/// Whether words match a query; each different word is judged once.
class Judge {
 public:
  explicit Judge(const std::vector<std::vector<MatchQuery::Term>>& wanted) : wanted_(wanted) {}
  bool operator()(std::string_view word) {
    const auto [at, is_new] = known_.try_emplace(std::string(word), false);
    if (is_new) {
      const auto terms = terms_of(word);
      at->second = std::any_of(wanted_.begin(), wanted_.end(), [&terms](const auto& group) { return fits(terms, group); });
    }
    return at->second;
  }

 private:
  const std::vector<std::vector<MatchQuery::Term>>& wanted_;
  std::unordered_map<std::string, bool> known_;
};

/// Nothing, if the text is not kept: the document changed and is not indexed again yet.
Result<std::optional<Hit>> hit_of(const store::Rows& rows, const store::IndexHit& found, Judge& judge) {
  Hit hit{.key = found.document_key, .rank = found.rank, .title = {}, .snippet = {}, .matches = {}};
  MUISTIO_TRY(const auto kept, rows.get(Table::search_text, found.document_key));
  if (!kept) return std::optional<Hit>();
  Reader reader(*kept);
  MUISTIO_TRY(const auto title, reader.block(kTitleBytesMax));
  MUISTIO_TRY(const auto body, reader.block(kBodyBytesMax));
  MUISTIO_CHECK(reader.finish());
  hit.title = as_text(title);
  MUISTIO_TRY(const auto words, words_of(as_text(body)));
  auto snippet = detail::make_snippet(as_text(body), words, [&judge](std::string_view word) { return judge(word); });
  hit.snippet = std::move(snippet.text);
  hit.matches = std::move(snippet.matches);
  return std::optional<Hit>(std::move(hit));
}
}  // namespace

const std::string& Indexer::terms_for(std::string_view word) {
  const auto known = remembered_.find(word);
  if (known != remembered_.end()) return known->second;
  std::string terms;
  for (const auto& term : terms_of(word)) {
    if (!terms.empty()) terms += ' ';
    terms += term;
  }
  if (remembered_.size() >= kRememberedMax) remembered_.clear();
  if (word.size() > kRememberedBytesMax) return long_word_ = std::move(terms);
  return remembered_.emplace(std::string(word), std::move(terms)).first->second;
}

Result<std::string> Indexer::index_terms(std::string_view text) {
  MUISTIO_TRY(const auto words, words_of(text));
  std::string terms;
  for (const auto& word : words) {
    const auto& of_word = terms_for(text.substr(word.offset, word.bytes));
    if (!terms.empty() && !of_word.empty()) terms += ' ';
    terms += of_word;
  }
  return terms;
}

Status index_document(store::Transaction& tx, BytesView key, std::string_view title, std::string_view body) {
  return Indexer().index(tx, key, title, body);
}

Status Indexer::index(store::Transaction& tx, BytesView key, std::string_view title, std::string_view body) {
  if (title.size() > kTitleBytesMax) return fail(ErrorCode::too_large, "a title of " + std::to_string(title.size()) + " bytes");
  if (body.size() > kBodyBytesMax) return fail(ErrorCode::too_large, "a text of " + std::to_string(body.size()) + " bytes");
  MUISTIO_TRY(const auto title_terms, index_terms(title));
  MUISTIO_TRY(const auto body_terms, index_terms(body));
  Writer kept;
  kept.block(as_bytes(title)).block(as_bytes(body));
  MUISTIO_CHECK(tx.put(Table::search_text, key, kept.bytes()));
  return tx.index_put(key, title_terms, body_terms);
}

Status outdate_document(store::Transaction& tx, BytesView key) { return tx.erase(Table::search_text, key); }

Status erase_document(store::Transaction& tx, BytesView key) {
  MUISTIO_CHECK(tx.erase(Table::search_text, key));
  return tx.index_erase(key);
}

Result<std::vector<Hit>> query(const store::Rows& rows, std::string_view words, BytesView prefix, std::size_t most) {
  MUISTIO_TRY(auto found, words_of(words));
  if (found.size() > kQueryWordsMax) found.resize(kQueryWordsMax);
  std::vector<std::vector<MatchQuery::Term>> wanted;
  MatchQuery match;
  for (const auto& word : found) {
    wanted.push_back(alternatives(words.substr(word.offset, word.bytes)));
    match.all_of(wanted.back());
  }
  std::vector<Hit> hits;
  if (match.empty()) return hits;
  MUISTIO_TRY(const auto documents, rows.index_query(match.text(), prefix, most));
  Judge judge(wanted);
  for (const auto& document : documents) {
    MUISTIO_TRY(auto hit, hit_of(rows, document, judge));
    if (hit) hits.push_back(std::move(*hit));
  }
  return hits;
}

}  // namespace muistio::search
