// A whole client in twenty lines: a club, a note, and a view that follows it. The README shows this file; the tests run it.
#include <iostream>
#include <muistio/client.hpp>

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  auto opened = muistio::Client::open({.home = argv[1], .passphrase = "kaksi sanaa", .create = true});
  if (!opened) return std::cerr << opened.error().message() << "\n", 1;
  muistio::Client& client = *opened;
  auto named = client.init("Anna Virtanen", argc > 2 ? argv[2] : "", "").get();  // a second argument is the server: wss://HOST
  if (!named) return std::cerr << named.error().message() << "\n", 1;

  auto club = client.create_club("Verkkokauppiasklubi").get();
  if (!club) return std::cerr << club.error().message() << "\n", 1;
  auto watching = client.observe_notes(*club, [](const std::vector<muistio::Note>& notes) {
    for (const auto& note : notes) std::cout << note.title << ": " << note.bytes << " bytes by " << note.author << "\n";
  });
  auto note = client.add_note({.club = *club, .title = "Muistio", .text = "# Tapaaminen\n"}).get();
  if (!note) return std::cerr << note.error().message() << "\n", 1;
  auto added = client.append_note(*note, "Seuraava kerta 12.12.\n").get();  // the view is called again
  if (!added) return std::cerr << added.error().message() << "\n", 1;
  if (argc < 3) return 0;  // everything before this worked with no network
  auto report = client.sync().get();
  return report && report->end == muistio::SyncEnd::done ? 0 : 3;
}
