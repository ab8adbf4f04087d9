// A club's meetings by name: what they show as JSON, and what is done with them.
#include <map>

#include "arguments.hpp"
#include "muistio/home/meetings.hpp"

namespace muistio::web {
namespace {

using home::Home;
using home::Meetings;

Json to_json(const home::Person& person);
Json to_json(const home::Meeting& meeting);
Json to_json(const home::AgendaItem& item);
Json to_json(const home::Reply& reply);
Json to_json(const home::Presence& presence);
Json to_json(const home::MeetingDetails& details);
Json to_json(const home::News& news);

template <class T>
Json list_of(const std::vector<T>& list) {
  auto made = Json::array();
  for (const auto& each : list) made.push_back(to_json(each));
  return made;
}
Json to_json(const home::Person& person) { return {{"id", person.id.hex()}, {"name", person.name}}; }
Json to_json(const home::Meeting& meeting) {
  return {{"id", meeting.id.hex()},
          {"club", meeting.club.hex()},
          {"title", meeting.title},
          {"starts", meeting.starts},
          {"zone", meeting.zone},
          {"minutes", meeting.minutes},
          {"at", meeting.at.value()},
          {"ends", meeting.ends.value()},
          {"place", meeting.place},
          {"link", meeting.link},
          {"organiser", meeting.organiser ? to_json(*meeting.organiser) : Json(nullptr)},
          {"guests", Json(meeting.guests)},
          {"places", meeting.places},
          {"cancelled", meeting.cancelled},
          {"ownAnswer", meeting.own_answer},
          {"coming", meeting.coming},
          {"waiting", meeting.waiting}};
}
Json to_json(const home::AgendaItem& item) {
  return {{"id", item.id.hex()}, {"kind", item.kind}, {"title", item.title}, {"minutes", item.minutes},
          {"owner", item.owner ? to_json(*item.owner) : Json(nullptr)}};
}
Json to_json(const home::Reply& reply) { return {{"member", to_json(reply.member)}, {"answer", reply.answer}, {"companions", Json(reply.companions)}}; }
Json to_json(const home::Presence& presence) { return {{"member", to_json(presence.member)}, {"attended", presence.attended}}; }
Json to_json(const home::MeetingDetails& details) {
  return {{"meeting", to_json(details.meeting)},
          {"agenda", list_of(details.agenda)},
          {"minutesLeft", details.minutes_left},
          {"replies", list_of(details.replies)},
          {"silent", list_of(details.silent)},
          {"attendance", list_of(details.attendance)}};
}
Json to_json(const home::News& news) {
  return {{"kind", news.kind}, {"id", news.id.hex()}, {"title", news.title}, {"by", to_json(news.by)}, {"at", news.at.value()}};
}

template <class T>
Result<Json> shown(const Result<T>& result) {
  if (!result) return fail(result.error());
  return to_json(*result);
}

Result<Json> meetings(Home& home, const Json& request) {
  MUISTIO_TRY(const auto club, id<SpaceId>(request, "club"));
  MUISTIO_TRY(const auto all, Meetings(home).meetings(club));
  return list_of(all);
}
Result<Json> meeting(Home& home, const Json& request) {
  MUISTIO_TRY(const auto meeting, id<DocumentId>(request, "meeting"));
  return shown(Meetings(home).meeting(meeting));
}
Result<Json> add_meeting(Home& home, const Json& request) {
  MUISTIO_TRY(const auto club, id<SpaceId>(request, "club"));
  home::NewMeeting wanted;
  MUISTIO_TRY(wanted.title, text(request, "title"));
  MUISTIO_TRY(wanted.starts, text(request, "starts"));
  MUISTIO_TRY(wanted.zone, text(request, "zone"));
  if (const auto minutes = number(request, "minutes")) wanted.minutes = static_cast<std::uint32_t>(*minutes);
  wanted.place = text_or(request, "place");
  wanted.link = text_or(request, "link");
  return answer(Meetings(home).add_meeting(club, wanted));
}
Result<Json> edit_meeting(Home& home, const Json& request) {
  MUISTIO_TRY(const auto meeting, id<DocumentId>(request, "meeting"));
  home::MeetingEdit edit;
  edit.title = text_if(request, "title");
  edit.starts = text_if(request, "starts");
  edit.zone = text_if(request, "zone");
  edit.place = text_if(request, "place");
  edit.link = text_if(request, "link");
  edit.cancelled = flag_if(request, "cancelled");
  if (const auto minutes = number(request, "minutes")) edit.minutes = static_cast<std::uint32_t>(*minutes);
  return answer(Meetings(home).edit_meeting(meeting, edit));
}
Result<Json> next_meeting(Home& home, const Json& request) {
  MUISTIO_TRY(const auto meeting, id<DocumentId>(request, "meeting"));
  MUISTIO_TRY(const auto organiser, id_if<MemberId>(request, "organiser"));
  return answer(Meetings(home).next_meeting(meeting, text_or(request, "starts"), organiser));
}
Result<Json> hand_baton(Home& home, const Json& request) {
  MUISTIO_TRY(const auto meeting, id<DocumentId>(request, "meeting"));
  MUISTIO_TRY(const auto to, id<MemberId>(request, "to"));
  return answer(Meetings(home).hand_baton(meeting, to));
}
Result<Json> answer_meeting(Home& home, const Json& request) {
  MUISTIO_TRY(const auto meeting, id<DocumentId>(request, "meeting"));
  MUISTIO_TRY(const auto word, text(request, "answer"));
  return answer(Meetings(home).answer(meeting, word, {}));
}
Result<Json> mark_attendance(Home& home, const Json& request) {
  MUISTIO_TRY(const auto meeting, id<DocumentId>(request, "meeting"));
  MUISTIO_TRY(const auto member, id<MemberId>(request, "member"));
  MUISTIO_TRY(const auto attended, text(request, "attended"));
  return answer(Meetings(home).mark_attendance(meeting, member, attended));
}
Result<Json> add_agenda_item(Home& home, const Json& request) {
  MUISTIO_TRY(const auto meeting, id<DocumentId>(request, "meeting"));
  home::NewAgendaItem item;
  if (const auto kind = text_if(request, "kind")) item.kind = *kind;
  MUISTIO_TRY(item.title, text(request, "title"));
  item.minutes = number(request, "minutes").value_or(0);
  return answer(Meetings(home).add_agenda_item(meeting, item));
}
Result<Json> minutes(Home& home, const Json& request) {
  MUISTIO_TRY(const auto meeting, id<DocumentId>(request, "meeting"));
  return answer(Meetings(home).minutes(meeting));
}
Result<Json> calendar(Home& home, const Json& request) {
  MUISTIO_TRY(const auto club, id<SpaceId>(request, "club"));
  MUISTIO_TRY(const auto meeting, id_if<DocumentId>(request, "meeting"));
  return answer(Meetings(home).calendar(club, meeting));
}
Result<Json> catch_up(Home& home, const Json& request) {
  MUISTIO_TRY(const auto club, id<SpaceId>(request, "club"));
  MUISTIO_TRY(const auto missed, Meetings(home).catch_up(club));
  return Json{{"said", list_of(missed.said)}, {"decided", list_of(missed.decided)}, {"shared", list_of(missed.shared)}, {"asked", list_of(missed.asked)}};
}
Result<Json> mark_read(Home& home, const Json& request) {
  MUISTIO_TRY(const auto club, id<SpaceId>(request, "club"));
  return answer(Meetings(home).mark_read(club));
}
Result<Json> reach(Home& home, const Json& request) {
  MUISTIO_TRY(const auto material, id<DocumentId>(request, "material"));
  MUISTIO_TRY(const auto reach, Meetings(home).reach(material));
  return Json{{"have", reach.have}, {"devices", reach.devices}, {"sent", reach.sent}};
}

}  // namespace

Call meeting_call(const std::string& name) {
  static const std::map<std::string, Call, std::less<>> calls{
      {"meetings", meetings},         {"meeting", meeting},
      {"addMeeting", add_meeting},    {"editMeeting", edit_meeting},
      {"nextMeeting", next_meeting},  {"handBaton", hand_baton},
      {"answerMeeting", answer_meeting}, {"markAttendance", mark_attendance},
      {"addAgendaItem", add_agenda_item}, {"minutes", minutes},
      {"calendar", calendar},         {"catchUp", catch_up},
      {"markRead", mark_read},        {"reach", reach},
  };
  const auto found = calls.find(name);
  return found == calls.end() ? nullptr : found->second;
}

}  // namespace muistio::web
