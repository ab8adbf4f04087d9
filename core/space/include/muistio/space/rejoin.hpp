// Asking to be let into a space that one's member is in already: a new device, or one in place of another (R9).
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "muistio/space/foothold.hpp"
#include "muistio/space/identity.hpp"
#include "muistio/space/invitation.hpp"

namespace muistio::space {

/// The name under which rejoin requests lie in a space's inbox; the same for all.
[[nodiscard]] InvitationId rejoin_inbox(const SpaceId& space);

/// What a device says to those who can let it in. Signed by the key of the leaf that it replaces, or by the identity key.
struct RejoinRequest {
  InvitationSecret secret{Secret<16>{}};  // random: who admits shows by it that they read the request
  std::optional<DeviceId> replaced;       // the leaf to be removed: signed by its key
  bool all_lost = false;                  // every leaf of the member is to be removed: signed by the identity key
  wire::AuthKey auth_pub;
  Seen seen;          // the log as the asker holds it
  std::string name;   // as the asker calls themselves
  Bytes key_package;  // MLSMessage
  crypto::Signature signature;

  /// Signs by the device replaced, or by the identity if none is.
  void sign(const SpaceId& space, const crypto::SigningKey& key);
  /// Errors: bad_signature.
  [[nodiscard]] Status verify(const SpaceId& space, const crypto::VerifyKey& key) const;
  /// For the inbox, sealed under the content key of an epoch. Errors: invalid_argument (name), too_large.
  [[nodiscard]] Result<Bytes> seal(const Foothold& foothold, Random& random) const;

  using KeyOf = std::function<const ContentKey*(Epoch)>;
  /// Errors: invalid_join_request (whatever is wrong with it); unknown_epoch (sealed under a key that is not held here).
  [[nodiscard]] static Result<RejoinRequest> open(const SpaceId& space, BytesView sealed, const KeyOf& key_of);
};

/// What is to be done with a request.
enum class RejoinVerdict : std::uint8_t {
  ignore,  // not for this device to decide
  ask,     // a person decides
  admit,   // by itself
};

}  // namespace muistio::space
