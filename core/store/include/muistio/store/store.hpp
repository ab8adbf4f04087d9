// The device's store: opaque rows and a full-text index in one encrypted file, changed in transactions (D13).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/secret.hpp"
#include "muistio/store/rows.hpp"

namespace muistio::store {

/// The version of the schema that this code writes; see docs/formats/store.md.
inline constexpr std::uint32_t kSchemaVersion = 1;

struct OpenOptions {
  /// The database file. `-wal` and, while migrating, `-journal` lie beside it.
  std::filesystem::path path;
  /// Encrypts the whole file. Derived by the caller (from the platform's keystore, or a passphrase by Argon2id).
  Secret<32> key;
  /// Whether a file that is absent is made; otherwise not_found.
  bool create = true;
  /// How long to wait for another process to let go of the store, in milliseconds.
  std::uint32_t busy_timeout_ms = 5000;
  /// The SQLite VFS under the encryption; empty is the operating system's. The simulator names its FaultDisk here.
  std::string vfs;
};

class Store;

/// When the changes of a transaction survive a power cut. Each survives the end of the process as soon as its commit returned.
enum class Durability : std::uint8_t {
  at_commit,  // when the commit returns
  later,      // at the next commit of the other kind, at `Store::make_durable`, or by itself: for what can be had again. In order:
              // a power cut undoes the newest of them first
};

/// The one open write transaction of a store. Destroyed without a successful commit, it leaves no trace. Move-only; must not
/// outlive its Store. Every write may fail with disk_full, io_failed, corrupt or read_only; then nothing of the transaction is
/// kept, and every later call on it fails with invalid_state.
class Transaction : public Rows {
 public:
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  /// Sets the value under `key`. Errors: too_large.
  Status put(Table table, BytesView key, BytesView value);
  /// Removes the row under `key`, if there is one.
  Status erase(Table table, BytesView key);
  /// Removes every row whose key begins with `prefix`; returns how many.
  Result<std::uint64_t> erase_prefix(Table table, BytesView prefix);

  /// Indexes `terms` (separated by spaces; letters, digits and bytes above 0x7f) for a document, in place of what was indexed for
  /// it. A match in the title ranks higher. The terms themselves cannot be read back.
  Status index_put(BytesView document_key, std::string_view title_terms, std::string_view body_terms);
  /// Removes a document from the index, if it is there.
  Status index_erase(BytesView document_key);

  /// For a change that uses secrets up: after its commit neither file holds what it replaced or erased, the log included, which is
  /// written into the database and emptied (and everything is durable). Where that fails, or power is cut before, it is done with
  /// the next commit or when the store is opened; the commit itself stands.
  void forget_replaced() noexcept;

  /// Makes the changes durable, as the transaction was begun: see Durability. Use it once. On failure nothing was
  /// kept, except after io_failed, when a crash decides: reopened, the store holds all of the transaction or nothing of it.
  [[nodiscard]] Status commit();

 private:
  friend class Store;
  explicit Transaction(detail::Database* database) noexcept : Rows(database) {}
  Status writable() const;
};

/// An open store. One process owns the file at a time. Move-only. Not thread-safe: use it, and its transactions, from one thread at
/// a time; destroying it closes the file.
class Store : public Rows {
 public:
  /// Opens the store, migrating an older schema in one transaction. Errors: wrong_key (also for a file that is no store: encrypted
  /// bytes cannot be told from noise), store_busy, not_found, unsupported_version (written by a newer app), disk_full, io_failed,
  /// read_only, corrupt.
  [[nodiscard]] static Result<Store> open(OpenOptions options);

  Store(Store&& other) noexcept;
  Store& operator=(Store&& other) noexcept;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  ~Store();

  /// Begins the one write transaction. Errors: invalid_state, if one is open; read_only, io_failed.
  [[nodiscard]] Result<Transaction> begin(Durability durability = Durability::at_commit);
  /// Makes durable what was committed for later; does nothing if all is. Errors: io_failed.
  [[nodiscard]] Status make_durable();

  /// Reads every page and index. Errors: corrupt with the first finding. Takes time in proportion to the file.
  [[nodiscard]] Status check() const;
  /// Writes a copy of what is committed, encrypted under the same key, to `path`, which must not exist; a copy that could not be
  /// finished is removed. Errors: already_exists, invalid_state (a transaction is open), disk_full, io_failed.
  [[nodiscard]] Status backup(const std::filesystem::path& path) const;
  /// Overwrites and gives back the space of removed rows: the file then holds nothing of what was erased. Errors: invalid_state (a
  /// transaction is open), disk_full, io_failed.
  [[nodiscard]] Status compact();
  /// The size of the database file and its write-ahead log, in bytes.
  [[nodiscard]] Result<std::uint64_t> size_bytes() const;

 private:
  explicit Store(std::unique_ptr<detail::Database> database) noexcept;
  std::unique_ptr<detail::Database> owned_;
};

}  // namespace muistio::store
