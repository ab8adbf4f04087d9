#include "muistio/club/questions.hpp"

#include "judging.hpp"

namespace muistio::club {

bool judge_question(const Op& op, const Author& author, const Document* document) {
  const bool is_own = names_device(op.document, author.device);
  if (op.kind == OpKind::create) return is_own;
  if (op.field == kAnswerTo) return is_own && is_bytes_set(op, DocumentId::size_bytes);
  if (op.kind == OpKind::take_back_passage)
    return op.field == kQuestionText || op.field == kAnswerText;  // judged before by its ranges
  if (!is_maker(op, author, document)) return false;
  if (op.field == kQuestionTitle) return is_line_set(op) && !op.payload.empty();
  if (op.field == kQuestionText || op.field == kAnswerText) return is_text_op(op);
  return true;
}

Result<DocumentId> ask_question(replica::ChangeBuilder& builder, Random& random, std::string_view title, std::string_view text) {
  MUISTIO_CHECK(check_line(as_bytes(title)));
  if (title.empty()) return fail(ErrorCode::invalid_argument, "the question is empty");
  const auto id = make_document_id(random, builder.author().device);
  MUISTIO_CHECK(builder.create(id, kQuestion));
  MUISTIO_CHECK(builder.set_register(id, kQuestionTitle, as_bytes(title)));
  if (!text.empty()) MUISTIO_CHECK(builder.append_text(id, kQuestionText, text));
  return id;
}

Result<DocumentId> answer_question(replica::ChangeBuilder& builder, Random& random, const DocumentId& question,
                                   std::string_view text) {
  MUISTIO_TRY(const auto* document, builder.document(question));
  if (!document->exists() || document->type() != kQuestion) return fail(ErrorCode::not_found, "no question has this id");
  if (text.empty()) return fail(ErrorCode::invalid_argument, "the answer is empty");
  const auto id = make_document_id(random, builder.author().device);
  MUISTIO_CHECK(builder.create(id, kAnswer));
  MUISTIO_CHECK(builder.set_register(id, kAnswerTo, question.view()));
  MUISTIO_CHECK(builder.append_text(id, kAnswerText, text));
  return id;
}

Result<std::vector<QuestionItem>> list_questions(replica::Replica& documents, const Records& records) {
  std::vector<QuestionItem> items;
  for (const auto* record : of_type(records, kQuestion)) {
    MUISTIO_TRY(const auto document, documents.document(record->id));
    if (document == nullptr) continue;
    items.push_back({record->id, record->text(kQuestionTitle), document->text(kQuestionText), record->maker, record->created, {}});
  }
  for (const auto* record : of_type(records, kAnswer)) {
    const auto to = record->id_in<DocumentId>(kAnswerTo);
    for (auto& item : items) {
      if (to != item.id) continue;
      MUISTIO_TRY(const auto document, documents.document(record->id));
      if (document != nullptr) item.answers.push_back({record->id, record->maker, record->created, document->text(kAnswerText)});
    }
  }
  return items;
}

}  // namespace muistio::club
