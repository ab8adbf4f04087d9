#include "manual.hpp"

#include <algorithm>

#include "muistio/base/result.hpp"
#include "settings.hpp"

namespace muistio::server {

namespace {

/// Text for troff: a hyphen stays one, a line does not begin a request.
std::string troff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '-' || c == '\\') out += '\\';
    out += c;
  }
  return !out.empty() && (out[0] == '.' || out[0] == '\'') ? "\\&" + out : out;
}

}  // namespace

const std::vector<Verb>& all_verbs() {
  static const std::vector<Verb> all = {
      {"serve", "", "Serves clients over WebSocket and HTTP with TLS 1.3"},
      {"doctor", "[--ca FILE]", "Examines everything that a server needs, with a real round trip, and says what to do"},
      {"stats", "", "Counts what is held, and what the server that runs has done"},
      {"token", "add NAME SPACES [MIB] | list | remove NAME", "Who may begin spaces; what add prints is kept nowhere"},
      {"space", "delete SPACE | unchanged DAYS", "Deletes a space for good, or names those that nobody changed"},
      {"backup", "FOLDER", "Makes a verified backup in FOLDER while the server goes on"},
      {"verify-backup", "FOLDER", "Reads a backup whole and compares it with its manifest"},
      {"restore", "FOLDER", "Copies a backup into an empty log; the server must not run"},
      {"move-log", "[--to-data FOLDER] [--to-database STRING]",
       "Copies log and attachments between SQLite and PostgreSQL and compares; the server must not run"},
      {"migrate", "[--dry-run]", "Brings the log to this program's format"},
      {"config", "", "Prints the commented settings' file"},
      {"manual", "", "Prints this page for man(1)"},
      {"completion", "", "Prints the completion for bash"},
  };
  return all;
}

const Verb& verb_named(const std::string& name) {
  const auto& all = all_verbs();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Verb& each) { return each.name == name; });
  MUISTIO_INVARIANT(found != all.end());
  return *found;
}

std::string manual_page() {
  std::string out =
      ".TH MUISTIOD 8\n.SH NAME\nmuistiod \\- keeps and passes on encrypted meeting notes that it cannot read\n.SH SYNOPSIS\n.B "
      "muistiod\n"
      ".I VERB\n[\\-\\-config FILE] [\\-\\-SETTING VALUE ...]\n.SH DESCRIPTION\nA sync server for clubs. It orders and hands out "
      "sealed "
      "records and attachments; who may read them is decided by the members' keys. Verbs other than\n.B serve\nreach the server "
      "that runs "
      "over its control socket, or work on the log itself if none does.\n.SH VERBS\n";
  for (const auto& verb : all_verbs())
    out += std::string(".TP\n.B ") + troff(verb.name) + " " + troff(verb.arguments) + "\n" + troff(verb.help) + ".\n";
  out +=
      ".SH SETTINGS\nEach is a key of the file, a variable of the environment and a flag. A flag goes before the environment, the "
      "environment before the file.\n";
  for (const auto& setting : all_settings())
    out += std::string(".TP\n.B ") + troff(setting.key) + "\\fR, " + troff(environment_name(setting)) + ", \\fB\\-\\-" +
           troff(setting.flag) + "\\fR\n" + troff(setting.help) + ". Unset: " + troff(setting.initial) + ".\n";
  out +=
      ".SH SIGNALS\n.TP\n.B SIGTERM, SIGINT\nSays Goodbye to everyone and ends within about two seconds.\n.TP\n.B SIGHUP\nReads "
      "the "
      "certificate and its key again; one that cannot be used is not taken.\n.SH EXIT STATUS\n0 done; 1 refused or failed; 2 a "
      "word or a "
      "setting that is wrong.\n.SH FILES\n.I /etc/muistiod/muistiod.toml\n, settings;\n.I /var/lib/muistiod\n, the data.\n";
  return out;
}

std::string shell_completion() {
  std::string verbs, flags = "--config";
  for (const auto& verb : all_verbs()) verbs += std::string(verbs.empty() ? "" : " ") + verb.name;
  for (const auto& setting : all_settings()) flags += std::string(" --") + setting.flag;
  return "# Completion of muistiod for bash.\n_muistiod() {\n  local word=${COMP_WORDS[COMP_CWORD]}\n  case $COMP_CWORD in\n    1) "
         "COMPREPLY=($(compgen -W \"" +
         verbs +
         "\" -- \"$word\")) ;;\n    *)\n      case ${COMP_WORDS[1]}:$COMP_CWORD in\n        token:2) COMPREPLY=($(compgen -W \"add "
         "list "
         "remove\" -- \"$word\")) ;;\n        space:2) COMPREPLY=($(compgen -W \"delete unchanged\" -- \"$word\")) ;;\n        "
         "*)\n         "
         " if [[ $word == -* ]]; then COMPREPLY=($(compgen -W \"" +
         flags +
         " --ca --dry-run --to-data --to-database\" -- \"$word\"))\n          else COMPREPLY=($(compgen -f -- \"$word\")); fi ;;\n "
         "     "
         "esac ;;\n  esac\n}\ncomplete -F _muistiod muistiod\n";
}

}  // namespace muistio::server
