// What holds the four catalogues together.
#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "muistio/words/words.hpp"

using namespace muistio;
using namespace muistio::words;

namespace {

constexpr std::array kLanguages{Language::fi, Language::sv, Language::nl, Language::en};

std::string read_all(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream all;
  all << in.rdbuf();
  return all.str();
}

/// The gaps of a message, without the words that the template picks (a language may need another form of them).
std::set<std::string> gaps(std::string_view text) {
  std::set<std::string> found;
  for (auto at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    const auto name = std::string(text.substr(at + 1, text.find('}', at) - at - 1));
    if (name.find('.') == std::string::npos) found.insert(name);
  }
  return found;
}

bool is_pattern(std::string_view key) { return key == "date.day" || key == "date.short" || key == "date.time"; }

/// The first word of `text` that belongs to the machinery, else nothing.
std::string machinery(Language language, const std::string& text) {
  static const std::map<Language, std::string> patterns{
      {Language::en,
       "keys?\\b|epoch|conflict|encrypt|decrypt|cipher|hash|commits?\\b|certificate|token|handshake|protocol|sync|merge|metadata|"
       "batch"},
      {Language::fi,
       "avain|avaim|salaus|salauk|salat[tu]|epookki|ristiriit|konflikt|tiiviste|varmen|synkr|protokol|pöytäkirj|yhdistäm|metatie"},
      {Language::sv, "nyckel|nyckl|krypt|avkrypt|epok|konflikt|certifikat|synk|protokoll|metadata|hash"},
      {Language::nl, "sleutel|versleutel|ontsleutel|epoch|epoche|conflict|certifica|synchro|notulen|protocol|metadata|hash"}};
  const std::regex pattern("(^|[^A-Za-zÀ-ÿ])(" + patterns.at(language) + ")", std::regex::icase);
  std::smatch found;
  return std::regex_search(text, found, pattern) ? found[2].str() : std::string();
}

/// Both forms of every message.
template <class Each>
void for_each_text(const Each& each) {
  for (const auto key : keys())
    for (const auto language : kLanguages)
      for (const std::int64_t n : {1, 2}) each(language, key, std::string(raw(language, key, n)));
}

}  // namespace

TEST_CASE("every message is there in all four languages, and counts in all or in none") {
  REQUIRE(keys().size() > 400);
  for (const auto key : keys()) {
    INFO(key);
    for (const auto language : kLanguages) {
      INFO(language_tag(language));
      CHECK_FALSE(raw(language, key, 1).empty());
      CHECK_FALSE(raw(language, key, 2).empty());
      CHECK(counts(language, key) == counts(Language::en, key));
    }
  }
}

TEST_CASE("the compiled tables are the catalogues that other user interfaces read") {
  std::size_t compared = 0;
  for (const auto language : kLanguages) {
    const auto catalogue =
        nlohmann::json::parse(read_all(std::string(MUISTIO_WORDS) + "/" + std::string(language_tag(language)) + ".json"));
    CHECK(catalogue.size() == keys().size());
    for (const auto& [key, value] : catalogue.items()) {
      INFO(key);
      CHECK(raw(language, key, 2) == (value.is_string() ? value : value["other"]).get<std::string>());
      if (!value.is_string()) CHECK(raw(language, key, 1) == value["one"].get<std::string>());
      compared++;
    }
  }
  CHECK(compared == 4 * keys().size());
}

TEST_CASE("the languages leave the same gaps, and what counts says the count") {
  CHECK(gaps("{a} of {n}, {group.in}") == std::set<std::string>{"a", "n"});
  for (const auto key : keys()) {
    if (is_pattern(key)) continue;
    INFO(key);
    const auto english = gaps(raw(Language::en, key, 2));
    for (const auto language : kLanguages) {
      INFO(language_tag(language));
      CHECK(gaps(raw(language, key, 2)) == english);
      // "every week" need not say one
      auto one = gaps(raw(language, key, 1));
      if (counts(language, key)) one.insert("n");
      CHECK(one == english);
    }
  }
}

TEST_CASE("two languages say the same only where that is allowed") {
  std::set<std::string> allowed, unused;
  std::istringstream lines(read_all(MUISTIO_ALLOWED_EQUAL));
  for (std::string line; std::getline(lines, line);)
    if (!line.empty() && line[0] != '#') allowed.insert(line);
  unused = allowed;
  for (const auto key : keys())
    for (std::size_t i = 0; i < kLanguages.size(); ++i)
      for (std::size_t j = i + 1; j < kLanguages.size(); ++j) {
        if (raw(kLanguages[i], key, 2) != raw(kLanguages[j], key, 2)) continue;
        const auto entry =
            std::string(key) + " " + std::string(language_tag(kLanguages[i])) + " " + std::string(language_tag(kLanguages[j]));
        INFO("add to allowed_equal.txt if it is right: " << entry);
        CHECK(allowed.contains(entry));
        unused.erase(entry);
      }
  INFO("entries that nothing needs, such as " << (unused.empty() ? "" : *unused.begin()));
  CHECK(unused.empty());
}

TEST_CASE("no word of the machinery is shown") {
  CHECK(machinery(Language::en, "Your key is lost") == "key");
  CHECK(machinery(Language::en, "the keyboard, a monkey").empty());
  CHECK(machinery(Language::fi, "Salausavain puuttuu") == "Salaus");
  CHECK(machinery(Language::fi, "salasana").empty());
  CHECK(machinery(Language::sv, "en krypterad fil") == "krypt");
  CHECK(machinery(Language::nl, "er is een conflict") == "conflict");
  for_each_text([](Language language, std::string_view key, const std::string& text) {
    INFO(language_tag(language) << " " << key << ": " << text);
    CHECK(machinery(language, text).empty());
  });
}

TEST_CASE("every error code has a sentence, and the table names no other") {
  const auto source = read_all(MUISTIO_ERROR_CODES);
  const std::regex entry("MUISTIO_ERROR\\((\\w+), (\\d+),");
  std::set<std::string> codes;
  for (std::sregex_iterator at(source.begin(), source.end(), entry), end; at != end; ++at) {
    const auto name = (*at)[1].str();
    codes.insert(name);
    INFO(name);
    const auto key = error_key(static_cast<ErrorCode>(std::stoi((*at)[2])));
    CHECK_FALSE(raw(Language::fi, key).empty());
    if (key != "error.internal") CHECK(key.starts_with("error."));
  }
  REQUIRE(codes.size() > 90);
  const auto table = nlohmann::json::parse(read_all(std::string(MUISTIO_WORDS) + "/errors.json"));
  std::set<std::string> named, used;
  for (const auto& [name, key] : table.items()) {
    named.insert(name);
    used.insert(key.get<std::string>());
  }
  CHECK(named == codes);
  for (const auto key : keys()) {
    if (!key.starts_with("error.")) continue;
    INFO("no code leads to " << key);
    CHECK(used.contains(std::string(key)));
  }
  // What a member meets in ordinary life has a sentence of its own.
  for (const auto code :
       {ErrorCode::disk_full, ErrorCode::wrong_key, ErrorCode::invitation_used, ErrorCode::waiting_for_admission, ErrorCode::frozen,
        ErrorCode::removed, ErrorCode::disconnected, ErrorCode::absent, ErrorCode::not_permitted, ErrorCode::unsupported_version})
    CHECK(error_key(code) == "error." + std::string(error_name(code)));
}

TEST_CASE("the glossary is that of the product page, and its words are the ones used") {
  const auto text = [](Language language, std::string_view key) { return std::string(raw(language, key)); };
  const auto has = [&](Language language, std::string_view cell, const std::string& word) {
    const auto terms = text(language, cell);
    INFO(terms << " has " << word);
    return terms == word || terms.starts_with(word + " / ") || terms.starts_with(word + ",") || terms.ends_with(" / " + word) ||
           terms.find(" / " + word + " / ") != std::string::npos || terms.find(", " + word + " / ") != std::string::npos;
  };
  for (const auto language : {Language::fi, Language::sv, Language::nl}) {
    for (const auto* word : {"club", "group", "network"})
      CHECK(has(language, "glossary.club", text(language, "group." + std::string(word) + ".plain")));
    for (const auto* word : {"host", "hostess", "leader"})
      CHECK(has(language, "glossary.host", text(language, "host." + std::string(word) + ".plain")));
    for (const auto* word : {"facilitator", "guide"})
      CHECK(has(language, "glossary.facilitator", text(language, "facilitator." + std::string(word) + ".plain")));
    CHECK(has(language, "glossary.organiser", text(language, "role.organiser")));
  }
  CHECK_FALSE(has(Language::fi, "glossary.host", "puheenjohtaja"));

  const char* shared = std::getenv("MUISTIO_SHARED");
  const auto page = shared == nullptr ? std::string() : read_all(std::string(shared) + "/product.md");
  if (page.empty()) {
    std::cout << "SKIPPED: glossary: product.md is not in the folder MUISTIO_SHARED\n";
    return;
  }
  const std::regex row("\\n\\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\|(?=\\n)");
  std::size_t rows = 0;
  for (std::sregex_iterator at(page.begin(), page.end(), row), end; at != end; ++at) {
    const auto english = (*at)[1].str();
    if (english == "en" || english == "---") continue;
    const auto key = "glossary." + english;
    if (raw(Language::en, key).empty() && rows == 0) continue;  // a table of four columns before the glossary
    INFO(key);
    CHECK(text(Language::en, key) == english);
    CHECK(text(Language::fi, key) == (*at)[2].str());
    CHECK(text(Language::sv, key) == (*at)[3].str());
    CHECK(text(Language::nl, key) == (*at)[4].str());
    rows++;
  }
  CHECK(rows == 13);
}
