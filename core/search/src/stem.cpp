#include "stem.hpp"

#include <libstemmer.h>

#include <array>
#include <memory>

#include "muistio/base/result.hpp"
#include "muistio/base/utf8.hpp"

namespace muistio::search::detail {
namespace {
struct DeleteStemmer {
  void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
};
using Stemmer = std::unique_ptr<sb_stemmer, DeleteStemmer>;

constexpr const char* kLanguages[] = {"finnish", "swedish", "dutch", "english"};

/// Snowball's stemmers keep state between calls: one set a thread.
std::array<Stemmer, 4>& stemmers() {
  thread_local std::array<Stemmer, 4> made = [] {
    std::array<Stemmer, 4> all;
    for (std::size_t i = 0; i < all.size(); ++i) {
      all[i].reset(sb_stemmer_new(kLanguages[i], "UTF_8"));
      MUISTIO_INVARIANT(all[i] != nullptr);
    }
    return all;
  }();
  return made;
}

std::u32string snowball(sb_stemmer* stemmer, const std::string& word) {
  const auto* const stem = sb_stemmer_stem(stemmer, reinterpret_cast<const sb_symbol*>(word.data()), static_cast<int>(word.size()));
  if (stem == nullptr) return {};
  const std::string_view text(reinterpret_cast<const char*>(stem), static_cast<std::size_t>(sb_stemmer_length(stemmer)));
  return utf8_to_scalars(text).value_or({});
}

struct Ending {
  const char32_t* from;
  const char32_t* to;
};

// What a Finnish nominal's stem ends in when inflected, and in the basic form. The longest that fits counts. kokoukse-t: kokous;
// vastauks-en: vastaus; rakkaude-n, rakkaute-en: rakkaus; naise-t: nainen; työttöm-än: työtön; puhelim-et: puhelin; klube-issa:
// klubi.
constexpr Ending kFinnish[] = {{U"ukse", U"us"},  {U"ykse", U"ys"},  {U"okse", U"os"},        {U"\u00f6kse", U"\u00f6s"},
                               {U"ikse", U"is"},  {U"ekse", U"es"},  {U"akse", U"as"},        {U"\u00e4kse", U"\u00e4s"},
                               {U"uks", U"us"},   {U"yks", U"ys"},   {U"oks", U"os"},         {U"\u00f6ks", U"\u00f6s"},
                               {U"iks", U"is"},   {U"eks", U"es"},   {U"aks", U"as"},         {U"\u00e4ks", U"\u00e4s"},
                               {U"uude", U"uus"}, {U"yyde", U"yys"}, {U"uute", U"uus"},       {U"yyte", U"yys"},
                               {U"uud", U"uus"},  {U"yyd", U"yys"},  {U"uut", U"uus"},        {U"yyt", U"yys"},
                               {U"aude", U"aus"}, {U"aute", U"aus"}, {U"eude", U"eus"},       {U"eute", U"eus"},
                               {U"aud", U"aus"},  {U"aut", U"aus"},  {U"eud", U"eus"},        {U"eut", U"eus"},
                               {U"inen", U"is"},  {U"ine", U"is"},   {U"ise", U"is"},         {U"\u00f6m", U"\u00f6n"},
                               {U"im", U"in"},    {U"oj", U"o"},     {U"\u00f6j", U"\u00f6"}, {U"uj", U"u"},
                               {U"yj", U"y"},     {U"e", U""}};

// Consonants of Finnish that weaken when the syllable closes: sääntö, säännöt; pöytä, pöydän; apu, avun.
constexpr Ending kGradation[] = {{U"nt", U"nn"}, {U"mp", U"mm"}, {U"lt", U"ll"}, {U"rt", U"rr"}, {U"nk", U"ng"}};

// Swedish drops the e of -el, -er, -en before an ending: regel, regler.
constexpr Ending kSwedish[] = {{U"el", U"l"}, {U"er", U"r"}, {U"en", U"n"}};

// Dutch writes f and s at the end of a word, v and z inside: bedrijf, bedrijven.
constexpr Ending kDutch[] = {{U"v", U"f"}, {U"z", U"s"}};

bool ends_in(std::u32string_view word, std::u32string_view ending) {
  return word.size() > ending.size() + 1 && word.substr(word.size() - ending.size()) == ending;
}

/// `stem` with the longest of the endings that fit put into its other form.
template <std::size_t N>
std::u32string exchange_ending(std::u32string stem, const Ending (&endings)[N]) {
  std::u32string_view from, to;
  for (const auto& ending : endings)
    if (ends_in(stem, ending.from) && std::u32string_view(ending.from).size() > from.size()) {
      from = ending.from;
      to = ending.to;
    }
  stem.resize(stem.size() - from.size());
  return stem.append(to);
}

bool is_vowel(char32_t letter) {
  return std::u32string_view(U"aeiouy\u00e4\u00f6\u00e5").find(letter) != std::u32string_view::npos;
}

/// One form for the strong and the weak grade: the last vowels fall, then the cluster at the end is made weak.
std::u32string same_grade(std::u32string stem) {
  while (stem.size() > 3 && is_vowel(stem.back())) stem.pop_back();
  for (const auto& grade : kGradation)
    if (ends_in(stem, grade.from)) return exchange_ending(std::move(stem), kGradation);
  // A single consonant behind a vowel: t is d, p is v.
  if (stem.size() > 2 && is_vowel(stem[stem.size() - 2])) {
    if (stem.back() == U't') stem.back() = U'd';
    if (stem.back() == U'p') stem.back() = U'v';
  }
  return stem;
}

/// materiaal, material-en: a doubled vowel before the last consonant is written once.
std::u32string single_vowel(std::u32string stem) {
  const std::size_t n = stem.size();
  if (n > 3 && !is_vowel(stem[n - 1]) && is_vowel(stem[n - 2]) && stem[n - 2] == stem[n - 3]) stem.erase(n - 2, 1);
  return stem;
}
}  // namespace

std::vector<std::u32string> stems_of(const std::u32string& lower) {
  const std::string word = scalars_to_utf8(lower);
  std::array<std::u32string, 4> snow;
  for (std::size_t i = 0; i < snow.size(); ++i) snow[i] = snowball(stemmers()[i].get(), word);
  const auto& [finnish, swedish, dutch, english] = snow;
  // "-inen" before Snowball, which leaves "-in" or "-ise" by the case.
  const auto basic = exchange_ending(ends_in(lower, U"inen") ? lower : finnish, kFinnish);
  std::vector<std::u32string> stems{basic, same_grade(basic), exchange_ending(swedish, kSwedish),
                                    exchange_ending(single_vowel(dutch), kDutch), english};
  stems.insert(stems.end(), {finnish, swedish, dutch});
  return stems;
}

}  // namespace muistio::search::detail
