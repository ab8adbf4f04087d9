#include "arguments.hpp"

#include <CLI/CLI.hpp>
#include <cstring>
#include <iostream>

#include "output.hpp"
#include "verb_words.hpp"

namespace muistio::cli {
namespace {

enum class Day { beginning, end };

/// An option that takes a day, or a time in the form that this program prints.
void add_time(CLI::App& verb, const std::string& name, std::optional<WallMs>& target, Day day, const std::string& help) {
  verb.add_option_function<std::string>(
          name,
          [&target, day](const std::string& text) {
            const auto time = parse_time(text);
            if (!time) throw CLI::ValidationError("not a day (2026-11-21) or a time (2026-11-21T18:05:00Z): " + text);
            const bool is_day = text.size() == 10;
            target = is_day && day == Day::end ? WallMs(time->value() + 86'400'000) : *time;
          },
          help)
      ->type_name("DAY");
}

void add_home_verbs(CLI::App& app, Arguments& a) {
  auto* init = add_verb(app, a, "init", "init", "Make the home and the identity of its member");
  init->add_option("--name", a.name, "How the others will see you")->required();
  init->add_option("--server", a.server, "wss://HOST[:PORT]");
  init->add_option("--ca", a.ca_file, "Certificate authorities to believe (PEM) instead of the system's")->type_name("FILE");

  auto* club = add_group(app, "club", "Clubs");
  auto* create = add_verb(*club, a, "create", "club create", "Make a club with you as its host; prints its id");
  create->add_option("NAME", a.name)->required();
  create->add_option("--history", a.history, "What newcomers may read: from joining on, from the season's beginning, or all")
      ->check(CLI::IsMember({"joining", "season", "all"}));
  create->add_option("--template", a.form.template_name, "Which kind of club: template list");
  create->add_option("--language", a.form.language, "The club's language: fi, sv, nl or en");
  add_verb(*club, a, "list", "club list", "The clubs of this home");
  add_verb(*club, a, "season", "club season", "Begin a new season; done at the next sync")->add_option("CLUB", a.club)->required();
  add_verb(*club, a, "leave", "club leave", "Leave a club: it closes here at once")->add_option("CLUB", a.club)->required();

  add_verb(*club, a, "succeed", "club succeed", "Make a new club that goes on from this one; prints its id")
      ->add_option("CLUB", a.club)
      ->required();

  auto* quorum = add_verb(*club, a, "quorum", "club quorum", "How many members must agree to a newcomer; done at the next sync");
  quorum->add_option("CLUB", a.club)->required();
  quorum->add_option("N", a.quorum, "0: the host alone")->required()->check(CLI::Range(0u, 255u));

  auto* device = add_group(app, "device", "Devices");
  add_verb(*device, a, "list", "device list", "The devices of this member");
  auto* link_device =
      add_verb(*device, a, "link", "device link", "Print a link for a new device; with LINK, on an empty home, be that device");
  link_device->add_option("LINK", a.link);
  link_device->add_option("--ca", a.ca_file, "Certificate authorities to believe (PEM) instead of the system's")->type_name("FILE");
  link_device->add_flag("--qr", a.qr,
                        "Draw the link as a QR code on standard error, to be shown in person: no digits are compared");
  add_verb(*device, a, "confirm", "device confirm", "Let the new device in that shows DIGITS; without them, print the digits")
      ->add_option("DIGITS", a.code);
  auto* lose_device =
      add_verb(*device, a, "remove", "device remove", "Remove a lost device of yours from everything; done at the next sync");
  lose_device->add_option("DEVICE", a.id)->required();
  auto* words = add_verb(*device, a, "words", "device words", "Print the 24 words of recovery: write them on paper");
  words->add_flag("--forget", a.forget, "Forget them here instead: they are on paper");
  add_verb(app, a, "status", "status", "What is where; uses no network");

  add_verb(app, a, "check", "check", "Read everything that is here and name what is damaged");
  add_verb(app, a, "backup", "backup", "Write a copy of the home to a new folder")
      ->add_option("DIR", a.out)
      ->required()
      ->type_name("DIR");
  add_verb(app, a, "restore", "restore", "Make this home, where there is none, from a backup")
      ->add_option("DIR", a.file, "What backup wrote")
      ->required()
      ->type_name("DIR");

  auto* recover =
      add_verb(app, a, "recover", "recover", "Come back with the 24 words, on an empty home; they are read from standard input");
  recover->add_option("--server", a.server, "wss://HOST[:PORT]")->required();
  recover->add_option("--words-file", a.file, "A file with the words instead")->type_name("FILE");
  recover->add_option("--ca", a.ca_file, "Certificate authorities to believe (PEM) instead of the system's")->type_name("FILE");

  auto* sync = add_verb(app, a, "sync", "sync", "Push, pull, admit and move attachments: the only verb that uses the network");
  sync->add_flag("--no-material", a.no_material, "Move no attachments");
  auto* search = add_verb(app, a, "search", "search", "Notes that hold all the words, inflected forms included");
  search->add_option("--club", a.club, "Only of this club, session or desk");
  search->add_option("--author", a.author, "Only what this member wrote: a name, an id or its beginning");
  add_time(*search, "--since", a.since, Day::beginning, "Only notes that were changed on that day (UTC) or later");
  add_time(*search, "--until", a.until, Day::end, "Only notes that were begun on that day or before");
  search->add_option("WORDS", a.words)->required();
  auto* take_out = add_verb(app, a, "export", "export", "Write a club as Markdown and files");
  take_out->add_option("CLUB", a.club)->required();
  take_out->add_option("--out", a.out, "The folder to write to")->required()->type_name("DIR");
  take_out->add_flag("--private", a.is_private, "With your private notes about this club");
}

void add_member_verbs(CLI::App& app, Arguments& a) {
  auto* invite = add_verb(app, a, "invite", "invite", "Make an invitation; prints its link");
  invite->require_subcommand(0, 1);
  invite->add_option("CLUB", a.club);
  invite->add_option("--role", a.role, "member or facilitator")->check(CLI::IsMember({"member", "facilitator"}));
  invite->add_option("--uses", a.uses, "How many may join by it")->check(CLI::Range(1u, 1000u));
  invite->add_option("--expires", a.expires_days, "In how many days it ends")->check(CLI::Range(1u, 3650u))->type_name("DAYS");
  invite->add_flag("--qr", a.qr, "Draw the link as a QR code on standard error");
  invite->add_flag("--ask", a.asks, "One use is admitted by itself; this asks for your `admit` first");
  add_verb(*invite, a, "list", "invite list", "The invitations made here")->add_option("CLUB", a.club)->required();
  add_verb(*invite, a, "revoke", "invite revoke", "End an invitation")->add_option("ID", a.id)->required();

  auto* join = add_verb(app, a, "join", "join", "Ask to join by a link; the request goes out at the next sync");
  auto* link = join->add_option("LINK", a.link);
  join->add_option("--name", a.name, "How the others will see you, if the home is empty");
  join->add_option("--ca", a.ca_file, "Certificate authorities to believe (PEM) instead of the system's")->type_name("FILE");
  auto* cancel = join->add_option("--cancel", a.club, "Take the request back")->type_name("CLUB");
  link->excludes(cancel);

  auto* admit = add_verb(app, a, "admit", "admit", "Let somebody in who asks; done at the next sync");
  admit->add_option("CLUB", a.club)->required();
  admit->add_option("REQUEST", a.request, "Which one, if there are several");
  admit->add_option("--again", a.member, "It is this member again, after a lost phone: the old devices are removed")
      ->type_name("MEMBER");

  auto* newcomer = add_group(app, "newcomer", "Newcomers to whom members must agree: see club quorum");
  add_verb(*newcomer, a, "list", "newcomer list", "Whom the hosts would let in")->add_option("CLUB", a.club)->required();
  auto* agree = add_verb(*newcomer, a, "agree", "newcomer agree", "Agree to a newcomer; goes out at the next sync");
  agree->add_option("CLUB", a.club)->required();
  agree->add_option("NEWCOMER", a.member, "Which one, if there are several: a name or an id");

  auto* member = add_group(app, "member", "Members");
  add_verb(*member, a, "list", "member list", "The members of a club")->add_option("CLUB", a.club)->required();
  auto* remove = add_verb(*member, a, "remove", "member remove", "Remove a member; done at the next sync, before content");
  remove->add_option("CLUB", a.club)->required();
  remove->add_option("MEMBER", a.member)->required();
}

void add_host_verbs(CLI::App& app, Arguments& a) {
  auto* host = add_group(app, "host", "Who hosts a club");
  auto* give = add_verb(*host, a, "give", "host give", "Make a member a host too; done at the next sync");
  give->add_option("CLUB", a.club)->required();
  give->add_option("MEMBER", a.member)->required();
  auto* warrant =
      give->add_flag("--warrant", a.warrant, "Print a warrant instead, for MEMBER's `host take`: this host may stay offline");
  give->add_flag("--qr", a.qr, "Draw the warrant as a QR code on standard error")->needs(warrant);
  auto* take = add_verb(*host, a, "take", "host take", "Become a host by a warrant; done at the next sync");
  take->add_option("CLUB", a.club)->required();
  take->add_option("TEXT", a.link, "The warrant; left out: the role that was offered to all");
  add_verb(*host, a, "offer", "host offer", "Offer the role to all: whoever takes it first is host too")
      ->add_option("CLUB", a.club)
      ->required();
  auto* replace = add_verb(*host, a, "replace", "host replace", "Vote that a member takes the place of hosts who have vanished");
  replace->add_option("CLUB", a.club)->required();
  replace->add_option("MEMBER", a.member)->required();
  replace->add_flag("--insist", a.insist, "Also if a host was seen in the last 30 days: you know that they are gone");

  auto* session = add_group(app, "session", "Sessions: meetings with guests or with other clubs");
  auto* create = add_verb(*session, a, "create", "session create", "Make a session and tell the club of it; prints its id");
  create->add_option("CLUB", a.club)->required();
  create->add_option("TITLE", a.title)->required();
  add_verb(*session, a, "list", "session list", "The sessions that a club was told of")->add_option("CLUB", a.club)->required();
  auto* join = add_verb(*session, a, "join", "session join", "Ask to be let into a session of a club; goes out at the next sync");
  join->add_option("CLUB", a.club)->required();
  join->add_option("SESSION", a.session)->required();
  auto* announce = add_verb(*session, a, "announce", "session announce", "Tell another club of a session that you host");
  announce->add_option("CLUB", a.club)->required();
  announce->add_option("SESSION", a.session)->required();
  auto* invite = add_verb(*session, a, "invite", "session invite", "Make an invitation for a guest; prints its link");
  invite->add_option("SESSION", a.session)->required();
  invite->add_flag("--member", a.member_role, "For a full member of the session, who is in none of its clubs");
  invite->add_option("--uses", a.uses, "How many may join by it")->check(CLI::Range(1u, 1000u));
  invite->add_option("--expires", a.expires_days, "In how many days it ends")->check(CLI::Range(1u, 3650u))->type_name("DAYS");
  invite->add_flag("--qr", a.qr, "Draw the link as a QR code on standard error");

  auto* desk = add_group(app, "desk", "Desks: where hosts and the programme meet");
  add_verb(*desk, a, "create", "desk create", "Make a desk with you as its host; prints its id")
      ->add_option("NAME", a.name)
      ->required();

  auto* hand_in = add_verb(app, a, "hand-in", "hand-in", "Write the notes that never reached a club to a file for its hosts");
  hand_in->require_subcommand(0, 1);
  hand_in->add_option("CLUB", a.club);
  hand_in->add_option("--out", a.out, "The file to write")->type_name("FILE");
  auto* accept = add_verb(*hand_in, a, "accept", "hand-in accept", "Take in, as a host, what a member handed in");
  accept->add_option("CLUB", a.club)->required();
  accept->add_option("FILE", a.file)->required();
}

void add_seal_verbs(CLI::App& app, Arguments& a) {
  auto* seal = add_group(app, "seal", "Meeting seals: whether everybody sees the same club");
  auto* show = add_verb(*seal, a, "show", "seal show", "Print what this device holds of the club, to be compared");
  show->add_option("CLUB", a.club)->required();
  show->add_flag("--qr", a.qr, "Draw it as a QR code on standard error");
  auto* check = add_verb(*seal, a, "check", "seal check", "Compare another member's seal");
  check->add_option("CLUB", a.club)->required();
  check->add_option("TEXT", a.text)->required();
  auto* reopen =
      add_verb(*seal, a, "reopen", "seal reopen", "Go on after trust stopped: a host decides, the others confirm the host's TEXT");
  reopen->add_option("CLUB", a.club)->required();
  reopen->add_option("TEXT", a.text, "What the host's `seal reopen` printed");
  reopen->add_flag("--qr", a.qr, "Draw it as a QR code on standard error");
}

void add_content_verbs(CLI::App& app, Arguments& a) {
  auto* note = add_group(app, "note", "Notes");
  auto* add = add_verb(*note, a, "add", "note add", "Write a note; prints its id");
  add->add_option("CLUB", a.club)->required();
  add->add_option("--title", a.title)->required();
  add->add_option("--file", a.file, "The text; - is standard input")->type_name("F|-");
  add->add_flag("--private", a.is_private, "For your own devices only");
  add_verb(*note, a, "list", "note list", "The notes of a club")->add_option("CLUB", a.club)->required();
  add_verb(*note, a, "show", "note show", "The text, byte for byte")->add_option("ID", a.id)->required();
  auto* edit = add_verb(*note, a, "edit", "note edit", "Give a note a new text; what others wrote meanwhile stays");
  edit->add_option("ID", a.id)->required();
  edit->add_option("--file", a.file, "The whole new text; - is standard input")->required()->type_name("F|-");
  edit->add_option("--base", a.base, "The version that it was made from; else the one shown last")->type_name("VERSION");
  auto* append = add_verb(*note, a, "append", "note append", "Add to the end of a note");
  append->add_option("ID", a.id)->required();
  append->add_option("--file", a.file, "What to add; - is standard input")->required()->type_name("F|-");
  add_verb(*note, a, "delete", "note delete", "Take a note back, on every device")->add_option("ID", a.id)->required();

  add_verb(*note, a, "share", "note share", "Hand a copy of an older note to everybody who is in the club now; prints its id")
      ->add_option("ID", a.id)
      ->required();

  auto* material = add_group(app, "material", "Shared files");
  auto* share = add_verb(*material, a, "add", "material add", "Share a file; prints its id");
  share->add_option("CLUB", a.club)->required();
  share->add_option("FILE", a.file)->required();
  add_verb(*material, a, "list", "material list", "The files of a club")->add_option("CLUB", a.club)->required();
  auto* get = add_verb(*material, a, "get", "material get", "Write a shared file to the disk");
  get->add_option("ID", a.id)->required();
  get->add_option("--out", a.out, "Where to")->required()->type_name("FILE");
  add_verb(*material, a, "evict", "material evict", "Drop the copy on this device; `material get` asks for it again")
      ->add_option("ID", a.id)
      ->required();
  add_verb(*material, a, "quota", "material quota", "What the copies on this device take, or how much they may take")
      ->add_option("BYTES", a.text, "A number of bytes, or `none`")
      ->type_name("BYTES|none");
  add_verb(*material, a, "delete", "material delete", "Take a file back, on every device")->add_option("ID", a.id)->required();
}

/// The words before a verb that is not there: "note shwo".
std::string unknown_verb(const CLI::App& app) {
  std::string words;
  const CLI::App* at = &app;
  for (auto groups = at->get_subcommands(); !groups.empty(); groups = at->get_subcommands()) {
    at = groups.front();
    words += at->get_name() + " ";
  }
  const auto left = app.remaining(true);
  if (left.empty()) return words.empty() ? "a verb is needed" : words + "needs another word";
  return "there is no verb '" + words + left.front() + "'";
}

/// Forming clubs and reading templates is nobody's own business: it touches no home.
bool needs_home(std::string_view verb) { return !verb.starts_with("form ") && !verb.starts_with("template "); }

/// What CLI11 does not check: verbs whose words depend on each other.
std::string missing(const CLI::App& app, const Arguments& a) {
  if (a.verb.empty()) return unknown_verb(app);
  if (a.home.empty() && needs_home(a.verb)) return "--home is required";
  if (const auto left = app.remaining(true); !left.empty()) return a.verb + ": not expected: " + left.front();
  if (a.verb == "invite" && a.club.empty()) return "invite: CLUB is required";
  if (a.verb == "hand-in" && (a.club.empty() || a.out.empty())) return "hand-in: CLUB and --out FILE are required";
  if (a.verb == "join" && a.link.empty() && !a.cancel) return "join: LINK or --cancel CLUB is required";
  return {};
}

int refuse_usage(bool json, const std::string& message) {
  std::cerr << "muistio: " << message << "\nRun with --help for more information.\n";
  if (json) std::cout << error_object("usage", message) << "\n";
  return kUsage;
}

}  // namespace

std::variant<Arguments, int> parse_arguments(int argc, const char* const* argv) {
  Arguments arguments;
  CLI::App app("Meeting notes of a club, end-to-end encrypted, offline first.", "muistio");
  app.set_version_flag("--version", std::string("muistio " MUISTIO_VERSION));
  app.fallthrough();
  app.require_subcommand(0, 1);
  app.allow_extras();
  app.add_option("--home", arguments.home, "The folder with everything of one person on one device")->type_name("DIR");
  app.add_flag("--json", arguments.json, "One JSON object on one line");
  app.add_option("--passphrase-file", arguments.passphrase_file, "The passphrase of the home; else MUISTIO_PASSPHRASE")
      ->type_name("F");
  add_home_verbs(app, arguments);
  add_member_verbs(app, arguments);
  add_host_verbs(app, arguments);
  add_seal_verbs(app, arguments);
  add_content_verbs(app, arguments);
  add_form_verbs(app, arguments);
  add_season_verbs(app, arguments);
  add_survey_verbs(app, arguments);
  add_network_verbs(app, arguments);
  bool json = false;
  for (int i = 1; i < argc; ++i) json = json || std::strcmp(argv[i], "--json") == 0;
  try {
    app.parse(argc, argv);
    arguments.cancel = arguments.verb == "join" && !arguments.club.empty();
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error, std::cout, std::cerr) == 0 ? kDone : kUsage;
    return refuse_usage(json, error.what());
  }
  if (const auto message = missing(app, arguments); !message.empty()) return refuse_usage(json, message);
  return arguments;
}

}  // namespace muistio::cli
