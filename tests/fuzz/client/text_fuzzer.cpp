// What a home or a person hands over as text: key parameters, a server's URL, a join link.
#include <cstdint>
#include <cstdlib>

#include "muistio/archive/export.hpp"
#include "muistio/base/utf8.hpp"
#include "muistio/home/home_key.hpp"
#include "muistio/space/invitation.hpp"
#include "muistio/transport/server.hpp"

using namespace muistio;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(as_text({data, size}));
  if (auto parameters = home::KeyParameters::parse(text)) {
    auto again = home::KeyParameters::parse(parameters->text());
    if (!again || !(*again == *parameters)) std::abort();
  }
  if (auto server = transport::parse_server(text)) {
    auto again = transport::parse_server(server->url());
    if (!again || !(*again == *server)) std::abort();
  }
  if (auto link = space::Link::parse(text)) {
    // A name may be cut when it is written again; what it reads then stays.
    auto written = link->text();
    if (!written || written->size() > space::kLinkCharactersMax || !space::Link::parse(*written)) std::abort();
  }
  if (!first_invalid_utf8(text)) {
    const auto name = archive::file_name_part(text);
    if (name.empty() || name.size() > 80 || name.find('/') != std::string::npos || name == "." || name == ".." || first_invalid_utf8(name))
      std::abort();
  }
  return 0;
}
