// The side of someone who follows a link: from the request to the space (R8).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/base/secret.hpp"
#include "muistio/space/foothold.hpp"
#include "muistio/space/identity.hpp"
#include "muistio/space/invitation.hpp"
#include "muistio/wire/record.hpp"

namespace muistio::space {

/// A request to join that waits for admission: the link, a fresh KeyPackage with its private keys, and the authentication key that
/// this device will have in the space. Move-only, not thread-safe. Keep `encode()` in the store from before the request is sent until
/// Space::join succeeded.
class Joining {
 public:
  /// Errors: invalid_invitation, invalid_argument (the name is empty, too long or not UTF-8).
  [[nodiscard]] static Result<Joining> begin(const Link& link, std::string name, const DeviceKeys& keys, WallMs now, Random& random);
  /// What a device says of itself when it asks to be let in again, or beside or in place of others (R9).
  struct Again {
    const DeviceKeys* replaced = nullptr;  // in place of this device of ours, whose leaf is current
    bool all_lost = false;                 // in place of all devices of ours
    Role role = Role::member;              // as far as it is known: for drafts
    std::string name{};                    // shown to who decides
  };
  /// Asks to be let into a space that our member is in. Signed by the replaced device, or by the identity.
  /// Errors: invalid_argument (the name).
  [[nodiscard]] static Result<Joining> begin_again(const Foothold& foothold, const Again& again, const Identity& identity,
                                                   const DeviceKeys& keys, WallMs now, Random& random);
  ~Joining();
  Joining(Joining&&) noexcept;
  Joining& operator=(Joining&&) noexcept;

  [[nodiscard]] const Link& link() const;
  /// For PostJoinRequest; the same bytes each time.
  [[nodiscard]] const Bytes& sealed_request() const;
  [[nodiscard]] InvitationId invitation() const;
  /// Whether it asks by `begin_again`, not by a link.
  [[nodiscard]] bool is_again() const;
  /// Asking again: the end of the log as it was held then. By a link: nothing.
  [[nodiscard]] std::optional<Seen> seen() const;
  /// Shows this device to the server in this space, from the posting of the request on (R10).
  [[nodiscard]] const crypto::SigningKey& auth_key() const;
  [[nodiscard]] wire::AuthKey auth_pub() const;
  /// Whether the Welcome in a handshake record is for this request. Anything that is not is simply no.
  [[nodiscard]] bool is_welcomed_by(const wire::Record& handshake) const;

  [[nodiscard]] SecretBytes encode() const;
  /// Errors: malformed, unsupported_version.
  [[nodiscard]] static Result<Joining> decode(BytesView bytes);

  struct State;
  [[nodiscard]] const State& state() const { return *state_; }

 private:
  explicit Joining(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace muistio::space
