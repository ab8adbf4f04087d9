#include "muistio/replica/causality.hpp"

#include <algorithm>
#include <string>

#include "columns.hpp"
#include "muistio/base/reader.hpp"

namespace muistio::replica {
namespace {
constexpr std::uint8_t kVersion = 1;

Unexpected missing(const char* what) { return fail(ErrorCode::missing_parent, what); }
}  // namespace

std::uint64_t Causality::last_number(const DeviceId& device) const noexcept {
  const auto found = devices_.find(device);
  return found == devices_.end() ? 0 : found->second.lamports.size();
}

bool Causality::holds(const ChangeId& id) const noexcept { return id.number > 0 && id.number <= last_number(id.device); }

bool Causality::holds_in_log(const ChangeId& id) const noexcept {
  const auto found = devices_.find(id.device);
  return found != devices_.end() && id.number > 0 && id.number <= found->second.in_log;
}

std::optional<Lamport> Causality::lamport_of(const ChangeId& id) const noexcept {
  if (!holds(id)) return std::nullopt;
  return devices_.find(id.device)->second.lamports[id.number - 1];
}

std::vector<ChangeId> Causality::heads() const {
  std::vector<ChangeId> heads;
  for (const auto& [device, log] : devices_)
    if (log.head) heads.push_back({device, log.lamports.size()});
  return heads;
}

std::vector<ChangeId> Causality::deps_for(const DeviceId& device) const {
  auto deps = heads();
  std::erase_if(deps, [&](const ChangeId& head) { return head.device == device; });
  return deps;
}

Lamport Causality::next_lamport(const DeviceId& device) const {
  std::uint64_t greatest = 0;
  const auto consider = [&](const DeviceLog& log) { greatest = std::max(greatest, log.lamports.back().value()); };
  if (const auto own = devices_.find(device); own != devices_.end()) consider(own->second);
  for (const auto& [other, log] : devices_)
    if (log.head) consider(log);
  return Lamport(greatest + 1);
}

std::vector<ChangeId> Causality::last_changes() const {
  std::vector<ChangeId> last;
  for (const auto& [device, log] : devices_) last.push_back({device, log.lamports.size()});
  return last;
}

Status Causality::check(const Change& change) const {
  const auto held = last_number(change.device);
  if (change.number != 0 && change.number <= held) return fail(ErrorCode::already_exists, "a change with this number is held");
  if (change.number != held + 1) return missing("the change before this one of its device is not held");
  std::uint64_t greatest = held == 0 ? 0 : lamport_of({change.device, held})->value();
  for (const auto& dep : change.deps) {
    if (!holds_in_log(dep)) return missing("a change that this one names is not held");
    greatest = std::max(greatest, lamport_of(dep)->value());
  }
  if (change.lamport.value() == 0 || change.lamport.value() - 1 != greatest)
    return fail(ErrorCode::bad_clock, "expected one more than " + std::to_string(greatest));
  return ok();
}

void Causality::add(const Change& change, bool in_log) {
  auto& own = devices_[change.device];
  MUISTIO_INVARIANT(change.number == own.lamports.size() + 1);
  for (const auto& dep : change.deps)
    if (const auto found = devices_.find(dep.device); found != devices_.end() && found->second.lamports.size() == dep.number)
      found->second.head = false;
  own.lamports.push_back(change.lamport);
  own.head = true;
  if (in_log) own.in_log = own.lamports.size();
  ++change_count_;
}

Status Causality::mark_in_log(const ChangeId& id) {
  if (!holds(id)) return missing("the change is not held");
  auto& log = devices_.find(id.device)->second;
  log.in_log = std::max(log.in_log, id.number);
  return ok();
}

Bytes Causality::encode_head() const {
  Writer writer;
  writer.u8(kVersion).varint(devices_.size());
  for (const auto& [device, log] : devices_)
    writer.raw(device.view()).varint(log.lamports.size()).varint(log.lamports.size() - log.in_log).u8(log.head ? 1 : 0);
  return std::move(writer).take();
}

std::map<Causality::BlockId, Bytes> Causality::take_changed_blocks() {
  std::map<BlockId, Bytes> blocks;
  for (auto& [device, log] : devices_) {
    for (auto index = log.saved / kBlockChanges; log.saved < log.lamports.size(); ++index) {
      const auto first = index * kBlockChanges;
      const auto end = std::min<std::uint64_t>(log.lamports.size(), first + kBlockChanges);
      std::vector<std::uint64_t> steps;
      for (auto i = first; i < end; ++i)
        steps.push_back(log.lamports[i].value() - (i == first ? 0 : log.lamports[i - 1].value()) - 1);
      Writer writer;
      write_column(writer, steps);
      blocks.emplace(BlockId{device, index}, std::move(writer).take());
      log.saved = end;
    }
  }
  return blocks;
}

void Causality::change_all_blocks() noexcept {
  for (auto& [device, log] : devices_) log.saved = 0;
}

Result<Causality> Causality::decode(BytesView head, const std::map<BlockId, Bytes>& blocks) {
  Reader reader(head);
  MUISTIO_TRY(const auto version, reader.u8());
  if (version != kVersion) return fail(ErrorCode::unsupported_version, "the causal past");
  Causality made;
  std::size_t used = 0;
  MUISTIO_TRY(const auto count, reader.varint());
  for (std::uint64_t i = 0; i < count; ++i) {
    MUISTIO_TRY(const auto device, reader.fixed<DeviceId>());
    if (!made.devices_.empty() && !(made.devices_.rbegin()->first < device))
      return fail(ErrorCode::malformed, "devices out of order");
    MUISTIO_TRY(const auto changes, reader.varint());
    MUISTIO_TRY(const auto not_in_log, reader.varint_at_most(changes));
    MUISTIO_TRY(const auto is_head, reader.u8());
    if (changes == 0 || is_head > 1) return fail(ErrorCode::malformed, "a device's entry");
    auto& log = made.devices_[device];
    while (log.lamports.size() < changes) {
      const auto block = blocks.find({device, log.lamports.size() / kBlockChanges});
      if (block == blocks.end()) return fail(ErrorCode::malformed, "a block of clocks is missing");
      ++used;
      const auto wanted = static_cast<std::size_t>(std::min(kBlockChanges, changes - log.lamports.size()));
      Reader steps_reader(block->second);
      MUISTIO_TRY(const auto steps, read_column(steps_reader, wanted));
      MUISTIO_CHECK(steps_reader.finish());
      for (std::size_t k = 0; k < steps.size(); ++k) {
        const auto before = k == 0 ? 0 : log.lamports.back().value();
        if (steps[k] >= UINT64_MAX - before) return fail(ErrorCode::malformed, "a clock that is too large");
        const Lamport lamport(before + steps[k] + 1);
        if (!log.lamports.empty() && lamport <= log.lamports.back()) return fail(ErrorCode::malformed, "clocks out of order");
        log.lamports.push_back(lamport);
      }
    }
    log.in_log = changes - not_in_log;
    log.saved = changes;
    log.head = is_head == 1;
    made.change_count_ += changes;
  }
  MUISTIO_CHECK(reader.finish());
  if (used != blocks.size()) return fail(ErrorCode::malformed, "a block of clocks that belongs to nothing");
  return made;
}

bool operator==(const Causality& left, const Causality& right) {
  if (left.devices_.size() != right.devices_.size()) return false;
  return std::equal(left.devices_.begin(), left.devices_.end(), right.devices_.begin(), [](const auto& a, const auto& b) {
    return a.first == b.first && a.second.lamports == b.second.lamports && a.second.in_log == b.second.in_log &&
           a.second.head == b.second.head;
  });
}

}  // namespace muistio::replica
