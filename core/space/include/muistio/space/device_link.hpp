// A second device of a member: the link that one shows and the other follows, and what they say before the new one has an identity
// (R1, R8).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "muistio/space/foothold.hpp"
#include "muistio/space/identity.hpp"
#include "muistio/space/invitation.hpp"
#include "muistio/space/phrase.hpp"

namespace muistio::space {

/// The first 16 bytes of SHA-256("muistio device reveal 1" ‖ reveal).
using RevealCommitment = StrongBytes<struct RevealCommitmentTag, 16>;

/// What the old device says once, after it has met the one ask that it will answer: both devices make the digits to compare of the
/// ask and of this. The link holds a commitment to it, so that nobody can choose an ask, or a reveal, that gives digits wanted: the
/// odds of an ask exchanged under way are one in a million (the commitment before the short string is that of ZRTP, RFC 6189
/// §4.4.1.1).
struct DeviceReveal {
  std::array<std::uint8_t, 16> bytes{};

  /// Of a member's link: every device of theirs makes the same.
  [[nodiscard]] static DeviceReveal make(const Identity& identity, const InvitationSecret& secret);
  /// What the link says of it.
  [[nodiscard]] RevealCommitment commitment() const;
  /// For a box at the server.
  [[nodiscard]] Bytes encode() const;
  /// Errors: malformed, unsupported_version.
  [[nodiscard]] static Result<DeviceReveal> decode(BytesView bytes);
};

/// What the text of a device link says. Whoever has it may ask to become a device of the member, once.
struct DeviceLink {
  std::string server;  // HOST or HOST:PORT
  SpaceId space;       // the personal space
  InvitationSecret secret{Secret<16>{}};
  MemberId member;
  RevealCommitment commitment;

  /// https://HOST[:PORT]/device# and base64url. Errors: invalid_argument (server is no HOST[:PORT]).
  [[nodiscard]] Result<std::string> text() const;
  /// Errors: invalid_invitation; unsupported_version.
  [[nodiscard]] static Result<DeviceLink> parse(std::string_view text);
  /// As an invitation to the personal space, with the role host. Its text is never made.
  [[nodiscard]] Link as_link() const;
};

/// Fetches the answer at the server; its locator is where the answer is laid.
[[nodiscard]] crypto::SigningKey answer_key(const InvitationSecret& secret);
[[nodiscard]] wire::BoxLocator answer_locator(const InvitationSecret& secret);

/// The new device's first words: seal the identity key to this.
struct DeviceAsk {
  crypto::X25519PublicKey wrap_pub;

  /// For the inbox of the personal space.
  [[nodiscard]] Bytes seal(const InvitationSecret& secret, const SpaceId& space, Random& random) const;
  /// Errors: invalid_join_request, unsupported_version.
  [[nodiscard]] static Result<DeviceAsk> open(const InvitationSecret& secret, const SpaceId& space, BytesView sealed);
  /// Whether sealed bytes are an ask at all, and no join request.
  [[nodiscard]] static bool is_ask(BytesView sealed);
};

/// Six digits that both devices show for one ask, to be compared by eye.
[[nodiscard]] std::string compare_code(BytesView sealed_ask, const DeviceReveal& reveal);

/// What the old device hands over. Move-only.
struct DeviceAnswer {
  Secret<32> identity_seed;
  std::string name;  // how the member is called
  std::optional<RecoveryAddress> recovery;
  std::vector<Foothold> spaces;  // where the member stands, the personal space left out

  /// Sealed to the new device by HPKE.
  [[nodiscard]] Result<Bytes> seal(const InvitationSecret& secret, const SpaceId& space, const crypto::X25519PublicKey& wrap_pub,
                                   Random& random) const;
  /// Errors: malformed, unsupported_version, decryption_failed; wrong_admitter (not the identity of the link's member).
  [[nodiscard]] static Result<DeviceAnswer> open(const DeviceLink& link, const crypto::X25519PrivateKey& wrap_key,
                                                 BytesView sealed);
};

}  // namespace muistio::space
