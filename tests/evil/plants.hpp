// Checks of the client planted off for the life of an object: base/planted.hpp. And the version that the server in this process
// offers.
#pragma once

#include <cstdint>
#include <initializer_list>

namespace muistio::evil {

class Planted {
 public:
  Planted(std::initializer_list<const char*> checks);
  ~Planted();
  Planted(const Planted&) = delete;
  Planted& operator=(const Planted&) = delete;
};

void offer_version(std::uint8_t version);

}  // namespace muistio::evil
