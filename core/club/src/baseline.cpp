#include "muistio/club/baseline.hpp"

#include "muistio/club/documents.hpp"
#include "muistio/club/line.hpp"
#include "muistio/club/settings.hpp"
#include "muistio/replica/payload.hpp"

namespace muistio::club {
namespace {

bool is_stated(DocumentType type) { return type == kSettings || type == kProfile; }

}  // namespace

Result<std::vector<DocumentId>> baseline_documents(replica::Replica& documents, const SpaceId& space, std::span<const MemberId> members) {
  std::vector<DocumentId> wanted{settings_document(space)};
  for (const auto& member : members) wanted.push_back(profile_document(member));
  std::vector<DocumentId> held;
  for (const auto& id : wanted) {
    MUISTIO_TRY(const auto document, documents.document(id));
    if (document != nullptr && document->exists() && is_stated(document->type())) held.push_back(id);
  }
  return held;
}

bool begins_anew(const replica::Op& op, const replica::Author& author, const replica::Document*) {
  const auto type = replica::parse_create(op);
  return type && *type == kProfile && op.document == profile_document(author.member);
}

bool BaselineRules::judge(const replica::Op& op, const replica::Author& author, const replica::Document* document) {
  if (author.role != Role::host) return false;
  if (document != nullptr && document->creator() && !is_stated(document->type())) return false;
  if (op.kind == replica::OpKind::create) {
    const auto type = replica::parse_create(op);
    return type && is_stated(*type);
  }
  if (op.kind != replica::OpKind::set_register) return false;
  if (is_settings_field(op.field)) return has_settings_form(op.field, op.payload);
  return (op.field == kSettingsName || op.field == kProfileName) && check_line(op.payload).has_value();
}

}  // namespace muistio::club
