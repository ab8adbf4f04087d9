// The arguments of a call, out of its JSON. What is absent or of another type fails with invalid_argument.
#pragma once

#include <optional>
#include <string>
#include <type_traits>

#include "json.hpp"
#include "muistio/home/home.hpp"

namespace muistio::web {

/// One call by its name.
using Call = Result<Json> (*)(home::Home&, const Json&);
/// The calls about meetings; null if there is none of this name.
[[nodiscard]] Call meeting_call(const std::string& name);

inline Unexpected wrong(const char* name) { return fail(ErrorCode::invalid_argument, std::string("the argument ") + name); }

inline Result<std::string> text(const Json& request, const char* name) {
  const auto found = request.find(name);
  if (found == request.end() || !found->is_string()) return wrong(name);
  return found->get<std::string>();
}
inline std::optional<std::string> text_if(const Json& request, const char* name) {
  const auto found = request.find(name);
  return found != request.end() && found->is_string() ? std::optional(found->get<std::string>()) : std::nullopt;
}
inline std::string text_or(const Json& request, const char* name) { return text_if(request, name).value_or(""); }
inline std::optional<bool> flag_if(const Json& request, const char* name) {
  const auto found = request.find(name);
  return found != request.end() && found->is_boolean() ? std::optional(found->get<bool>()) : std::nullopt;
}
inline bool flag(const Json& request, const char* name) { return flag_if(request, name).value_or(false); }
/// A whole number of JavaScript's, from 0.
inline std::optional<std::uint64_t> number(const Json& request, const char* name) {
  const auto found = request.find(name);
  if (found == request.end() || !found->is_number() || found->get<double>() < 0 || found->get<double>() > 9007199254740991.0) return std::nullopt;
  return static_cast<std::uint64_t>(found->get<double>());
}
template <class Id>
Result<Id> id(const Json& request, const char* name) {
  MUISTIO_TRY(const auto hex, text(request, name));
  auto made = Id::parse(hex);
  if (!made) return wrong(name);
  return made;
}
template <class Id>
Result<std::optional<Id>> id_if(const Json& request, const char* name) {
  if (!text_if(request, name)) return std::optional<Id>();
  MUISTIO_TRY(const auto made, id<Id>(request, name));
  return std::optional<Id>(made);
}

template <class T>
Result<Json> answer(const Result<T>& result) {
  if (!result) return fail(result.error());
  if constexpr (std::is_void_v<T>) {
    return Json(nullptr);
  } else {
    return to_json(*result);
  }
}

}  // namespace muistio::web
