// check, backup and restore.
#include "folder.hpp"
#include "home_impl.hpp"
#include "muistio/attachment/file.hpp"
#include "muistio/home/files.hpp"
#include "muistio/home/restore.hpp"

namespace muistio::home {

using store::Table;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kKeyFileBytesMax = 4096;

/// The store while it is being copied: under its own name it is whole.
fs::path unfinished(const fs::path& folder) { return folder / (std::string(kStoreName) + ".part"); }

Status copy_durably(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::copy_file(from, to, fs::copy_options::overwrite_existing, error);
  if (error) return fail(error == std::errc::no_space_on_device ? ErrorCode::disk_full : ErrorCode::io_failed, "copying a file");
  fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write, error);
  return make_durable(to);
}

Status copy_key_files(const fs::path& from, const fs::path& to) {
  std::error_code error;
  for (const auto name : kKeyFiles) {
    if (!fs::exists(from / name, error)) continue;
    MUISTIO_TRY(auto bytes, read_file(from / name, kKeyFileBytesMax));
    const SecretBytes kept(std::move(bytes));
    MUISTIO_CHECK(write_file(to / name, kept.expose()));
  }
  return ok();
}

Status finish_store(const fs::path& folder) {
  MUISTIO_CHECK(make_durable(unfinished(folder)));
  std::error_code error;
  fs::rename(unfinished(folder), folder / kStoreName, error);
  if (error) return fail(ErrorCode::io_failed, "the store cannot be put in its place");
  return make_durable(folder / kStoreName);
}

/// The store opens under the key and every page of it is whole.
Status prove(const fs::path& file, const Secret<32>& key) {
  store::OpenOptions options;
  options.path = file;
  options.key = key.clone();
  options.create = false;
  MUISTIO_TRY(auto store, store::Store::open(std::move(options)));
  return store.check();
}

Status restore_files(const fs::path& backup, const fs::path& folder, const Secret<32>& key) {
  MUISTIO_CHECK(copy_durably(backup / kStoreName, unfinished(folder)));
  MUISTIO_CHECK(prove(unfinished(folder), key));
  std::error_code error;
  if (fs::is_directory(backup / kAttachmentsName, error)) {
    MUISTIO_CHECK(make_folder(folder / kAttachmentsName));
    for (const auto& entry : fs::directory_iterator(backup / kAttachmentsName, error))
      MUISTIO_CHECK(copy_durably(entry.path(), folder / kAttachmentsName / entry.path().filename()));
  }
  MUISTIO_CHECK(copy_key_files(backup, folder));
  return finish_store(folder);
}

}  // namespace

Result<Checked> Home::check() {
  Checked checked;
  MUISTIO_CHECK(impl_->store->check());
  MUISTIO_TRY(checked.bytes, impl_->store->size_bytes());
  for (const auto& space : impl_->visible()) {
    MUISTIO_CHECK(impl_->engine->read(space.space, [&](replica::Replica& documents) -> Status {
      MUISTIO_TRY(const auto notes, club::list_notes(documents));
      for (const auto& each : notes) {
        MUISTIO_TRY([[maybe_unused]] const auto note, club::show_note(documents, each.id));
        ++checked.notes;
      }
      return ok();
    }));
  }
  MUISTIO_TRY(const auto rows, impl_->attachment_rows());
  for (const auto& [material, row] : rows) {
    if (!impl_->is_present(row)) continue;
    MUISTIO_TRY(const bool is_authentic, impl_->is_authentic(row.space, material, row));
    ++checked.files;
    if (!is_authentic) checked.damaged.push_back(material);
  }
  return checked;
}

Status Home::backup(const fs::path& folder) {
  std::error_code error;
  if (fs::exists(folder, error) && !(fs::is_directory(folder, error) && fs::is_empty(folder, error)))
    return fail(ErrorCode::already_exists, "the folder of the backup holds something");
  MUISTIO_CHECK(make_folder(folder));
  const auto write = [&]() -> Status {
    MUISTIO_TRY(const auto rows, impl_->attachment_rows());
    for (const auto& [material, row] : rows) {
      MUISTIO_TRY(const bool to_send, impl_->store->contains(Table::attachment, row_key('u', material)));
      if (!to_send || !impl_->is_present(row)) continue;
      MUISTIO_CHECK(make_folder(folder / kAttachmentsName));
      MUISTIO_CHECK(copy_durably(impl_->attachment_file(row.attachment), folder / kAttachmentsName / row.attachment.hex()));
    }
    MUISTIO_CHECK(copy_key_files(impl_->folder, folder));
    MUISTIO_CHECK(impl_->store->backup(unfinished(folder)));
    fs::permissions(unfinished(folder), fs::perms::owner_read | fs::perms::owner_write, error);
    return finish_store(folder);
  };
  auto written = write();
  if (!written)
    for (const auto& entry : fs::directory_iterator(folder, error)) fs::remove_all(entry.path(), error);
  return written;
}

Status restore_home(const fs::path& backup, const fs::path& folder, const Secret<32>& key) {
  std::error_code error;
  if (!fs::exists(backup / kStoreName, error)) return fail(ErrorCode::not_found, "there is no backup in this folder");
  if (fs::exists(folder / kStoreName, error)) return fail(ErrorCode::already_exists, "there is a home in this folder");
  for (const auto name : kKeyFiles)
    if (fs::exists(folder / name, error)) return fail(ErrorCode::already_exists, "there is a home in this folder");
  MUISTIO_CHECK(make_folder(folder));
  auto restored = restore_files(backup, folder, key);
  if (!restored) {
    for (const auto name : kKeyFiles) fs::remove(folder / name, error);
    for (const char* ending : {"", "-wal", "-journal"}) fs::remove(unfinished(folder).string() + ending, error);
    fs::remove_all(folder / kAttachmentsName, error);
  }
  return restored;
}

}  // namespace muistio::home
