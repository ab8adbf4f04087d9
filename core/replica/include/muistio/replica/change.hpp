// What a device did in a space at one moment, and how several of its changes are written together.
#pragma once

#include <span>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"
#include "muistio/replica/ids.hpp"
#include "muistio/replica/limits.hpp"

namespace muistio::replica {

/// One thing done to one field of one document. The payload's form depends on the kind: see `payload.hpp`. An op of an unknown kind
/// carries whatever its payload holds.
struct Op {
  DocumentId document;
  OpKind kind = OpKind::nothing;
  FieldId field;  // 0 where the kind has none
  Bytes payload;
  friend bool operator==(const Op&, const Op&) = default;
};

/// A device's change: all of it applies, or none. It is never changed once sent.
struct Change {
  DeviceId device;
  std::uint64_t number = 0;  // 1, 2, 3, … per device and space, without a gap
  Lamport lamport;           // 1 + the greatest of the device's own previous change and of `deps`
  /// The heads of the space's graph of changes that the device held, besides its own previous change: sorted, one a device at most,
  /// never the device itself.
  std::vector<ChangeId> deps;
  WallMs wall;  // only shown
  std::vector<Op> ops;

  [[nodiscard]] ChangeId id() const noexcept { return {device, number}; }
  [[nodiscard]] Stamp stamp() const noexcept { return {lamport, device}; }
  friend bool operator==(const Change&, const Change&) = default;
};

/// Checks what can be said of a change by itself: its number and clock are not 0, its deps are in order, the payloads of known
/// kinds have their form, the limits hold. Errors: malformed, too_large, bad_clock.
[[nodiscard]] Status check_form(const Change& change, const ChangeLimits& limits = {});

/// The changes of one device with consecutive numbers, in columns (docs/formats/replica.md); not compressed. No changes at all are
/// an empty byte string. That they are of one device, consecutive and pass `check_form` is the caller's duty, broken invariants
/// otherwise.
[[nodiscard]] Bytes encode_changes(std::span<const Change> changes);

/// Reads what `encode_changes` wrote; no other bytes of the same meaning are taken. Each change passes `check_form`.
/// Errors: malformed, too_large, bad_clock, unsupported_version.
[[nodiscard]] Result<std::vector<Change>> decode_changes(BytesView bytes, const ChangeLimits& limits = {});

/// About how many bytes a change adds to a batch before compression: for cutting an outbox into batches.
[[nodiscard]] std::size_t size_hint(const Change& change) noexcept;

/// Empties the ops of `change` on `document` but for its creation and its taking back (each becomes `nothing`, in its place): for a
/// document that is taken back before the change was sent. Never use it on a change that was sent. Returns whether something was
/// emptied.
bool empty_ops_of(Change& change, const DocumentId& document);

}  // namespace muistio::replica
