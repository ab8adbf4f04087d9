#include "muistio/forming/table.hpp"

#include <catch2/catch.hpp>

using namespace muistio;
using namespace muistio::forming;

namespace {

std::string outcome(std::string_view bytes) {
  const auto table = read_table(bytes);
  return table ? "read" : std::string(error_name(table.error().code)) + ": " + table.error().detail;
}

}  // namespace

TEST_CASE("a table is read with quotes, line breaks in fields, empty rows and any usual separator") {
  for (const char mark : {',', ';', '\t'}) {
    std::string text = "\xef\xbb\xbfname;goals\r\n\"Anna; \"\"A\"\"\";\"two\nlines\"\r\n\r\n  Bram ;\nCem;x";
    for (auto& each : text)
      if (each == ';' && &each != &text[text.find("Anna") + 4]) each = mark;
    const auto table = read_table(text);
    REQUIRE(table);
    CHECK(table->head == std::vector<std::string>{"name", "goals"});
    REQUIRE(table->rows.size() == 3);
    CHECK(table->rows[0] == std::vector<std::string>{"Anna; \"A\"", "two\nlines"});
    CHECK(table->rows[1] == std::vector<std::string>{"Bram", ""});
    CHECK(table->rows[2] == std::vector<std::string>{"Cem", "x"});
    CHECK(table->lines == std::vector<std::uint32_t>{2, 4, 5});
  }
}

TEST_CASE("a table that cannot be read is refused with the row and the column") {
  CHECK(outcome("name,company\nAnna,Kauppa\n") == "read");
  CHECK(
      outcome("name,company\nAnna,Kahvi \xe4\n").starts_with("not_utf8: row 2, column 2 (company): the letters are not in UTF-8"));
  CHECK(outcome(std::string_view("\xff\xfen\0a\0", 6)).starts_with("not_utf8: row 1, column 1: the table is in UTF-16"));
  CHECK(outcome(std::string_view("n\0a\0m\0e\0", 8)).starts_with("not_utf8: row 1, column 1: the table is in UTF-16"));
  CHECK(outcome("name,company\nAnna,\"Kauppa\n") ==
        "malformed: row 2, column 2 (company): a quotation mark is opened and never closed");
  CHECK(outcome("name,company\n\"Anna\"x,K\n") == "malformed: row 2, column 1 (name): text after a closing quotation mark");
  CHECK(outcome("name,company\nAn\"na,K\n") ==
        "malformed: row 2, column 1 (name): a quotation mark inside a field without quotation marks");
  CHECK(outcome("name,company\nAnna,K,more\n").starts_with("malformed: row 2, column 4"));
  CHECK(outcome("name,Name\n") == "malformed: two columns have the same name");
  CHECK(outcome("").starts_with("malformed: the table has no head"));
  CHECK(outcome(std::string("name\nA\x01\n")).starts_with("malformed: row 2, column 1 (name): a control character"));
}

TEST_CASE("a thousand rows are read, a hundred thousand are refused by naming the bound") {
  std::string rows = "name\n";
  for (int i = 0; i < 1000; ++i) rows += "Anna\n";
  CHECK(read_table(rows)->rows.size() == 1000);
  for (int i = 0; i < 99'000; ++i) rows += "Anna\n";
  CHECK(outcome(rows) == "too_large: row 1002: a table has at most 1000 rows besides its head");
  CHECK(outcome("name\n" + std::string(9000, 'x')).starts_with("too_large: row 2, column 1 (name)"));
  CHECK(outcome(std::string(5U << 20U, 'x')) == "too_large: a table has at most 4 MiB");
  CHECK(outcome(std::string(101, ',') + "\nx").starts_with("too_large: row 1"));
}

TEST_CASE("what a spreadsheet would run as a formula comes back as it was written") {
  for (const std::string each : {"=HYPERLINK(\"x\")", "+358 40", "-1", "@anna", "'=x", "plain", "O'Brien", "a,b;c\"d"}) {
    const auto row = write_row({each, "x"});
    CHECK(row.find_first_of("=+-@") != 0);
    CHECK(row.ends_with("\r\n"));
    const auto table = read_table("one,two\r\n" + row);
    REQUIRE(table);
    CHECK(table->rows[0] == std::vector<std::string>{each, "x"});
  }
  CHECK(write_row({"=1+1"}) == "\"'=1+1\"\r\n");
}

TEST_CASE("what people typed is compared whatever the case, and lists are taken apart as they were meant") {
  CHECK(folded("  Sähköinen  KAUPPA ") == "sähköinen kauppa");
  CHECK(folded("ÄÖÅÉ Šß") == "äöåé šß");
  CHECK(folded("÷×") == "÷×");
  CHECK(parts_of("a, b ,,c") == std::vector<std::string>{"a", "b", "c"});
  CHECK(parts_of("logistics, returns; prices") == std::vector<std::string>{"logistics, returns", "prices"});
  CHECK(parts_of("").empty());
}
