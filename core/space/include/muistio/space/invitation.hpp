// Invitations, the links that carry them, and the sealed requests that answer them (R8).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/role.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/base/secret.hpp"
#include "muistio/wire/record.hpp"

namespace muistio::space {

inline constexpr std::size_t kLinkCharactersMax = 300;
inline constexpr std::size_t kServerBytesMax = 72;
inline constexpr std::size_t kNameBytesMax = 128;
inline constexpr std::uint32_t kInvitationUsesMax = 1000;

/// The secret of an invitation, and what is derived from it: HKDF(s, "id" / "request" / "confirm").
class InvitationSecret {
 public:
  [[nodiscard]] static InvitationSecret generate(Random& random);
  explicit InvitationSecret(Secret<16> secret) : secret_(std::move(secret)) {}
  [[nodiscard]] const Secret<16>& secret() const { return secret_; }
  [[nodiscard]] InvitationSecret clone() const { return InvitationSecret(secret_.clone()); }
  [[nodiscard]] InvitationId id() const;
  [[nodiscard]] Secret<32> request_key() const;
  /// HMAC(k_confirm, confirmed_transcript_hash ‖ KeyPackageRef ‖ commit_hash): by it the joiner knows that who admits has the
  /// secret, and in which commit. `commit_hash` is SHA-256 of the commit message.
  [[nodiscard]] Hash confirm(BytesView confirmed_transcript_hash, BytesView key_package_ref, const Hash& commit_hash) const;

 private:
  Secret<16> secret_;
};

/// What the text of a link says.
struct Link {
  std::string server;  // HOST or HOST:PORT
  SpaceId space;
  InvitationSecret secret{Secret<16>{}};
  MemberId inviter;
  Role role = Role::member;  // never host; guest into a session only
  std::string club_name;
  std::string inviter_name;

  /// https://HOST[:PORT]/join# and base64url, at most kLinkCharactersMax; names are cut at a character, the longer one first, until
  /// it fits. Errors: invalid_argument (server is no HOST[:PORT], role is host, a name is not UTF-8).
  [[nodiscard]] Result<std::string> text() const;
  /// Errors: invalid_invitation; unsupported_version.
  [[nodiscard]] static Result<Link> parse(std::string_view text);
};

/// An invitation as its maker keeps it: how often and how long it is good is the maker's promise, never checked by others.
struct Invitation {
  InvitationSecret secret{Secret<16>{}};
  SpaceId space;
  MemberId maker;
  Role role = Role::member;
  std::uint32_t uses_max = 1;
  std::uint32_t uses = 0;
  WallMs made;
  WallMs expires;
  bool revoked = false;
  bool admits_by_itself = true;  // only with uses_max == 1

  [[nodiscard]] InvitationId id() const { return secret.id(); }
  [[nodiscard]] Invitation clone() const;
  /// Whether a request that came at `received` may still be admitted. Errors: invitation_used.
  [[nodiscard]] Status check_open(WallMs received) const;
  /// For the encrypted store: it holds the secret.
  [[nodiscard]] SecretBytes encode() const;
  /// Errors: malformed, unsupported_version.
  [[nodiscard]] static Result<Invitation> decode(BytesView bytes);
};

/// Errors: invalid_argument (role is host; uses are 0 or over kInvitationUsesMax).
[[nodiscard]] Result<Invitation> make_invitation(const SpaceId& space, const MemberId& maker, Role role, std::uint32_t uses_max,
                                                 WallMs made, WallMs expires, Random& random);

/// What someone who wants in says to the inviter alone.
struct JoinRequest {
  std::string name;
  Bytes key_package;  // MLSMessage
  wire::AuthKey auth_pub;
  std::array<std::uint8_t, 16> random{};

  /// The bytes for the inbox, at most join_request_bytes_max. Errors: invalid_argument (name), too_large.
  [[nodiscard]] Result<Bytes> seal(const InvitationSecret& secret, const SpaceId& space, Random& random_source) const;
  /// Errors: invalid_join_request (whatever is wrong with it), unsupported_version.
  [[nodiscard]] static Result<JoinRequest> open(const InvitationSecret& secret, const SpaceId& space, BytesView sealed);
};
/// Whose KeyPackage is in a request: by its certificate, not yet by its signature. Errors: invalid_join_request,
/// unsupported_version.
[[nodiscard]] Result<MemberId> member_of(const JoinRequest& request);

}  // namespace muistio::space
