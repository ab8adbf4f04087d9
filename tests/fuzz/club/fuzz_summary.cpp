// A summary's bytes, and a line as another member may send it.
#include <cstdlib>

#include "muistio/club/line.hpp"
#include "muistio/club/rules.hpp"
#include "muistio/club/summary.hpp"

using namespace muistio;
using namespace muistio::club;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView bytes(data, size);
  if (const auto summary = decode_summary(bytes); summary && summary->line.size() > kLineBytesMax) std::abort();
  if (size < 3) return 0;
  replica::Op op;
  op.kind = static_cast<replica::OpKind>(data[0] % 10);
  op.field = FieldId(static_cast<std::uint16_t>(data[1] << 8 | data[2]));
  op.payload = to_bytes(bytes.subspan(3));
  replica::Author author;
  author.role = Role::member;
  const bool permitted = Rules::judge(op, author, nullptr);
  if (permitted && op.kind == replica::OpKind::set_register && op.field == kNoteTitle && !check_line(op.payload)) std::abort();
  author.role = Role::guest;
  author.member.mutable_array().fill(1);  // a guest writes their own profile only, and no document here is that
  if (Rules::judge(op, author, nullptr) && op.kind != replica::OpKind::nothing) std::abort();
  return 0;
}
