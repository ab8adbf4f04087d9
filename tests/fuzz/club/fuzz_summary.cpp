// A summary's bytes, and a line as another member may send it.
#include <cstdlib>

#include "muistio/club/actions.hpp"
#include "muistio/club/attendance.hpp"
#include "muistio/club/board.hpp"
#include "muistio/club/catch_up.hpp"
#include "muistio/club/contact.hpp"
#include "muistio/club/line.hpp"
#include "muistio/club/poll.hpp"
#include "muistio/club/records.hpp"
#include "muistio/club/rules.hpp"
#include "muistio/club/stand_in.hpp"
#include "muistio/club/summary.hpp"
#include "muistio/club/survey.hpp"
#include "muistio/club/wish.hpp"
#include "muistio/replica/payload.hpp"

using namespace muistio;
using namespace muistio::club;

namespace {

/// A survey's plan, answers and sums: what is read is written and read as the same.
void read_survey(BytesView bytes) {
  if (const auto plan = decode_plan(bytes)) {
    const auto again = decode_plan(encode_plan(*plan));
    if (!again || *again != *plan) std::abort();
  }
  SurveyPlan plan;
  plan.questions = {{QuestionForm::scale, "?", 5, {}}, {QuestionForm::any, "?", 0, {"a", "b"}}, {QuestionForm::text, "?", 0, {}}};
  if (const auto answers = decode_answers(plan, bytes)) {
    auto tally = empty_tally(plan);
    add_to(tally, plan, *answers);
    if (!fits(tally, plan)) std::abort();
    const auto written = encode_answers(plan, *answers);
    if (written && decode_answers(plan, *written).value() != *answers) std::abort();
  }
  if (const auto tally = decode_tally(bytes); tally && decode_tally(encode_tally(*tally)).value() != *tally) std::abort();
}

/// What the rules let into a document of a season, every view can show.
void show_all(const replica::Op& op, const replica::Author& author) {
  const DocumentType type(static_cast<std::uint16_t>(op.field.value() >> 8));
  if (!is_practice(type)) return;
  replica::Document document(op.document);
  const replica::OpContext context{author, {{author.device, 1}, 0}, Lamport(1), WallMs(0)};
  document.merge(replica::make_create(op.document, type), context);
  if (!document.merge(op, context)) return;
  auto record = decode_record(encode_record(record_of(document)));
  if (!record) std::abort();
  record->id = op.document;
  Gathered club;
  club.records.push_back(*record);
  for (const auto& meeting : list_meetings(club.records)) static_cast<void>(replies_to(club.records, meeting, {}));
  static_cast<void>(list_polls(club.records));
  static_cast<void>(list_actions(club.records));
  static_cast<void>(propose_themes(list_wishes(club.records), [](std::string_view, std::string_view) { return false; }));
  for (const auto& survey : list_surveys(club.records)) static_cast<void>(survey_result(survey, kMinimumLeast));
  static_cast<void>(list_cards(club.records));
  static_cast<void>(list_stand_ins(club.records));
  static_cast<void>(list_contacts(club.records));
  static_cast<void>(contributions(club, {author.member}));
  static_cast<void>(catch_up(club, {{op.document, {Seq(1), {}}}}, Seq(0), author.member));
  static_cast<void>(read_to(club.records, {}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView bytes(data, size);
  if (const auto summary = decode_summary(bytes); summary && summary->line.size() > kLineBytesMax) std::abort();
  static_cast<void>(decode_record(bytes));
  read_survey(bytes);
  if (size < 3) return 0;
  replica::Op op;
  op.kind = static_cast<replica::OpKind>(data[0] % 10);
  op.field = FieldId(static_cast<std::uint16_t>(data[1] << 8 | data[2]));
  op.payload = to_bytes(bytes.subspan(3));
  replica::Author author;
  author.role = Role::member;
  const bool permitted = Rules::judge(op, author, nullptr);
  if (permitted && op.kind == replica::OpKind::set_register && op.field == kNoteTitle && !check_line(op.payload)) std::abort();
  if (permitted) show_all(op, author);
  author.role = Role::host;
  if (Rules::judge(op, author, nullptr)) show_all(op, author);
  author.role = Role::guest;
  author.member.mutable_array().fill(1);  // a guest writes their own profile only, and no document here is that
  if (Rules::judge(op, author, nullptr) && op.kind != replica::OpKind::nothing) std::abort();
  return 0;
}
