#include "doctor.hpp"

#include <algorithm>
#include <fstream>
#include <memory>
#include <vector>

#include "muistio/attachment/attachment.hpp"
#include "muistio/base/bytes.hpp"
#include "muistio/base/hex.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/mls/framing.hpp"
#include "muistio/space/handshake_record.hpp"
#include "muistio/wire/log_hash.hpp"
#include "muistio/wire/record.hpp"
#include "sqlite3.h"

namespace muistio::evil {
namespace {

constexpr std::size_t kRolledBack = 2;  // records

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Close>;
using Statement = std::unique_ptr<sqlite3_stmt, Close>;

Unexpected failure(sqlite3* database) { return fail(ErrorCode::io_failed, sqlite3_errmsg(database)); }

Result<Database> open(const std::string& path, const std::string& vfs) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE, vfs.empty() ? nullptr : vfs.c_str());
  Database database(handle);
  if (code != SQLITE_OK ||
      sqlite3_exec(handle, "PRAGMA locking_mode=EXCLUSIVE; BEGIN IMMEDIATE;", nullptr, nullptr, nullptr) != SQLITE_OK)
    return failure(handle);
  return database;
}

Result<Statement> prepare(sqlite3* database, const char* sql) {
  sqlite3_stmt* handle = nullptr;
  if (sqlite3_prepare_v2(database, sql, -1, &handle, nullptr) != SQLITE_OK) return failure(database);
  return Statement(handle);
}

Result<std::map<std::int64_t, SpaceId>> spaces_of(sqlite3* database) {
  MUISTIO_TRY(auto statement, prepare(database, "SELECT id, space FROM spaces"));
  std::map<std::int64_t, SpaceId> found;
  while (sqlite3_step(statement.get()) == SQLITE_ROW) {
    const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement.get(), 1));
    MUISTIO_TRY(const auto space, SpaceId::from_bytes({bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement.get(), 1))}));
    found.emplace(sqlite3_column_int64(statement.get(), 0), space);
  }
  return found;
}

Result<std::vector<Bytes>> records_of(sqlite3* database, std::int64_t space) {
  MUISTIO_TRY(auto statement, prepare(database, "SELECT record FROM records WHERE space = ? ORDER BY seq"));
  sqlite3_bind_int64(statement.get(), 1, space);
  std::vector<Bytes> found;
  while (sqlite3_step(statement.get()) == SQLITE_ROW) {
    const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement.get(), 0));
    found.emplace_back(bytes, bytes + sqlite3_column_bytes(statement.get(), 0));
  }
  return found;
}

/// The whole log of a space anew, with hashes to match.
Status write_records(sqlite3* database, std::int64_t space, const std::vector<Bytes>& records) {
  MUISTIO_TRY(auto erase, prepare(database, "DELETE FROM records WHERE space = ?"));
  sqlite3_bind_int64(erase.get(), 1, space);
  if (sqlite3_step(erase.get()) != SQLITE_DONE) return failure(database);
  Hash hash;
  std::int64_t last_handshake = 0, bytes = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto& record = records[i];
    const auto seq = static_cast<std::int64_t>(i + 1);
    hash = wire::log_hash_next(hash, Seq(i + 1), record);
    const auto whole = wire::record_hash(record);
    std::uint64_t mark = 0;
    for (std::size_t k = 0; k < 8; ++k) mark = mark << 8 | whole.array()[k];
    MUISTIO_TRY(auto add, prepare(database, "INSERT INTO records(space, seq, mark, log_hash, record) VALUES(?, ?, ?, ?, ?)"));
    sqlite3_bind_int64(add.get(), 1, space);
    sqlite3_bind_int64(add.get(), 2, seq);
    sqlite3_bind_int64(add.get(), 3, static_cast<std::int64_t>(mark));
    sqlite3_bind_blob(add.get(), 4, hash.view().data(), Hash::size_bytes, SQLITE_TRANSIENT);
    sqlite3_bind_blob(add.get(), 5, record.data(), static_cast<int>(record.size()), SQLITE_TRANSIENT);
    if (sqlite3_step(add.get()) != SQLITE_DONE) return failure(database);
    if (const auto read = wire::decode_record(record); read && read->kind == wire::RecordKind::handshake) last_handshake = seq;
    bytes += static_cast<std::int64_t>(record.size());
  }
  const auto head = static_cast<std::int64_t>(records.size());
  MUISTIO_TRY(auto update,
              prepare(database, "UPDATE spaces SET head = ?, last_handshake = ?, log_hash = ?, log_bytes = ? WHERE id = ?"));
  sqlite3_bind_int64(update.get(), 1, head);
  sqlite3_bind_int64(update.get(), 2, last_handshake);
  sqlite3_bind_blob(update.get(), 3, hash.view().data(), Hash::size_bytes, SQLITE_TRANSIENT);
  sqlite3_bind_int64(update.get(), 4, bytes);
  sqlite3_bind_int64(update.get(), 5, space);
  if (sqlite3_step(update.get()) != SQLITE_DONE) return failure(database);
  for (const char* sql : {"DELETE FROM access WHERE space = ?1 AND from_seq > ?2",
                          "UPDATE access SET until_seq = 0 WHERE space = ?1 AND until_seq > ?2"}) {
    MUISTIO_TRY(auto clip, prepare(database, sql));
    sqlite3_bind_int64(clip.get(), 1, space);
    sqlite3_bind_int64(clip.get(), 2, head);
    if (sqlite3_step(clip.get()) != SQLITE_DONE) return failure(database);
  }
  return ok();
}

/// A handshake record with a Welcome, at its index in the log.
struct Admission {
  std::size_t index;
  wire::Record record;
  space::HandshakeRecord parts;
  [[nodiscard]] Bytes encode() {
    record.bytes = parts.encode();
    return wire::encode_record(record).value();
  }
};

std::vector<Admission> admissions(const std::vector<Bytes>& records) {
  std::vector<Admission> found;
  for (std::size_t i = 0; i < records.size(); ++i) {
    auto record = wire::decode_record(records[i]);
    if (!record || record->kind != wire::RecordKind::handshake) continue;
    auto parts = space::HandshakeRecord::decode(record->bytes);
    if (parts && parts->welcome) found.push_back({i, std::move(*record), std::move(*parts)});
  }
  return found;
}

/// The Welcome of the admission before stands beside the newest commit, and nowhere else.
Damage bend_welcome(std::vector<Bytes>& records) {
  auto all = admissions(records);
  if (all.size() < 2) return {};
  auto& earlier = all[all.size() - 2];
  auto& newest = all.back();
  newest.parts.welcome = std::exchange(earlier.parts.welcome, std::nullopt);
  const auto bytes = newest.parts.welcome->size();
  records[earlier.index] = earlier.encode();
  records[newest.index] = newest.encode();
  return {2, bytes};
}

/// The newest Welcome holds the GroupInfo of the one before.
Damage bend_group_info(std::vector<Bytes>& records) {
  auto all = admissions(records);
  if (all.size() < 2) return {};
  const auto earlier = mls::decoded<mls::MLSMessage>(*all[all.size() - 2].parts.welcome);
  auto newest = mls::decoded<mls::MLSMessage>(*all.back().parts.welcome);
  if (!earlier || !newest) return {};
  const auto* from = std::get_if<mls::Welcome>(&earlier->content);
  auto* to = std::get_if<mls::Welcome>(&newest->content);
  if (from == nullptr || to == nullptr) return {};
  to->encrypted_group_info = from->encrypted_group_info;
  all.back().parts.welcome = mls::encoded(*newest);
  records[all.back().index] = all.back().encode();
  return {1, from->encrypted_group_info.size()};
}

Damage bend(std::vector<Bytes>& records, Attack attack) {
  if (attack == Attack::old_welcome) return bend_welcome(records);
  if (attack == Attack::old_group_info) return bend_group_info(records);
  const auto is_content = [](const Bytes& bytes) {
    const auto read = wire::decode_record(bytes);
    return read && read->kind == wire::RecordKind::content;
  };
  const auto first = std::find_if(records.begin(), records.end(), is_content);
  if (attack == Attack::roll_back) {
    const auto count = std::min(kRolledBack, records.size() - std::min<std::size_t>(records.size(), 1));
    records.resize(records.size() - count);
    return {count, 0};
  }
  if (first == records.end()) return {};
  if (attack == Attack::replay_record) {
    // The newest batch: an older one may be of an epoch that is over, and would not count for that reason alone.
    const auto copy = *std::find_if(records.rbegin(), records.rend(), is_content);
    records.push_back(copy);
    return {1, copy.size()};
  }
  if (attack == Attack::bend_past) {
    first->back() ^= 1;
    return {1, 1};
  }
  return {};
}

Result<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(ErrorCode::io_failed, path.filename().string());
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Status write_file(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << bytes;
  out.close();
  return out ? ok() : Status(fail(ErrorCode::io_failed, path.filename().string()));
}

}  // namespace

Result<std::map<SpaceId, Damage>> doctor_log(const std::string& path, const std::string& vfs, Attack attack) {
  std::map<SpaceId, Damage> damage;
  if (attack != Attack::roll_back && attack != Attack::replay_record && attack != Attack::bend_past &&
      attack != Attack::old_welcome && attack != Attack::old_group_info)
    return damage;
  MUISTIO_TRY(auto database, open(path, vfs));
  MUISTIO_TRY(const auto spaces, spaces_of(database.get()));
  for (const auto& [row, space] : spaces) {
    MUISTIO_TRY(auto records, records_of(database.get(), row));
    const auto done = bend(records, attack);
    if (done.is_none()) continue;
    MUISTIO_CHECK(write_records(database.get(), row, records));
    damage[space] = done;
  }
  if (sqlite3_exec(database.get(), "COMMIT", nullptr, nullptr, nullptr) != SQLITE_OK) return failure(database.get());
  return damage;
}

std::string bent_attachment(std::string bytes, Attack attack) {
  const auto chunk = static_cast<std::size_t>(attachment::chunk_offset(1) - attachment::chunk_offset(0));
  const auto begin = static_cast<std::size_t>(attachment::chunk_offset(0));
  if (attack == Attack::truncate_attachment && bytes.size() > begin + chunk) bytes.resize(begin + chunk);
  if (attack == Attack::reorder_chunks && bytes.size() >= begin + 2 * chunk)
    std::swap_ranges(bytes.begin() + static_cast<std::ptrdiff_t>(begin), bytes.begin() + static_cast<std::ptrdiff_t>(begin + chunk),
                     bytes.begin() + static_cast<std::ptrdiff_t>(begin + chunk));
  return bytes;
}

Result<std::map<AttachmentId, Damage>> doctor_attachments(const std::filesystem::path& folder, const std::filesystem::path& log,
                                                          Attack attack) {
  std::map<AttachmentId, Damage> damage;
  if (attack != Attack::truncate_attachment && attack != Attack::swap_attachments && attack != Attack::reorder_chunks)
    return damage;
  const auto note = [&](const std::filesystem::path& file, std::size_t bytes) -> Status {
    MUISTIO_TRY(const auto id, from_hex(file.filename().string()));
    MUISTIO_TRY(const auto attachment, AttachmentId::from_bytes(id));
    damage[attachment] = {1, bytes};
    return ok();
  };
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error))
    if (entry.is_regular_file() && entry.path().extension() != ".part") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  if (attack == Attack::swap_attachments) {
    for (std::size_t i = 0; i + 1 < files.size(); i += 2) {
      MUISTIO_TRY(const auto one, read_file(files[i]));
      MUISTIO_TRY(const auto two, read_file(files[i + 1]));
      MUISTIO_CHECK(write_file(files[i], two));
      MUISTIO_CHECK(write_file(files[i + 1], one));
      MUISTIO_CHECK(note(files[i], two.size()));
      MUISTIO_CHECK(note(files[i + 1], one.size()));
    }
  } else {
    for (const auto& file : files) {
      MUISTIO_TRY(auto bytes, read_file(file));
      const auto bent = bent_attachment(bytes, attack);
      if (bent == bytes) continue;
      MUISTIO_CHECK(write_file(file, bent));
      MUISTIO_CHECK(note(file, bytes.size()));
    }
  }
  // What the server says of the sizes fits what it serves.
  MUISTIO_TRY(auto database, open(log.string(), ""));
  for (const auto& file : files) {
    MUISTIO_TRY(auto update, prepare(database.get(), "UPDATE attachments SET size = ? WHERE lower(hex(attachment)) = ?"));
    const auto name = file.filename().string();
    sqlite3_bind_int64(update.get(), 1, static_cast<std::int64_t>(std::filesystem::file_size(file, error)));
    sqlite3_bind_text(update.get(), 2, name.c_str(), -1, SQLITE_TRANSIENT);
    if (sqlite3_step(update.get()) != SQLITE_DONE) return failure(database.get());
  }
  if (sqlite3_exec(database.get(), "COMMIT", nullptr, nullptr, nullptr) != SQLITE_OK) return failure(database.get());
  return damage;
}

}  // namespace muistio::evil
