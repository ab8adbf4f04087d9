// Founding a club from a coordinator's file, and what hosts say of a club.
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "json_rows.hpp"
#include "muistio/client/meetings.hpp"
#include "muistio/forming/founding.hpp"
#include "muistio/forming/table.hpp"
#include "muistio/home/files.hpp"
#include "muistio/templates/practice.hpp"
#include "verbs.hpp"

namespace muistio::cli {
namespace {

History history_of(templates::HistoryRule rule) {
  switch (rule) {
    case templates::HistoryRule::joining:
      return History::joining;
    case templates::HistoryRule::season:
      return History::season;
    case templates::HistoryRule::all:
      return History::all;
  }
  return History::joining;
}

ClubSettings settings_of(const templates::Template& model, std::string_view language) {
  return {std::string(model.name), std::string(language), model.mirror, model.reminder_days, model.least_answers};
}

/// A link for each expected member but the one who founds.
Result<std::vector<forming::PersonalLink>> invite_all(Client& client, const SpaceId& club, const forming::Founding& founding,
                                                      const std::string& me, std::uint32_t days) {
  std::vector<forming::PersonalLink> links;
  for (const auto& each : founding.members) {
    if (me.empty() ? each.host : each.id == me) continue;
    MUISTIO_TRY(auto made, client.invite({club, Role::member, 1, days, false}).get());
    links.push_back({each, made.link});
  }
  return links;
}

Status write_sheets(const std::string& name, const forming::Founding& founding, const std::vector<forming::PersonalLink>& links) {
  std::vector<forming::SheetCell> cells;
  for (const auto& each : links) {
    auto code = qr_code(each.link);
    if (code.empty()) return fail(ErrorCode::too_large, "a link does not fit a QR code");
    cells.push_back({each.member.name.empty() ? each.member.id : each.member.name, std::move(code)});
  }
  const auto manner = templates::find(founding.template_name)->manner(founding.language);
  MUISTIO_TRY(auto title, words::say(manner, "forming.sheet_title", {{"club", founding.club}}));
  MUISTIO_TRY(auto note, words::say(manner, "forming.sheet_explain"));
  const auto sheets = forming::draw_sheets(cells, title, note);
  for (std::size_t i = 0; i < sheets.size(); ++i)
    MUISTIO_CHECK(home::write_file(name + "-" + std::to_string(i + 1) + ".svg", as_bytes(sheets[i])));
  return ok();
}

}  // namespace

Result<std::pair<History, ClubSettings>> settings_of(const Arguments& arguments) {
  auto history = History::joining;
  ClubSettings settings;
  if (!arguments.form.template_name.empty()) {
    const auto* model = templates::find(arguments.form.template_name);
    if (model == nullptr) return fail(ErrorCode::not_found, "there is no template of this name: template list");
    if (!words::language_of(arguments.form.language))
      return fail(ErrorCode::invalid_argument, "the language is neither fi, sv, nl nor en");
    history = history_of(model->history);
    settings = settings_of(*model, arguments.form.language);
  }
  for (const auto each : {History::joining, History::season, History::all})
    if (arguments.history == home::history_name(each)) history = each;
  return std::pair(history, settings);
}

Status agree_on_template(Client& client, const SpaceId& club, const ClubSettings& settings) {
  const auto* model = settings.template_name ? templates::find(*settings.template_name) : nullptr;
  if (model == nullptr) return ok();
  const auto language = words::language_of(settings.language.value_or("")).value_or(words::Language::en);
  MUISTIO_TRY(const auto pact, client.meetings().set_pact(club, std::string(model->pact.in(language))).get());
  static_cast<void>(pact);
  return ok();
}

int run_club_found(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(auto bytes, home::read_file(a.file, forming::kTableBytesMax + 1));
  MUISTIO_VERB(auto founding, forming::read_founding(as_text(bytes)));
  if (!a.id.empty() &&
      std::none_of(founding.members.begin(), founding.members.end(), [&](const auto& each) { return each.id == a.id; }))
    return context.out.refuse({ErrorCode::not_found, "no expected member has this id"});
  const auto* model = templates::find(founding.template_name);
  const auto language = words::language_tag(founding.language);
  const auto settings = settings_of(*model, language);
  MUISTIO_VERB(auto club, context.client.create_club(founding.club, history_of(model->history), settings).get());
  MUISTIO_VERB_DO(agree_on_template(context.client, club, settings));
  if (!a.form.links.empty() || !a.form.sheet.empty()) {
    MUISTIO_VERB(auto links, invite_all(context.client, club, founding, a.id, a.expires_days));
    if (!a.form.links.empty()) MUISTIO_VERB_DO(home::write_file(a.form.links, as_bytes(forming::write_links(links))));
    if (!a.form.sheet.empty()) MUISTIO_VERB_DO(write_sheets(a.form.sheet, founding, links));
  }
  context.out.id(club.hex());
  return kDone;
}

int run_club_practice(Context context) {
  const auto language = words::language_of(context.arguments.form.language).value_or(words::Language::en);
  const auto& practice = templates::practice(language);
  MUISTIO_VERB(auto club, context.client.create_club(std::string(practice.club)).get());
  for (const auto& each : practice.notes) {
    const auto title = std::string(practice.members[each.by].name) + ": " + std::string(each.title);
    MUISTIO_VERB(const auto note, context.client.add_note({.club = club, .title = title, .text = std::string(each.text)}).get());
    static_cast<void>(note);
  }
  MUISTIO_VERB(const auto banner, words::say({.language = language}, "start.practice_banner"));
  context.out.id(club.hex());
  context.out.say(banner);
  return kDone;
}

int run_club_settings(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(auto club, context.client.find_club(a.club).get());
  ClubSettings change;
  if (!a.form.mirror.empty()) change.mirror = a.form.mirror == "on";
  if (!a.text.empty()) change.language = a.text;
  change.reminder_days = a.form.reminder_days;
  change.least_answers = a.form.least_answers;
  if (change != ClubSettings{}) {
    MUISTIO_VERB_DO(context.client.change_settings(club, change).get());
    context.out.done(club.hex());
    return kDone;
  }
  MUISTIO_VERB(auto settings, context.client.settings(club).get());
  nlohmann::ordered_json json{{"id", club.hex()}};
  const auto add = [&](const char* name, const auto& value) {
    if (value)
      json[name] = *value;
    else
      json[name] = nullptr;
  };
  add("template", settings.template_name);
  add("language", settings.language);
  add("mirror", settings.mirror);
  add("reminder_days", settings.reminder_days);
  add("least_answers", settings.least_answers);
  if (context.out.json())
    print_json(json);
  else
    for (const auto& [name, value] : json.items())
      if (name != "id") std::cout << name << "\t" << (value.is_string() ? value.get<std::string>() : text_of(value)) << "\n";
  return kDone;
}

}  // namespace muistio::cli
