// What the verbs of wishes and surveys print (docs/club.md).
#pragma once

#include "muistio/client/surveys.hpp"
#include "output.hpp"

namespace muistio::cli {

void print_wishes(const Output& out, const std::vector<home::Wish>& wishes);
void print_themes(const Output& out, const std::vector<home::Theme>& themes);
void print_survey_rules(const Output& out, const home::SurveyRules& rules);
void print_surveys(const Output& out, const std::vector<home::Survey>& surveys);
void print_survey(const Output& out, const home::Survey& survey);
void print_outcome(const Output& out, const home::SurveyOutcome& outcome);

}  // namespace muistio::cli
