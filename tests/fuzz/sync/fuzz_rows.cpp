// The rows of sync, as a damaged store or a newer app may give them back. The first byte chooses; what is read is written again to
// the same bytes. The row of a space has two versions, so what is written of it may differ once, and never again.
#include <cstdint>
#include <cstdlib>

#include "evidence.hpp"
#include "linking.hpp"
#include "rows.hpp"

using namespace muistio;
using namespace muistio::sync;

namespace {

template <class Decode, class Encode>
void round_trip(BytesView bytes, Decode decode, Encode encode) {
  const auto read = decode(bytes);
  if (read && !equal(encode(*read), bytes)) std::abort();
}

void settles(BytesView bytes) {
  const auto read = decode_state(bytes);
  if (!read) return;
  const auto written = encode_state(*read);
  round_trip(written, decode_state, encode_state);
  if (!decode_state(written)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const BytesView bytes(data + 1, size - 1);
  if (data[0] == 0xF0) {
    const auto evidence = Evidence::decode(bytes);
    if (evidence && !equal(evidence->encode(), bytes)) std::abort();
    return 0;
  }
  if (data[0] == 0xF1) {
    if (const auto linking = Linking::decode(bytes)) {
      const auto written = linking->encode();
      const auto again = Linking::decode(written.expose());
      if (!again || !equal(again->encode().expose(), written.expose())) std::abort();
    }
    return 0;
  }
  if (data[0] == 0xF2) {
    round_trip(bytes, decode_snapshot_row, encode_snapshot_row);
    return 0;
  }
  if (data[0] == 0xF3) {
    round_trip(bytes, decode_notice, encode_notice);
    return 0;
  }
  if (data[0] == 0xF4) {
    const auto plain = unpack_snapshot(bytes);
    if (plain && unpack_snapshot(pack_snapshot(*plain).value()).value() != *plain) std::abort();
    return 0;
  }
  if (data[0] == 0xF5) {
    round_trip(bytes, decode_newcomers, encode_newcomers);
    return 0;
  }
  switch (data[0] % 5) {
    case 0:
      settles(bytes);
      break;
    case 1:
      round_trip(bytes, decode_pending, encode_pending);
      break;
    case 2:
      round_trip(bytes, decode_intent, encode_intent);
      break;
    case 3:
      round_trip(bytes, decode_invitation, encode_invitation);
      break;
    default:
      round_trip(bytes, decode_join_request, encode_join_request);
  }
  return 0;
}
