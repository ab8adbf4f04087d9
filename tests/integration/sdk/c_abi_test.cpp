// The C interface to the letter: its headers in three languages, what the library gives out, and the layout that apps were built
// with.
#include <regex>

#include "c_home.hpp"
#include "muistio/base/result.hpp"

using namespace muistio::test;
namespace fs = std::filesystem;

namespace {

const fs::path kSource = MUISTIO_SOURCE;
const fs::path kHeaders = kSource / "client-sdk/include/muistio/c";

std::vector<std::string> headers() {
  std::vector<std::string> names;
  for (const auto& each : fs::directory_iterator(kHeaders))
    if (each.path().extension() == ".h") names.push_back(each.path().filename().string());
  REQUIRE(names.size() == 12);
  return names;
}

Ended compile(const Folder& folder, const std::string& file, const std::string& text, std::vector<std::string> command) {
  command.insert(command.begin(), "/usr/bin/env");
  for (const auto& word : {"-fsyntax-only", "-Wall", "-Wextra", "-Werror"}) command.emplace_back(word);
  if (!file.ends_with(".m")) command.emplace_back("-pedantic-errors");
  command.push_back("-I" + (kSource / "client-sdk/include").string());
  command.push_back(write_all(folder / file, text).string());
  auto ended = run(command);
  INFO(file << "\n" << ended.err);
  return ended;
}

std::set<std::string> lines_of(const std::string& text, const std::regex& pattern) {
  std::set<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) found.insert((*it)[1]);
  return found;
}

/// The functions that the headers declare.
std::set<std::string> declared() {
  std::set<std::string> names;
  for (const auto& header : headers()) {
    const auto text = std::regex_replace(read_all(kHeaders / header), std::regex(R"(/\*[^]*?\*/)"), "");
    names.merge(lines_of(text, std::regex(R"(MUISTIO_API [^;(]*?\b(muistio_\w+)\()")));
    for (const auto& record : lines_of(text, std::regex(R"(\bMUISTIO_READS\((\w+)\);)"))) names.insert("muistio_answer_" + record);
  }
  names.erase("muistio_answer_");
  return names;
}

}  // namespace

TEST_CASE("each header of the C interface compiles alone as C99 and as C++, without a warning") {
  Folder folder;
  for (const auto& header : headers()) {
    const auto text = "#include <muistio/c/" + header + ">\nint used;\n";
    for (const std::string compiler : {"gcc", "clang-14"}) {
      const auto c = compile(folder, "alone.c", text, {compiler, "-std=c99", "-Wno-nullability-extension"});
      INFO(header << " " << compiler << "\n" << c.err);
      if (compiler == "gcc") CHECK(compile(folder, "alone.c", text, {compiler, "-std=c99"}).status == 0);
      if (compiler == "clang-14") CHECK(c.status == 0);
    }
    CHECK(compile(folder, "alone.cpp", text, {"g++", "-std=c++11"}).status == 0);
  }
  CHECK(compile(folder, "alone.c", "#include <muistio/c/muistio.h>\nmuistio_id id = 1;\n", {"gcc", "-std=c99"}).status != 0);
}

TEST_CASE("Objective-C and Swift's importer take the interface as a module, and NULL where it may not be is an error") {
  Folder folder;
  const auto imports = [&](const fs::path& map, const std::string& body) {
    const auto text = "@import CMuistio;\nmuistio_status f(muistio_client* c, muistio_answer* a) { (void)c; (void)a; " + body + " }\n";
    return compile(folder, "imports.m", text,
                   {"clang-14", "-fmodules", "-fmodules-cache-path=" + (folder / "modules").string(),
                    "-fmodule-map-file=" + map.string(), "-Wnullability", "-Wnullability-completeness",
                    "-Wnullable-to-nonnull-conversion"})
        .status;
  };
  const std::string nullable = "muistio_answer* _Nullable n = a; ";
  for (const auto& map : {kHeaders / "module.modulemap", kSource / "client-sdk/swift/Sources/CMuistio/module.modulemap"}) {
    CHECK(imports(map, "return muistio_answer_release(a);") == 0);
    CHECK(imports(map, nullable + "return muistio_answer_release(n);") == 0);
    CHECK(imports(map, nullable + "return muistio_answer_status(n);") != 0);
    CHECK(imports(map, "return muistio_club_list(c, NULL, NULL, NULL);") == 0);
    CHECK(imports(map, "return muistio_club_find(c, NULL, NULL, NULL, NULL);") != 0);
  }
}

TEST_CASE("the library gives out what the headers declare and its version script names, and nothing else") {
  const auto script = lines_of(read_all(kSource / "client-sdk/c/muistio.map"), std::regex(R"(\n    (muistio_\w+);)"));
  CHECK(script == declared());
  const auto nm = run({"/usr/bin/env", "nm", "-D", "--defined-only", "--with-symbol-versions", MUISTIO_LIBRARY});
  REQUIRE(nm.status == 0);
  CHECK(lines_of(nm.out, std::regex(R"( T (\w+)@@MUISTIO_0)")) == script);
  // Nothing else under another name; the version itself is an absolute symbol.
  CHECK(lines_of(nm.out, std::regex(R"( [A-Za-z] (?!muistio_)(\S+))")) == std::set<std::string>{"MUISTIO_0"});
  const auto soname = run({"/usr/bin/env", "readelf", "-d", MUISTIO_LIBRARY});
  CHECK(soname.out.find("Library soname: [libmuistio.so.0]") != std::string::npos);
}

TEST_CASE("structs, offsets and numbers are those that apps were built with") {
  Folder folder;
  const auto program_text = run({"/usr/bin/env", "python3", (kSource / "client-sdk/c/layout.py").string(), kHeaders.string()});
  REQUIRE(program_text.status == 0);
  const auto source = write_all(folder / "layout.c", program_text.out);
  const auto made = run({"/usr/bin/env", "gcc", "-std=c99", "-I" + (kSource / "client-sdk/include").string(), source.string(), "-o",
                         (folder / "layout").string()});
  INFO(made.err);
  REQUIRE(made.status == 0);
  CHECK(run({(folder / "layout").string()}).out == read_all(kSource / "client-sdk/c/layout.txt"));
}

TEST_CASE("status.h is the one table of error codes, by number, name and sentence") {
  const auto made = run({"/usr/bin/env", "python3", (kSource / "client-sdk/c/status_header.py").string(),
                         (kSource / "crypto/base/include/muistio/base/error_codes.def").string()});
  CHECK(made.out == read_all(kHeaders / "status.h"));
  int count = 0;
#define MUISTIO_ERROR(name, number, sentence)                      \
  CHECK(std::string(muistio_status_name(number)) == #name);        \
  CHECK(std::string(muistio_status_sentence(number)) == sentence); \
  ++count;
#include "muistio/base/error_codes.def"
#undef MUISTIO_ERROR
  CHECK(count > 90);
  CHECK(std::string(muistio_status_name(MUISTIO_OK)) == "ok");
  CHECK(std::string(muistio_status_name(9999)) == "unknown");
  CHECK(std::string(muistio_status_name(-1)) == "unknown");
  CHECK(muistio_status_name(65536 + MUISTIO_E_MALFORMED) == std::string("unknown"));
}

TEST_CASE("the C examples run: a club with no network, and two clients that sync through a real server") {
  Folder folder;
  const auto quick = run({program("quickstart-c"), (folder / "home").string()});
  INFO(quick.err);
  CHECK(quick.status == 0);
  Home home(folder / "home");
  CHECK(good(muistio_club_list, home.client).count() == 1);

  Server server(folder);
  server.start();
  fs::create_directory(folder / "two");
  const auto two = run({program("embed-c"), (folder / "two").string(), server.url(), server.ca()});
  INFO(two.out << two.err);
  CHECK(two.status == 0);
  CHECK(two.out.find("Kaisa sees: Muistio, 22 bytes by Anna\n") != std::string::npos);
  CHECK(two.out.find("\n0 handles left\n") != std::string::npos);
}
