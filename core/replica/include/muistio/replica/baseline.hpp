// What stands at the beginning of an era, so that those who may not read what came before know it (R5).
#pragma once

#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"
#include "muistio/replica/change.hpp"

namespace muistio::replica {

/// Who first made a document that is stated anew.
struct Origin {
  DocumentId document;
  MemberId member;
  DeviceId device;
  WallMs wall;
  friend bool operator==(const Origin&, const Origin&) = default;
};

/// Who added to a counter what is stated anew.
struct Adder {
  MemberId member;
  DeviceId device;
  friend bool operator==(const Adder&, const Adder&) = default;
};

/// One change of a host's device that states documents anew: of each its creation, registers, the values in its sets, what each
/// device added to its counters, and its lists as they stand. Texts are never in it. Plain value; any thread.
struct Baseline {
  Change change;
  std::vector<Origin> origins;  // one a document, ascending
  std::vector<Adder> adders;    // one for each counter_add of the change, in their order

  /// docs/formats/replica.md, "Baseline".
  [[nodiscard]] Bytes encode() const;
  /// Errors: malformed (also another kind of op than those), too_large, bad_clock, unsupported_version.
  [[nodiscard]] static Result<Baseline> decode(BytesView bytes);
  friend bool operator==(const Baseline&, const Baseline&) = default;
};

/// What this device wrote and a baseline lacks: a register, a value in a set or a list, a part of a counter.
struct Superseded {
  DocumentId document;
  FieldId field;
  OpKind kind = OpKind::set_register;  // set_register, set_add, counter_add or list_insert
  Bytes value;                         // of a counter: the payload of a counter_add
};

/// What a baseline did.
struct BaselineApplied {
  std::vector<DocumentId> documents;   // touched, ascending
  std::size_t refused_ops = 0;         // as Applied
  bool duplicate = false;              // as Applied
  std::vector<Superseded> superseded;  // written by this device
};

}  // namespace muistio::replica
