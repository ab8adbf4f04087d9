// The side of someone who follows a link: from the request to the space (R8).
#pragma once

#include <memory>
#include <string>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/base/secret.hpp"
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
  ~Joining();
  Joining(Joining&&) noexcept;
  Joining& operator=(Joining&&) noexcept;

  [[nodiscard]] const Link& link() const;
  /// For PostJoinRequest; the same bytes each time.
  [[nodiscard]] const Bytes& sealed_request() const;
  [[nodiscard]] InvitationId invitation() const;
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
