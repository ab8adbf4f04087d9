#include "evil_log.hpp"

#include <algorithm>

#include "muistio/base/reader.hpp"
#include "muistio/mls/key_package.hpp"
#include "muistio/space/charter.hpp"
#include "muistio/space/handshake_record.hpp"
#include "muistio/space/identity.hpp"
#include "muistio/wire/envelope.hpp"
#include "muistio/wire/record.hpp"

namespace muistio::evil {
namespace {

bool is_content(const Bytes& record) {
  const auto read = wire::decode_record(record);
  return read && read->kind == wire::RecordKind::content;
}

constexpr std::uint64_t kJoinRequestEnvelope = 21;

}  // namespace

EvilLog::EvilLog(server::Log& log, server::Log* other, Attack attack, Random& random, const Clock& clock)
    : log_(log), other_(other), attack_(attack), random_(random), clock_(clock) {}

server::Log& EvilLog::of(const wire::AuthKey& key) {
  if (other_ == nullptr || attack_ != Attack::fork_members) return log_;
  if (key == wire::AuthKey{}) return log_;
  if (!first_) first_ = key;
  return key == *first_ ? log_ : *other_;
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

Result<server::LogPlace> EvilLog::append(const SpaceId& space, const wire::AuthKey& key, Seq last_handshake_seq, BytesView encoded,
                                         const wire::Record& record, std::uint64_t log_bytes_max) {
  spaces_.insert(space);
  authors_.insert(key);
  if (attack_ == Attack::flip_keywrap && record.kind == wire::RecordKind::handshake) {
    if (const auto read = space::HandshakeRecord::decode(record.bytes); read && read->keywrap) {
      // The wrapped key ends the record's bytes; what the engine fans out is the same memory as what is logged.
      const auto place = std::search(encoded.begin(), encoded.end(), read->keywrap->begin(), read->keywrap->end());
      if (place != encoded.end()) {
        const auto last = static_cast<std::size_t>(place - encoded.begin()) + read->keywrap->size() - 1;
        const_cast<std::uint8_t*>(encoded.data())[last] ^= 1;
        changed(1, 1);
      }
    }
  }
  if (attack_ == Attack::fork_members) changed(1, encoded.size());
  auto placed = of(key).append(space, key, last_handshake_seq, encoded, record, log_bytes_max);
  if (placed && attack_ == Attack::other_acknowledgement) {
    placed->log_hash.mutable_array()[0] ^= 1;
    changed(1, Hash::size_bytes);
  }
  return placed;
}

Status EvilLog::post(const SpaceId& space, const wire::InboxItem& item) {
  posted_[space].push_back(item);
  return log_.post(space, item);
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

Result<server::SpaceState> EvilLog::state(const SpaceId& space) {
  spaces_.insert(space);
  MUISTIO_TRY(auto state, of(asker_).state(space));
  if (attack_ != Attack::delay_record || authors_.contains(asker_) || state.head.value() < 2) return state;
  state.head = Seq(state.head.value() - 1);
  state.last_handshake_seq = std::min(state.last_handshake_seq, state.head);
  MUISTIO_TRY(state.log_hash, log_.log_hash(space, state.head));
  changed(1, 0);
  return state;
}

Result<std::optional<server::Access>> EvilLog::access(const SpaceId& space, const wire::AuthKey& key) {
  asker_ = key;
  MUISTIO_TRY(auto access, of(key).access(space, key));
  if (attack_ == Attack::claim_removed && access && access->from != Seq(0)) {
    MUISTIO_TRY(const auto state, log_.state(space));
    access->until = state.head;
    changed(1, 0);
  }
  if (attack_ == Attack::claim_added && !access && log_.state(space)) {
    access = server::Access{Seq(1), Seq(0)};
    changed(1, 0);
  }
  return access;
}

Result<Hash> EvilLog::log_hash(const SpaceId& space, Seq seq) { return of(asker_).log_hash(space, seq); }

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
  MUISTIO_TRY(auto records, of(asker_).fetch(space, from, to, bytes_max));
  bend(space, records);
  return records;
}

// A request with the server's own identity, as complete as one that knew the link's secret, but for the seal.
Bytes EvilLog::forged_request() {
  const auto identity = space::Identity::generate(random_);
  const auto keys = space::DeviceKeys::generate(identity, random_);
  mls::LeafConfig leaf;
  leaf.credential = keys.certificate().encode();
  leaf.capabilities.extensions = {static_cast<mls::ExtensionType>(space::kCharterExtension)};
  const auto now = static_cast<std::uint64_t>(clock_.wall().value() / 1000);
  leaf.lifetime.not_before = now - 3600;
  leaf.lifetime.not_after = now + 3600 * 24 * 30;
  auto package = mls::generate_key_package(leaf, keys.signing_key(), random_);
  if (!package) return {};
  Writer body;
  body.block(as_bytes("Aave")).block(package->key_package.message()).raw(random_.make<wire::AuthKey>().view()).raw(Bytes(16, 0));
  return wire::encode_envelope(kJoinRequestEnvelope, 1, body.bytes());
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
  if (attack_ == Attack::swap_key_package) {
    for (auto& item : items) {
      item.request = forged_request();
      changed(1, item.request.size());
    }
  }
  return items;
}

Result<std::optional<std::uint64_t>> EvilLog::attachment_size(const SpaceId& space, const AttachmentId& attachment) {
  return log_.attachment_size(space, attachment);
}

}  // namespace muistio::evil
