// Questions of a survey as people keep them in a file, and answers as they are typed.
#pragma once

#include <string>
#include <vector>

#include "muistio/base/result.hpp"
#include "muistio/home/survey_views.hpp"

namespace muistio::cli {

/// {"kind","title","questions":[{"form","text","most","choices"}]} (docs/club.md). Errors: invalid_argument.
[[nodiscard]] Result<home::NewSurvey> read_survey(const std::string& text);
/// "2=4", "3=1,2" or "4=text", from 1. Errors: invalid_argument.
[[nodiscard]] Result<club::SurveyAnswers> read_answers(const std::vector<club::SurveyQuestion>& questions,
                                                       const std::vector<std::string>& typed);

}  // namespace muistio::cli
