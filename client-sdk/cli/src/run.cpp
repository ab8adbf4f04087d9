#include <array>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "muistio/home/home_key.hpp"
#include "verbs.hpp"

namespace muistio::cli {
namespace {

constexpr std::array kVerbs{
    Verb{"init", run_init},
    Verb{"club create", run_club_create},
    Verb{"club list", run_club_list},
    Verb{"club found", run_club_found},
    Verb{"club practice", run_club_practice},
    Verb{"club settings", run_club_settings},
    Verb{"club season", run_club_season},
    Verb{"club leave", run_club_leave},
    Verb{"invite", run_invite},
    Verb{"invite list", run_invite_list},
    Verb{"invite revoke", run_invite_revoke},
    Verb{"join", run_join},
    Verb{"admit", run_admit},
    Verb{"note add", run_note_add},
    Verb{"note list", run_note_list},
    Verb{"note show", run_note_show},
    Verb{"note edit", run_note_edit},
    Verb{"note append", run_note_append},
    Verb{"note delete", run_note_delete},
    Verb{"note share", run_note_share},
    Verb{"material add", run_material_add},
    Verb{"material list", run_material_list},
    Verb{"material get", run_material_get},
    Verb{"material delete", run_material_delete},
    Verb{"material evict", run_material_evict},
    Verb{"material quota", run_material_quota},
    Verb{"club quorum", run_club_quorum},
    Verb{"newcomer list", run_newcomer_list},
    Verb{"newcomer agree", run_newcomer_agree},
    Verb{"member list", run_member_list},
    Verb{"member remove", run_member_remove},
    Verb{"device list", run_device_list},
    Verb{"host give", run_host_give},
    Verb{"host take", run_host_take},
    Verb{"host offer", run_host_offer},
    Verb{"host replace", run_host_replace},
    Verb{"club succeed", run_club_succeed},
    Verb{"session create", run_session_create},
    Verb{"session list", run_session_list},
    Verb{"session join", run_session_join},
    Verb{"session announce", run_session_announce},
    Verb{"session invite", run_session_invite},
    Verb{"desk create", run_desk_create},
    Verb{"hand-in", run_hand_in},
    Verb{"hand-in accept", run_hand_in_accept},
    Verb{"seal show", run_seal_show},
    Verb{"seal check", run_seal_check},
    Verb{"seal reopen", run_seal_reopen},
    Verb{"device link", run_device_link},
    Verb{"device confirm", run_device_confirm},
    Verb{"device remove", run_device_remove},
    Verb{"device words", run_device_words},
    Verb{"recover", run_recover},
    Verb{"check", run_check},
    Verb{"backup", run_backup},
    Verb{"sync", run_sync},
    Verb{"status", run_status},
    Verb{"search", run_search},
    Verb{"export", run_export},
};

Result<ClientOptions> client_options(const Arguments& arguments) {
  ClientOptions options;
  options.home = arguments.home;
  options.create = arguments.verb == "init" || arguments.verb == "recover" || (arguments.verb == "join" && !arguments.cancel) ||
                   (arguments.verb == "device link" && !arguments.link.empty());
  if (arguments.passphrase_file) {
    MUISTIO_TRY(auto passphrase, home::read_passphrase(*arguments.passphrase_file));
    options.passphrase = std::string(as_text(passphrase.expose()));
    options.insist_on_passphrase = true;
  } else if (const char* given = std::getenv("MUISTIO_PASSPHRASE"); given != nullptr && *given != '\0') {
    options.passphrase = given;
  }
  return options;
}

}  // namespace

int run(const Arguments& arguments) {
  const Output out(arguments.json);
  if (const auto status = run_without_home(arguments, out)) return *status;
  auto options = client_options(arguments);
  if (!options) return out.refuse(options.error());
  if (arguments.verb == "restore") return run_restore(arguments, out, std::move(*options));
  auto client = Client::open(std::move(*options));
  if (!client) {
    auto error = client.error();
    if (error.code == ErrorCode::not_found) error.detail = "there is no home here: make one with init --name NAME";
    return out.refuse(error);
  }
  if (client->made_device_key())
    out.say("no passphrase was given: the key of this home is in its file device.key; whoever reads that file reads the home");
  for (const auto& verb : kVerbs)
    if (verb.name == arguments.verb) return verb.run({arguments, out, *client});
  for (const auto verbs : {plan_verbs(), meeting_verbs(), follow_verbs(), release_verbs(), survey_verbs(), network_verbs()})
    for (const auto& verb : verbs)
      if (verb.name == arguments.verb) return verb.run({arguments, out, *client});
  return out.refuse({ErrorCode::invalid_argument, "there is no such verb"});
}

}  // namespace muistio::cli
