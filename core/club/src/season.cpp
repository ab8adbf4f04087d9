#include "muistio/club/season.hpp"

#include "judging.hpp"
#include "muistio/base/reader.hpp"

namespace muistio::club {

bool judge_season(const Op& op, const Author& author, const Document*) {
  if (!is_host(author)) return false;
  if (op.kind == OpKind::create) return names_device(op.document, author.device);
  if (op.field == kSeasonName) return is_line_set(op);
  if (op.field == kSeasonRhythm) return is_number_set(op, 1, kRhythmDaysMax);
  if (op.field == kSeasonMeetings) return is_number_set(op, 1, kSeasonMeetingsMax);
  return true;
}

Result<DocumentId> plan_season(replica::ChangeBuilder& builder, Random& random, const NewSeason& season) {
  MUISTIO_CHECK(check_line(as_bytes(season.name)));
  if (season.name.empty()) return fail(ErrorCode::invalid_argument, "the season's name is empty");
  if (season.rhythm_days == 0 || season.rhythm_days > kRhythmDaysMax)
    return fail(ErrorCode::invalid_argument, "meetings are 1 to 366 days apart");
  if (season.meetings == 0 || season.meetings > kSeasonMeetingsMax)
    return fail(ErrorCode::invalid_argument, "a season has 1 to 60 meetings");
  const auto id = make_document_id(random, builder.author().device);
  MUISTIO_CHECK(builder.create(id, kSeason));
  MUISTIO_CHECK(builder.set_register(id, kSeasonName, as_bytes(season.name)));
  MUISTIO_CHECK(builder.set_register(id, kSeasonRhythm, Writer().varint(season.rhythm_days).bytes()));
  MUISTIO_CHECK(builder.set_register(id, kSeasonMeetings, Writer().varint(season.meetings).bytes()));
  std::optional<DocumentId> last;
  for (std::uint32_t i = 0; i < season.meetings; ++i) {
    NewMeeting meeting;
    meeting.title = season.name + " " + std::to_string(i + 1);
    meeting.when = season.first;
    meeting.when.start = plus_days(season.first.start, std::int64_t{i} * season.rhythm_days);
    meeting.link = season.link;
    meeting.season = id;
    meeting.follows = last;
    if (!season.turns.empty()) {
      const auto& turn = season.turns[i % season.turns.size()];
      meeting.organiser = turn.organiser;
      meeting.place = turn.place;
    }
    MUISTIO_TRY(const auto made, create_meeting(builder, random, meeting));
    last = made;
  }
  return id;
}

std::vector<SeasonItem> list_seasons(const Records& records) {
  std::vector<SeasonItem> items;
  for (const auto* record : of_type(records, kSeason))
    items.push_back({record->id, record->text(kSeasonName), static_cast<std::uint32_t>(record->number(kSeasonRhythm)),
                     static_cast<std::uint32_t>(record->number(kSeasonMeetings)), record->maker, record->created});
  return items;
}

Status swap_turns(replica::ChangeBuilder& builder, const MeetingItem& one, const MeetingItem& other) {
  const auto take = [&](const MeetingItem& meeting, const MeetingItem& from) -> Status {
    MeetingEdit edit;
    edit.organiser = from.organiser;
    edit.place = from.place;
    return edit_meeting(builder, meeting.id, edit);
  };
  if (!one.organiser || !other.organiser) return fail(ErrorCode::invalid_state, "a meeting without an organiser has no turn");
  MUISTIO_CHECK(take(one, other));
  return take(other, one);
}

}  // namespace muistio::club
