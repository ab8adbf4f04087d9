// The verbs form, template, club found and club settings, with real programs.
#include <chrono>
#include <fstream>

#include "people.hpp"

using namespace muistio::test;

namespace {

Ended program_run(std::vector<std::string> words) {
  words.insert(words.begin(), program("muistio"));
  return run(words);
}

std::string must(int status, const std::vector<std::string>& words) {
  const auto refusal = program_run(words);
  std::string line;
  for (const auto& word : words) line += " " + word;
  INFO(line << "\nout: " << refusal.out << "\nerr: " << refusal.err);
  REQUIRE(refusal.status == status);
  return refusal.out;
}

std::string write(const Folder& folder, const std::string& name, const std::string& text) {
  std::ofstream(folder / name, std::ios::binary) << text;
  return (folder / name).string();
}

std::string read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Two dozen people with trades, wishes and regions; the third has not consented, the fourth withdrew.
std::string applications(int count) {
  const char* topics[] = {"logistiikka", "hinnoittelu", "vienti", "henkilöstö"};
  const char* regions[] = {"Pirkanmaa", "Uusimaa", "Kainuu"};
  std::string csv = "nimi;yritys;sähköposti;aihetoiveet;taso;maakunta;toimiala;suostumus;voisi isännöidä\n";
  for (int i = 0; i < count; ++i)
    csv += "Henkilö " + std::to_string(i) + ";Yritys " + std::to_string(i) + " Oy;h" + std::to_string(i) + "@example.org;" +
           topics[i % 4] + "|" + topics[i * 7 % 4] + ";" + std::to_string(1 + i % 5) + ";" + regions[i % 3] + ";ala " +
           std::to_string(i % 11) + ";" +
           (i == 2   ? "ei"
            : i == 3 ? "peruttu"
                     : "kyllä") +
           ";" + (i % 3 == 0 ? "kyllä" : "ei") + "\n";
  return csv;
}

}  // namespace

TEST_CASE("a table of applications becomes clubs that a host's device founds and members join by their own links") {
  Folder folder;
  const auto table = write(folder, "applications.csv", applications(24));
  const auto proposal = (folder / "proposal.csv").string();
  const auto said = Json::parse(must(0, {"form", "propose", table, "--template", "web-shop", "--out", proposal, "--language", "fi",
                                         "--name", "Verkkokauppiasklubi", "--json"}));
  CHECK(said.at("applications") == 23);
  CHECK(said.at("clubs") == 3);
  CHECK(said.at("proposal").at("conflicts") == 0);
  CHECK(said.at("proposal").at("alike") > said.at("random").at("alike"));
  CHECK(must(0, {"form", "check", table, proposal, "--template", "web-shop"}).empty());

  const auto founding = folder / "founding";
  const auto files = Json::parse(must(
      0, {"form", "found", table, proposal, "--template", "web-shop", "--language", "fi", "--out", founding.string(), "--json"}));
  REQUIRE(files.at("items").size() == 3);
  std::string all;
  for (const auto& each : files.at("items")) all += read(each.at("file").get<std::string>());
  CHECK(all.find("Henkilö 5\"") != std::string::npos);
  for (const auto* gone : {"Henkilö 2\"", "h2@example.org", "Henkilö 3\"", "h3@example.org"}) {
    INFO(gone);
    CHECK(all.find(gone) == std::string::npos);
    CHECK(read(proposal).find(gone) == std::string::npos);
  }

  Server server(folder);
  server.start();
  const Person host(folder, "Kaisa"), anna(folder, "Anna");
  host.init(server);
  const auto file = files.at("items")[0].at("file").get<std::string>();
  const auto links = (folder / "links.csv").string();
  const auto club = host.line({"club", "found", file, "--links", links, "--sheet", (folder / "sheet").string()});
  CHECK(is_id(club));
  const auto settings = host.json(0, {"club", "settings", club});
  CHECK(settings.at("template") == "web-shop");
  CHECK(settings.at("language") == "fi");
  CHECK(settings.at("mirror") == true);
  CHECK(host.json(0, {"club", "list"}).at("items")[0].at("history") == "season");
  const auto merged = read(links);
  const auto invited = std::count(merged.begin(), merged.end(), '\n') - 1;
  CHECK(invited == files.at("items")[0].at("bytes").get<int>() - 1);
  CHECK(host.json(0, {"invite", "list", club}).at("items").size() == static_cast<std::size_t>(invited));
  CHECK(read(folder / "sheet-1.svg").find("Kutsu: Verkkokauppiasklubi 1") != std::string::npos);
  CHECK(std::filesystem::exists(folder / "sheet-2.svg") == (invited > 6));

  // A link of the table opens the club for whoever gets it.
  const auto from = merged.find("https://"), until = merged.find_first_of(",\"\r\n", from);
  const auto link = from == std::string::npos ? merged.substr(merged.find("muistio"), 200) : merged.substr(from, until - from);
  host.ok({"sync"});
  anna.ok({"join", link, "--name", "Anna", "--ca", server.ca()});
  anna.must(3, {"sync"});
  host.ok({"sync"});
  anna.ok({"sync"});
  CHECK(anna.json(0, {"club", "settings", club}).at("template") == "web-shop");
  // What the club is like is for hosts to say.
  anna.must(1, {"club", "settings", club, "--mirror", "off"});
  host.ok({"club", "settings", club, "--mirror", "off", "--reminder-days", "3"});
  host.ok({"sync"});
  anna.ok({"sync"});
  CHECK(anna.json(0, {"club", "settings", club}).at("mirror") == false);
  CHECK(anna.json(0, {"club", "settings", club}).at("reminder_days") == 3);
}

TEST_CASE("an edited proposal comes back with what is wrong named, and is made right with few moves") {
  Folder folder;
  const auto table = write(folder, "applications.csv", applications(24));
  const auto proposal = (folder / "proposal.csv").string(), again = (folder / "again.csv").string();
  must(0, {"form", "propose", table, "--template", "web-shop", "--out", proposal, "--name", "Klubi"});
  // Henkilö 0 and Henkilö 11 do the same: the coordinator puts one beside the other and fixes it there.
  auto text = read(proposal);
  const auto row = [&](const std::string& name) {
    const auto at = text.find("\"" + name + "\"");
    REQUIRE(at != std::string::npos);
    const auto begin = text.rfind('\n', at) + 1;
    return std::pair(begin, text.find('\n', at) + 1 - begin);
  };
  const auto club_of = [&](const std::string& name) {
    const auto [begin, length] = row(name);
    return text.substr(begin, text.find(',', begin) - begin);
  };
  const auto target = club_of("Henkilö 0");
  REQUIRE(target != club_of("Henkilö 11"));
  auto [begin, length] = row("Henkilö 11");
  auto moved = text.substr(begin, length);
  moved.replace(0, moved.find(','), target);
  moved.replace(moved.find(",no,"), 4, ",yes,");
  text.replace(begin, length, moved);
  const auto edited = write(folder, "edited.csv", text);
  const auto flags = must(1, {"form", "check", table, edited, "--template", "web-shop"});
  CHECK(flags.find("Henkilö 0 and Henkilö 11 are competitors") != std::string::npos);
  const auto said =
      Json::parse(must(0, {"form", "propose", table, "--template", "web-shop", "--keep", edited, "--out", again, "--json"}));
  CHECK(said.at("proposal").at("conflicts") == 0);
  CHECK(said.at("moved") >= 1);
  CHECK(said.at("moved") <= 4);
  text = read(again);
  CHECK(club_of("Henkilö 11") == target);
  must(0, {"form", "check", table, again, "--template", "web-shop"});
}

TEST_CASE("ninety applicants make nine clubs, the same each time, in a second") {
  Folder folder;
  const auto table = write(folder, "applications.csv", applications(91));  // one withdrew
  const auto one = (folder / "one.csv").string(), other = (folder / "other.csv").string();
  const auto said =
      Json::parse(must(0, {"form", "propose", table, "--template", "web-shop", "--clubs", "9", "--out", one, "--json"}));
  must(0, {"form", "propose", table, "--template", "web-shop", "--clubs", "9", "--out", other});
  CHECK(read(one) == read(other));
  CHECK(said.at("clubs") == 9);
  CHECK(said.at("applications") == 90);
  CHECK(said.at("proposal").at("conflicts") == 0);
  CHECK(said.at("proposal").at("alike") > said.at("greedy").at("alike"));
  CHECK(said.at("greedy").at("alike") > said.at("random").at("alike"));
  CHECK(said.at("ms") < 10'000);  // sanitized; `form propose` prints it, and docs/club/forming.md has the release build's
}

TEST_CASE("tables that cannot be read, and templates that are not there, are refused with their place") {
  Folder folder;
  const auto out = (folder / "out.csv").string();
  const auto refused = [&](const std::string& csv) {
    const auto refusal = program_run({"form", "propose", write(folder, "bad.csv", csv), "--template", "web-shop", "--out", out});
    CHECK(refusal.status == 1);
    CHECK(refusal.out.empty());
    return refusal.err;
  };
  CHECK(refused("nimi;suostumus\nAnn\xe4;ei\n").find("row 2, column 1 (nimi)") != std::string::npos);
  CHECK(refused(std::string("\xff\xfen\0i\0", 6)).find("UTF-16") != std::string::npos);
  std::string many = "nimi;suostumus\n";
  for (int i = 0; i < 100'000; ++i) many += "A" + std::to_string(i) + ";ei\n";
  CHECK(refused(many).find("at most 1000 rows") != std::string::npos);
  CHECK(refused("nimi;suostumus\nAnna;ei\n").find("1 people do not make clubs of 6 to 10") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(out));
  CHECK(program_run({"template", "show", "choir"}).err.find("web-shop") != std::string::npos);
  CHECK(program_run({"template", "show", "choir"}).status == 1);
  const Person host(folder, "Kaisa");
  host.ok({"init", "--name", "Kaisa"});
  host.must(1, {"club", "create", "Kuoro", "--template", "choir"});
  CHECK(host.json(0, {"club", "list"}).at("items").empty());
  host.must(1, {"club", "found", write(folder, "bent.csv", "what,id,name,company,email,role\nversion,,2,,,\n")});
}

TEST_CASE("templates are listed and shown in the reader's language without a home, and a club is made by one") {
  const auto list = Json::parse(must(0, {"template", "list", "--json", "--language", "nl"}));
  CHECK(list.at("items").size() == 5);
  const auto shown = Json::parse(must(0, {"template", "show", "one-trade", "--language", "nl", "--json"}));
  CHECK(shown.at("pact").get<std::string>().find("We halen geen mensen bij elkaar weg.") != std::string::npos);
  CHECK(shown.at("group") == "leergroep");
  CHECK(shown.at("agenda")[0].at("part") == "Nieuws van iedereen");
  CHECK(program_run({"club", "list"}).status == 2);  // everything else needs a home
  Folder folder;
  const Person host(folder, "Kaisa");
  host.ok({"init", "--name", "Kaisa"});
  const auto network = host.line({"club", "create", "Etelä-Suomen verkosto", "--template", "two-per-company", "--language", "fi"});
  const auto settings = host.json(0, {"club", "settings", network});
  CHECK(settings.at("template") == "two-per-company");
  CHECK(settings.at("reminder_days") == 7);
  CHECK(settings.at("mirror") == false);
  CHECK(host.json(0, {"club", "list"}).at("items")[0].at("history") == "all");
  const auto plain = host.line({"club", "create", "Klubi"});
  CHECK(host.json(0, {"club", "settings", plain}).at("template").is_null());
  CHECK(host.json(0, {"club", "settings", network}).at("template") == "two-per-company");
}

TEST_CASE("a practice club has invented people's notes in the language asked for") {
  Folder folder;
  const Person anna(folder, "Anna");
  anna.ok({"init", "--name", "Anna"});
  const auto club = anna.line({"club", "practice", "--language", "nl"});
  const auto notes = anna.json(0, {"note", "list", club}).at("items");
  REQUIRE(notes.size() == 3);
  CHECK(notes[0].at("title") == "Karin Verzonnen: Verslag van de eerste bijeenkomst");
  CHECK(anna.ok({"search", "werkplaats"}).find("werkplaats") != std::string::npos);
  const auto other = anna.line({"club", "practice", "--language", "sv"});
  CHECK(anna.json(0, {"club", "list"}).at("items").size() == 2);
  CHECK(anna.ok({"note", "list", other}).find("Karin Påhittad") != std::string::npos);
}

TEST_CASE("a template gives its pact, its rhythm and whether there is a mirror, until a host says otherwise") {
  Folder folder;
  const Person host(folder, "Kaisa");
  host.ok({"init", "--name", "Kaisa"});
  const auto club = host.line({"club", "create", "Peili", "--template", "mirror-group", "--language", "en"});
  CHECK(host.ok({"pact", "show", club}).find("Come as you are.") != std::string::npos);
  host.ok({"season", "plan", club, "--name", "Group", "--at", "2031-01-08T09:00", "--zone", "Europe/Helsinki"});
  const auto meetings = host.json(0, {"meeting", "list", club}).at("items");
  REQUIRE(meetings.size() == 10);
  CHECK(meetings[0].at("starts") == "2031-01-08T09:00");
  CHECK(meetings[1].at("starts") == "2031-02-05T09:00");
  host.must(1, {"mirror", club});
  host.ok({"mirror", club, "--mine"});
  host.ok({"club", "settings", club, "--mirror", "on"});
  host.ok({"mirror", club});
  const auto plain = host.line({"club", "create", "Plain"});
  host.must(1, {"pact", "show", plain});
  host.ok({"mirror", plain});
}
