// The fields of an HTTP request that the server reads itself. The first byte chooses the field.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "http_fields.hpp"
#include "muistio/server/web.hpp"
#include "muistio/wire/auth.hpp"

using namespace muistio;
using namespace muistio::server;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

void is_within(const ByteRange& range, std::uint64_t size) {
  must(range.first <= range.last && range.last < range.size && range.size == size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string field(as_text({data + 1, size - 1}));  // a copy of its own, so that reading beyond its end is noticed
  switch (data[0] % 5) {
    case 0:
      if (const auto range = content_range(field)) {
        is_within(*range, range->size);
        const auto same = std::to_string(range->first) + "-" + std::to_string(range->last);
        must(download_range("bytes=" + same, range->size).has_value());
      }
      break;
    case 1:
      for (const std::uint64_t held : {std::uint64_t{1}, std::uint64_t{1000}, UINT64_MAX})
        if (const auto range = download_range(field, held)) is_within(*range, held);
      break;
    case 2:
      if (our_protocol(field) != Subprotocol::none) must(field.find(wire::websocket_subprotocol) != std::string::npos);
      if (is_origin(field)) must(field.size() < 300 && field.find("://") != std::string::npos && field.find_first_of(" \r\n") == std::string::npos);
      break;
    case 3:
      if (const auto path = attachment_path(field)) {
        const auto again = attachment_path(path->space.hex() + "/" + path->attachment.hex());
        must(again && again->space == path->space && again->attachment == path->attachment && field.size() == 65);
      }
      break;
    default:
      if (const auto ticket = bearer_ticket(field)) must(bearer_ticket("Bearer " + ticket->hex()) == *ticket && field.size() == 71);
  }
  return 0;
}
