// Joining by an external commit (RFC 9420 §12.4.3.2).
#include "group_state.hpp"
#include "muistio/crypto/hpke.hpp"

namespace muistio::mls {
namespace {
Result<crypto::X25519PublicKey> external_pub_of(const GroupInfo& info) {
  const auto* data = find_extension(info.extensions, ExtensionType::external_pub);
  if (!data) return fail(ErrorCode::mls_invalid_group_info, "no external_pub");
  const auto key = decoded<HPKEPublicKey>(*data);
  if (!key) return fail(ErrorCode::mls_invalid_group_info, "external_pub");
  auto usable = key->x25519();
  if (!usable) return fail(ErrorCode::mls_invalid_group_info, "external_pub");
  return usable;
}

std::vector<CommittedProposal> proposals_of(const ExternalCommitParams& params, const crypto::HpkeExported& init,
                                            const Sender& sender) {
  std::vector<CommittedProposal> proposals;
  proposals.push_back({{ExternalInit{to_bytes(init.kem_output.view())}}, sender, false});
  if (params.former_leaf) proposals.push_back({{Remove{*params.former_leaf}}, sender, false});
  for (const auto& psk : params.psks) proposals.push_back({{PreSharedKey{psk}}, sender, false});
  return proposals;
}
}  // namespace

Result<ExternalJoin> Group::external_commit(BytesView group_info_message, const ExternalCommitParams& params,
                                            const crypto::SigningKey& signing_key, Random& random, const PskLookup& psks) {
  return leaving_no_trace([&]() -> Result<ExternalJoin> {
    MUISTIO_TRY(auto parsed, decoded<MLSMessage>(group_info_message));
    auto* info = std::get_if<GroupInfo>(&parsed.content);
    if (!info) return fail(ErrorCode::malformed, "not a group info");
    // The group as one who is not in it sees it: without a single secret.
    State before(signing_key.clone());
    MUISTIO_TRY(before.tree, checked_tree(*info, params.ratchet_tree));
    MUISTIO_TRY(auto external_pub, external_pub_of(*info));
    before.context = info->group_context;
    before.interim_transcript_hash = mls::interim_transcript_hash(before.context.confirmed_transcript_hash, info->confirmation_tag);

    MUISTIO_TRY(auto init,
                crypto::hpke_send_export(external_pub, {}, as_bytes("MLS 1.0 external init secret"), kHashBytes, random));
    MUISTIO_TRY(auto init_secret, KeyScheduleSecret::from_bytes(init.secret.expose()));
    const Sender sender{SenderType::new_member_commit, {}, 0};
    const auto proposals = proposals_of(params, init, sender);
    MUISTIO_TRY(auto preview, apply_proposals(before, proposals, sender));
    MUISTIO_TRY(auto psk, before.resolve_psks(preview.psks, psks));

    auto next = successor(before, preview);
    MUISTIO_TRY(auto self, next->tree.make_room());
    LeafNode leaf;
    leaf.credential = Credential::basic(params.leaf.credential);
    leaf.capabilities = params.leaf.capabilities;
    leaf.extensions = params.leaf.extensions;
    auto path = create_path(next->tree, self, std::move(leaf), signing_key, next->context, {}, random);
    if (!path) return fail(ErrorCode::mls_invalid_commit, "a member's key cannot be encrypted to");
    MUISTIO_CHECK(check_signature_key(next->tree, self));
    MUISTIO_CHECK(check_leaves(next->tree, std::span(&self, 1), next->context.extensions));
    next->private_keys = std::move(path->private_keys);

    Commit commit;
    for (const auto& committed : proposals) commit.proposals.push_back({committed.proposal});
    commit.path = std::move(path->update_path);
    AuthenticatedContent framed;
    framed.wire_format = WireFormat::mls_public_message;
    framed.content.group_id = before.context.group_id;
    framed.content.epoch = before.context.epoch;
    framed.content.sender = sender;
    framed.content.authenticated_data = params.authenticated_data;
    framed.content.content = std::move(commit);
    framed.sign(signing_key, before.context);
    static_cast<void>(confirm(*next, before.interim_transcript_hash, framed, init_secret, path->commit_secret, psk));
    MUISTIO_TRY(auto message, protect_public(framed, before.membership_key, before.context));
    return ExternalJoin{to_message(std::move(message)), Group(std::move(next)), std::move(*info)};
  });
}

}  // namespace muistio::mls
