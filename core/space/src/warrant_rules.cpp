#include "warrant_rules.hpp"

#include <algorithm>
#include <set>

namespace muistio::space {
namespace {

bool is_full(Role role) { return role == Role::member || role == Role::facilitator || role == Role::host; }

Result<Warrant> read_one(const std::vector<Bytes>& warrants) {
  if (warrants.size() != 1) return fail(ErrorCode::not_permitted, "not exactly one warrant");
  auto warrant = Warrant::decode(warrants.front());
  if (warrant) return warrant;
  if (warrant.error().code == ErrorCode::unsupported_version) return warrant;
  return fail(ErrorCode::not_permitted, "a warrant that cannot be read: " + warrant.error().detail);
}

// The members whose leaves signed, each once however many of their devices did. Every signature must hold.
Result<std::set<MemberId>> signers(const Before& before, const Warrant& warrant) {
  std::set<MemberId> members;
  for (const auto& one : warrant.signatures) {
    const auto leaf =
        std::find_if(before.leaves.begin(), before.leaves.end(), [&](const Leaf& each) { return each.device == one.device; });
    if (leaf == before.leaves.end()) return fail(ErrorCode::not_permitted, "a warrant signed by a device that is not here");
    if (!verify_warrant(warrant.terms, one, leaf->certificate.device_sig_pub))
      return fail(ErrorCode::not_permitted, "a warrant whose signature does not verify");
    members.insert(leaf->member);
  }
  return members;
}

// The newcomer of a change, or zero if it only lowers the quorum.
MemberId subject_of(const Charter& before, const Charter& after) {
  for (const auto& entry : after.members)
    if (before.find(entry.member) == nullptr) return entry.member;
  return MemberId{};
}

}  // namespace

Status check_warrant(const Before& before, const Warrant& warrant) {
  const auto& charter = before.charter;
  const auto& terms = warrant.terms;
  if (terms.space != before.space) return fail(ErrorCode::not_permitted, "a warrant of another space");
  if (terms.charter_version != charter.version)
    return fail(ErrorCode::not_permitted, "a warrant for another version of the charter");
  MUISTIO_TRY(auto members, signers(before, warrant));
  const auto all_are = [&](auto&& wanted) {
    return std::all_of(members.begin(), members.end(), [&](const MemberId& member) {
      const auto role = charter.role_of(member);
      return role && wanted(*role);
    });
  };
  const auto is_host = [](Role role) { return role == Role::host; };
  const auto is_other = [](Role role) { return is_full(role) && role != Role::host; };
  if (terms.kind == WarrantKind::admit) {
    if (!all_are(is_full) || members.size() < charter.quorum || charter.quorum == 0)
      return fail(ErrorCode::not_permitted, "the quorum has not agreed");
    return ok();
  }
  const auto role = charter.role_of(terms.subject);
  if (!role || !is_other(*role)) return fail(ErrorCode::not_permitted, "a warrant for somebody who cannot become host");
  if (terms.kind == WarrantKind::give)
    return all_are(is_host) ? ok() : fail(ErrorCode::not_permitted, "a warrant that no host signed");
  const auto others = std::count_if(charter.members.begin(), charter.members.end(),
                                    [&](const CharterMember& entry) { return is_other(entry.role); });
  if (!all_are(is_other) || 2 * members.size() <= static_cast<std::size_t>(others))
    return fail(ErrorCode::not_permitted, "not more than half of the members have signed");
  return ok();
}

Status take_host(const Before& before, const MemberId& committer, const std::vector<Bytes>& warrants, Charter& expected) {
  MUISTIO_TRY(auto warrant, read_one(warrants));
  if (warrant.terms.kind == WarrantKind::admit || warrant.terms.subject != committer)
    return fail(ErrorCode::not_permitted, "a warrant for something else than the committer's becoming host");
  MUISTIO_CHECK(check_warrant(before, warrant));
  for (auto& entry : expected.members) {
    if (entry.member == committer) {
      entry.role = Role::host;
    } else if (warrant.terms.kind == WarrantKind::replace && entry.role == Role::host) {
      entry.role = Role::member;
    }
  }
  expected.warrants = warrants;
  return ok();
}

bool needs_quorum(const Charter& before, const Charter& after) {
  return before.quorum > 0 && (after.quorum < before.quorum || subject_of(before, after) != MemberId{});
}

Status check_quorum(const Before& before, const Proposed& proposed) {
  if (before.charter.quorum == 0 || !proposed.extensions) return ok();
  auto after = read_context_extensions(*proposed.extensions);
  if (!after) return after.error().code == ErrorCode::unsupported_version ? Status(fail(after.error())) : ok();
  if (!needs_quorum(before.charter, *after)) return ok();
  const auto subject = subject_of(before.charter, *after);
  if (after->quorum < before.charter.quorum && subject != MemberId{})
    return fail(ErrorCode::not_permitted, "a newcomer and a lower quorum are two questions");
  MUISTIO_TRY(auto warrant, read_one(after->warrants));
  if (warrant.terms.kind != WarrantKind::admit || warrant.terms.subject != subject)
    return fail(ErrorCode::not_permitted, "the members agreed to something else");
  return check_warrant(before, warrant);
}

}  // namespace muistio::space
