// Making a leaf of our own.
#pragma once

#include "muistio/mls/key_package.hpp"

namespace muistio::mls {

/// The leaf of a key package, or of a new group's first member, signed. Errors: mls_invalid_leaf (the configuration contradicts
/// itself).
[[nodiscard]] Result<LeafNode> make_leaf(const LeafConfig& config, const crypto::X25519PublicKey& encryption_key,
                                         const crypto::SigningKey& signing_key);

}  // namespace muistio::mls
