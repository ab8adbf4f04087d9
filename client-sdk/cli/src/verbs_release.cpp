// release.
#include "json_rows.hpp"
#include "muistio/client/releases.hpp"
#include "output.hpp"
#include "verbs.hpp"

namespace muistio::cli {
namespace {

using Json = RowJson;

Json release_json(const home::Release& release) {
  const auto stopped = json_of_all(release.stopped_by, [](const home::ReleaseObjection& each) {
    auto json = person_json(each.member);
    json["reason"] = each.reason;
    return json;
  });
  const auto sent = json_of_all(release.sent, [](const home::ReleaseCopy& each) {
    return Json{{"by", each.by.name},
                {"at", format_time(each.at)},
                {"desk", each.desk.hex()},
                {"withdrawn", each.withdrawn},
                {"as_it_stands", each.as_it_stands}};
  });
  return {{"id", release.id.hex()},
          {"title", release.state},
          {"author", release.maker.name},
          {"at", format_time(release.written)},
          {"bytes", release.text.size()},
          {"text", release.text},
          {"content", release.content.hex()},
          {"kind", release.kind},
          {"desk", release.desk.hex()},
          {"state", release.state},
          {"ready", format_time(release.ready)},
          {"named", people_json(release.named)},
          {"agreed", people_json(release.agreed)},
          {"refused", people_json(release.refused)},
          {"stopped_by", stopped},
          {"sent", sent},
          {"own_agreement_wanted", release.own_agreement_wanted}};
}

int run_release_draft(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(const auto club, context.client.find_club(a.club).get());
  home::NewRelease release;
  MUISTIO_VERB(release.desk, context.client.find_club(a.session).get());
  MUISTIO_VERB(release.text, read_text(a.file));
  release.kind = a.kind;
  for (const auto& word : a.words) {
    MUISTIO_VERB(const auto member, context.client.find_member(club, word).get());
    release.named.push_back(member);
  }
  MUISTIO_VERB(const auto id, context.client.releases().draft(club, std::move(release)).get());
  context.out.id(id.hex());
  context.out.say("it lies in the club for three days; who is named is asked, anybody may stop it");
  return kDone;
}

int run_release_edit(Context context) {
  auto releases = context.client.releases();
  MUISTIO_VERB(const auto id, releases.find(context.arguments.id).get());
  MUISTIO_VERB(auto text, read_text(context.arguments.file));
  MUISTIO_VERB_DO(releases.edit(id, std::move(text)).get());
  context.out.done(id.hex());
  return kDone;
}

int run_release_list(Context context) {
  MUISTIO_VERB(const auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(const auto list, context.client.releases().list(club).get());
  if (context.arguments.json) {
    print_json({{"items", json_of_all(list, release_json)}});
    return kDone;
  }
  std::vector<Item> items;
  for (const auto& each : list) {
    Item item{each.id.hex(), each.state, each.maker.name, each.written, each.text.size(), {}, {}};
    items.push_back(std::move(item));
  }
  context.out.items(items);
  return kDone;
}

int run_release_show(Context context) {
  auto releases = context.client.releases();
  MUISTIO_VERB(const auto id, releases.find(context.arguments.id).get());
  MUISTIO_VERB(const auto release, releases.show(id).get());
  if (context.arguments.json) {
    print_json(release_json(release));
  } else {
    std::cout << release.text;
    context.out.say(release.state + "; it may go from " + format_time(release.ready) + " on");
    if (release.own_agreement_wanted) context.out.say("you are named in it: release agree, or release refuse");
  }
  return kDone;
}

int say(Context context, bool agrees) {
  auto releases = context.client.releases();
  MUISTIO_VERB(const auto id, releases.find(context.arguments.id).get());
  MUISTIO_VERB(const auto shown, releases.show(id).get());
  MUISTIO_VERB_DO(releases.say(id, shown.content, agrees).get());
  context.out.done(id.hex());
  return kDone;
}
int run_release_agree(Context context) { return say(context, true); }
int run_release_refuse(Context context) { return say(context, false); }

int stop(Context context, bool stops) {
  auto releases = context.client.releases();
  MUISTIO_VERB(const auto id, releases.find(context.arguments.id).get());
  MUISTIO_VERB(const auto shown, releases.show(id).get());
  MUISTIO_VERB_DO(releases.stop(id, shown.content, stops, stops ? context.arguments.text : std::string()).get());
  context.out.done(id.hex());
  return kDone;
}
int run_release_stop(Context context) { return stop(context, true); }
int run_release_allow(Context context) { return stop(context, false); }

int run_release_send(Context context) {
  auto releases = context.client.releases();
  MUISTIO_VERB(const auto id, releases.find(context.arguments.id).get());
  MUISTIO_VERB(const auto note, releases.send(id).get());
  context.out.id(note.hex());
  return kDone;
}

int run_release_withdraw(Context context) {
  auto releases = context.client.releases();
  MUISTIO_VERB(const auto id, releases.find(context.arguments.id).get());
  MUISTIO_VERB_DO(releases.withdraw(id).get());
  context.out.done(id.hex());
  context.out.say("the programme's devices delete it at their next sync; whoever copied it elsewhere still has it");
  return kDone;
}

constexpr Verb kVerbs[] = {
    {"release draft", run_release_draft},       {"release edit", run_release_edit},   {"release list", run_release_list},
    {"release show", run_release_show},         {"release agree", run_release_agree}, {"release refuse", run_release_refuse},
    {"release stop", run_release_stop},         {"release allow", run_release_allow}, {"release send", run_release_send},
    {"release withdraw", run_release_withdraw},
};

}  // namespace

std::span<const Verb> release_verbs() { return kVerbs; }

}  // namespace muistio::cli
