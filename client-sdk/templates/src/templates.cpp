#include "muistio/templates/templates.hpp"

#include <algorithm>

namespace muistio::templates {

std::string_view Texts::in(words::Language language) const noexcept {
  switch (language) {
    case words::Language::fi:
      return fi;
    case words::Language::sv:
      return sv;
    case words::Language::nl:
      return nl;
    case words::Language::en:
      return en;
  }
  return en;
}

bool Template::has(std::string_view practice) const noexcept {
  return std::find(practices.begin(), practices.end(), practice) != practices.end();
}

words::Manner Template::manner(words::Language language) const noexcept { return {language, group, host_word, facilitator}; }

const Template* find(std::string_view name) noexcept {
  for (const auto& each : all())
    if (each.name == name) return &each;
  return nullptr;
}

std::string_view part_key(PartKind kind) noexcept {
  switch (kind) {
    case PartKind::news:
      return "meeting.news";
    case PartKind::theme:
      return "meeting.theme";
    case PartKind::talk:
      return "meeting.talk";
    case PartKind::case_:
      return "meeting.case";
    case PartKind::visit:
      return "meeting.visit";
    case PartKind::closing:
      return "meeting.closing";
  }
  return "meeting.theme";
}

std::string_view survey_key(SurveyKind kind) noexcept {
  switch (kind) {
    case SurveyKind::topics:
      return "survey.topics";
    case SurveyKind::feedback:
      return "survey.feedback";
    case SurveyKind::wellbeing:
      return "survey.wellbeing";
    case SurveyKind::workplace:
      return "survey.workplace";
  }
  return "survey.feedback";
}

}  // namespace muistio::templates
