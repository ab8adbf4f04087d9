// Keeping a space in the store: docs/formats/space.md, "In the store".
#include <algorithm>

#include "formats.hpp"
#include "muistio/wire/log_hash.hpp"
#include "space_state.hpp"

namespace muistio::space {
namespace {

constexpr std::size_t kDetailBytesMax = 1024;
// The most that one of each takes in a space's row, lengths included.
constexpr std::size_t kRowBytes = 2048;
constexpr std::size_t kLeafBytes = 4 + 3 + 1024;
constexpr std::size_t kProposalBytes = 3 + 255 + 8;
constexpr std::size_t kWrapBytes = 3 + 256;

constexpr std::uint8_t kHasGroup = 1;
constexpr std::uint8_t kIsFrozen = 2;
constexpr std::uint8_t kHasStaged = 4;
constexpr std::uint8_t kNeedsHistory = 8;
constexpr std::uint8_t kLeavingDevices = 16;  // those who leave are named by device; by member in older rows
constexpr std::uint8_t kFlags = 31;

Bytes epoch_row(const SpaceId& space, Epoch epoch) {
  Writer key;
  key.raw(space.view()).u64(epoch.value());
  return std::move(key).take();
}

void write_leaves(Writer& out, const std::vector<Leaf>& leaves) {
  out.varint(leaves.size());
  for (const auto& leaf : leaves) out.u32(leaf.index.value()).block(leaf.certificate.encode());
}

Result<std::vector<Leaf>> read_stored_leaves(Reader& in) {
  MUISTIO_TRY(auto count, in.varint_at_most(in.left()));
  std::vector<Leaf> leaves;
  for (std::uint64_t i = 0; i < count; ++i) {
    Leaf leaf;
    MUISTIO_TRY(auto index, in.u32());
    leaf.index = mls::LeafIndex(index);
    MUISTIO_TRY(auto certificate, in.block(1024));
    MUISTIO_TRY(leaf.certificate, DeviceCertificate::decode(certificate));
    leaf.member = leaf.certificate.member();
    leaf.device = leaf.certificate.device();
    leaves.push_back(std::move(leaf));
  }
  return leaves;
}

/// The parts of a space's row that are large: made first, so that the row's memory is taken once and no copy of a secret stays
/// behind.
struct LargeParts {
  SecretBytes group, next_group;
  Bytes charter, staged_record;
  std::size_t bytes = 0;
};

Result<LargeParts> large_parts(const Space::State& state) {
  LargeParts parts;
  parts.charter = state.charter.encode();
  if (state.group) parts.group = state.group->serialize();
  if (state.staged_record) {
    MUISTIO_TRY(parts.staged_record, wire::encode_record(state.staged_record->record));
    parts.next_group = state.staged->next.serialize();
  }
  parts.bytes = kRowBytes + parts.charter.size() + parts.group.size() + parts.staged_record.size() + parts.next_group.size() +
                state.leaves.size() * kLeafBytes + state.leaving.size() * MemberId::size_bytes +
                state.leaving_proposals.size() * kProposalBytes + state.loose_wraps.size() * kWrapBytes;
  return parts;
}

void write_staged(Writer& out, const StagedHandshake& record, const Staged& staged, const LargeParts& parts) {
  const auto& next = parts.next_group;
  out.block(parts.staged_record).u64(record.epoch.value()).u64(record.last_handshake_seq.value());
  out.block(next.expose()).raw(staged.next_key.expose()).raw(staged.commit_hash.view());
}

Status read_staged(Reader& in, Space::State& state) {
  StagedHandshake record;
  MUISTIO_TRY(auto encoded, in.block(in.left()));
  MUISTIO_TRY(record.record, wire::decode_record(encoded));
  record.record_hash = wire::record_hash(encoded);
  MUISTIO_TRY(auto epoch, in.u64());
  record.epoch = Epoch(epoch);
  MUISTIO_TRY(auto seq, in.u64());
  record.last_handshake_seq = Seq(seq);
  MUISTIO_TRY(auto next_bytes, in.block(in.left()));
  MUISTIO_TRY(auto next, mls::Group::deserialize(next_bytes));
  MUISTIO_TRY(auto key_bytes, in.take(ContentKey::size_bytes));
  MUISTIO_TRY(auto key, ContentKey::from_bytes(key_bytes));
  MUISTIO_TRY(auto commit_hash, in.fixed<Hash>());
  state.staged.emplace(Staged{std::move(next), std::move(key), commit_hash});
  state.staged_record = std::move(record);
  return ok();
}

Result<SecretBytes> encode_state(const Space::State& state) {
  MUISTIO_TRY(const auto parts, large_parts(state));
  Writer out;
  out.reserve(parts.bytes);
  out.u8(static_cast<std::uint8_t>((state.group ? kHasGroup : 0) | (state.frozen ? kIsFrozen : 0) |
                                   (state.staged_record ? kHasStaged : 0) | (state.needs_history ? kNeedsHistory : 0) |
                                   kLeavingDevices));
  const auto seed = state.auth_key.seed();
  out.raw(seed.expose()).block(parts.charter).u64(state.epoch.value()).u64(state.last_handshake.value());
  out.u64(state.joined_at.value()).raw(state.roll_hash.view()).raw(state.older_check.view());
  write_leaves(out, state.leaves);
  out.varint(state.leaving.size());
  for (const auto& device : state.leaving) out.raw(device.view());
  out.varint(state.leaving_proposals.size());
  for (const auto& proposal : state.leaving_proposals)
    out.block(proposal.ref.data).u32(proposal.proposer.value()).u32(proposal.leaf.value());
  out.varint(state.loose_wraps.size());
  for (const auto& wrap : state.loose_wraps) out.block(wrap.encode());
  if (state.frozen) {
    out.u16(static_cast<std::uint16_t>(state.frozen->code));
    out.block(as_bytes(std::string_view(state.frozen->detail).substr(0, kDetailBytesMax)));
  }
  if (state.group) out.block(parts.group.expose());
  if (state.staged_record) write_staged(out, *state.staged_record, *state.staged, parts);
  MUISTIO_INVARIANT(out.size() <= parts.bytes);
  return encode_secret_format(Format::space, std::move(out));
}

Result<std::unique_ptr<Space::State>> decode_state(BytesView bytes, const SpaceId& id, std::shared_ptr<const DeviceKeys> keys) {
  MUISTIO_TRY(auto plain, decode_format(Format::space, bytes, bytes.size()));
  const SecretBytes body(std::move(plain));
  Reader in(body.expose());
  MUISTIO_TRY(auto flags, in.u8());
  if ((flags & ~kFlags) != 0) return fail(ErrorCode::malformed, "an unknown flag");
  MUISTIO_TRY(auto seed_bytes, in.take(32));
  MUISTIO_TRY(auto seed, Secret<32>::from_bytes(seed_bytes));
  auto state = std::make_unique<Space::State>(id, std::move(keys), crypto::SigningKey::from_seed(seed));
  MUISTIO_TRY(auto charter, in.block(in.left()));
  MUISTIO_TRY(state->charter, Charter::decode(charter));
  MUISTIO_TRY(auto epoch, in.u64());
  state->epoch = Epoch(epoch);
  MUISTIO_TRY(auto last_handshake, in.u64());
  state->last_handshake = Seq(last_handshake);
  MUISTIO_TRY(auto joined_at, in.u64());
  state->joined_at = Seq(joined_at);
  MUISTIO_TRY(state->roll_hash, in.fixed<Hash>());
  MUISTIO_TRY(state->older_check, in.fixed<KeyCheck>());
  state->needs_history = (flags & kNeedsHistory) != 0;
  MUISTIO_TRY(auto leaves, read_stored_leaves(in));
  state->set_leaves(std::move(leaves));
  MUISTIO_TRY(auto leaving, in.varint_at_most(in.left()));
  for (std::uint64_t i = 0; i < leaving; ++i) {
    if ((flags & kLeavingDevices) != 0) {
      MUISTIO_TRY(auto device, in.fixed<DeviceId>());
      state->leaving.insert(device);
      continue;
    }
    MUISTIO_TRY(auto member, in.fixed<MemberId>());
    for (const auto& leaf : state->leaves)
      if (leaf.member == member) state->leaving.insert(leaf.device);
  }
  MUISTIO_TRY(auto proposals, in.varint_at_most(in.left()));
  for (std::uint64_t i = 0; i < proposals; ++i) {
    MUISTIO_TRY(auto ref, in.block(255));
    MUISTIO_TRY(auto proposer, in.u32());
    MUISTIO_TRY(auto leaf, in.u32());
    state->leaving_proposals.push_back({mls::ProposalRef{to_bytes(ref)}, mls::LeafIndex(proposer), mls::LeafIndex(leaf)});
  }
  MUISTIO_TRY(auto wraps, in.varint_at_most(in.left()));
  for (std::uint64_t i = 0; i < wraps; ++i) {
    MUISTIO_TRY(auto wrap_bytes, in.block(256));
    MUISTIO_TRY(auto wrap, Keywrap::decode(wrap_bytes));
    state->loose_wraps.push_back(std::move(wrap));
  }
  if ((flags & kIsFrozen) != 0) {
    MUISTIO_TRY(auto code, in.u16());
    MUISTIO_TRY(auto detail, in.block(kDetailBytesMax));
    state->frozen = Error{static_cast<ErrorCode>(code), std::string(as_text(detail))};
  }
  if ((flags & kHasGroup) != 0) {
    MUISTIO_TRY(auto group_bytes, in.block(in.left()));
    MUISTIO_TRY(auto group, mls::Group::deserialize(group_bytes));
    state->group.emplace(std::move(group));
  }
  if ((flags & kHasStaged) != 0) MUISTIO_CHECK(read_staged(in, *state));
  MUISTIO_CHECK(in.finish());
  return state;
}

SecretBytes encode_epoch(const EpochKeys& keys) {
  Writer out;
  out.reserve(1 + Hash::size_bytes + ContentKey::size_bytes);
  out.u8(keys.key ? 1 : 0).raw(keys.commit_hash.view());
  if (keys.key) out.raw(keys.key->expose());
  return encode_secret_format(Format::epoch, std::move(out));
}

Result<EpochKeys> decode_epoch(BytesView bytes) {
  MUISTIO_TRY(auto plain, decode_format(Format::epoch, bytes, bytes.size()));
  const SecretBytes body(std::move(plain));
  Reader in(body.expose());
  EpochKeys keys;
  MUISTIO_TRY(auto has_key, in.u8());
  if (has_key > 1) return fail(ErrorCode::malformed, "an unknown flag");
  MUISTIO_TRY(keys.commit_hash, in.fixed<Hash>());
  if (has_key == 1) {
    MUISTIO_TRY(auto key_bytes, in.take(ContentKey::size_bytes));
    MUISTIO_TRY(keys.key, ContentKey::from_bytes(key_bytes));
  }
  MUISTIO_CHECK(in.finish());
  keys.dirty = false;
  return keys;
}

}  // namespace

Result<Space> Space::load(const store::Rows& rows, const SpaceId& id, std::shared_ptr<const DeviceKeys> keys) {
  MUISTIO_TRY(auto row, rows.get(store::Table::group, id.view()));
  if (!row) return fail(ErrorCode::not_found, "the space");
  MUISTIO_TRY(auto state, decode_state(*row, id, std::move(keys)));
  wipe(*row);
  MUISTIO_TRY(auto roll, rows.get(store::Table::charter, id.view()));
  if (!roll) return fail(ErrorCode::malformed, "a space without its roll");
  MUISTIO_TRY(state->roll, Roll::decode_stored(*roll));
  MUISTIO_TRY(auto epochs, rows.all(store::Table::epoch_key, id.view()));
  for (auto& epoch_row_read : epochs) {
    Reader key(BytesView(epoch_row_read.key).subspan(SpaceId::size_bytes));
    MUISTIO_TRY(auto epoch, key.u64());
    MUISTIO_TRY(auto epoch_keys, decode_epoch(epoch_row_read.value));
    wipe(epoch_row_read.value);
    state->epochs.emplace(Epoch(epoch), std::move(epoch_keys));
  }
  MUISTIO_TRY(auto audiences, rows.all(store::Table::audience, id.view()));
  for (auto& row_read : audiences) {
    MUISTIO_TRY(auto audience, AudienceId::from_bytes(BytesView(row_read.key).subspan(SpaceId::size_bytes)));
    MUISTIO_TRY(auto secret, AudienceSecret::from_bytes(row_read.value));
    wipe(row_read.value);
    state->audiences[audience] = {std::move(secret), false};
  }
  state->dirty = state->roll_dirty = false;
  return Space(std::move(state));
}

Status Space::save(store::Transaction& transaction) {
  auto& state = *state_;
  if (state.dirty) {
    MUISTIO_TRY(auto encoded, encode_state(state));
    transaction.forget_replaced();  // keys of messages, of the epoch before, of a staged commit
    MUISTIO_CHECK(transaction.put(store::Table::group, state.id.view(), encoded.expose()));
  }
  if (state.roll_dirty) MUISTIO_CHECK(transaction.put(store::Table::charter, state.id.view(), state.roll.encode()));
  for (auto& [epoch, keys] : state.epochs) {
    if (!keys.dirty) continue;
    const auto encoded = encode_epoch(keys);
    MUISTIO_CHECK(transaction.put(store::Table::epoch_key, epoch_row(state.id, epoch), encoded.expose()));
  }
  for (auto& [audience, narrow] : state.audiences) {
    if (!narrow.dirty) continue;
    auto key = to_bytes(state.id.view());
    append(key, audience.view());
    MUISTIO_CHECK(transaction.put(store::Table::audience, key, narrow.secret.expose()));
  }
  state.dirty = state.roll_dirty = false;
  for (auto& [audience, narrow] : state.audiences) narrow.dirty = false;
  for (auto& [epoch, keys] : state.epochs) keys.dirty = false;
  return ok();
}

Status Space::erase(store::Transaction& transaction, const SpaceId& id) {
  transaction.forget_replaced();
  for (auto table : {store::Table::group, store::Table::charter, store::Table::epoch_key, store::Table::audience,
                     store::Table::log_hash, store::Table::chain}) {
    if (auto erased = transaction.erase_prefix(table, id.view()); !erased) return fail(std::move(erased).error());
  }
  return ok();
}

}  // namespace muistio::space
