#include "peer.hpp"

#include "muistio/base/hex.hpp"
#include "muistio/mls/grease.hpp"

namespace muistio::interop {
namespace {
using namespace mls;

template <class T>
T need(Result<T> result) {
  if (!result) throw Refused(result.error().message());
  return std::move(result).value();
}
void need(const Status& status) {
  if (!status) throw Refused(status.error().message());
}

Bytes bytes_of(const Json& request, const char* field) {
  const auto found = request.find(field);
  if (found == request.end() || found->is_null()) return {};
  return need(from_hex(found->get<std::string>()));
}
std::string hex_of(BytesView bytes) { return to_hex(bytes); }

bool flag(const Json& request, const char* field, bool otherwise) {
  const auto found = request.find(field);
  return found == request.end() || found->is_null() ? otherwise : found->get<bool>();
}

std::optional<Bytes> optional_bytes(const Json& request, const char* field) {
  const auto found = request.find(field);
  if (found == request.end() || found->is_null()) return std::nullopt;
  return bytes_of(request, field);
}

Json list_of(const Json& request, const char* field) {
  const auto found = request.find(field);
  return found == request.end() || found->is_null() ? Json::array() : *found;
}

std::vector<Extension> extensions_of(const Json& list) {
  std::vector<Extension> made;
  for (const auto& entry : list)
    made.push_back({static_cast<ExtensionType>(entry.at("type").get<std::uint16_t>()), bytes_of(entry, "data")});
  return made;
}

Json state_of(const std::optional<Group>& group) {
  if (!group) throw Refused("the client is in no group");
  auto members = Json::array();
  group->tree().for_each_leaf([&](LeafIndex index, const LeafNode& leaf) {
    members.push_back({{"leaf", index.value()}, {"identity", hex_of(leaf.credential.identity)}});
  });
  return {{"epoch", group->epoch().value()},
          {"authenticator", hex_of(group->epoch_authenticator())},
          {"tree_hash", hex_of(group->context().tree_hash)},
          {"transcript", hex_of(group->confirmed_transcript_hash())},
          {"leaf", group->own_leaf().value()},
          {"members", std::move(members)}};
}

Group& group_of(std::optional<Group>& group) {
  if (!group) throw Refused("the client is in no group");
  return *group;
}

PskLookup lookup_in(const std::map<Bytes, Bytes>& psks) {
  return [&psks](const PreSharedKeyID& id) -> std::optional<SecretBytes> {
    const auto found = id.psktype == PSKType::external ? psks.find(id.psk_id) : psks.end();
    if (found == psks.end()) return std::nullopt;
    return SecretBytes::copy_of(found->second);
  };
}
}  // namespace

Json Peer::answer(const Json& request) {
  const auto op = request.at("op").get<std::string>();
  if (op == "client") return make_client(request);
  auto& client = client_of(request.at("client"));
  if (op == "create") return create(client, request);
  if (op == "commit") return commit(client, request);
  if (op == "propose") return propose(client, request);
  if (op == "join") return join(client, request);
  if (op == "external_join") return external_join(client, request);
  if (op == "process") return process(client, request);
  if (op == "succeed") return succeed(client, request);
  if (op == "save") return save(client);
  if (op == "tree") return {{"tree", hex_of(encoded(group_of(client.group).tree()))}};
  if (op == "state") return state_of(client.group);
  if (op == "merge") {
    if (!client.staged) throw Refused("nothing is staged");
    enter(client, std::move(*client.staged));
    return state_of(client.group);
  }
  if (op == "discard") {
    client.staged.reset();
    return state_of(client.group);
  }
  if (op == "psk") {
    client.psks[bytes_of(request, "id")] = bytes_of(request, "secret");
    return Json::object();
  }
  if (op == "protect")
    return {
        {"message", hex_of(need(group_of(client.group).protect(bytes_of(request, "data"), bytes_of(request, "aad"), random_)))}};
  if (op == "group_info")
    return {
        {"group_info", hex_of(group_of(client.group).group_info({grease_extension(random_)}, flag(request, "tree", true), true))}};
  if (op == "export") {
    const auto length = request.value("length", std::size_t{32});
    const auto secret =
        need(group_of(client.group).export_secret(request.at("label").get<std::string>(), bytes_of(request, "context"), length));
    return {{"secret", hex_of(secret.expose())}};
  }
  throw Refused("no such request");
}

Peer::Client& Peer::client_of(const Json& name) {
  const auto found = clients_.find(name.get<std::string>());
  if (found == clients_.end()) throw Refused("no such client");
  return found->second;
}

Json Peer::make_client(const Json& request) {
  constexpr std::uint64_t kHour = 3600;
  const auto now = static_cast<std::uint64_t>(clock_.wall().value()) / 1000;
  LeafConfig leaf;
  leaf.credential = bytes_of(request, "identity");
  leaf.lifetime = {now - kHour, now + 28 * 24 * kHour};
  for (const auto& type : list_of(request, "extensions"))
    leaf.capabilities.extensions.push_back(static_cast<ExtensionType>(type.get<std::uint16_t>()));
  add_grease(leaf, random_);
  auto package = need(generate_key_package(leaf, crypto::SigningKey::generate(random_), random_));
  const auto message = package.key_package.message();
  const auto name = request.at("client").get<std::string>();
  clients_.erase(name);
  clients_.emplace(name, Client{std::move(leaf), std::move(package)});
  return {{"key_package", hex_of(message)}};
}

Json Peer::create(Client& client, const Json& request) {
  const GroupConfig config{bytes_of(request, "group_id"), extensions_of(list_of(request, "extensions")), client.leaf};
  auto made = need(Group::create(config, client.package.signing_key, random_));
  enter(client, std::move(made));
  client.past.clear();
  return state_of(client.group);
}

std::vector<Proposal> Peer::proposals_of(const Json& request) {
  std::vector<Proposal> made;
  for (const auto& package : list_of(request, "add"))
    made.push_back({Add{need(parse_key_package(need(from_hex(package.get<std::string>()))))}});
  for (const auto& leaf : list_of(request, "remove")) made.push_back({Remove{LeafIndex(leaf.get<std::uint32_t>())}});
  for (const auto& psk : list_of(request, "psk")) {
    auto id = external_psk_id(bytes_of(psk, "id"), random_);
    if (auto nonce = optional_bytes(psk, "nonce")) id.psk_nonce = std::move(*nonce);
    made.push_back({PreSharedKey{std::move(id)}});
  }
  if (const auto extensions = request.find("group_extensions"); extensions != request.end() && !extensions->is_null())
    made.push_back({GroupContextExtensions{extensions_of(*extensions)}});
  if (const auto reinit = request.find("reinit"); reinit != request.end() && !reinit->is_null())
    made.push_back({ReInit{bytes_of(*reinit, "group_id"), ProtocolVersion::mls10, kCipherSuite,
                           extensions_of(list_of(*reinit, "extensions"))}});
  return made;
}

Json Peer::commit(Client& client, const Json& request) {
  CommitParams params;
  params.proposals = proposals_of(request);
  params.references = group_of(client.group).committable_proposals();
  params.authenticated_data = bytes_of(request, "aad");
  params.private_message = !flag(request, "public", true);
  params.tree_in_welcome = flag(request, "tree", true);
  params.group_info_extensions = [this](const Group&, std::span<const KeyPackageRef>, BytesView) -> Result<std::vector<Extension>> {
    return std::vector{grease_extension(random_)};
  };
  auto staged = need(group_of(client.group).stage_commit(params, random_, lookup_in(client.psks)));
  const Json welcome = staged.welcome_message ? Json(hex_of(*staged.welcome_message)) : Json();
  client.staged = std::move(staged.next);
  return {{"commit", hex_of(staged.commit_message)}, {"welcome", welcome}};
}

Json Peer::propose(Client& client, const Json& request) {
  auto& group = group_of(client.group);
  const bool as_private = !flag(request, "public", true);
  const auto proposals = proposals_of(request);
  if (proposals.size() > 1) throw Refused("one proposal at a time");
  const auto message =
      need(proposals.empty() ? group.propose_update(random_, as_private) : group.propose(proposals.front(), random_, as_private));
  return {{"message", hex_of(message)}};
}

Json Peer::join(Client& client, const Json& request) {
  const auto welcome = bytes_of(request, "welcome");
  const auto tree_bytes = optional_bytes(request, "tree");
  const auto tree = tree_bytes ? std::optional<BytesView>(*tree_bytes) : std::nullopt;
  const auto psks = lookup_in(client.psks);
  auto joined = request.contains("from")
                    ? need(group_of(client_of(request.at("from")).group).join_successor(welcome, client.package, tree, psks))
                    : need(Group::join(welcome, client.package, tree, psks));
  enter(client, std::move(joined.group));
  client.past.clear();
  return state_of(client.group);
}

Json Peer::succeed(Client& client, const Json& request) {
  const auto& former = group_of(client.group);
  auto& into = client_of(request.at("into"));
  SuccessorParams params;
  params.leaf = into.leaf;
  for (const auto& package : list_of(request, "add"))
    params.members.push_back(need(parse_key_package(need(from_hex(package.get<std::string>())))));
  params.group_id = bytes_of(request, "group_id");
  params.extensions = former.context().extensions;
  params.tree_in_welcome = flag(request, "tree", true);
  auto made = need(former.is_ended() ? former.reinitialise(params, into.package.signing_key, random_)
                                     : former.branch(params, into.package.signing_key, random_));
  enter(into, std::move(made.group));
  auto reply = state_of(into.group);
  reply["welcome"] = made.welcome_message ? Json(hex_of(*made.welcome_message)) : Json();
  return reply;
}

Json Peer::external_join(Client& client, const Json& request) {
  const auto group_info = bytes_of(request, "group_info");
  ExternalCommitParams params;
  params.leaf = client.leaf;
  params.ratchet_tree = optional_bytes(request, "tree");
  for (const auto& psk : list_of(request, "psk")) params.psks.push_back(external_psk_id(bytes_of(psk, "id"), random_));
  if (flag(request, "resync", false)) params.former_leaf = group_of(client.group).own_leaf();
  auto joined = need(Group::external_commit(group_info, params, client.package.signing_key, random_, lookup_in(client.psks)));
  enter(client, std::move(joined.next));
  client.past.clear();
  auto reply = state_of(client.group);
  reply["commit"] = hex_of(joined.commit_message);
  return reply;
}

Json Peer::process(Client& client, const Json& request) {
  const auto message = bytes_of(request, "message");
  auto& group = group_of(client.group);
  auto result = group.open(message);
  for (auto past = client.past.begin(); !result && result.error().code == ErrorCode::mls_wrong_epoch && past != client.past.end();
       ++past) {
    result = past->open(message);
    if (result && result->content_type() != ContentType::application) throw Refused("a handshake of a past epoch");
  }
  const auto opened = need(std::move(result));
  if (const auto* data = opened.application_data()) return {{"kind", "application"}, {"data", hex_of(*data)}};
  if (opened.proposal()) {
    need(group.store_proposal(opened));
  } else {
    enter(client, need(group.apply_commit(opened, lookup_in(client.psks))));
  }
  auto reply = state_of(client.group);
  reply["kind"] = "handshake";
  return reply;
}

Json Peer::save(Client& client) {
  const auto bytes = group_of(client.group).serialize();
  client.group = need(Group::deserialize(bytes.expose()));
  return {{"bytes", bytes.size()}};
}

void Peer::enter(Client& client, Group next) {
  if (client.group) client.past.push_front(std::move(*client.group));
  if (client.past.size() > kEpochsKept) client.past.pop_back();
  client.group = std::move(next);
  client.staged.reset();
}

}  // namespace muistio::interop
