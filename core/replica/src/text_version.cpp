#include "muistio/replica/text_version.hpp"

#include "muistio/base/hex.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/replica/limits.hpp"

namespace muistio::replica {
namespace {
Result<text::Version> read_version(BytesView bytes) {
  Reader reader(bytes);
  MUISTIO_TRY(const auto count, reader.varint_at_most(kVersionHeadsMax));
  text::Version version;
  for (std::uint64_t i = 0; i < count; ++i) {
    MUISTIO_TRY(const auto agent, reader.fixed<DeviceId>());
    MUISTIO_TRY(const auto seq, reader.varint());
    version.push_back({agent, seq});
    if (i > 0 && version[i - 1] >= version[i]) return fail(ErrorCode::malformed, "heads out of order");
  }
  MUISTIO_CHECK(reader.finish());
  return version;
}
}  // namespace

std::string format_text_version(const text::Version& version) {
  Writer writer;
  writer.varint(version.size());
  for (const auto& head : version) writer.raw(head.agent.view()).varint(head.seq);
  return to_hex(writer.bytes());
}

Result<text::Version> parse_text_version(std::string_view shown) {
  auto bytes = from_hex(shown);
  if (!bytes) return fail(ErrorCode::invalid_argument, "not a version of a text");
  auto version = read_version(*bytes);
  if (!version) return fail(ErrorCode::invalid_argument, "not a version of a text");
  return version;
}

}  // namespace muistio::replica
