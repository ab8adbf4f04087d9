// What a hostile client tries against a muistiod: each misuse by name, with the event that the server must tell of it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "net_client.hpp"

namespace muistio::hostile {

/// A server with a space that the attacker is a member of, one that it is not, and what a member may have.
struct Target {
  explicit Target(const server::test::ServerProcess& process, crypto::SigningKey member_key, crypto::SigningKey outsider_key,
                  SpaceId club, SpaceId closed_club, Random& source)
      : server(process),
        member(std::move(member_key)),
        outsider(std::move(outsider_key)),
        space(club),
        closed(closed_club),
        random(source) {}
  const server::test::ServerProcess& server;
  crypto::SigningKey member, outsider;
  SpaceId space, closed;
  Random& random;

  /// A new connection on which `space` is open to the member.
  [[nodiscard]] std::unique_ptr<server::test::WireClient> inside() const;
};

struct Misuse {
  const char* name;
  const char* event;  ///< as in muistiod_events_total
  /// What the server did, from the attacker's side: empty if that is right, else what was wrong.
  std::function<std::string(Target&)> attempt;
};

[[nodiscard]] const std::vector<Misuse>& all_misuses();

}  // namespace muistio::hostile
