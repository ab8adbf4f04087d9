#include "muistio/club/baseline.hpp"

#include <algorithm>
#include <set>

#include "judging.hpp"
#include "muistio/club/attendance.hpp"
#include "muistio/club/documents.hpp"
#include "muistio/club/line.hpp"
#include "muistio/club/meeting.hpp"
#include "muistio/club/pact.hpp"
#include "muistio/club/poll.hpp"
#include "muistio/club/records.hpp"
#include "muistio/club/season.hpp"
#include "muistio/club/settings.hpp"
#include "muistio/crypto/device_id.hpp"
#include "muistio/replica/payload.hpp"

namespace muistio::club {
namespace {

/// Types without texts.
bool is_season(DocumentType type) {
  return type == kPact || type == kSignature || type == kSeason || type == kMeeting || type == kReply || type == kBaton ||
         type == kPoll || type == kBallot;
}
bool is_stated(DocumentType type) { return type == kSettings || type == kProfile || is_season(type); }

/// Whether a register of the statement begins with one of these ids.
bool is_about(const Record& record, FieldId field, const std::set<DocumentId>& wanted) {
  const auto* held = record.find(field);
  if (held == nullptr || held->value.size() < DocumentId::size_bytes) return false;
  return wanted.contains(DocumentId::from_bytes(BytesView(held->value).first(DocumentId::size_bytes)).value());
}

/// What is to come, and what was agreed.
void add_season(const Records& records, const std::function<bool(const When&)>& is_over, std::vector<DocumentId>& wanted) {
  std::set<DocumentId> meetings, seasons, polls, pacts;
  for (const auto& meeting : list_meetings(records)) {
    if (meeting.cancelled || (is_over && is_over(meeting.when))) continue;
    meetings.insert(meeting.id);
    if (meeting.season) seasons.insert(*meeting.season);
  }
  for (const auto& poll : list_polls(records))
    if (!poll.closed) polls.insert(poll.id);
  if (const auto all = of_type(records, kPact); !all.empty()) pacts.insert(all.back()->id);
  for (const auto& record : records) {
    const bool is_one = meetings.contains(record.id) || seasons.contains(record.id) || polls.contains(record.id) ||
                        pacts.contains(record.id) || (record.type == kReply && is_about(record, kReplyAnswer, meetings)) ||
                        (record.type == kBaton && is_about(record, kBatonTo, meetings)) ||
                        (record.type == kBallot && is_about(record, kBallotMarks, polls)) ||
                        (record.type == kSignature && is_about(record, kSignatureOf, pacts));
    if (is_one) wanted.push_back(record.id);
  }
}

/// A device that the document's id may name: what a host states is in another's name.
DeviceId device_in(const DocumentId& id) {
  DeviceId device;
  std::copy_n(id.view().begin() + 8, 8, device.mutable_array().begin());
  return device;
}

/// The signature's own key says whose it is.
bool is_signature(const replica::Op& op) {
  constexpr std::size_t kKeyAt = DocumentId::size_bytes + Hash::size_bytes;
  if (op.kind != OpKind::set_register || op.payload.size() < kKeyAt + crypto::VerifyKey::size_bytes) return false;
  const auto key = crypto::VerifyKey::from_bytes(BytesView(op.payload).subspan(kKeyAt, crypto::VerifyKey::size_bytes));
  const auto device = crypto::device_id_of(key.value());
  return names_device(op.document, device) && decode_pact_signature(op.payload, device).has_value();
}

bool is_of_season(const replica::Op& op, const replica::Document* document) {
  const DocumentType type(static_cast<std::uint16_t>(op.field.value() >> 8));
  if (!is_season(type)) return false;
  if (op.field == kSignatureOf) return is_signature(op);
  return judge_practice(type, op, {MemberId{}, device_in(op.document), Role::host}, document);
}

}  // namespace

Result<std::vector<DocumentId>> baseline_documents(replica::Replica& documents, const SpaceId& space,
                                                   std::span<const MemberId> members,
                                                   const std::function<bool(const When&)>& is_over) {
  std::vector<DocumentId> wanted{settings_document(space)};
  for (const auto& member : members) wanted.push_back(profile_document(member));
  MUISTIO_TRY(const auto records, gather(documents));
  add_season(records, is_over, wanted);
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
  if (is_of_season(op, document)) return true;
  if (op.kind != replica::OpKind::set_register) return false;
  if (is_settings_field(op.field)) return has_settings_form(op.field, op.payload);
  return (op.field == kSettingsName || op.field == kProfileName) && check_line(op.payload).has_value();
}

}  // namespace muistio::club
