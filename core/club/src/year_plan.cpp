#include "muistio/club/year_plan.hpp"

#include <algorithm>

#include "judging.hpp"
#include "muistio/base/reader.hpp"

namespace muistio::club {
namespace {
using replica::ChangeBuilder;

constexpr std::uint64_t kYearLeast = 1970, kYearMost = 9999;

}  // namespace

bool judge_year_plan(const Op& op, const Author& author, const Document* document) {
  if (op.kind == OpKind::create) return names_device(op.document, author.device);
  if (!is_maker(op, author, document)) return false;
  if (op.field == kYearPlanYear) return is_number_set(op, kYearLeast, kYearMost);
  if (op.field == kYearPlanText) return op.kind == OpKind::set_register && check_text(op.payload, kYearPlanBytesMax).has_value();
  if (op.field == kYearPlanClub) return is_bytes_set(op, SpaceId::size_bytes);
  return true;
}

Result<DocumentId> create_year_plan(ChangeBuilder& builder, Random& random, std::uint64_t year, std::string_view text) {
  if (year < kYearLeast || year > kYearMost) return fail(ErrorCode::invalid_argument, "a year from 1970 to 9999");
  const auto id = make_document_id(random, builder.author().device);
  MUISTIO_CHECK(builder.create(id, kYearPlan));
  MUISTIO_CHECK(builder.set_register(id, kYearPlanYear, Writer().varint(year).bytes()));
  MUISTIO_CHECK(set_year_plan(builder, id, text));
  return id;
}

Status set_year_plan(ChangeBuilder& builder, const DocumentId& plan, std::string_view text) {
  MUISTIO_TRY(const auto* document, builder.document(plan));
  if (!document->exists() || document->type() != kYearPlan) return fail(ErrorCode::not_found, "no plan has this id");
  MUISTIO_CHECK(check_text(as_bytes(text), kYearPlanBytesMax));
  return builder.set_register(plan, kYearPlanText, as_bytes(text));
}

Result<std::vector<YearPlanItem>> list_year_plans(replica::Replica& documents, const Records& records) {
  std::vector<YearPlanItem> items;
  for (const auto* record : of_type(records, kYearPlan)) {
    MUISTIO_TRY(const auto document, documents.document(record->id));
    if (document == nullptr) continue;
    items.push_back({record->id, record->number(kYearPlanYear), document->register_text(kYearPlanText), record->maker,
                     record->created, record->changed});
  }
  std::stable_sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.year < b.year; });
  return items;
}

}  // namespace muistio::club
