// The ids and counters that more than one module names.
#pragma once

#include "muistio/base/strong.hpp"

namespace muistio {

/// A space's id: 16 random bytes, also its MLS group_id. Shown as 32 lower-case hexadecimal digits.
using SpaceId = StrongBytes<struct SpaceIdTag, 16>;
/// SHA-256("muistio member 1" ‖ identity_pub), R1. Shown as its first 32 hexadecimal digits.
using MemberId = StrongBytes<struct MemberIdTag, 32>;
/// The first 16 bytes of SHA-256("muistio device 1" ‖ device_sig_pub); also the tie-break of concurrent edits.
using DeviceId = StrongBytes<struct DeviceIdTag, 16>;
/// A document of a space (a note, a piece of material, …): 16 bytes.
using DocumentId = StrongBytes<struct DocumentIdTag, 16>;
/// An encrypted file at the server: 16 bytes, random.
using AttachmentId = StrongBytes<struct AttachmentIdTag, 16>;
/// An invitation: HKDF(secret, "id"), 16 bytes (R8).
using InvitationId = StrongBytes<struct InvitationIdTag, 16>;
/// A SHA-256 digest.
using Hash = StrongBytes<struct HashTag, 32>;

/// An MLS epoch of a space.
using Epoch = StrongInt<struct EpochTag>;
/// A stretch of epochs whose content keys open each other backwards (R5, R6).
using Era = StrongInt<struct EraTag>;
/// A record's place in a space's log; the first record has 1, and 0 stands before it.
using Seq = StrongInt<struct SeqTag>;
/// A batch's place in its device's chain within a space; the first has 1.
using BatchIndex = StrongInt<struct BatchIndexTag>;
/// A Lamport clock: 1 + max(causal past).
using Lamport = StrongInt<struct LamportTag>;
/// Milliseconds since 1970-01-01T00:00:00Z; only ever shown, never used to order or judge.
using WallMs = StrongInt<struct WallMsTag, std::int64_t>;
/// Milliseconds of a clock that only goes forward; for deadlines.
using MonotonicMs = StrongInt<struct MonotonicMsTag>;

}  // namespace muistio
