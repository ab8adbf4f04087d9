#include "muistio/space/roll.hpp"

#include <algorithm>

#include "formats.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/space/batch.hpp"
#include "muistio/space/identity.hpp"

namespace muistio::space {
namespace {

constexpr std::uint64_t kRollWithErasVersion = 2;

}  // namespace

const RollEntry* Roll::find(const DeviceId& device, Epoch epoch) const {
  const auto [begin, end] = by_device_.equal_range(device);
  for (auto at = begin; at != end; ++at) {
    const auto& entry = entries_[at->second];
    if (entry.from <= epoch && (!entry.until || epoch < *entry.until)) return &entry;
  }
  return nullptr;
}

const RollEntry* Roll::last_of(const DeviceId& device) const {
  const RollEntry* last = nullptr;
  const auto [begin, end] = by_device_.equal_range(device);
  for (auto at = begin; at != end; ++at) {
    const auto& entry = entries_[at->second];
    if (last == nullptr || last->from < entry.from) last = &entry;
  }
  return last;
}

std::optional<Seq> Roll::start_of(Epoch epoch) const {
  if (epoch < first_ || end_epoch() <= epoch) return std::nullopt;
  return starts_[epoch.value() - first_.value()];
}

std::optional<KeyCheck> Roll::check_of(Epoch epoch) const {
  if (epoch < first_ || end_epoch() <= epoch) return std::nullopt;
  return checks_[epoch.value() - first_.value()];
}

std::optional<Era> Roll::era_of(Epoch epoch) const {
  if (epoch < first_ || end_epoch() <= epoch) return std::nullopt;
  const auto after = std::upper_bound(era_starts_.begin(), era_starts_.end(), epoch);
  return Era(first_era_.value() + static_cast<std::uint64_t>(after - era_starts_.begin()));
}

std::optional<Epoch> Roll::first_epoch_of(Era era) const {
  if (era < first_era_ || last_era() < era || starts_.empty()) return std::nullopt;
  if (era == first_era_) return first_;
  return era_starts_[era.value() - first_era_.value() - 1];
}

std::optional<Epoch> Roll::last_epoch_of(Era era) const {
  if (era < first_era_ || last_era() <= era) return std::nullopt;
  return Epoch(era_starts_[era.value() - first_era_.value()].value() - 1);
}

std::optional<Epoch> Roll::in_force_at(Seq seq) const {
  const auto after = std::lower_bound(starts_.begin(), starts_.end(), seq);
  if (after == starts_.begin()) return std::nullopt;
  return Epoch(first_.value() + static_cast<std::uint64_t>(after - starts_.begin()) - 1);
}

void Roll::open(RollEntry entry) {
  by_device_.emplace(device_id_of(entry.device_sig_pub), entries_.size());
  entries_.push_back(std::move(entry));
}

void Roll::close(const DeviceId& device, Epoch until) {
  const auto [begin, end] = by_device_.equal_range(device);
  for (auto at = begin; at != end; ++at)
    if (auto& entry = entries_[at->second]; !entry.until) entry.until = until;
}

Roll Roll::from(Epoch first) const {
  MUISTIO_INVARIANT(first_ <= first && first < end_epoch());
  Roll rest(first, *era_of(first));
  for (auto epoch = first; epoch < end_epoch(); epoch = epoch.next()) {
    const bool begins_era = first < epoch && std::binary_search(era_starts_.begin(), era_starts_.end(), epoch);
    rest.begin_epoch(*start_of(epoch), *check_of(epoch), begins_era);
  }
  for (auto entry : entries_) {
    if (entry.until && *entry.until <= first) continue;
    entry.from = std::max(entry.from, first);
    rest.open(std::move(entry));
  }
  return rest;
}

bool Roll::take_auth_keys(const Roll& other) {
  bool taken = false;
  for (auto& entry : entries_) {
    if (!entry.auth_pub.is_zero()) continue;
    const auto* known = other.last_of(device_id_of(entry.device_sig_pub));
    if (known == nullptr || known->auth_pub.is_zero() || known->device_sig_pub != entry.device_sig_pub) continue;
    entry.auth_pub = known->auth_pub;
    taken = true;
  }
  return taken;
}

Result<Roll> Roll::continued_by(const Roll& newer) const {
  if (end_epoch() != newer.first_) return fail(ErrorCode::malformed, "two rolls that do not meet");
  if (!starts_.empty() && !newer.starts_.empty() && !(starts_.back() < newer.starts_.front()))
    return fail(ErrorCode::malformed, "two rolls whose places are out of order");
  const bool begins_era = newer.first_era_ != last_era();
  if (begins_era && newer.first_era_ != last_era().next()) return fail(ErrorCode::malformed, "two rolls whose eras do not meet");
  Roll joined = *this;
  if (begins_era) joined.era_starts_.push_back(newer.first_);
  joined.era_starts_.insert(joined.era_starts_.end(), newer.era_starts_.begin(), newer.era_starts_.end());
  joined.starts_.insert(joined.starts_.end(), newer.starts_.begin(), newer.starts_.end());
  joined.checks_.insert(joined.checks_.end(), newer.checks_.begin(), newer.checks_.end());
  for (auto& older : joined.entries_)
    if (!older.until) older.until = newer.first_;
  for (const auto& entry : newer.entries_) {
    const auto goes_on = std::find_if(joined.entries_.begin(), joined.entries_.end(), [&](const RollEntry& older) {
      return entry.from == newer.first_ && older.until == newer.first_ && older.device_sig_pub == entry.device_sig_pub &&
             older.member == entry.member && older.role == entry.role;
    });
    if (goes_on == joined.entries_.end()) {
      joined.open(entry);
      continue;
    }
    goes_on->until = entry.until;
    if (!entry.auth_pub.is_zero()) goes_on->auth_pub = entry.auth_pub;
  }
  return joined;
}

Bytes Roll::encode() const {
  Writer out;
  out.varint(first_.value()).varint(starts_.size());
  Seq previous;
  for (std::size_t i = 0; i < starts_.size(); ++i) {
    out.varint(starts_[i].value() - previous.value()).raw(checks_[i].view());
    previous = starts_[i];
  }
  out.varint(entries_.size());
  for (const auto& entry : entries_) {
    out.raw(entry.device_sig_pub.view()).raw(entry.member.view()).u8(static_cast<std::uint8_t>(entry.role));
    out.raw(entry.auth_pub.view()).varint(entry.from.value() - first_.value());
    out.varint(entry.until ? entry.until->value() - entry.from.value() : 0);
  }
  if (first_era_ == Era(0) && era_starts_.empty()) return encode_format(Format::roll, out.bytes());
  out.varint(first_era_.value()).varint(era_starts_.size());
  auto before = first_;
  for (const auto& era_start : era_starts_) {
    out.varint(era_start.value() - before.value());
    before = era_start;
  }
  return encode_format(Format::roll, out.bytes(), kRollWithErasVersion);
}

struct Roll::Limits {
  std::size_t bytes, epochs, entries;
};

Result<Roll> Roll::decode(BytesView bytes) { return decode_within(bytes, {kPayloadBytesMax, kRollEpochsMax, kRollEntriesMax}); }

Result<Roll> Roll::decode_stored(BytesView bytes) { return decode_within(bytes, {bytes.size(), bytes.size(), bytes.size()}); }

Result<Roll> Roll::decode_within(BytesView bytes, const Limits& limits) {
  MUISTIO_TRY(auto envelope, decode_versions(Format::roll, bytes, limits.bytes, kRollWithErasVersion));
  Reader in(envelope.body);
  MUISTIO_TRY(auto first, in.varint_at_most(1ULL << 48));
  Roll roll{Epoch(first)};
  MUISTIO_TRY(auto epochs, in.varint_at_most(limits.epochs));
  if (epochs == 0 || epochs > in.left()) return fail(ErrorCode::malformed, "a roll without epochs");
  std::uint64_t start = 0;
  for (std::uint64_t i = 0; i < epochs; ++i) {
    MUISTIO_TRY(auto step, in.varint_at_most(1ULL << 48));
    if ((step == 0) != (i == 0 && first == 0)) return fail(ErrorCode::malformed, "epochs of a roll that do not follow each other");
    start += step;
    MUISTIO_TRY(auto check, in.fixed<KeyCheck>());
    roll.begin_epoch(Seq(start), check);
  }
  MUISTIO_TRY(auto count, in.varint_at_most(limits.entries));
  for (std::uint64_t i = 0; i < count; ++i) {
    RollEntry entry;
    MUISTIO_TRY(entry.device_sig_pub, in.fixed<crypto::VerifyKey>());
    MUISTIO_TRY(entry.member, in.fixed<MemberId>());
    MUISTIO_TRY(auto role_number, in.u8());
    const auto role = role_from_number(role_number);
    if (!role) return fail(ErrorCode::malformed, "an unknown role in a roll");
    entry.role = *role;
    MUISTIO_TRY(entry.auth_pub, in.fixed<wire::AuthKey>());
    MUISTIO_TRY(auto from, in.varint_at_most(epochs - 1));
    MUISTIO_TRY(auto held, in.varint_at_most(epochs - 1 - from));
    entry.from = Epoch(first + from);
    if (held != 0) entry.until = Epoch(first + from + held);
    const auto device = device_id_of(entry.device_sig_pub);
    const auto [begin, end] = roll.by_device_.equal_range(device);
    for (auto at = begin; at != end; ++at) {
      const auto& other = roll.entries_[at->second];
      if (!other.until || entry.from < *other.until) return fail(ErrorCode::malformed, "entries of one device overlap");
    }
    roll.open(std::move(entry));
  }
  if (envelope.version == kRollWithErasVersion) MUISTIO_CHECK(roll.read_eras(in, epochs));
  MUISTIO_CHECK(in.finish());
  return roll;
}

Status Roll::read_eras(Reader& in, std::uint64_t epochs) {
  MUISTIO_TRY(auto first_era, in.varint_at_most(1ULL << 48));
  MUISTIO_TRY(auto count, in.varint_at_most(epochs - 1));
  if (first_era == 0 && count == 0) return fail(ErrorCode::malformed, "a roll of one era in the form of one of several");
  first_era_ = Era(first_era);
  auto before = first_;
  for (std::uint64_t i = 0; i < count; ++i) {
    MUISTIO_TRY(auto step, in.varint_at_most(end_epoch().value() - 1 - before.value()));
    if (step == 0) return fail(ErrorCode::malformed, "eras of a roll that do not follow each other");
    before = Epoch(before.value() + step);
    era_starts_.push_back(before);
  }
  return ok();
}

Hash Roll::hash() const { return crypto::labelled_hash("muistio roll 1", {encode()}); }

}  // namespace muistio::space
