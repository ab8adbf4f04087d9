"""embed.py FOLDER OUT: turns the club templates of FOLDER into the C++ table of muistio/templates/templates.hpp, and refuses what is
not of the schema below: a field that is missing, unknown or of another kind, a word that is none of those listed."""
import json
import pathlib
import sys

LANGUAGES = ("fi", "sv", "nl", "en")
TEXTS = {each: str for each in LANGUAGES}
PRACTICES = """date_poll poll_warning release moving programme_visits wishes catch_up contacts intake_interview part_of_day expert_talks recordings
board practice_club facilitator_questions item_summary joint_sessions made_together yearly_plan referrals stand_ins outdoors topic_overlaps places
waiting_list outside_sign_up cases baton own_page company_visit seats feedback_shapes_next""".split()


class OneOf(tuple):
    pass


def one_of(words):
    return OneOf(words.split())


SCHEMA = {
    "name": str,
    "title": TEXTS,
    "summary": TEXTS,
    "words": {"group": one_of("club group network"), "host": one_of("host hostess leader"), "facilitator": one_of("facilitator guide")},
    "members": {"least": int, "most": int, "unit": one_of("person company"), "seats": int, "competitors": one_of("apart together"),
                "same_company": one_of("apart together free")},
    "host": {"who": one_of("member guide"), "recommended": int},
    "roles": [one_of("employer staff")],
    "season": {"every_days": int, "meetings_least": int, "meetings_most": int, "meetings": int, "minutes": int, "online": bool,
               "place": one_of("rotates link"), "organiser": one_of("host baton venue")},
    "reminder_days": int,
    "history": one_of("joining season all"),
    "mirror": bool,
    "nudges": bool,
    "least_answers": int,
    "pact": {"by": one_of("member member_or_company"), "text": TEXTS},
    "surveys": [{"kind": one_of("topics feedback wellbeing workplace"), "when": one_of("intake season_start each_meeting season_end"),
                 "names": one_of("named choice keeper")}],
    "agenda": [{"kind": one_of("news theme talk case visit closing"), "minutes": int}],
    "practices": [OneOf(PRACTICES)],
}


def check(value, schema, path):
    if isinstance(schema, OneOf):
        good = isinstance(value, str) and value in schema
    elif isinstance(schema, dict):
        if not isinstance(value, dict) or set(value) != set(schema):
            raise SystemExit(f"embed.py: {path}: its fields are not {sorted(schema)}")
        for field, inner in schema.items():
            check(value[field], inner, f"{path}.{field}")
        return
    elif isinstance(schema, list):
        if not isinstance(value, list):
            raise SystemExit(f"embed.py: {path} is no list")
        for i, each in enumerate(value):
            check(each, schema[0], f"{path}[{i}]")
        return
    else:
        good = type(value) is schema and value != "" and (schema is not int or 0 <= value <= 10000)
    if not good:
        raise SystemExit(f"embed.py: {path}: {value!r} is not allowed")


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def texts(value):
    return "{" + ", ".join(quoted(value[each]) for each in LANGUAGES) + "}"


def word(kind, value):
    return f"{kind}::{value}"


def main(folder, out):
    lines = ["// Made by embed.py from the templates beside it.", '#include "muistio/templates/templates.hpp"', "", "namespace muistio::templates {", "namespace {", ""]
    names = []
    for file in sorted(folder.glob("*.json")):
        t = json.loads(file.read_text("utf-8"))
        check(t, SCHEMA, file.stem)
        if t["name"] != file.stem:
            raise SystemExit(f"embed.py: {file.name} names itself {t['name']}")
        at = f"k{len(names)}"
        for field, kind, make in (
                ("roles", "SeatRole", lambda v: word("SeatRole", v)),
                ("surveys", "SurveyPlan", lambda v: "{%s, %s, %s}" % (word("SurveyKind", v["kind"]), word("SurveyTime", v["when"]), word("SurveyNames", v["names"]))),
                ("agenda", "AgendaPart", lambda v: "{%s, %d}" % (word("PartKind", v["kind"] + ("_" if v["kind"] == "case" else "")), v["minutes"])),
                ("practices", "std::string_view", quoted)):
            items = t[field]
            if items:
                lines.append(f"constexpr {kind} {at}_{field}[] = {{" + ", ".join(make(v) for v in items) + "};")
        span = lambda field: f"{at}_{field}" if t[field] else "{}"
        m, s, w = t["members"], t["season"], t["words"]
        flag = lambda v: "true" if v else "false"
        lines += [f"constexpr Template {at}{{", f"    .name = {quoted(t['name'])},", f"    .title = {texts(t['title'])},", f"    .summary = {texts(t['summary'])},",
                  f"    .group = words::GroupWord::{w['group']}, .host_word = words::HostWord::{w['host']}, .facilitator = words::FacilitatorWord::{w['facilitator']},",
                  f"    .members_least = {m['least']}, .members_most = {m['most']}, .unit = MemberUnit::{m['unit']}, .seats_per_company = {m['seats']},",
                  f"    .competitors_apart = {flag(m['competitors'] == 'apart')}, .same_company = SameCompany::{m['same_company']},",
                  f"    .host = HostKind::{t['host']['who']}, .hosts_recommended = {t['host']['recommended']}, .roles = {span('roles')},",
                  f"    .every_days = {s['every_days']}, .meetings_least = {s['meetings_least']}, .meetings_most = {s['meetings_most']}, .meetings = {s['meetings']},",
                  f"    .minutes = {s['minutes']}, .online = {flag(s['online'])}, .place = PlaceRule::{s['place']}, .organiser = OrganiserRule::{s['organiser']},",
                  f"    .reminder_days = {t['reminder_days']}, .history = HistoryRule::{t['history']}, .mirror = {flag(t['mirror'])}, .nudges = {flag(t['nudges'])},",
                  f"    .least_answers = {t['least_answers']}, .pact_by = PactBy::{t['pact']['by']}, .pact = {texts(t['pact']['text'])},",
                  f"    .surveys = {span('surveys')}, .agenda = {span('agenda')}, .practices = {span('practices')}}};", ""]
        names.append(at)
    lines += [f"constexpr Template kAll[] = {{{', '.join(names)}}};", "", "}  // namespace", "",
              "std::span<const Template> all() noexcept { return kAll; }", "", "}  // namespace muistio::templates", ""]
    out.write_text("\n".join(lines), "utf-8")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
