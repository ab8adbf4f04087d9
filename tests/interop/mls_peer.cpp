// mls-peer: one JSON request a line on standard input, one JSON reply a line on standard output (tests/interop/README.md).
#include <iostream>

#include "muistio/crypto/initialise.hpp"
#include "peer.hpp"

int main() {
  using muistio::interop::Json;
  muistio::crypto::initialise();
  muistio::interop::Peer peer;
  for (std::string line; std::getline(std::cin, line);) {
    if (line.empty()) continue;
    Json reply;
    try {
      reply = peer.answer(Json::parse(line));
      reply["ok"] = true;
    } catch (const std::exception& error) {
      reply = {{"ok", false}, {"error", error.what()}};
    }
    std::cout << reply.dump() << std::endl;
  }
}
