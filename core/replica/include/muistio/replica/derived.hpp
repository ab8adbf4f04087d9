// Ids of documents that follow from what they are for.
#pragma once

#include "muistio/base/bytes.hpp"
#include "muistio/replica/ids.hpp"

namespace muistio::replica {

/// The id of the document of `type` that `parent`, as it stands in `era`, has under `key`: two devices that make the same thing
/// offline make one document. The era is in it since a document belongs to one era: what is made under a parent of one era never
/// meets what is made under its restatement in another (docs/decisions/0070). The key is any bytes that both devices know. Pure.
[[nodiscard]] DocumentId derived_document_id(const DocumentId& parent, Era era, BytesView key, DocumentType type);

}  // namespace muistio::replica
