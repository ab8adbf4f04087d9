#include "muistio/club/meeting.hpp"

#include <algorithm>
#include <tuple>

#include "judging.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/club/agenda.hpp"
#include "muistio/club/edits.hpp"
#include "muistio/club/links.hpp"

namespace muistio::club {
namespace {
using replica::ChangeBuilder;

constexpr unsigned kSequenceEraShift = 20;  // a later era's clocks begin anew

bool is_when_set(const Op& op) { return op.kind == OpKind::set_register && decode_when(op.payload).has_value(); }

Status require_meeting(ChangeBuilder& builder, const DocumentId& id) {
  MUISTIO_TRY(const auto* document, builder.document(id));
  if (document->is_taken_back()) return fail(ErrorCode::invalid_state, "the meeting was taken back");
  if (!document->exists() || document->type() != kMeeting) return fail(ErrorCode::not_found, "no meeting has this id");
  return ok();
}

Status set_line(ChangeBuilder& builder, const DocumentId& id, FieldId field, std::string_view line) {
  MUISTIO_CHECK(check_line(as_bytes(line)));
  return builder.set_register(id, field, as_bytes(line));
}

Status set_title(ChangeBuilder& builder, const DocumentId& id, std::string_view title) {
  if (title.empty()) return fail(ErrorCode::invalid_argument, "the title is empty");
  return set_line(builder, id, kMeetingTitle, title);
}

Status set_when(ChangeBuilder& builder, const DocumentId& id, const When& when) {
  const auto bytes = encode_when(when);
  MUISTIO_CHECK(decode_when(bytes).has_value() ? ok() : fail(ErrorCode::invalid_argument, "the time, its length or its zone"));
  return builder.set_register(id, kMeetingWhen, bytes);
}

Status set_places(ChangeBuilder& builder, const DocumentId& id, std::uint64_t places) {
  if (places > kPlacesMax) return fail(ErrorCode::too_large, "places");
  return builder.set_register(id, kMeetingPlaces, Writer().varint(places).bytes());
}

}  // namespace

bool judge_meeting(const Op& op, const Author& author, const Document* document) {
  if (op.kind == OpKind::create) return names_device(op.document, author.device);
  const bool is_trusted = is_host(author) || is_maker(op, author, document);
  if (op.field == kMeetingTitle) return is_line_set(op) && !op.payload.empty();
  if (op.field == kMeetingPlace || op.field == kMeetingLink) return is_line_set(op);
  if (op.field == kMeetingWhen) return is_when_set(op);
  if (op.field == kMeetingOrganiser) return is_trusted && is_bytes_set(op, MemberId::size_bytes);
  if (op.field == kMeetingFacilitators) return is_trusted && is_bytes_in_set(op, MemberId::size_bytes);
  if (op.field == kMeetingGuests) return is_line_in_set(op);
  if (op.field == kMeetingPlaces) return is_trusted && is_number_set(op, 0, kPlacesMax);
  if (op.field == kMeetingCancelled) return is_trusted && is_choice_set(op, 0, 1);
  if (op.field == kMeetingSeason || op.field == kMeetingFollows) return is_trusted && is_bytes_set(op, DocumentId::size_bytes);
  if (op.field == kMeetingAgenda) {
    if (op.kind == OpKind::list_move || op.kind == OpKind::list_erase) return true;
    const auto insert = replica::parse_list_insert(op);
    return insert && insert->value.size() == DocumentId::size_bytes;
  }
  return true;
}

bool judge_baton(const Op& op, const Author& author, const Document*) {
  if (!names_device(op.document, author.device)) return false;
  return op.field != kBatonTo || is_bytes_set(op, DocumentId::size_bytes + MemberId::size_bytes);
}

Result<DocumentId> create_meeting(ChangeBuilder& builder, Random& random, const NewMeeting& meeting) {
  const auto id = make_document_id(random, builder.author().device);
  MUISTIO_CHECK(builder.create(id, kMeeting));
  MUISTIO_CHECK(set_title(builder, id, meeting.title));
  MUISTIO_CHECK(set_when(builder, id, meeting.when));
  if (!meeting.place.empty()) MUISTIO_CHECK(set_line(builder, id, kMeetingPlace, meeting.place));
  if (!meeting.link.empty()) MUISTIO_CHECK(set_line(builder, id, kMeetingLink, meeting.link));
  if (meeting.organiser) MUISTIO_CHECK(builder.set_register(id, kMeetingOrganiser, meeting.organiser->view()));
  if (meeting.places != 0) MUISTIO_CHECK(set_places(builder, id, meeting.places));
  if (meeting.season) MUISTIO_CHECK(builder.set_register(id, kMeetingSeason, meeting.season->view()));
  if (meeting.follows) MUISTIO_CHECK(builder.set_register(id, kMeetingFollows, meeting.follows->view()));
  if (meeting.opens_and_closes)
    for (const auto kind : {AgendaKind::news, AgendaKind::round}) {
      MUISTIO_TRY(const auto item, add_agenda_item(builder, random, id, {kind, {}, 0, {}}));
      static_cast<void>(item);
    }
  MUISTIO_TRY(const auto minutes, create_minutes(builder, random, id, meeting.title));
  static_cast<void>(minutes);
  return id;
}

Result<DocumentId> create_minutes(ChangeBuilder& builder, Random& random, const DocumentId& meeting, std::string_view title) {
  MUISTIO_TRY(const auto id, create_note(builder, random, {title, {}, NoteKind::minutes}));
  NoteLinks links;
  links.meetings = {meeting};
  MUISTIO_CHECK(link_note(builder, id, links));
  return id;
}

Status edit_meeting(ChangeBuilder& builder, const DocumentId& meeting, const MeetingEdit& edit) {
  MUISTIO_CHECK(require_meeting(builder, meeting));
  if (edit.title) MUISTIO_CHECK(set_title(builder, meeting, *edit.title));
  if (edit.when) MUISTIO_CHECK(set_when(builder, meeting, *edit.when));
  if (edit.place) MUISTIO_CHECK(set_line(builder, meeting, kMeetingPlace, *edit.place));
  if (edit.link) MUISTIO_CHECK(set_line(builder, meeting, kMeetingLink, *edit.link));
  if (edit.organiser) MUISTIO_CHECK(builder.set_register(meeting, kMeetingOrganiser, edit.organiser->view()));
  if (edit.places) MUISTIO_CHECK(set_places(builder, meeting, *edit.places));
  if (edit.cancelled) {
    const std::uint8_t value[] = {static_cast<std::uint8_t>(*edit.cancelled ? 1 : 0)};
    MUISTIO_CHECK(builder.set_register(meeting, kMeetingCancelled, value));
  }
  return ok();
}

Status set_guest(ChangeBuilder& builder, const DocumentId& meeting, std::string_view name, bool comes) {
  MUISTIO_CHECK(require_meeting(builder, meeting));
  MUISTIO_CHECK(check_line(as_bytes(name)));
  if (name.empty()) return fail(ErrorCode::invalid_argument, "the guest's name is empty");
  return comes ? builder.add_to_set(meeting, kMeetingGuests, as_bytes(name))
               : builder.remove_from_set(meeting, kMeetingGuests, as_bytes(name));
}

Status set_facilitator(ChangeBuilder& builder, const DocumentId& meeting, const MemberId& member, bool is_one) {
  MUISTIO_CHECK(require_meeting(builder, meeting));
  return is_one ? builder.add_to_set(meeting, kMeetingFacilitators, member.view())
                : builder.remove_from_set(meeting, kMeetingFacilitators, member.view());
}

Status hand_baton(ChangeBuilder& builder, const DocumentId& meeting, const MemberId& to) {
  MUISTIO_CHECK(require_meeting(builder, meeting));
  const auto id = statement_id(kBaton, meeting.view(), builder.author().device);
  MUISTIO_CHECK(builder.create(id, kBaton));
  return builder.set_register(id, kBatonTo, Writer().raw(meeting.view()).raw(to.view()).bytes());
}

// Each link of the chain counts if whoever hands the baton on has it, and had got it before: stamps only grow, so the chain ends.
std::vector<MemberId> baton_holders(const Records& records, const Record& meeting) {
  std::vector<MemberId> holders;
  const auto named = meeting.id_in<MemberId>(kMeetingOrganiser);
  if (!named) return holders;
  auto since = meeting.order(*meeting.find(kMeetingOrganiser));
  holders.push_back(*named);
  const auto handed = statements(records, kBaton, kBatonTo, meeting.id.view());
  for (;;) {
    const auto next = std::find_if(handed.begin(), handed.end(), [&](const Record* each) {
      return each->maker == holders.back() && since < each->order(*each->find(kBatonTo));
    });
    if (next == handed.end()) return holders;
    const auto* held = (*next)->find(kBatonTo);
    const auto to = MemberId::from_bytes(BytesView(held->value).subspan(DocumentId::size_bytes));
    if (!to) return holders;
    holders.push_back(*to);
    since = (*next)->order(*held);
  }
}

std::optional<MeetingItem> meeting_of(const Records& records, const Record& meeting) {
  const auto* when = meeting.find(kMeetingWhen);
  if (when == nullptr) return std::nullopt;
  auto decoded = decode_when(when->value);
  if (!decoded || meeting.find(kMeetingTitle) == nullptr) return std::nullopt;
  MeetingItem item;
  item.id = meeting.id;
  item.title = meeting.text(kMeetingTitle);
  item.when = std::move(*decoded);
  item.place = meeting.text(kMeetingPlace);
  item.link = meeting.text(kMeetingLink);
  if (const auto holders = baton_holders(records, meeting); !holders.empty()) item.organiser = holders.back();
  if (const auto found = meeting.sets.find(kMeetingFacilitators); found != meeting.sets.end())
    for (const auto& value : found->second)
      if (const auto member = MemberId::from_bytes(value)) item.facilitators.push_back(*member);
  if (const auto found = meeting.sets.find(kMeetingGuests); found != meeting.sets.end())
    for (const auto& value : found->second) item.guests.emplace_back(as_text(value));
  item.places = meeting.number(kMeetingPlaces);
  item.cancelled = meeting.number(kMeetingCancelled) == 1;
  item.season = meeting.id_in<DocumentId>(kMeetingSeason);
  item.follows = meeting.id_in<DocumentId>(kMeetingFollows);
  item.maker = meeting.maker;
  item.created = meeting.created;
  auto last = meeting.made;
  item.changed_by = meeting.maker;
  item.changed = meeting.created;
  for (const auto field : {kMeetingTitle, kMeetingWhen, kMeetingPlace, kMeetingLink, kMeetingCancelled}) {
    const auto* held = meeting.find(field);
    if (held == nullptr || !(last < held->stamp)) continue;
    last = held->stamp;
    item.changed_by = held->by;
    item.changed = held->wall;
  }
  item.sequence =
      (meeting.era.value() << kSequenceEraShift) + std::min(last.lamport.value(), (std::uint64_t{1} << kSequenceEraShift) - 1);
  return item;
}

std::vector<MeetingItem> list_meetings(const Records& records) {
  std::vector<MeetingItem> items;
  for (const auto* record : of_type(records, kMeeting))
    if (auto item = meeting_of(records, *record)) items.push_back(std::move(*item));
  std::sort(items.begin(), items.end(),
            [](const MeetingItem& a, const MeetingItem& b) { return std::tie(a.when.start, a.id) < std::tie(b.when.start, b.id); });
  return items;
}

Result<MeetingItem> find_meeting(const Records& records, const DocumentId& id) {
  if (const auto* record = find_record(records, id, kMeeting))
    if (auto item = meeting_of(records, *record)) return std::move(*item);
  return fail(ErrorCode::not_found, "no meeting has this id");
}

}  // namespace muistio::club
