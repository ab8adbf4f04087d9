// Sealing and opening batches (R7).
#include <set>

#include "muistio/base/planted.hpp"
#include "muistio/crypto/hash.hpp"
#include "space_state.hpp"

namespace muistio::space {
namespace {

/// The chain of a device for an audience: index and prev follow what is held (R7). Yields whether the batch is held already.
Result<bool> check_chain(const LogFacts& facts, const DeviceId& device, const BatchContent& content, const Hash& hash) {
  MUISTIO_TRY(auto end, facts.chain_end(device, content.audience));
  if (MUISTIO_PLANTED("chain")) return false;
  if (content.index == BatchIndex(0)) return fail(ErrorCode::broken_chain, "a batch without an index");
  if (content.index <= end.index) {
    MUISTIO_TRY(auto held, facts.content_hash(device, content.audience, content.index));
    if (held == hash) return true;
    return fail(ErrorCode::equivocation);
  }
  if (content.index != end.index.next()) return fail(ErrorCode::broken_chain, "an index was left out");
  if (content.prev != end.content_hash) return fail(ErrorCode::broken_chain, "prev is not the batch before");
  return false;
}

Status check_seen(const LogFacts& facts, const Seen& seen, Seq seq) {
  if (seen.seq >= seq) return fail(ErrorCode::bad_seen, "a place not before the batch");
  MUISTIO_TRY(auto held, facts.log_hash(seen.seq));
  if (held != seen.log_hash && !MUISTIO_PLANTED("seen")) return fail(ErrorCode::bad_seen, "another log");
  return ok();
}

}  // namespace

Result<AudienceSecret> Space::State::audience_secret(const AudienceId& audience, Epoch epoch_of_batch) const {
  const auto born = era_of(audience);
  if (!born) {
    const auto narrow = audiences.find(audience);
    if (narrow == audiences.end()) return fail(ErrorCode::not_in_audience);
    return narrow->second.secret.clone();
  }
  const auto now = roll.era_of(epoch_of_batch);
  if (!now) return fail(ErrorCode::unknown_epoch);
  if (*born == *now) return AudienceSecret{};
  if (*now < *born) return fail(ErrorCode::malformed, "an audience of an era to come");
  const auto last = roll.last_epoch_of(*born);
  const auto* era_key = last ? key_of(*last) : nullptr;
  if (era_key == nullptr) return fail(ErrorCode::not_in_audience);
  return era_key->clone();
}

Result<Bytes> Space::seal_batch(const BatchContent& content, const Seen& seen, Random& random) const {
  MUISTIO_CHECK(state_->check_usable());
  if (content.deflated.size() > kDeflatedBytesMax) return fail(ErrorCode::too_large, "a batch's deflated payload");
  const auto* key = state_->key_of(state_->epoch);
  MUISTIO_INVARIANT(key != nullptr);  // every epoch that this device was in has its key
  MUISTIO_TRY(auto audience, state_->audience_secret(content.audience, state_->epoch));
  return space::seal_batch(state_->id, state_->epoch, *key, audience, content, seen, state_->keys->signing_key(), random);
}

Result<Bytes> Space::seal_hand_in(BytesView payload, Random& random) const {
  const auto& state = *state_;
  std::vector<HandInRecipient> hosts;
  for (const auto& leaf : state.leaves)
    if (state.charter.role_of(leaf.member) == Role::host && hosts.size() < kHandInRecipientsMax)
      hosts.push_back({leaf.device, leaf.certificate.device_wrap_pub});
  return space::seal_hand_in(state.id, *state.keys, hosts, payload, random);
}

Result<Bytes> Space::seal_for(std::span<const MemberId> members, BytesView payload, Random& random) const {
  const auto& state = *state_;
  if (!state.group) return fail(ErrorCode::removed);
  std::set<MemberId> wanted(members.begin(), members.end());
  wanted.insert(state.keys->member());
  std::vector<HandInRecipient> recipients;
  std::set<MemberId> found;
  for (const auto& leaf : state.leaves) {
    if (wanted.count(leaf.member) == 0) continue;
    found.insert(leaf.member);
    recipients.push_back({leaf.device, leaf.certificate.device_wrap_pub});
  }
  if (found != wanted) return fail(ErrorCode::not_found, "no such member");
  return space::seal_hand_in(state.id, *state.keys, recipients, payload, random);
}

Result<HandIn> Space::open_hand_in(BytesView bytes) const {
  const auto& state = *state_;
  MUISTIO_TRY(auto header, read_hand_in(bytes));
  if (header.space != state.id) return fail(ErrorCode::invalid_argument, "it was handed in to another club");
  const auto* author = state.roll.last_of(header.device);
  if (author == nullptr) return fail(ErrorCode::unknown_device);
  MUISTIO_TRY(auto payload, space::open_hand_in(bytes, author->device_sig_pub, *state.keys));
  return HandIn{author->member, header.device, crypto::sha256(bytes), std::move(payload)};
}

Hash Space::own_content_hash(const BatchContent& content) const { return content_hash(state_->id, own_device(), content); }

Result<Space::State::Opened> Space::State::open(Seq seq, const BatchRecord& batch) const {
  const auto& state = *this;
  const auto& header = batch.header;
  if (header.space != state.id) return fail(ErrorCode::malformed, "a batch of another space");

  const auto in_force = state.roll.in_force_at(seq);  // epoch
  if (!in_force || state.epoch < header.epoch) return fail(ErrorCode::unknown_epoch);
  if (header.epoch != *in_force && !MUISTIO_PLANTED("epoch")) return fail(ErrorCode::stale_epoch);
  const auto* key = state.key_of(header.epoch);
  if (key == nullptr) return fail(ErrorCode::unknown_epoch);
  MUISTIO_TRY(auto audience, state.audience_secret(header.audience, header.epoch));  // audience

  auto opened = space::open_batch(batch, *key, audience);  // commitment, AEAD, padding
  if (!opened) return fail(std::move(opened).error());
  return Opened{std::move(*opened), state.roll.find(opened->device, header.epoch)};
}

Result<OpenedBatch> Space::State::verify(const BatchHeader& header, const Opened& opened) const {
  const auto& [plaintext, author] = opened;
  const auto& content = plaintext.content;
  if (author == nullptr) return fail(ErrorCode::unknown_device);  // device
  MUISTIO_CHECK(verify_batch(header, plaintext, author->device_sig_pub));

  OpenedBatch result;
  result.device = plaintext.device;
  result.member = author->member;
  result.role = author->role;
  result.epoch = header.epoch;
  result.audience = content.audience;
  result.index = content.index;
  result.prev = content.prev;
  result.content_hash = content_hash(id, plaintext.device, content);
  result.seen = plaintext.seen;
  result.kind = content.kind;
  return result;
}

Result<OpenedBatch> Space::open_batch(Seq seq, BytesView record_bytes, const LogFacts& facts) {
  MUISTIO_TRY(const auto batch, read_batch(record_bytes));  // size
  MUISTIO_TRY(const auto opened, state_->open(seq, batch));
  MUISTIO_TRY(auto result, state_->verify(batch.header, opened));
  const auto& content = opened.plaintext.content;
  MUISTIO_TRY(result.duplicate, check_chain(facts, result.device, content, result.content_hash));
  if (result.duplicate) return result;
  MUISTIO_CHECK(check_seen(facts, result.seen, seq));
  MUISTIO_TRY(result.payload, inflate(content.deflated));
  return result;
}

Result<std::optional<OpenedBatch>> Space::look_ahead(Seq seq, BytesView record_bytes, PayloadKind kind) const {
  MUISTIO_TRY(const auto batch, read_batch(record_bytes));
  MUISTIO_TRY(const auto opened, state_->open(seq, batch));
  if (opened.plaintext.content.kind != kind) return std::optional<OpenedBatch>();
  MUISTIO_TRY(auto result, state_->verify(batch.header, opened));
  MUISTIO_TRY(result.payload, inflate(opened.plaintext.content.deflated));
  return std::optional(std::move(result));
}

}  // namespace muistio::space
