// Which changes are held, with their clocks, and the heads of their graph.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"
#include "muistio/replica/change.hpp"

namespace muistio::replica {

/// The causal past of a space in one era: that of the documents born in it. It is kept in pieces, a head and blocks of clocks, so that one more change costs little to save.
/// Not thread-safe.
class Causality {
 public:
  /// Clocks in one block.
  static constexpr std::uint64_t kBlockChanges = 256;

  /// A block of clocks: those of `device` from 1 + index · kBlockChanges on.
  struct BlockId {
    DeviceId device;
    std::uint64_t index = 0;
    friend auto operator<=>(const BlockId&, const BlockId&) = default;
  };

  /// The number of the last change held of `device`; 0 if there is none.
  [[nodiscard]] std::uint64_t last_number(const DeviceId& device) const noexcept;
  [[nodiscard]] bool holds(const ChangeId& id) const noexcept;
  /// Whether it is held and known to be in the log: whoever names a change may name only these.
  [[nodiscard]] bool holds_in_log(const ChangeId& id) const noexcept;
  /// The clock of a change that is held, or nothing.
  [[nodiscard]] std::optional<Lamport> lamport_of(const ChangeId& id) const noexcept;
  /// The heads: changes held that no change held has in its past, sorted.
  [[nodiscard]] std::vector<ChangeId> heads() const;
  /// The heads that are in the log or of `device` itself, without its own: the deps of its next change.
  [[nodiscard]] std::vector<ChangeId> deps_for(const DeviceId& device) const;
  /// The clock that the next change of `device` will have.
  [[nodiscard]] Lamport next_lamport(const DeviceId& device) const;
  [[nodiscard]] std::uint64_t change_count() const noexcept { return change_count_; }
  /// Every device with the number of its last change.
  [[nodiscard]] std::vector<ChangeId> last_changes() const;

  /// Whether a change that arrives fits. Errors: already_exists (its number is held), missing_parent (a gap in its device's
  /// numbers, or a dep that is not held in the log), bad_clock.
  [[nodiscard]] Status check(const Change& change) const;
  /// Adds a change that fits. `in_log` is false for one made here.
  void add(const Change& change, bool in_log);
  /// The device's changes up to `id.number` are in the log. Errors: missing_parent (not held).
  [[nodiscard]] Status mark_in_log(const ChangeId& id);

  /// The head: heads, devices, last numbers, what is not yet in the log. The blocks changed since the last call, with their bytes.
  [[nodiscard]] Bytes encode_head() const;
  [[nodiscard]] std::map<BlockId, Bytes> take_changed_blocks();
  /// Makes the next call of that give out all blocks.
  void change_all_blocks() noexcept;
  /// From a head and all of its blocks. Errors: malformed, unsupported_version.
  [[nodiscard]] static Result<Causality> decode(BytesView head, const std::map<BlockId, Bytes>& blocks);

  friend bool operator==(const Causality& left, const Causality& right);

 private:
  struct DeviceLog {
    std::vector<Lamport> lamports;  // of the changes 1, 2, 3, …
    std::uint64_t in_log = 0;       // how many of them are known to be in the log
    std::uint64_t saved = 0;        // how many of them take_changed_blocks has given out
    bool head = false;              // whether the last one is a head
  };
  std::map<DeviceId, DeviceLog> devices_;
  std::uint64_t change_count_ = 0;
};

}  // namespace muistio::replica
