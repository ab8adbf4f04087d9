// R3's order: a commit with two faults is refused for the earlier one, so that every device names the same.
#include <set>

#include "rogue.hpp"

using namespace muistio;
using namespace muistio::space;
using namespace muistio::space::test;

namespace {

/// A commit with the given faults, one a step.
wire::Record faulty(Club& club, const std::set<Step>& faults) {
  const auto has = [&](Step step) { return faults.count(step) != 0; };
  std::vector<mls::Proposal> proposals;
  if (has(Step::roles)) proposals.push_back({mls::Remove{club.rogue.leaf_of(club.anna)}});
  auto charter = club.charter();
  charter.version += has(Step::charter) ? 2 : 1;
  // A member who is no host may not change the charter at all: only with the fault of step 7 is it in such a commit.
  if (!has(Step::roles) || has(Step::charter)) proposals.push_back(set_charter(charter));

  auto reader = club.jan.bare->clone();
  const auto opened = reader.open(club.rogue.commit(by_value(proposals)).commit_message).value();
  auto commit = *opened.commit();
  auto tag = opened.message.auth.confirmation_tag;
  if (has(Step::proposals))
    commit.proposals.push_back(
        {mls::Proposal{mls::ReInit{to_bytes(club.anna.id.view()), mls::ProtocolVersion::mls10, mls::kCipherSuite, {}}}});
  if (has(Step::lists))
    for (int i = 0; i < 2; ++i) commit.proposals.push_back({mls::Proposal{mls::Remove{club.rogue.leaf_of(club.jan)}}});
  if (has(Step::path)) commit.path->nodes.pop_back();
  if (has(Step::decryption))
    for (auto& node : commit.path->nodes)
      for (auto& sealed : node.encrypted_path_secret) sealed.ciphertext.back() ^= 1;
  if (has(Step::sender)) commit.path.reset();
  if (has(Step::confirmation)) tag[0] ^= 1;

  auto copy = club.rogue.bare->clone();
  auto framed = state_of(copy).frame(std::move(commit), has(Step::message) ? BytesView(as_bytes("said aloud")) : BytesView{}, true);
  framed.auth.confirmation_tag = tag;
  auto record = Rogue::as_record(state_of(copy).protect(std::move(framed), club.rogue.random).value());
  if (has(Step::form)) record.kind = wire::RecordKind::content;
  return record;
}

constexpr Step kSteps[] = {Step::form,  Step::message, Step::sender, Step::proposals,  Step::lists,
                           Step::roles, Step::charter, Step::path,   Step::decryption, Step::confirmation};

}  // namespace

TEST_CASE("a commit with one fault is refused at its step, and one with two at the earlier") {
  Club hosts(Role::host), members(Role::member);
  const auto judge = [&](const std::set<Step>& faults) {
    auto& club = faults.count(Step::roles) != 0 ? members : hosts;
    return club.judged(faulty(club, faults));
  };
  REQUIRE(judge({}).kind == Outcome::Kind::applied);
  for (const auto first : kSteps) {
    const auto alone = judge({first});
    INFO("step " << step_name(first));
    CHECK(alone.kind == (first == Step::decryption ? Outcome::Kind::frozen : Outcome::Kind::skipped));
    REQUIRE(alone.step.has_value());
    CHECK(step_name(*alone.step) == step_name(first));
    for (const auto second : kSteps) {
      if (second <= first) continue;
      // Without a path there is nothing of it to break.
      if (first == Step::sender && (second == Step::path || second == Step::decryption)) continue;
      INFO("and step " << step_name(second));
      const auto both = judge({first, second});
      REQUIRE(both.step.has_value());
      CHECK(step_name(*both.step) == step_name(first));
      CHECK(both.kind == alone.kind);
      CHECK(both.error->code == alone.error->code);
    }
  }
}

TEST_CASE("step 7: external senders, and any other extension beside R2's two, are refused") {
  Club club(Role::host);
  auto charter = club.charter();
  ++charter.version;
  auto extensions = context_extensions(charter);
  club.check_applied(club.rogue.record(by_value({{mls::GroupContextExtensions{extensions}}})));
  const auto with = [&](const mls::Extension& extra) {
    auto more = extensions;
    more.push_back(extra);
    return club.rogue.changed(club.jan, by_value({{mls::GroupContextExtensions{extensions}}}), [&](mls::Commit& commit, Bytes&) {
      commit.proposals = {{mls::Proposal{mls::GroupContextExtensions{more}}}};
    });
  };
  // An empty vector of external senders is well-formed (RFC 9420 §12.1.8.1).
  const auto senders = club.judged(with({mls::ExtensionType::external_senders, Bytes{0}}));
  CHECK(senders.step == Step::charter);
  CHECK(senders.error->code == ErrorCode::invalid_charter);
  // One that the leaves do not know is against the RFC's own rules.
  const auto unknown = club.judged(with({static_cast<mls::ExtensionType>(0xF0FF), Bytes{}}));
  CHECK(unknown.step == Step::lists);
}

TEST_CASE("what a newer version wrote is neither judged nor skipped: the app says that it is too old, and may try again") {
  Club club(Role::host);
  Stranger stranger(club);
  const auto epoch = club.jan.space->epoch();
  const auto too_old = [&](const wire::Record& record, Step step) {
    auto copy = Space::load(*club.jan.store, club.jan.id, club.jan.keys).value();
    const auto outcome = copy.process_handshake(club.log.head().next(), record).value();
    CHECK(outcome.kind == Outcome::Kind::frozen);
    REQUIRE(outcome.step.has_value());
    CHECK(step_name(*outcome.step) == step_name(step));
    CHECK(outcome.error->code == ErrorCode::unsupported_version);
    CHECK_FALSE(copy.frozen());
    CHECK(copy.epoch() == epoch);
    // the same place again, as after an update
    CHECK(copy.process_handshake(club.log.head().next(), club.rogue.record({}))->kind == Outcome::Kind::applied);
  };
  auto record = club.rogue.record({});
  const auto body = wire::decode_envelope(record.bytes, 1 << 20).value().body;
  record.bytes = wire::encode_envelope(16, 2, body);
  too_old(record, Step::form);

  const auto certificate = wire::decode_envelope(stranger.device.keys->certificate().encode(), 1024).value().body;
  mls::LeafConfig leaf;
  leaf.credential = wire::encode_envelope(17, 2, certificate);
  leaf.capabilities = leaf_capabilities();
  leaf.lifetime = {0, 2'000'000'000};
  const auto package = mls::generate_key_package(leaf, stranger.device.keys->signing_key(), stranger.device.random)->key_package;
  auto params = by_value({{mls::Add{package}}});
  params.proposals.push_back(set_charter(with_member(club.charter(), stranger.member())));
  too_old(club.rogue.record(params), Step::lists);

  auto charter = club.charter();
  ++charter.version;
  auto extensions = context_extensions(charter);
  extensions[1].extension_data = wire::encode_envelope(18, 2, wire::decode_envelope(charter.encode(), 1 << 20).value().body);
  too_old(club.rogue.record(by_value({{mls::GroupContextExtensions{extensions}}})), Step::charter);
}

TEST_CASE("a proposal to remove one device of several removes that device alone") {
  Club club(Role::member);
  const auto second = DeviceKeys::generate(club.rogue.identity, club.rogue.random);
  const auto joining = Joining::begin(club.anna.link(club.anna.invite()), "R", second, kNow, club.rogue.random).value();
  auto added = club.rogue.commit(by_value({{mls::Add{joining.state().key_package.key_package}}}));
  REQUIRE(club.log.append(Rogue::as_record(added.commit_message), club.log.last_handshake));
  club.rogue.bare.emplace(std::move(added.next));
  club.anna.pull(club.log);
  club.jan.pull(club.log);
  REQUIRE(club.anna.space->devices().size() == 4);
  std::optional<mls::LeafIndex> leaf;
  club.rogue.bare->tree().for_each_leaf([&](mls::LeafIndex index, const mls::LeafNode& node) {
    if (equal(node.signature_key.data, second.certificate().device_sig_pub.view())) leaf = index;
  });
  auto copy = club.rogue.bare->clone();
  const auto propose = [&] {
    return wire::encode_envelope(2, 1, copy.propose({mls::Remove{*leaf}}, club.rogue.random).value());
  };
  const auto member = club.rogue.identity.member();
  REQUIRE(club.log.append(content_record(propose()), club.log.last_handshake));
  club.anna.pull(club.log);
  CHECK(club.anna.space->leaving() == std::vector<MemberId>{member});
  club.anna.crash();
  CHECK(club.anna.space->leaving() == std::vector<MemberId>{member});

  SECTION("by reference") { club.anna.send(club.log, club.anna.space->stage_leaving(club.anna.random)); }
  SECTION("by a host's own right, when the proposal went under with its epoch") {
    club.rogue.bare.emplace(std::move(copy));  // the key of the proposal is used up
    REQUIRE(club.log.append(club.rogue.record({}), club.log.last_handshake));
    club.anna.pull(club.log);
    REQUIRE(club.anna.outcomes.back().kind == Outcome::Kind::applied);
    CHECK(club.anna.space->leaving() == std::vector<MemberId>{member});
    club.anna.send(club.log, club.anna.space->stage_leaving(club.anna.random));
  }
  CHECK(club.anna.space->charter().role_of(member) == Role::member);
  CHECK(club.anna.space->devices().size() == 3);
  CHECK(club.anna.space->leaving().empty());
}
