// The leaves of a group as devices of members.
#pragma once

#include <vector>

#include "muistio/mls/ratchet_tree.hpp"
#include "muistio/space/identity.hpp"

namespace muistio::space {

struct Leaf {
  mls::LeafIndex index;
  DeviceCertificate certificate;
  MemberId member;
  DeviceId device;
};

/// The device of one leaf node: its credential is a valid certificate for its signature key. Errors: invalid_certificate,
/// unsupported_version.
[[nodiscard]] Result<Leaf> read_leaf(mls::LeafIndex index, const mls::LeafNode& node);
/// All leaves from the left. Errors: as `read_leaf`.
[[nodiscard]] Result<std::vector<Leaf>> read_leaves(const mls::RatchetTree& tree);
[[nodiscard]] const Leaf* find_leaf(const std::vector<Leaf>& leaves, mls::LeafIndex index);

}  // namespace muistio::space
