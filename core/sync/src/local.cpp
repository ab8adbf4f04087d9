// What works without a network: identity, spaces, edits, wishes.
#include <algorithm>

#include "impl.hpp"

namespace muistio::sync {

using store::Table;

namespace {
const Bytes kIdentityKey = to_bytes(as_bytes("identity"));
const Bytes kDeviceKey = to_bytes(as_bytes("device"));
const Bytes kPhraseKey = to_bytes(as_bytes("phrase"));
const Bytes kNameKey = to_bytes(as_bytes("name"));
const Bytes kRecoveryKey = to_bytes(as_bytes("recovery"));
constexpr std::size_t kSurelyFitsBytes = 128 * wire::limits::kKiB;
}  // namespace

Status Engine::Impl::load_identity() {
  MUISTIO_TRY(auto seed, store.get(Table::identity, kIdentityKey));
  if (!seed) return ok();
  MUISTIO_TRY(auto secret, Secret<32>::from_bytes(*seed));
  wipe(*seed);
  MUISTIO_TRY(auto device, store.get(Table::device, kDeviceKey));
  if (!device) return fail(ErrorCode::corrupt, "an identity without a device");
  MUISTIO_TRY(auto decoded, space::DeviceKeys::decode(*device));
  wipe(*device);
  identity = space::Identity::from_seed(secret);
  keys = std::make_shared<const space::DeviceKeys>(std::move(decoded));
  return ok();
}

Status Engine::Impl::make_identity() {
  if (keys) return fail(ErrorCode::already_exists, "the identity");
  if (linking) return fail(ErrorCode::invalid_state, "this home waits to become a device of somebody");
  const auto phrase = space::Phrase::generate(random);
  auto made = phrase.identity();
  auto device = space::DeviceKeys::generate(made, random);
  MUISTIO_TRY(auto transaction, store.begin());
  MUISTIO_CHECK(put_identity(transaction, made, device));
  MUISTIO_CHECK(put_phrase(transaction, phrase));
  MUISTIO_CHECK(transaction.commit());
  identity = std::move(made);
  keys = std::make_shared<const space::DeviceKeys>(std::move(device));
  return ok();
}

Status Engine::Impl::put_identity(store::Transaction& transaction, const space::Identity& identity,
                                  const space::DeviceKeys& device) {
  MUISTIO_CHECK(transaction.put(Table::identity, kIdentityKey, identity.seed().expose()));
  return transaction.put(Table::device, kDeviceKey, device.encode().expose());
}

// Where recovery boxes go: known once the words were shown to the person, on every device of theirs.
Status Engine::Impl::put_recovery_address(store::Transaction& transaction, const space::RecoveryAddress& address) {
  return transaction.put(Table::identity, kRecoveryKey, Writer().raw(address.locator.view()).raw(address.box_pub.view()).bytes());
}

Result<std::optional<space::RecoveryAddress>> Engine::Impl::recovery_address() const {
  MUISTIO_TRY(const auto row, store.get(Table::identity, kRecoveryKey));
  if (!row) return std::optional<space::RecoveryAddress>();
  Reader in(*row);
  space::RecoveryAddress address;
  MUISTIO_TRY(address.locator, in.fixed<wire::BoxLocator>());
  MUISTIO_TRY(address.box_pub, in.fixed<crypto::X25519PublicKey>());
  MUISTIO_CHECK(in.finish());
  return std::optional(address);
}

Result<std::string> Engine::Impl::own_name() const {
  MUISTIO_TRY(const auto row, store.get(Table::identity, kNameKey));
  return row ? std::string(as_text(*row)) : std::string();
}

Status Engine::Impl::put_own_name(store::Transaction& transaction, std::string_view name) {
  return transaction.put(Table::identity, kNameKey, as_bytes(name));
}

Result<std::optional<space::Phrase>> Engine::Impl::kept_phrase() const {
  MUISTIO_TRY(auto row, store.get(Table::identity, kPhraseKey));
  if (!row) return std::optional<space::Phrase>();
  auto entropy = Secret<32>::from_bytes(*row);
  wipe(*row);
  if (!entropy) return fail(ErrorCode::corrupt, "the words of recovery");
  return std::optional(space::Phrase::from_entropy(std::move(*entropy)));
}

Status Engine::Impl::put_phrase(store::Transaction& transaction, const space::Phrase& phrase) {
  return transaction.put(Table::identity, kPhraseKey, phrase.entropy().expose());
}

Result<std::optional<SecretBytes>> Engine::Impl::phrase_words() {
  MUISTIO_TRY(const auto phrase, kept_phrase());
  if (!phrase) return std::optional<SecretBytes>();
  MUISTIO_TRY(auto transaction, store.begin());
  MUISTIO_CHECK(put_recovery_address(transaction, phrase->address()));
  MUISTIO_CHECK(transaction.commit());
  MUISTIO_CHECK(load_recovery());
  if (personal_slot() == nullptr) {
    MUISTIO_TRY([[maybe_unused]] const auto personal, create_space(SpaceKind::personal, space::HistoryPolicy::all));
  }
  return std::optional(phrase->words());
}

Status Engine::Impl::erase_phrase(store::Transaction& transaction) { return transaction.erase(Table::identity, kPhraseKey); }

Status Engine::Impl::forget_phrase() {
  MUISTIO_TRY(auto transaction, store.begin());
  MUISTIO_CHECK(erase_phrase(transaction));
  return transaction.commit();
}

Result<SpaceId> Engine::Impl::create_space(SpaceKind kind, space::HistoryPolicy history, const space::Founding& founding) {
  if (kind == SpaceKind::personal || kind == SpaceKind::session) history = space::HistoryPolicy::all;
  if (!keys) MUISTIO_CHECK(make_identity());
  const auto id = random.make<SpaceId>();
  MUISTIO_TRY(auto made, space::Space::create(id, kind, keys, clock.wall(), random, history, founding));
  auto slot = std::make_unique<Slot>(id);
  slot->state.kind = kind;
  slot->state.leaf_made = clock.wall();
  slot->keys = keys;
  slot->space = std::move(made);
  slot->shelf = std::make_unique<StoreShelf>(store, id);
  MUISTIO_TRY(auto replica, replica::Replica::open(*slot->shelf, {.summarise = hooks.summarise, .begins_anew = hooks.begins_anew}));
  slot->replica = std::move(replica);
  slot->loaded = true;
  MUISTIO_CHECK(change(*slot, [](Work& work) {
    work.space_changed = true;
    return ok();
  }));
  auto& kept = *slots.emplace(id, std::move(slot)).first->second;
  open_slot(kept);
  return id;
}

Status Engine::Impl::edit(SpaceId space_id, const Editor& editor) {
  MUISTIO_TRY(auto* slot, loaded(space_id));
  auto& state = slot->state;
  if (state.phase == Phase::removed) return fail(ErrorCode::removed, "nothing written here would reach anyone");
  if (state.phase == Phase::succeeded) return fail(ErrorCode::invalid_state, "another space goes on from this one");
  if (state.phase == Phase::left || state.phase == Phase::leaving) return fail(ErrorCode::invalid_state, "the space was left");
  replica::Author author{slot->keys->member(), slot->keys->device(), Role::member};
  if (slot->space) {
    author.role = slot->space->own_role().value_or(Role::member);
  } else if (slot->joining) {
    author.role = slot->joining->link().role;
  }
  // Nothing to write is found before a transaction is begun, so the editor runs inside one only.
  auto written = change(*slot, [&](Work& work) { return write(work, author, editor); });
  if (!written && written.error().code == ErrorCode::not_found && slot->shows_preview())
    return fail(ErrorCode::invalid_state, "what was written before can be edited when the log is read; that is under way");
  MUISTIO_CHECK(std::move(written));
  pump(*slot);
  return ok();
}

// What is written before admission is moved to the era of that (`Replica::move_drafts`).
Status Engine::Impl::write(Work& work, const replica::Author& author, const Editor& editor) {
  auto& slot = work.slot;
  auto era = slot.space ? slot.space->era() : Era(0);
  if (!slot.space && (slot.state.was_here() || slot.asks_again())) {  // joining again: as it was when this device was in the space
    MUISTIO_TRY(const auto before, space::Space::load(store, slot.id, slot.keys));
    if (slot.rejoin == RejoinStage::none && before.charter().history != HistoryPolicy::all)
      return fail(ErrorCode::waiting_for_admission, "what is written before would stay on this device");
    era = before.era();
  }
  MUISTIO_TRY(const auto made, slot.replica->edit_in(era, author, clock.wall(), hooks.judge, editor));
  for (const auto& written : made) {
    if (slot.space && !slot.space->holds_era(written.era))
      return fail(ErrorCode::not_in_audience, "it is from before this device joined again: nobody could read the edit");
    const auto& made_change = written.change;
    const auto encoded = replica::encode_changes({&made_change, 1});
    if (encoded.size() > kSurelyFitsBytes)
      MUISTIO_CHECK(space::deflate(encoded).has_value() ? ok() : fail(ErrorCode::too_large, "one change; write it in several"));
    MUISTIO_CHECK(work.transaction.put(Table::outbox, era_key(slot.id, written.era, made_change.number), encoded));
    for (const auto& op : made_change.ops) work.documents.insert(op.document);
    outdate_snapshot(work, written.era, made_change);
    MUISTIO_CHECK(drop_taken_back(work, written));
  }
  return ok();
}

// A document that is taken back before it was sent never leaves this device.
Status Engine::Impl::drop_taken_back(Work& work, const replica::Written& written) {
  auto& slot = work.slot;
  const auto& change = written.change;
  for (const auto& op : change.ops) {
    if (op.kind != replica::OpKind::take_back_document) continue;
    for (auto number = slot.state.chains[written.era].change_fixed + 1; number < change.number; ++number) {
      const auto key = era_key(slot.id, written.era, number);
      MUISTIO_TRY(auto row, work.transaction.get(Table::outbox, key));
      if (!row) continue;
      auto earlier = replica::decode_changes(*row);
      if (!earlier || earlier->size() != 1) return fail(ErrorCode::corrupt, "a change in the outbox");
      if (replica::empty_ops_of(earlier->front(), op.document))
        MUISTIO_CHECK(work.transaction.put(Table::outbox, key, replica::encode_changes(*earlier)));
    }
  }
  return ok();
}

Status Engine::Impl::read(SpaceId space_id, const Reading& reading) {
  MUISTIO_TRY(auto* slot, loaded(space_id));
  auto& preview = slot->preview;
  if (!slot->shows_preview()) return reading(*slot->replica);
  if (std::exchange(preview->is_stale, false)) MUISTIO_CHECK(preview->replica->reload());
  return reading(*preview->replica);
}

Status Engine::Impl::remove_member(SpaceId space_id, const MemberId& member) {
  MUISTIO_TRY(auto* slot, loaded(space_id));
  if (!slot->space || slot->state.phase != Phase::open) return fail(ErrorCode::invalid_state, "the space is not open here");
  if (member == keys->member()) return fail(ErrorCode::invalid_argument, "oneself: leave");
  const auto role = slot->space->charter().role_of(member);
  if (!role) return fail(ErrorCode::not_found, "member " + member.hex());
  if (slot->space->own_role() != Role::host && *role != Role::guest)
    return fail(ErrorCode::not_permitted, "only a host removes a member");
  const bool is_intended = std::any_of(slot->intents.begin(), slot->intents.end(), [&](const auto& intent) {
    return intent.kind == IntentKind::remove && intent.member == member;
  });
  if (is_intended) return ok();
  MUISTIO_CHECK(change(*slot, [&](Work& work) {
    Intent intent{.id = ++slot->state.intents_made, .kind = IntentKind::remove, .member = member};
    return put_intent(work, intent);
  }));
  pump(*slot);
  return ok();
}

Status Engine::Impl::begin_era(SpaceId space_id) {
  MUISTIO_TRY(auto* slot, loaded(space_id));
  if (!slot->space || slot->state.phase != Phase::open) return fail(ErrorCode::invalid_state, "the space is not open here");
  if (slot->space->own_role() != Role::host) return fail(ErrorCode::not_permitted, "only a host begins an era");
  const Epoch wanted(slot->space->era().value() + 1);
  const bool is_intended = std::any_of(slot->intents.begin(), slot->intents.end(),
                                       [&](const auto& intent) { return intent.kind == IntentKind::begin_era; });
  if (is_intended) return ok();
  MUISTIO_CHECK(change(*slot, [&](Work& work) {
    Intent intent{.id = ++slot->state.intents_made, .kind = IntentKind::begin_era};
    intent.epoch = wanted;
    return put_intent(work, intent);
  }));
  pump(*slot);
  return ok();
}

Status Engine::Impl::leave(SpaceId space_id) {
  MUISTIO_TRY(auto* slot, loaded(space_id));
  if (slot->state.phase == Phase::joining) return cancel_join(space_id);
  if (!slot->space || slot->state.phase != Phase::open) return fail(ErrorCode::invalid_state, "the space is not open here");
  const auto& members = slot->space->charter().members;
  const auto hosts = std::count_if(members.begin(), members.end(), [](const auto& m) { return m.role == Role::host; });
  const bool is_alone = members.size() == 1;
  if (!is_alone && hosts == 1 && slot->space->own_role() == Role::host)
    return fail(ErrorCode::not_permitted, "the last host offers the role to the others first, and leaves when one of them has taken it");
  MUISTIO_CHECK(change(*slot, [&](Work& work) -> Status {
    if (is_alone) return close(work, true);  // nobody is there to commit it
    MUISTIO_TRY(auto erased, work.transaction.erase_prefix(Table::intent, slot->id.view()));
    static_cast<void>(erased);
    slot->intents.clear();
    slot->state.phase = Phase::leaving;
    return ok();
  }));
  pump(*slot);
  return ok();
}

}  // namespace muistio::sync
