// What a document is made of.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "muistio/replica/document.hpp"
#include "muistio/text/document.hpp"

namespace muistio::replica {

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
  std::vector<UnknownOp> unknown;  // by stamp, then tag
};

}  // namespace muistio::replica
