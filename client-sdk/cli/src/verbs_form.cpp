// Verbs that need no home: forming clubs, and reading templates.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "json_rows.hpp"
#include "muistio/forming/founding.hpp"
#include "muistio/forming/table.hpp"
#include "muistio/home/files.hpp"
#include "verbs.hpp"

namespace muistio::cli {
namespace {

using Json = nlohmann::ordered_json;
using forming::Application;
using forming::Proposal;
using forming::Rules;

/// What every verb of `form` begins with.
struct Forming {
  const templates::Template* model = nullptr;
  words::Manner manner;
  Rules rules;
  std::vector<Application> applications;
  std::vector<std::string> notices;
};

Result<std::string> read_csv(const std::string& file) {
  MUISTIO_TRY(auto bytes, home::read_file(file, forming::kTableBytesMax + 1));
  return std::string(as_text(bytes));
}

Result<const templates::Template*> template_named(const std::string& name) {
  if (const auto* found = templates::find(name)) return found;
  std::string names;
  for (const auto& each : templates::all()) names += (names.empty() ? "" : ", ") + std::string(each.name);
  return fail(ErrorCode::not_found, "there is no template of this name, only " + names);
}

words::Language language_of(const Arguments& arguments) {
  return words::language_of(arguments.form.language).value_or(words::Language::en);
}

Result<Forming> begin(const Arguments& arguments) {
  const auto& f = arguments.form;
  Forming forming;
  MUISTIO_TRY(forming.model, template_named(f.template_name));
  forming.manner = forming.model->manner(language_of(arguments));
  forming.rules = forming::rules_of(*forming.model);
  forming.rules.size_min = f.size_min.value_or(static_cast<std::uint32_t>(forming.rules.size_min));
  forming.rules.size_max = f.size_max.value_or(static_cast<std::uint32_t>(forming.rules.size_max));
  forming.rules.clubs = f.clubs;
  forming.rules.club_name = f.club_name.empty() ? std::string(forming.model->title.in(forming.manner.language)) : f.club_name;
  MUISTIO_TRY(auto csv, read_csv(f.applications));
  MUISTIO_TRY(auto found, forming::read_applications(csv));
  forming.applications = std::move(found.all);
  for (const auto& each : found.not_used) forming.notices.push_back("this column is not used: " + each);
  for (const auto& each : found.no_such_region) forming.notices.push_back("this region has no place on the map: " + each);
  return forming;
}

Json score_of(const forming::Score& score) {
  return {{"alike", score.alike_permille},
          {"conflicts", score.conflicts},
          {"out_of_bounds", score.out_of_bounds},
          {"unplaced", score.unplaced}};
}

void print_score(const std::string& what, const forming::Score& score) {
  std::cout << what << "\talike " << score.alike_permille / 10 << "." << score.alike_permille % 10 << " %\tconflicts "
            << score.conflicts << "\tout of bounds " << score.out_of_bounds << "\tunplaced " << score.unplaced << "\n";
}

/// The flags of an edited table: those of reading it, then those of what it says.
std::vector<forming::Flag> flags_of(const Forming& forming, const forming::ReadBack& back) {
  auto flags = back.flags;
  for (auto& each : forming::check(forming.applications, forming.rules, back.proposal)) {
    const bool is_missing = std::any_of(back.flags.begin(), back.flags.end(), [&](const auto& flag) {
      return flag.kind == forming::Flag::Kind::missing && flag.first == each.first;
    });
    if (each.kind != forming::Flag::Kind::unplaced || !is_missing) flags.push_back(std::move(each));
  }
  return flags;
}

Status run_propose(const Arguments& arguments, const Output& out) {
  const auto& f = arguments.form;
  MUISTIO_TRY(auto forming, begin(arguments));
  for (const auto& each : forming.notices) out.say(each);
  const auto began = std::chrono::steady_clock::now();
  Proposal proposal;
  std::optional<std::size_t> moved;
  if (f.keep.empty()) {
    MUISTIO_TRY(proposal, forming::form_clubs(forming.applications, forming.rules, f.seed));
  } else {
    MUISTIO_TRY(auto csv, read_csv(f.keep));
    MUISTIO_TRY(auto back, forming::read_proposal(csv, forming.applications));
    for (const auto& each : back.flags) out.say(forming::describe(each, forming.applications, forming.rules, forming.manner));
    MUISTIO_TRY(proposal, forming::form_again(forming.applications, forming.rules, back.proposal, f.seed));
    moved = 0;
    for (std::size_t i = 0; i < forming.applications.size(); ++i)
      *moved += proposal.placements[i].club != back.proposal.placements[i].club ? 1 : 0;
  }
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began).count();
  const auto table = forming::write_proposal(forming.applications, forming.rules, proposal, forming.manner);
  MUISTIO_CHECK(home::write_file(arguments.out, as_bytes(table)));
  const auto own = forming::score(forming.applications, forming.rules, proposal);
  Json json{{"out", arguments.out},
            {"clubs", proposal.clubs.size()},
            {"applications", forming.applications.size()},
            {"ms", ms},
            {"proposal", score_of(own)}};
  if (moved) json["moved"] = *moved;
  std::optional<forming::Score> random, greedy;
  if (f.keep.empty()) {
    MUISTIO_TRY(auto dealt, forming::form_at_random(forming.applications, forming.rules, f.seed));
    MUISTIO_TRY(auto in_turn, forming::form_greedily(forming.applications, forming.rules));
    random = forming::score(forming.applications, forming.rules, dealt);
    greedy = forming::score(forming.applications, forming.rules, in_turn);
    json["random"] = score_of(*random);
    json["greedy"] = score_of(*greedy);
  }
  if (out.json()) {
    print_json(json);
    return ok();
  }
  std::cout << forming.applications.size() << " applications into " << proposal.clubs.size() << " clubs in " << ms << " ms\n";
  print_score("this proposal", own);
  if (random) print_score("dealt at random", *random);
  if (greedy) print_score("one after the other", *greedy);
  if (moved) std::cout << *moved << " moved\n";
  return ok();
}

Result<int> run_check(const Arguments& arguments, const Output& out) {
  MUISTIO_TRY(auto forming, begin(arguments));
  MUISTIO_TRY(auto csv, read_csv(arguments.form.table));
  MUISTIO_TRY(auto back, forming::read_proposal(csv, forming.applications));
  const auto flags = flags_of(forming, back);
  auto items = Json::array();
  for (const auto& each : flags) {
    const auto sentence = forming::describe(each, forming.applications, forming.rules, forming.manner);
    items.push_back({{"club", each.club}, {"id", each.first}, {"other", each.second}, {"row", each.row}, {"message", sentence}});
    if (!out.json()) std::cout << (each.row != 0 ? std::to_string(each.row) + ": " : "") << sentence << "\n";
  }
  if (out.json()) print_json({{"items", items}});
  return flags.empty() ? kDone : kRefused;
}

/// "Verkkokauppiasklubi 3" as the name of a file.
std::string file_name(const std::string& club) {
  std::string name;
  for (const char each : club)
    name += (static_cast<unsigned char>(each) < 0x21 || std::string_view("/\\:*?\"<>|").find(each) != std::string_view::npos)
                ? '-'
                : each;
  return name + ".founding.csv";
}

Status run_found(const Arguments& arguments, const Output& out) {
  MUISTIO_TRY(auto forming, begin(arguments));
  MUISTIO_TRY(auto csv, read_csv(arguments.form.table));
  MUISTIO_TRY(auto back, forming::read_proposal(csv, forming.applications));
  for (const auto& each : flags_of(forming, back))
    out.say(forming::describe(each, forming.applications, forming.rules, forming.manner));
  MUISTIO_CHECK(home::make_folder(arguments.out));
  std::vector<Item> items;
  for (const auto& each :
       forming::foundings_of(forming.applications, back.proposal, forming.model->name, forming.manner.language)) {
    const auto file = std::filesystem::path(arguments.out) / file_name(each.club);
    MUISTIO_CHECK(home::write_file(file, as_bytes(forming::write_founding(each))));
    Item item{{}, each.club, {}, {}, each.members.size(), {}, {}};
    item.more = {{"file", file.string()}};
    items.push_back(std::move(item));
  }
  out.items(items);
  return ok();
}

void list_templates(const Arguments& arguments, const Output& out) {
  std::vector<Item> items;
  for (const auto& each : templates::all()) {
    Item item{std::string(each.name), std::string(each.title.in(language_of(arguments))), {}, {}, 0, {}, {}};
    item.more = {{"summary", std::string(each.summary.in(language_of(arguments)))}};
    items.push_back(std::move(item));
  }
  out.items(items);
}

Json template_json(const templates::Template& model, words::Language language) {
  const auto manner = model.manner(language);
  auto agenda = Json::array(), surveys = Json::array(), roles = Json::array(), practices = Json::array();
  for (const auto& each : model.agenda)
    agenda.push_back({{"part", words::say(manner, templates::part_key(each.kind)).value()}, {"minutes", each.minutes}});
  constexpr const char* kTimes[] = {"intake", "season_start", "each_meeting", "season_end"};
  constexpr const char* kNames[] = {"named", "choice", "keeper"};
  for (const auto& each : model.surveys)
    surveys.push_back({{"question", words::say(manner, templates::survey_key(each.kind)).value()},
                       {"when", kTimes[static_cast<std::size_t>(each.when)]},
                       {"names", kNames[static_cast<std::size_t>(each.names)]}});
  for (const auto each : model.roles) roles.push_back(each == templates::SeatRole::employer ? "employer" : "staff");
  for (const auto each : model.practices) practices.push_back(each);
  constexpr const char* kGroups[] = {"club", "group", "network"};
  constexpr const char* kHistory[] = {"joining", "season", "all"};
  constexpr const char* kOrganiser[] = {"host", "baton", "venue"};
  return {{"name", model.name},
          {"title", model.title.in(language)},
          {"summary", model.summary.in(language)},
          {"group",
           std::string(words::raw(language, "group." + std::string(kGroups[static_cast<std::size_t>(model.group)]) + ".plain"))},
          {"members",
           {{"least", model.members_least},
            {"most", model.members_most},
            {"seats_per_company", model.seats_per_company},
            {"competitors_apart", model.competitors_apart}}},
          {"host", model.host == templates::HostKind::guide ? "guide" : "member"},
          {"hosts_recommended", model.hosts_recommended},
          {"roles", roles},
          {"every_days", model.every_days},
          {"meetings", model.meetings},
          {"meetings_least", model.meetings_least},
          {"meetings_most", model.meetings_most},
          {"minutes", model.minutes},
          {"online", model.online},
          {"organiser", kOrganiser[static_cast<std::size_t>(model.organiser)]},
          {"reminder_days", model.reminder_days},
          {"history", kHistory[static_cast<std::size_t>(model.history)]},
          {"mirror", model.mirror},
          {"nudges", model.nudges},
          {"least_answers", model.least_answers},
          {"surveys", surveys},
          {"agenda", agenda},
          {"practices", practices},
          {"pact_by", model.pact_by == templates::PactBy::member ? "member" : "member_or_company"},
          {"pact", model.pact.in(language)}};
}

Status show_template(const Arguments& arguments, const Output& out) {
  MUISTIO_TRY(const auto* model, template_named(arguments.name));
  const auto json = template_json(*model, language_of(arguments));
  if (out.json())
    print_json(json);
  else
    for (const auto& [field, value] : json.items())
      std::cout << field << "\t" << (value.is_string() ? value.get<std::string>() : text_of(value)) << "\n";
  return ok();
}

int ended(const Output& out, const Status& status) { return status ? kDone : out.refuse(status.error()); }

}  // namespace

std::optional<int> run_without_home(const Arguments& arguments, const Output& out) {
  const auto& verb = arguments.verb;
  if (verb == "form propose") return ended(out, run_propose(arguments, out));
  if (verb == "form found") return ended(out, run_found(arguments, out));
  if (verb == "form check") {
    const auto status = run_check(arguments, out);
    return status ? *status : out.refuse(status.error());
  }
  if (verb == "template show") return ended(out, show_template(arguments, out));
  if (verb != "template list") return std::nullopt;
  list_templates(arguments, out);
  return kDone;
}

}  // namespace muistio::cli
