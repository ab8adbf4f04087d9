// Which copies of shared files are on this device: a quota, and what goes when it is full.
#include <algorithm>
#include <charconv>

#include "home_impl.hpp"
#include "muistio/base/reader.hpp"

namespace muistio::home {

using store::Table;

namespace {

constexpr const char* kQuotaSetting = "material bytes";
/// Under this letter, without an id, stands the number of the last use of any copy: an order that no clock can disturb.
constexpr char kLastUse = 'n';

Result<std::uint64_t> number_in(const store::Rows& rows, BytesView key) {
  MUISTIO_TRY(const auto value, rows.get(Table::attachment, key));
  if (!value) return std::uint64_t{0};
  Reader reader(*value);
  MUISTIO_TRY(const auto number, reader.u64());
  MUISTIO_CHECK(reader.finish());
  return number;
}

}  // namespace

Result<std::optional<std::uint64_t>> Home::Impl::quota() const {
  MUISTIO_TRY(const auto text, setting(kQuotaSetting));
  if (text.empty()) return std::optional<std::uint64_t>();
  std::uint64_t bytes = 0;
  const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
  if (error != std::errc{} || last != text.data() + text.size()) return fail(ErrorCode::corrupt, "the quota of material");
  return std::optional(bytes);
}

Result<std::vector<Home::Impl::LocalCopy>> Home::Impl::local_copies() const {
  MUISTIO_TRY(const auto rows, attachment_rows());
  std::map<AttachmentId, LocalCopy> copies;
  for (const auto& [material, row] : rows) {
    if (!is_present(row)) continue;
    auto& copy = copies[row.attachment];
    copy.row = row;
    copy.material.push_back(material);
    MUISTIO_TRY(copy.last_use, number_in(*store, row_key('t', row.attachment)));
    MUISTIO_TRY(const bool to_send, store->contains(Table::attachment, row_key('u', material)));
    const auto space = visible(row.space);
    copy.is_only_one |= to_send || !space || space->phase != sync::Phase::open;
  }
  std::vector<LocalCopy> all;
  for (auto& [id, copy] : copies) all.push_back(std::move(copy));
  return all;
}

Result<bool> Home::Impl::is_wanted(const DocumentId& material, const AttachmentRow& row) const {
  MUISTIO_TRY(const bool is_asked_for, store->contains(Table::attachment, row_key('w', material)));
  if (is_asked_for) return true;
  MUISTIO_TRY(const bool is_evicted, store->contains(Table::attachment, row_key('e', material)));
  if (is_evicted) return false;
  MUISTIO_TRY(const auto limit, quota());
  return !limit || row.ciphertext_bytes <= *limit;
}

Status Home::Impl::touch(store::Transaction& transaction, const AttachmentId& id) const {
  MUISTIO_TRY(const auto last, number_in(transaction, letter_key(kLastUse)));
  const auto next = Writer().u64(last + 1).bytes();
  MUISTIO_CHECK(transaction.put(Table::attachment, letter_key(kLastUse), next));
  return transaction.put(Table::attachment, row_key('t', id), next);
}

// An order that a power cut may take back.
Status Home::Impl::touch(const AttachmentId& id) const {
  MUISTIO_TRY(auto transaction, store->begin(store::Durability::later));
  MUISTIO_CHECK(touch(transaction, id));
  return transaction.commit();
}

// First noted, then dropped: after a crash in between the copy is still here, and counts again.
Status Home::Impl::evict(const LocalCopy& copy) {
  MUISTIO_TRY(auto transaction, store->begin());
  for (const auto& material : copy.material) {
    MUISTIO_CHECK(transaction.put(Table::attachment, row_key('e', material), {}));
    MUISTIO_CHECK(transaction.erase(Table::attachment, row_key('w', material)));
  }
  MUISTIO_CHECK(transaction.erase(Table::attachment, row_key('t', copy.row.attachment)));
  MUISTIO_CHECK(transaction.commit());
  remove_files(copy.row.attachment);
  return ok();
}

Status Home::Impl::keep_quota() {
  MUISTIO_TRY(const auto limit, quota());
  if (!limit) return ok();
  MUISTIO_TRY(auto copies, local_copies());
  std::uint64_t total = 0;
  for (const auto& copy : copies) total += copy.row.ciphertext_bytes;
  std::sort(copies.begin(), copies.end(), [](const auto& left, const auto& right) { return left.last_use < right.last_use; });
  if (!copies.empty()) copies.pop_back();
  for (const auto& copy : copies) {
    if (total <= *limit) break;
    if (copy.is_only_one) continue;
    MUISTIO_CHECK(evict(copy));
    total -= copy.row.ciphertext_bytes;
  }
  return ok();
}

Status Home::evict_material(DocumentId id) {
  MUISTIO_CHECK(impl_->locate(id, club::kMaterial));
  MUISTIO_TRY(const auto copies, impl_->local_copies());
  for (const auto& copy : copies) {
    if (std::find(copy.material.begin(), copy.material.end(), id) == copy.material.end()) continue;
    if (copy.is_only_one)
      return fail(ErrorCode::invalid_state, "this may be the only copy: it was not uploaded, or its club is closed");
    return impl_->evict(copy);
  }
  return ok();
}

Status Home::set_material_quota(std::optional<std::uint64_t> bytes) {
  MUISTIO_CHECK(impl_->put_settings({{kQuotaSetting, bytes ? std::to_string(*bytes) : std::string()}}));
  return impl_->keep_quota();
}

Status Home::keep_material_quota() { return impl_->keep_quota(); }

Result<MaterialQuota> Home::material_quota() const {
  MaterialQuota found;
  MUISTIO_TRY(found.limit, impl_->quota());
  MUISTIO_TRY(const auto copies, impl_->local_copies());
  for (const auto& copy : copies) found.bytes += copy.row.ciphertext_bytes;
  return found;
}

}  // namespace muistio::home
