#include "muistio/wire/log_hash.hpp"

#include <array>

#include "muistio/crypto/hash.hpp"

namespace muistio::wire {

Hash record_hash(BytesView record) { return crypto::sha256(record); }

Hash log_hash_next(const Hash& previous, Seq seq, BytesView record) {
  std::array<std::uint8_t, 8> number{};
  for (std::size_t i = 0; i < number.size(); ++i) number[i] = static_cast<std::uint8_t>(seq.value() >> (56 - 8 * i));
  return crypto::labelled_hash("muistio log 1", {previous.view(), number, record_hash(record).view()});
}

}  // namespace muistio::wire
