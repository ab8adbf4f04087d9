// Questions to the club, with the answers below.
#pragma once

#include <string>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/club/records.hpp"
#include "muistio/replica/change_builder.hpp"

namespace muistio::club {

inline constexpr DocumentType kQuestion{0x1b};
inline constexpr FieldId kQuestionTitle{0x1b01};  // register: a line; its maker's
inline constexpr FieldId kQuestionText{0x1b02};   // text; its maker's
inline constexpr DocumentType kAnswer{0x1c};
inline constexpr FieldId kAnswerTo{0x1c01};    // register: question (16); the device that made it
inline constexpr FieldId kAnswerText{0x1c02};  // text; its maker's

/// Errors: invalid_argument, not_utf8, too_large.
Result<DocumentId> ask_question(replica::ChangeBuilder& builder, Random& random, std::string_view title, std::string_view text);
/// Errors: also not_found.
Result<DocumentId> answer_question(replica::ChangeBuilder& builder, Random& random, const DocumentId& question,
                                   std::string_view text);

struct AnswerItem {
  DocumentId id;
  MemberId maker;
  WallMs created;
  std::string text;
  friend bool operator==(const AnswerItem&, const AnswerItem&) = default;
};

struct QuestionItem {
  DocumentId id;
  std::string title, text;
  MemberId maker;
  WallMs created;
  std::vector<AnswerItem> answers;  // as they were given
  friend bool operator==(const QuestionItem&, const QuestionItem&) = default;
};

/// As they were asked. Errors: those of the replica's reads.
[[nodiscard]] Result<std::vector<QuestionItem>> list_questions(replica::Replica& documents, const Records& records);

}  // namespace muistio::club
