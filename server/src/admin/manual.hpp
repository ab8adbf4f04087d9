// The manual page and the shell completion, from the tables of verbs and settings.
#pragma once

#include <string>
#include <vector>

namespace muistio::server {

struct Verb {
  const char* name;
  const char* arguments;
  const char* help;
};

[[nodiscard]] const std::vector<Verb>& all_verbs();
/// What the table says of `name`, which is in it.
[[nodiscard]] const Verb& verb_named(const std::string& name);

/// muistiod(8) in troff.
[[nodiscard]] std::string manual_page();
/// For bash; zsh takes it by bashcompinit.
[[nodiscard]] std::string shell_completion();

}  // namespace muistio::server
