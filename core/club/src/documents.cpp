#include "muistio/club/documents.hpp"

#include <algorithm>

namespace muistio::club {
namespace {
constexpr std::size_t kRandomBytes = 8;
}  // namespace

DocumentId make_document_id(Random& random, const DeviceId& device) {
  auto id = random.make<DocumentId>();
  std::copy_n(device.array().begin(), DocumentId::size_bytes - kRandomBytes, id.mutable_array().begin() + kRandomBytes);
  return id;
}

bool names_device(const DocumentId& id, const DeviceId& device) noexcept {
  return equal(id.view().subspan(kRandomBytes), device.view().first(DocumentId::size_bytes - kRandomBytes));
}

DocumentId created_again(const DocumentId& id, DocumentType type, const DeviceId& device) noexcept {
  if (type == kSettings || type == kProfile || type >= kFirstDerivedType) return id;
  auto made = id;
  std::copy_n(device.array().begin(), DocumentId::size_bytes - kRandomBytes, made.mutable_array().begin() + kRandomBytes);
  return made;
}

DocumentId settings_document(const SpaceId& space) noexcept { return DocumentId(space.array()); }

DocumentId profile_document(const MemberId& member) noexcept {
  DocumentId id;
  std::copy_n(member.array().begin(), DocumentId::size_bytes, id.mutable_array().begin());
  return id;
}

}  // namespace muistio::club
