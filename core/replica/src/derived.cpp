#include "muistio/replica/derived.hpp"

#include "muistio/base/reader.hpp"
#include "muistio/crypto/hash.hpp"

namespace muistio::replica {

DocumentId derived_document_id(const DocumentId& parent, Era era, BytesView key, DocumentType type) {
  const auto era_bytes = std::move(Writer().u64(era.value())).take();
  const auto type_bytes = std::move(Writer().u16(type.value())).take();
  const auto hash = crypto::labelled_hash("muistio child 1", {parent.view(), era_bytes, key, type_bytes});
  return DocumentId::from_bytes(hash.view().first(DocumentId::size_bytes)).value();
}

}  // namespace muistio::replica
