#include "muistio/club/line.hpp"

#include <algorithm>
#include <string>

#include "muistio/base/utf8.hpp"
#include "muistio/club/documents.hpp"

namespace muistio::club {
namespace {
/// Control characters (C0, DEL, C1) and the separators of lines and paragraphs.
bool is_control(char32_t scalar) {
  return scalar < 0x20 || (scalar >= 0x7f && scalar <= 0x9f) || scalar == 0x2028 || scalar == 0x2029;
}
}  // namespace

Status check_line(BytesView line) {
  if (line.size() > kLineBytesMax) return fail(ErrorCode::too_large, "a line over " + std::to_string(kLineBytesMax) + " bytes");
  MUISTIO_TRY(const auto scalars, utf8_to_scalars(as_text(line)));
  const auto bad = std::find_if(scalars.begin(), scalars.end(), is_control);
  if (bad == scalars.end()) return ok();
  return fail(ErrorCode::invalid_argument, "a control character at " + std::to_string(bad - scalars.begin()));
}

Status check_text(BytesView text, std::size_t bytes_max) {
  if (text.size() > bytes_max) return fail(ErrorCode::too_large, "a text over " + std::to_string(bytes_max) + " bytes");
  if (const auto at = first_invalid_utf8(as_text(text))) return fail(ErrorCode::not_utf8, "at byte " + std::to_string(*at));
  return ok();
}

}  // namespace muistio::club
