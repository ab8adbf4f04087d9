#include "muistio/mls/group.hpp"

#include <algorithm>

#include "group_state.hpp"
#include "muistio/crypto/hkdf.hpp"
#include "own_leaf.hpp"

namespace muistio::mls {

const Bytes* Opened::application_data() const noexcept {
  const auto* application = std::get_if<ApplicationData>(&message.content.content);
  return application ? &application->data : nullptr;
}

bool GroupPreview::removes(LeafIndex leaf) const noexcept {
  return std::find(removed.begin(), removed.end(), leaf) != removed.end();
}

KeyScheduleSecret Group::State::enter_epoch(EpochSecrets&& secrets) {
  sender_data_secret = std::move(secrets.sender_data_secret);
  exporter_secret = std::move(secrets.exporter_secret);
  epoch_authenticator = std::move(secrets.epoch_authenticator);
  external_secret = std::move(secrets.external_secret);
  membership_key = std::move(secrets.membership_key);
  init_secret = std::move(secrets.init_secret);
  secret_tree = SecretTree(tree.leaf_count(), std::move(secrets.encryption_secret));
  resumption_psks.insert_or_assign(context.epoch, std::move(secrets.resumption_psk));
  while (resumption_psks.size() > kResumptionPsksKept) resumption_psks.erase(resumption_psks.begin());
  return std::move(secrets.confirmation_key);
}

Result<NamedPsk> find_psk(const PreSharedKeyID& id, const PskLookup& lookup) {
  if (lookup)
    if (auto found = lookup(id)) return NamedPsk{id, std::move(*found)};
  return fail(ErrorCode::mls_missing_psk);
}

Result<KeyScheduleSecret> Group::State::resolve_psks(std::span<const PreSharedKeyID> ids, const PskLookup& lookup) const {
  std::vector<NamedPsk> psks;
  for (const auto& id : ids) {
    if (id.psktype == PSKType::resumption && id.psk_group_id == context.group_id) {
      if (const auto held = resumption_psks.find(id.psk_epoch); held != resumption_psks.end()) {
        psks.push_back({id, SecretBytes::copy_of(held->second.expose())});
        continue;
      }
    }
    MUISTIO_TRY(auto found, find_psk(id, lookup));
    psks.push_back(std::move(found));
  }
  return psk_secret(psks);
}

AuthenticatedContent Group::State::frame(std::variant<ApplicationData, Proposal, Commit> content, BytesView authenticated_data,
                                         bool private_message) const {
  AuthenticatedContent framed;
  framed.wire_format = private_message ? WireFormat::mls_private_message : WireFormat::mls_public_message;
  framed.content.group_id = context.group_id;
  framed.content.epoch = context.epoch;
  framed.content.sender.leaf_index = self();
  framed.content.authenticated_data = to_bytes(authenticated_data);
  framed.content.content = std::move(content);
  framed.sign(signing_key, context);
  return framed;
}

Result<Bytes> Group::State::protect(AuthenticatedContent content, Random& random) {
  return leaving_no_trace([&]() -> Result<Bytes> {
    if (content.wire_format == WireFormat::mls_private_message) {
      MUISTIO_TRY(auto message, protect_private(content, secret_tree, sender_data_secret, random));
      return to_message(std::move(message));
    }
    MUISTIO_TRY(auto message, protect_public(content, membership_key, context));
    return to_message(std::move(message));
  });
}

Group::Group(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Group::Group(Group&&) noexcept = default;
Group& Group::operator=(Group&&) noexcept = default;
Group::~Group() = default;

Result<Group> Group::create(const GroupConfig& config, const crypto::SigningKey& signing_key, Random& random) {
  return leaving_no_trace([&]() -> Result<Group> {
    if (!types_are_unique(config.extensions)) return fail(ErrorCode::invalid_argument, "a group extension occurs twice");
    auto encryption_key = crypto::X25519PrivateKey::generate(random);
    MUISTIO_TRY(auto leaf, make_leaf(config.leaf, encryption_key.public_key(), signing_key));
    MUISTIO_CHECK(leaf.check_contents(config.extensions));
    auto state = std::make_unique<State>(signing_key.clone());
    state->tree.set_leaf(LeafIndex(0), std::move(leaf));
    state->private_keys = PrivateKeys(LeafIndex(0));
    state->private_keys.put(NodeIndex(0), std::move(encryption_key));
    state->context.group_id = config.group_id;
    state->context.tree_hash = to_bytes(state->tree.tree_hash().view());
    state->context.extensions = config.extensions;
    KeyScheduleSecret first;
    random.fill(first.expose_mutable());
    const auto confirmation_key = state->enter_epoch(epoch_secrets(first));
    state->confirmation_tag = mac(confirmation_key, {});
    state->interim_transcript_hash = interim_transcript_hash({}, state->confirmation_tag);
    return Group(std::move(state));
  });
}

BytesView Group::group_id() const noexcept { return state_->context.group_id; }
Epoch Group::epoch() const noexcept { return state_->context.epoch; }
LeafIndex Group::own_leaf() const noexcept { return state_->self(); }
const LeafNode& Group::own_leaf_node() const noexcept { return *state_->tree.leaf(state_->self()); }
const RatchetTree& Group::tree() const noexcept { return state_->tree; }
const GroupContext& Group::context() const noexcept { return state_->context; }
BytesView Group::confirmed_transcript_hash() const noexcept { return state_->context.confirmed_transcript_hash; }
BytesView Group::epoch_authenticator() const noexcept { return state_->epoch_authenticator.expose(); }
bool Group::is_ended() const noexcept { return state_->reinit.has_value(); }
const ReInit* Group::reinit() const noexcept { return state_->reinit ? &*state_->reinit : nullptr; }
const crypto::SigningKey& Group::signing_key() const noexcept { return state_->signing_key; }

Result<SecretBytes> Group::export_secret(std::string_view label, BytesView context, std::size_t length) const {
  return leaving_no_trace([&]() -> Result<SecretBytes> {
    if (!state_->exporter_secret) return fail(ErrorCode::invalid_state, "the exporter secret was erased");
    if (length > crypto::kHkdfBytesMax) return fail(ErrorCode::invalid_argument, "the length");
    return mls_exporter(*state_->exporter_secret, label, context, length);
  });
}

Result<SecretBytes> Group::resumption_psk(Epoch epoch) const {
  const auto held = state_->resumption_psks.find(epoch);
  if (held == state_->resumption_psks.end()) return fail(ErrorCode::not_found, "the resumption PSK of that epoch");
  return SecretBytes::copy_of(held->second.expose());
}

void Group::erase_exporter_secret() noexcept { state_->exporter_secret.reset(); }

Result<Bytes> Group::protect(BytesView application, BytesView authenticated_data, Random& random) {
  if (is_ended()) return fail(ErrorCode::invalid_state, "the group was ended");
  return state_->protect(state_->frame(ApplicationData{to_bytes(application)}, authenticated_data, true), random);
}

Result<Bytes> Group::propose(Proposal proposal, Random& random, bool private_message) {
  if (is_ended()) return fail(ErrorCode::invalid_state, "the group was ended");
  if (state_->proposals.size() >= kPendingProposalsMax) return fail(ErrorCode::too_large, "pending proposals");
  if (const auto* update = std::get_if<Update>(&proposal.content);
      update && !state_->pending_updates.contains(update->leaf_node.encryption_key))
    return fail(ErrorCode::mls_invalid_proposal, "an Update whose key is not held");
  const auto framed = state_->frame(std::move(proposal), {}, private_message);
  MUISTIO_TRY(auto message, state_->protect(framed, random));
  state_->proposals.insert_or_assign(framed.ref(),
                                     StoredProposal{std::get<Proposal>(framed.content.content), framed.content.sender});
  return message;
}

Result<Bytes> Group::propose_update(Random& random, bool private_message) {
  if (state_->pending_updates.size() >= kPendingProposalsMax) return fail(ErrorCode::too_large, "pending updates");
  auto key = crypto::X25519PrivateKey::generate(random);
  const HPKEPublicKey public_key(key.public_key());
  auto leaf = own_leaf_node();
  leaf.encryption_key = public_key;
  leaf.leaf_node_source = LeafNodeSource::update;
  leaf.sign(state_->signing_key, {state_->context.group_id, own_leaf()});
  state_->pending_updates.emplace(public_key, std::move(key));
  auto message = propose({Update{std::move(leaf)}}, random, private_message);
  if (!message) state_->pending_updates.erase(public_key);
  return message;
}

Bytes Group::group_info(std::vector<Extension> extensions, bool with_tree, bool with_external_pub) const {
  GroupInfo info{state_->context, std::move(extensions), state_->confirmation_tag, own_leaf(), {}};
  if (with_tree) info.extensions.push_back({ExtensionType::ratchet_tree, encoded(state_->tree)});
  // struct { HPKEPublicKey external_pub; } ExternalPub;
  if (with_external_pub)
    info.extensions.push_back(
        {ExtensionType::external_pub, encoded(HPKEPublicKey(external_key_pair(state_->external_secret).public_key()))});
  info.sign(state_->signing_key);
  return to_message(std::move(info));
}

}  // namespace muistio::mls
