// What a Joining keeps; Space::join reads it.
#pragma once

#include "muistio/mls/key_package.hpp"
#include "muistio/space/joining.hpp"

namespace muistio::space {

struct Joining::State {
  Link link;
  Bytes sealed_request;
  crypto::SigningKey auth_key;
  mls::KeyPackagePrivate key_package;
};

/// What every leaf of ours says that it can do: the charter's extension.
[[nodiscard]] mls::Capabilities leaf_capabilities();

}  // namespace muistio::space
