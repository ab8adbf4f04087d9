// What a Joining keeps; Space::join reads it.
#pragma once

#include <optional>
#include <vector>

#include "muistio/mls/key_package.hpp"
#include "muistio/space/joining.hpp"

namespace muistio::space {

/// Asking for a space that one's member is in already.
struct AgainState {
  std::vector<MemberId> hosts;  // who may let us in, besides our own devices
  Seen seen;                    // the log as held
};

struct Joining::State {
  Link link;  // asking again: space, secret and role only
  Bytes sealed_request;
  crypto::SigningKey auth_key;
  mls::KeyPackagePrivate key_package;
  std::optional<AgainState> again{};
};

/// What every leaf of ours says that it can do: the charter's extension.
[[nodiscard]] mls::Capabilities leaf_capabilities();

}  // namespace muistio::space
