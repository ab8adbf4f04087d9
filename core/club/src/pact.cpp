#include "muistio/club/pact.hpp"

#include <algorithm>

#include "judging.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/crypto/device_id.hpp"
#include "muistio/crypto/hash.hpp"

namespace muistio::club {
namespace {

Status check_pact_text(BytesView text) {
  if (text.empty()) return fail(ErrorCode::invalid_argument, "the pact is empty");
  return check_text(text, kPactBytesMax);
}

}  // namespace

Hash pact_text_hash(std::string_view text) { return crypto::sha256(as_bytes(text)); }

Bytes encode_pact_signature(const PactSignature& signature) {
  return Writer()
      .raw(signature.pact.view())
      .raw(signature.text.view())
      .raw(signature.key.view())
      .raw(signature.signature.view())
      .bytes();
}

Result<PactSignature> decode_pact_signature(BytesView bytes, const DeviceId& device) {
  Reader in(bytes);
  PactSignature read;
  MUISTIO_TRY(read.pact, in.fixed<DocumentId>());
  MUISTIO_TRY(read.text, in.fixed<Hash>());
  MUISTIO_TRY(read.key, in.fixed<crypto::VerifyKey>());
  MUISTIO_TRY(read.signature, in.fixed<crypto::Signature>());
  MUISTIO_CHECK(in.finish());
  if (crypto::device_id_of(read.key) != device) return fail(ErrorCode::bad_signature, "another device's key");
  MUISTIO_CHECK(crypto::verify(read.key, kPactLabel, {read.pact.view(), read.text.view()}, read.signature));
  return read;
}

bool judge_pact(const Op& op, const Author& author, const Document*) {
  const bool is_own = names_device(op.document, author.device);
  if (op.kind == OpKind::create) return is_own && (*replica::parse_create(op) == kSignature || is_host(author));
  if (op.field == kPactText)
    return is_own && is_host(author) && op.kind == OpKind::set_register && check_pact_text(op.payload).has_value();
  if (op.field == kSignatureOf)
    return is_own && op.kind == OpKind::set_register && decode_pact_signature(op.payload, author.device).has_value();
  return is_own;
}

Result<DocumentId> create_pact(replica::ChangeBuilder& builder, Random& random, std::string_view text) {
  MUISTIO_CHECK(check_pact_text(as_bytes(text)));
  const auto id = make_document_id(random, builder.author().device);
  MUISTIO_CHECK(builder.create(id, kPact));
  MUISTIO_CHECK(builder.set_register(id, kPactText, as_bytes(text)));
  return id;
}

Status sign_pact(replica::ChangeBuilder& builder, const PactSignature& signature) {
  const auto bytes = encode_pact_signature(signature);
  MUISTIO_CHECK(decode_pact_signature(bytes, builder.author().device).has_value() ? ok() : fail(ErrorCode::bad_signature));
  const auto id = statement_id(kSignature, signature.pact.view(), builder.author().device);
  MUISTIO_CHECK(builder.create(id, kSignature));
  return builder.set_register(id, kSignatureOf, bytes);
}

Result<std::vector<PactVersion>> list_pacts(replica::Replica& documents, const Records& records) {
  std::vector<PactVersion> versions;
  for (const auto* record : of_type(records, kPact)) {
    MUISTIO_TRY(const auto document, documents.document(record->id));
    if (document == nullptr || document->find_register(kPactText) == nullptr) continue;
    PactVersion version{record->id, document->register_text(kPactText), {}, record->maker, record->created, {}};
    version.hash = pact_text_hash(version.text);
    auto about = to_bytes(record->id.view());
    append(about, version.hash.view());  // a signature of another text than this says nothing here
    for (const auto* signed_by : statements(records, kSignature, kSignatureOf, about))
      version.signers.push_back({signed_by->maker, signed_by->find(kSignatureOf)->wall});
    versions.push_back(std::move(version));
  }
  return versions;
}

std::vector<MemberId> not_signed(const PactVersion& version, std::span<const MemberId> members) {
  std::vector<MemberId> missing;
  for (const auto& member : members)
    if (std::none_of(version.signers.begin(), version.signers.end(), [&](const Signer& each) { return each.member == member; }))
      missing.push_back(member);
  return missing;
}

}  // namespace muistio::club
