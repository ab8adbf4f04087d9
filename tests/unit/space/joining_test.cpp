// R8: what a joiner checks of the admission, and what who admits checks of the request.
#include "muistio/space/handshake_record.hpp"
#include "world.hpp"

using namespace muistio;
using namespace muistio::space;
using namespace muistio::space::test;

TEST_CASE("a joiner checks space, admitter, role, confirmation and log: the honest twin is let in") {
  FakeLog log;
  Device anna("anna"), jan("jan"), eva("eva");
  anna.create();
  anna.admit(log, jan);
  auto invitation = anna.invite();
  auto link = anna.link(invitation);
  auto admitted_by = invitation.clone();
  std::optional<ErrorCode> expected;
  std::optional<Seen> seen;
  SECTION("the honest twin") {}
  SECTION("another secret") {
    link.secret = InvitationSecret::generate(anna.random);
    expected = ErrorCode::invalid_invitation;
  }
  SECTION("another member's link") {
    link.inviter = jan.identity.member();
    expected = ErrorCode::wrong_admitter;
  }
  SECTION("another role than invited") {
    admitted_by.role = Role::facilitator;
    expected = ErrorCode::invalid_invitation;
  }
  SECTION("the role of a host") {
    admitted_by.role = Role::host;
    expected = ErrorCode::invalid_invitation;
  }
  SECTION("another space") {
    link.space = counting<SpaceId>(1);
    expected = ErrorCode::invalid_invitation;
  }
  SECTION("another log") {
    seen = Seen{Seq(1), counting<Hash>(1)};
    expected = ErrorCode::log_fork;
  }
  eva.ask(link);
  const auto request = JoinRequest::open(link.secret, link.space, eva.joining->sealed_request()).value();
  const auto roll = anna.space->roll_payload().value();
  anna.write(log, as_text(roll), PayloadKind::roll);
  const auto staged = anna.space->stage_admit(request, admitted_by, seen.value_or(anna.seen()), kNow, anna.random);
  REQUIRE(staged);
  REQUIRE(log.append(staged->record, staged->last_handshake_seq));
  anna.pull(log);
  // eva pulls everything but does not join by itself
  auto joining = std::move(*eva.joining);
  eva.joining.reset();
  eva.pull(log);
  CHECK(joining.is_welcomed_by(log.at(log.head())));
  CHECK_FALSE(joining.is_welcomed_by(log.at(Seq(1))));
  const auto joined = Space::join(joining, eva.keys, log.head(), log.at(log.head()), eva.facts());
  if (expected) {
    CHECK(code_of(joined) == *expected);
  } else {
    INFO((joined ? std::string() : joined.error().message()));
    REQUIRE(joined);
    CHECK(joined->own_role() == Role::member);
    CHECK(joined->roll().find(eva.keys->device(), joined->epoch())->auth_pub == joining.auth_pub());
    CHECK(anna.space->roll().find(eva.keys->device(), joined->epoch())->auth_pub == joining.auth_pub());
    CHECK(code_of(Space::join(joining, eva.keys, log.head(), log.at(jan.space->joined_at()), eva.facts())) ==
          ErrorCode::mls_no_matching_key_package);
  }
}

TEST_CASE("a joiner refuses a welcome that stands beside another commit") {
  FakeLog log;
  Device anna("anna"), jan("jan"), eva("eva");
  anna.create();
  anna.admit(log, jan);
  const auto heal = jan.space->stage_heal(jan.random).value();
  const auto invitation = anna.invite();
  eva.ask(anna.link(invitation));
  const auto staged = anna.stage_admission(log, invitation, eva.joining->sealed_request()).value();
  auto joining = std::move(*eva.joining);
  eva.joining.reset();
  eva.pull(log);
  auto swapped = HandshakeRecord::decode(staged.record.bytes).value();
  swapped.commit = HandshakeRecord::decode(heal.record.bytes).value().commit;
  const auto seq = log.head().next();
  CHECK(Space::join(joining, eva.keys, seq, staged.record, eva.facts()));
  CHECK(code_of(Space::join(joining, eva.keys, seq, {wire::RecordKind::handshake, swapped.encode(), {}}, eva.facts())) ==
        ErrorCode::invalid_invitation);
}

TEST_CASE("a key at the server that two devices share is neither admitted twice nor shut out while one of them stays") {
  FakeLog log;
  Device anna("anna"), jan("jan"), eva("eva");
  anna.create();
  anna.admit(log, jan);
  const auto invitation = anna.invite();
  eva.ask(anna.link(invitation));
  auto request = JoinRequest::open(invitation.secret, anna.id, eva.joining->sealed_request()).value();
  const auto admit = [&](const wire::AuthKey& key) {
    auto copy = Space::load(*anna.store, anna.id, anna.keys).value();
    request.auth_pub = key;
    return copy.stage_admit(request, invitation, anna.seen(), kNow, anna.random);
  };
  CHECK(admit(eva.joining->auth_pub()));
  CHECK(code_of(admit(jan.space->auth_pub())) == ErrorCode::invalid_join_request);
  CHECK(code_of(admit(wire::AuthKey{})) == ErrorCode::invalid_join_request);
  // A server that names another key in the record must not have jan shut out when eva is removed.
  auto staged = anna.stage_admission(log, invitation, eva.joining->sealed_request()).value();
  REQUIRE(staged.record.access_changes.size() == 1);
  staged.record.access_changes[0].key = jan.space->auth_pub();
  REQUIRE(log.append(staged.record, staged.last_handshake_seq));
  anna.pull(log);
  const auto removal = anna.space->stage_remove(eva.identity.member(), anna.random).value();
  CHECK(removal.record.access_changes.empty());
}

TEST_CASE("who admits checks the request: its key package, its lifetime, whom it is from") {
  FakeLog log;
  Device anna("anna"), jan("jan"), eva("eva");
  anna.create();
  anna.admit(log, jan);
  const auto invitation = anna.invite();
  eva.ask(anna.link(invitation));
  const auto request = JoinRequest::open(invitation.secret, anna.id, eva.joining->sealed_request()).value();
  const auto admit = [&](const JoinRequest& asked, const Invitation& by, WallMs now, Device& host) {
    auto copy = Space::load(*host.store, host.id, host.keys).value();
    return copy.stage_admit(asked, by, host.seen(), now, host.random);
  };
  REQUIRE(admit(request, invitation, kNow, anna));
  CHECK(code_of(admit(request, invitation, kNow, jan)) == ErrorCode::not_permitted);
  const std::int64_t day = 24LL * 3600 * 1000;
  CHECK(code_of(admit(request, invitation, WallMs(kNow.value() + 120 * day), anna)) == ErrorCode::invalid_join_request);
  CHECK(code_of(admit(request, invitation, WallMs(kNow.value() - 20 * day), anna)) == ErrorCode::invalid_join_request);
  auto broken = request;
  broken.key_package.back() ^= 1;
  CHECK(code_of(admit(broken, invitation, kNow, anna)) == ErrorCode::invalid_join_request);
  auto other = invitation.clone();
  other.maker = jan.identity.member();
  CHECK(code_of(admit(request, other, kNow, anna)) == ErrorCode::invalid_invitation);
  const auto again = Joining::begin(anna.link(invitation), "Jan", *jan.keys, kNow, jan.random).value();
  const auto from_jan = JoinRequest::open(invitation.secret, anna.id, again.sealed_request()).value();
  CHECK(code_of(admit(from_jan, invitation, kNow, anna)) == ErrorCode::already_exists);
}
