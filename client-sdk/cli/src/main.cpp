// `muistio`: the clubs, notes and material of one person on one device, at the command line. docs/cli.md says what each verb does.
#include <csignal>
#include <exception>
#include <iostream>

#include "verbs.hpp"

namespace {

int run_guarded(int argc, char** argv) {
  try {
    auto parsed = muistio::cli::parse_arguments(argc, argv);
    if (const int* status = std::get_if<int>(&parsed)) return *status;
    return muistio::cli::run(std::get<muistio::cli::Arguments>(parsed));
  } catch (const std::exception& error) {
    std::cerr << "muistio: " << error.what() << "\n";
    return muistio::cli::kRefused;
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  const int status = run_guarded(argc, argv);
  if (!std::cout.flush()) {
    std::cerr << "muistio: standard output cannot be written\n";
    return status == muistio::cli::kDone ? muistio::cli::kRefused : status;
  }
  return status;
}
