// muistio-conformance wss://HOST[:PORT] [--ca FILE] [--token TOKEN] [--only WORD]: whether a server keeps docs/protocol.md. It
// begins spaces there, of a few megabytes together. Exit 0 if everything holds, 1 if something does not, 2 for wrong words, 3 if it
// cannot connect.
#include <cstdio>
#include <random>
#include <string>

#include "checks.hpp"
#include "muistio/crypto/initialise.hpp"
#include "muistio/crypto/random.hpp"

namespace {

using namespace muistio;
using namespace muistio::conformance;

bool parse_url(const std::string& url, server::probe::Endpoint& endpoint) {
  constexpr std::string_view kScheme = "wss://";
  if (url.substr(0, kScheme.size()) != kScheme) return false;
  auto rest = url.substr(kScheme.size());
  endpoint.port = 443;
  const auto colon = rest.rfind(':');
  if (colon != std::string::npos && rest.find(']', colon) == std::string::npos) {
    const auto digits = rest.substr(colon + 1);
    if (digits.empty() || digits.size() > 5 || digits.find_first_not_of("0123456789") != std::string::npos) return false;
    endpoint.port = std::stoi(digits);
    rest.resize(colon);
  }
  if (rest.size() > 2 && rest.front() == '[' && rest.back() == ']') rest = rest.substr(1, rest.size() - 2);
  if (rest.empty() || endpoint.port == 0 || endpoint.port > 65535) return false;
  endpoint.address = endpoint.name = rest;
  return true;
}

int usage() {
  std::fputs("usage: muistio-conformance wss://HOST[:PORT] [--ca FILE] [--token TOKEN] [--only WORD]\n", stderr);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  crypto::initialise();
  crypto::SystemRandom random;
  Server server{{}, {}, random};
  std::string only;
  if (argc < 2 || !parse_url(argv[1], server.endpoint)) return usage();
  for (int i = 2; i < argc; i += 2) {
    const std::string word = argv[i];
    if (i + 1 == argc) return usage();
    const std::string value = argv[i + 1];
    if (word == "--ca")
      server.endpoint.ca_file = value;
    else if (word == "--token")
      server.token.assign(value.begin(), value.end());
    else if (word == "--only")
      only = value;
    else
      return usage();
  }
  try {
    server::probe::WireClient client(server.endpoint);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "muistio-conformance: %s\n", error.what());
    return 3;
  }
  int held = 0, broken = 0;
  for (const auto& check : all_checks()) {
    if (!only.empty() && std::string(check.sentence).find(only) == std::string::npos) continue;
    std::string wrong;
    try {
      check.run(server);
    } catch (const std::exception& error) {
      wrong = *error.what() == 0 ? "it failed" : error.what();
    }
    ++(wrong.empty() ? held : broken);
    std::printf("%s  §%d %s%s%s\n", wrong.empty() ? "ok  " : "FAIL", check.section, check.sentence, wrong.empty() ? "" : ": ",
                wrong.c_str());
  }
  std::printf("%d hold, %d do not\n", held, broken);
  return broken == 0 && held > 0 ? 0 : 1;
}
