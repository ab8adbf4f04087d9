// How contents are framed, signed and carried (RFC 9420 §6).
#pragma once

#include <variant>

#include "muistio/mls/proposals.hpp"
#include "muistio/mls/welcome.hpp"

namespace muistio::mls {

// RFC 9420 §6: enum { reserved(0), application(1), proposal(2), commit(3), (255) } ContentType;
enum class ContentType : std::uint8_t { application = 1, proposal = 2, commit = 3 };
[[nodiscard]] constexpr bool is_known(ContentType type) noexcept {
  return type >= ContentType::application && type <= ContentType::commit;
}

// RFC 9420 §6: enum { reserved(0), member(1), external(2), new_member_proposal(3), new_member_commit(4), (255) } SenderType;
enum class SenderType : std::uint8_t { member = 1, external = 2, new_member_proposal = 3, new_member_commit = 4 };
[[nodiscard]] constexpr bool is_known(SenderType type) noexcept {
  return type >= SenderType::member && type <= SenderType::new_member_commit;
}

// RFC 9420 §17.2
enum class WireFormat : std::uint16_t {
  mls_public_message = 1,
  mls_private_message = 2,
  mls_welcome = 3,
  mls_group_info = 4,
  mls_key_package = 5,
};

// RFC 9420 §6:
// struct {
//     SenderType sender_type;
//     select (Sender.sender_type) {
//         case member:   uint32 leaf_index;
//         case external: uint32 sender_index;
//         case new_member_commit: case new_member_proposal: struct{};
//     };
// } Sender;
struct Sender {
  SenderType sender_type = SenderType::member;
  LeafIndex leaf_index;            // member
  std::uint32_t sender_index = 0;  // external
  void tls_encode(Writer& out) const;
  Status tls_decode(Reader& in);
  friend bool operator==(const Sender&, const Sender&) = default;
};

/// Application bytes, as against a proposal or a commit.
struct ApplicationData {
  Bytes data;
  MUISTIO_MLS_FIELDS(data)
  friend bool operator==(const ApplicationData&, const ApplicationData&) = default;
};

// RFC 9420 §6:
// struct {
//     opaque group_id<V>;
//     uint64 epoch;
//     Sender sender;
//     opaque authenticated_data<V>;
//     ContentType content_type;
//     select (FramedContent.content_type) {
//         case application: opaque application_data<V>;
//         case proposal:    Proposal proposal;
//         case commit:      Commit commit;
//     };
// } FramedContent;
struct FramedContent {
  Bytes group_id;
  Epoch epoch;
  Sender sender;
  Bytes authenticated_data;
  std::variant<ApplicationData, Proposal, Commit> content;
  [[nodiscard]] ContentType content_type() const noexcept { return static_cast<ContentType>(content.index() + 1); }
  /// The part that `content_type` selects.
  void encode_content(Writer& out) const;
  Status decode_content(Reader& in, ContentType type);
  void tls_encode(Writer& out) const;
  Status tls_decode(Reader& in);
  friend bool operator==(const FramedContent&, const FramedContent&) = default;
};

// RFC 9420 §6.1:
// struct {
//     /* SignWithLabel(., "FramedContentTBS", FramedContentTBS) */
//     opaque signature<V>;
//     select (FramedContent.content_type) {
//         case commit: MAC confirmation_tag;
//         case application: case proposal: struct{};
//     };
// } FramedContentAuthData;
struct FramedContentAuthData {
  Bytes signature;
  Bytes confirmation_tag;  // commit
  void encode_for(Writer& out, ContentType type) const;
  Status decode_for(Reader& in, ContentType type);
  friend bool operator==(const FramedContentAuthData&, const FramedContentAuthData&) = default;
};

// RFC 9420 §6: struct { WireFormat wire_format; FramedContent content; FramedContentAuthData auth; } AuthenticatedContent;
struct AuthenticatedContent {
  WireFormat wire_format = WireFormat::mls_private_message;
  FramedContent content;
  FramedContentAuthData auth;
  void tls_encode(Writer& out) const;
  Status tls_decode(Reader& in);
  /// MakeProposalRef (§5.2).
  [[nodiscard]] ProposalRef ref() const;
  /// FramedContentTBS (§6.1).
  [[nodiscard]] Bytes to_be_signed(const GroupContext& context) const;
  void sign(const crypto::SigningKey& key, const GroupContext& context);
  /// Errors: bad_signature, bad_public_key.
  [[nodiscard]] Status verify(const SignaturePublicKey& key, const GroupContext& context) const;
  friend bool operator==(const AuthenticatedContent&, const AuthenticatedContent&) = default;
};

// RFC 9420 §6.2:
// struct {
//     FramedContent content;
//     FramedContentAuthData auth;
//     select (PublicMessage.content.sender.sender_type) {
//         case member: MAC membership_tag;
//         case external: case new_member_commit: case new_member_proposal: struct{};
//     };
// } PublicMessage;
struct PublicMessage {
  FramedContent content;
  FramedContentAuthData auth;
  Bytes membership_tag;  // member
  void tls_encode(Writer& out) const;
  Status tls_decode(Reader& in);
  friend bool operator==(const PublicMessage&, const PublicMessage&) = default;
};

// RFC 9420 §6.3:
// struct {
//     opaque group_id<V>;
//     uint64 epoch;
//     ContentType content_type;
//     opaque authenticated_data<V>;
//     opaque encrypted_sender_data<V>;
//     opaque ciphertext<V>;
// } PrivateMessage;
struct PrivateMessage {
  Bytes group_id;
  Epoch epoch;
  ContentType content_type = ContentType::application;
  Bytes authenticated_data;
  Bytes encrypted_sender_data;
  Bytes ciphertext;
  MUISTIO_MLS_FIELDS(group_id, epoch, content_type, authenticated_data, encrypted_sender_data, ciphertext)
  friend bool operator==(const PrivateMessage&, const PrivateMessage&) = default;
};

// RFC 9420 §6:
// struct {
//     ProtocolVersion version = mls10;
//     WireFormat wire_format;
//     select (MLSMessage.wire_format) { case mls_public_message: PublicMessage public_message; … };
// } MLSMessage;
struct MLSMessage {
  std::variant<PublicMessage, PrivateMessage, Welcome, GroupInfo, KeyPackage> content;
  [[nodiscard]] WireFormat wire_format() const noexcept { return static_cast<WireFormat>(content.index() + 1); }
  void tls_encode(Writer& out) const;
  Status tls_decode(Reader& in);
  friend bool operator==(const MLSMessage&, const MLSMessage&) = default;
};

/// The PrivateMessage in an MLSMessage. Nothing of an MLSMessage of another kind is decoded. Errors: malformed, too_large,
/// unsupported_version.
[[nodiscard]] Result<PrivateMessage> parse_private_message(BytesView message);

/// `content` as the bytes of an MLSMessage.
[[nodiscard]] Bytes to_message(std::variant<PublicMessage, PrivateMessage, Welcome, GroupInfo, KeyPackage> content);

}  // namespace muistio::mls
