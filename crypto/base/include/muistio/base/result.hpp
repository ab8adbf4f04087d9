// Result<T>: a value or an Error, with the shape of C++23's std::expected (D16).
#pragma once

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace muistio {

/// Every code that any module reports; the one table is `error_codes.def`.
enum class ErrorCode : std::uint16_t {
#define MUISTIO_ERROR(name, number, sentence) name = number,
#include "muistio/base/error_codes.def"
#undef MUISTIO_ERROR
};

/// The stable name of `code` ("malformed"), or "unknown".
[[nodiscard]] std::string_view error_name(ErrorCode code) noexcept;

/// The plain English sentence of `code`, without a full stop.
[[nodiscard]] std::string_view error_sentence(ErrorCode code) noexcept;

/// Why something could not be done. `detail` says what was wrong and where (a field's name, a byte offset, an RFC section); it
/// never carries note text, names or keys.
struct Error {
  ErrorCode code{};
  std::string detail;

  /// "name: sentence (detail)".
  [[nodiscard]] std::string message() const;
  friend bool operator==(const Error&, const Error&) = default;
};

/// What `Result` is made from when something failed; see `fail`.
struct Unexpected {
  Error error;
};

/// Returns the failure to be returned from a function that yields any `Result`.
[[nodiscard]] inline Unexpected fail(ErrorCode code, std::string detail = {}) { return {{code, std::move(detail)}}; }
[[nodiscard]] inline Unexpected fail(Error error) { return {std::move(error)}; }

namespace detail {
/// A broken invariant: says where on standard error and aborts. Never carries data.
[[noreturn]] void broken_invariant(const char* what, const char* file, int line) noexcept;
}  // namespace detail

/// Checks an invariant of our own code in every build; never use it on input.
#define MUISTIO_INVARIANT(condition) \
  ((condition) ? static_cast<void>(0) : ::muistio::detail::broken_invariant(#condition, __FILE__, __LINE__))

/// A value of T or an Error. Reading the value of a failure is a broken invariant and aborts.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(Unexpected failure) : state_(std::in_place_index<1>, std::move(failure.error)) {}  // NOLINT

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  [[nodiscard]] T& value() & { return checked(); }
  [[nodiscard]] const T& value() const& { return const_cast<Result*>(this)->checked(); }
  [[nodiscard]] T&& value() && { return std::move(checked()); }
  T& operator*() & { return checked(); }
  const T& operator*() const& { return const_cast<Result*>(this)->checked(); }
  T&& operator*() && { return std::move(checked()); }
  T* operator->() { return &checked(); }
  const T* operator->() const { return &const_cast<Result*>(this)->checked(); }

  [[nodiscard]] const Error& error() const& {
    MUISTIO_INVARIANT(!has_value());
    return std::get<1>(state_);
  }
  [[nodiscard]] Error&& error() && {
    MUISTIO_INVARIANT(!has_value());
    return std::get<1>(std::move(state_));
  }
  [[nodiscard]] T value_or(T fallback) && { return has_value() ? std::move(checked()) : std::move(fallback); }

 private:
  T& checked() {
    MUISTIO_INVARIANT(has_value());
    return *std::get_if<0>(&state_);
  }
  std::variant<T, Error> state_;
};

/// Success without a value, or an Error. `return ok();` is success.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;
  Result() = default;
  Result(Unexpected failure) : error_(std::move(failure.error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const noexcept { return !error_.has_value(); }
  explicit operator bool() const noexcept { return has_value(); }
  [[nodiscard]] const Error& error() const& {
    MUISTIO_INVARIANT(error_.has_value());
    return *error_;
  }
  [[nodiscard]] Error&& error() && {
    MUISTIO_INVARIANT(error_.has_value());
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;
[[nodiscard]] inline Status ok() { return {}; }

#define MUISTIO_CONCAT_(a, b) a##b
#define MUISTIO_CONCAT(a, b) MUISTIO_CONCAT_(a, b)

/// `MUISTIO_TRY(auto x, f());` binds the value of f() or returns its failure from the enclosing function.
#define MUISTIO_TRY(target, ...) MUISTIO_TRY_(MUISTIO_CONCAT(result_, __COUNTER__), target, __VA_ARGS__)
#define MUISTIO_TRY_(name, target, ...)                       \
  auto name = (__VA_ARGS__);                                  \
  if (!name) return ::muistio::fail(std::move(name).error()); \
  target = std::move(name).value()

/// `MUISTIO_CHECK(f());` goes on if the Status f() is a success, else returns its failure.
#define MUISTIO_CHECK(...)                                                               \
  do {                                                                                   \
    if (auto status_ = (__VA_ARGS__); !status_) return ::muistio::fail(std::move(status_).error()); \
  } while (false)

}  // namespace muistio
