#include "forge.hpp"

#include <set>

#include "muistio/crypto/aead.hpp"
#include "muistio/crypto/hpke.hpp"

namespace muistio::mls::test {
namespace {
template <class T, class Value>
void apply(const Change<T>& change, Value& value) {
  if (change) change(value);
}

crypto::Nonce guarded(const Secret<kNonceBytes>& secret, std::span<const std::uint8_t> guard) {
  crypto::Nonce nonce;
  std::copy(secret.expose().begin(), secret.expose().end(), nonce.mutable_array().begin());
  for (std::size_t i = 0; i < guard.size(); ++i) nonce.mutable_array()[i] ^= guard[i];
  return nonce;
}

KeyScheduleSecret psks_of(std::span<const PreSharedKeyID> ids, const PskLookup& lookup,
                          const std::map<Epoch, KeyScheduleSecret>& resumption, const Bytes& group_id) {
  std::vector<NamedPsk> named;
  for (const auto& id : ids) {
    std::optional<SecretBytes> psk;
    if (lookup) psk = lookup(id);
    if (const auto held = resumption.find(id.psk_epoch);
        !psk && id.psktype == PSKType::resumption && id.psk_group_id == group_id && held != resumption.end())
      psk = SecretBytes::copy_of(held->second.expose());
    named.push_back({id, psk ? std::move(*psk) : SecretBytes(Bytes(32, 0))});
  }
  return psk_secret(named);
}
}  // namespace

Party::Party(std::size_t size, Config config, bool filled) {
  GroupConfig first;
  first.group_id = to_bytes(as_bytes("a group"));
  first.extensions = config.extensions;
  first.leaf = config.leaf(0);
  members.push_back(need(Group::create(first, crypto::SigningKey::generate(random), random)));
  if (size == 1) return;
  std::vector<KeyPackagePrivate> packages;
  CommitParams params;
  for (std::size_t i = 1; i < size; ++i) {
    packages.push_back(package(config.leaf(i)));
    params.proposals.push_back({Add{packages.back().key_package}});
  }
  auto staged = need(members[0].stage_commit(params, random));
  members[0] = std::move(staged.next);
  for (const auto& package : packages) members.push_back(need(Group::join(*staged.welcome_message, package)).group);
  for (std::size_t i = 1; filled && i < size; ++i) commit(i);
}

void Party::commit(std::size_t committer, const CommitParams& params) {
  auto staged = need(members[committer].stage_commit(params, random));
  for (std::size_t i = 0; i < members.size(); ++i)
    if (i != committer) members[i] = need(receive(members[i], staged.commit_message));
  members[committer] = std::move(staged.next);
}

Forger::Forger(const Group& group) : signing_key(group.signing_key().clone()), leaf(group.own_leaf_node()) {
  const auto stored = group.serialize();
  Reader in(stored.expose());
  need(in.u8());
  PrivateKeys keys;
  Secret<32> seed;
  std::optional<ReInit> reinit;
  std::optional<KeyScheduleSecret> exporter_secret;
  KeyScheduleSecret epoch_authenticator, external_secret;
  need(decode(in, context));
  need(decode(in, tree));
  need(decode(in, keys));
  need(decode(in, seed));
  need(decode(in, confirmation_tag));
  need(decode(in, interim_transcript_hash));
  need(decode(in, reinit));
  need(decode(in, sender_data_secret));
  need(decode(in, exporter_secret));
  need(decode(in, epoch_authenticator));
  need(decode(in, external_secret));
  need(decode(in, membership_key));
  need(decode(in, init_secret));
  for (auto count = need(in.u32()); count > 0; --count) {
    Epoch epoch;
    need(decode(in, epoch));
    need(decode(in, resumption_psks[epoch]));
  }
  SecretTree secrets;
  need(decode(in, secrets));
  secret_tree = encoded(secrets);
  sender.leaf_index = group.own_leaf();
}

Forger::Forger(const Group& group, const KeyPackagePrivate& package)
    : signing_key(package.signing_key.clone()), leaf(package.key_package.leaf_node) {
  const auto message = need(decoded<MLSMessage>(group.group_info({}, true, true)));
  const auto& info = std::get<GroupInfo>(message.content);
  context = info.group_context;
  tree = need(decoded<RatchetTree>(*find_extension(info.extensions, ExtensionType::ratchet_tree)));
  confirmation_tag = info.confirmation_tag;
  interim_transcript_hash = mls::interim_transcript_hash(context.confirmed_transcript_hash, confirmation_tag);
  const auto external_pub = need(decoded<HPKEPublicKey>(*find_extension(info.extensions, ExtensionType::external_pub)));
  RepeatableRandom random(5);
  auto exported =
      need(crypto::hpke_send_export(need(external_pub.x25519()), {}, as_bytes("MLS 1.0 external init secret"), kHashBytes, random));
  external_init = ExternalInit{to_bytes(exported.kem_output.view())};
  init_secret = need(KeyScheduleSecret::from_bytes(exported.secret.expose()));
  sender.sender_type = SenderType::new_member_commit;
}

LeafNode Forger::update(const Change<LeafNode>& change, std::uint64_t seed) const {
  auto made = leaf;
  made.encryption_key = fresh_key(seed);
  made.leaf_node_source = LeafNodeSource::update;
  made.lifetime = {};
  made.parent_hash.clear();
  apply(change, made);
  made.sign(signing_key, {context.group_id, self()});
  return made;
}

AuthenticatedContent Forger::frame(std::variant<ApplicationData, Proposal, Commit> content, bool is_private) const {
  AuthenticatedContent framed;
  framed.wire_format = is_private ? WireFormat::mls_private_message : WireFormat::mls_public_message;
  framed.content = {context.group_id, context.epoch, sender, {}, std::move(content)};
  framed.sign(signing_key, context);
  return framed;
}

Bytes Forger::protect(const AuthenticatedContent& content, const Envelope& envelope) const {
  const auto& framed = content.content;
  if (content.wire_format == WireFormat::mls_public_message) {
    PublicMessage message{framed, content.auth, {}};
    if (framed.sender.sender_type == SenderType::member) {
      Writer tbm;  // AuthenticatedContentTBM
      tbm.raw(content.to_be_signed(context));
      content.auth.encode_for(tbm, framed.content_type());
      message.membership_tag = mac(membership_key, tbm.bytes());
      apply(envelope.membership_tag, message.membership_tag);
    }
    return to_message(std::move(message));
  }
  const auto kind = envelope.ratchet.value_or(SecretTree::kind_of(framed.content_type()));
  auto secrets = need(decoded<SecretTree>(secret_tree));
  const auto claim = envelope.generation ? need(secrets.claim(framed.sender.leaf_index, kind, *envelope.generation))
                                         : need(secrets.claim_next(framed.sender.leaf_index, kind));
  const Bytes guard{1, 2, 3, 4};
  Writer header;
  encode(header, framed.group_id);
  encode(header, framed.epoch);
  encode(header, framed.content_type());
  Writer associated;
  associated.raw(header.bytes());
  encode(associated, framed.authenticated_data);
  Writer inner;
  framed.encode_content(inner);
  content.auth.encode_for(inner, framed.content_type());
  inner.raw(envelope.padding);
  auto plaintext = std::move(inner).take();
  apply(envelope.plaintext, plaintext);
  PrivateMessage message{framed.group_id, framed.epoch, framed.content_type(), framed.authenticated_data, {}, {}};
  message.ciphertext = crypto::chacha20_seal(claim.key.key, guarded(claim.key.nonce, guard), associated.bytes(), plaintext);
  Writer sender_data;
  encode(sender_data, envelope.claimed_leaf.value_or(framed.sender.leaf_index));
  sender_data.u32(envelope.claimed_generation.value_or(claim.generation)).raw(guard);
  const auto sealing = sender_data_key(sender_data_secret, message.ciphertext);
  message.encrypted_sender_data =
      crypto::chacha20_seal(sealing.key, guarded(sealing.nonce, {}), header.bytes(), sender_data.bytes());
  apply(envelope.private_message, message);
  return to_message(std::move(message));
}

Sent Forger::propose(Proposal proposal, const Envelope& envelope) const {
  const auto framed = frame(std::move(proposal), false);
  return {protect(framed, envelope), {framed.ref(), std::get<Proposal>(framed.content.content), framed.content.sender}};
}

UpdatePath Forger::make_path(const Recipe& recipe, Forged& made, const std::set<LeafIndex>& added,
                             KeyScheduleSecret& commit_secret) const {
  RepeatableRandom random(recipe.seed.value_or(1000 + context.epoch.value()));
  LeafIndex index = self();
  if (external_init) index = need(made.tree.make_room());
  const auto steps = made.tree.filtered_direct_path(index);
  KeyScheduleSecret secret;
  random.fill(secret.expose_mutable());
  std::vector<HPKEPublicKey> keys;
  for (const auto& step : steps) {
    keys.emplace_back(crypto::hpke_derive_key_pair(derive_secret(secret, "node").expose()).public_key());
    auto next = derive_secret(secret, "path");
    made.path_secrets.emplace(step.node, std::move(secret));
    secret = std::move(next);
  }
  commit_secret = std::move(secret);
  apply(recipe.path_keys, keys);

  auto own = leaf;
  own.encryption_key = HPKEPublicKey(crypto::X25519PrivateKey::generate(random).public_key());
  own.leaf_node_source = LeafNodeSource::commit;
  own.parent_hash = made.tree.merge_path_keys(index, steps, keys);
  apply(recipe.leaf, own);
  own.sign(signing_key, {context.group_id, index});
  if (recipe.leaf_signature) own.signature = recipe.leaf_signature(own);
  apply(recipe.signed_leaf, own);
  made.tree.set_leaf(index, own);

  made.context.tree_hash = to_bytes(made.tree.tree_hash().view());
  auto sealed_under = made.context;
  apply(recipe.path_context, sealed_under);
  UpdatePath path{own, {}};
  for (std::size_t i = 0; i < steps.size(); ++i) {
    UpdatePathNode node{keys[i], {}};
    auto plaintext = to_bytes(made.path_secrets.at(steps[i].node).expose());
    apply(recipe.path_secret, plaintext);
    for (auto target : made.tree.resolution(steps[i].copath_child, recipe.encrypt_to_added ? std::set<LeafIndex>{} : added))
      node.encrypted_path_secret.push_back(
          need(encrypt_with_label(*made.tree.encryption_key(target), recipe.path_label, encoded(sealed_under), plaintext, random)));
    path.nodes.push_back(std::move(node));
  }
  apply(recipe.path, path);
  return path;
}

Forged Forger::commit(const Recipe& recipe, const Envelope& envelope) const {
  Forged made{{}, context, tree, {}, {}};
  made.context.epoch = context.epoch.next();
  Commit commit;
  std::vector<std::pair<Proposal, Sender>> all;
  for (const auto& [ref, proposal, from] : recipe.references) {
    commit.proposals.push_back({ref});
    all.emplace_back(proposal, from);
  }
  for (const auto& proposal : recipe.proposals) {
    commit.proposals.push_back({proposal});
    all.emplace_back(proposal, sender);
  }

  // RFC 9420 §12.3, with no questions asked.
  for (const auto& [proposal, from] : all)
    if (const auto* changed = std::get_if<GroupContextExtensions>(&proposal.content)) made.context.extensions = changed->extensions;
  for (const auto& [proposal, from] : all)
    if (const auto* update = std::get_if<Update>(&proposal.content); update && tree.leaf(from.leaf_index))
      made.tree.update(from.leaf_index, update->leaf_node);
  for (const auto& [proposal, from] : all)
    if (const auto* remove = std::get_if<Remove>(&proposal.content); remove && made.tree.leaf(remove->removed))
      made.tree.remove(remove->removed);
  std::set<LeafIndex> added;
  for (const auto& [proposal, from] : all)
    if (const auto* add = std::get_if<Add>(&proposal.content)) added.insert(need(made.tree.add(add->key_package.leaf_node)));
  std::vector<PreSharedKeyID> psks;
  for (const auto& [proposal, from] : all)
    if (const auto* psk = std::get_if<PreSharedKey>(&proposal.content)) psks.push_back(psk->psk);

  KeyScheduleSecret commit_secret;
  if (recipe.with_path) commit.path = make_path(recipe, made, added, commit_secret);
  made.context.tree_hash = to_bytes(made.tree.tree_hash().view());
  apply(recipe.commit, commit);
  auto framed = frame(std::move(commit), recipe.is_private && !external_init);
  apply(recipe.content, framed.content);
  framed.sign(signing_key, context);
  if (recipe.signature) framed.auth.signature = recipe.signature(framed);
  made.context.confirmed_transcript_hash = confirmed_transcript_hash(interim_transcript_hash, framed);
  apply(recipe.next_context, made.context);
  made.joiner = joiner_secret(init_secret, commit_secret, made.context);
  const auto psk = psks_of(psks, recipe.psks, resumption_psks, context.group_id);
  const auto secrets = epoch_secrets(epoch_secret(made.joiner, psk, made.context));
  framed.auth.confirmation_tag = mac(secrets.confirmation_key, made.context.confirmed_transcript_hash);
  apply(recipe.confirmation_tag, framed.auth.confirmation_tag);
  made.message = protect(framed, envelope);
  return made;
}

Invitation::Invitation(const Group& committer, const KeyPackagePrivate& joining, Recipe recipe)
    : package(&joining), signer(committer.own_leaf()), signing_key(committer.signing_key().clone()) {
  const Forger forger(committer);
  recipe.proposals.push_back({Add{joining.key_package}});
  auto made = forger.commit(recipe);
  context = std::move(made.context);
  tree = std::move(made.tree);
  joiner = std::move(made.joiner);
  tree.for_each_leaf([this](LeafIndex index, const LeafNode& leaf) {
    if (leaf == package->key_package.leaf_node) newcomer = index;
  });
  const auto shared = common_ancestor(node_of(signer), node_of(newcomer));
  if (recipe.with_path) path_secret = made.path_secrets.at(shared).clone();
}

Bytes Invitation::welcome(const WelcomeRecipe& recipe) const {
  RepeatableRandom random(99);
  const auto psk = psks_of(recipe.psk_ids, recipe.psks, {}, {});
  GroupInfo info{context, {}, {}, signer, {}};
  info.group_context.tree_hash = to_bytes(tree.tree_hash().view());
  apply(recipe.context, info.group_context);
  const auto secrets = epoch_secrets(epoch_secret(joiner, psk, info.group_context));
  info.confirmation_tag = mac(secrets.confirmation_key, info.group_context.confirmed_transcript_hash);
  apply(recipe.confirmation_tag, info.confirmation_tag);
  if (recipe.with_tree) {
    auto bytes = encoded(tree);
    apply(recipe.tree_bytes, bytes);
    info.extensions.push_back({ExtensionType::ratchet_tree, std::move(bytes)});
  }
  apply(recipe.info, info);
  info.sign(recipe.signing_key ? *recipe.signing_key : signing_key);
  if (recipe.signature) info.signature = recipe.signature(info);

  Welcome welcome;
  auto info_bytes = encoded(info);
  apply(recipe.info_bytes, info_bytes);
  const auto opening = welcome_secret(joiner, psk);
  crypto::Nonce nonce;
  expand_with_label(opening.expose(), "nonce", {}, nonce.mutable_array());
  welcome.encrypted_group_info = crypto::chacha20_seal(expand_with_label(opening.expose(), "key", {}), nonce, {}, info_bytes);
  GroupSecrets group_secrets{SecretBytes::copy_of(joiner.expose()), {}, recipe.psk_ids};
  if (path_secret) group_secrets.path_secret.emplace(PathSecret{SecretBytes::copy_of(path_secret->expose())});
  apply(recipe.secrets, group_secrets);
  auto secrets_bytes = encoded(group_secrets);
  apply(recipe.secrets_bytes, secrets_bytes);
  welcome.secrets.push_back(
      {package->key_package.ref(),
       need(encrypt_with_label(package->key_package.init_key, recipe.label, welcome.encrypted_group_info, secrets_bytes, random))});
  apply(recipe.welcome, welcome);
  return to_message(std::move(welcome));
}

LooseTree::LooseTree(const RatchetTree& tree) {
  std::size_t last = 0;
  for (std::uint32_t i = 0; i < node_count(tree.leaf_count()); ++i) {
    auto& node = nodes.emplace_back();
    if (const auto* parent = tree.parent_node(NodeIndex(i))) node = *parent;
    if (const auto* leaf = is_leaf(NodeIndex(i)) ? tree.leaf(leaf_of(NodeIndex(i))) : nullptr) node = *leaf;
    if (node) last = nodes.size();
  }
  nodes.resize(last);
}

Bytes LooseTree::bytes() const {
  Writer inner;
  for (const auto& node : nodes) {
    inner.u8(node ? 1 : 0);
    if (!node) continue;
    inner.u8(static_cast<std::uint8_t>(node->index() + 1));
    std::visit([&inner](const auto& content) { encode(inner, content); }, *node);
  }
  Writer out;
  write_vector(out, inner.bytes());
  return std::move(out).take();
}

Result<Group> receive(Group& group, BytesView message, const PskLookup& psks) {
  MUISTIO_TRY(auto opened, group.peek(message));
  return group.apply_commit(opened, psks);
}

void hear(Group& group, const Sent& sent) { need(group.store_proposal(need(group.peek(sent.message)))); }

Bytes leaf_place(BytesView group_id, LeafIndex index) {
  Writer out;
  write_vector(out, group_id);
  encode(out, index);
  return std::move(out).take();
}

void sign_again(KeyPackage& package, const crypto::SigningKey& key, bool leaf_too) {
  if (leaf_too) package.leaf_node.sign(key, {});
  package.signature = sign_with_label(key, "KeyPackageTBS", without_signature(package));
}

HPKEPublicKey fresh_key(std::uint64_t seed) {
  RepeatableRandom random(seed * 7919 + 17);
  return HPKEPublicKey(crypto::X25519PrivateKey::generate(random).public_key());
}

PreSharedKeyID psk_id(std::uint8_t number) {
  PreSharedKeyID id;
  id.psk_id = {number};
  id.psk_nonce = Bytes(kHashBytes, number);
  return id;
}

PskLookup psk_holder() {
  return [](const PreSharedKeyID& id) -> std::optional<SecretBytes> {
    return SecretBytes(Bytes(32, id.psk_id.empty() ? 0 : id.psk_id.front()));
  };
}

}  // namespace muistio::mls::test
