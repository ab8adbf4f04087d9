// R12: a new host by a host's signature or by a majority's, and a newcomer by a quorum.
#include "rogue.hpp"

using namespace muistio;
using namespace muistio::space;
using namespace muistio::space::test;

namespace {

/// anna is host; jan, rogue and eva are members.
struct Four : Club {
  Device eva{"eva"};
  Four() : Club(Role::member) {
    anna.admit(log, eva);
    jan.pull(log);
    rogue.pull(log);
  }
  Warrant signed_by(const WarrantTerms& terms, std::initializer_list<const Device*> devices) const {
    Warrant warrant{terms, {}};
    for (const auto* device : devices) warrant.add(sign_warrant(terms, *device->keys));
    return warrant;
  }
  [[nodiscard]] WarrantTerms terms(WarrantKind kind, const Device& subject) const {
    return anna.space->warrant_terms(kind, subject.identity.member());
  }
  [[nodiscard]] std::optional<Role> role(const Device& device) const {
    return anna.space->charter().role_of(device.identity.member());
  }
};

}  // namespace

TEST_CASE("a member becomes a host by an offline host's signature, and everybody follows") {
  Four club;
  const auto warrant = club.signed_by(club.terms(WarrantKind::give, club.jan), {&club.anna});
  CHECK(Warrant::parse("  " + warrant.text() + "\n").value() == warrant);
  club.jan.send(club.log, club.jan.space->stage_take_host(Warrant::parse(warrant.text()).value(), club.jan.random));
  for (auto* device : {&club.anna, static_cast<Device*>(&club.rogue), &club.eva}) device->pull(club.log);
  CHECK(club.role(club.jan) == Role::host);
  CHECK(club.role(club.anna) == Role::host);
  CHECK(club.eva.space->charter() == club.jan.space->charter());
  CHECK(club.anna.space->charter().warrants == std::vector<Bytes>{warrant.encode()});

  // It is used up, and the next change of the charter does not carry it on.
  CHECK(code_of(club.rogue.space->stage_take_host(warrant, club.rogue.random)) == ErrorCode::not_permitted);
  club.jan.send(club.log, club.jan.space->stage_set_role(club.anna.identity.member(), Role::member, club.jan.random));
  CHECK(club.jan.space->charter().warrants.empty());
  Device uusi("uusi");
  club.anna.pull(club.log);
  CHECK(club.role(club.anna) == Role::member);
  club.jan.admit(club.log, uusi);
  CHECK(uusi.space->charter() == club.jan.space->charter());
}

TEST_CASE("a vanished host is replaced by more than half of the others, and is a member afterwards") {
  Four club;
  const auto terms = club.terms(WarrantKind::replace, club.jan);
  const auto tried = [&](const Warrant& warrant) { return code_of(club.jan.space->stage_take_host(warrant, club.jan.random)); };
  CHECK(tried(club.signed_by(terms, {&club.jan})) == ErrorCode::not_permitted);
  CHECK(tried(club.signed_by(terms, {&club.jan, &club.anna})) == ErrorCode::not_permitted);
  const auto warrant = club.signed_by(terms, {&club.eva, &club.jan});
  CHECK(club.jan.space->check_consent(warrant));
  club.jan.send(club.log, club.jan.space->stage_take_host(warrant, club.jan.random));
  club.anna.pull(club.log);
  CHECK(club.role(club.jan) == Role::host);
  CHECK(club.role(club.anna) == Role::member);
  CHECK(code_of(club.anna.space->stage_remove(club.eva.identity.member(), club.anna.random)) == ErrorCode::not_permitted);
}

TEST_CASE("a warrant lets only its subject do what it says, in its space, on its version of the charter") {
  Four club;
  club.rogue.bare.reset();
  club.rogue.take_group(club.log);
  auto& rogue = club.rogue;
  const auto member = rogue.identity.member();
  const auto commit = [&](const Warrant& warrant, const std::function<void(Charter&)>& change) {
    auto charter = club.charter();
    ++charter.version;
    charter.warrants = {warrant.encode()};
    for (auto& entry : charter.members)
      if (entry.member == member) entry.role = Role::host;
    change(charter);
    return rogue.record(by_value({set_charter(charter)}));
  };
  const auto nothing_more = [](Charter&) {};
  const auto terms = club.terms(WarrantKind::give, rogue);
  const auto good = club.signed_by(terms, {&club.anna});
  club.check_applied(commit(good, nothing_more));

  const auto refused = [&](
                           const Warrant& warrant, const std::function<void(Charter&)>& change = [](Charter&) {}) {
    club.check_skipped(commit(warrant, change), Step::roles, ErrorCode::not_permitted);
  };
  // signed by somebody else, or by nobody here
  refused(club.signed_by(terms, {&rogue}));
  refused(club.signed_by(terms, {&club.anna, &rogue}));
  Device stranger("stranger");
  refused(club.signed_by(terms, {&stranger}));
  auto torn = good;
  torn.signatures[0].signature.mutable_array()[0] ^= 1;
  refused(torn);
  // for something else
  for (const auto& change : std::vector<std::function<void(WarrantTerms&)>>{
           [](WarrantTerms& other) { other.space = counting<SpaceId>(1); }, [](WarrantTerms& other) { ++other.charter_version; },
           [](WarrantTerms& other) { --other.charter_version; }, [](WarrantTerms& other) { other.kind = WarrantKind::admit; },
           [&](WarrantTerms& other) { other.subject = club.jan.identity.member(); }}) {
    auto other = terms;
    change(other);
    refused(club.signed_by(other, {&club.anna}));
  }
  // a vote is no warrant of a host, nor the other way round
  auto replace = terms;
  replace.kind = WarrantKind::replace;
  refused(club.signed_by(replace, {&club.anna}));
  refused({replace, good.signatures});
  // more than it says
  refused(good, [&](Charter& charter) {
    for (auto& entry : charter.members)
      if (entry.member == club.anna.identity.member()) entry.role = Role::member;
  });
  refused(good, [](Charter& charter) { charter.quorum = 1; });
  refused(good, [&](Charter& charter) { REQUIRE(charter.remove(club.eva.identity.member())); });
  refused(good, [&](Charter& charter) { charter.warrants.push_back(good.encode()); });
  refused(good, [&](Charter& charter) { charter.warrants.clear(); });
  refused(good, [&](Charter& charter) { charter.warrants = {Bytes{1}}; });
  // and by the majority: the hosts are members afterwards, or it does not count
  const auto votes = club.signed_by(replace, {&rogue, &club.jan});
  refused(votes);
  const auto demoted = [&](Charter& charter) {
    for (auto& entry : charter.members)
      if (entry.member == club.anna.identity.member()) entry.role = Role::member;
  };
  club.check_applied(commit(votes, demoted));
  refused(club.signed_by(replace, {&rogue}), demoted);
}

TEST_CASE("a warrant that nothing asks for is refused in a host's charter") {
  Club club(Role::host);
  auto charter = club.charter();
  Warrant warrant{club.anna.space->warrant_terms(WarrantKind::give, club.jan.identity.member()), {}};
  warrant.add(sign_warrant(warrant.terms, *club.anna.keys));
  ++charter.version;
  charter.warrants = {warrant.encode()};
  club.check_skipped(club.rogue.record(by_value({set_charter(charter)})), Step::charter, ErrorCode::invalid_charter);
}

TEST_CASE("with a quorum nobody is admitted, and the quorum not lowered, without so many members' consent") {
  Four club;
  auto& anna = club.anna;
  const auto everybody_pulls = [&] {
    for (auto* device : {&anna, static_cast<Device*>(&club.jan), static_cast<Device*>(&club.rogue), &club.eva})
      device->pull(club.log);
  };
  anna.send(club.log, anna.space->stage_quorum(2, std::nullopt, anna.random));
  everybody_pulls();
  CHECK(club.eva.space->charter().quorum == 2);

  Device uusi("uusi"), muu("muu");
  const auto invitation = anna.invite();
  uusi.ask(anna.link(invitation));
  const auto try_admission = [&](const std::optional<Warrant>& consent) {
    anna.write(club.log, as_text(anna.space->roll_payload().value()), PayloadKind::roll);
    const auto request = JoinRequest::open(invitation.secret, anna.id, uusi.joining->sealed_request()).value();
    return anna.space->stage_admit(request, invitation, anna.seen(), kNow, anna.random, consent);
  };
  CHECK(code_of(try_admission(std::nullopt)) == ErrorCode::not_permitted);
  const auto terms = club.terms(WarrantKind::admit, uusi);
  CHECK(code_of(try_admission(club.signed_by(terms, {&club.jan}))) == ErrorCode::not_permitted);
  CHECK(code_of(try_admission(club.signed_by(club.terms(WarrantKind::admit, muu), {&anna, &club.jan}))) ==
        ErrorCode::not_permitted);
  anna.send(club.log, try_admission(club.signed_by(terms, {&anna, &club.jan})));
  uusi.pull(club.log);
  REQUIRE(uusi.space);
  everybody_pulls();
  CHECK(club.eva.outcomes.back().kind == Outcome::Kind::applied);

  const auto lowering = anna.space->warrant_terms(WarrantKind::admit, MemberId{});
  CHECK(code_of(anna.space->stage_quorum(1, std::nullopt, anna.random)) == ErrorCode::not_permitted);
  anna.send(club.log, anna.space->stage_quorum(1, club.signed_by(lowering, {&club.eva, &club.jan}), anna.random));
  everybody_pulls();
  CHECK(club.jan.space->charter().quorum == 1);

  // A host who keeps no rules is refused by everybody.
  anna.send(club.log, anna.space->stage_set_role(club.rogue.identity.member(), Role::host, anna.random));
  club.jan.pull(club.log);
  club.rogue.pull(club.log);
  club.rogue.bare.reset();
  club.rogue.take_group(club.log);
  Stranger stranger(club);
  auto params = by_value({{mls::Add{stranger.key_package()}}});
  params.proposals.push_back(set_charter(with_member(club.charter(), stranger.member())));
  club.check_skipped(club.rogue.record(params), Step::roles, ErrorCode::not_permitted);
}

TEST_CASE("a vote is counted only as its author's own signature under the charter as it stands") {
  Four club;
  const auto terms = club.terms(WarrantKind::replace, club.jan);
  const auto vote = club.signed_by(terms, {&club.eva});
  const auto& space = *club.jan.space;
  CHECK(space.check_vote(vote, club.eva.identity.member()));
  CHECK(code_of(space.check_vote(vote, club.jan.identity.member())) == ErrorCode::not_permitted);
  CHECK(code_of(space.check_vote(club.signed_by(terms, {&club.eva, &club.jan}), club.eva.identity.member())) ==
        ErrorCode::not_permitted);
  auto torn = vote;
  torn.signatures[0].signature.mutable_array()[5] ^= 1;
  CHECK(code_of(space.check_vote(torn, club.eva.identity.member())) == ErrorCode::bad_signature);
  club.anna.send(club.log, club.anna.space->stage_set_role(club.rogue.identity.member(), Role::facilitator, club.anna.random));
  club.jan.pull(club.log);
  CHECK(code_of(space.check_vote(vote, club.eva.identity.member())) == ErrorCode::not_permitted);
}

TEST_CASE("a club that shrank below its quorum lets nobody in, nor lowers it: removing members is no way round them") {
  Four club;
  auto& anna = club.anna;
  anna.send(club.log, anna.space->stage_quorum(4, std::nullopt, anna.random));
  const auto all = anna.space->warrant_terms(WarrantKind::admit, MemberId{});
  CHECK(anna.space->check_consent(club.signed_by(all, {&anna, &club.jan, &club.rogue, &club.eva})));
  anna.send(club.log, anna.space->stage_remove(club.eva.identity.member(), anna.random));
  club.jan.pull(club.log);
  club.rogue.pull(club.log);
  const auto left = anna.space->warrant_terms(WarrantKind::admit, MemberId{});
  const auto three = club.signed_by(left, {&anna, &club.jan, &club.rogue});
  CHECK(code_of(anna.space->stage_quorum(1, three, anna.random)) == ErrorCode::not_permitted);
}
