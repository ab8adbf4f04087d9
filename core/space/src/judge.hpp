// R3: whether a commit is valid, by the state before and the record's bytes alone.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "leaves.hpp"
#include "muistio/mls/group.hpp"
#include "muistio/space/charter.hpp"
#include "muistio/space/handshake_record.hpp"
#include "muistio/space/outcome.hpp"
#include "muistio/wire/record.hpp"

namespace muistio::space {

struct Refusal {
  Step step;
  Error error;
};

/// What is asked of the roles and the charter, whoever asks: a commit that came, or one about to be staged.
struct Proposed {
  MemberId committer;
  std::vector<Leaf> added;    // indices are not set
  std::vector<Leaf> removed;  // by value and by reference
  std::vector<mls::LeafIndex> removed_by_reference;
  std::optional<std::vector<mls::Extension>> extensions;  // of a GroupContextExtensions proposal
};

/// The state that a commit is judged against.
struct Before {
  const Charter& charter;
  const std::vector<Leaf>& leaves;
  const std::vector<mls::Extension>& extensions;  // of the GroupContext
  SpaceId space{};
};

/// A commit that passed steps 1 to 8.
struct Judged {
  HandshakeRecord record;
  mls::Opened opened;
  mls::GroupPreview preview;
  Charter charter;  // after
};

/// The GroupContext's extensions with a charter: exactly {required_capabilities, charter} (R2).
[[nodiscard]] std::vector<mls::Extension> context_extensions(const Charter& charter);
/// The charter in a GroupContext's extensions, which must be exactly those of R2. Errors: invalid_charter, unsupported_version.
[[nodiscard]] Result<Charter> read_context_extensions(const std::vector<mls::Extension>& extensions);

/// Step 6: what the committer's role before the commit allows, or a warrant. Errors: not_permitted, unsupported_version.
[[nodiscard]] Status check_roles(const Before& before, const Proposed& proposed);
/// Step 7: the charter after the commit. Errors: invalid_charter, unsupported_version.
[[nodiscard]] Result<Charter> check_charter(const Before& before, const Proposed& proposed);
/// What must hold of every charter with the leaves under it (R2). Errors: invalid_charter.
[[nodiscard]] Status check_invariants(const Charter& charter, const std::vector<Leaf>& leaves);

/// Of step 6: no more access changes than devices added and removed. Errors: not_permitted.
[[nodiscard]] Status check_access(const wire::Record& record, std::size_t added, std::size_t removed);

/// The most Adds of one commit, so that no more signatures than these are checked (step 4).
inline constexpr std::size_t kAddsMax = 32;

/// Steps 1 to 8. A commit that is refused leaves no trace in `group`. A refusal with `unsupported_version` says that this app is too
/// old to judge: nobody may skip by it (docs/decisions/0051).
[[nodiscard]] std::variant<Judged, Refusal> judge(mls::Group& group, const Before& before, const wire::Record& record);

/// A Remove of a leaf of the proposer's own member, by a member's PrivateMessage: the one proposal that may be referred to
/// (leaving). Errors: not_permitted.
[[nodiscard]] Status check_leaving(const mls::Opened& opened, const std::vector<Leaf>& leaves);

}  // namespace muistio::space
