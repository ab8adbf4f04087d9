#include "muistio/club/catch_up.hpp"

#include <algorithm>
#include <set>

#include "judging.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/club/actions.hpp"
#include "muistio/club/agenda.hpp"
#include "muistio/club/attendance.hpp"
#include "muistio/club/meeting.hpp"
#include "muistio/club/pact.hpp"
#include "muistio/club/poll.hpp"
#include "muistio/club/questions.hpp"
#include "muistio/club/season.hpp"

namespace muistio::club {
namespace {

struct Shown {
  NewsKind kind;
  FieldId title;
  std::vector<News> CatchUp::*list;
};

/// How a record is shown; nothing for what is one member's word about something else.
std::optional<Shown> shown_as(DocumentType type) {
  if (type == kMeeting) return Shown{NewsKind::meeting, kMeetingTitle, &CatchUp::decided};
  if (type == kAgendaItem) return Shown{NewsKind::agenda, kItemTitle, &CatchUp::said};
  if (type == kSeason) return Shown{NewsKind::season, kSeasonName, &CatchUp::decided};
  if (type == kPact) return Shown{NewsKind::pact, FieldId(0), &CatchUp::decided};
  if (type == kPoll) return Shown{NewsKind::poll, kPollTitle, &CatchUp::decided};
  if (type == kAction) return Shown{NewsKind::action, kActionText, &CatchUp::decided};
  if (type == kQuestion) return Shown{NewsKind::question, kQuestionTitle, &CatchUp::asked};
  if (type == kAnswer) return Shown{NewsKind::answer, FieldId(0), &CatchUp::asked};
  return std::nullopt;
}

std::string title_of(const Gathered& club, const Record& record, const Shown& shown) {
  if (record.type != kAnswer) return shown.title == FieldId(0) ? std::string() : record.text(shown.title);
  const auto to = record.id_in<DocumentId>(kAnswerTo);
  const auto* question = to ? find_record(club.records, *to, kQuestion) : nullptr;
  return question == nullptr ? std::string() : question->text(kQuestionTitle);
}

struct DecodedMark {
  SpaceId club;
  Seq to;
};

Result<DecodedMark> decode_read_mark(BytesView bytes) {
  Reader in(bytes);
  DecodedMark mark;
  MUISTIO_TRY(mark.club, in.fixed<SpaceId>());
  MUISTIO_TRY(const auto to, in.varint());
  mark.to = Seq(to);
  MUISTIO_CHECK(in.finish());
  return mark;
}

/// Notes that were made with a meeting, empty, for its minutes: nobody's contribution by themselves.
bool is_meetings_minutes(const Gathered& club, const NoteItem& note) {
  const auto links = club.links.find(note.id);
  return note.kind == NoteKind::minutes && links != club.links.end() && !links->second.meetings.empty();
}

}  // namespace

const char* news_kind_name(NewsKind kind) noexcept {
  constexpr const char* kNames[] = {"note", "minutes", "agenda",   "meeting",  "season", "pact",
                                    "poll", "action",  "material", "question", "answer"};
  return kNames[static_cast<std::size_t>(kind)];
}

CatchUp catch_up(const Gathered& club, const Arrivals& arrivals, Seq since, const MemberId& own) {
  CatchUp found;
  const auto add = [&](std::vector<News>& list, NewsKind kind, const DocumentId& id, std::string title, WallMs at) {
    const auto arrived = arrivals.find(id);
    if (arrived == arrivals.end() || arrived->second.seq <= since || arrived->second.by == own) return;
    list.push_back({kind, id, std::move(title), arrived->second.by, at, arrived->second.seq});
  };
  for (const auto& note : club.notes)
    if (note.bytes != 0 || note.kind == NoteKind::note)
      add(found.said, note.kind == NoteKind::minutes ? NewsKind::minutes : NewsKind::note, note.id, note.title, note.changed);
  for (const auto& material : club.material) add(found.shared, NewsKind::material, material.id, material.name, material.created);
  for (const auto& record : club.records)
    if (const auto shown = shown_as(record.type)) {
      if (record.type == kAgendaItem && record.text(kItemTitle).empty()) continue;  // opening and closing, as they are made
      add(found.*(shown->list), shown->kind, record.id, title_of(club, record, *shown), record.changed);
    }
  for (auto* list : {&found.said, &found.decided, &found.shared, &found.asked})
    std::sort(list->begin(), list->end(),
              [](const News& a, const News& b) { return std::tie(a.seq, a.id) < std::tie(b.seq, b.id); });
  return found;
}

bool judge_read_mark(const Op& op, const Author& author, const Document*) {
  if (!names_device(op.document, author.device)) return false;
  if (op.field == kReceivedFiles) return is_bytes_in_set(op, DocumentId::size_bytes);
  return op.field != kReadTo || (op.kind == OpKind::set_register && decode_read_mark(op.payload).has_value());
}

Status mark_read(replica::ChangeBuilder& builder, const SpaceId& club, Seq to) {
  const auto id = statement_id(kReadMark, club.view(), builder.author().device);
  MUISTIO_CHECK(builder.create(id, kReadMark));
  return builder.set_register(id, kReadTo, Writer().raw(club.view()).varint(to.value()).bytes());
}

Seq read_to(const Records& personal, const SpaceId& club) {
  Seq furthest;
  for (const auto* record : of_type(personal, kReadMark)) {
    const auto* held = record->find(kReadTo);
    if (held == nullptr) continue;
    const auto mark = decode_read_mark(held->value);
    if (mark && mark->club == club) furthest = std::max(furthest, mark->to);
  }
  return furthest;
}

Status say_received(replica::ChangeBuilder& builder, const DocumentId& material) {
  const auto id = statement_id(kReceipt, as_bytes("files"), builder.author().device);
  MUISTIO_CHECK(builder.create(id, kReceipt));
  MUISTIO_TRY(const auto* document, builder.document(id));
  if (!document->set_tags(kReceivedFiles, material.view()).empty()) return ok();
  return builder.add_to_set(id, kReceivedFiles, material.view());
}

std::vector<DeviceId> devices_with(const Records& records, const DocumentId& material, const DeviceId& shared_by) {
  std::set<DeviceId> found{shared_by};
  const auto wanted = to_bytes(material.view());
  for (const auto* record : of_type(records, kReceipt)) {
    const auto files = record->sets.find(kReceivedFiles);
    if (files != record->sets.end() && std::binary_search(files->second.begin(), files->second.end(), wanted))
      found.insert(record->made.device);
  }
  return {found.begin(), found.end()};
}

std::vector<Contribution> contributions(const Gathered& club, const std::vector<MemberId>& members) {
  std::vector<Contribution> found;
  for (const auto& member : members) found.push_back({member, {}, {}, {}, {}, {}, {}, {}, {}});
  const auto of = [&](const std::optional<MemberId>& member) -> Contribution* {
    const auto at = std::find_if(found.begin(), found.end(), [&](const Contribution& each) { return each.member == member; });
    return at == found.end() ? nullptr : &*at;
  };
  for (const auto& note : club.notes)
    if (auto* theirs = of(note.author); theirs != nullptr && !is_meetings_minutes(club, note)) theirs->notes.push_back(note.id);
  for (const auto& material : club.material)
    if (auto* theirs = of(material.author)) theirs->material.push_back(material.id);
  for (const auto* item : of_type(club.records, kAgendaItem))
    if (auto* theirs = of(item->id_in<MemberId>(kItemOwner))) theirs->themes.push_back(item->id);
  for (const auto* answer : of_type(club.records, kAnswer))
    if (auto* theirs = of(answer->maker)) theirs->answers.push_back(answer->id);
  for (const auto& action : list_actions(club.records))
    if (auto* theirs = of(action.owner); theirs != nullptr && action.done) theirs->actions.push_back(action.id);
  for (const auto& meeting : list_meetings(club.records)) {
    const auto presences = attendance_of(club.records, meeting.id);
    if (meeting.cancelled || presences.empty()) continue;  // it has not taken place, or nobody knows
    if (auto* theirs = of(meeting.organiser)) theirs->organised.push_back(meeting.id);
    for (auto& each : found) {
      const auto was =
          std::find_if(presences.begin(), presences.end(), [&](const Presence& mark) { return mark.member == each.member; });
      if (was == presences.end()) continue;
      (was->attended == Attended::absent ? each.missed : each.attended).push_back(meeting.id);
    }
  }
  return found;
}

}  // namespace muistio::club
