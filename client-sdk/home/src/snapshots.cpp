// Snapshots as files that are moved to and from the server: encrypted on this disk as they are there, in the clear in memory only.
#include "home_impl.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/home/files.hpp"

namespace muistio::home {

using store::Table;

namespace {

namespace fs = std::filesystem;
/// Twice what a snapshot may have: the bytes are never longer than what deflate makes of it.
constexpr std::uint64_t kCiphertextBytesMax = std::uint64_t{2} * replica::kSnapshotBytesMax;

Result<Bytes> encrypt(BytesView plain, const attachment::AttachmentDescriptor& descriptor, const SpaceId& space) {
  MUISTIO_TRY(const auto cipher, attachment::ChunkCipher::make(space, descriptor.id, descriptor.key, plain.size()));
  auto out = cipher.header();
  out.reserve(descriptor.ciphertext_bytes());
  for (std::uint64_t index = 0; index < attachment::chunk_count(plain.size()); ++index) {
    MUISTIO_TRY(const auto sealed, cipher.seal(index, plain.subspan(index * attachment::kChunkBytes,
                                                                    attachment::chunk_plain_bytes(index, plain.size()))));
    append(out, sealed);
  }
  return out;
}

Result<Bytes> decrypt(BytesView bytes, const attachment::AttachmentDescriptor& descriptor, const SpaceId& space) {
  if (bytes.size() != descriptor.ciphertext_bytes()) return fail(ErrorCode::truncated, "a snapshot");
  MUISTIO_TRY(const auto cipher, attachment::ChunkCipher::make(space, descriptor.id, descriptor.key, descriptor.size_bytes));
  MUISTIO_CHECK(cipher.check_header(bytes.first(attachment::kHeaderBytes)));
  Bytes plain;
  plain.reserve(descriptor.size_bytes);
  const auto chunks = attachment::chunk_count(descriptor.size_bytes);
  for (std::uint64_t index = 0; index < chunks; ++index) {
    const auto begin = attachment::chunk_offset(index);
    const auto end = index + 1 == chunks ? bytes.size() : attachment::chunk_offset(index + 1);
    MUISTIO_TRY(const auto piece, cipher.open(index, bytes.subspan(begin, end - begin)));
    append(plain, piece);
  }
  if (crypto::sha256(plain) != descriptor.sha256) return fail(ErrorCode::decryption_failed, "a snapshot");
  return plain;
}

}  // namespace

Result<WantedTransfer> Home::snapshot_offered(const sync::SnapshotOffered& offered) {
  auto descriptor = attachment::AttachmentDescriptor::decode(offered.descriptor);
  const bool fits = descriptor && descriptor->ciphertext_bytes() <= kCiphertextBytesMax;
  if (!fits) {
    impl_->engine->refuse_snapshot(offered.space, offered.era);
    return fail(ErrorCode::malformed, "where a snapshot lies");
  }
  MUISTIO_CHECK(make_folder(impl_->attachments()));
  const WantedTransfer wanted{offered.space,
                              {},
                              descriptor->id,
                              WantedTransfer::Direction::down,
                              impl_->partial_file(descriptor->id),
                              descriptor->ciphertext_bytes(),
                              0};
  impl_->remove_files(descriptor->id);
  impl_->offered.insert_or_assign(descriptor->id, Impl::OfferedSnapshot{offered.era, std::move(*descriptor)});
  return wanted;
}

Result<WantedTransfer> Home::snapshot_due(const sync::SnapshotDue& due) {
  MUISTIO_TRY(auto made, impl_->engine->make_snapshot(due.space, due.era));
  attachment::AttachmentDescriptor descriptor;
  descriptor.id = impl_->random.make<AttachmentId>();
  impl_->random.fill(descriptor.key.expose_mutable());
  descriptor.size_bytes = made.bytes.size();
  descriptor.sha256 = crypto::sha256(made.bytes);
  MUISTIO_TRY(const auto sealed, encrypt(made.bytes, descriptor, due.space));
  wipe(made.bytes);
  made.bytes.clear();
  MUISTIO_CHECK(make_folder(impl_->attachments()));
  const auto file = impl_->attachment_file(descriptor.id);
  MUISTIO_CHECK(write_file(file, sealed, Durable::no));
  // Until the log names it, it is to go from the server again: after a crash nobody else would know of it.
  MUISTIO_TRY(auto transaction, impl_->store->begin());
  MUISTIO_CHECK(transaction.put(Table::attachment, row_key('d', descriptor.id), due.space.view()));
  MUISTIO_CHECK(transaction.commit());
  const WantedTransfer wanted{due.space, {}, descriptor.id, WantedTransfer::Direction::up, file, sealed.size(), 0};
  impl_->made.insert_or_assign(descriptor.id, Impl::DueSnapshot{std::move(made), descriptor.encode()});
  return wanted;
}

Status Home::snapshot_moved(const WantedTransfer& transfer) {
  if (const auto found = impl_->made.find(transfer.attachment); found != impl_->made.end()) {
    const auto made = std::move(found->second);
    impl_->made.erase(found);
    impl_->remove_files(transfer.attachment);
    MUISTIO_CHECK(impl_->engine->announce_snapshot(transfer.space, made.snapshot, made.descriptor));
    MUISTIO_TRY(auto transaction, impl_->store->begin());
    MUISTIO_CHECK(transaction.erase(Table::attachment, row_key('d', transfer.attachment)));
    return transaction.commit();
  }
  const auto found = impl_->offered.find(transfer.attachment);
  if (found == impl_->offered.end()) return ok();
  const auto offered = std::move(found->second);
  impl_->offered.erase(found);
  const auto shown = [&]() -> Status {
    MUISTIO_TRY(const auto sealed, read_file(transfer.file, kCiphertextBytesMax));
    MUISTIO_TRY(const auto plain, decrypt(sealed, offered.descriptor, transfer.space));
    return impl_->engine->take_snapshot(transfer.space, offered.era, plain);
  }();
  impl_->remove_files(transfer.attachment);
  if (!shown) impl_->engine->refuse_snapshot(transfer.space, offered.era);
  return shown;
}

void Home::snapshot_not_moved(const WantedTransfer& transfer) {
  impl_->made.erase(transfer.attachment);  // the row says that it is to go
  impl_->remove_files(transfer.attachment);
  const auto found = impl_->offered.find(transfer.attachment);
  if (found == impl_->offered.end()) return;
  const auto era = found->second.era;
  impl_->offered.erase(found);
  impl_->engine->refuse_snapshot(transfer.space, era);
}

}  // namespace muistio::home
