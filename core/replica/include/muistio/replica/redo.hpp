// Doing a device's changes again under another device's name.
#pragma once

#include <functional>
#include <map>
#include <utility>

#include "muistio/replica/change.hpp"
#include "muistio/replica/ids.hpp"

namespace muistio::replica {

/// How the names of `from`'s changes that are done again become names of the new device. Grows with each change; one for all of an
/// era, in their order. Plain value.
struct RedoNames {
  DeviceId from;
  /// The id that a document of the old id gets when the new device creates it: some ids name their creator. Empty: the same.
  std::function<DocumentId(const DocumentId&, DocumentType)> created;
  std::map<DocumentId, DocumentId> documents;      // created again under another id
  std::map<std::uint64_t, std::uint64_t> numbers;  // of changes
  /// Of a text's edits: those of `from` from the first number on become the new device's from the second on.
  std::map<std::pair<DocumentId, FieldId>, std::pair<std::uint64_t, std::uint64_t>> edits;
};

}  // namespace muistio::replica
