// muistio-conformance against the real server, of which all holds, and against one that begins no space.
#include <csignal>
#include <random>

#include "programs.hpp"

using namespace muistio::server::test;

namespace {

Ran conformance(const ServerProcess& server, const std::vector<std::string>& more = {}) {
  std::vector<std::string> words{"wss://localhost:" + std::to_string(server.port()), "--ca", server.certificate().string()};
  words.insert(words.end(), more.begin(), more.end());
  return run_program("muistio-conformance", words);
}

struct Folder {
  Folder() {
    auto pattern = (std::filesystem::temp_directory_path() / ("muistio-conformance-" + std::string(6, 'X'))).string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no scratch folder");
    path = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::filesystem::path path;
};

}  // namespace

TEST_CASE("muistiod keeps the protocol, sentence by sentence") {
  Folder folder;
  ServerProcess server(folder.path / "data");
  const auto ran = conformance(server);
  INFO(ran.output);
  CHECK(ran.code == 0);
  CHECK(has(ran.output, " hold, 0 do not"));
}

TEST_CASE("a server that asks for a token is begun with one, and one that is not there is said to be so") {
  Folder folder;
  ServerProcess server(folder.path / "data", {"--tokens-required"});
  const auto added = run({"token", "add", "conformance", "1000", "--data", (folder.path / "data").string()});
  REQUIRE(added.code == 0);
  CHECK(conformance(server).code == 1);
  const auto ran = conformance(server, {"--token", added.output.substr(0, added.output.find('\n'))});
  INFO(ran.output);
  CHECK(ran.code == 0);
  server.signal(SIGTERM);
  REQUIRE(server.wait(5) == 0);
  CHECK(conformance(server).code == 3);
  CHECK(run_program("muistio-conformance", {"https://x"}).code == 2);
}
