#include "judging.hpp"

#include "muistio/base/reader.hpp"
#include "muistio/club/actions.hpp"
#include "muistio/club/agenda.hpp"
#include "muistio/club/attendance.hpp"
#include "muistio/club/board.hpp"
#include "muistio/club/catch_up.hpp"
#include "muistio/club/contact.hpp"
#include "muistio/club/meeting.hpp"
#include "muistio/club/pact.hpp"
#include "muistio/club/poll.hpp"
#include "muistio/club/questions.hpp"
#include "muistio/club/release.hpp"
#include "muistio/club/season.hpp"
#include "muistio/club/stand_in.hpp"
#include "muistio/club/survey.hpp"
#include "muistio/club/wish.hpp"
#include "muistio/club/year_plan.hpp"

namespace muistio::club {

bool is_number_set(const Op& op, std::uint64_t least, std::uint64_t most) {
  if (op.kind != OpKind::set_register) return false;
  Reader in(op.payload);
  const auto number = in.varint();
  return number && in.at_end() && *number >= least && *number <= most;
}

bool judge_practice(DocumentType type, const Op& op, const Author& author, const Document* document) {
  if (type == kPact || type == kSignature) return judge_pact(op, author, document);
  if (type == kSeason) return judge_season(op, author, document);
  if (type == kMeeting) return judge_meeting(op, author, document);
  if (type == kAgendaItem) return judge_agenda(op, author, document);
  if (type == kReply) return judge_reply(op, author, document);
  if (type == kBaton) return judge_baton(op, author, document);
  if (type == kAttendance) return judge_attendance(op, author, document);
  if (type == kPoll || type == kBallot) return judge_poll(op, author, document);
  if (type == kAction) return judge_action(op, author, document);
  if (type == kQuestion || type == kAnswer) return judge_question(op, author, document);
  if (type == kReadMark || type == kReceipt) return judge_read_mark(op, author, document);
  if (type >= kRelease && type <= kLedgerLine) return judge_release(type, op, author);
  if (type == kWish || type == kWishVote) return judge_wish(op, author, document);
  if (type == kSurvey || type == kSurveyAnswer || type == kSurveySums) return judge_survey(op, author, document);
  if (type == kCard || type == kReferral) return judge_board(op, author, document);
  if (type == kStandIn || type == kOffer) return judge_stand_in(op, author, document);
  if (type == kYearPlan) return judge_year_plan(op, author, document);
  if (type == kContact) return judge_contact(op, author, document);
  return op.kind != OpKind::create || names_device(op.document, author.device);  // a type of a newer app
}

bool is_statement(DocumentType type) noexcept {
  return type == kSignature || type == kReply || type == kBaton || type == kAttendance || type == kBallot || type == kReadMark ||
         type == kReceipt || type == kConsent || type == kStop || type == kWishVote || type == kSurveyAnswer ||
         type == kSurveySums || type == kReferral || type == kOffer || type == kYearPlan || type == kContact;
}

}  // namespace muistio::club
