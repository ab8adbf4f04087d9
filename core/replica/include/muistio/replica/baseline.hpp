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

/// One change of a host's device that states documents anew: of each its creation, registers and the values in its sets. Texts are never in
/// it. Plain value; any thread.
struct Baseline {
  Change change;
  std::vector<Origin> origins;  // one a document, ascending

  /// docs/formats/replica.md, "Baseline".
  [[nodiscard]] Bytes encode() const;
  /// Errors: malformed (also another kind of op than those), too_large, bad_clock, unsupported_version.
  [[nodiscard]] static Result<Baseline> decode(BytesView bytes);
  friend bool operator==(const Baseline&, const Baseline&) = default;
};

/// A register set, or a value added to a set, that a baseline lacks.
struct Superseded {
  DocumentId document;
  FieldId field;
  bool in_set = false;
  Bytes value;
};

/// What a baseline did.
struct BaselineApplied {
  std::vector<DocumentId> documents;   // touched, ascending
  std::size_t refused_ops = 0;         // as Applied
  bool duplicate = false;              // as Applied
  std::vector<Superseded> superseded;  // written by this device
};

}  // namespace muistio::replica
