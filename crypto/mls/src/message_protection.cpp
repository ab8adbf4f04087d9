#include "muistio/mls/message_protection.hpp"

#include <algorithm>
#include <bit>

#include "muistio/crypto/aead.hpp"

namespace muistio::mls {
namespace {
using ReuseGuard = std::array<std::uint8_t, 4>;

// RFC 9420 §6.3.2: struct { uint32 leaf_index; uint32 generation; opaque reuse_guard[4]; } SenderData;
struct SenderData {
  LeafIndex leaf_index;
  std::uint32_t generation = 0;
  ReuseGuard reuse_guard{};
  void tls_encode(Writer& out) const {
    encode(out, leaf_index);
    encode(out, generation);
    out.raw(reuse_guard);
  }
  Status tls_decode(Reader& in) {
    MUISTIO_CHECK(decode(in, leaf_index));
    MUISTIO_CHECK(decode(in, generation));
    MUISTIO_TRY(auto guard, in.take(reuse_guard.size()));
    std::copy(guard.begin(), guard.end(), reuse_guard.begin());
    return ok();
  }
};

// AuthenticatedContentTBM (§6.2)
Bytes to_be_authenticated(const AuthenticatedContent& content, const GroupContext& context) {
  Writer out;
  out.raw(content.to_be_signed(context));
  content.auth.encode_for(out, content.content.content_type());
  return std::move(out).take();
}

// SenderDataAAD (§6.3.2); followed by authenticated_data it is PrivateContentAAD (§6.3.1).
Bytes associated_data(const PrivateMessage& message, bool with_authenticated_data) {
  Writer out;
  encode(out, message.group_id);
  encode(out, message.epoch);
  encode(out, message.content_type);
  if (with_authenticated_data) encode(out, message.authenticated_data);
  return std::move(out).take();
}

crypto::Nonce as_nonce(const Secret<kNonceBytes>& secret) {
  crypto::Nonce nonce;
  std::copy(secret.expose().begin(), secret.expose().end(), nonce.mutable_array().begin());
  return nonce;
}

crypto::Nonce guarded_nonce(const Secret<kNonceBytes>& secret, const ReuseGuard& guard) {
  auto nonce = as_nonce(secret);
  for (std::size_t i = 0; i < guard.size(); ++i) nonce.mutable_array()[i] ^= guard[i];
  return nonce;
}

Result<SenderData> open_sender_data(const PrivateMessage& message, const Secret<kHashBytes>& sender_data_secret) {
  const auto opening = sender_data_key(sender_data_secret, message.ciphertext);
  MUISTIO_TRY(auto bytes, crypto::chacha20_open(opening.key, as_nonce(opening.nonce), associated_data(message, false),
                                                message.encrypted_sender_data));
  return decoded<SenderData>(bytes);
}
}  // namespace

Result<PublicMessage> protect_public(const AuthenticatedContent& content, const Secret<kHashBytes>& membership_key,
                                     const GroupContext& context) {
  if (content.content.content_type() == ContentType::application)
    return fail(ErrorCode::invalid_argument, "application data in a public message");
  PublicMessage message{content.content, content.auth, {}};
  if (content.content.sender.sender_type == SenderType::member)
    message.membership_tag = mac(membership_key, to_be_authenticated(content, context));
  return message;
}

Result<AuthenticatedContent> unprotect_public(const PublicMessage& message, const Secret<kHashBytes>& membership_key,
                                              const GroupContext& context) {
  if (message.content.content_type() == ContentType::application)
    return fail(ErrorCode::malformed, "application data in a public message");
  AuthenticatedContent content{WireFormat::mls_public_message, message.content, message.auth};
  if (message.content.sender.sender_type == SenderType::member &&
      !mac_matches(membership_key, to_be_authenticated(content, context), message.membership_tag))
    return fail(ErrorCode::mls_bad_membership);
  return content;
}

std::size_t padding_for(std::size_t size) noexcept {
  constexpr std::size_t kLeast = 256;
  if (size <= kLeast) return kLeast - size;
  const auto exponent = static_cast<std::size_t>(std::bit_width(size) - 1);
  const auto significant = static_cast<std::size_t>(std::bit_width(exponent));
  const auto mask = (std::size_t{1} << (exponent - significant)) - 1;
  return ((size + mask) & ~mask) - size;
}

MessageKey sender_data_key(const Secret<kHashBytes>& sender_data_secret, BytesView ciphertext) {
  const auto sample = ciphertext.first(std::min(ciphertext.size(), kHashBytes));
  return {expand_with_label<kKeyBytes>(sender_data_secret.expose(), "key", sample),
          expand_with_label<kNonceBytes>(sender_data_secret.expose(), "nonce", sample)};
}

Result<PrivateMessage> protect_private(const AuthenticatedContent& content, SecretTree& secrets,
                                       const Secret<kHashBytes>& sender_data_secret, Random& random) {
  const auto& framed = content.content;
  if (framed.sender.sender_type != SenderType::member)
    return fail(ErrorCode::mls_invalid_sender, "only members send private messages");
  MUISTIO_TRY(auto claim, secrets.claim_next(framed.sender.leaf_index, SecretTree::kind_of(framed.content_type())));
  PrivateMessage message{framed.group_id, framed.epoch, framed.content_type(), framed.authenticated_data, {}, {}};
  SenderData sender{framed.sender.leaf_index, claim.generation, {}};
  random.fill(sender.reuse_guard);

  Writer plaintext;  // PrivateMessageContent (§6.3.1)
  framed.encode_content(plaintext);
  content.auth.encode_for(plaintext, framed.content_type());
  plaintext.raw(Bytes(padding_for(plaintext.size())));
  message.ciphertext = crypto::chacha20_seal(claim.key.key, guarded_nonce(claim.key.nonce, sender.reuse_guard),
                                             associated_data(message, true), plaintext.bytes());
  const auto sealing = sender_data_key(sender_data_secret, message.ciphertext);
  message.encrypted_sender_data =
      crypto::chacha20_seal(sealing.key, as_nonce(sealing.nonce), associated_data(message, false), encoded(sender));
  secrets.consume(std::move(claim));
  return message;
}

Result<ClaimedSender> claimed_sender(const PrivateMessage& message, const Secret<kHashBytes>& sender_data_secret) {
  MUISTIO_TRY(const auto sender, open_sender_data(message, sender_data_secret));
  return ClaimedSender{sender.leaf_index, sender.generation};
}

Result<Unprotected> unprotect_private(const PrivateMessage& message, SecretTree& secrets,
                                      const Secret<kHashBytes>& sender_data_secret) {
  MUISTIO_TRY(const auto sender, open_sender_data(message, sender_data_secret));
  MUISTIO_TRY(auto claim, secrets.claim(sender.leaf_index, SecretTree::kind_of(message.content_type), sender.generation));
  MUISTIO_TRY(auto plaintext, crypto::chacha20_open(claim.key.key, guarded_nonce(claim.key.nonce, sender.reuse_guard),
                                                    associated_data(message, true), message.ciphertext));
  Unprotected opened{{}, std::move(claim)};
  auto& framed = opened.content.content;
  opened.content.wire_format = WireFormat::mls_private_message;
  framed.group_id = message.group_id;
  framed.epoch = message.epoch;
  framed.sender.leaf_index = sender.leaf_index;
  framed.authenticated_data = message.authenticated_data;
  Reader in(plaintext);
  MUISTIO_CHECK(framed.decode_content(in, message.content_type));
  MUISTIO_CHECK(opened.content.auth.decode_for(in, message.content_type));
  MUISTIO_TRY(auto padding, in.take(in.left()));
  if (std::any_of(padding.begin(), padding.end(), [](auto byte) { return byte != 0; }))
    return fail(ErrorCode::malformed, "padding that is not zero");
  return opened;
}

}  // namespace muistio::mls
