// What a document is made of.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "list_state.hpp"
#include "muistio/replica/document.hpp"
#include "muistio/text/document.hpp"

namespace muistio::replica {

/// What was added, exactly: fewer than 2^64 additions of at most 2^63 fit.
__extension__ using CounterSum = __int128;
__extension__ using CounterBits = unsigned __int128;

/// The nearest that 64 bits hold.
[[nodiscard]] inline std::int64_t clamp(CounterSum sum) noexcept {
  return static_cast<std::int64_t>(std::clamp<CounterSum>(sum, INT64_MIN, INT64_MAX));
}

/// An op of a kind that this app does not know, kept for one that does.
struct UnknownOp {
  Stamp stamp;
  Tag tag;
  OpKind kind{};
  FieldId field;
  Bytes payload;
  friend bool operator==(const UnknownOp&, const UnknownOp&) = default;
};

struct Document::State {
  DocumentId id;
  Era era;  // in which it was born
  DocumentType type;
  std::optional<Creator> creator;
  bool taken_back = false;
  WallMs changed;
  std::map<DeviceId, MemberId> writers;  // of every op that was merged
  std::map<FieldId, Register> registers;
  std::map<FieldId, std::map<Tag, Bytes>> sets;  // no empty ones
  std::map<FieldId, text::Document> texts;
  std::map<FieldId, std::map<DeviceId, CounterSum>> counters;  // by who added; no empty ones
  std::map<FieldId, ListState> lists;                          // none without a place
  std::vector<UnknownOp> unknown;                              // by stamp, then tag
};

}  // namespace muistio::replica
