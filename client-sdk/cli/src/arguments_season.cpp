#include "verb_words.hpp"

namespace muistio::cli {
namespace {

void add_when(CLI::App& verb, SeasonArguments& s, bool required) {
  auto* at = verb.add_option("--at", s.at, "On the clock of the place: 2026-12-01T18:00")->type_name("TIME");
  auto* zone = verb.add_option("--zone", s.zone, "The time zone of the place: Europe/Helsinki");
  verb.add_option("--minutes", s.minutes, "How long (2 hours)")->check(CLI::Range(1u, 20160u));
  if (!required) return;
  at->required();
  zone->required();
}

void add_pact_verbs(CLI::App& app, Arguments& a) {
  auto* pact = add_group(app, "pact", "The pact: what the club has agreed on, and who signed it");
  auto* set = add_verb(*pact, a, "set", "pact set", "Give the club a new version of its pact (hosts); prints its id");
  set->add_option("CLUB", a.club)->required();
  set->add_option("--file", a.file, "The text; - is standard input")->required()->type_name("F|-");
  add_verb(*pact, a, "show", "pact show", "The pact as it counts now")->add_option("CLUB", a.club)->required();
  add_verb(*pact, a, "list", "pact list", "All versions, and who signed which")->add_option("CLUB", a.club)->required();
  add_verb(*pact, a, "sign", "pact sign", "Sign the pact as it counts now")->add_option("CLUB", a.club)->required();
}

void add_plan_verbs(CLI::App& app, Arguments& a) {
  auto& s = a.season_of;
  auto* season = add_group(app, "season", "Seasons: the plan of a club's meetings");
  auto* plan = add_verb(*season, a, "plan", "season plan", "Plan a season and make its meetings (hosts); prints its id");
  plan->add_option("CLUB", a.club)->required();
  plan->add_option("--name", a.name, "What its meetings are called, with their number")->required();
  add_when(*plan, s, true);
  plan->add_option("--days", s.days, "From one meeting to the next (42)")->check(CLI::Range(1u, 366u));
  plan->add_option("--count", s.count, "How many meetings (6)")->check(CLI::Range(1u, 60u));
  plan->add_option("--link", s.link, "Where they are held, if online");
  plan->add_option("--turn", s.turns, "Who organises, in turn: MEMBER or MEMBER=PLACE")->type_name("MEMBER[=PLACE]");
  add_verb(*season, a, "list", "season list", "The seasons of a club")->add_option("CLUB", a.club)->required();
  auto* swap = add_verb(*season, a, "swap", "season swap", "Two meetings change organisers and places");
  swap->add_option("MEETING", s.meeting)->required();
  swap->add_option("OTHER", s.other)->required();

  auto* poll = add_group(app, "poll", "Date polls");
  auto* add = add_verb(*poll, a, "add", "poll add", "Ask which time suits; prints its id");
  add->add_option("CLUB", a.club)->required();
  add->add_option("--title", s.title)->required();
  add->add_option("--time", s.times, "A time that may suit; more than once")->required()->type_name("TIME");
  add->add_option("--zone", s.zone, "The time zone of the place: Europe/Helsinki")->required();
  add->add_option("--minutes", s.minutes, "How long (2 hours)")->check(CLI::Range(1u, 20160u));
  add->add_option("--meeting", s.meeting, "The meeting whose time the closing sets");
  add_verb(*poll, a, "list", "poll list", "The polls of a club")->add_option("CLUB", a.club)->required();
  add_verb(*poll, a, "show", "poll show", "A poll with its answers")->add_option("ID", a.id)->required();
  auto* answer = add_verb(*poll, a, "answer", "poll answer", "Say which times suit: yes, maybe, no or - for each, in their order");
  answer->add_option("ID", a.id)->required();
  answer->add_option("MARK", s.marks)->required();
  auto* close = add_verb(*poll, a, "close", "poll close", "Close a poll with the best time, the one given, or none");
  close->add_option("ID", a.id)->required();
  auto* option = close->add_option("--option", s.option, "Which time, from 1")->check(CLI::Range(1u, 32u));
  close->add_flag("--none", s.none, "With no time")->excludes(option);
}

void add_meeting_verbs(CLI::App& app, Arguments& a) {
  auto& s = a.season_of;
  auto* meeting = add_group(app, "meeting", "Meetings");
  auto* add = add_verb(*meeting, a, "add", "meeting add", "Plan a meeting; prints its id");
  add->add_option("CLUB", a.club)->required();
  add->add_option("--title", s.title)->required();
  auto* edit = add_verb(*meeting, a, "edit", "meeting edit", "Change a meeting; what is not named stays");
  edit->add_option("ID", a.id)->required();
  edit->add_option("--title", s.title);
  for (auto* verb : {add, edit}) {
    add_when(*verb, s, verb == add);
    verb->add_option("--place", s.place);
    verb->add_option("--link", s.link, "Where it is held, if online");
    verb->add_option("--organiser", s.organiser, "Who prepares it")->type_name("MEMBER");
    verb->add_option("--places", s.places, "How many may come; 0 is no limit")->check(CLI::Range(0u, 10000u));
  }
  add_verb(*meeting, a, "list", "meeting list", "The meetings of a club")->add_option("CLUB", a.club)->required();
  add_verb(*meeting, a, "show", "meeting show", "A meeting with its agenda, answers and attendance")
      ->add_option("ID", a.id)
      ->required();
  auto* cancel = add_verb(*meeting, a, "cancel", "meeting cancel", "Call a meeting off");
  cancel->add_option("ID", a.id)->required();
  cancel->add_flag("--undo", s.undo, "It takes place after all");
  auto* answer = add_verb(*meeting, a, "answer", "meeting answer", "Say whether you come");
  answer->add_option("ID", a.id)->required();
  answer->add_option("ANSWER", s.word)->required()->check(CLI::IsMember({"yes", "no", "late", "remote"}));
  answer->add_option("--with", s.names, "Somebody else whom you sign up, by name; more than once")->type_name("NAME");
  auto* attend = add_verb(*meeting, a, "attend", "meeting attend", "Mark whether a member was there");
  attend->add_option("ID", a.id)->required();
  attend->add_option("MEMBER", a.member)->required();
  attend->add_option("WAS", s.word)->required()->check(CLI::IsMember({"present", "absent", "late", "remote"}));
  auto* next =
      add_verb(*meeting, a, "next", "meeting next", "The next meeting, made from this one; passes the baton; prints its id");
  next->add_option("ID", a.id)->required();
  next->add_option("--at", s.at, "On the clock of the place; else the season's rhythm later")->type_name("TIME");
  next->add_option("--organiser", s.organiser, "Who gets the baton; else whose turn it is")->type_name("MEMBER");
  auto* baton = add_verb(*meeting, a, "baton", "meeting baton", "Hand the baton of a meeting on");
  baton->add_option("ID", a.id)->required();
  baton->add_option("MEMBER", a.member)->required();
  auto* guest = add_verb(*meeting, a, "guest", "meeting guest", "A guest by name, who needs no software");
  guest->add_option("ID", a.id)->required();
  guest->add_option("NAME", a.name)->required();
  guest->add_flag("--remove", s.remove);
  auto* facilitator = add_verb(*meeting, a, "facilitator", "meeting facilitator", "Who keeps the talk going");
  facilitator->add_option("ID", a.id)->required();
  facilitator->add_option("MEMBER", a.member)->required();
  facilitator->add_flag("--remove", s.remove);
  add_verb(*meeting, a, "minutes", "meeting minutes", "The id of the note that is the meeting's minutes")
      ->add_option("ID", a.id)
      ->required();

  auto* agenda = add_group(app, "agenda", "What a meeting talks about");
  auto* item = add_verb(*agenda, a, "add", "agenda add", "Add an item; prints its id");
  item->add_option("MEETING", s.meeting)->required();
  item->add_option("--kind", s.kind)->check(CLI::IsMember({"item", "news", "case", "round"}));
  auto* change = add_verb(*agenda, a, "edit", "agenda edit", "Change an item; what is not named stays");
  change->add_option("ITEM", s.item)->required();
  for (auto* verb : {item, change}) {
    verb->add_option("--title", s.title);
    verb->add_option("--minutes", s.minutes)->check(CLI::Range(0u, 1440u));
    verb->add_option("--owner", s.owner, "Whose item it is")->type_name("MEMBER");
    verb->add_option("--question", s.question, "Of a case: a file with the text; - is standard input")->type_name("F|-");
    verb->add_option("--advice", s.advice, "Of a case")->type_name("F|-");
    verb->add_option("--outcome", s.outcome, "What came of it")->type_name("F|-");
    verb->add_option("--prompts", s.prompts, "The facilitators' questions")->type_name("F|-");
    verb->add_option("--summary", s.summary)->type_name("F|-");
  }
  auto* move = add_verb(*agenda, a, "move", "agenda move", "Put an item at another place, from 1");
  move->add_option("ITEM", s.item)->required();
  move->add_option("PLACE", s.position)->required()->check(CLI::Range(1u, 4096u));
  add_verb(*agenda, a, "delete", "agenda delete", "Take an item back")->add_option("ITEM", s.item)->required();
}

void add_follow_verbs(CLI::App& app, Arguments& a) {
  auto& s = a.season_of;
  auto* action = add_group(app, "action", "Action points");
  auto* add = add_verb(*action, a, "add", "action add", "Note what is to be done; prints its id");
  add->add_option("CLUB", a.club)->required();
  add->add_option("--text", s.text_of)->required();
  add->add_option("--meeting", s.meeting, "Where it was decided");
  auto* edit = add_verb(*action, a, "edit", "action edit", "Change an action point; what is not named stays");
  edit->add_option("ID", a.id)->required();
  edit->add_option("--text", s.text_of);
  for (auto* verb : {add, edit}) {
    verb->add_option("--owner", s.owner, "Who does it")->type_name("MEMBER");
    verb->add_option("--due", s.due, "By when: 2026-12-01; edit takes an empty one too")->type_name("DAY");
  }
  add_verb(*action, a, "list", "action list", "The action points of a club, open ones first")
      ->add_option("CLUB", a.club)
      ->required();
  auto* done = add_verb(*action, a, "done", "action done", "Tick an action point off");
  done->add_option("ID", a.id)->required();
  done->add_flag("--undo", s.undo);

  auto* question = add_group(app, "question", "Questions to the club, with the answers below");
  auto* ask = add_verb(*question, a, "add", "question add", "Ask the club; prints its id");
  ask->add_option("CLUB", a.club)->required();
  ask->add_option("--title", s.title)->required();
  ask->add_option("--file", a.file, "More of it; - is standard input")->type_name("F|-");
  add_verb(*question, a, "list", "question list", "The questions of a club and their answers")
      ->add_option("CLUB", a.club)
      ->required();
  auto* answer = add_verb(*question, a, "answer", "question answer", "Answer a question; prints the answer's id");
  answer->add_option("ID", a.id)->required();
  answer->add_option("--file", a.file, "The answer; - is standard input")->required()->type_name("F|-");

  auto* reminder = add_group(app, "reminder", "Reminders, worked out on this device");
  auto* list = add_verb(*reminder, a, "list", "reminder list", "What you will be reminded of");
  list->add_option("--days", s.days, "How far ahead (60)")->check(CLI::Range(1u, 3660u));
  auto* set = add_verb(*reminder, a, "set", "reminder set", "How long before you are reminded (2 days); without options, print it");
  set->add_option("--days", s.days)->check(CLI::Range(0u, 60u));
  set->add_option("--minutes", s.minutes)->check(CLI::Range(0u, 1440u));
  auto* calendar = add_verb(app, a, "calendar", "calendar", "Write a club's meetings for other calendars (iCalendar)");
  calendar->add_option("CLUB", a.club)->required();
  calendar->add_option("--out", a.out, "The file to write; - is standard output")->required()->type_name("FILE|-");
  calendar->add_option("--meeting", s.meeting, "This one only: for a guest");

  auto* catch_up = add_verb(app, a, "catch-up", "catch-up", "What others said, decided, shared and asked since you last read");
  catch_up->add_option("CLUB", a.club)->required();
  catch_up->add_flag("--mark", s.undo, "You have read everything that is here: for your own devices alone");
  add_verb(*app.get_subcommand("material"), a, "reach", "material reach", "How many phones have a file")
      ->add_option("ID", a.id)
      ->required();
  auto* mirror = add_verb(app, a, "mirror", "mirror", "What each member contributed, by name");
  mirror->add_option("CLUB", a.club)->required();
  mirror->add_flag("--mine", s.none, "Your own page, as Markdown");
  auto* turn = add_group(app, "turn", "The facilitator's turn list: on this device alone, deleted after the meeting");
  add_verb(*turn, a, "list", "turn list", "The members, those with the fewest turns first")
      ->add_option("MEETING", a.id)
      ->required();
  auto* had = add_verb(*turn, a, "add", "turn add", "A member has had a turn");
  had->add_option("MEETING", a.id)->required();
  had->add_option("MEMBER", a.member)->required();
  add_verb(*turn, a, "clear", "turn clear", "Delete the list now")->add_option("MEETING", a.id)->required();

  auto* note = app.get_subcommand("note");
  auto* link = add_verb(*note, a, "link", "note link", "Say what a note is about");
  link->add_option("ID", a.id)->required();
  link->add_option("--meeting", s.meeting);
  link->add_option("--item", s.item, "An item of an agenda");
  link->add_option("--member", a.member);
  link->add_option("--tag", s.word);
  link->add_flag("--remove", s.remove, "Take the link away");
}

void add_release_verbs(CLI::App& app, Arguments& a) {
  auto* release = add_group(app, "release", "What the club tells the programme");
  auto* draft =
      add_verb(*release, a, "draft", "release draft", "Lay a text before the club that is to go to a desk; prints its id");
  draft->add_option("CLUB", a.club)->required();
  draft->add_option("DESK", a.session)->required();
  draft->add_option("--file", a.file, "The exact text; - is standard input")->required()->type_name("F|-");
  draft->add_option("--kind", a.kind)->check(CLI::IsMember({"training", "abroad", "research", "other"}));
  draft->add_option("--named", a.words, "Who is named in it and must agree; more than once")->type_name("MEMBER");
  auto* edit = add_verb(*release, a, "edit", "release edit", "Another text: all are asked again, the days begin again");
  edit->add_option("ID", a.id)->required();
  edit->add_option("--file", a.file, "The whole text; - is standard input")->required()->type_name("F|-");
  add_verb(*release, a, "list", "release list", "What the club wants to tell, or told")->add_option("CLUB", a.club)->required();
  for (const auto& [word, help] :
       {std::pair{"show", "The exact text, and what it waits for"},
        std::pair{"agree", "You are named in it and agree to exactly this text"},
        std::pair{"refuse", "You are named in it and do not agree"}, std::pair{"allow", "Let go what you have stopped"},
        std::pair{"send", "Copy it to the desk (hosts); the ledger keeps a line"},
        std::pair{"withdraw", "Take the copy back from the desk (hosts)"}})
    add_verb(*release, a, word, std::string("release ") + word, help)->add_option("ID", a.id)->required();
  auto* stop = add_verb(*release, a, "stop", "release stop", "Stop this text: it does not go");
  stop->add_option("ID", a.id)->required();
  stop->add_option("--reason", a.text, "A line that the club reads");
}

}  // namespace

void add_season_verbs(CLI::App& app, Arguments& a) {
  add_release_verbs(app, a);
  add_pact_verbs(app, a);
  add_plan_verbs(app, a);
  add_meeting_verbs(app, a);
  add_follow_verbs(app, a);
}

}  // namespace muistio::cli
