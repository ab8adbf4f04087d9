#include "muistio/club/attendance.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "judging.hpp"
#include "muistio/base/reader.hpp"

namespace muistio::club {
namespace {

template <class Choice>
std::optional<Choice> choice_from_name(std::string_view name, const char* (*name_of)(Choice)) {
  for (std::uint8_t number = 1; number <= 4; ++number)
    if (name == name_of(static_cast<Choice>(number))) return static_cast<Choice>(number);
  return std::nullopt;
}

struct DecodedReply {
  DocumentId meeting;
  Answer answer = Answer::yes;
  std::vector<std::string> companions;
};

Result<DecodedReply> decode_reply(BytesView bytes) {
  Reader in(bytes);
  DecodedReply reply;
  MUISTIO_TRY(reply.meeting, in.fixed<DocumentId>());
  MUISTIO_TRY(const auto answer, in.u8());
  if (answer < 1 || answer > 4) return fail(ErrorCode::malformed, "an answer");
  reply.answer = static_cast<Answer>(answer);
  MUISTIO_TRY(const auto count, in.varint_at_most(kCompanionsMax));
  for (std::uint64_t i = 0; i < count; ++i) {
    MUISTIO_TRY(const auto name, in.block(kLineBytesMax));
    MUISTIO_CHECK(check_line(name));
    if (name.empty()) return fail(ErrorCode::malformed, "nobody's name");
    reply.companions.emplace_back(as_text(name));
  }
  MUISTIO_CHECK(in.finish());
  return reply;
}

struct DecodedMark {
  DocumentId meeting;
  MemberId member;
  Attended attended = Attended::present;
};

Result<DecodedMark> decode_mark(BytesView bytes) {
  Reader in(bytes);
  DecodedMark mark;
  MUISTIO_TRY(mark.meeting, in.fixed<DocumentId>());
  MUISTIO_TRY(mark.member, in.fixed<MemberId>());
  MUISTIO_TRY(const auto attended, in.u8());
  if (attended < 1 || attended > 4) return fail(ErrorCode::malformed, "a mark of attendance");
  mark.attended = static_cast<Attended>(attended);
  MUISTIO_CHECK(in.finish());
  return mark;
}

/// When a place was asked for. The wall tells apart only what one statement of a host's stated anew together.
struct Wish {
  Order order;
  std::int64_t wall = 0;
  friend auto operator<=>(const Wish&, const Wish&) = default;
};

/// What kReplySince holds: u8 0; or u8 1 ‖ signed wall time.
Result<std::optional<std::int64_t>> decode_since(BytesView bytes) {
  Reader in(bytes);
  MUISTIO_TRY(const auto wants, in.u8());
  if (wants > 1) return fail(ErrorCode::malformed, "a wish for a place");
  std::optional<std::int64_t> wall;
  if (wants == 1) {
    MUISTIO_TRY(wall, in.signed_varint());
  }
  MUISTIO_CHECK(in.finish());
  return wall;
}

std::int64_t wall_in(const Held& since) {
  const auto wall = decode_since(since.value);
  return wall && *wall ? **wall : 0;
}

bool wants_place(Answer answer) { return answer == Answer::yes || answer == Answer::late; }

Status require_meeting(replica::ChangeBuilder& builder, const DocumentId& meeting) {
  MUISTIO_TRY(const auto* held, builder.document(meeting));
  return held->exists() && held->type() == kMeeting ? ok() : fail(ErrorCode::not_found, "no meeting has this id");
}

}  // namespace

const char* answer_name(Answer answer) noexcept {
  switch (answer) {
    case Answer::yes:
      return "yes";
    case Answer::no:
      return "no";
    case Answer::late:
      return "late";
    case Answer::remote:
      return "remote";
  }
  return "yes";
}

std::optional<Answer> answer_from_name(std::string_view name) noexcept {
  return choice_from_name<Answer>(name, [](Answer each) { return answer_name(each); });
}

const char* attended_name(Attended attended) noexcept {
  switch (attended) {
    case Attended::present:
      return "present";
    case Attended::absent:
      return "absent";
    case Attended::late:
      return "late";
    case Attended::remote:
      return "remote";
  }
  return "present";
}

std::optional<Attended> attended_from_name(std::string_view name) noexcept {
  return choice_from_name<Attended>(name, [](Attended each) { return attended_name(each); });
}

bool judge_reply(const Op& op, const Author& author, const Document*) {
  if (!names_device(op.document, author.device)) return false;
  if (op.field == kReplyAnswer) return op.kind == OpKind::set_register && decode_reply(op.payload).has_value();
  if (op.field == kReplySince) return op.kind == OpKind::set_register && decode_since(op.payload).has_value();
  return true;
}

bool judge_attendance(const Op& op, const Author& author, const Document*) {
  if (!names_device(op.document, author.device)) return false;
  const bool is_mark = op.kind == OpKind::set_register && decode_mark(op.payload).has_value();
  if (op.field == kAttendanceMark) return is_mark && (is_host(author) || author.role == Role::facilitator);
  if (op.field == kAttendanceByOrganiser) return is_mark;
  return true;
}

Status answer_meeting(replica::ChangeBuilder& builder, const DocumentId& meeting, Answer answer,
                      const std::vector<std::string>& companions) {
  MUISTIO_CHECK(require_meeting(builder, meeting));
  Writer value;
  value.raw(meeting.view()).u8(static_cast<std::uint8_t>(answer)).varint(companions.size());
  for (const auto& name : companions) value.block(as_bytes(name));
  if (auto form = decode_reply(value.bytes()); !form) return fail(ErrorCode::invalid_argument, form.error().detail);
  const auto id = statement_id(kReply, meeting.view(), builder.author().device);
  MUISTIO_CHECK(builder.create(id, kReply));
  MUISTIO_CHECK(builder.set_register(id, kReplyAnswer, value.bytes()));
  if (!wants_place(answer)) return builder.set_register(id, kReplySince, Bytes{0});
  MUISTIO_TRY(const auto* held, builder.document(id));
  const auto* since = held->find_register(kReplySince);
  if (since != nullptr && since->value.size() > 1) return ok();  // who has a place keeps it
  return builder.set_register(id, kReplySince, Writer().u8(1).signed_varint(builder.wall().value()).bytes());
}

Status mark_attendance(replica::ChangeBuilder& builder, const DocumentId& meeting, const MemberId& member, Attended attended) {
  MUISTIO_CHECK(require_meeting(builder, meeting));
  Writer about;
  about.raw(meeting.view()).raw(member.view());
  const auto id = statement_id(kAttendance, about.bytes(), builder.author().device);
  MUISTIO_CHECK(builder.create(id, kAttendance));
  const auto role = builder.author().role;
  const auto field = role == Role::host || role == Role::facilitator ? kAttendanceMark : kAttendanceByOrganiser;
  return builder.set_register(id, field, about.u8(static_cast<std::uint8_t>(attended)).bytes());
}

Replies replies_to(const Records& records, const MeetingItem& meeting, std::span<const MemberId> members) {
  Replies found;
  std::vector<std::pair<Wish, const Reply*>> wishes;
  const auto said = statements(records, kReply, kReplyAnswer, meeting.id.view());
  found.replies.reserve(said.size());
  for (const auto* record : said) {
    const auto* held = record->find(kReplyAnswer);
    auto reply = decode_reply(held->value);
    if (!reply) continue;
    found.replies.push_back({record->maker, reply->answer, std::move(reply->companions), held->wall});
    if (!wants_place(reply->answer)) continue;
    const auto* since = record->find(kReplySince);
    wishes.emplace_back(since == nullptr ? Wish{record->order(*held), 0} : Wish{record->order(*since), wall_in(*since)},
                        &found.replies.back());
  }
  std::stable_sort(wishes.begin(), wishes.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  const auto take = [&](Seat seat) {
    auto& list = meeting.places == 0 || found.seated.size() < meeting.places ? found.seated : found.waiting;
    list.push_back(std::move(seat));
  };
  for (const auto& [wish, reply] : wishes) {
    take({reply->member, {}});
    for (const auto& companion : reply->companions) take({reply->member, companion});
  }
  for (const auto& member : members)
    if (std::none_of(found.replies.begin(), found.replies.end(), [&](const Reply& each) { return each.member == member; }))
      found.silent.push_back(member);
  return found;
}

namespace {
/// Who held its baton or facilitates it.
std::set<MemberId> markers_of(const Records& records, const Record& meeting) {
  const auto holders = baton_holders(records, meeting);
  std::set<MemberId> markers(holders.begin(), holders.end());
  if (const auto found = meeting.sets.find(kMeetingFacilitators); found != meeting.sets.end())
    for (const auto& value : found->second)
      if (const auto member = MemberId::from_bytes(value)) markers.insert(*member);
  return markers;
}
}  // namespace

bool may_mark(const Records& records, const Record& meeting, const MemberId& member) {
  return markers_of(records, meeting).contains(member);
}

std::vector<Presence> attendance_of(const Records& records, const DocumentId& meeting) {
  const auto* record = find_record(records, meeting, kMeeting);
  if (record == nullptr) return {};
  std::map<MemberId, std::pair<Order, Presence>> latest;
  const auto take = [&](const Record& statement, FieldId field) {
    const auto* held = statement.find(field);
    if (held == nullptr) return;
    const auto mark = decode_mark(held->value);
    if (!mark || mark->meeting != meeting) return;
    auto& known = latest[mark->member];
    const auto order = statement.order(*held);
    if (known.first < order) known = {order, {mark->member, mark->attended, statement.maker, held->wall}};
  };
  const auto markers = markers_of(records, *record);
  for (const auto* statement : of_type(records, kAttendance)) {
    take(*statement, kAttendanceMark);
    if (markers.contains(statement->maker)) take(*statement, kAttendanceByOrganiser);
  }
  std::vector<Presence> presences;
  for (auto& [member, known] : latest) presences.push_back(known.second);
  return presences;
}

}  // namespace muistio::club
