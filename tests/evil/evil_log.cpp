#include "evil_log.hpp"

#include <algorithm>

#include "muistio/space/batch.hpp"
#include "muistio/space/content_keys.hpp"
#include "muistio/space/handshake_record.hpp"
#include "muistio/wire/envelope.hpp"
#include "muistio/wire/record.hpp"

namespace muistio::evil {
namespace {

constexpr std::uint64_t kJoinRequestEnvelope = 21, kDeviceAskEnvelope = 27, kDeviceAnswerEnvelope = 28, kRejoinRequestEnvelope = 29,
                        kRecoveryBoxEnvelope = 30;

bool is_content(const Bytes& record) {
  const auto read = wire::decode_record(record);
  return read && read->kind == wire::RecordKind::content;
}

bool is_envelope(BytesView bytes, std::uint64_t kind) {
  const auto read = wire::decode_envelope(bytes);
  return read && read->kind == kind;
}

}  // namespace

EvilLog::EvilLog(server::Log& log, server::Log* other, Attack attack, Random& random, const Clock& clock, AtRest at_rest,
                 Known known)
    : log_(log), other_(other), attack_(attack), forger_(random, clock), at_rest_(std::move(at_rest)), known_(std::move(known)) {}

server::Log& EvilLog::of(const SpaceId& space, const wire::AuthKey& key) {
  if (other_ == nullptr || attack_ != Attack::fork_members) return log_;
  const auto first = first_.find(space);
  return first == first_.end() || key == first->second ? log_ : *other_;
}

Status EvilLog::begin() {
  if (other_ != nullptr) MUISTIO_CHECK(other_->begin());
  return log_.begin();
}
Status EvilLog::commit() {
  if (other_ != nullptr) MUISTIO_CHECK(other_->commit());
  return log_.commit();
}
void EvilLog::rollback() noexcept {
  if (other_ != nullptr) other_->rollback();
  log_.rollback();
}

Status EvilLog::create_space(const SpaceId& space, const wire::AuthKey& first_key) {
  spaces_.insert(space);
  if (other_ != nullptr) MUISTIO_CHECK(other_->create_space(space, first_key));
  return log_.create_space(space, first_key);
}

// Bends what is about to be logged; what the engine fans out is the same memory. Returns the bytes that were bent.
std::size_t EvilLog::flip(const wire::AuthKey& key, BytesView encoded, const wire::Record& record) {
  const auto flip_last_of = [&](BytesView part) -> std::size_t {
    const auto place = std::search(encoded.begin(), encoded.end(), part.begin(), part.end());
    if (place == encoded.end()) return 0;
    const_cast<std::uint8_t*>(encoded.data())[static_cast<std::size_t>(place - encoded.begin()) + part.size() - 1] ^= 1;
    return 1;
  };
  std::optional<space::ContentKind> kind;
  if (record.kind == wire::RecordKind::content) kind = space::content_kind(record.bytes).value_or(std::nullopt);
  const bool is_batch = kind && *kind == space::ContentKind::batch;
  if (attack_ == Attack::flip_batch && is_batch && !authors_.contains(key)) return flip_last_of(record.bytes);
  if (attack_ != Attack::flip_keywrap) return 0;
  if (kind && *kind == space::ContentKind::keywrap) {
    const auto wrap = space::Keywrap::decode(record.bytes);
    return wrap && mended_.insert(wrap->epoch).second ? flip_last_of(record.bytes) : 0;
  }
  if (record.kind != wire::RecordKind::handshake) return 0;
  const auto read = space::HandshakeRecord::decode(record.bytes);
  return read && read->keywrap ? flip_last_of(*read->keywrap) : 0;
}

void EvilLog::note_append(const SpaceId& space, const wire::AuthKey& key, const server::LogPlace& placed, std::size_t bytes) {
  if (attack_ == Attack::fork_members && placed.is_new) unshown_[{space, &of(space, key) == &log_}] += {1, bytes};
  if (attack_ != Attack::delay_record) return;
  if (placed.is_new)
    newest_[space] = placed.seq;
  else if (withheld_.erase({{space, key}, placed.seq}) != 0)
    damage_.records -= 1;  // it gives the record back: it had it already
}

Result<server::LogPlace> EvilLog::append(const SpaceId& space, const wire::AuthKey& key, Seq last_handshake_seq, BytesView encoded,
                                         const wire::Record& record, std::uint64_t log_bytes_max) {
  spaces_.insert(space);
  const auto bent = flip(key, encoded, record);
  if (attack_ != Attack::flip_batch || bent != 0) authors_.insert(key);
  auto placed = of(space, key).append(space, key, last_handshake_seq, encoded, record, log_bytes_max);
  if (!placed) return placed;
  note_append(space, key, *placed, encoded.size());
  if (bent != 0) changed(1, bent);
  if (attack_ == Attack::other_acknowledgement) {
    placed->log_hash.mutable_array()[0] ^= 1;
    changed(1, Hash::size_bytes);
  }
  return placed;
}

Status EvilLog::post(const SpaceId& space, const wire::InboxItem& item) {
  MUISTIO_CHECK(log_.post(space, item));
  posted_[space].push_back(item);
  if (is_envelope(item.request, kDeviceAskEnvelope)) ask_ = item.request;
  return ok();
}
Status EvilLog::withdraw(const SpaceId& space, const InvitationId& invitation, const wire::AuthKey& key) {
  return log_.withdraw(space, invitation, key);
}
Status EvilLog::delete_inbox_item(const SpaceId& space, const Hash& item) { return log_.delete_inbox_item(space, item); }
Status EvilLog::reserve_attachment(const SpaceId& space, const AttachmentId& attachment, std::uint64_t size,
                                   std::uint64_t attachment_bytes_max) {
  return log_.reserve_attachment(space, attachment, size, attachment_bytes_max);
}
Status EvilLog::forget_attachment(const SpaceId& space, const AttachmentId& attachment) {
  return log_.forget_attachment(space, attachment);
}

void EvilLog::tell_at_rest(const SpaceId& space) {
  if (const auto told = at_rest_.logs.extract(space)) damage_ += told.mapped();
}

// The records of the other log are kept from this reader, as those of this log are from the readers of that one.
void EvilLog::tell_fork(const SpaceId& space) {
  if (const auto told = unshown_.extract({space, &of(space, asker_) != &log_})) damage_ += told.mapped();
}

Status EvilLog::tell_delay(const SpaceId& space, server::SpaceState& state) {
  const auto newest = newest_.find(space);
  if (newest == newest_.end() || newest->second != state.head || authors_.contains(asker_)) return ok();
  if (withheld_.insert({{space, asker_}, state.head}).second) changed(1, 0);
  state.head = Seq(state.head.value() - 1);
  state.last_handshake_seq = std::min(state.last_handshake_seq, state.head);
  MUISTIO_TRY(state.log_hash, log_.log_hash(space, state.head));
  return ok();
}

Result<server::SpaceState> EvilLog::state(const SpaceId& space) {
  spaces_.insert(space);
  MUISTIO_TRY(auto state, of(space, asker_).state(space));
  if (is_claimed_ && claimed_.insert({space, asker_}).second) changed(1, 0);
  if (!may_read_) return state;
  tell_at_rest(space);
  if (attack_ == Attack::fork_members) tell_fork(space);
  if (attack_ == Attack::delay_record) MUISTIO_CHECK(tell_delay(space, state));
  return state;
}

Result<std::optional<server::Access>> EvilLog::access(const SpaceId& space, const wire::AuthKey& key) {
  asker_ = key;
  is_claimed_ = false;
  if (attack_ == Attack::fork_members && !first_.contains(space)) {
    MUISTIO_TRY(const auto held, log_.access(space, key));
    if (held) first_[space] = key;
  }
  MUISTIO_TRY(auto access, of(space, key).access(space, key));
  may_read_ = access && access->until == Seq(0);
  if (attack_ == Attack::claim_removed && may_read_ && access->from != Seq(0)) {
    MUISTIO_TRY(const auto state, log_.state(space));
    access->until = state.head;
    is_claimed_ = true;
  }
  if (attack_ == Attack::claim_added && !access && log_.state(space)) {
    access = server::Access{Seq(1), Seq(0)};
    is_claimed_ = true;
  }
  return access;
}

Result<Hash> EvilLog::log_hash(const SpaceId& space, Seq seq) { return of(space, asker_).log_hash(space, seq); }

void EvilLog::bend(const SpaceId& space, std::vector<Bytes>& records) {
  if (records.empty()) return;
  auto& last = records.back();
  switch (attack_) {
    case Attack::drop_record:
      if (records.size() < 2 || !is_content(last)) return;
      last = records[records.size() - 2];
      return changed(1, last.size());
    case Attack::duplicate_record:
      if (records.size() < 2) return;
      records.insert(records.begin() + 1, records.front());
      records.pop_back();
      return changed(1, records.front().size());
    case Attack::reorder_records:
      if (records.size() < 2) return;
      std::swap(last, records[records.size() - 2]);
      return changed(2, last.size());
    case Attack::flip_record:
      last.back() ^= 1;
      return changed(1, 1);
    case Attack::mix_spaces:
      for (const auto& other : spaces_) {
        if (other == space) continue;
        auto foreign = log_.fetch(other, Seq(1), Seq(1), 1u << 20);
        if (!foreign || foreign->empty()) continue;
        last = foreign->front();
        return changed(1, last.size());
      }
      return;
    default:
      return;
  }
}

Result<std::vector<Bytes>> EvilLog::fetch(const SpaceId& space, Seq from, Seq to, std::size_t bytes_max) {
  MUISTIO_TRY(auto records, of(space, asker_).fetch(space, from, to, bytes_max));
  // With one byte the engine only asks whether there is anything: it hands none of it out.
  if (bytes_max > 1) bend(space, records);
  return records;
}

Result<std::vector<wire::InboxItem>> EvilLog::inbox(const SpaceId& space) {
  MUISTIO_TRY(auto items, log_.inbox(space));
  if (attack_ == Attack::ghost_device) {
    for (const auto& item : posted_[space]) {
      if (std::any_of(items.begin(), items.end(), [&](const auto& held) { return held.id == item.id; })) continue;
      changed(1, item.request.size());
      items.push_back(item);
    }
  }
  for (auto& item : items) {
    const bool is_join = attack_ == Attack::swap_key_package && is_envelope(item.request, kJoinRequestEnvelope);
    const bool is_rejoin = attack_ == Attack::swap_identity_in_rejoin && is_envelope(item.request, kRejoinRequestEnvelope);
    if (!is_join && !is_rejoin) continue;
    item.request = is_join ? forger_.join_request() : forger_.rejoin_request(space);
    changed(1, item.request.size());
  }
  return items;
}

Result<std::vector<Bytes>> EvilLog::boxes(const wire::BoxLocator& locator) {
  MUISTIO_TRY(auto boxes, log_.boxes(locator));
  const auto bent = attack_ == Attack::flip_box ? kRecoveryBoxEnvelope : kDeviceAnswerEnvelope;
  bool has_boxes = false;
  for (auto& box : boxes) {
    has_boxes = has_boxes || is_envelope(box, kRecoveryBoxEnvelope);
    if (attack_ == Attack::swap_identity_in_answer && is_envelope(box, kDeviceAnswerEnvelope)) {
      box = forger_.device_answer(known_.device_link, ask_);
      changed(1, box.size());
    }
    if ((attack_ != Attack::flip_box && attack_ != Attack::flip_answer) || !is_envelope(box, bent)) continue;
    box.back() ^= 1;
    changed(1, 1);
  }
  if (attack_ == Attack::swap_identity_in_box && has_boxes) {
    boxes.push_back(forger_.recovery_box(known_.boxes));
    changed(1, boxes.back().size());
  }
  return boxes;
}

Result<std::optional<std::uint64_t>> EvilLog::attachment_size(const SpaceId& space, const AttachmentId& attachment) {
  if (const auto told = at_rest_.attachments.extract(attachment)) damage_ += told.mapped();
  return log_.attachment_size(space, attachment);
}

}  // namespace muistio::evil
