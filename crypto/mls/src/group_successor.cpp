// Groups that succeed another: a ReInit carried out (RFC 9420 §11.2) and branches (§11.3).
#include <set>

#include "group_state.hpp"

namespace muistio::mls {

Result<Successor> Group::make_successor(const GroupConfig& config, const SuccessorParams& params, ResumptionPSKUsage usage,
                                        const crypto::SigningKey& signing_key, Random& random) const {
  return leaving_no_trace([&]() -> Result<Successor> {
    MUISTIO_TRY(auto made, create(config, signing_key, random));
    if (params.members.empty()) return Successor{std::move(made), {}, {}};
    CommitParams first;
    for (const auto& member : params.members) first.proposals.push_back({Add{member}});
    first.proposals.push_back({PreSharedKey{resumption_psk_id(group_id(), epoch(), usage, random)}});
    first.tree_in_welcome = params.tree_in_welcome;
    const PskLookup own = [this](const PreSharedKeyID& id) -> std::optional<SecretBytes> {
      auto held = resumption_psk(id.psk_epoch);
      if (!held) return std::nullopt;
      return std::move(*held);
    };
    MUISTIO_TRY(auto staged, made.stage(first, random, own, true));
    return Successor{std::move(staged.next), std::move(staged.welcome_message), std::move(staged.added)};
  });
}

Result<Successor> Group::branch(const SuccessorParams& params, const crypto::SigningKey& signing_key, Random& random) const {
  if (is_ended()) return fail(ErrorCode::invalid_state, "the group was ended");
  if (equal(params.group_id, group_id())) return fail(ErrorCode::invalid_argument, "a branch under the group's own id");
  MUISTIO_TRY(auto made, make_successor({params.group_id, params.extensions, params.leaf}, params, ResumptionPSKUsage::branch,
                                        signing_key, random));
  if (!are_members_of(made.group.tree(), tree(), params.same_member))
    return fail(ErrorCode::mls_invalid_commit, "a branch for someone who is no member");
  return made;
}

Result<Successor> Group::reinitialise(const SuccessorParams& params, const crypto::SigningKey& signing_key, Random& random) const {
  const auto* announced = reinit();
  if (!announced) return fail(ErrorCode::invalid_state, "no ReInit was committed");
  if (announced->version != ProtocolVersion::mls10 || announced->cipher_suite != kCipherSuite)
    return fail(ErrorCode::mls_unsupported_suite, "the ReInit");
  MUISTIO_TRY(auto made, make_successor({announced->group_id, announced->extensions, params.leaf}, params,
                                        ResumptionPSKUsage::reinit, signing_key, random));
  if (!are_members_of(made.group.tree(), tree(), params.same_member) ||
      !are_members_of(tree(), made.group.tree(), reversed(params.same_member)))
    return fail(ErrorCode::mls_invalid_commit, "not the members of the group that was ended");
  return made;
}

}  // namespace muistio::mls
