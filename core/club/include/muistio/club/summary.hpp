// What lists need of a document, kept beside it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/club/documents.hpp"
#include "muistio/replica/document.hpp"

namespace muistio::club {

/// The head of a document that exists.
struct Summary {
  DocumentType type;
  MemberId author;
  WallMs created;
  WallMs changed;
  std::uint64_t bytes = 0;  // of a note's text, of a piece of material's file
  std::uint8_t note_kind = 0;
  std::string line;                // the title or name
  std::string media_type;          // of material
  std::vector<Bytes> links, tags;  // of a note: the values of its sets
  friend bool operator==(const Summary&, const Summary&) = default;
};

/// What `replica::ReplicaOptions::summarise` is to be. Empty for a document that does not exist or is of an unknown type.
[[nodiscard]] Bytes summarise(const replica::Document& document);

/// Errors: malformed, unsupported_version.
[[nodiscard]] Result<Summary> decode_summary(BytesView bytes);

}  // namespace muistio::club
