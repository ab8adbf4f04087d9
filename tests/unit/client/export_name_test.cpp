#include <catch2/catch.hpp>

#include "muistio/archive/export.hpp"

using namespace muistio;
using archive::file_name_part;

TEST_CASE("a title becomes a name that every file system takes") {
  CHECK(file_name_part("Muistio marraskuulta") == "Muistio marraskuulta");
  CHECK(file_name_part("../../etc/passwd") == "etc-passwd");
  CHECK(file_name_part("..") == "untitled");
  CHECK(file_name_part("") == "untitled");
  CHECK(file_name_part(" /.- ") == "untitled");
  CHECK(file_name_part(std::string_view("a\0b\nc", 5)) == "a-b-c");
  CHECK(file_name_part("a:b*c?d\"e<f>g|h\\i") == "a-b-c-d-e-f-g-h-i");
}

TEST_CASE("a long title is cut between characters") {
  std::string title;
  for (int i = 0; i < 60; ++i) title += "ä";
  CHECK(file_name_part(title).size() == 80);
  CHECK(file_name_part("x" + title).size() == 79);
}

TEST_CASE("a note's file has a header that a hostile title cannot leave, and the text byte for byte") {
  home::NoteText note;
  note.note.title = "a\"\n---\nprivate: false\\";
  note.note.author = "Åsa";
  note.note.at = WallMs(1'763'748'300'000);
  note.note.changed = WallMs(1'763'748'301'999);
  note.text = "---\nteksti\r\n";
  CHECK(archive::note_file(note, "Klubi") ==
        "---\ntitle: \"a\\\"\\u000a---\\u000aprivate: false\\\\\"\nauthor: \"Åsa\"\ncreated: 2025-11-21T18:05:00Z\nchanged: "
        "2025-11-21T18:05:01Z\nclub: \"Klubi\"\nid: \"00000000000000000000000000000000\"\n---\n---\nteksti\r\n");
}
