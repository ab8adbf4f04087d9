// What of a club is stated anew when an era begins, for members who may not read what came before (R5).
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/club/when.hpp"
#include "muistio/replica/change.hpp"
#include "muistio/replica/judge.hpp"
#include "muistio/replica/replica.hpp"

namespace muistio::club {

/// The documents that are stated anew: the club's settings, the profiles of its members, the pact as it counts with its signatures,
/// and what is to come: meetings that are not over (`is_over` says which are) nor called off, with their seasons, answers and
/// batons, and polls that are open, with their votes. Never a note, a file's key, or anything that has a text (it would be lost).
/// Errors: those of the replica.
[[nodiscard]] Result<std::vector<DocumentId>> baseline_documents(replica::Replica& documents, const SpaceId& space,
                                                                 std::span<const MemberId> members,
                                                                 const std::function<bool(const When&)>& is_over = {});

/// Whether an op of such a statement counts: a host's, that states such documents in their form, and takes no other document's
/// place.
struct BaselineRules {
  [[nodiscard]] static bool judge(const replica::Op& op, const replica::Author& author, const replica::Document* document);
};

/// Whether its creation in a later era begins a document anew there: a member's own profile, which a member who comes back writes
/// without knowing the old one.
[[nodiscard]] bool begins_anew(const replica::Op& op, const replica::Author& author, const replica::Document* document);

}  // namespace muistio::club
