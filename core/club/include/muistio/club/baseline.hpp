// What of a club is stated anew when an era begins, for members who may not read what came before (R5).
#pragma once

#include <span>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/replica/change.hpp"
#include "muistio/replica/judge.hpp"
#include "muistio/replica/replica.hpp"

namespace muistio::club {

/// The documents that are stated anew: the club's settings and the profiles of its members. Never a note, nor a file's key.
/// Errors: those of the replica.
[[nodiscard]] Result<std::vector<DocumentId>> baseline_documents(replica::Replica& documents, const SpaceId& space,
                                                                 std::span<const MemberId> members);

/// Whether an op of such a statement counts: a host's, that states settings or a profile in their form, and takes no other document's
/// place.
struct BaselineRules {
  [[nodiscard]] static bool judge(const replica::Op& op, const replica::Author& author, const replica::Document* document);
};

/// Whether its creation in a later era begins a document anew there: a member's own profile, which a member who comes back writes
/// without knowing the old one.
[[nodiscard]] bool begins_anew(const replica::Op& op, const replica::Author& author, const replica::Document* document);

}  // namespace muistio::club
