#include <algorithm>
#include <array>

#include "home_impl.hpp"
#include "muistio/attachment/file.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/base/utf8.hpp"
#include "muistio/club/catch_up.hpp"
#include "muistio/club/edits.hpp"
#include "muistio/home/files.hpp"

namespace muistio::home {

using store::Table;
namespace fs = std::filesystem;

namespace {

/// The media type that a file's ending says.
const char* media_type_of(const fs::path& file) {
  static constexpr std::array<std::pair<const char*, const char*>, 20> kTypes{{
      {".csv", "text/csv"},
      {".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
      {".gif", "image/gif"},
      {".heic", "image/heic"},
      {".html", "text/html"},
      {".ics", "text/calendar"},
      {".jpeg", "image/jpeg"},
      {".jpg", "image/jpeg"},
      {".json", "application/json"},
      {".m4a", "audio/mp4"},
      {".md", "text/markdown"},
      {".mp3", "audio/mpeg"},
      {".mp4", "video/mp4"},
      {".odt", "application/vnd.oasis.opendocument.text"},
      {".pdf", "application/pdf"},
      {".png", "image/png"},
      {".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
      {".txt", "text/plain"},
      {".webp", "image/webp"},
      {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
  }};
  auto ending = file.extension().string();
  for (char& c : ending)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  for (const auto& [known, type] : kTypes)
    if (ending == known) return type;
  return "application/octet-stream";
}

std::uint64_t size_of(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  return error ? 0 : size;
}

}  // namespace

bool Home::Impl::is_present(const AttachmentRow& row) const {
  std::error_code error;
  const auto size = fs::file_size(attachment_file(row.attachment), error);
  return !error && size == row.ciphertext_bytes;
}

Result<std::optional<AttachmentRow>> Home::Impl::attachment_row(const DocumentId& material) const {
  MUISTIO_TRY(auto bytes, store->get(Table::attachment, row_key('m', material)));
  if (!bytes) return std::optional<AttachmentRow>();
  MUISTIO_TRY(auto row, AttachmentRow::decode(*bytes));
  return std::optional(row);
}

Result<std::vector<std::pair<DocumentId, AttachmentRow>>> Home::Impl::attachment_rows() const {
  MUISTIO_TRY(auto rows, store->all(Table::attachment, letter_key('m')));
  std::vector<std::pair<DocumentId, AttachmentRow>> found;
  for (const auto& each : rows) {
    MUISTIO_TRY(auto material, DocumentId::from_bytes(BytesView(each.key).subspan(1)));
    MUISTIO_TRY(auto row, AttachmentRow::decode(each.value));
    found.emplace_back(material, row);
  }
  return found;
}

void Home::Impl::remove_files(const AttachmentId& id) const {
  std::error_code ignored;
  fs::remove(attachment_file(id), ignored);
  fs::remove(partial_file(id), ignored);
}

Result<std::optional<DocumentId>> Home::Impl::same_file(const SpaceId& space, const attachment::FileDigest& digest) {
  MUISTIO_TRY(const auto rows, attachment_rows());
  for (const auto& [material, row] : rows) {
    if (row.space != space || row.ciphertext_bytes != attachment::ciphertext_bytes(digest.size_bytes) || !is_present(row)) continue;
    const auto descriptor = descriptor_of(space, material);
    if (!descriptor || descriptor->size_bytes != digest.size_bytes || descriptor->sha256 != digest.sha256) continue;
    return std::optional(material);
  }
  return std::optional<DocumentId>();
}

Result<attachment::AttachmentDescriptor> Home::Impl::descriptor_of(const SpaceId& space, const DocumentId& material) {
  Bytes encoded;
  MUISTIO_CHECK(engine->read(space, [&](replica::Replica& documents) -> Status {
    MUISTIO_TRY(auto found, club::show_material(documents, material));
    encoded = std::move(found.attachment);
    return ok();
  }));
  return attachment::AttachmentDescriptor::decode(encoded);
}

Result<bool> Home::Impl::is_authentic(const SpaceId& space, const DocumentId& material, const AttachmentRow& row) {
  MUISTIO_TRY(const auto descriptor, descriptor_of(space, material));
  MUISTIO_TRY(const auto authentic, attachment::authentic_bytes(attachment_file(row.attachment), descriptor, space));
  return authentic == row.ciphertext_bytes;
}

Status Home::Impl::sweep() const {
  std::error_code error;
  if (!fs::is_directory(attachments(), error)) return ok();
  MUISTIO_TRY(auto rows, attachment_rows());
  std::set<std::string> wanted;
  for (const auto& [material, row] : rows) wanted.insert({row.attachment.hex(), row.attachment.hex() + ".part"});
  std::vector<fs::path> unwanted;
  for (const auto& entry : fs::directory_iterator(attachments(), error))
    if (!wanted.contains(entry.path().filename().string())) unwanted.push_back(entry.path());
  for (const auto& file : unwanted) fs::remove(file, error);
  return ok();
}

Result<DocumentId> Home::add_material(SpaceId club, const fs::path& file) {
  MUISTIO_CHECK(impl_->require_identity());
  MUISTIO_CHECK(impl_->visible(club));
  std::error_code error;
  if (fs::is_directory(file, error)) return fail(ErrorCode::invalid_argument, "a folder is not shared, a file is");
  MUISTIO_CHECK(make_folder(impl_->attachments()));
  MUISTIO_TRY(const auto digest, attachment::digest_file(file));
  MUISTIO_TRY(const auto same, impl_->same_file(club, digest));
  attachment::AttachmentDescriptor descriptor;
  if (same) {
    // The same file in the same space goes to the server once.
    MUISTIO_TRY(descriptor, impl_->descriptor_of(club, *same));
  } else {
    const auto fresh = impl_->random.make<AttachmentId>();
    const auto temporary = impl_->attachments() / ("adding-" + fresh.hex());
    MUISTIO_TRY(descriptor, attachment::encrypt_file(file, temporary, club, impl_->random));
    const auto kept = impl_->attachment_file(descriptor.id);
    fs::rename(temporary, kept, error);
    if (error) return fail(ErrorCode::io_failed, "the encrypted file cannot be put in its place");
    MUISTIO_CHECK(make_durable(kept));
  }
  const auto encoded = descriptor.encode();
  const auto name = file.filename().string();
  DocumentId id;
  impl_->uploads_with_edit = true;
  auto made = impl_->engine->edit(club, [&](replica::ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(id, club::add_material(builder, impl_->random, {name, media_type_of(file), descriptor.size_bytes, encoded}));
    return ok();
  });
  impl_->uploads_with_edit = false;
  if (!made) {
    if (!same) impl_->remove_files(descriptor.id);
    return fail(made.error());
  }
  MUISTIO_CHECK(impl_->touch(descriptor.id));
  MUISTIO_CHECK(impl_->keep_quota());
  return id;
}

Result<std::vector<Material>> Home::material(SpaceId club) {
  MUISTIO_CHECK(impl_->visible(club));
  MUISTIO_TRY(auto names, impl_->names(club));
  std::vector<club::MaterialItem> items;
  MUISTIO_CHECK(impl_->engine->read(club, [&](replica::Replica& documents) -> Status {
    MUISTIO_TRY(items, club::list_material(documents));
    return ok();
  }));
  std::vector<Material> material;
  for (const auto& item : items) {
    MUISTIO_TRY(auto row, impl_->attachment_row(item.id));
    MUISTIO_TRY(auto to_send, impl_->store->contains(Table::attachment, row_key('u', item.id)));
    material.push_back({item.id, club, item.name, name_of(names, item.author), item.author, item.created, item.bytes,
                        row && impl_->is_present(*row), !to_send, item.media_type});
  }
  return material;
}

Result<DocumentId> Home::find_material(std::string_view wanted) { return impl_->find_document(wanted, club::kMaterial); }

Status Home::get_material(DocumentId id, const fs::path& out) {
  MUISTIO_TRY(auto space, impl_->locate(id, club::kMaterial));
  MUISTIO_TRY(auto descriptor, impl_->descriptor_of(space, id));
  const AttachmentRow row{space, descriptor.id, descriptor.ciphertext_bytes()};
  if (!impl_->is_present(row)) {
    MUISTIO_TRY(auto transaction, impl_->store->begin());
    MUISTIO_CHECK(transaction.erase(Table::attachment, row_key('e', id)));
    MUISTIO_CHECK(transaction.put(Table::attachment, row_key('w', id), {}));
    MUISTIO_CHECK(transaction.commit());
    return fail(ErrorCode::absent, "sync brings it");
  }
  MUISTIO_CHECK(impl_->touch(descriptor.id));
  auto done = attachment::decrypt_file(impl_->attachment_file(descriptor.id), out, descriptor, space);
  if (!done && done.error().code == ErrorCode::decryption_failed) {
    // The copy here is damaged. What was not sent yet is all there is; anything else comes anew.
    MUISTIO_TRY(auto to_send, impl_->store->contains(Table::attachment, row_key('u', id)));
    if (!to_send) impl_->remove_files(descriptor.id);
  }
  return done;
}

Status Home::delete_material(DocumentId id) {
  MUISTIO_TRY(auto space, impl_->locate(id, club::kMaterial));
  MUISTIO_TRY(auto row, impl_->attachment_row(id));
  MUISTIO_CHECK(impl_->engine->edit(space, [&](replica::ChangeBuilder& builder) { return club::take_back(builder, id); }));
  if (!row) return ok();
  MUISTIO_TRY(const auto others, impl_->attachment_rows());
  const bool is_shared = std::any_of(others.begin(), others.end(), [&](const auto& each) {
    return each.first != id && each.second.attachment == row->attachment;
  });
  if (is_shared) return ok();
  impl_->remove_files(row->attachment);
  MUISTIO_TRY(auto transaction, impl_->store->begin());
  MUISTIO_CHECK(transaction.put(Table::attachment, row_key('d', row->attachment), space.view()));
  return transaction.commit();
}

Status Home::send_deletions() {
  MUISTIO_TRY(auto rows, impl_->store->all(Table::attachment, letter_key('d')));
  MUISTIO_TRY(const auto kept, impl_->attachment_rows());
  for (const auto& each : rows) {
    MUISTIO_TRY(auto attachment, AttachmentId::from_bytes(BytesView(each.key).subspan(1)));
    MUISTIO_TRY(auto space, SpaceId::from_bytes(each.value));
    if (impl_->made.contains(attachment)) continue;  // a snapshot on its way
    const auto still = std::find_if(kept.begin(), kept.end(), [&](const auto& row) { return row.second.attachment == attachment; });
    // The same file may have been added again meanwhile.
    if (still == kept.end() && !impl_->engine->delete_attachment(space, attachment)) continue;
    MUISTIO_TRY(auto transaction, impl_->store->begin());
    MUISTIO_CHECK(transaction.erase(Table::attachment, each.key));
    MUISTIO_CHECK(transaction.commit());
  }
  return ok();
}

Result<std::vector<WantedTransfer>> Home::wanted_transfers() {
  MUISTIO_TRY(auto rows, impl_->attachment_rows());
  std::vector<WantedTransfer> wanted;
  std::set<std::pair<AttachmentId, WantedTransfer::Direction>> seen;
  for (const auto& [material, row] : rows) {
    auto space = impl_->visible(row.space);
    if (!space || space->phase != sync::Phase::open) continue;
    MUISTIO_TRY(auto to_send, impl_->store->contains(Table::attachment, row_key('u', material)));
    const bool present = impl_->is_present(row);
    if (to_send && present && seen.insert({row.attachment, WantedTransfer::Direction::up}).second)
      wanted.push_back({row.space, material, row.attachment, WantedTransfer::Direction::up, impl_->attachment_file(row.attachment),
                        row.ciphertext_bytes, 0});
    if (to_send || present) continue;
    MUISTIO_TRY(const bool is_wanted, impl_->is_wanted(material, row));
    if (is_wanted && seen.insert({row.attachment, WantedTransfer::Direction::down}).second) {
      MUISTIO_CHECK(make_folder(impl_->attachments()));
      const auto partial = impl_->partial_file(row.attachment);
      wanted.push_back({row.space, material, row.attachment, WantedTransfer::Direction::down, partial, row.ciphertext_bytes,
                        std::min(size_of(partial), row.ciphertext_bytes)});
    }
  }
  std::stable_sort(wanted.begin(), wanted.end(),
                   [](const auto& left, const auto& right) { return left.direction < right.direction; });
  return wanted;
}

Status Home::transfer_done(const WantedTransfer& transfer) {
  if (transfer.direction == WantedTransfer::Direction::up) {
    MUISTIO_TRY(const auto rows, impl_->attachment_rows());
    MUISTIO_TRY(auto transaction, impl_->store->begin());
    for (const auto& [material, row] : rows)
      if (row.attachment == transfer.attachment) MUISTIO_CHECK(transaction.erase(Table::attachment, row_key('u', material)));
    MUISTIO_CHECK(transaction.commit());
    // While others are on their way only what happened to be sent first could go, not what was used longest ago.
    for (const auto& [material, row] : rows) {
      MUISTIO_TRY(const bool to_send, impl_->store->contains(Table::attachment, row_key('u', material)));
      if (to_send && impl_->is_present(row)) return ok();
    }
    return impl_->keep_quota();
  }
  MUISTIO_TRY(auto descriptor, impl_->descriptor_of(transfer.space, transfer.material));
  MUISTIO_TRY(auto authentic, attachment::authentic_bytes(transfer.file, descriptor, transfer.space));
  std::error_code error;
  if (authentic != transfer.size_bytes) {
    fs::resize_file(transfer.file, authentic, error);
    if (error) fs::remove(transfer.file, error);
    return fail(ErrorCode::decryption_failed, "what came is not the attachment from byte " + std::to_string(authentic) + " on");
  }
  fs::rename(transfer.file, impl_->attachment_file(transfer.attachment), error);
  if (error) return fail(ErrorCode::io_failed, "the attachment cannot be put in its place");
  MUISTIO_CHECK(make_durable(impl_->attachment_file(transfer.attachment)));
  MUISTIO_TRY(auto transaction, impl_->store->begin(store::Durability::later));
  MUISTIO_CHECK(impl_->touch(transaction, transfer.attachment));
  MUISTIO_CHECK(transaction.erase(Table::attachment, row_key('w', transfer.material)));
  MUISTIO_CHECK(transaction.commit());
  // The others count which phones have it. A guest's says nothing, nor does one that may not write here any more.
  const auto said = impl_->engine->edit(
      transfer.space, [&](replica::ChangeBuilder& builder) { return club::say_received(builder, transfer.material); });
  if (!said && (said.error().code == ErrorCode::io_failed || said.error().code == ErrorCode::disk_full)) return fail(said.error());
  return impl_->keep_quota();
}

}  // namespace muistio::home
