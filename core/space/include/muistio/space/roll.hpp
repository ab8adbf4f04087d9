// The roll: every device that was ever in the space, with its member, role and epochs, and where each epoch began (R6).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/role.hpp"
#include "muistio/crypto/signature.hpp"
#include "muistio/space/content_keys.hpp"
#include "muistio/wire/record.hpp"

namespace muistio::space {

inline constexpr std::size_t kRollEntriesMax = 16384;
inline constexpr std::size_t kRollEpochsMax = 1 << 18;

/// One device with one role over a run of epochs. A change of role closes an entry and opens another.
struct RollEntry {
  crypto::VerifyKey device_sig_pub;
  MemberId member;
  Role role = Role::member;
  wire::AuthKey auth_pub;      // its key at the server (R10); zero if not known
  Epoch from;                  // the first epoch
  std::optional<Epoch> until;  // the first epoch in which it no longer holds
  friend bool operator==(const RollEntry&, const RollEntry&) = default;
};

/// The membership history of a space. Any thread, as a plain value.
class Roll {
 public:
  /// The entry of a device in an epoch, or nullptr.
  [[nodiscard]] const RollEntry* find(const DeviceId& device, Epoch epoch) const;
  /// The entry of a device in the newest epoch that it was part of, or nullptr.
  [[nodiscard]] const RollEntry* last_of(const DeviceId& device) const;
  [[nodiscard]] const std::vector<RollEntry>& entries() const { return entries_; }
  /// The place of the record that began `epoch` (0 for epoch 0), or nothing.
  [[nodiscard]] std::optional<Seq> start_of(Epoch epoch) const;
  /// The check of the content key of `epoch`, or nothing: a newcomer takes only keys that match it (R6).
  [[nodiscard]] std::optional<KeyCheck> check_of(Epoch epoch) const;
  /// The era of an epoch, or nothing if the epoch is not known.
  [[nodiscard]] std::optional<Era> era_of(Epoch epoch) const;
  [[nodiscard]] Era first_era() const { return first_era_; }
  /// The era of the newest epoch.
  [[nodiscard]] Era last_era() const { return Era(first_era_.value() + era_starts_.size()); }
  /// The first known epoch of an era, or nothing.
  [[nodiscard]] std::optional<Epoch> first_epoch_of(Era era) const;
  /// The last epoch of an era that is over: its content key is E_r (R5). Nothing for others.
  [[nodiscard]] std::optional<Epoch> last_epoch_of(Era era) const;
  /// The epoch in force at a place: the newest that began before it. Nothing before the first epoch is known.
  [[nodiscard]] std::optional<Epoch> in_force_at(Seq seq) const;
  /// The first epoch known: 0, except on a device that joined and has not read the past yet.
  [[nodiscard]] Epoch first_epoch() const { return first_; }
  /// The epoch after the last known; the epochs known are first_epoch() … end_epoch() - 1.
  [[nodiscard]] Epoch end_epoch() const { return Epoch(first_.value() + starts_.size()); }

  /// A roll that knows nothing before `first`, which is of era `first_era`.
  explicit Roll(Epoch first, Era first_era = Era(0)) : first_(first), first_era_(first_era) {}
  Roll() = default;
  /// Opens the next epoch, begun by the record at `start`, with the check of its content key. `begins_era`: it is the first of the
  /// next era.
  void begin_epoch(Seq start, const KeyCheck& check, bool begins_era = false) {
    if (begins_era) era_starts_.push_back(end_epoch());
    starts_.push_back(start);
    checks_.push_back(check);
  }
  void open(RollEntry entry);
  /// Closes the open entry of a device, if there is one.
  void close(const DeviceId& device, Epoch until);

  /// What is known from `first` on, for who may not know more: an epoch known here.
  [[nodiscard]] Roll from(Epoch first) const;
  /// Takes a device's key at the server from `other` where it is not known here. Whether anything was taken.
  bool take_auth_keys(const Roll& other);

  /// This roll, which ends where `newer` begins, and then `newer`: an entry that goes on across the seam becomes one.
  /// Errors: malformed, if they do not meet or their places are out of order.
  [[nodiscard]] Result<Roll> continued_by(const Roll& newer) const;

  [[nodiscard]] Bytes encode() const;
  /// Errors: malformed, too_large, unsupported_version. Entries of one device never overlap, starts only grow.
  [[nodiscard]] static Result<Roll> decode(BytesView bytes);
  /// What `encode` wrote into this device's own store, of any size. Errors: malformed, unsupported_version.
  [[nodiscard]] static Result<Roll> decode_stored(BytesView bytes);
  /// SHA-256("muistio roll 1" ‖ encode()).
  [[nodiscard]] Hash hash() const;
  friend bool operator==(const Roll& left, const Roll& right) {
    return left.first_ == right.first_ && left.entries_ == right.entries_ && left.starts_ == right.starts_ &&
           left.checks_ == right.checks_ && left.first_era_ == right.first_era_ && left.era_starts_ == right.era_starts_;
  }

 private:
  struct Limits;
  Status read_eras(Reader& in, std::uint64_t epochs);
  [[nodiscard]] static Result<Roll> decode_within(BytesView bytes, const Limits& limits);
  Epoch first_;
  Era first_era_;
  std::vector<Epoch> era_starts_;  // the first epochs of the eras after the first
  std::vector<RollEntry> entries_;
  std::multimap<DeviceId, std::size_t> by_device_;
  std::vector<Seq> starts_;
  std::vector<KeyCheck> checks_;  // beside starts_
};

}  // namespace muistio::space
