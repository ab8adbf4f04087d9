// The 24 words (R13): boxes laid for the day when every device is lost, and the way back by them.
#include <algorithm>

#include "impl.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/space/recovery_box.hpp"

namespace muistio::sync {

using store::Table;

namespace {

constexpr std::uint64_t kAskAgainMs = 2'000;
const Bytes kBoxKey = to_bytes(as_bytes("box"));                // counter u64 ‖ what it was made of 32
const Bytes kNewestKey = to_bytes(as_bytes("box newest"));      // counter u64: the greatest that any device of ours named
const Bytes kRecoveringKey = to_bytes(as_bytes("recovering"));  // counter u64 of the box used (0: none yet) ‖ its hash 32
const Bytes kRecoveredKey = to_bytes(as_bytes("recovered"));    // the spaces to be let into again

Result<std::uint64_t> counter_in(const store::Rows& rows, const Bytes& key) {
  MUISTIO_TRY(const auto row, rows.get(Table::identity, key));
  if (!row) return std::uint64_t{0};
  return Reader(*row).u64();
}

}  // namespace

// ---- laying boxes --------------------------------------------------------------------------------------------------------------

// What a box is made of: it is laid again when the epochs or the spaces are others.
Hash Engine::Impl::box_source() const {
  Writer source;
  for (const auto& [id, slot] : slots)
    if (slot->state.phase == Phase::open && slot->space) source.raw(id.view()).u64(slot->space->epoch().value());
  return crypto::sha256(source.bytes());
}

bool Engine::Impl::box_is_due() const {
  if (!recovers || !keys || is_box_refused) return false;
  const auto row = store.get(Table::identity, kBoxKey);
  if (!row) return false;
  return !*row || !equal(BytesView(**row).last(Hash::size_bytes), box_source().view());
}

Status Engine::Impl::lay_box() {
  if (is_box_sent || !may_send() || !box_is_due()) return ok();
  auto* personal = personal_slot();
  if (personal == nullptr) return ok();
  for (const auto& [id, slot] : slots) {
    if (slot->state.phase != Phase::open || slot->state.frozen) continue;
    if (slot->link.stage != Link::Stage::open || !slot->link.caught_up || slot->link.outstanding > 0) return ok();
    if (slot->space->staged() || !slot->intents.empty()) return ok();
  }
  MUISTIO_TRY(const auto address, recovery_address());
  if (!address) return ok();
  MUISTIO_TRY(const auto own, counter_in(store, kBoxKey));
  MUISTIO_TRY(const auto newest, counter_in(store, kNewestKey));
  space::RecoveryBox box;
  box.counter = std::max(own, newest) + 1;
  MUISTIO_TRY(box.name, own_name());
  MUISTIO_TRY(box.spaces, footholds());
  MUISTIO_TRY(auto recovered, store.get(Table::identity, kRecoveredKey));
  if (recovered) {  // those that have not let us in yet
    auto told = space::decode_footholds(*recovered);
    wipe(*recovered);
    if (told)
      for (auto& each : *told)
        if (const auto found = slots.find(each.space); found != slots.end() && found->second->state.phase == Phase::joining)
          box.spaces.push_back(std::move(each));
  }
  if (personal->state.phase == Phase::open && !personal->space->needs_history())
    box.personal = space::PersonalBox{personal->space->foothold({personal->state.cursor.seq, personal->state.cursor.hash}),
                                      personal->space->auth_key().seed(), personal->space->roll()};
  auto sealed = box.seal(*address, *personal->keys, random);
  if (!sealed) {
    is_box_refused = true;
    events.emplace_back(Refused{personal->id, sealed.error()});
    return ok();
  }
  is_box_sent = true;
  sent_box = {box.counter, crypto::sha256(*sealed)};
  sent_box_source = box_source();
  send(wire::PutBox{address->locator, std::move(*sealed)}, {.kind = Request::Kind::put_box, .space = personal->id});
  return ok();
}

// The server has it: the spaces are told, so that a server that gives an older one back is noticed.
Status Engine::Impl::on_box_laid() {
  is_box_sent = false;
  MUISTIO_TRY(auto transaction, store.begin());
  MUISTIO_CHECK(transaction.put(Table::identity, kBoxKey, Writer().u64(sent_box.counter).raw(sent_box_source.view()).bytes()));
  MUISTIO_CHECK(transaction.commit());
  for (const auto& [id, slot] : slots) {
    if (slot->state.phase != Phase::open || slot->state.frozen) continue;
    MUISTIO_CHECK(change(*slot, [&](Work& work) {
      return fix_batch(work, work.slot.space->era(), space::PayloadKind::box_note, sent_box.encode(), 0, 0);
    }));
    pump(*slot);
  }
  return ok();
}

// Another device of ours, or one that is lost, says which box it laid last.
Status Engine::Impl::take_box_note(Work& work, const space::OpenedBatch& batch) {
  if (batch.member != work.slot.keys->member()) return ok();
  const auto note = space::BoxNote::decode(batch.payload);
  if (!note) return ok();
  MUISTIO_TRY(const auto newest, counter_in(work.transaction, kNewestKey));
  if (note->counter > newest) MUISTIO_CHECK(work.transaction.put(Table::identity, kNewestKey, Writer().u64(note->counter).bytes()));
  MUISTIO_TRY(const auto recovering, work.transaction.get(Table::identity, kRecoveringKey));
  if (!recovering || work.slot.state.phase != Phase::catching_up) return ok();
  Reader in(*recovering);
  MUISTIO_TRY(const auto used, in.u64());
  if (used == 0) return ok();
  MUISTIO_TRY(const auto used_hash, in.fixed<Hash>());
  // A box of the same number with other content: the server exchanged it, or two devices laid theirs at once.
  if (note->counter > used || (note->counter == used && note->box_hash != used_hash))
    work.events.emplace_back(OldBox{work.slot.id, used, note->counter});
  return ok();
}

// ---- coming back ---------------------------------------------------------------------------------------------------------------

Status Engine::Impl::recover(std::string_view words) {
  MUISTIO_TRY(auto phrase, space::Phrase::parse(words));
  if (keys || linking || !slots.empty()) return fail(ErrorCode::already_exists, "only an empty home is recovered into");
  auto made = phrase.identity();
  auto device = space::DeviceKeys::generate(made, random);
  MUISTIO_TRY(auto transaction, store.begin());
  MUISTIO_CHECK(put_identity(transaction, made, device));
  MUISTIO_CHECK(put_recovery_address(transaction, phrase.address()));
  MUISTIO_CHECK(put_phrase(transaction, phrase));
  MUISTIO_CHECK(transaction.put(Table::identity, kRecoveringKey, Writer().u64(0).bytes()));
  MUISTIO_CHECK(transaction.commit());
  identity = std::move(made);
  keys = std::make_shared<const space::DeviceKeys>(std::move(device));
  MUISTIO_CHECK(load_recovery());
  ask_boxes();
  return ok();
}

Status Engine::Impl::load_recovery() {
  MUISTIO_TRY(const auto address, recovery_address());
  recovers = address.has_value();
  MUISTIO_TRY(const auto row, store.get(Table::identity, kRecoveringKey));
  needs_box = false;
  if (row) {
    MUISTIO_TRY(const auto counter, Reader(*row).u64());
    needs_box = counter == 0;
  }
  return ok();
}

void Engine::Impl::ask_boxes() {
  if (!needs_box || is_box_asked || !may_send() || box_at > clock.monotonic()) return;
  const auto phrase = kept_phrase();
  if (!run(phrase ? ok() : Status(fail(phrase.error()))) || !*phrase) return;
  const auto key = (*phrase)->fetch_key();
  const wire::AuthKey key_pub(key.verify_key().array());
  const auto message = wire::auth_message(wire::AuthPurpose::boxes, wire::space_of(wire::locator_of(key_pub)), challenge->nonce,
                                          challenge->server_name, exporter);
  is_box_asked = true;
  send(wire::FetchBoxes{key_pub, wire::AuthSignature(key.sign_raw(message).array())}, {.kind = Request::Kind::fetch_boxes});
}

void Engine::Impl::on_boxes(const wire::ServerMessage& message) {
  is_box_asked = false;
  box_at = MonotonicMs(clock.monotonic().value() + kAskAgainMs);
  const auto* boxes = std::get_if<wire::Boxes>(&message);
  const auto phrase = kept_phrase();
  if (!run(phrase ? ok() : Status(fail(phrase.error()))) || boxes == nullptr || !*phrase) return;
  std::optional<space::RecoveryBox> newest;
  Hash newest_hash;
  for (const auto& sealed : boxes->boxes) {
    auto box = space::RecoveryBox::open(**phrase, sealed);
    if (!box || (newest && box->counter < newest->counter)) continue;
    newest = std::move(*box);
    newest_hash = crypto::sha256(sealed);
  }
  is_box_looked = true;
  if (!newest) return;
  run(take_box(std::move(*newest), newest_hash));
}

// Everything that is to be done is kept in one transaction; each space is then asked for by itself.
Status Engine::Impl::take_box(space::RecoveryBox box, const Hash& hash) {
  MUISTIO_TRY(auto transaction, store.begin());
  MUISTIO_CHECK(put_own_name(transaction, box.name));
  MUISTIO_CHECK(transaction.put(Table::identity, kRecoveredKey, space::encode_footholds(box.spaces).expose()));
  MUISTIO_CHECK(transaction.put(Table::identity, kNewestKey, Writer().u64(box.counter).bytes()));
  MUISTIO_CHECK(transaction.put(Table::identity, kRecoveringKey, Writer().u64(std::max<std::uint64_t>(box.counter, 1)).raw(hash.view()).bytes()));
  MUISTIO_CHECK(erase_phrase(transaction));  // the person has the words; devices keep the address only (R13)
  std::unique_ptr<Slot> old_personal;
  if (box.personal) {
    const auto id = box.personal->foothold.space;
    auto past = space::Space::read_only(std::move(*box.personal), keys);
    old_personal = std::make_unique<Slot>(id);
    old_personal->state.kind = SpaceKind::personal;
    old_personal->state.phase = Phase::catching_up;
    old_personal->state.registered = true;
    MUISTIO_CHECK(past.save(transaction));
    MUISTIO_CHECK(transaction.put(Table::cursor, id.view(), encode_state(old_personal->state)));
  }
  MUISTIO_CHECK(transaction.commit());
  needs_box = false;
  if (old_personal) {
    auto& slot = *slots.emplace(old_personal->id, std::move(old_personal)).first->second;
    open_slot(slot);
  }
  return join_recovered();
}

Status Engine::Impl::join_recovered() {
  MUISTIO_TRY(auto row, store.get(Table::identity, kRecoveredKey));
  if (!row) return ok();
  auto told = space::decode_footholds(*row);
  wipe(*row);
  if (!told) return fail(ErrorCode::corrupt, "the spaces to be let into again");
  for (const auto& foothold : *told) {
    if (slots.contains(foothold.space)) continue;
    space::Joining::Again again;
    again.all_lost = true;
    MUISTIO_CHECK(ask_again(foothold, again));
  }
  return ok();
}

// The old personal space is read to its end: what stood there goes on in a new one.
Status Engine::Impl::carry_over(Slot& from) {
  MUISTIO_CHECK(load(from));
  Slot* to = nullptr;
  for (const auto& [id, slot] : slots)
    if (slot->state.kind == SpaceKind::personal && slot->state.phase == Phase::open) to = slot.get();
  if (to == nullptr) {
    space::Founding founding;
    founding.predecessor = space::Predecessor{from.id, from.state.cursor.seq, from.state.cursor.hash};
    MUISTIO_TRY(const auto id, create_space(SpaceKind::personal, space::HistoryPolicy::all, founding));
    to = slots.at(id).get();
  }
  MUISTIO_CHECK(load(*to));
  std::vector<DocumentId> documents;
  MUISTIO_CHECK(from.replica->for_each_summary([&](const DocumentId& id, BytesView) -> Status {
    documents.push_back(id);
    return ok();
  }));
  const replica::Author author{to->keys->member(), to->keys->device(), Role::host};
  for (const auto& id : documents) {
    MUISTIO_TRY(const auto document, from.replica->document(id));
    if (document == nullptr || !document->exists()) continue;
    const auto as = hooks.created_again ? hooks.created_again(id, document->type(), to->keys->device()) : id;
    for (bool is_whole = false; !is_whole;) {
      auto changed = change(*to, [&](Work& work) -> Status {
        const auto wall = document->creator() ? document->creator()->wall : clock.wall();
        MUISTIO_TRY(const auto made, to->replica->edit_in(to->space->era(), author, wall, hooks.judge,
                                                          [&](replica::ChangeBuilder& builder) -> Status {
                                                            MUISTIO_TRY(is_whole, builder.copy_next(*document, as));
                                                            return ok();
                                                          }));
        for (const auto& written : made) {
          work.documents.insert(as);
          MUISTIO_CHECK(work.transaction.put(Table::outbox, era_key(to->id, written.era, written.change.number),
                                             replica::encode_changes({&written.change, 1})));
        }
        return ok();
      });
      MUISTIO_CHECK(std::move(changed));
    }
  }
  MUISTIO_CHECK(change(from, [&](Work& work) { return close(work, true); }));
  pump(*to);
  return ok();
}

}  // namespace muistio::sync
