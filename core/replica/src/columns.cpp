#include "columns.hpp"

#include <string>

namespace muistio::replica {
namespace {
std::size_t repeats_at(std::span<const std::uint64_t> values, std::size_t from) {
  std::size_t end = from + 1;
  while (end < values.size() && values[end] == values[from]) ++end;
  return end - from;
}
}  // namespace

void write_column(Writer& writer, std::span<const std::uint64_t> values) {
  std::size_t place = 0;
  while (place < values.size()) {
    if (const auto repeats = repeats_at(values, place); repeats > 1) {
      writer.varint(repeats * 2).varint(values[place]);
      place += repeats;
      continue;
    }
    auto end = place + 1;
    while (end < values.size() && repeats_at(values, end) == 1) ++end;
    writer.varint((end - place) * 2 + 1);
    for (; place < end; ++place) writer.varint(values[place]);
  }
}

Result<std::vector<std::uint64_t>> read_column(Reader& reader, std::size_t count, std::uint64_t most) {
  std::vector<std::uint64_t> values;
  bool after_literals = false;
  while (values.size() < count) {
    const auto start = reader.offset();
    const auto bad = [start](const char* what) { return fail(ErrorCode::malformed, what + (" at " + std::to_string(start))); };
    MUISTIO_TRY(const auto header, reader.varint());
    const bool literals = (header & 1) != 0;
    const auto length = header >> 1;
    if (length == 0 || (!literals && length < 2)) return bad("a run that is too short");
    if (length > count - values.size()) return bad("a run beyond the end of its column");
    if (literals && after_literals) return bad("two stretches of values in a row");
    after_literals = literals;
    if (!literals) {
      MUISTIO_TRY(const auto value, reader.varint_at_most(most));
      if (!values.empty() && values.back() == value) return bad("a run that goes on the one before");
      values.insert(values.end(), static_cast<std::size_t>(length), value);
      continue;
    }
    if (length > reader.left()) return bad("a run beyond the end of the bytes");
    for (std::uint64_t i = 0; i < length; ++i) {
      MUISTIO_TRY(const auto value, reader.varint_at_most(most));
      if (!values.empty() && values.back() == value) return bad("equal values side by side");
      values.push_back(value);
    }
  }
  return values;
}

}  // namespace muistio::replica
