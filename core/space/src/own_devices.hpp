// Adding a device of a member who is in the space: shared by space_stage.cpp and space_rejoin.cpp.
#pragma once

#include <vector>

#include "muistio/mls/key_package.hpp"
#include "space_state.hpp"

namespace muistio::space {

/// The device that a request wants to be added. Errors: invalid_join_request.
struct AskingLeaf {
  mls::KeyPackage key_package;
  Leaf leaf;  // its index is not set
};
[[nodiscard]] Result<AskingLeaf> read_asking_leaf(BytesView key_package, WallMs now);

/// Stages a commit that adds `asking` and removes `replaced`, all of one member; the charter stays.
/// Errors: invalid_join_request (its authentication key is another device's); what R3 would refuse.
[[nodiscard]] Result<StagedHandshake> stage_own_device(Space::State& state, AskingLeaf asking, const wire::AuthKey& auth_pub,
                                                       const std::vector<Leaf>& replaced, const InvitationSecret& secret,
                                                       const Seen& seen, Random& random);

}  // namespace muistio::space
