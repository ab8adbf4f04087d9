// The verbs of `muistio`. Each does its work through muistio::Client and returns the exit status.
#pragma once

#include <span>
#include <string_view>

#include "arguments.hpp"
#include "muistio/client.hpp"
#include "output.hpp"

namespace muistio::cli {

struct Context {
  const Arguments& arguments;
  const Output& out;
  Client& client;
};

/// A verb by its words, and what runs it.
struct Verb {
  std::string_view name;
  int (*run)(Context);
};

// The verbs of a season, each list in its file: verbs_plan.cpp (pact, season, poll), verbs_meeting.cpp (meeting, agenda),
// verbs_follow.cpp (action, question).
[[nodiscard]] std::span<const Verb> plan_verbs();
[[nodiscard]] std::span<const Verb> meeting_verbs();
[[nodiscard]] std::span<const Verb> follow_verbs();
[[nodiscard]] std::span<const Verb> release_verbs();
/// verbs_surveys.cpp: wish, survey.
[[nodiscard]] std::span<const Verb> survey_verbs();
/// verbs_network.cpp: card, stand-in, plan, contact.
[[nodiscard]] std::span<const Verb> network_verbs();

/// Opens the home and runs the verb.
[[nodiscard]] int run(const Arguments& arguments);

// verbs_device.cpp: device, recover.
// verbs_home.cpp: init, status, sync, search, export.
int run_init(Context context);
int run_status(Context context);
int run_device_list(Context context);
int run_device_link(Context context);
int run_device_confirm(Context context);
int run_device_remove(Context context);
int run_device_words(Context context);
int run_recover(Context context);
int run_sync(Context context);
int run_search(Context context);
int run_export(Context context);
// verbs_safety.cpp: check, backup, restore.
int run_check(Context context);
int run_backup(Context context);
int run_restore(const Arguments& arguments, const Output& out, ClientOptions options);
// verbs_club.cpp: club, invite, join, admit, member.
int run_club_create(Context context);
int run_club_list(Context context);
int run_club_season(Context context);
int run_club_leave(Context context);
int run_invite(Context context);
int run_invite_list(Context context);
int run_invite_revoke(Context context);
int run_join(Context context);
int run_admit(Context context);
int run_member_list(Context context);
int run_member_remove(Context context);
// verbs_form.cpp: form propose, form check, form found, template. They touch no home: nothing for any other verb.
std::optional<int> run_without_home(const Arguments& arguments, const Output& out);
// verbs_found.cpp: club found, club practice, club settings.
int run_club_found(Context context);
int run_club_practice(Context context);
int run_club_settings(Context context);
/// Gives a club that has a template the template's pact, in its language.
Status agree_on_template(Client& client, const SpaceId& club, const ClubSettings& settings);
/// What a template and the options of `club create` say of a new club. Errors: not_found (no such template), invalid_argument.
[[nodiscard]] Result<std::pair<History, ClubSettings>> settings_of(const Arguments& arguments);
// verbs_host.cpp: host, session, desk, hand-in, club succeed.
int run_host_give(Context context);
int run_host_take(Context context);
int run_host_offer(Context context);
int run_club_quorum(Context context);
int run_newcomer_list(Context context);
int run_newcomer_agree(Context context);
int run_host_replace(Context context);
int run_club_succeed(Context context);
int run_session_create(Context context);
int run_session_list(Context context);
int run_session_join(Context context);
int run_session_announce(Context context);
int run_session_invite(Context context);
int run_desk_create(Context context);
int run_hand_in(Context context);
int run_hand_in_accept(Context context);
// verbs_seal.cpp: seal.
int run_seal_show(Context context);
int run_seal_check(Context context);
int run_seal_reopen(Context context);
// verbs_note.cpp: note, material.
int run_note_add(Context context);
int run_note_list(Context context);
int run_note_show(Context context);
int run_note_edit(Context context);
int run_note_append(Context context);
int run_note_delete(Context context);
int run_note_share(Context context);
int run_material_add(Context context);
int run_material_list(Context context);
int run_material_get(Context context);
int run_material_delete(Context context);
int run_material_evict(Context context);
int run_material_quota(Context context);

/// The certificates in a PEM file; nothing for no file. Errors: not_found, io_failed, too_large.
[[nodiscard]] Result<std::string> read_ca(const std::string& file);

/// The contents of a file, or of standard input for "-". Errors: not_found, io_failed, too_large.
[[nodiscard]] Result<std::string> read_text(const std::string& file);

/// `MUISTIO_VERB(auto x, client.f());` binds the value of the future, or says the refusal and returns its exit status.
#define MUISTIO_VERB(target, ...) MUISTIO_VERB_(MUISTIO_CONCAT(result_, __COUNTER__), target, __VA_ARGS__)
#define MUISTIO_VERB_(name, target, ...)              \
  auto name = (__VA_ARGS__);                          \
  if (!name) return context.out.refuse(name.error()); \
  target = std::move(name).value()
/// The same for what has no value.
#define MUISTIO_VERB_DO(...)                                                                \
  do {                                                                                      \
    if (auto status_ = (__VA_ARGS__); !status_) return context.out.refuse(status_.error()); \
  } while (false)

}  // namespace muistio::cli
