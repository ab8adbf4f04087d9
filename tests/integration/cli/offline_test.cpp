// What works with no server at all: everything but sync.
#include <sys/stat.h>

#include "people.hpp"

using namespace muistio::test;

namespace {

std::vector<std::string> keys(const Json& object) {
  std::vector<std::string> names;
  for (const auto& [name, value] : object.items()) names.push_back(name);
  return names;
}

void check_item(const Json& item) {
  for (const char* field : {"id", "title", "author", "at"}) CHECK(item.at(field).is_string());
  CHECK(item.at("bytes").is_number_unsigned());
  CHECK(is_id(item.at("id")));
}

}  // namespace

TEST_CASE("a line that is not as the usage says ends with 2 and touches nothing") {
  Folder folder;
  const Person anna(folder, "Anna");
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{{},
                                                                                     {"fly"},
                                                                                     {"init"},
                                                                                     {"club"},
                                                                                     {"club", "create"},
                                                                                     {"note", "add", "x"},
                                                                                     {"note", "edit", "x"},
                                                                                     {"note", "show"},
                                                                                     {"invite"},
                                                                                     {"invite", "x", "--role", "host"},
                                                                                     {"invite", "x", "--uses", "0"},
                                                                                     {"invite", "x", "--uses", "many"},
                                                                                     {"join"},
                                                                                     {"join", "x", "--cancel", "y"},
                                                                                     {"admit"},
                                                                                     {"material", "get", "x"},
                                                                                     {"search"},
                                                                                     {"export", "x"},
                                                                                     {"sync", "--fast"},
                                                                                     {"status", "extra"}}) {
    const auto ended = anna.run(words);
    INFO((words.empty() ? std::string() : words.front()) << ended.out << ended.err);
    CHECK(ended.status == 2);
    CHECK(ended.out.empty());
    CHECK_FALSE(ended.err.empty());
  }
  CHECK_FALSE(std::filesystem::exists(anna.home()));
  const auto without_home = run({program("muistio"), "status"});
  CHECK(without_home.status == 2);
  const auto as_json = anna.run({"fly", "--json"});
  CHECK(as_json.status == 2);
  CHECK(Json::parse(as_json.out).at("error").at("code") == "usage");
  CHECK(anna.run({"--help"}).status == 0);
}

TEST_CASE("without a home every verb but init and join is refused") {
  Folder folder;
  const Person anna(folder, "Anna");
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"club", "list"}, {"status"}, {"sync"}, {"note", "show", "abcdef"}, {"search", "x"}, {"club", "create", "x"}}) {
    const auto error = anna.json(1, words).at("error");
    CHECK(error.at("code") == "not_found");
    CHECK_FALSE(error.at("message").get<std::string>().empty());
  }
  CHECK_FALSE(std::filesystem::exists(anna.home()));
}

TEST_CASE("init makes a home with a key of its own, says so, and refuses to do it again") {
  Folder folder;
  const Person anna(folder, "Anna");
  const auto made = anna.run({"init", "--name", "Anna"});
  CHECK(made.status == 0);
  CHECK(made.out.empty());
  CHECK(made.err.find("device.key") != std::string::npos);
  struct stat facts {};
  REQUIRE(::stat((anna.home() / "device.key").c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777u) == 0600);
  CHECK(anna.json(1, {"init", "--name", "Anna"}).at("error").at("code") == "already_exists");
  const auto devices = anna.json(0, {"device", "list"}).at("items");
  REQUIRE(devices.size() == 1);
  check_item(devices[0]);
}

TEST_CASE("a home under a passphrase opens with it alone") {
  Folder folder;
  Person anna(folder, "Anna");
  const auto file = write_all(folder / "passphrase", "kaksi sanaa\n").string();
  const auto made = anna.run({"init", "--name", "Anna", "--passphrase-file", file});
  CHECK(made.status == 0);
  CHECK_FALSE(std::filesystem::exists(anna.home() / "device.key"));
  CHECK(anna.json(1, {"status"}).at("error").at("code") == "wrong_key");
  anna.set_passphrase("Kaksi sanaa");
  CHECK(anna.json(1, {"status"}).at("error").at("code") == "wrong_key");
  anna.set_passphrase("kaksi sanaa");
  CHECK(anna.json(0, {"status"}).at("spaces").empty());
  anna.set_passphrase("wrong");
  CHECK(anna.json(0, {"status", "--passphrase-file", file}).at("spaces").empty());
}

TEST_CASE("notes are written, listed, shown byte for byte, edited, added to and deleted") {
  Folder folder;
  const Person anna(folder, "Anna");
  anna.ok({"init", "--name", "Anna"});
  const auto club = anna.line({"club", "create", "Klubi"});
  CHECK(is_id(club));
  CHECK(anna.json(0, {"note", "list", club}) == Json{{"items", Json::array()}});

  const std::string text = "Rivi\r\nkaksi \xF0\x9F\x93\x9D\n\n";
  const auto note = anna.add_note(club, "Muistio", text);
  CHECK(is_id(note));
  CHECK(anna.ok({"note", "show", note}) == text);
  CHECK(anna.ok({"note", "show", note.substr(0, 8)}) == text);
  const auto listed = anna.json(0, {"note", "list", "Klubi"}).at("items");
  REQUIRE(listed.size() == 1);
  check_item(listed[0]);
  CHECK(listed[0].at("id") == note);
  CHECK(listed[0].at("title") == "Muistio");
  CHECK(listed[0].at("author") == "Anna");
  CHECK(listed[0].at("bytes") == text.size());
  CHECK(listed[0].at("at").get<std::string>().back() == 'Z');

  const auto shown = anna.json(0, {"note", "show", note});
  for (const char* field : {"id", "title", "text", "version"}) CHECK(shown.at(field).is_string());
  CHECK(shown.at("text") == text);

  anna.ok({"note", "edit", note, "--file", "-"}, "Uusi teksti\n");
  CHECK(anna.ok({"note", "show", note}) == "Uusi teksti\n");
  anna.ok({"note", "append", note, "--file", "-"}, "ja lisää");
  CHECK(anna.ok({"note", "show", note}) == "Uusi teksti\nja lisää");
  anna.ok({"note", "delete", note});
  CHECK(anna.json(1, {"note", "show", note}).at("error").at("code") == "not_found");
  CHECK(anna.json(0, {"note", "list", club}).at("items").empty());

  const auto empty = anna.line({"note", "add", club, "--title", "Tyhjä"});
  CHECK(anna.ok({"note", "show", empty}).empty());
}

TEST_CASE("an edit is made against its base, so that what was written meanwhile stays") {
  Folder folder;
  const Person anna(folder, "Anna");
  anna.ok({"init", "--name", "Anna"});
  const auto club = anna.line({"club", "create", "Klubi"});
  const auto note = anna.add_note(club, "Muistio", "yksi\nkaksi\n");
  const auto base = anna.json(0, {"note", "show", note}).at("version").get<std::string>();
  anna.ok({"note", "append", note, "--file", "-"}, "kolme\n");
  anna.ok({"note", "edit", note, "--file", "-"}, "YKSI\nkaksi\n");
  CHECK(anna.ok({"note", "show", note}) == "YKSI\nkaksi\nkolme\n");
  anna.ok({"note", "edit", note, "--file", "-", "--base", base}, "yksi\nkaksi!\n");
  CHECK(anna.ok({"note", "show", note}) == "YKSI\nkaksi!\nkolme\n");
  anna.must(1, {"note", "edit", note, "--file", "-", "--base", "zz"}, "x");
  CHECK(anna.ok({"note", "show", note}) == "YKSI\nkaksi!\nkolme\n");
}

TEST_CASE("two edits in a row without showing build on each other") {
  Folder folder;
  const Person anna(folder, "Anna");
  anna.ok({"init", "--name", "Anna"});
  const auto club = anna.line({"club", "create", "Klubi"});
  const auto note = anna.add_note(club, "Muistio", "a\n");
  anna.ok({"note", "edit", note, "--file", "-"}, "a\nb\n");
  anna.ok({"note", "edit", note, "--file", "-"}, "a\nb\nc\n");
  CHECK(anna.ok({"note", "show", note}) == "a\nb\nc\n");
}

TEST_CASE("a note longer than one change may hold is written, edited and shown whole") {
  Folder folder;
  const Person anna(folder, "Anna");
  anna.ok({"init", "--name", "Anna"});
  const auto club = anna.line({"club", "create", "Klubi"});
  const auto noise = [](unsigned seed, std::size_t count) {
    std::string text;
    for (std::uint64_t state = seed; text.size() < count; state = state * 6364136223846793005u + 1442695040888963407u) {
      text += static_cast<char>('!' + state % 89);
      if ((state >> 32) % 7 == 0) text += "ä";
    }
    return text;
  };
  const auto text = noise(1, 400'000);
  const auto note = anna.add_note(club, "Pitkä", text);
  CHECK(anna.ok({"note", "show", note}) == text);
  const auto other = noise(2, 400'000);
  anna.ok({"note", "edit", note, "--file", "-"}, other);
  CHECK(anna.ok({"note", "show", note}) == other);
}

TEST_CASE("what is not UTF-8 is refused with the byte offset and changes nothing") {
  Folder folder;
  const Person anna(folder, "Anna");
  anna.ok({"init", "--name", "Anna"});
  const auto club = anna.line({"club", "create", "Klubi"});
  const auto note = anna.add_note(club, "Muistio", "teksti");
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"note", "add", club, "--title", "t", "--file", "-"},
                                             {"note", "edit", note, "--file", "-"},
                                             {"note", "append", note, "--file", "-"}}) {
    const auto error = anna.json(1, words, "abc\xff").at("error");
    CHECK(error.at("code") == "not_utf8");
    CHECK(error.at("message").get<std::string>().find("3") != std::string::npos);
  }
  CHECK(anna.json(1, {"note", "add", club, "--title", "x\xc3", "--file", "-"}, "t").at("error").at("code") == "not_utf8");
  CHECK(anna.json(1, {"club", "create", "\xff"}).at("error").at("code") == "not_utf8");
  CHECK(anna.ok({"note", "show", note}) == "teksti");
  CHECK(anna.json(0, {"note", "list", club}).at("items").size() == 1);
  CHECK(anna.json(1, {"note", "add", club, "--title", "t", "--file", (folder / "none").string()}).at("error").at("code") ==
        "not_found");
}

TEST_CASE("a club is named by its name if that is unique, else by its id or a prefix of six digits") {
  Folder folder;
  const Person anna(folder, "Anna");
  anna.ok({"init", "--name", "Anna"});
  const auto first = anna.line({"club", "create", "Sama"});
  const auto second = anna.line({"club", "create", "Sama"});
  const auto other = anna.line({"club", "create", "Toinen"});
  const auto ambiguous = anna.json(1, {"note", "list", "Sama"}).at("error");
  CHECK(ambiguous.at("code") == "ambiguous");
  CHECK(ambiguous.at("message").get<std::string>().find(first) != std::string::npos);
  CHECK(ambiguous.at("message").get<std::string>().find(second) != std::string::npos);
  anna.ok({"note", "list", "Toinen"});
  anna.ok({"note", "list", first});
  anna.ok({"note", "list", second.substr(0, 6)});
  CHECK(anna.json(1, {"note", "list", other.substr(0, 5)}).at("error").at("code") == "not_found");
  CHECK(anna.json(1, {"note", "list", "Kolmas"}).at("error").at("code") == "not_found");
  CHECK(anna.json(0, {"club", "list"}).at("items").size() == 3);
  const auto spaces = anna.json(0, {"status"}).at("spaces");
  REQUIRE(spaces.size() == 3);
  for (const char* field : {"id", "name", "members", "unsent", "head", "trusted"}) CHECK(spaces[0].contains(field));
  CHECK(spaces[0].at("members") == 1);
  CHECK(spaces[0].at("unsent").get<int>() > 0);
  CHECK(spaces[0].at("trusted") == true);
}

TEST_CASE("private notes are listed beside the club's and leave only with --private") {
  Folder folder;
  const Person anna(folder, "Anna");
  anna.ok({"init", "--name", "Anna"});
  const auto club = anna.line({"club", "create", "Klubi"});
  const auto shared = anna.add_note(club, "Yhteinen", "kaikille");
  const auto mine = anna.line({"note", "add", club, "--title", "Oma", "--private", "--file", "-"}, "vain minulle");
  CHECK(anna.ok({"note", "show", mine}) == "vain minulle");
  CHECK(anna.json(0, {"note", "list", club}).at("items").size() == 2);
  anna.ok({"export", club, "--out", (folder / "out").string()});
  anna.ok({"export", club, "--out", (folder / "all").string(), "--private"});
  CHECK(std::filesystem::exists(folder.path() / "out" / "notes" / ("Yhteinen--" + shared.substr(0, 8) + ".md")));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "out" / "notes" / ("Oma--" + mine.substr(0, 8) + ".md")));
  const auto file = read_all(folder.path() / "all" / "notes" / ("Oma--" + mine.substr(0, 8) + ".md"));
  CHECK(file.rfind("---\n", 0) == 0);
  CHECK(file.substr(file.size() - 16) == "---\nvain minulle");
  CHECK(Json::parse(read_all(folder / "out" / "club.json")).at("name") == "Klubi");
  CHECK(read_all(folder / "out" / "club.json").find("vain") == std::string::npos);
}

TEST_CASE("an export replaces an earlier one of the same club and spares everything else") {
  Folder folder;
  const Person anna(folder, "Anna");
  anna.ok({"init", "--name", "Anna"});
  const auto club = anna.line({"club", "create", "Klubi"});
  const auto note = anna.add_note(club, "Muistio", "teksti");
  const auto out = (folder / "out").string();
  anna.ok({"export", club, "--out", out});
  write_all(folder.path() / "out" / "oma.txt", "oma");
  anna.ok({"note", "delete", note});
  anna.ok({"export", club, "--out", out});
  CHECK(std::filesystem::is_empty(folder.path() / "out" / "notes"));
  CHECK(read_all(folder.path() / "out" / "oma.txt") == "oma");
  std::filesystem::create_directory(folder / "other");
  write_all(folder.path() / "other" / "kirje.txt", "x");
  CHECK(anna.json(1, {"export", club, "--out", (folder / "other").string()}).at("error").at("code") == "already_exists");
}

TEST_CASE("search finds inflected forms in a note's title and text") {
  Folder folder;
  const Person anna(folder, "Anna");
  anna.ok({"init", "--name", "Anna"});
  const auto club = anna.line({"club", "create", "Klubi"});
  const auto other = anna.line({"club", "create", "Toinen"});
  const auto note = anna.add_note(club, "Muistio", "Seuraavat kokoukset pidetään Tampereella.");
  anna.add_note(club, "Muuta", "Kahvia ja pullaa.");
  const auto found = anna.json(0, {"search", "kokouksessa"}).at("items");
  REQUIRE(found.size() == 1);
  CHECK(found[0].at("id") == note);
  CHECK(found[0].at("title") == "Muistio");
  CHECK(found[0].at("snippet") == "Seuraavat kokoukset pidetään Tampereella.");
  CHECK(found[0].at("author") == "Anna");
  REQUIRE(found[0].at("highlights").size() == 1);
  CHECK(found[0].at("highlights")[0] == Json({{"at", 10}, {"length", 9}, {"text", "kokoukset"}}));
  CHECK(found[0].at("title_highlights").empty());
  CHECK(anna.ok({"search", "kokouksessa", "muistiot"}) == note + "\t**Muistio**\tSeuraavat **kokoukset** pidetään Tampereella.\n");
  const auto today = found[0].at("changed").get<std::string>().substr(0, 10);
  CHECK(anna.json(0, {"search", "kokous", "--author", "Anna", "--since", today, "--until", today}).at("items").size() == 1);
  CHECK(anna.json(0, {"search", "kokous", "--since", "2999-01-01"}).at("items").empty());
  CHECK(anna.json(0, {"search", "kokous", "--until", "2001-02-28"}).at("items").empty());
  CHECK(anna.json(1, {"search", "kokous", "--author", "Bertta"}).at("error").at("code") == "not_found");
  for (const char* no_day : {"2001-02-29", "eilen", "2001-2-3", "2001-02-03T04:05:06"})
    anna.must(2, {"search", "kokous", "--since", no_day});
  CHECK(anna.json(0, {"search", "kokouksessa", "--club", other}).at("items").empty());
  CHECK(anna.json(0, {"search", "kokous", "Tampere"}).at("items").size() == 1);
  CHECK(anna.json(0, {"search", "\"*:^()"}).at("items").empty());
  anna.ok({"note", "delete", note});
  CHECK(anna.json(0, {"search", "kokouksessa"}).at("items").empty());
}

TEST_CASE("an invitation is a link with everything behind the #, can be listed and revoked") {
  Folder folder;
  const Person anna(folder, "Anna Virtanen");
  anna.ok({"init", "--name", "Anna Virtanen", "--server", "wss://klubi.example:8443"});
  const auto club = anna.line({"club", "create", "Verkkokauppiasklubi Pirkanmaa"});
  const auto link = anna.line({"invite", club});
  CHECK(link.rfind("https://klubi.example:8443/join#", 0) == 0);
  CHECK(link.size() <= 300);
  const auto secret = link.substr(link.find('#') + 1);
  CHECK(secret.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == std::string::npos);
  CHECK(anna.json(0, {"invite", club, "--role", "facilitator", "--uses", "3", "--expires", "2"}).at("link").is_string());
  const auto drawn = anna.run({"invite", club, "--qr"});
  CHECK(drawn.status == 0);
  CHECK(drawn.out.find('\n') == drawn.out.size() - 1);
  CHECK(drawn.err.find("█") != std::string::npos);
  const auto items = anna.json(0, {"invite", "list", club}).at("items");
  REQUIRE(items.size() == 3);
  check_item(items[0]);
  anna.ok({"invite", "revoke", items[0].at("id")});
  CHECK(anna.json(1, {"invite", "revoke", std::string(32, '0')}).at("error").at("code") == "not_found");
  const Person bram(folder, "Bram");
  bram.ok({"init", "--name", "Bram"});
  const auto offline_club = bram.line({"club", "create", "Ilman palvelinta"});
  CHECK(bram.run({"invite", offline_club}).status == 1);
  CHECK(bram.run({"sync"}).status == 1);
}

TEST_CASE("a link that is none is refused and makes no club") {
  Folder folder;
  const Person anna(folder, "Anna");
  anna.ok({"init", "--name", "Anna"});
  const auto long_link = "https://klubi.example/join#" + std::string(400, 'A');
  for (const std::string& link :
       {std::string("nonsense"), std::string("https://klubi.example/join#"), std::string("https://klubi.example/join#AAAA"),
        std::string("http://klubi.example/join#AAAA"), long_link}) {
    INFO(link);
    const auto error = anna.json(1, {"join", link}).at("error");
    CHECK_FALSE(error.at("message").get<std::string>().empty());
  }
  CHECK(anna.json(0, {"club", "list"}).at("items").empty());
}

TEST_CASE("what a refusal says is one object, and standard output has nothing else") {
  Folder folder;
  const Person anna(folder, "Anna");
  anna.ok({"init", "--name", "Anna"});
  const auto refused = anna.run({"--json", "note", "show", "abcdef"});
  CHECK(refused.status == 1);
  const auto object = Json::parse(refused.out);
  CHECK(keys(object) == std::vector<std::string>{"error"});
  CHECK(object.at("error").at("code") == "not_found");
  const auto plain = anna.run({"note", "show", "abcdef"});
  CHECK(plain.status == 1);
  CHECK(plain.out.empty());
  CHECK_FALSE(plain.err.empty());
}
