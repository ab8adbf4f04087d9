#include "judge.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "warrant_rules.hpp"

namespace muistio::space {
namespace {

Refusal refuse(Step step, ErrorCode code, std::string detail) { return {step, {code, std::move(detail)}}; }
/// The step's own code; what failed underneath is named in the detail.
Refusal refuse(Step step, ErrorCode code, const Error& cause) {
  return {step, {code, std::string(error_name(cause.code)) + (cause.detail.empty() ? "" : ": " + cause.detail)}};
}

/// The same, but what a newer version wrote is never skipped by it: it says that the app is too old.
Refusal refuse_unless_newer(Step step, ErrorCode code, const Error& cause) {
  if (cause.code == ErrorCode::unsupported_version) return {step, cause};
  return refuse(step, code, cause);
}

mls::Extension required_capabilities() {
  mls::RequiredCapabilities required;
  required.extension_types = {static_cast<mls::ExtensionType>(kCharterExtension)};
  required.credential_types = {mls::CredentialType::basic};
  return mls::to_extension(required);
}

// Step 4: by value Add, Remove, at most one GroupContextExtensions; by reference only leaving.
Status check_proposals(const mls::Opened& opened, const std::vector<Leaf>& leaves) {
  std::size_t context_changes = 0;
  std::size_t adds = 0;
  for (const auto& committed : opened.proposals) {
    const auto type = committed.proposal.type();
    if (committed.by_reference) {
      const auto* remove = std::get_if<mls::Remove>(&committed.proposal.content);
      if (remove == nullptr) return fail(ErrorCode::handshake_proposals, "by reference only a Remove");
      if (committed.sender.sender_type != mls::SenderType::member)
        return fail(ErrorCode::handshake_proposals, "a proposal that is not a member's");
      const auto* proposer = find_leaf(leaves, committed.sender.leaf_index);
      const auto* target = find_leaf(leaves, remove->removed);
      if (proposer == nullptr || target == nullptr || proposer->member != target->member)
        return fail(ErrorCode::handshake_proposals, "by reference only a Remove of the proposer's own leaves");
    } else if (type == mls::ProposalType::group_context_extensions) {
      if (++context_changes > 1) return fail(ErrorCode::handshake_proposals, "more than one GroupContextExtensions");
    } else if (type == mls::ProposalType::add) {
      if (++adds > kAddsMax) return fail(ErrorCode::handshake_proposals, "more Adds than one commit may have");
    } else if (type != mls::ProposalType::remove) {
      return fail(ErrorCode::handshake_proposals, "a proposal of type " + std::to_string(static_cast<int>(type)));
    }
  }
  return ok();
}

// Step 5, certificates: of the leaves added and of the committer's new leaf, whose bytes never change (R1).
Result<Proposed> read_proposals(const mls::Opened& opened, const std::vector<Leaf>& leaves, const mls::RatchetTree& tree) {
  Proposed proposed;
  const auto committer = opened.sender().leaf_index;
  const auto* committer_leaf = find_leaf(leaves, committer);
  const auto* committer_node = tree.leaf(committer);
  if (committer_leaf == nullptr || committer_node == nullptr)
    return fail(ErrorCode::invalid_certificate, "the committer has no leaf");
  proposed.committer = committer_leaf->member;
  const auto& new_leaf = opened.commit()->path->leaf_node;
  if (new_leaf.credential != committer_node->credential || new_leaf.signature_key.data != committer_node->signature_key.data)
    return fail(ErrorCode::invalid_certificate, "a leaf's certificate never changes");
  for (const auto& committed : opened.proposals) {
    if (const auto* add = std::get_if<mls::Add>(&committed.proposal.content)) {
      MUISTIO_TRY(auto leaf, read_leaf(mls::LeafIndex(0), add->key_package.leaf_node));
      proposed.added.push_back(std::move(leaf));
    } else if (const auto* remove = std::get_if<mls::Remove>(&committed.proposal.content)) {
      const auto* leaf = find_leaf(leaves, remove->removed);
      if (leaf == nullptr) return fail(ErrorCode::mls_invalid_proposal, "a Remove of no leaf");
      proposed.removed.push_back(*leaf);
      if (committed.by_reference) proposed.removed_by_reference.push_back(leaf->index);
    } else if (const auto* change = std::get_if<mls::GroupContextExtensions>(&committed.proposal.content)) {
      proposed.extensions = change->extensions;
    }
  }
  return proposed;
}

std::vector<Leaf> leaves_after(const std::vector<Leaf>& before, const Proposed& proposed) {
  std::vector<Leaf> after;
  for (const auto& leaf : before)
    if (find_leaf(proposed.removed, leaf.index) == nullptr) after.push_back(leaf);
  after.insert(after.end(), proposed.added.begin(), proposed.added.end());
  return after;
}

// Without being a host one may strike members whose last leaf this very commit removes, as guest or by their own wish, and become a
// host by a warrant; nothing else.
Status check_charter_change_without_host(const Before& before, const Proposed& proposed) {
  auto after = read_context_extensions(*proposed.extensions);
  if (!after && after.error().code == ErrorCode::unsupported_version) return fail(std::move(after).error());
  if (!after) return fail(ErrorCode::not_permitted, "only a host changes the charter");
  const auto left = leaves_after(before.leaves, proposed);
  auto expected = before.charter;
  expected.version = after->version;
  expected.warrants.clear();
  for (const auto& entry : before.charter.members) {
    if (after->find(entry.member) != nullptr) continue;
    const bool has_leaf = std::any_of(left.begin(), left.end(), [&](const Leaf& leaf) { return leaf.member == entry.member; });
    const bool removed_here = std::any_of(proposed.removed.begin(), proposed.removed.end(),
                                          [&](const Leaf& leaf) { return leaf.member == entry.member; });
    if (has_leaf || !removed_here) return fail(ErrorCode::not_permitted, "only a host strikes a member who stays");
    static_cast<void>(expected.remove(entry.member));
  }
  const bool strikes = expected.members.size() != before.charter.members.size();
  if (!after->warrants.empty()) {
    MUISTIO_CHECK(take_host(before, proposed.committer, after->warrants, expected));
  } else if (!strikes) {
    return fail(ErrorCode::not_permitted, "only a host changes the charter");
  }
  if (expected != *after) return fail(ErrorCode::not_permitted, "only a host changes the charter");
  return ok();
}

}  // namespace

std::vector<mls::Extension> context_extensions(const Charter& charter) {
  return {required_capabilities(), {static_cast<mls::ExtensionType>(kCharterExtension), charter.encode()}};
}

Result<Charter> read_context_extensions(const std::vector<mls::Extension>& extensions) {
  const auto type = static_cast<mls::ExtensionType>(kCharterExtension);
  const auto* charter = mls::find_extension(extensions, type);
  const auto* required = mls::find_extension(extensions, mls::ExtensionType::required_capabilities);
  if (charter == nullptr || required == nullptr || extensions.size() != 2)
    return fail(ErrorCode::invalid_charter, "the group's extensions are not exactly required_capabilities and the charter");
  if (*required != required_capabilities().extension_data)
    return fail(ErrorCode::invalid_charter, "required_capabilities does not ask for exactly the charter");
  return Charter::decode(*charter);
}

Status check_roles(const Before& before, const Proposed& proposed) {
  const auto role = before.charter.role_of(proposed.committer);
  if (!role) return fail(ErrorCode::not_permitted, "the committer is not in the charter");
  if (*role == Role::host) return check_quorum(before, proposed);
  for (const auto& leaf : proposed.added)
    if (leaf.member != proposed.committer) return fail(ErrorCode::not_permitted, "only a host adds another member's device");
  for (const auto& leaf : proposed.removed) {
    const auto& leaving = proposed.removed_by_reference;
    if (leaf.member == proposed.committer || std::find(leaving.begin(), leaving.end(), leaf.index) != leaving.end()) continue;
    if (*role == Role::guest || before.charter.role_of(leaf.member) != Role::guest)
      return fail(ErrorCode::not_permitted, "only a host removes another member's device");
  }
  if (proposed.extensions) return check_charter_change_without_host(before, proposed);
  return ok();
}

Status check_invariants(const Charter& charter, const std::vector<Leaf>& leaves) {
  if (charter.devices_max == 0 || charter.devices_max > kDevicesMax) return fail(ErrorCode::invalid_charter, "devices_max");
  if (charter.kind == SpaceKind::personal && charter.members.size() != 1)
    return fail(ErrorCode::invalid_charter, "a personal space has one member");
  for (const auto& entry : charter.members) {
    if (entry.first_era > charter.era) return fail(ErrorCode::invalid_charter, "a member from an era to come");
    if (entry.role == Role::guest && charter.kind != SpaceKind::session)
      return fail(ErrorCode::invalid_charter, "a guest outside a session");
  }
  std::map<MemberId, std::size_t> devices;
  bool has_host = false;
  for (const auto& leaf : leaves) {
    const auto role = charter.role_of(leaf.member);
    if (!role) return fail(ErrorCode::invalid_charter, "a leaf's member is not listed");
    has_host = has_host || *role == Role::host;
    if (++devices[leaf.member] > charter.devices_max) return fail(ErrorCode::invalid_charter, "too many devices of one member");
  }
  if (!has_host) return fail(ErrorCode::invalid_charter, "no host has a leaf");
  return ok();
}

// Of step 7: whose successor a member is, is said when they are admitted, and of nobody who stays.
static Status check_successors(const Charter& before, const Charter& after) {
  for (const auto& entry : after.members) {
    const auto* held = before.find(entry.member);
    if (held != nullptr && held->successor_of != entry.successor_of)
      return fail(ErrorCode::invalid_charter, "whose successor a member is never changes");
    if (held == nullptr && entry.successor_of && (*entry.successor_of == entry.member || after.find(*entry.successor_of) != nullptr))
      return fail(ErrorCode::invalid_charter, "a successor of a member who stays");
  }
  return ok();
}

// Of step 7: at most one new member, and who may read from which era on.
static Status check_eras(const Charter& before, const Charter& after, const MemberId& committer) {
  const bool begins_era = after.era != before.era;
  if (begins_era && after.era != before.era.next()) return fail(ErrorCode::invalid_charter, "the era is not one more than before");
  const CharterMember* newcomer = nullptr;
  for (const auto& entry : after.members) {
    const auto* held = before.find(entry.member);
    if (held != nullptr && held->first_era != entry.first_era)
      return fail(ErrorCode::invalid_charter, "a member's first era never changes");
    if (held != nullptr) continue;
    if (newcomer != nullptr) return fail(ErrorCode::invalid_charter, "more than one new member");
    newcomer = &entry;
  }
  if (newcomer == nullptr) return ok();
  if (begins_era != (after.history == HistoryPolicy::joining))
    return fail(ErrorCode::invalid_charter, begins_era ? "this policy admits into the era that is" : "no era begins with a new member");
  if (after.history != HistoryPolicy::all) {
    if (newcomer->first_era != after.era) return fail(ErrorCode::invalid_charter, "a new member from an era that is over");
    return ok();
  }
  const auto* admitter = before.find(committer);
  if (admitter == nullptr || newcomer->first_era < admitter->first_era)
    return fail(ErrorCode::invalid_charter, "a new member from an era that the committer may not read");
  return ok();
}

Result<Charter> check_charter(const Before& before, const Proposed& proposed) {
  auto charter = before.charter;
  if (proposed.extensions) {
    auto changed = read_context_extensions(*proposed.extensions);
    if (!changed) return fail(std::move(changed).error());
    charter = std::move(*changed);
    if (charter.version != before.charter.version + 1)
      return fail(ErrorCode::invalid_charter, "the version is not one more than before");
    if (charter.kind != before.charter.kind || charter.parent != before.charter.parent ||
        charter.predecessor != before.charter.predecessor)
      return fail(ErrorCode::invalid_charter, "kind, parent and predecessor never change");
    if (before.charter.role_of(proposed.committer) == Role::host && !charter.warrants.empty() && !needs_quorum(before.charter, charter))
      return fail(ErrorCode::invalid_charter, "a warrant that nothing asks for");
    MUISTIO_CHECK(check_eras(before.charter, charter, proposed.committer));
    MUISTIO_CHECK(check_successors(before.charter, charter));
  }
  MUISTIO_CHECK(check_invariants(charter, leaves_after(before.leaves, proposed)));
  return charter;
}

Status check_leaving(const mls::Opened& opened, const std::vector<Leaf>& leaves) {
  if (!opened.is_private() || !opened.authenticated_data().empty() || opened.proposal() == nullptr)
    return fail(ErrorCode::not_permitted, "not a proposal by PrivateMessage");
  const auto* remove = std::get_if<mls::Remove>(&opened.proposal()->content);
  if (remove == nullptr) return fail(ErrorCode::not_permitted, "only a Remove is proposed");
  if (opened.sender().sender_type != mls::SenderType::member) return fail(ErrorCode::not_permitted, "only members propose");
  const auto* proposer = find_leaf(leaves, opened.sender().leaf_index);
  const auto* target = find_leaf(leaves, remove->removed);
  if (proposer == nullptr || target == nullptr || proposer->member != target->member)
    return fail(ErrorCode::not_permitted, "only one's own leaves are proposed for removal");
  return ok();
}

Status check_access(const wire::Record& record, std::size_t added, std::size_t removed) {
  const auto changes = [&](wire::AccessChange::Op op) {
    return static_cast<std::size_t>(std::count_if(record.access_changes.begin(), record.access_changes.end(),
                                                  [&](const wire::AccessChange& change) { return change.op == op; }));
  };
  if (changes(wire::AccessChange::Op::add) > added || changes(wire::AccessChange::Op::remove) > removed)
    return fail(ErrorCode::not_permitted, "more access changes than devices added or removed");
  return ok();
}

std::variant<Judged, Refusal> judge(mls::Group& group, const Before& before, const wire::Record& record) {
  if (record.kind != wire::RecordKind::handshake) return refuse(Step::form, ErrorCode::handshake_form, "not a handshake record");
  auto handshake = HandshakeRecord::decode(record.bytes);
  if (!handshake) return refuse_unless_newer(Step::form, ErrorCode::handshake_form, handshake.error());

  const auto sealed = mls::parse_private_message(handshake->commit);
  if (!sealed) return refuse(Step::message, ErrorCode::handshake_message, sealed.error());
  if (sealed->content_type != mls::ContentType::commit) return refuse(Step::message, ErrorCode::handshake_message, "not a commit");
  if (!sealed->authenticated_data.empty())
    return refuse(Step::message, ErrorCode::handshake_message, "authenticated_data is not empty");
  auto opened = group.peek(handshake->commit);
  if (!opened) {
    // What is ours and not staged here was committed by another copy of this home: others may follow it, and this device cannot.
    // Under a key that we have used up it cannot be told from what a member made in our name, who could stop us by a garbled path
    // as well.
    if (group.says_own(handshake->commit))
      return Refusal{Step::sender,
                     {ErrorCode::broken_chain, "a commit of this device that it does not hold: this home was restored or copied"}};
    if (opened.error().code == ErrorCode::mls_invalid_sender)
      return refuse(Step::sender, ErrorCode::handshake_sender, opened.error());
    if (opened.error().code == ErrorCode::mls_unknown_proposal)
      return refuse(Step::proposals, ErrorCode::handshake_proposals, opened.error());
    return refuse(Step::message, ErrorCode::handshake_message, opened.error());
  }
  if (opened->commit() == nullptr) return refuse(Step::message, ErrorCode::handshake_message, "not a commit");

  if (opened->sender().sender_type != mls::SenderType::member)
    return refuse(Step::sender, ErrorCode::handshake_sender, "not from a member");
  if (!opened->commit()->path) return refuse(Step::sender, ErrorCode::handshake_sender, "no path");

  if (auto allowed = check_proposals(*opened, before.leaves); !allowed)
    return refuse(Step::proposals, ErrorCode::handshake_proposals, allowed.error().detail);

  auto proposed = read_proposals(*opened, before.leaves, group.tree());
  if (!proposed) return refuse_unless_newer(Step::lists, ErrorCode::handshake_lists, proposed.error());
  auto preview = group.preview_commit(*opened);
  const bool path_failed =
      !preview && (preview.error().code == ErrorCode::mls_invalid_path || preview.error().code == ErrorCode::mls_invalid_tree);
  if (!preview && !path_failed) return refuse(Step::lists, ErrorCode::handshake_lists, preview.error());

  if (auto allowed = check_roles(before, *proposed); !allowed)
    return Refusal{Step::roles, allowed.error()};
  if (auto allowed = check_access(record, proposed->added.size(), proposed->removed.size()); !allowed)
    return Refusal{Step::roles, allowed.error()};

  auto charter = check_charter(before, *proposed);
  if (!charter) return Refusal{Step::charter, charter.error()};

  if (path_failed) return refuse(Step::path, ErrorCode::handshake_path, preview.error());
  return Judged{std::move(*handshake), std::move(*opened), std::move(*preview), std::move(*charter)};
}

}  // namespace muistio::space
