// What warrants allow, by the state before alone (R12, of R3's step 6).
#pragma once

#include "judge.hpp"
#include "muistio/space/warrant.hpp"

namespace muistio::space {

/// The commit of someone who is no host and becomes one by the one warrant given. On success `expected`, the charter before without
/// its warrants, is as it must be after. Errors: not_permitted, unsupported_version.
[[nodiscard]] Status take_host(const Before& before, const MemberId& committer, const std::vector<Bytes>& warrants,
                               Charter& expected);

/// Whether a host needs the members' consent for the change: a newcomer, or a lower quorum, in a club with a quorum.
[[nodiscard]] bool needs_quorum(const Charter& before, const Charter& after);
/// That a host's commit has that consent. A charter that cannot be read is step 7's. Errors: not_permitted, unsupported_version.
[[nodiscard]] Status check_quorum(const Before& before, const Proposed& proposed);

/// Whether the signatures of `warrant` are enough for what it is. Errors: not_permitted.
[[nodiscard]] Status check_warrant(const Before& before, const Warrant& warrant);

}  // namespace muistio::space
