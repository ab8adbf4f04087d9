#include "stem.hpp"

#include <libstemmer.h>

#include <algorithm>
#include <array>
#include <memory>

#include "finnish.hpp"
#include "letters.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/utf8.hpp"

namespace muistio::search::detail {
namespace {
using View = std::u32string_view;

struct DeleteStemmer {
  void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
};
using Stemmer = std::unique_ptr<sb_stemmer, DeleteStemmer>;

constexpr const char* kLanguages[] = {"finnish", "swedish", "dutch", "english"};

/// Snowball's stemmers keep state between calls: one set a thread.
sb_stemmer* stemmer_for(Language language) {
  thread_local std::array<Stemmer, 4> made = [] {
    std::array<Stemmer, 4> all;
    for (std::size_t i = 0; i < all.size(); ++i) {
      all[i].reset(sb_stemmer_new(kLanguages[i], "UTF_8"));
      MUISTIO_INVARIANT(all[i] != nullptr);
    }
    return all;
  }();
  return made[static_cast<std::size_t>(language)].get();
}

std::u32string snowball(Language language, View word) {
  auto* const stemmer = stemmer_for(language);
  const auto bytes = scalars_to_utf8(word);
  const auto* const stem =
      sb_stemmer_stem(stemmer, reinterpret_cast<const sb_symbol*>(bytes.data()), static_cast<int>(bytes.size()));
  if (stem == nullptr) return {};
  const std::string_view text(reinterpret_cast<const char*>(stem), static_cast<std::size_t>(sb_stemmer_length(stemmer)));
  return utf8_to_scalars(text).value_or({});
}

bool is_vowel(char32_t letter) { return View(U"aeiouy\u00e4\u00f6\u00e5\u00eb\u00ef").find(letter) != View::npos; }

View without(View word, std::size_t count) { return word.substr(0, word.size() - count); }

bool has_one_vowel(View word) { return std::count_if(word.begin(), word.end(), is_vowel) == 1; }

std::u32string joined(View one, View two) { return std::u32string(one).append(two); }

bool ends_in(View word, View ending) { return word.size() > ending.size() + 1 && word.ends_with(ending); }

/// Collects stems of one language.
class Collector {
 public:
  Collector(std::vector<Stem>& stems, Language language) : stems_(stems), language_(language) {}
  void add(View stem) { add(without_marks(stem)); }
  void add(std::string text) {
    if (text.empty()) return;
    const auto is_same = [&](const Stem& each) { return each.language == language_ && each.text == text; };
    if (std::none_of(stems_.begin(), stems_.end(), is_same)) stems_.push_back({language_, std::move(text)});
  }
  void add_families(std::string_view folded) {
    for (auto& head : family_heads(language_, folded)) add(std::move(head));
  }

 private:
  std::vector<Stem>& stems_;
  Language language_;
};

/// The e of -el, -er, -en is dropped before an ending, and mm is then written once: regel, regler; nummer, numret.
std::u32string contracted(std::u32string stem) {
  if (!ends_in(stem, U"el") && !ends_in(stem, U"er") && !ends_in(stem, U"en")) return stem;
  stem.erase(stem.size() - 2, 1);
  if (const auto n = stem.size(); n > 3 && stem[n - 2] == U'm' && stem[n - 3] == U'm') stem.erase(n - 2, 1);
  return stem;
}

/// m and n are doubled before an ending: medlem, medlemmar; vän, vänner.
std::u32string swedish_stem(View word) {
  auto stem = snowball(Language::swedish, word);
  if (ends_in(stem, U"mm") || ends_in(stem, U"nn")) stem.pop_back();
  return contracted(std::move(stem));
}

/// What is left of a noun without its ending, by its own rules: Snowball keeps "havet" and "glaset" whole.
std::u32string swedish_noun(View word) {
  static constexpr View kEndings[] = {U"orna", U"arna", U"erna", U"ena", U"ar", U"er", U"or",
                                      U"en",   U"et",   U"an",   U"na",  U"a",  U"e"};
  for (const View ending : kEndings) {
    if (!word.ends_with(ending)) continue;
    const auto root = without(word, ending.size());
    if (root.size() < 2 || (root.size() == 2 && !is_vowel(root.front()) && !is_vowel(root.back()))) continue;
    word = root;
    break;
  }
  // möten, byn, cykeln, datorn.
  if (word.size() > 3 && word.back() == U'n' && (word[word.size() - 2] == U'l' || word[word.size() - 2] == U'r'))
    word = without(word, 1);
  std::u32string made(word);
  if (ends_in(made, U"mm") || ends_in(made, U"nn")) made.pop_back();
  return contracted(std::move(made));
}

void add_swedish(Collector& into, View word, std::string_view folded) {
  const auto stem = swedish_stem(word);
  into.add(stem);
  into.add(swedish_noun(word));
  if (word.size() > 3 && word.back() == U's' && word[word.size() - 2] != U's') {
    into.add(swedish_noun(without(word, 1)));
    into.add(swedish_stem(without(word, 1)));
  }
  // fönster, fönstret; vatten, vattnet; sommar, somrar.
  if (ends_in(word, U"er") || ends_in(word, U"en")) into.add(contracted(std::u32string(word)));
  if (ends_in(word, U"mmar")) into.add(joined(without(word, 3), U"r"));
  // stort, viktigt; köpte, köpt; ringde, ringd.
  const bool has_t = stem.size() > 3 && (stem.back() == U't' || stem.back() == U'd') && !is_vowel(stem[stem.size() - 2]);
  if (has_t && word.starts_with(stem) && View(U"te ts ta tes de ds da des").find(word.substr(stem.size() - 1)) != View::npos)
    into.add(without(stem, 1));
  into.add_families(folded);
}

/// The stem of a Dutch word as its basic form is written: f and s for the v and z inside (bedrijf, bedrijven), and the vowel of an
/// open syllable doubled when it closes (maan, manen; but man, mannen).
std::u32string dutch_stem(View word) {
  auto stem = snowball(Language::dutch, word);
  const auto n = stem.size();
  if (n > 3 && stem[n - 1] == stem[n - 2] && !is_vowel(stem[n - 1])) {
    stem.pop_back();  // bruggen, brug
  } else if (n > 1 && !is_vowel(stem[n - 1]) && View(U"aeou").find(stem[n - 2]) != View::npos &&
             (n == 2 || !is_vowel(stem[n - 3]) || (stem[n - 3] == U'i' && stem[n - 2] != U'e'))) {
    // Snowball writes a long vowel once: "maan" and "manen" are "man".
    auto longer = stem;
    longer.insert(n - 2, 1, stem[n - 2]);
    const bool is_open =
        word.size() > n && word.starts_with(stem) && word[n] == U'e' && (stem[n - 2] != U'e' || has_one_vowel(stem));
    if (is_open || word.starts_with(longer)) stem = longer;
  }
  if (ends_in(stem, U"v")) stem.back() = U'f';
  if (ends_in(stem, U"z")) stem.back() = U's';
  return stem;
}

/// groepje, mannetje, bloempje, koninkje: what a diminutive is of.
void add_dutch_diminutive(Collector& into, View word) {
  if (word.ends_with(U"s")) word = without(word, 1);
  if (!ends_in(word, U"je") || word.size() < 6) return;
  auto base = without(word, 2);
  into.add(dutch_stem(base));
  if (ends_in(base, U"et")) into.add(dutch_stem(without(base, 2)));
  if (ends_in(base, U"t") || ends_in(base, U"p")) into.add(dutch_stem(without(base, 1)));
  if (ends_in(base, U"nk")) into.add(dutch_stem(joined(without(base, 1), U"g")));
}

/// werkt, werkte, gewerkt; vergaderd, vergaderden.
void add_dutch_verb(Collector& into, View word) {
  auto verb = word;
  if (ends_in(verb, U"en")) verb = without(verb, 1);
  if (ends_in(verb, U"e")) verb = without(verb, 1);
  if (verb.size() < 5 || (verb.back() != U't' && verb.back() != U'd') || is_vowel(verb[verb.size() - 2])) return;
  if (verb.back() == U'd') {
    // maand, kind, maanden are no verbs.
    const bool is_prefixed = verb.starts_with(U"ge") || verb.starts_with(U"be") || verb.starts_with(U"ver");
    if (verb.size() < 6 && !(word.ends_with(U"de") && verb.size() == 5)) return;
    if (word.ends_with(U"d") && verb.size() < 7 && !is_prefixed) return;
  }
  verb = without(verb, 1);
  into.add(dutch_stem(verb));
  if (verb.starts_with(U"ge") && verb.size() > 4) into.add(dutch_stem(verb.substr(2)));
}

void add_dutch(Collector& into, View word, std::string_view folded) {
  const auto stem = dutch_stem(word);
  into.add(stem);
  into.add_families(folded);
  add_dutch_diminutive(into, word);
  if (ends_in(word, U"\u00ebn")) {  // categorieën, zeeën
    into.add(dutch_stem(without(word, 2)));
    into.add(dutch_stem(joined(without(word, 2), U"e")));
  }
  // problemen, probleem: whether the last e of a longer word is long, its spelling does not say.
  if (const auto n = stem.size(); n > 4 && stem[n - 2] == U'e' && !is_vowel(stem[n - 1]) && !is_vowel(stem[n - 3]) &&
                                  word.starts_with(stem) && word.size() > n && word[n] == U'e')
    into.add(joined(without(stem, 1), View(U"e")).append(stem, n - 1));
  if (const auto n = stem.size(); n > 4 && stem[n - 2] == U'e' && stem[n - 3] == U'e' && !is_vowel(stem[n - 1]))
    into.add(joined(without(stem, 2), View(stem).substr(n - 1)));
  add_dutch_verb(into, word);
}

void add_english(Collector& into, View word, std::string_view folded) {
  auto stem = snowball(Language::english, word);
  if (ends_in(stem, U"iz")) stem.back() = U's';  // organize, organise
  into.add(stem);
  into.add_families(folded);
}

bool has(View word, View letters) { return word.find_first_of(letters) != View::npos; }

/// q, w, x, z and å stand in no Finnish word, and few consonants at the end.
bool may_be_finnish(View word, std::string_view folded) {
  if (folded.size() < 2 || has(word, U"qwxz\u00e5")) return false;
  if (std::string_view("aeiouyntslr").find(folded.back()) == std::string_view::npos) return false;
  return std::all_of(folded.begin(), folded.end(), [](char letter) { return letter >= 'a' && letter <= 'z'; });
}
/// Swedish doubles no vowel but e.
bool may_be_swedish(View word) {
  for (const View doubled : {U"aa", U"ii", U"oo", U"uu", U"yy", U"\u00e4\u00e4", U"\u00f6\u00f6"})
    if (word.find(doubled) != View::npos) return false;
  return true;
}
bool may_be_dutch_or_english(View word) { return !has(word, U"\u00e4\u00e5\u00f6"); }

void add_finnish(Collector& into, View word, std::string_view folded) {
  if (!may_be_finnish(word, folded)) return;
  for (auto& form : finnish_basic_forms(folded)) into.add(std::move(form));
}
}  // namespace

std::vector<Stem> stems_of(const std::u32string& lower) {
  std::vector<Stem> stems;
  const auto is_letter = [](char32_t letter) { return letter > U'9'; };
  if (std::none_of(lower.begin(), lower.end(), is_letter)) return stems;
  const auto folded = without_marks(lower);
  Collector finnish(stems, Language::finnish), swedish(stems, Language::swedish), dutch(stems, Language::dutch),
      english(stems, Language::english);
  add_finnish(finnish, lower, folded);
  if (may_be_swedish(lower)) add_swedish(swedish, lower, folded);
  if (may_be_dutch_or_english(lower)) {
    add_dutch(dutch, lower, folded);
    add_english(english, lower, folded);
  }
  return stems;
}

}  // namespace muistio::search::detail
