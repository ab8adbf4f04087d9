// The bounded cereal archives (D12): what every envelope of ours is encoded and decoded with. cereal resizes a container before it
// reads (cereal#103); these archives know the bytes left, and every string and list names its limit. Include it only in .cpp files.
//
// A type T is encoded by its member
//
//     template <class Archive>
//     void serialize(Archive& archive) {
//       archive(space, seq, wire::limited(sealed, wire::limits::batch_bytes_max));
//     }
//
// On the wire: numbers big-endian at their full width (StrongInt as its number); bool and the presence of an optional one byte, 0
// or 1; StrongBytes and std::array<uint8_t, N> as they are; an enum by `ranged`, at its width; byte strings, texts and lists by
// `limited`, a minimal LEB128 length first. A std::vector or std::string without a limit does not compile. Every value has exactly
// one encoding.
#pragma once

#include <array>
#include <cereal/cereal.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/strong.hpp"
#include "muistio/base/utf8.hpp"

namespace muistio::wire {

namespace detail {

/// How a failure leaves cereal's recursion; it never leaves `decode`.
struct ArchiveFailure {
  Error error;
};

template <class T>
T unwrap(Result<T> result) {
  if (!result) throw ArchiveFailure{std::move(result).error()};
  return std::move(result).value();
}
[[noreturn]] inline void refuse(ErrorCode code, std::string detail) { throw ArchiveFailure{{code, std::move(detail)}}; }

}  // namespace detail

/// A container and the most elements (bytes of a byte string or text) that it may hold. Made by `limited`.
template <class Container>
struct Limited {
  Container& value;
  std::size_t count_max;
};
/// For a byte string, a text (UTF-8) or a list of serialisable things.
template <class Container>
[[nodiscard]] Limited<Container> limited(Container& value, std::size_t count_max) {
  return {value, count_max};
}

/// A list of byte strings with both its limits. Made by `limited_each`.
struct LimitedEach {
  std::vector<Bytes>& value;
  std::size_t count_max;
  std::size_t bytes_max;
};
[[nodiscard]] inline LimitedEach limited_each(std::vector<Bytes>& value, std::size_t count_max, std::size_t bytes_max) {
  return {value, count_max, bytes_max};
}

/// An enum and the least and greatest number that is one of its values. Made by `ranged`.
template <class Enum>
struct Ranged {
  Enum& value;
  Enum first;
  Enum last;
};
template <class Enum>
[[nodiscard]] Ranged<Enum> ranged(Enum& value, Enum first, Enum last) {
  return {value, first, last};
}

/// cereal's input archive over base::Reader. Used through `decode`.
class InputArchive : public cereal::InputArchive<InputArchive, cereal::AllowEmptyClassElision> {
 public:
  explicit InputArchive(Reader& reader)
      : cereal::InputArchive<InputArchive, cereal::AllowEmptyClassElision>(this), reader_(reader) {}
  [[nodiscard]] Reader& reader() noexcept { return reader_; }

 private:
  Reader& reader_;
};

/// cereal's output archive over base::Writer. Used through `encode`. Encoding more than a limit is a broken invariant of the
/// caller.
class OutputArchive : public cereal::OutputArchive<OutputArchive, cereal::AllowEmptyClassElision> {
 public:
  explicit OutputArchive(Writer& writer)
      : cereal::OutputArchive<OutputArchive, cereal::AllowEmptyClassElision>(this), writer_(writer) {}
  [[nodiscard]] Writer& writer() noexcept { return writer_; }

 private:
  Writer& writer_;
};

// Numbers and bool.
template <class T, std::enable_if_t<std::is_arithmetic_v<T>, int> = 0>
void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, T& value) {
  static_assert(std::is_integral_v<T>, "only whole numbers cross the wire");
  auto& reader = archive.reader();
  if constexpr (std::is_same_v<T, bool>) {
    auto byte = detail::unwrap(reader.u8());
    if (byte > 1)
      detail::refuse(ErrorCode::malformed, "a flag before offset " + std::to_string(reader.offset()) + " is neither 0 nor 1");
    value = byte == 1;
  } else if constexpr (sizeof(T) == 1) {
    value = static_cast<T>(detail::unwrap(reader.u8()));
  } else if constexpr (sizeof(T) == 2) {
    value = static_cast<T>(detail::unwrap(reader.u16()));
  } else if constexpr (sizeof(T) == 4) {
    value = static_cast<T>(detail::unwrap(reader.u32()));
  } else {
    value = static_cast<T>(detail::unwrap(reader.u64()));
  }
}
template <class T, std::enable_if_t<std::is_arithmetic_v<T>, int> = 0>
void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const T& value) {
  static_assert(std::is_integral_v<T>, "only whole numbers cross the wire");
  auto& writer = archive.writer();
  if constexpr (sizeof(T) == 1) {
    writer.u8(static_cast<std::uint8_t>(value));
  } else if constexpr (sizeof(T) == 2) {
    writer.u16(static_cast<std::uint16_t>(value));
  } else if constexpr (sizeof(T) == 4) {
    writer.u32(static_cast<std::uint32_t>(value));
  } else {
    writer.u64(static_cast<std::uint64_t>(value));
  }
}

// Strong numbers and fixed bytes.
template <class Tag, class T>
void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, StrongInt<Tag, T>& value) {
  T number{};
  archive(number);
  value = StrongInt<Tag, T>(number);
}
template <class Tag, class T>
void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const StrongInt<Tag, T>& value) {
  archive(value.value());
}
template <std::size_t N>
void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, std::array<std::uint8_t, N>& value) {
  auto bytes = detail::unwrap(archive.reader().take(N));
  std::copy(bytes.begin(), bytes.end(), value.begin());
}
template <std::size_t N>
void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const std::array<std::uint8_t, N>& value) {
  archive.writer().raw(value);
}
template <class Tag, std::size_t N>
void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, StrongBytes<Tag, N>& value) {
  archive(value.mutable_array());
}
template <class Tag, std::size_t N>
void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const StrongBytes<Tag, N>& value) {
  archive.writer().raw(value.view());
}

// Enums.
template <class Enum>
void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, Ranged<Enum>& field) {
  std::underlying_type_t<Enum> number{};
  archive(number);
  if (number < static_cast<std::underlying_type_t<Enum>>(field.first) ||
      number > static_cast<std::underlying_type_t<Enum>>(field.last))
    detail::refuse(ErrorCode::malformed,
                   "the choice before offset " + std::to_string(archive.reader().offset()) + " is not one of those known");
  field.value = static_cast<Enum>(number);
}
template <class Enum>
void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const Ranged<Enum>& field) {
  MUISTIO_INVARIANT(field.value >= field.first && field.value <= field.last);
  archive(static_cast<std::underlying_type_t<Enum>>(field.value));
}

// Byte strings, texts, lists.
inline void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, Limited<Bytes>& field) {
  auto bytes = detail::unwrap(archive.reader().block(field.count_max));
  field.value.assign(bytes.begin(), bytes.end());
}
inline void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const Limited<Bytes>& field) {
  MUISTIO_INVARIANT(field.value.size() <= field.count_max);
  archive.writer().block(field.value);
}
inline void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, Limited<std::string>& field) {
  auto text = as_text(detail::unwrap(archive.reader().block(field.count_max)));
  if (auto bad = first_invalid_utf8(text)) detail::refuse(ErrorCode::not_utf8, "byte " + std::to_string(*bad) + " of a text");
  field.value.assign(text);
}
inline void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const Limited<std::string>& field) {
  MUISTIO_INVARIANT(field.value.size() <= field.count_max);
  archive.writer().block(as_bytes(field.value));
}
template <class T>
void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, Limited<std::vector<T>>& field) {
  auto& reader = archive.reader();
  const auto count = detail::unwrap(reader.varint_at_most(field.count_max));
  if (count > reader.left())  // every element takes at least one byte
    detail::refuse(ErrorCode::malformed, "a list before offset " + std::to_string(reader.offset()) + " claims more than there is");
  field.value.clear();
  for (std::uint64_t i = 0; i < count; ++i) {
    T element{};
    archive(element);
    field.value.push_back(std::move(element));
  }
}
template <class T>
void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const Limited<std::vector<T>>& field) {
  MUISTIO_INVARIANT(field.value.size() <= field.count_max);
  archive.writer().varint(field.value.size());
  for (const auto& element : field.value) archive(element);
}
inline void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, LimitedEach& field) {
  auto& reader = archive.reader();
  const auto count = detail::unwrap(reader.varint_at_most(field.count_max));
  if (count > reader.left())
    detail::refuse(ErrorCode::malformed, "a list before offset " + std::to_string(reader.offset()) + " claims more than there is");
  field.value.clear();
  for (std::uint64_t i = 0; i < count; ++i) field.value.push_back(to_bytes(detail::unwrap(reader.block(field.bytes_max))));
}
inline void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const LimitedEach& field) {
  MUISTIO_INVARIANT(field.value.size() <= field.count_max);
  archive.writer().varint(field.value.size());
  for (const auto& bytes : field.value) {
    MUISTIO_INVARIANT(bytes.size() <= field.bytes_max);
    archive.writer().block(bytes);
  }
}

// What may be absent.
template <class T>
void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, std::optional<T>& value) {
  bool present = false;
  archive(present);
  value.reset();
  if (present) archive(value.emplace());
}
template <class T>
void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const std::optional<T>& value) {
  archive(value.has_value());
  if (value) archive(*value);
}

/// Reads one T at the reader's place; on failure the place is unspecified and nothing else has changed.
/// Errors: malformed, too_large, not_utf8, each with the byte offset; what T's own serialize refuses by `detail::refuse`.
template <class T>
[[nodiscard]] Result<T> decode_from(Reader& reader) {
  try {
    InputArchive archive(reader);
    T value{};
    archive(value);
    return value;
  } catch (detail::ArchiveFailure& failure) {
    return fail(std::move(failure.error));
  } catch (const cereal::Exception&) {
    return fail(ErrorCode::malformed, "the archive refused it");
  }
}

/// Reads one T that fills `bytes` exactly. Errors: as `decode_from`; malformed if bytes are left.
template <class T>
[[nodiscard]] Result<T> decode(BytesView bytes) {
  Reader reader(bytes);
  MUISTIO_TRY(auto value, decode_from<T>(reader));
  MUISTIO_CHECK(reader.finish());
  return value;
}

/// Writes `value` after what `writer` holds.
template <class T>
void encode_to(Writer& writer, const T& value) {
  OutputArchive archive(writer);
  archive(value);
}

/// The encoding of `value`.
template <class T>
[[nodiscard]] Bytes encode(const T& value) {
  Writer writer;
  encode_to(writer, value);
  return std::move(writer).take();
}

}  // namespace muistio::wire
