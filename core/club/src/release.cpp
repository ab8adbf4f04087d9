#include "muistio/club/release.hpp"

#include <algorithm>

#include "judging.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/crypto/device_id.hpp"
#include "muistio/crypto/hash.hpp"

namespace muistio::club {
namespace {

constexpr std::pair<std::string_view, ReleaseKind> kKinds[] = {{"training", ReleaseKind::training},
                                                               {"abroad", ReleaseKind::abroad},
                                                               {"research", ReleaseKind::research},
                                                               {"other", ReleaseKind::other}};

Status check_release_text(BytesView text) {
  if (text.empty()) return fail(ErrorCode::invalid_argument, "the text is empty");
  return check_text(text, kReleaseBytesMax);
}

Status check_key(const crypto::VerifyKey& key, const DeviceId& device) {
  return crypto::device_id_of(key) == device ? ok() : fail(ErrorCode::bad_signature, "another device's key");
}

struct StopWord {
  bool stops = false;
  Hash content;
  std::string reason;
};

Result<StopWord> decode_stop(BytesView bytes) {
  Reader in(bytes);
  StopWord word;
  MUISTIO_TRY([[maybe_unused]] const auto release, in.fixed<DocumentId>());
  MUISTIO_TRY(const auto stops, in.u8());
  if (stops > 1) return fail(ErrorCode::malformed, "neither stopped nor let go");
  word.stops = stops == 1;
  MUISTIO_TRY(word.content, in.fixed<Hash>());
  MUISTIO_TRY(const auto reason, in.take(in.left()));
  MUISTIO_CHECK(check_line(reason));
  word.reason = std::string(as_text(reason));
  return word;
}

/// Ascending, none twice, not too many.
Result<std::vector<MemberId>> decode_named(BytesView bytes) {
  if (bytes.size() % MemberId::size_bytes != 0 || bytes.size() / MemberId::size_bytes > kNamedMax)
    return fail(ErrorCode::malformed, "members");
  Reader in(bytes);
  std::vector<MemberId> named;
  while (!in.at_end()) {
    MUISTIO_TRY(const auto member, in.fixed<MemberId>());
    if (!named.empty() && !(named.back() < member)) return fail(ErrorCode::malformed, "members are not ascending");
    named.push_back(member);
  }
  return named;
}

bool judge_release_itself(const Op& op, const Author& author) {
  if (!names_device(op.document, author.device)) return false;
  if (op.kind == OpKind::create) return true;
  if (op.field == kReleaseText) return op.kind == OpKind::set_register && check_release_text(op.payload).has_value();
  if (op.field == kReleaseDesk) return is_bytes_set(op, SpaceId::size_bytes);
  if (op.field == kReleaseNamed) return op.kind == OpKind::set_register && decode_named(op.payload).has_value();
  if (op.field == kReleaseKind) return is_choice_set(op, 1, 4);
  return true;
}

bool judge_ledger(const Op& op, const Author& author) {
  if (!is_host(author)) return false;
  if (op.field == kLedgerWithdrawn && op.kind != OpKind::create) return is_choice_set(op, 1, 1);
  if (!names_device(op.document, author.device)) return false;
  if (op.kind == OpKind::create) return true;
  if (op.field == kLedgerOf) return op.kind == OpKind::set_register && decode_ledger_line(op.payload, author.device).has_value();
  return true;
}

}  // namespace

std::string_view release_kind_name(ReleaseKind kind) noexcept {
  for (const auto& [name, each] : kKinds)
    if (each == kind) return name;
  return "other";
}

std::optional<ReleaseKind> release_kind_from_name(std::string_view name) noexcept {
  for (const auto& [each, kind] : kKinds)
    if (each == name) return kind;
  return std::nullopt;
}

bool judge_release(DocumentType type, const Op& op, const Author& author) {
  if (type == kRelease) return judge_release_itself(op, author);
  if (type == kLedgerLine) return judge_ledger(op, author);
  if (!names_device(op.document, author.device)) return false;
  if (op.kind == OpKind::create) return true;
  if (op.field == kConsentTo) return op.kind == OpKind::set_register && decode_consent(op.payload, author.device).has_value();
  if (op.field == kStopOf) return op.kind == OpKind::set_register && decode_stop(op.payload).has_value();
  return true;
}

Hash release_content(std::string_view text, const SpaceId& desk, const DocumentId& release) {
  return crypto::labelled_hash("muistio release 1", {as_bytes(text), desk.view(), release.view()});
}

Result<DocumentId> draft_release(replica::ChangeBuilder& builder, Random& random, const NewRelease& release) {
  MUISTIO_CHECK(check_release_text(as_bytes(release.text)));
  auto members = release.named;
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  if (members.size() > kNamedMax) return fail(ErrorCode::invalid_argument, "too many are named");
  Writer named;
  for (const auto& member : members) named.raw(member.view());
  const auto id = make_document_id(random, builder.author().device);
  MUISTIO_CHECK(builder.create(id, kRelease));
  MUISTIO_CHECK(builder.set_register(id, kReleaseDesk, release.desk.view()));
  MUISTIO_CHECK(builder.set_register(id, kReleaseNamed, named.bytes()));
  const auto kind = static_cast<std::uint8_t>(release.kind);
  MUISTIO_CHECK(builder.set_register(id, kReleaseKind, BytesView(&kind, 1)));
  MUISTIO_CHECK(builder.set_register(id, kReleaseText, as_bytes(release.text)));
  return id;
}

Status edit_release(replica::ChangeBuilder& builder, const DocumentId& release, std::string_view text) {
  MUISTIO_CHECK(check_release_text(as_bytes(text)));
  MUISTIO_TRY(const auto* document, builder.document(release));
  if (!document->exists() || document->type() != kRelease) return fail(ErrorCode::not_found, "no release has this id");
  return builder.set_register(release, kReleaseText, as_bytes(text));
}

Bytes consent_fields(const DocumentId& release, bool agrees, const Hash& content) {
  return Writer().raw(release.view()).u8(agrees ? 1 : 0).raw(content.view()).bytes();
}

Status verify_consent(const SpaceId& club, const Consent& consent) {
  const auto said = consent_fields(consent.release, consent.agrees, consent.content);
  return crypto::verify(consent.key, kConsentLabel, {club.view(), said}, consent.signature);
}

Result<Consent> decode_consent(BytesView bytes, const DeviceId& device) {
  Reader in(bytes);
  Consent consent;
  MUISTIO_TRY(consent.release, in.fixed<DocumentId>());
  MUISTIO_TRY(const auto agrees, in.u8());
  if (agrees > 1) return fail(ErrorCode::malformed, "neither agreed nor refused");
  consent.agrees = agrees == 1;
  MUISTIO_TRY(consent.content, in.fixed<Hash>());
  MUISTIO_TRY(consent.key, in.fixed<crypto::VerifyKey>());
  MUISTIO_TRY(consent.signature, in.fixed<crypto::Signature>());
  MUISTIO_CHECK(in.finish());
  MUISTIO_CHECK(check_key(consent.key, device));
  return consent;
}

Bytes encode_consent(const Consent& consent) {
  return Writer()
      .raw(consent_fields(consent.release, consent.agrees, consent.content))
      .raw(consent.key.view())
      .raw(consent.signature.view())
      .bytes();
}

Status say_consent(replica::ChangeBuilder& builder, const Consent& consent) {
  const auto id = statement_id(kConsent, consent.release.view(), builder.author().device);
  MUISTIO_CHECK(builder.create(id, kConsent));
  return builder.set_register(id, kConsentTo, encode_consent(consent));
}

Status say_stop(replica::ChangeBuilder& builder, const DocumentId& release, bool stops, const Hash& content,
                std::string_view reason) {
  MUISTIO_CHECK(check_line(as_bytes(reason)));
  const auto id = statement_id(kStop, release.view(), builder.author().device);
  MUISTIO_CHECK(builder.create(id, kStop));
  auto said = Writer().raw(release.view()).u8(stops ? 1 : 0).raw(content.view()).raw(as_bytes(reason)).bytes();
  return builder.set_register(id, kStopOf, said);
}

Result<LedgerLine> decode_ledger_line(BytesView bytes, const DeviceId& device) {
  Reader in(bytes);
  LedgerLine line;
  MUISTIO_TRY(line.release, in.fixed<DocumentId>());
  MUISTIO_TRY(line.content, in.fixed<Hash>());
  MUISTIO_TRY(line.desk, in.fixed<SpaceId>());
  MUISTIO_TRY(line.note, in.fixed<DocumentId>());
  MUISTIO_TRY(line.key, in.fixed<crypto::VerifyKey>());
  MUISTIO_TRY(line.signature, in.fixed<crypto::Signature>());
  MUISTIO_CHECK(in.finish());
  MUISTIO_CHECK(check_key(line.key, device));
  return line;
}

Status verify_ledger_line(const SpaceId& club, const LedgerLine& line) {
  return crypto::verify(line.key, kLedgerLabel,
                        {club.view(), line.release.view(), line.content.view(), line.desk.view(), line.note.view()},
                        line.signature);
}

Bytes encode_ledger_line(const LedgerLine& line) {
  return Writer()
      .raw(line.release.view())
      .raw(line.content.view())
      .raw(line.desk.view())
      .raw(line.note.view())
      .raw(line.key.view())
      .raw(line.signature.view())
      .bytes();
}

Result<DocumentId> write_ledger(replica::ChangeBuilder& builder, Random& random, const LedgerLine& line) {
  const auto id = make_document_id(random, builder.author().device);
  MUISTIO_CHECK(builder.create(id, kLedgerLine));
  MUISTIO_CHECK(builder.set_register(id, kLedgerOf, encode_ledger_line(line)));
  return id;
}

Status mark_withdrawn(replica::ChangeBuilder& builder, const DocumentId& line) {
  const std::uint8_t yes = 1;
  return builder.set_register(line, kLedgerWithdrawn, BytesView(&yes, 1));
}

Result<std::vector<ReleaseItem>> list_releases(replica::Replica& documents, const Records& records, const SpaceId& club) {
  std::vector<ReleaseItem> items;
  for (const auto* record : of_type(records, kRelease)) {
    MUISTIO_TRY(const auto document, documents.document(record->id));
    const auto desk = record->id_in<SpaceId>(kReleaseDesk);
    if (document == nullptr || !desk) continue;
    const auto* text = document->find_register(kReleaseText);
    if (text == nullptr) continue;
    ReleaseItem item;
    item.id = record->id;
    item.text = std::string(as_text(text->value));
    item.desk = *desk;
    if (const auto* kind = record->find(kReleaseKind); kind != nullptr && kind->value.size() == 1)
      item.kind = static_cast<ReleaseKind>(kind->value[0]);
    item.maker = record->maker;
    item.written = text->wall;
    item.content = release_content(item.text, item.desk, item.id);
    if (const auto* named = record->find(kReleaseNamed)) item.named = decode_named(named->value).value_or(std::vector<MemberId>{});
    for (const auto* said : statements(records, kConsent, kConsentTo, item.id.view())) {
      const auto* held = said->find(kConsentTo);
      const auto consent = decode_consent(held->value, held->stamp.device);
      const bool is_named = std::find(item.named.begin(), item.named.end(), said->maker) != item.named.end();
      if (!consent || consent->content != item.content || !is_named || !verify_consent(club, *consent)) continue;
      (consent->agrees ? item.agreed : item.refused).push_back(said->maker);
    }
    for (const auto* said : statements(records, kStop, kStopOf, item.id.view())) {
      const auto word = decode_stop(said->find(kStopOf)->value);
      if (word && word->stops && word->content == item.content) item.stopped_by.push_back({said->maker, word->reason});
    }
    items.push_back(std::move(item));
  }
  for (const auto* record : of_type(records, kLedgerLine)) {
    const auto* held = record->find(kLedgerOf);
    if (held == nullptr) continue;
    const auto line = decode_ledger_line(held->value, held->stamp.device);
    if (!line || !verify_ledger_line(club, *line)) continue;
    for (auto& item : items)
      if (item.id == line->release)
        item.sent.push_back({record->id, record->maker, held->wall, line->desk, line->note, line->content,
                             record->find(kLedgerWithdrawn) != nullptr});
  }
  return items;
}

}  // namespace muistio::club
