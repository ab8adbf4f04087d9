// How verbs are hung into the tree of words that CLI11 reads.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "arguments.hpp"

namespace muistio::cli {

/// Ties a verb to its name: when CLI11 has read it, `verb` says so.
inline CLI::App* add_verb(CLI::App& parent, Arguments& arguments, const std::string& word, const std::string& full,
                          const std::string& help) {
  auto* verb = parent.add_subcommand(word, help);
  verb->callback([&arguments, full] {
    if (arguments.verb.empty()) arguments.verb = full;
  });
  return verb;
}

/// A word that has verbs of its own: "note".
inline CLI::App* add_group(CLI::App& parent, const std::string& word, const std::string& help) {
  auto* group = parent.add_subcommand(word, help);
  group->require_subcommand(0, 1);  // that one is there, `missing` checks: it can say which word is unknown
  return group;
}

/// arguments_form.cpp: form, template, club found, club settings.
void add_form_verbs(CLI::App& app, Arguments& arguments);
/// arguments_season.cpp: pact, season, poll, meeting, agenda, action, question and what goes with them.
void add_season_verbs(CLI::App& app, Arguments& arguments);
/// arguments_surveys.cpp: wish, survey.
void add_survey_verbs(CLI::App& app, Arguments& arguments);
/// arguments_network.cpp: card, stand-in, plan, contact.
void add_network_verbs(CLI::App& app, Arguments& arguments);

}  // namespace muistio::cli
