// What a server can make up with an identity of its own, as complete as by one who knew the secrets that it lacks.
#pragma once

#include <optional>
#include <string>

#include "muistio/base/seams.hpp"
#include "muistio/space/identity.hpp"
#include "muistio/space/phrase.hpp"

namespace muistio::evil {

/// What the operator came to know otherwise than from the server's data.
struct Known {
  std::optional<space::RecoveryAddress> boxes;  // where a member's boxes are sealed to: from a stolen phone
  std::string device_link;                      // the text of a device link that was shown to more than one; empty: none
};

/// Not thread-safe.
class Forger {
 public:
  Forger(Random& random, const Clock& clock);

  [[nodiscard]] const space::Identity& identity() const { return identity_; }
  /// A join request without the seal that only who has the link could make. Empty if it could not be made.
  [[nodiscard]] Bytes join_request() const;
  /// A rejoin request, signed by the server's own identity key, without the seal of an epoch's key.
  [[nodiscard]] Bytes rejoin_request(const SpaceId& space) const;
  /// An answer to what a new device asked, with the server's own identity in it; it opens only if the link is known.
  [[nodiscard]] Bytes device_answer(const std::string& link_text, BytesView ask) const;
  /// A recovery box signed by a device of the server's own; sealed to the member's key if that is known, else to one made up. It
  /// names a space of the server's, in which only its identity is host.
  [[nodiscard]] Bytes recovery_box(const std::optional<space::RecoveryAddress>& address) const;
  [[nodiscard]] static SpaceId space_in_box();

 private:
  [[nodiscard]] Bytes key_package() const;

  Random& random_;
  const Clock& clock_;
  space::Identity identity_;
  space::DeviceKeys keys_;
};

}  // namespace muistio::evil
