#include "output_season.hpp"

#include "json_rows.hpp"

namespace muistio::cli {
namespace {

using Json = RowJson;
using home::Person;

template <class T, class Show>
void print_items(const std::vector<T>& list, Show show) {
  print_json({{"items", json_of_all(list, show)}});
}

Json pact_json(const home::Pact& pact) {
  return {{"id", pact.id.hex()},
          {"title", pact.is_current ? "current" : "replaced"},
          {"author", pact.maker.name},
          {"at", format_time(pact.at)},
          {"bytes", pact.text.size()},
          {"text", pact.text},
          {"hash", pact.hash},
          {"current", pact.is_current},
          {"own_signed", pact.own_signed},
          {"signers", json_of_all(pact.signers,
                                  [](const home::Pact::Signer& each) {
                                    auto json = person_json(each.member);
                                    json["at"] = format_time(each.at);
                                    return json;
                                  })},
          {"missing", people_json(pact.missing)}};
}

Json meeting_json(const home::Meeting& meeting) {
  return {{"id", meeting.id.hex()},
          {"title", meeting.title},
          {"author", meeting.maker.name},
          {"at", format_time(meeting.at)},
          {"starts", meeting.starts},
          {"zone", meeting.zone},
          {"minutes", meeting.minutes},
          {"ends", format_time(meeting.ends)},
          {"place", meeting.place},
          {"link", meeting.link},
          {"organiser", person_json(meeting.organiser)},
          {"facilitators", people_json(meeting.facilitators)},
          {"guests", meeting.guests},
          {"places", meeting.places},
          {"coming", meeting.coming},
          {"waiting", meeting.waiting},
          {"answer", meeting.own_answer},
          {"cancelled", meeting.cancelled},
          {"season", optional_id_json(meeting.season)},
          {"follows", optional_id_json(meeting.follows)},
          {"changed_by", person_json(meeting.changed_by)},
          {"sequence", meeting.sequence}};
}

Json action_json(const home::ActionPoint& action) {
  return {{"id", action.id.hex()},
          {"title", action.text},
          {"author", action.maker.name},
          {"at", format_time(action.at)},
          {"owner", person_json(action.owner)},
          {"due", action.due},
          {"done", action.done},
          {"meeting", optional_id_json(action.meeting)}};
}

Json ballot_json(const home::Poll::Ballot& ballot) {
  auto json = person_json(ballot.member);
  json["marks"] = ballot.marks;
  json["at"] = format_time(ballot.at);
  return json;
}

Json place_json(const std::optional<std::size_t>& option) { return option ? Json(*option + 1) : Json(nullptr); }

Json poll_json(const home::Poll& poll) {
  return {{"id", poll.id.hex()},
          {"title", poll.title},
          {"author", poll.maker.name},
          {"at", format_time(poll.at)},
          {"meeting", optional_id_json(poll.meeting)},
          {"options", json_of_all(poll.options,
                                  [](const home::Poll::Option& each) {
                                    return Json{{"starts", each.starts}, {"zone", each.zone},   {"minutes", each.minutes},
                                                {"yes", each.yes},       {"maybe", each.maybe}, {"no", each.no}};
                                  })},
          {"answers", json_of_all(poll.ballots, ballot_json)},
          {"late", json_of_all(poll.late, ballot_json)},
          {"silent", people_json(poll.silent)},
          {"best", place_json(poll.best)},
          {"most_cannot", poll.most_cannot},
          {"closed", poll.closed},
          {"chosen", place_json(poll.chosen)},
          {"closed_by", person_json(poll.closed_by)}};
}

Json seat_json(const home::Seat& seat) {
  auto json = person_json(seat.member);
  json["companion"] = seat.companion;
  return json;
}

Json agenda_json(const home::AgendaItem& item) {
  return {{"id", item.id.hex()},
          {"kind", item.kind},
          {"title", item.title},
          {"minutes", item.minutes},
          {"owner", person_json(item.owner)},
          {"question", item.question},
          {"advice", item.advice},
          {"outcome", item.outcome},
          {"prompts", item.prompts},
          {"summary", item.summary}};
}

Json note_json(const home::LinkedNote& note) {
  return {{"id", note.id.hex()},
          {"title", note.title},
          {"author", note.author.name},
          {"kind", note.is_minutes ? "minutes" : "note"},
          {"item", optional_id_json(note.item)},
          {"members", people_json(note.members)},
          {"tags", note.tags}};
}

Json details_json(const home::MeetingDetails& details) {
  auto json = meeting_json(details.meeting);
  json["agenda"] = json_of_all(details.agenda, agenda_json);
  json["minutes_left"] = details.minutes_left;
  json["answers"] = json_of_all(details.replies, [](const home::Reply& each) {
    auto reply = person_json(each.member);
    reply["answer"] = each.answer;
    reply["companions"] = each.companions;
    reply["at"] = format_time(each.at);
    return reply;
  });
  json["seated"] = json_of_all(details.seated, seat_json);
  json["waiting_list"] = json_of_all(details.waiting, seat_json);
  json["silent"] = people_json(details.silent);
  json["attendance"] = json_of_all(details.attendance, [](const home::Presence& each) {
    auto presence = person_json(each.member);
    presence["was"] = each.attended;
    presence["marked_by"] = person_json(each.marked_by);
    presence["at"] = format_time(each.at);
    return presence;
  });
  json["actions"] = json_of_all(details.actions, action_json);
  json["notes"] = json_of_all(details.notes, note_json);
  return json;
}

std::string name_of(const std::optional<Person>& who) { return who ? who->name : std::string(); }

}  // namespace

void print_pacts(const Output& out, const std::vector<home::Pact>& pacts) {
  if (out.json()) return print_items(pacts, pact_json);
  for (const auto& pact : pacts) {
    print_row({pact.id.hex(), pact.is_current ? "current" : "replaced", pact.maker.name, format_time(pact.at),
               std::to_string(pact.signers.size()) + " signed", std::to_string(pact.missing.size()) + " not"});
    for (const auto& signer : pact.signers) print_row({"", signer.member.name, format_time(signer.at)});
  }
}

void print_pact(const Output& out, const home::Pact& pact) {
  if (out.json()) return print_json(pact_json(pact));
  std::cout << pact.text;
}

void print_seasons(const Output& out, const std::vector<home::Season>& seasons) {
  if (out.json())
    return print_items(seasons, [](const home::Season& each) {
      return Json{{"id", each.id.hex()},        {"title", each.name},       {"author", each.maker.name},
                  {"at", format_time(each.at)}, {"days", each.rhythm_days}, {"meetings", each.meetings}};
    });
  for (const auto& each : seasons)
    print_row({each.id.hex(), each.name, each.maker.name, format_time(each.at), std::to_string(each.meetings) + " meetings",
               "every " + std::to_string(each.rhythm_days) + " days"});
}

void print_polls(const Output& out, const std::vector<home::Poll>& polls) {
  if (out.json()) return print_items(polls, poll_json);
  for (const auto& poll : polls)
    print_row({poll.id.hex(), poll.title, poll.maker.name, poll.closed ? "closed" : "open",
               std::to_string(poll.ballots.size()) + " answers", poll.most_cannot ? "most cannot" : ""});
}

void print_poll(const Output& out, const home::Poll& poll) {
  if (out.json()) return print_json(poll_json(poll));
  print_row({poll.id.hex(), poll.title, poll.maker.name, poll.closed ? "closed" : "open"});
  for (std::size_t i = 0; i < poll.options.size(); ++i) {
    const auto& option = poll.options[i];
    print_row({std::to_string(i + 1), option.starts, option.zone, std::to_string(option.yes) + " yes",
               std::to_string(option.maybe) + " maybe", std::to_string(option.no) + " no",
               poll.chosen == i ? "chosen"
               : poll.best == i ? "best"
                                : ""});
  }
  if (poll.most_cannot) print_row({"most of those who answered cannot come: a new poll is due"});
  if (!poll.late.empty()) print_row({std::to_string(poll.late.size()) + " answers came after the closing and are not counted"});
}

void print_meetings(const Output& out, const std::vector<home::Meeting>& meetings) {
  if (out.json()) return print_items(meetings, meeting_json);
  for (const auto& each : meetings)
    print_row({each.id.hex(), each.title, each.starts, each.zone, each.place.empty() ? each.link : each.place,
               name_of(each.organiser), each.cancelled ? "cancelled" : each.own_answer});
}

void print_meeting(const Output& out, const home::MeetingDetails& details) {
  if (out.json()) return print_json(details_json(details));
  print_meetings(out, {details.meeting});
  for (const auto& item : details.agenda)
    print_row({item.id.hex(), item.kind, item.title, std::to_string(item.minutes) + " min", name_of(item.owner)});
  print_row({std::to_string(details.minutes_left) + " min for free talk"});
  for (const auto& each : details.replies) print_row({each.answer, each.member.name});
  for (const auto& seat : details.waiting) print_row({"waiting", seat.companion.empty() ? seat.member.name : seat.companion});
  for (const auto& each : details.attendance) print_row({each.attended, each.member.name});
  for (const auto& guest : details.meeting.guests) print_row({"guest", guest});
  for (const auto& note : details.notes)
    print_row({note.id.hex(), note.is_minutes ? "minutes" : "note", note.title, note.author.name});
}

void print_actions(const Output& out, const std::vector<home::ActionPoint>& actions) {
  if (out.json()) return print_items(actions, action_json);
  for (const auto& each : actions)
    print_row({each.id.hex(), each.done ? "done" : "open", each.text, name_of(each.owner), each.due});
}

void print_reminders(const Output& out, const std::vector<home::Reminder>& reminders) {
  if (out.json())
    return print_items(reminders, [](const home::Reminder& each) {
      return Json{{"id", each.about.hex()}, {"title", each.title},          {"author", ""},           {"at", format_time(each.at)},
                  {"kind", each.kind},      {"due", format_time(each.due)}, {"club", each.club.hex()}};
    });
  for (const auto& each : reminders) print_row({format_time(each.at), each.kind, each.title, format_time(each.due)});
}

void print_lead(const Output& out, const home::ReminderLead& lead) {
  if (out.json()) return print_json({{"days", lead.days}, {"minutes", lead.minutes}});
  print_row({std::to_string(lead.days) + " days", std::to_string(lead.minutes) + " minutes"});
}

void print_catch_up(const Output& out, const home::CatchUp& news) {
  const auto show = [](const home::News& each) {
    return Json{
        {"id", each.id.hex()}, {"title", each.title}, {"author", each.by.name}, {"at", format_time(each.at)}, {"kind", each.kind}};
  };
  if (out.json())
    return print_json({{"since", news.since.value()},
                       {"said", json_of_all(news.said, show)},
                       {"decided", json_of_all(news.decided, show)},
                       {"shared", json_of_all(news.shared, show)},
                       {"asked", json_of_all(news.asked, show)}});
  for (const auto* list : {&news.said, &news.decided, &news.shared, &news.asked})
    for (const auto& each : *list) print_row({each.kind, each.title, each.by.name, format_time(each.at), each.id.hex()});
}

void print_reach(const Output& out, const home::Reach& reach) {
  if (out.json()) return print_json({{"sent", reach.sent}, {"have", reach.have}, {"devices", reach.devices}});
  print_row({std::string(reach.sent ? "sent" : "not sent yet") + "; " + std::to_string(reach.have) + " of " +
             std::to_string(reach.devices) + " phones have it"});
}

void print_contributions(const Output& out, const std::vector<home::Contribution>& contributions) {
  if (out.json())
    return print_items(contributions, [](const home::Contribution& each) {
      auto json = Json{{"id", id_of(each.member.id)}, {"title", each.member.name}, {"author", each.member.name}, {"at", ""}};
      for (const auto& figure : each.figures)
        json[figure.kind] = json_of_all(figure.of, [](const DocumentId& id) { return Json(id.hex()); });
      return json;
    });
  for (const auto& each : contributions) {
    std::string figures;
    for (const auto& figure : each.figures)
      figures += (figures.empty() ? "" : ", ") + figure.kind + " " + std::to_string(figure.of.size());
    print_row({each.member.name, figures});
  }
}

void print_page(const Output& out, const std::string& page) {
  if (out.json()) return print_json({{"text", page}});
  std::cout << page;
}

void print_turns(const Output& out, const std::vector<home::Turn>& turns) {
  if (out.json())
    return print_items(turns, [](const home::Turn& each) {
      return Json{{"id", id_of(each.member.id)},
                  {"title", each.member.name},
                  {"author", each.member.name},
                  {"at", ""},
                  {"turns", each.turns}};
    });
  for (const auto& each : turns) print_row({std::to_string(each.turns), each.member.name});
}

void print_questions(const Output& out, const std::vector<home::Question>& questions) {
  if (out.json())
    return print_items(questions, [](const home::Question& each) {
      return Json{
          {"id", each.id.hex()},
          {"title", each.title},
          {"author", each.maker.name},
          {"at", format_time(each.at)},
          {"text", each.text},
          {"answers", json_of_all(each.answers, [](const home::Question::Answer& answer) {
             return Json{
                 {"id", answer.id.hex()}, {"author", answer.maker.name}, {"at", format_time(answer.at)}, {"text", answer.text}};
           })}};
    });
  for (const auto& each : questions) {
    print_row({each.id.hex(), each.title, each.maker.name, format_time(each.at)});
    if (!each.text.empty()) print_row({"", each.text});
    for (const auto& answer : each.answers) print_row({"", answer.maker.name, answer.text});
  }
}

}  // namespace muistio::cli
