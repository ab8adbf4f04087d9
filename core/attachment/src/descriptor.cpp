#include "muistio/attachment/attachment.hpp"
#include "muistio/base/reader.hpp"

namespace muistio::attachment {
namespace {
constexpr std::uint8_t kDescriptorVersion = 1;
}  // namespace

std::uint64_t AttachmentDescriptor::ciphertext_bytes() const { return attachment::ciphertext_bytes(size_bytes); }

AttachmentDescriptor AttachmentDescriptor::clone() const {
  AttachmentDescriptor made;
  made.id = id;
  made.key = key.clone();
  made.size_bytes = size_bytes;
  made.sha256 = sha256;
  return made;
}

Bytes AttachmentDescriptor::encode() const {
  Writer writer;
  writer.u8(kDescriptorVersion).raw(id.view()).raw(key.expose()).u64(size_bytes).raw(sha256.view());
  return std::move(writer).take();
}

Result<AttachmentDescriptor> AttachmentDescriptor::decode(BytesView bytes) {
  Reader reader(bytes);
  MUISTIO_TRY(const auto version, reader.u8());
  if (version != kDescriptorVersion)
    return fail(ErrorCode::unsupported_version, "attachment descriptor version " + std::to_string(version));
  AttachmentDescriptor made;
  MUISTIO_TRY(made.id, reader.fixed<AttachmentId>());
  MUISTIO_TRY(const auto key, reader.take(Secret<32>::size_bytes));
  MUISTIO_TRY(made.key, Secret<32>::from_bytes(key));
  MUISTIO_TRY(made.size_bytes, reader.u64());
  MUISTIO_TRY(made.sha256, reader.fixed<Hash>());
  MUISTIO_CHECK(reader.finish());
  if (made.size_bytes > kAttachmentBytesMax)
    return fail(ErrorCode::too_large, "an attachment of " + std::to_string(made.size_bytes) + " bytes");
  return made;
}

}  // namespace muistio::attachment
