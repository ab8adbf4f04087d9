#include "finnish.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace muistio::search::detail {
namespace {

using View = std::string_view;

/// Which grade of the consonants a form shows (kauppa, kaupan): weak where the ending closes the syllable.
enum class Grade { strong, weak };

constexpr bool is_vowel(char letter) { return View("aeiouy").find(letter) != View::npos; }

std::size_t syllables(View word) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < word.size(); ++i)
    if (is_vowel(word[i]) && (i == 0 || !is_vowel(word[i - 1]))) ++count;
  return count;
}

View without(View word, std::size_t count) { return word.substr(0, word.size() - count); }

std::string joined(View one, View two) { return std::string(one).append(two); }

using Exchange = std::pair<View, View>;

// From what a stem ends in before its last vowel, in the weak grade, to the strong one.
constexpr std::array<Exchange, 14> kStrong{{{"ng", "nk"},
                                            {"mm", "mp"},
                                            {"nn", "nt"},
                                            {"ll", "lt"},
                                            {"rr", "rt"},
                                            {"lj", "lk"},
                                            {"rj", "rk"},
                                            {"hj", "hk"},
                                            {"d", "t"},
                                            {"v", "p"},
                                            {"k", "kk"},
                                            {"p", "pp"},
                                            {"t", "tt"},
                                            {"g", "gg"}}};
// And back.
constexpr std::array<Exchange, 15> kWeak{{{"kk", "k"},
                                          {"pp", "p"},
                                          {"tt", "t"},
                                          {"nk", "ng"},
                                          {"mp", "mm"},
                                          {"nt", "nn"},
                                          {"lt", "ll"},
                                          {"rt", "rr"},
                                          {"ht", "hd"},
                                          {"rp", "rv"},
                                          {"lp", "lv"},
                                          {"st", "st"},
                                          {"sk", "sk"},
                                          {"t", "d"},
                                          {"p", "v"}}};

// What stands before the last vowel where k is lost in the weak grade, or turns into j: joki, joen; jalka, jalan; aika, ajan.
constexpr std::array<Exchange, 37> kLostK{
    {{"jo", "jok"},   {"jal", "jalk"}, {"nal", "nalk"}, {"poj", "poik"}, {"aj", "aik"},   {"rei", "reik"}, {"ha", "hak"},
     {"tu", "tuk"},   {"ruo", "ruok"}, {"vi", "vik"},   {"va", "vak"},   {"ma", "mak"},   {"na", "nak"},   {"te", "tek"},
     {"pa", "pak"},   {"ja", "jak"},   {"li", "lik"},   {"i", "ik"},     {"nah", "nahk"}, {"vel", "velk"}, {"ol", "olk"},
     {"lu", "luk"},   {"tau", "tauk"}, {"la", "lak"},   {"si", "sik"},   {"pel", "pelk"}, {"al", "alk"},   {"uh", "uhk"},
     {"mar", "mark"}, {"kor", "kork"}, {"hal", "halk"}, {"sel", "selk"}, {"ar", "ark"},   {"vir", "virk"}, {"noj", "noik"},
     {"jul", "julk"}, {"rai", "raik"}}};

// Forms that no rule makes.
constexpr std::array<Exchange, 32> kIrregular{
    {{"miehe", "mies"},     {"mieh", "mies"},     {"mies", "mies"},     {"lunt", "lumi"},     {"keva", "kevat"},
     {"kevaa", "kevat"},    {"lasta", "lapsi"},   {"lasten", "lapsi"},  {"tehda", "tehda"},   {"tee", "tehda"},
     {"teki", "tehda"},     {"teke", "tehda"},    {"tehty", "tehda"},   {"tehnyt", "tehda"},  {"teh", "tehda"},
     {"nahda", "nahda"},    {"nae", "nahda"},     {"naki", "nahda"},    {"nake", "nahda"},    {"nahty", "nahda"},
     {"nahnyt", "nahda"},   {"sydame", "sydan"},  {"sydam", "sydan"},   {"askelee", "askel"}, {"askele", "askel"},
     {"lampima", "lammin"}, {"lampim", "lammin"}, {"tuhanne", "tuhat"}, {"tuhans", "tuhat"},  {"veist", "veitsi"},
     {"vuonna", "vuosi"},   {"oisin", "yo"}}};

class Forms {
 public:
  explicit Forms(View word) : word_(word) {}

  std::vector<std::string> all() && {
    nominative(word_);
    analyse(word_);
    return std::move(made_);
  }

 private:
  void add(std::string form) {
    if (form.size() < 3 && form != word_ && form != "yo") return;
    if (std::find(made_.begin(), made_.end(), form) != made_.end()) return;
    made_.push_back(std::move(form));
  }

  /// What stands before the last vowel, as it is and, from the weak grade, as it may be in the strong one.
  static std::vector<std::string> roots(View root, Grade grade, char last) {
    std::vector<std::string> all{std::string(root)};
    if (grade == Grade::strong) return all;
    for (const auto& [weak, strong] : kLostK)
      if (root == weak || (weak.size() >= 3 && root.size() >= weak.size() + 4 && root.ends_with(weak)))
        all.push_back(joined(without(root, weak.size()), strong));
    if ((last == 'u' || last == 'y') && root.size() > 2 && root.back() == 'v' && root[root.size() - 2] == last)
      all.push_back(joined(without(root, 1), "k"));  // luvun, luku
    for (const auto& [weak, strong] : kStrong) {
      if (!root.ends_with(weak)) continue;
      const auto before = without(root, weak.size());
      // A single consonant weakens between vowels, and behind l, m, n, r, h.
      if (weak.size() == 1 && (before.empty() || !(is_vowel(before.back()) || View("lmnrh").find(before.back()) != View::npos)))
        continue;
      all.push_back(joined(before, strong));
    }
    return all;
  }
  /// The weak grade of what stands before the last vowel of a basic form: osoittee-n, osoite.
  static std::string weakened(View root) {
    for (const auto& [strong, weak] : kWeak)
      if (root.ends_with(strong)) {
        const auto before = without(root, strong.size());
        if (strong.size() == 1 && (before.empty() || !is_vowel(before.back()))) break;
        return joined(before, weak);
      }
    return std::string(root);
  }
  /// "mantere", "tyttare": the weak grade before the last syllable, without the e.
  static std::string weakened_inside(View word) {
    if (word.size() < 4 || !is_vowel(word[word.size() - 2])) return std::string(word);
    return weakened(without(word, 2)).append(word.substr(word.size() - 2));
  }
  void add_weakened(View root, View ending) {
    add(joined(root, ending));
    add(weakened(root).append(ending));
  }

  void irregular(View stem) {
    for (const auto& [from, to] : kIrregular)
      if (stem == from) add(std::string(to));
  }

  /// A stem of the singular that ends in a vowel.
  void singular(View stem, Grade grade) {
    if (stem.size() < 2 || !is_vowel(stem.back()) || (stem.size() == 2 && !is_vowel(stem.front()))) return;
    irregular(stem);
    const char last = stem.back();
    const auto root = without(stem, 1);
    if (root.back() == last) return long_vowel(stem);
    if (stem.ends_with("uo") || stem.ends_with("yo") || stem.ends_with("ie")) {
      add(std::string(stem));
      if (stem.size() <= 3) return;
    }
    for (const auto& each : roots(root, grade, last)) {
      if (last == 'e') {
        add(each + "i");
      } else {
        add(each + last);
        if (last == 'a' && each.ends_with("mp")) {
          add(each + "i");
          compared(without(each, 2));
        }
      }
    }
    if (last == 'e') e_stem(stem, root);
    if (last == 'a') {
      if (stem.ends_with("imma")) add(joined(without(stem, 3), "n"));
      if (stem.ends_with("ttoma")) add(joined(without(stem, 5), "ton"));
      if (stem.size() > 3 && View("uoe").find(root.back()) != View::npos) add(joined(root, "ta"));  // haluan, haluta
    }
  }
  /// A stem of the singular that ends in a long vowel: kankaa-n, osoittee-n, kaunii-n, maa-n.
  void long_vowel(View stem) {
    const auto root = without(stem, 2);
    if (syllables(stem) == 1) return add(std::string(stem));
    switch (stem.back()) {
      case 'a':
        add(std::string(stem));
        add_weakened(root, "as");
        add(weakened(root).append("ata"));  // tapaa-n, tavata
        return;
      case 'e':
        add_weakened(root, "e");
        if (root.ends_with("n") || root.ends_with("ll") || root.ends_with("rr") || root.ends_with("ss")) {
          add(joined(root, "ut"));
          add(joined(root, "yt"));
        }
        return;
      case 'i':
        return add_weakened(root, "is");
      default:
        return add(std::string(stem));
    }
  }
  /// Basic forms whose stem got an e: kokoukse-n, naise-n, kade-n, avaime-n, jasene-n.
  void e_stem(View stem, View root) {
    const auto many = syllables(stem) >= 3;
    if (stem.size() > 4 && stem.ends_with("kse") && is_vowel(stem[stem.size() - 4])) add(joined(without(stem, 3), "s"));
    if (stem.size() > 3 && stem.ends_with("se") && is_vowel(stem[stem.size() - 3])) add(joined(without(stem, 2), "nen"));
    if (stem.ends_with("de") || stem.ends_with("te")) {
      const auto before = without(stem, 2);
      if (before.ends_with("u") || before.ends_with("y")) add(joined(before, "s"));
      if (!before.ends_with("h") && !before.ends_with("t")) add(joined(before, "si"));
    }
    for (const View doubled : {"nn", "rr", "ll"})
      if (root.ends_with(doubled)) add(joined(without(root, 1), "si"));
    if (many && root.ends_with("nn")) add(joined(without(root, 2), "s"));
    if (many && stem.ends_with("ime")) add_weakened(without(stem, 3), "in");
    if (many && (root.ends_with("l") || root.ends_with("r") || root.ends_with("n"))) {
      add(std::string(root));
      add(weakened_inside(root));
    }
    if (stem.size() > 5 && stem.ends_with("itse")) add(joined(without(stem, 3), "ta"));
    if (stem.ends_with("ue") || stem.ends_with("ye")) add(joined(root, "t"));
  }

  /// What stands before the i of the plural.
  void plural(View stem, Grade grade) {
    if (stem.empty()) return;
    irregular(stem);
    const char last = stem.back();
    if (!is_vowel(last)) return plural_of_consonant(stem, grade);
    const auto root = without(stem, 1);
    const bool is_short = syllables(stem) == 1 && stem.size() <= 3;
    switch (last) {
      case 'o':
        if (is_short) {
          add(joined(root, "uo"));
          return add(joined(root, "yo"));
        }
        if (stem.ends_with("to") && !stem.ends_with("tto")) add(joined(root, "yo"));
        for (const auto& each : roots(root, grade, last)) {
          add(each + "o");
          add(each + "a");
        }
        return;
      case 'e':
        for (const auto& each : roots(root, grade, last)) add(each + "i");
        if (is_short) return add(joined(root, "ie"));
        if (root.ends_with("n")) {
          add(joined(root, "ut"));
          add(joined(root, "yt"));
        }
        return add_weakened(root, "e");
      case 'a':
        if (is_short) return add(joined(stem, "a"));
        add(joined(stem, "a"));
        return add_weakened(root, "as");
      case 'i':
        return add_weakened(root, "is");
      default:
        add(joined(stem, stem.substr(stem.size() - 1)));
        if (is_short) return;
        for (const auto& each : roots(root, grade, last)) add(each + last);
    }
  }
  /// The vowel gave way to the i: koir-i-a, kokouks-i-a, nais-i-a.
  void plural_of_consonant(View stem, Grade grade) {
    if (stem.size() < 2) return;
    for (const auto& each : roots(stem, grade, 'i')) {
      add(each + "a");
      add(each + "i");
    }
    if (stem.size() > 3 && stem.ends_with("ks") && is_vowel(stem[stem.size() - 3])) add(joined(without(stem, 2), "s"));
    if (stem.size() > 2 && stem.ends_with("s") && is_vowel(stem[stem.size() - 2])) add(joined(without(stem, 1), "nen"));
    if (stem.ends_with("imm")) add(joined(without(stem, 2), "n"));
    if (stem.ends_with("im")) add_weakened(without(stem, 2), "in");
    if (stem.ends_with("ttom")) add(joined(without(stem, 4), "ton"));
    if (syllables(stem) >= 2 && (stem.ends_with("l") || stem.ends_with("r") || stem.ends_with("n"))) {
      add(std::string(stem));
      add(weakened_inside(stem));
    }
  }

  /// A stem that ends in a consonant, before -ta and -ten: kokous-ta, nais-ta, kiel-ta, vet-ta.
  void consonant(View stem) {
    if (stem.size() < 2 || is_vowel(stem.back())) return;
    const auto before = without(stem, 1);
    switch (stem.back()) {
      case 's':
        add(std::string(stem));
        add(joined(before, "nen"));
        return;
      case 't':
        add(std::string(stem));
        if (before.ends_with("u") || before.ends_with("y")) add(joined(before, "s"));
        return add(joined(before, "si"));
      case 'n':
      case 'l':
      case 'r':
        if (syllables(stem) >= 2) add(std::string(stem));
        return add(joined(stem, "i"));
      default:
        return;
    }
  }

  /// What a comparative is of: suure-mpi, vanhe-mpi.
  void compared(View stem) {
    if (stem.size() < 4) return;
    singular(stem, Grade::weak);
    if (stem.ends_with("e"))
      for (const auto& each : roots(without(stem, 1), Grade::weak, 'e')) add(each + "a");
  }

  void nominative(View word) {
    add(std::string(word));
    irregular(word);
    if (word.ends_with("e") && word.size() > 2) add(joined(without(word, 1), "i"));
    if (word.ends_with("mpi")) compared(without(word, 3));
  }

  /// The word as a form with a case.
  void cases(View word) {
    for (const View ending : {"ssa", "sta", "lla", "lta", "lle", "ksi", "kse"}) {
      if (!word.ends_with(ending)) continue;
      const auto stem = without(word, 3);
      if (stem.size() < 2) continue;
      singular(stem, Grade::weak);
      if (stem.ends_with("i")) plural(without(stem, 1), Grade::weak);
    }
    if (word.size() < 3) return;
    switch (word.back()) {
      case 'a':
        return case_in_a(word);
      case 'n':
        return case_in_n(word);
      case 't':
        return singular(without(word, 1), Grade::weak);
      case 'e':
        if (word.ends_with("ine") && word.size() > 5) plural(without(word, 3), Grade::strong);  // with a possessive: taloineen
        return;
      default:
        return;
    }
  }
  void case_in_a(View word) {
    const auto stem = without(word, 1);
    if (is_vowel(stem.back())) {
      singular(stem, Grade::strong);
      if (stem.back() == 'i') plural(without(stem, 1), Grade::strong);
      return;
    }
    const auto before = without(stem, 1);
    if (before.empty()) return;
    if (stem.back() == 'j' && View("ouye").find(before.back()) != View::npos) plural(before, Grade::strong);
    if (stem.back() == 'n' && before.size() > 2 && is_vowel(before.back())) {
      singular(before, Grade::strong);
      if (before.back() == 'i') plural(without(before, 1), Grade::strong);
    }
    if (stem.back() != 't') return;
    if (!is_vowel(before.back())) {
      consonant(before);
      if (before.ends_with("et") && before.size() > 3) add(std::string(without(before, 1)));  // osoitetta
      return;
    }
    if (before.size() > 1 && is_vowel(before[before.size() - 2])) singular(before, Grade::strong);
    if (before.back() == 'i') plural(without(before, 1), before.ends_with("koi") ? Grade::weak : Grade::strong);
  }
  void case_in_n(View word) {
    const auto stem = without(word, 1);
    if (!is_vowel(stem.back())) return;
    const auto size = word.size();
    if (stem.ends_with("se") || !stem.ends_with("ee") || !stem.ends_with("see")) singular(stem, Grade::weak);
    if (stem[stem.size() - 2] == stem.back()) singular(without(stem, 1), Grade::strong);  // taloon
    if (size > 4 && word[size - 3] == 'h' && word[size - 4] == stem.back()) {
      singular(without(word, 3), Grade::strong);  // maahan
      if (stem.back() == 'i') plural(without(word, 4), Grade::strong);
    }
    if (size > 6 && word.ends_with("seen")) singular(without(word, 4), Grade::strong);
    if (size > 6 && word.ends_with("isiin")) plural(without(word, 5), Grade::strong);
    if (size > 5 && word.ends_with("jen")) plural(without(word, 3), Grade::strong);
    if (size > 4 && word.ends_with("ien")) plural(without(word, 3), Grade::strong);
    if (size > 5 && word.ends_with("iden")) plural(without(word, 4), word.ends_with("koiden") ? Grade::weak : Grade::strong);
    if (size > 4 && word.ends_with("iin")) plural(without(word, 3), Grade::strong);
    if (size > 6 && word.ends_with("itten")) plural(without(word, 5), Grade::strong);
    if (size > 5 && word.ends_with("ten")) consonant(without(word, 3));
  }

  void possessives(View word) {
    for (const View ending : {"ni", "si", "mme", "nne", "nsa"}) {
      if (!word.ends_with(ending) || word.size() < ending.size() + 4) continue;
      const auto base = without(word, ending.size());
      if (!is_vowel(base.back())) continue;
      singular(base, Grade::strong);
      cases(base);
      if (base.back() == 'e') cases(joined(base, "n"));
    }
    for (const View ending : {"ssaan", "staan", "llaan", "ltaan", "lleen", "kseen", "naan", "ineen"})
      if (word.size() > ending.size() + 2 && word.ends_with(ending)) cases(without(word, 2));
  }

  void verbs(View word) {
    if (word.size() < 5) return;
    const auto passive = [this](View stem) {
      singular(stem, Grade::weak);
      if (stem.ends_with("e"))
        for (const auto& each : roots(without(stem, 1), Grade::weak, 'e')) add(each + "a");
      if (stem.size() > 3) add(joined(stem, "ta"));
    };
    for (const View ending : {"mme", "tte"})
      if (word.ends_with(ending)) singular(without(word, 3), Grade::weak);
    if (word.ends_with("ivat"))
      plural(without(word, 4), Grade::strong);
    else if (word.ends_with("vat"))
      singular(without(word, 3), Grade::strong);
    for (const View ending : {"tti", "sti", "hti"})
      if (word.ends_with(ending)) add(joined(without(word, 1), "a"));
    if (word.ends_with("itsi")) add(joined(without(word, 3), "ta"));
    if (word.ends_with("aisi")) add(joined(without(word, 3), "ta"));
    for (const View ending : {"ltiin", "ntiin", "stiin"})
      if (word.ends_with(ending)) consonant(without(word, 4));
    if (word.ends_with("oi") || word.ends_with("ui") || word.ends_with("yi")) plural(without(word, 1), Grade::strong);
    if (word.ends_with("si")) {
      add(joined(without(word, 2), "ta"));
      if (word.size() > 5) add(weakened(without(word, 3)).append(without(word, 2).substr(word.size() - 3)).append("ta"));
      if (word.ends_with("nsi") || word.ends_with("rsi") || word.ends_with("lsi")) add(joined(without(word, 2), "ta"));
    }
    if (word.ends_with("isi") && word.size() > 5) {
      singular(without(word, 3), Grade::strong);
      plural(without(word, 3), Grade::strong);
    }
    if (word.ends_with("nut") || word.ends_with("nyt")) {
      singular(without(word, 3), Grade::strong);
      if (word.ends_with("nnut") || word.ends_with("nnyt")) add(joined(without(word, 4), "ta"));
    }
    if (word.ends_with("llut") || word.ends_with("llyt") || word.ends_with("rrut") || word.ends_with("ssut"))
      consonant(without(word, 3));
    if (word.size() > 6 && word.ends_with("ttiin")) passive(without(word, 5));
    if (word.size() > 6 && word.ends_with("taan")) passive(without(word, 4));
    if (word.ends_with("ttu") || word.ends_with("tty")) passive(without(word, 3));
    if (word.ends_with("lla") || word.ends_with("nna") || word.ends_with("rra")) consonant(without(word, 2));
    if (word.ends_with("da")) singular(without(word, 2), Grade::strong);
  }

  void analyse(View word) {
    cases(word);
    possessives(word);
    verbs(word);
    for (const View ending : {"kin", "kaan", "ko", "han", "pa"}) {
      if (!word.ends_with(ending) || word.size() < ending.size() + 6) continue;
      const auto base = without(word, ending.size());
      add(std::string(base));
      cases(base);
    }
  }

  View word_;
  std::vector<std::string> made_;
};

}  // namespace

std::vector<std::string> finnish_basic_forms(std::string_view folded) { return Forms(folded).all(); }

}  // namespace muistio::search::detail
