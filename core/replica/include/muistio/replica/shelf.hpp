// Where a replica keeps what it is made of.
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"

namespace muistio::replica {

/// Rows of one space that a replica reads and writes; the keys and values are the replica's own affair (docs/formats/replica.md).
/// What is saved and erased between two commits of the owner becomes durable as one. Keys are at most 64 bytes. Not thread-safe.
class Shelf {
 public:
  /// Called for each row; a failure stops and is handed on. The views are valid during the call only. It must not use the shelf.
  using Visitor = std::function<Status(BytesView key, BytesView value)>;

  virtual ~Shelf() = default;
  /// The value under `key`, or nothing; what was saved since the last commit is seen.
  virtual Result<std::optional<Bytes>> load(BytesView key) = 0;
  virtual Status save(BytesView key, BytesView value) = 0;
  virtual Status erase(BytesView key) = 0;
  /// Visits the rows whose keys begin with `prefix`, in key order.
  virtual Status for_each(BytesView prefix, const Visitor& visit) = 0;
};

/// A shelf in memory.
class MemoryShelf final : public Shelf {
 public:
  Result<std::optional<Bytes>> load(BytesView key) override;
  Status save(BytesView key, BytesView value) override;
  Status erase(BytesView key) override;
  Status for_each(BytesView prefix, const Visitor& visit) override;
  [[nodiscard]] const std::map<Bytes, Bytes>& rows() const noexcept { return rows_; }

 private:
  std::map<Bytes, Bytes> rows_;
};

}  // namespace muistio::replica
