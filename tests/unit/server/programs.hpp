// muistiod's verbs as an operator types them.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "net_client.hpp"

namespace muistio::server::test {

using Environment = std::map<std::string, std::string>;

inline void write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}
inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Ran {
  int code = -1;
  std::string output;
};

/// A program of ours with these words; standard output and error together.
inline Ran run_program(const std::string& name, const std::vector<std::string>& words, const Environment& environment = {}) {
  int pipes[2];
  REQUIRE(::pipe2(pipes, O_CLOEXEC) == 0);
  const auto program = std::string(std::getenv("MUISTIO_BIN")) + "/" + name;
  const auto child = ::fork();
  if (child == 0) {
    ::dup2(pipes[1], 1);
    ::dup2(pipes[1], 2);
    for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
    std::vector<char*> arguments{const_cast<char*>(name.c_str())};
    for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ::execv(program.c_str(), arguments.data());
    ::_exit(127);
  }
  ::close(pipes[1]);
  Ran ran;
  char piece[4096];
  for (ssize_t count = 0; (count = ::read(pipes[0], piece, sizeof piece)) > 0;)
    ran.output.append(piece, static_cast<std::size_t>(count));
  ::close(pipes[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  return ran;
}
/// muistiod.
inline Ran run(const std::vector<std::string>& words, const Environment& environment = {}) {
  return run_program("muistiod", words, environment);
}

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace muistio::server::test
