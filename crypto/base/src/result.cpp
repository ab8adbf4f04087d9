#include "muistio/base/result.hpp"

#include <cstdio>

namespace muistio {

std::string_view error_name(ErrorCode code) noexcept {
  switch (code) {
#define MUISTIO_ERROR(name, number, sentence) \
  case ErrorCode::name: return #name;
#include "muistio/base/error_codes.def"
#undef MUISTIO_ERROR
  }
  return "unknown";
}

std::string_view error_sentence(ErrorCode code) noexcept {
  switch (code) {
#define MUISTIO_ERROR(name, number, sentence) \
  case ErrorCode::name: return sentence;
#include "muistio/base/error_codes.def"
#undef MUISTIO_ERROR
  }
  return "an unknown error";
}

std::string Error::message() const {
  std::string made{error_name(code)};
  made += ": ";
  made += error_sentence(code);
  if (!detail.empty()) made += " (" + detail + ")";
  return made;
}

namespace detail {
void broken_invariant(const char* what, const char* file, int line) noexcept {
  std::fprintf(stderr, "muistio: broken invariant: %s at %s:%d\n", what, file, line);
  std::abort();
}
}  // namespace detail

}  // namespace muistio
