// What every log must do, whatever it is kept in.
#include "log_fixture.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/wire/auth.hpp"

namespace {

using namespace muistio;
using namespace muistio::server;
using namespace muistio::server::test;

constexpr auto kAdd = wire::AccessChange::Op::add;
constexpr auto kRemove = wire::AccessChange::Op::remove;

/// Runs `change` as a transaction of its own.
template <class Change>
auto commit(Log& log, Change change) {
  REQUIRE(log.begin());
  auto done = change();
  REQUIRE(log.commit());
  return done;
}

Result<LogPlace> append(Log& log, const Fixture& f, const Bytes& record, Seq place = Seq(0), std::uint64_t most = kAny) {
  return commit(log, [&] { return log.append(f.space, f.key, place, record, wire::decode_record(record).value(), most); });
}

ErrorCode code(const auto& result) { return result ? ErrorCode{} : result.error().code; }

}  // namespace

TEST_CASE("what was committed is there after opening the log again") {
  Fixture f;
  const auto storage = LogStorage::make();
  {
    auto log = storage->open();
    REQUIRE(log);
    f.begin_space(**log);
    for (std::uint8_t i = 1; i <= 3; ++i) REQUIRE(Fixture::append_one(**log, f.space, f.key, content({i})));
    REQUIRE((*log)->begin());
    REQUIRE((*log)->append(f.space, f.key, Seq(0), content({4}), {}, kAny));  // never committed
  }
  auto log = storage->open();
  REQUIRE(log);
  const auto state = (*log)->state(f.space);
  REQUIRE(state);
  CHECK(state->head == Seq(3));
  CHECK(state->log_hash == (*log)->log_hash(f.space, Seq(3)).value());
  CHECK((*log)->fetch(f.space, Seq(1), Seq(3), 1000)->size() == 3);
  CHECK_FALSE((*log)->log_hash(f.space, Seq(4)));
}

TEST_CASE("records with the same mark are told apart by their bytes") {
  Fixture f;
  const auto storage = LogStorage::make();
  const auto log = storage->open().value();
  f.begin_space(*log);
  REQUIRE(Fixture::append_one(*log, f.space, f.key, content({1})));
  REQUIRE(Fixture::append_one(*log, f.space, f.key, content({2})));
  REQUIRE(Fixture::append_one(*log, f.space, f.key, content({1})));
  CHECK(log->state(f.space)->head == Seq(2));
}

TEST_CASE("a fetch keeps to its bytes but gives at least one record") {
  Fixture f;
  const auto storage = LogStorage::make();
  const auto log = storage->open().value();
  f.begin_space(*log);
  for (std::uint8_t i = 0; i < 10; ++i) REQUIRE(Fixture::append_one(*log, f.space, f.key, content(Bytes(100, i))));
  const auto one = content(Bytes(100, 0)).size();
  CHECK(log->fetch(f.space, Seq(1), Seq(10), 0)->size() == 1);
  CHECK(log->fetch(f.space, Seq(1), Seq(10), 3 * one)->size() == 3);
  CHECK(log->fetch(f.space, Seq(1), Seq(10), 3 * one - 1)->size() == 2);
  CHECK(log->fetch(f.space, Seq(9), Seq(10), 100 * one)->size() == 2);
  CHECK(log->fetch(f.space, Seq(4), Seq(5), 100 * one)->size() == 2);
}

TEST_CASE("a handshake is refused only where another lies after the place it names, and the refusal harms nothing else") {
  Fixture f;
  const auto storage = LogStorage::make();
  const auto log = storage->open().value();
  f.begin_space(*log);
  REQUIRE(append(*log, f, handshake({1})));
  REQUIRE(append(*log, f, content({2}), Seq(1)));
  CHECK(code(append(*log, f, handshake({3}))) == ErrorCode::stale_handshake);
  CHECK(code(append(*log, f, content({3}))) == ErrorCode::stale_handshake);
  REQUIRE(log->begin());
  CHECK(code(log->append(f.space, f.key, Seq(0), handshake({4}), wire::decode_record(handshake({4})).value(), kAny)) ==
        ErrorCode::stale_handshake);
  CHECK(log->append(f.space, f.key, Seq(1), handshake({5}), wire::decode_record(handshake({5})).value(), kAny));
  CHECK(log->state(f.space)->last_handshake_seq == Seq(3));
  REQUIRE(log->commit());
  const auto state = log->state(f.space);
  CHECK(state->head == Seq(3));
  CHECK(state->last_handshake_seq == Seq(3));
  // The same bytes again keep their place, whatever came since.
  const auto again = append(*log, f, handshake({1}));
  REQUIRE(again);
  CHECK(again->seq == Seq(1));
  CHECK_FALSE(again->is_new);
  CHECK(again->log_hash == log->log_hash(f.space, Seq(1)).value());
}

TEST_CASE("what was rolled back has not happened, within the transaction it could be seen") {
  Fixture f;
  const auto storage = LogStorage::make();
  const auto log = storage->open().value();
  f.begin_space(*log);
  const wire::AuthKey other = f.random.make<wire::AuthKey>();
  REQUIRE(log->begin());
  const auto record = handshake({1}, {{kAdd, other}});
  REQUIRE(log->append(f.space, f.key, Seq(0), record, wire::decode_record(record).value(), kAny));
  CHECK(log->state(f.space)->head == Seq(1));
  CHECK(log->access(f.space, other).value());
  CHECK(log->fetch(f.space, Seq(1), Seq(1), 1000)->size() == 1);
  log->rollback();
  CHECK(log->state(f.space)->head == Seq(0));
  CHECK_FALSE(log->access(f.space, other).value());
  CHECK(append(*log, f, content({2}))->seq == Seq(1));
}

TEST_CASE("keys come and go at their places") {
  Fixture f;
  const auto storage = LogStorage::make();
  const auto log = storage->open().value();
  f.begin_space(*log);
  const wire::AuthKey other = f.random.make<wire::AuthKey>();
  CHECK(code(commit(*log, [&] {
          return log->append(f.space, other, Seq(0), content({1}), wire::decode_record(content({1})).value(), kAny);
        })) == ErrorCode::not_authorised);
  REQUIRE(append(*log, f, handshake({1}, {{kAdd, other}})));
  CHECK(log->access(f.space, other).value()->from == Seq(1));
  REQUIRE(append(*log, f, handshake({2}, {{kAdd, other}}), Seq(1)));
  CHECK(log->access(f.space, other).value()->from == Seq(1));  // a key that is in stays as it is
  REQUIRE(append(*log, f, handshake({3}, {{kRemove, other}}), Seq(2)));
  CHECK(log->access(f.space, other).value()->until == Seq(3));
  CHECK(code(commit(*log, [&] {
          return log->append(f.space, other, Seq(3), content({9}), wire::decode_record(content({9})).value(), kAny);
        })) == ErrorCode::not_authorised);
  REQUIRE(append(*log, f, handshake({4}, {{kAdd, other}}), Seq(3)));
  CHECK(log->access(f.space, other).value()->from == Seq(4));
  CHECK(log->access(f.space, other).value()->until == Seq(0));
  CHECK_FALSE(log->access(f.random.make<SpaceId>(), other).value());
}

TEST_CASE("a space begins once, and log and attachments share its quota") {
  Fixture f;
  const auto storage = LogStorage::make();
  const auto log = storage->open().value();
  f.begin_space(*log);
  f.begin_space(*log);
  const wire::AuthKey other = f.random.make<wire::AuthKey>();
  CHECK(code(commit(*log, [&] { return log->create_space(f.space, other); })) == ErrorCode::conflicting_content);
  const auto attachment = f.random.make<AttachmentId>();
  const auto reserve = [&](std::uint64_t size) {
    return commit(*log, [&] { return log->reserve_attachment(f.space, attachment, size, 1000); });
  };
  CHECK(code(reserve(1001)) == ErrorCode::quota_exceeded);
  CHECK(reserve(600));
  CHECK(reserve(600));
  CHECK(code(reserve(601)) == ErrorCode::conflicting_content);
  CHECK(log->attachment_size(f.space, attachment).value() == 600);
  CHECK(code(append(*log, f, content(Bytes(500, 1)), Seq(0), 1000)) == ErrorCode::quota_exceeded);
  CHECK(append(*log, f, content(Bytes(300, 1)), Seq(0), 1000));
  CHECK(commit(*log, [&] { return log->forget_attachment(f.space, attachment); }));
  CHECK_FALSE(log->attachment_size(f.space, attachment).value());
  CHECK(append(*log, f, content(Bytes(500, 1)), Seq(0), 1000));
  CHECK(code(log->state(f.random.make<SpaceId>())) == ErrorCode::unknown_space);
  CHECK(code(log->attachment_size(f.random.make<SpaceId>(), attachment)) == ErrorCode::unknown_space);
}

TEST_CASE("a token begins so many spaces, sets their quota, and is known by its hash alone") {
  Fixture f;
  const auto storage = LogStorage::make();
  const auto log = storage->open().value();
  const Bytes secret{1, 2, 3};
  const auto hash = crypto::sha256(secret);
  const TokenRow token{"programme", hash, 2, 400, WallMs(5)};
  REQUIRE(log->add_token(token));
  CHECK(code(log->add_token(token)) == ErrorCode::already_exists);
  const auto begin = [&](const SpaceId& space, const Hash& shown) {
    return commit(*log, [&] { return log->create_space_with_token(space, f.key, shown); });
  };
  CHECK(code(begin(f.space, crypto::sha256(Bytes{4}))) == ErrorCode::not_authorised);
  CHECK(begin(f.space, hash));
  CHECK(begin(f.space, hash));  // again is the same
  CHECK(begin(f.random.make<SpaceId>(), hash));
  CHECK(code(begin(f.random.make<SpaceId>(), hash)) == ErrorCode::quota_exceeded);
  CHECK(code(append(*log, f, content(Bytes(401, 1)))) == ErrorCode::quota_exceeded);
  CHECK(append(*log, f, content(Bytes(300, 1))));
  const auto uses = log->tokens().value();
  REQUIRE(uses.size() == 1);
  CHECK(uses[0].token.name == "programme");
  CHECK(uses[0].spaces == 2);
  REQUIRE(log->remove_token("programme"));
  CHECK(code(log->remove_token("programme")) == ErrorCode::not_found);
  CHECK(code(begin(f.random.make<SpaceId>(), hash)) == ErrorCode::not_authorised);
  CHECK(log->state(f.space));
}

namespace {

/// Something of every kind.
void fill(Log& log, Fixture& f, int spaces) {
  for (int i = 0; i < spaces; ++i) {
    f.space = f.random.make<SpaceId>();
    f.begin_space(log);
    const auto place = append(log, f, handshake({1}, {{kAdd, f.random.make<wire::AuthKey>()}}))->seq;
    for (std::uint8_t n = 0; n < 5; ++n) REQUIRE(append(log, f, content(Bytes(100, n)), place));
    REQUIRE(commit(log, [&] { return log.reserve_attachment(f.space, f.random.make<AttachmentId>(), 10, kAny); }));
    REQUIRE(commit(log, [&] {
      return log.post(f.space,
                      {f.random.make<Hash>(), f.random.make<InvitationId>(), f.random.make<wire::AuthKey>(), WallMs(9), {7}});
    }));
    const auto locator = wire::locator_of(f.key);
    REQUIRE(commit(log, [&] { return log.put_box(locator, Bytes{static_cast<std::uint8_t>(i)}, 16); }));
  }
}

}  // namespace

TEST_CASE("a whole log is copied row by row, and the copy is compared with what was copied") {
  Fixture f;
  const auto from_storage = LogStorage::make(), to_storage = LogStorage::make();
  const auto from = from_storage->open().value();
  REQUIRE(from->add_token({"x", f.random.make<Hash>(), 1, 0, WallMs(1)}));
  fill(*from, f, 5);
  const auto to = to_storage->open().value();
  const auto copied = copy_log(*from, *to, WallMs(1));
  REQUIRE(copied);
  CHECK(copied->totals.spaces == 5);
  CHECK(copied->totals.records == 30);
  CHECK(copied->totals.boxes == 5);
  CHECK(copied->totals.inbox_items == 5);
  CHECK(copied->totals.tokens == 1);
  CHECK(to->totals()->log_bytes == from->totals()->log_bytes);
  CHECK(check_log(*from).value() == check_log(*to).value());
  CHECK(code(copy_log(*from, *to, WallMs(1))) == ErrorCode::invalid_state);
  // The copy is a log like any other.
  CHECK(append(*to, f, content({99}), Seq(1))->seq == Seq(7));
  CHECK_FALSE(check_log(*from).value() == check_log(*to).value());
}

TEST_CASE("a record that was changed, left out or moved is noticed when a log is read through") {
  Fixture f;
  const auto storage = LogStorage::make();
  const auto log = storage->open().value();
  fill(*log, f, 2);
  std::vector<LogRow> rows;
  REQUIRE(log->read_rows([&](const LogRow& row) {
    rows.push_back(row);
    return ok();
  }));
  const auto check = [](const std::vector<LogRow>& read) {
    LogChecker checker;
    for (const auto& row : read)
      if (auto taken = checker.take(row); !taken) return taken.error().code;
    const auto done = checker.finish();
    return done ? ErrorCode{} : done.error().code;
  };
  CHECK(check(rows) == ErrorCode{});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!std::holds_alternative<RecordRow>(rows[i])) continue;
    auto changed = rows;
    std::get<RecordRow>(changed[i]).record.back() ^= 1;
    CHECK(check(changed) == ErrorCode::corrupt);
    auto without = rows;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
    CHECK(check(without) == ErrorCode::corrupt);
    if (i + 1 < rows.size() && std::holds_alternative<RecordRow>(rows[i + 1])) {
      auto swapped = rows;
      std::swap(swapped[i], swapped[i + 1]);
      CHECK(check(swapped) == ErrorCode::corrupt);
    }
  }
}

TEST_CASE("spaces that nobody changed are found by time, and a deleted space is gone with all that is its own") {
  Fixture f;
  const auto storage = LogStorage::make();
  const auto log = storage->open().value();
  const auto begin_at = [&](std::int64_t at) {
    f.space = f.random.make<SpaceId>();
    REQUIRE(log->begin());
    REQUIRE(log->prepare({}, WallMs(at)));
    REQUIRE(log->create_space(f.space, f.key));
    REQUIRE(log->commit());
    return f.space;
  };
  const auto unknown = begin_at(0);  // as one that was there before servers noted when spaces changed
  const auto old = begin_at(1000), recent = begin_at(2000);
  CHECK(log->unchanged_since(WallMs(1000), 10)->empty());
  CHECK(log->unchanged_since(WallMs(-5), 10)->empty());
  CHECK(log->unchanged_since(WallMs(1500), 10).value() == std::vector<SpaceId>{old});
  CHECK(log->unchanged_since(WallMs(2500), 10).value() == std::vector<SpaceId>{old, recent});
  CHECK(log->unchanged_since(WallMs(2500), 1)->size() == 1);
  const auto attachment = f.random.make<AttachmentId>();
  REQUIRE(append(*log, f, content({1})));
  REQUIRE(commit(*log, [&] { return log->reserve_attachment(f.space, attachment, 10, kAny); }));
  CHECK(log->attachments(f.space)->size() == 1);
  REQUIRE(log->delete_space(f.space));
  CHECK(code(log->state(f.space)) == ErrorCode::unknown_space);
  CHECK_FALSE(log->access(f.space, f.key).value());
  CHECK(code(log->delete_space(f.space)) == ErrorCode::unknown_space);
  REQUIRE(log->rewrite());
  CHECK(log->state(old));
  CHECK(log->state(unknown));
  CHECK(log->totals()->spaces == 2);
  CHECK(log->totals()->records == 0);
  CHECK(check_log(*log));
  f.begin_space(*log);  // the same name can begin again
  CHECK(append(*log, f, content({1}))->seq == Seq(1));
}

TEST_CASE("the ends of many logs are asked at once") {
  Fixture f;
  const auto storage = LogStorage::make();
  const auto log = storage->open().value();
  std::vector<SpaceId> spaces;
  for (int i = 0; i < 3; ++i) {
    fill(*log, f, 1);
    spaces.push_back(f.space);
  }
  spaces.push_back(f.random.make<SpaceId>());
  auto heads = log->heads(spaces).value();
  CHECK(heads.size() == 3);
  for (const auto& [space, head] : heads) CHECK(head == Seq(6));
  CHECK(log->heads({})->empty());
}
