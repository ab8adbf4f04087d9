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
constexpr std::size_t kStemPrefixBytesMin = 6;

// The most documents that a filter looks at, best first.
constexpr std::size_t kJudgedMax = 100'000;

// Under which key of Table::meta the version of the index stands.
constexpr std::string_view kVersionKey = "search terms";

// Words whose terms an indexer remembers, and the longest of them in bytes.
constexpr std::size_t kRememberedMax = 4096;
constexpr std::size_t kRememberedBytesMax = 64;

/// One word of a query: what a document's word must share, and what it may begin with. The word itself comes first.
using Wanted = std::vector<MatchQuery::Term>;

Wanted wanted_of(std::string_view word) {
  Wanted terms;
  for (auto& term : sought_by(word)) {
    // A stem with the sign of its language is looked for as it is.
    const bool is_plain = static_cast<unsigned char>(term.front()) < 0x80 || terms.empty();
    const bool is_prefix = is_plain && term.size() >= (terms.empty() ? kWordPrefixBytesMin : kStemPrefixBytesMin);
    terms.push_back({std::move(term), is_prefix});
  }
  return terms;
}

/// How well a word of a document fits a word of a query.
enum class Fit : std::uint8_t { none, beginning, form, same };

Fit fit_of(const std::vector<std::string>& document_terms, const Wanted& wanted) {
  if (!wanted.empty() && !document_terms.empty() && wanted.front().text == document_terms.front()) return Fit::same;
  auto best = Fit::none;
  for (const auto& term : wanted)
    for (const auto& held : document_terms) {
      if (held == term.text) return Fit::form;
      if (term.prefix && held.starts_with(term.text)) best = Fit::beginning;
    }
  return best;
}

/// How the words of documents fit a query; each different word is judged once.
class Judge {
 public:
  explicit Judge(const std::vector<Wanted>& wanted) : wanted_(wanted) {}
  /// The best fit of `word` for each word of the query.
  const std::vector<Fit>& operator()(std::string_view word) {
    const auto [at, is_new] = known_.try_emplace(std::string(word));
    if (is_new) {
      const auto terms = terms_of(word);
      for (const auto& each : wanted_) at->second.push_back(fit_of(terms, each));
    }
    return at->second;
  }
  [[nodiscard]] std::size_t query_words() const { return wanted_.size(); }

 private:
  const std::vector<Wanted>& wanted_;
  std::unordered_map<std::string, std::vector<Fit>> known_;
};

/// Which words of a text match; what is best for each word of the query goes into `best`.
std::vector<Word> matching(std::string_view text, const std::vector<Word>& words, Judge& judge, std::vector<Fit>& best) {
  std::vector<Word> found;
  for (const auto& word : words) {
    const auto& fits = judge(text.substr(word.offset, word.bytes));
    bool is_match = false;
    for (std::size_t i = 0; i < fits.size(); ++i) {
      is_match |= fits[i] != Fit::none;
      best[i] = std::max(best[i], fits[i]);
    }
    if (is_match) found.push_back(word);
  }
  return found;
}

/// Rank says how rare and how frequent the terms are, and whether they stand in the title; the words as they were typed count for
/// more than other forms of them, and these for more than what only begins so. Ranks are negative, smaller is better.
double ranked(double rank, const std::vector<Fit>& best) {
  double fit = 0;
  for (const auto each : best) fit += static_cast<double>(each);
  return rank * (1 + fit / static_cast<double>(best.size()));
}

/// Nothing, if the text is not kept: the document changed and is not indexed again yet.
Result<std::optional<Hit>> hit_of(const store::Rows& rows, const store::IndexHit& found, Judge& judge) {
  Hit hit;
  hit.key = found.document_key;
  MUISTIO_TRY(const auto kept, rows.get(Table::search_text, found.document_key));
  if (!kept) return std::optional<Hit>();
  Reader reader(*kept);
  MUISTIO_TRY(const auto title, reader.block(kTitleBytesMax));
  MUISTIO_TRY(const auto body, reader.block(kBodyBytesMax));
  MUISTIO_CHECK(reader.finish());
  hit.title = as_text(title);
  std::vector<Fit> best(judge.query_words(), Fit::none);
  MUISTIO_TRY(const auto title_words, words_of(as_text(title)));
  hit.title_matches = matching(hit.title, title_words, judge, best);
  MUISTIO_TRY(const auto words, words_of(as_text(body)));
  auto snippet = detail::make_snippet(as_text(body), words, matching(as_text(body), words, judge, best));
  hit.snippet = std::move(snippet.text);
  hit.matches = std::move(snippet.matches);
  hit.rank = ranked(found.rank, best);
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

Result<std::vector<Hit>> query(const store::Rows& rows, std::string_view words, BytesView prefix, std::size_t most,
                               const Accepts& accepts) {
  MUISTIO_TRY(auto found, words_of(words));
  if (found.size() > kQueryWordsMax) found.resize(kQueryWordsMax);
  std::vector<Wanted> wanted;
  MatchQuery match;
  for (const auto& word : found) {
    wanted.push_back(wanted_of(words.substr(word.offset, word.bytes)));
    match.all_of(wanted.back());
  }
  std::vector<Hit> hits;
  if (match.empty()) return hits;
  Judge judge(wanted);
  std::size_t looked_at = 0;
  // Mostly the best few are wanted; where a filter refuses them, all that match are looked at.
  for (const std::size_t limit : {most, kJudgedMax}) {
    MUISTIO_TRY(const auto documents, rows.index_query(match.text(), prefix, limit));
    for (; looked_at < documents.size() && hits.size() < most; ++looked_at) {
      const auto& document = documents[looked_at];
      if (accepts) {
        MUISTIO_TRY(const bool is_accepted, accepts(document.document_key));
        if (!is_accepted) continue;
      }
      MUISTIO_TRY(auto hit, hit_of(rows, document, judge));
      if (hit) hits.push_back(std::move(*hit));
    }
    if (hits.size() == most || documents.size() < limit) break;
  }
  std::stable_sort(hits.begin(), hits.end(), [](const Hit& left, const Hit& right) { return left.rank < right.rank; });
  return hits;
}

Result<bool> is_outdated(const store::Rows& rows) {
  MUISTIO_TRY(const auto version, rows.get(Table::meta, as_bytes(kVersionKey)));
  return !version || version->size() != 1 || version->front() != kTermsVersion;
}

Status set_up_to_date(store::Transaction& tx) {
  const std::uint8_t version = kTermsVersion;
  return tx.put(Table::meta, as_bytes(kVersionKey), {&version, 1});
}

}  // namespace muistio::search
