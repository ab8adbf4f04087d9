#include "plants.hpp"

#include <set>
#include <string>

#include "muistio/base/planted.hpp"
#include "muistio/wire/messages.hpp"

namespace {
std::set<std::string>& planted_off() {
  static std::set<std::string> checks;
  return checks;
}
std::uint8_t version = muistio::wire::protocol_version;
}  // namespace

bool muistio_planted(const char* check) noexcept { return planted_off().count(check) != 0; }

namespace muistio::server {
std::uint8_t offered_version() noexcept;
std::uint8_t offered_version() noexcept { return version; }
}  // namespace muistio::server

namespace muistio::evil {

Planted::Planted(std::initializer_list<const char*> checks) { planted_off().insert(checks.begin(), checks.end()); }
Planted::~Planted() { planted_off().clear(); }

void offer_version(std::uint8_t offered) { version = offered; }

}  // namespace muistio::evil
