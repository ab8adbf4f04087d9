// The TLS presentation language of RFC 9420 §2.1, for types that list their fields.
//
// A type takes part in one of two ways: `MUISTIO_MLS_FIELDS(a, b, c)` inside it lists its fields in the order of the RFC's struct;
// or, where the RFC has a `select`, it has the members `tls_encode` and `tls_decode`. A closed enum has a function
// `is_known(value)` beside it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "muistio/base/reader.hpp"
#include "muistio/base/secret.hpp"
#include "muistio/base/strong.hpp"

namespace muistio::mls {

/// The most bytes of one vector, and the most elements of a vector that is not opaque: more is `too_large`, before memory is taken.
inline constexpr std::size_t kVectorBytesMax = 1U << 26;
inline constexpr std::size_t kVectorElementsMax = 1U << 17;

#define MUISTIO_MLS_FIELDS(...)                       \
  auto tls_fields() { return std::tie(__VA_ARGS__); } \
  auto tls_fields() const { return std::tie(__VA_ARGS__); }

/// The length of a vector<V>: 1, 2 or 4 bytes, minimal (RFC 9420 §2.1.2). Errors: malformed.
Result<std::uint32_t> read_vector_length(Reader& in);
/// A length that vector<V> cannot carry (2^30 or more) is a broken invariant.
void write_vector_length(Writer& out, std::size_t length);
/// A vector<V> of bytes. Errors: malformed, too_large.
Result<BytesView> read_vector(Reader& in);
void write_vector(Writer& out, BytesView bytes);

namespace detail {
template <class T>
concept HasFields = requires(T& value) {
  value.tls_fields();
};
template <class T>
concept HasSelect = requires(const T& value, Writer& out) {
  value.tls_encode(out);
};
template <class T>
concept ClosedEnum = requires(T value) {
  is_known(value);
};
template <class T>
concept Strong = requires {
  typename T::value_type;
}
&&requires(const T& value) { value.next(); };
template <class T>
concept FixedBytes = requires(const T& value) {
  value.array();
};
template <class T>
concept Hidden = requires(const T& value) {
  value.expose();
};

/// The most elements of a vector of T: T::kListMax where the type names one.
template <class T>
constexpr std::size_t list_max() {
  if constexpr (requires { T::kListMax; })
    return T::kListMax;
  else
    return kVectorElementsMax;
}

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsShared : std::false_type {};
template <class T>
struct IsShared<std::shared_ptr<const T>> : std::true_type {};
}  // namespace detail

/// Appends the RFC's encoding of `value`.
template <class T>
void encode(Writer& out, const T& value) {
  if constexpr (detail::HasFields<const T>) {
    std::apply([&out](const auto&... field) { (encode(out, field), ...); }, value.tls_fields());
  } else if constexpr (detail::HasSelect<T>) {
    value.tls_encode(out);
  } else if constexpr (std::is_enum_v<T>) {
    encode(out, static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::uint8_t>) {
    out.u8(static_cast<std::uint8_t>(value));
  } else if constexpr (std::is_same_v<T, std::uint16_t>) {
    out.u16(value);
  } else if constexpr (std::is_same_v<T, std::uint32_t>) {
    out.u32(value);
  } else if constexpr (std::is_same_v<T, std::uint64_t>) {
    out.u64(value);
  } else if constexpr (detail::Strong<T>) {
    encode(out, value.value());
  } else if constexpr (std::is_same_v<T, Bytes>) {
    write_vector(out, value);
  } else if constexpr (detail::FixedBytes<T>) {
    write_vector(out, value.view());
  } else if constexpr (detail::Hidden<T>) {
    write_vector(out, value.expose());
  } else if constexpr (detail::IsOptional<T>::value) {
    out.u8(value ? 1 : 0);
    if (value) encode(out, *value);
  } else if constexpr (detail::IsShared<T>::value) {
    encode(out, *value);
  } else {
    static_assert(detail::IsVector<T>::value, "this type has no encoding");
    Writer elements;
    for (const auto& element : value) encode(elements, element);
    write_vector(out, elements.bytes());
  }
}

/// Reads the RFC's encoding of `value`; what it held before is replaced. On failure it holds anything. Errors: malformed,
/// too_large.
template <class T>
Status decode(Reader& in, T& value) {
  if constexpr (detail::HasFields<T>) {
    return std::apply(
        [&in](auto&... field) {
          Status status;
          static_cast<void>(((status = decode(in, field), status.has_value()) && ...));
          return status;
        },
        value.tls_fields());
  } else if constexpr (detail::HasSelect<T>) {
    return value.tls_decode(in);
  } else if constexpr (std::is_same_v<T, bool>) {
    MUISTIO_TRY(auto byte, in.u8());
    if (byte > 1) return fail(ErrorCode::malformed, "a flag that is neither 0 nor 1 before " + std::to_string(in.offset()));
    value = byte == 1;
  } else if constexpr (std::is_enum_v<T>) {
    std::underlying_type_t<T> number{};
    MUISTIO_CHECK(decode(in, number));
    value = static_cast<T>(number);
    if constexpr (detail::ClosedEnum<T>) {
      if (!is_known(value)) return fail(ErrorCode::malformed, "an unknown enum value before " + std::to_string(in.offset()));
    }
  } else if constexpr (std::is_same_v<T, std::uint8_t>) {
    MUISTIO_TRY(value, in.u8());
  } else if constexpr (std::is_same_v<T, std::uint16_t>) {
    MUISTIO_TRY(value, in.u16());
  } else if constexpr (std::is_same_v<T, std::uint32_t>) {
    MUISTIO_TRY(value, in.u32());
  } else if constexpr (std::is_same_v<T, std::uint64_t>) {
    MUISTIO_TRY(value, in.u64());
  } else if constexpr (detail::Strong<T>) {
    typename T::value_type number{};
    MUISTIO_CHECK(decode(in, number));
    value = T(number);
  } else if constexpr (std::is_same_v<T, Bytes>) {
    MUISTIO_TRY(auto bytes, read_vector(in));
    value.assign(bytes.begin(), bytes.end());
  } else if constexpr (detail::FixedBytes<T>) {
    MUISTIO_TRY(auto bytes, read_vector(in));
    MUISTIO_TRY(value, T::from_bytes(bytes));
  } else if constexpr (std::is_same_v<T, SecretBytes>) {
    MUISTIO_TRY(auto bytes, read_vector(in));
    value = SecretBytes::copy_of(bytes);
  } else if constexpr (detail::Hidden<T>) {
    MUISTIO_TRY(auto bytes, read_vector(in));
    MUISTIO_TRY(value, T::from_bytes(bytes));
  } else if constexpr (detail::IsOptional<T>::value) {
    MUISTIO_TRY(auto present, in.u8());
    value.reset();
    if (present > 1) return fail(ErrorCode::malformed, "a presence byte over 1 before " + std::to_string(in.offset()));
    if (present == 1) return decode(in, value.emplace());
  } else if constexpr (detail::IsShared<T>::value) {
    auto made = std::make_shared<std::remove_const_t<typename T::element_type>>();
    MUISTIO_CHECK(decode(in, *made));
    value = std::move(made);
  } else {
    static_assert(detail::IsVector<T>::value, "this type has no encoding");
    MUISTIO_TRY(auto bytes, read_vector(in));
    Reader elements(bytes);
    value.clear();
    while (!elements.at_end()) {
      if (value.size() == detail::list_max<typename T::value_type>())
        return fail(ErrorCode::too_large, "a vector of too many elements");
      MUISTIO_CHECK(decode(elements, value.emplace_back()));
    }
  }
  return ok();
}

/// The RFC's encoding of `value`.
template <class T>
[[nodiscard]] Bytes encoded(const T& value) {
  Writer out;
  encode(out, value);
  return std::move(out).take();
}

/// The T that all of `bytes` encode. Errors: malformed (also if bytes are left), too_large.
template <class T>
[[nodiscard]] Result<T> decoded(BytesView bytes) {
  Reader in(bytes);
  T value{};
  MUISTIO_CHECK(decode(in, value));
  MUISTIO_CHECK(in.finish());
  return value;
}

}  // namespace muistio::mls
