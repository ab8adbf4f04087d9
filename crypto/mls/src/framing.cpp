#include "muistio/mls/framing.hpp"

namespace muistio::mls {
namespace {
template <class Variant>
Status decode_alternative(Reader& in, Variant& content, std::size_t index) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    Status status;
    static_cast<void>(((I == index ? (status = decode(in, content.template emplace<I>()), true) : false) || ...));
    return status;
  }
  (std::make_index_sequence<std::variant_size_v<Variant>>());
}
}  // namespace

void Sender::tls_encode(Writer& out) const {
  encode(out, sender_type);
  if (sender_type == SenderType::member) encode(out, leaf_index);
  if (sender_type == SenderType::external) encode(out, sender_index);
}

Status Sender::tls_decode(Reader& in) {
  MUISTIO_CHECK(decode(in, sender_type));
  if (sender_type == SenderType::member) return decode(in, leaf_index);
  if (sender_type == SenderType::external) return decode(in, sender_index);
  return ok();
}

void FramedContent::encode_content(Writer& out) const {
  std::visit([&out](const auto& body) { encode(out, body); }, content);
}

Status FramedContent::decode_content(Reader& in, ContentType type) {
  return decode_alternative(in, content, static_cast<std::size_t>(type) - 1);
}

void FramedContent::tls_encode(Writer& out) const {
  encode(out, group_id);
  encode(out, epoch);
  encode(out, sender);
  encode(out, authenticated_data);
  encode(out, content_type());
  encode_content(out);
}

Status FramedContent::tls_decode(Reader& in) {
  MUISTIO_CHECK(decode(in, group_id));
  MUISTIO_CHECK(decode(in, epoch));
  MUISTIO_CHECK(decode(in, sender));
  MUISTIO_CHECK(decode(in, authenticated_data));
  ContentType type{};
  MUISTIO_CHECK(decode(in, type));
  return decode_content(in, type);
}

void FramedContentAuthData::encode_for(Writer& out, ContentType type) const {
  encode(out, signature);
  if (type == ContentType::commit) encode(out, confirmation_tag);
}

Status FramedContentAuthData::decode_for(Reader& in, ContentType type) {
  MUISTIO_CHECK(decode(in, signature));
  return type == ContentType::commit ? decode(in, confirmation_tag) : ok();
}

void AuthenticatedContent::tls_encode(Writer& out) const {
  encode(out, wire_format);
  encode(out, content);
  auth.encode_for(out, content.content_type());
}

Status AuthenticatedContent::tls_decode(Reader& in) {
  MUISTIO_CHECK(decode(in, wire_format));
  MUISTIO_CHECK(decode(in, content));
  return auth.decode_for(in, content.content_type());
}

ProposalRef AuthenticatedContent::ref() const { return ref_hash("MLS 1.0 Proposal Reference", encoded(*this)); }

Bytes AuthenticatedContent::to_be_signed(const GroupContext& context) const {
  Writer out;
  encode(out, ProtocolVersion::mls10);
  encode(out, wire_format);
  encode(out, content);
  if (content.sender.sender_type == SenderType::member || content.sender.sender_type == SenderType::new_member_commit)
    encode(out, context);
  return std::move(out).take();
}

void AuthenticatedContent::sign(const crypto::SigningKey& key, const GroupContext& context) {
  auth.signature = sign_with_label(key, "FramedContentTBS", to_be_signed(context));
}

Status AuthenticatedContent::verify(const SignaturePublicKey& key, const GroupContext& context) const {
  return verify_with_label(key, "FramedContentTBS", to_be_signed(context), auth.signature);
}

void PublicMessage::tls_encode(Writer& out) const {
  encode(out, content);
  auth.encode_for(out, content.content_type());
  if (content.sender.sender_type == SenderType::member) encode(out, membership_tag);
}

Status PublicMessage::tls_decode(Reader& in) {
  MUISTIO_CHECK(decode(in, content));
  MUISTIO_CHECK(auth.decode_for(in, content.content_type()));
  return content.sender.sender_type == SenderType::member ? decode(in, membership_tag) : ok();
}

void MLSMessage::tls_encode(Writer& out) const {
  encode(out, ProtocolVersion::mls10);
  encode(out, wire_format());
  std::visit([&out](const auto& body) { encode(out, body); }, content);
}

Status MLSMessage::tls_decode(Reader& in) {
  ProtocolVersion version{};
  MUISTIO_CHECK(decode(in, version));
  if (version != ProtocolVersion::mls10) return fail(ErrorCode::unsupported_version, "an MLS message of another version");
  MUISTIO_TRY(auto format, in.u16());
  if (format < 1 || format > 5) return fail(ErrorCode::malformed, "an unknown wire format before " + std::to_string(in.offset()));
  MUISTIO_CHECK(decode_alternative(in, content, format - 1U));
  const auto* key_package = std::get_if<KeyPackage>(&content);
  if (key_package && key_package->version != version) return fail(ErrorCode::malformed, "a key package of another version");
  return ok();
}

Result<PrivateMessage> parse_private_message(BytesView message) {
  Reader in(message);
  MUISTIO_TRY(auto version, in.u16());
  if (version != static_cast<std::uint16_t>(ProtocolVersion::mls10))
    return fail(ErrorCode::unsupported_version, "an MLS message of another version");
  MUISTIO_TRY(auto format, in.u16());
  if (format != static_cast<std::uint16_t>(WireFormat::mls_private_message))
    return fail(ErrorCode::malformed, "not a PrivateMessage");
  PrivateMessage parsed;
  MUISTIO_CHECK(decode(in, parsed));
  MUISTIO_CHECK(in.finish());
  return parsed;
}

Bytes to_message(std::variant<PublicMessage, PrivateMessage, Welcome, GroupInfo, KeyPackage> content) {
  return encoded(MLSMessage{std::move(content)});
}

}  // namespace muistio::mls
