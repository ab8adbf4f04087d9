// Several devices, one log: admission, batches, removal, conflicts, crashes, history.
#include "muistio/space/handshake_record.hpp"
#include "muistio/wire/envelope.hpp"
#include "world.hpp"

using namespace muistio;
using namespace muistio::space;
using namespace muistio::space::test;
using Texts = std::vector<std::string>;

TEST_CASE("three devices hold the same after admissions, batches and a removal, and the removed one opens nothing later") {
  FakeLog log;
  Device anna("anna"), jan("jan"), eva("eva");
  anna.create();
  anna.write(log, "first");
  anna.admit(log, jan);
  CHECK(jan.space->own_role() == Role::member);
  CHECK(jan.texts() == Texts{"first"});
  CHECK_FALSE(jan.space->needs_history());
  jan.write(log, "second");
  anna.admit(log, eva, Role::facilitator);
  jan.pull(log);
  CHECK(eva.space->own_role() == Role::facilitator);
  CHECK(eva.texts() == Texts{"first", "second"});
  eva.write(log, "third");
  anna.pull(log);
  jan.pull(log);
  CHECK(anna.texts() == Texts{"first", "second", "third"});
  CHECK(jan.texts() == anna.texts());
  CHECK(jan.notes[0].role == Role::host);
  CHECK(anna.notes[1].device == jan.keys->device());

  anna.send(log, anna.space->stage_remove(jan.identity.member(), anna.random));
  CHECK(anna.outcomes.back().members_removed == std::vector<MemberId>{jan.identity.member()});
  anna.write(log, "after");
  eva.write(log, "later");
  jan.pull(log);
  anna.pull(log);
  CHECK(jan.space->is_closed());
  CHECK(jan.outcomes.back().own_removed);
  CHECK_FALSE(jan.space->own_role());
  CHECK(jan.texts() == Texts{"first", "second", "third"});
  CHECK(anna.texts() == Texts{"first", "second", "third", "after", "later"});
  CHECK(eva.texts() == anna.texts());
  for (auto seq = log.head().value(); seq > log.head().value() - 2; --seq)
    CHECK(code_of(jan.space->open_batch(Seq(seq), log.at(Seq(seq)).bytes, jan.facts())) == ErrorCode::unknown_epoch);
  // not with any key that the removed device ever held
  const auto rows = jan.store->all(store::Table::epoch_key, jan.id.view()).value();
  CHECK(rows.size() == 3);
  for (const auto& row : rows) {
    const auto key = ContentKey::from_bytes(BytesView(row.value).last(32)).value();
    for (auto seq = log.head().value(); seq > log.head().value() - 2; --seq) {
      const auto record = log.at(Seq(seq));
      CHECK(code_of(space::open_batch(read_batch(record.bytes).value(), key, AudienceSecret{})) == ErrorCode::commitment_mismatch);
    }
  }
  CHECK(code_of(jan.space->seal_batch(jan.content("x"), jan.seen(), jan.random)) == ErrorCode::removed);
  CHECK(code_of(jan.space->process_handshake(Seq(99), log.at(log.last_handshake))) == ErrorCode::removed);
  CHECK(anna.refused.empty());
  CHECK(eva.refused.empty());

  SECTION("what is stored says the same after a restart") {
    for (auto* device : {&anna, &jan, &eva}) {
      const auto epoch = device->space->epoch();
      const auto charter = device->space->charter();
      const auto roll = device->space->roll();
      const bool closed = device->space->is_closed();
      device->crash();
      CHECK(device->space->epoch() == epoch);
      CHECK(device->space->charter() == charter);
      CHECK(device->space->roll() == roll);
      CHECK(device->space->is_closed() == closed);
    }
    eva.write(log, "again");
    anna.pull(log);
    CHECK(anna.texts().back() == "again");
  }
  SECTION("an erased space leaves nothing behind") {
    auto transaction = jan.store->begin().value();
    REQUIRE(Space::erase(transaction, jan.id));
    REQUIRE(transaction.commit());
    CHECK(code_of(Space::load(*jan.store, jan.id, jan.keys)) == ErrorCode::not_found);
    for (auto table :
         {store::Table::group, store::Table::epoch_key, store::Table::charter, store::Table::log_hash, store::Table::chain})
      CHECK(jan.store->count(table).value() == 0);
  }
}

TEST_CASE("of two commits staged at once the first in the log counts and the other is built again") {
  FakeLog log;
  Device anna("anna"), jan("jan"), eva("eva");
  anna.create();
  anna.admit(log, jan);
  anna.admit(log, eva);
  jan.pull(log);
  const auto by_jan = jan.space->stage_heal(jan.random).value();
  jan.save();
  const auto by_anna = anna.space->stage_remove(eva.identity.member(), anna.random).value();
  anna.save();
  CHECK(code_of(jan.space->stage_heal(jan.random)) == ErrorCode::invalid_state);
  REQUIRE(log.append(by_jan.record, by_jan.last_handshake_seq));
  CHECK_FALSE(log.append(by_anna.record, by_anna.last_handshake_seq));
  jan.pull(log);
  anna.pull(log);
  eva.pull(log);
  CHECK(jan.outcomes.back().own);
  CHECK(anna.outcomes.back().staged_discarded);
  CHECK_FALSE(anna.space->staged());
  CHECK_FALSE(eva.space->is_closed());
  anna.send(log, anna.space->stage_remove(eva.identity.member(), anna.random));
  jan.pull(log);
  eva.pull(log);
  CHECK(eva.space->is_closed());
  jan.write(log, "two are left");
  anna.pull(log);
  CHECK(anna.texts().back() == "two are left");
}

TEST_CASE("a crash at any point between staging and merging lets the log decide") {
  FakeLog log;
  Device anna("anna"), jan("jan");
  anna.create();
  anna.admit(log, jan);
  const auto epoch = anna.space->epoch();

  SECTION("staged but not saved: nothing happened") {
    REQUIRE(anna.space->stage_heal(anna.random));
    anna.crash();
    CHECK_FALSE(anna.space->staged());
    CHECK(anna.space->epoch() == epoch);
    anna.send(log, anna.space->stage_heal(anna.random));
  }
  SECTION("saved, not sent: it is sent after the crash") {
    REQUIRE(anna.space->stage_heal(anna.random));
    anna.save();
    anna.crash();
    REQUIRE(anna.space->staged());
    const auto staged = *anna.space->staged();
    CHECK(staged.record_hash == wire::record_hash(wire::encode_record(staged.record).value()));
    REQUIRE(log.append(staged.record, staged.last_handshake_seq));
    anna.pull(log);
    CHECK(anna.outcomes.back().own);
  }
  SECTION("in the log, the acknowledgement lost: it is known by its hash") {
    const auto staged = anna.space->stage_heal(anna.random).value();
    anna.save();
    REQUIRE(log.append(staged.record, staged.last_handshake_seq));
    anna.crash();
    anna.pull(log);
    CHECK(anna.outcomes.back().own);
    anna.crash();
    CHECK(anna.space->epoch() == epoch.next());
    CHECK_FALSE(anna.space->staged());
  }
  SECTION("another was first: what was staged is gone") {
    REQUIRE(anna.space->stage_heal(anna.random));
    anna.save();
    jan.send(log, jan.space->stage_heal(jan.random));
    anna.crash();
    anna.pull(log);
    CHECK(anna.outcomes.back().staged_discarded);
    CHECK_FALSE(anna.space->staged());
  }
  anna.write(log, "all is well");
  jan.pull(log);
  CHECK(jan.texts().back() == "all is well");
  CHECK(jan.space->epoch() == anna.space->epoch());
}

TEST_CASE("a skipped handshake leaves what is staged, with the newer place to append after") {
  FakeLog log;
  Device anna("anna"), jan("jan");
  anna.create();
  anna.admit(log, jan);
  const auto staged = anna.space->stage_heal(anna.random).value();
  anna.save();
  wire::Record junk{wire::RecordKind::handshake, Bytes{1, 2, 3}, {}};
  REQUIRE(log.append(junk, log.last_handshake));
  CHECK_FALSE(log.append(staged.record, staged.last_handshake_seq));
  anna.pull(log);
  jan.pull(log);
  CHECK(anna.outcomes.back().kind == Outcome::Kind::skipped);
  CHECK(anna.outcomes.back().step == Step::form);
  REQUIRE(anna.space->staged());
  CHECK(anna.space->staged()->record == staged.record);
  REQUIRE(log.append(staged.record, anna.space->staged()->last_handshake_seq));
  anna.pull(log);
  jan.pull(log);
  CHECK(anna.outcomes.back().own);
  CHECK(jan.space->epoch() == anna.space->epoch());
}

TEST_CASE("a commit of our own is known by the commit alone: a server that changes what stands beside it forks nobody") {
  FakeLog log;
  Device anna("anna"), jan("jan");
  anna.create();
  anna.admit(log, jan);
  const auto staged = anna.space->stage_heal(anna.random).value();
  anna.save();
  auto changed = staged.record;
  SECTION("the key wrap dropped: applied by both, and a new one is asked for") {
    auto handshake = HandshakeRecord::decode(changed.bytes).value();
    handshake.keywrap.reset();
    changed.bytes = handshake.encode();
    REQUIRE(log.append(changed, staged.last_handshake_seq));
    anna.pull(log);
    CHECK(anna.outcomes.back().own);
    CHECK(anna.outcomes.back().keywrap_needed);
    CHECK_FALSE(anna.space->staged());
  }
  SECTION("a key shut out that the commit removes nobody for: skipped by both, then the honest record is applied by both") {
    changed.access_changes.push_back({wire::AccessChange::Op::remove, jan.space->auth_pub()});
    REQUIRE(log.append(changed, staged.last_handshake_seq));
    anna.pull(log);
    jan.pull(log);
    for (const auto* device : {&anna, &jan}) {
      CHECK(device->outcomes.back().kind == Outcome::Kind::skipped);
      CHECK(device->outcomes.back().step == Step::roles);
    }
    REQUIRE(anna.space->staged());
    REQUIRE(log.append(staged.record, anna.space->staged()->last_handshake_seq));
    anna.pull(log);
    CHECK(anna.outcomes.back().own);
    CHECK_FALSE(anna.outcomes.back().keywrap_needed);
  }
  jan.pull(log);
  CHECK(jan.outcomes.back().kind == Outcome::Kind::applied);
  CHECK(jan.space->epoch() == anna.space->epoch());
  jan.write(log, "still one club");
  anna.pull(log);
  CHECK(anna.texts().back() == "still one club");
}

TEST_CASE("a pending commit that a server puts before itself as a proposal burns nothing") {
  FakeLog log;
  Device anna("anna"), jan("jan");
  anna.create();
  anna.admit(log, jan);
  const auto staged = anna.space->stage_heal(anna.random).value();
  anna.save();
  const auto commit = HandshakeRecord::decode(staged.record.bytes).value().commit;
  const auto disguised = wire::encode_envelope(static_cast<std::uint64_t>(ContentKind::proposal), 1, commit);
  CHECK(code_of(jan.space->process_proposal(log.head().next(), disguised)) == ErrorCode::not_permitted);
  REQUIRE(log.append(content_record(disguised), log.last_handshake));
  REQUIRE(log.append(staged.record, staged.last_handshake_seq));
  anna.pull(log);
  jan.pull(log);
  CHECK(jan.outcomes.back().kind == Outcome::Kind::applied);
  CHECK(jan.space->epoch() == anna.space->epoch());
}

TEST_CASE("a member leaves by a proposal that anyone commits, and is struck from the charter") {
  FakeLog log;
  Device anna("anna"), jan("jan"), eva("eva");
  anna.create();
  anna.admit(log, jan);
  anna.admit(log, eva);
  jan.pull(log);
  const auto proposals = jan.space->make_leave_proposals(jan.random).value();
  jan.save();
  REQUIRE(proposals.size() == 1);
  REQUIRE(log.append(content_record(proposals[0]), jan.space->last_handshake_seq()));
  anna.pull(log);
  eva.pull(log);
  CHECK(anna.space->leaving() == std::vector<MemberId>{jan.identity.member()});

  SECTION("an ordinary member's commit carries it out") {
    eva.send(log, eva.space->stage_leaving(eva.random));
    anna.pull(log);
  }
  SECTION("any other commit carries it along, also after a restart") {
    eva.crash();
    eva.send(log, eva.space->stage_heal(eva.random));
    anna.pull(log);
  }
  jan.pull(log);
  CHECK(jan.space->is_closed());
  CHECK(anna.space->charter().find(jan.identity.member()) == nullptr);
  CHECK(anna.space->leaving().empty());
  CHECK(eva.space->charter() == anna.space->charter());
  eva.write(log, "without jan");
  anna.pull(log);
  CHECK(anna.texts().back() == "without jan");
}

TEST_CASE("a leaving proposal that was overtaken is carried out by a host, not by an ordinary member") {
  FakeLog log;
  Device anna("anna"), jan("jan"), eva("eva");
  anna.create();
  anna.admit(log, jan);
  anna.admit(log, eva);
  jan.pull(log);
  const auto early = anna.space->stage_heal(anna.random).value();  // built before the proposal came
  anna.save();
  const auto proposals = jan.space->make_leave_proposals(jan.random).value();
  REQUIRE(log.append(content_record(proposals[0]), jan.space->last_handshake_seq()));
  REQUIRE(log.append(early.record, early.last_handshake_seq));
  anna.pull(log);
  eva.pull(log);
  CHECK(anna.outcomes.back().own);
  CHECK(anna.space->leaving() == std::vector<MemberId>{jan.identity.member()});
  CHECK(code_of(eva.space->stage_leaving(eva.random)) == ErrorCode::not_found);
  anna.send(log, anna.space->stage_leaving(anna.random));
  eva.pull(log);
  CHECK(eva.space->charter().find(jan.identity.member()) == nullptr);
}

TEST_CASE("the host role passes on, and the last host can be neither demoted nor removed") {
  FakeLog log;
  Device anna("anna"), jan("jan");
  anna.create();
  anna.admit(log, jan);
  CHECK(code_of(jan.space->stage_set_role(jan.identity.member(), Role::host, jan.random)) == ErrorCode::not_permitted);
  CHECK(code_of(anna.space->stage_set_role(anna.identity.member(), Role::member, anna.random)) == ErrorCode::invalid_charter);
  CHECK(code_of(anna.space->stage_remove(anna.identity.member(), anna.random)) == ErrorCode::invalid_argument);
  CHECK(code_of(jan.space->stage_remove(anna.identity.member(), jan.random)) == ErrorCode::not_permitted);
  anna.send(log, anna.space->stage_set_role(jan.identity.member(), Role::host, anna.random));
  jan.pull(log);
  CHECK(jan.space->own_role() == Role::host);
  jan.send(log, jan.space->stage_set_role(anna.identity.member(), Role::member, jan.random));
  anna.pull(log);
  anna.write(log, "as a member");
  jan.pull(log);
  CHECK(jan.notes.back().role == Role::member);
  jan.send(log, jan.space->stage_remove(anna.identity.member(), jan.random));
  anna.pull(log);
  CHECK(anna.space->is_closed());
  CHECK(jan.space->charter().version == 5);
}

TEST_CASE("a newcomer reads everything from the beginning by key wraps and the roll") {
  FakeLog log;
  Device anna("anna"), jan("jan"), eva("eva");
  anna.create();
  anna.write(log, "epoch 0");
  anna.admit(log, jan);
  jan.write(log, "epoch 1");
  jan.send(log, jan.space->stage_heal(jan.random));
  jan.write(log, "epoch 2");
  anna.pull(log);
  anna.send(log, anna.space->stage_remove(jan.identity.member(), anna.random));
  anna.write(log, "epoch 3");

  anna.admit(log, eva);
  CHECK(eva.texts() == Texts{"epoch 0", "epoch 1", "epoch 2", "epoch 3"});
  CHECK(eva.notes == anna.notes);
  CHECK(eva.refused.empty());
  CHECK_FALSE(eva.space->needs_history());
  eva.crash();
  CHECK_FALSE(eva.space->needs_history());
  CHECK(eva.space->roll() == anna.space->roll());
  // and admits in turn, once a host
  anna.send(log, anna.space->stage_set_role(eva.identity.member(), Role::host, anna.random));
  eva.pull(log);
  Device ida("ida");
  eva.admit(log, ida);
  CHECK(ida.texts() == eva.texts());
}

TEST_CASE("a tampered key wrap is noticed, and another one that is appended opens the past") {
  FakeLog log;
  Device anna("anna"), jan("jan"), eva("eva");
  anna.create();
  anna.write(log, "epoch 0");
  anna.admit(log, jan);
  anna.write(log, "epoch 1");

  // jan's commit carries no wrap, a torn one, or one that opens to a wrong key.
  auto staged = jan.space->stage_heal(jan.random).value();
  jan.save();
  auto record = HandshakeRecord::decode(staged.record.bytes).value();
  const auto kind = GENERATE(0, 1);
  if (kind == 0) {
    record.keywrap.reset();
  } else {
    record.keywrap->back() ^= 1;
  }
  staged.record.bytes = record.encode();
  REQUIRE(log.append(staged.record, staged.last_handshake_seq));
  anna.pull(log);
  REQUIRE(anna.outcomes.back().kind == Outcome::Kind::applied);
  CHECK(anna.outcomes.back().keywrap_needed);
  anna.write(log, "epoch 2");

  SECTION("appended before the newcomer joins") {
    REQUIRE(
        log.append(content_record(anna.space->keywrap_record(Epoch(1), anna.random).value()), anna.space->last_handshake_seq()));
    anna.admit(log, eva);
    CHECK(eva.history.detail.empty());
    CHECK(eva.texts() == Texts{"epoch 0", "epoch 1", "epoch 2"});
  }
  SECTION("appended after: the newcomer waits for it") {
    anna.admit(log, eva);
    CHECK(eva.history.code == ErrorCode::unknown_epoch);
    CHECK(eva.space->needs_history());
    CHECK(code_of(eva.space->roll_payload()) == ErrorCode::invalid_state);
    eva.crash();
    const auto records = [&](Seq at) { return Result<std::optional<wire::Record>>(log.at(at)); };
    CHECK(code_of(eva.space->read_history(records)) == ErrorCode::unknown_epoch);
    REQUIRE(eva.space->process_keywrap(anna.space->keywrap_record(Epoch(1), anna.random).value()));
    REQUIRE(eva.space->read_history(records));
    CHECK_FALSE(eva.space->needs_history());
    const auto first = eva.space->open_batch(Seq(1), log.at(Seq(1)).bytes, eva.facts());
    REQUIRE(first);
    CHECK(as_text(first->payload) == "epoch 0");
  }
}

TEST_CASE("of all the keys that members wrap, however many, only the one that the roll vouches for is taken") {
  FakeLog log;
  Device anna("anna"), jan("jan"), eva("eva");
  anna.create();
  anna.admit(log, jan);
  anna.write(log, "epoch 1");
  // jan's commit wraps a wrong key, well sealed under the right one: only the check in the roll can tell.
  auto staged = jan.space->stage_heal(jan.random).value();
  jan.save();
  auto record = HandshakeRecord::decode(staged.record.bytes).value();
  const auto commit_hash = crypto::sha256(record.commit);
  // The key of epoch 2 comes from a device that follows the honest record.
  jan.pull(log);
  auto honest = Space::load(*jan.store, jan.id, jan.keys).value();
  REQUIRE(honest.merge_staged(log.head().next()));
  std::vector<Bytes> wrong;
  {
    auto transaction = jan.store->begin().value();
    REQUIRE(honest.save(transaction));
    Writer key;
    key.raw(jan.id.view()).u64(2);
    const auto row = transaction.get(store::Table::epoch_key, key.bytes()).value().value();
    const auto newer = ContentKey::from_bytes(BytesView(row).last(32)).value();
    for (std::uint8_t from = 1; from <= 80; ++from)
      wrong.push_back(make_keywrap(newer, counting_secret<32>(from), jan.id, Era(0), Epoch(1), commit_hash, jan.random).encode());
    record.keywrap = wrong[0];
  }
  staged.record.bytes = record.encode();
  REQUIRE(log.append(staged.record, staged.last_handshake_seq));
  anna.pull(log);
  CHECK(anna.outcomes.back().keywrap_needed);
  REQUIRE(log.append(content_record(wrong[1]), log.last_handshake));
  REQUIRE(log.append(content_record(anna.space->keywrap_record(Epoch(1), anna.random).value()), anna.space->last_handshake_seq()));
  for (std::size_t i = 2; i < wrong.size(); ++i) REQUIRE(log.append(content_record(wrong[i]), log.last_handshake));
  anna.admit(log, eva);
  CHECK(eva.texts() == Texts{"epoch 1"});
  eva.crash();
  const auto again = eva.space->open_batch(Seq(3), log.at(Seq(3)).bytes, eva.facts());
  REQUIRE(again);
  CHECK(again->duplicate);
}

TEST_CASE("a personal space has one member") {
  Device anna("anna");
  anna.create(SpaceKind::personal);
  FakeLog log;
  anna.write(log, "private");
  CHECK(anna.texts() == Texts{"private"});
  const auto invitation = anna.invite();
  Device jan("jan");
  jan.ask(anna.link(invitation));
  CHECK(code_of(anna.stage_admission(log, invitation, jan.joining->sealed_request())) == ErrorCode::invalid_charter);
}
