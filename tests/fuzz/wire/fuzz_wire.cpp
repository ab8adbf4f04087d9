// Every decoder of the wire on the same bytes. What is accepted must have exactly the encoding that was read.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "muistio/wire/envelope.hpp"
#include "muistio/wire/messages.hpp"

using namespace muistio;
using namespace muistio::wire;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const BytesView bytes(data + 1, size - 1);
  switch (data[0] % 4) {
    case 0:
      if (auto frame = decode_client_frame(bytes)) must(equal(encode_frame(frame->request, frame->message), bytes));
      break;
    case 1:
      if (auto frame = decode_server_frame(bytes)) must(equal(encode_frame(frame->request, frame->message), bytes));
      break;
    case 2:
      if (auto record = decode_record(bytes)) must(equal(encode_record(*record).value(), bytes));
      break;
    default:
      if (auto envelope = decode_envelope(bytes))
        must(equal(encode_envelope(envelope->kind, envelope->version, envelope->body), bytes));
  }
  return 0;
}
