// From signed content to messages and back (RFC 9420 §6.2, §6.3). Signatures are checked by the caller, who knows the tree.
#pragma once

#include "muistio/mls/framing.hpp"
#include "muistio/mls/secret_tree.hpp"

namespace muistio::mls {

/// The content as a PublicMessage. Application data is never sent so. Errors: invalid_argument.
[[nodiscard]] Result<PublicMessage> protect_public(const AuthenticatedContent& content, const Secret<kHashBytes>& membership_key,
                                                   const GroupContext& context);
/// Checks the membership tag of a member's message. Errors: mls_bad_membership, malformed (application data).
[[nodiscard]] Result<AuthenticatedContent> unprotect_public(const PublicMessage& message, const Secret<kHashBytes>& membership_key,
                                                            const GroupContext& context);

/// How many zero bytes are added to a plaintext of `size` bytes, so that its length tells little (Padmé, at least to 256 bytes).
[[nodiscard]] std::size_t padding_for(std::size_t size) noexcept;

/// The content as a PrivateMessage, under the next key of its sender, which is used up. Errors: mls_invalid_sender.
[[nodiscard]] Result<PrivateMessage> protect_private(const AuthenticatedContent& content, SecretTree& secrets,
                                                     const Secret<kHashBytes>& sender_data_secret, Random& random);

/// What a PrivateMessage held. Its key is used up only when the caller hands `claim` to SecretTree::consume.
struct Unprotected {
  AuthenticatedContent content;
  SecretTree::Claim claim;
};
/// Errors: decryption_failed, mls_secret_consumed, mls_invalid_sender, malformed.
[[nodiscard]] Result<Unprotected> unprotect_private(const PrivateMessage& message, SecretTree& secrets,
                                                    const Secret<kHashBytes>& sender_data_secret);

/// Who a PrivateMessage says that it is from, and under which of their keys. Whoever was in the epoch can say so of anyone.
struct ClaimedSender {
  LeafIndex leaf;
  std::uint32_t generation = 0;
};
/// Errors: decryption_failed, malformed.
[[nodiscard]] Result<ClaimedSender> claimed_sender(const PrivateMessage& message, const Secret<kHashBytes>& sender_data_secret);

/// The key and nonce of the sender data of a message with this ciphertext (§6.3.2).
[[nodiscard]] MessageKey sender_data_key(const Secret<kHashBytes>& sender_data_secret, BytesView ciphertext);

}  // namespace muistio::mls
