// R3 and R8 against members who do not keep the rules: they hold a real group and make what they like with it.
#include "rogue.hpp"

using namespace muistio;
using namespace muistio::space;
using namespace muistio::space::test;

TEST_CASE("step 1: what is not a handshake record is skipped") {
  Club club(Role::member);
  const auto good = club.rogue.record({});
  club.check_applied(good);
  auto content = good;
  content.kind = wire::RecordKind::content;
  club.check_skipped(content, Step::form, ErrorCode::handshake_form);
  auto cut = good;
  cut.bytes.pop_back();
  club.check_skipped(cut, Step::form, ErrorCode::handshake_form);
}

TEST_CASE("step 2: a commit that does not open is skipped") {
  Club club(Role::member);
  const auto message = club.rogue.commit({}).commit_message;
  club.check_applied(Rogue::as_record(message));
  auto torn = message;
  torn.back() ^= 1;
  club.check_skipped(Rogue::as_record(torn), Step::message, ErrorCode::handshake_message);
  mls::CommitParams in_public;
  in_public.private_message = false;
  club.check_skipped(club.rogue.record(in_public), Step::message, ErrorCode::handshake_message);
  mls::CommitParams chatty;
  chatty.authenticated_data = {1};
  club.check_skipped(club.rogue.record(chatty), Step::message, ErrorCode::handshake_message);
  auto application = club.rogue.bare->clone();
  club.check_skipped(Rogue::as_record(application.protect(as_bytes("x"), {}, club.rogue.random).value()), Step::message,
                     ErrorCode::handshake_message);
  Club other(Role::member);
  club.check_skipped(other.rogue.record({}), Step::message, ErrorCode::handshake_message);
  // of an epoch that is over
  REQUIRE(club.log.append(Rogue::as_record(message), club.log.last_handshake));
  club.jan.pull(club.log);
  club.anna.pull(club.log);
  club.check_skipped(Rogue::as_record(message), Step::message, ErrorCode::handshake_message);
}

TEST_CASE("step 3: a commit without a path is skipped") {
  Club club(Role::host);
  Stranger stranger(club);
  auto params = by_value({{mls::Add{stranger.key_package()}}});
  params.proposals.push_back(set_charter(with_member(club.charter(), stranger.member())));
  club.check_applied(club.rogue.record(params));
  auto without = by_value({{mls::Add{stranger.key_package()}}});
  without.with_path = false;
  club.check_skipped(club.rogue.record(without), Step::sender, ErrorCode::handshake_sender);
}

TEST_CASE("step 4: proposals that a space does not take are skipped") {
  Club club(Role::host);
  auto charter = club.charter();
  ++charter.version;
  club.check_applied(club.rogue.record(by_value({set_charter(charter)})));
  const mls::ReInit reinit{to_bytes(club.anna.id.view()), mls::ProtocolVersion::mls10, mls::kCipherSuite, {}};
  club.check_skipped(club.rogue.record(by_value({{reinit}})), Step::proposals, ErrorCode::handshake_proposals);
  club.check_skipped(club.rogue.changed(club.jan, by_value({set_charter(charter)}),
                                        [](mls::Commit& commit, Bytes&) { commit.proposals.push_back(commit.proposals[0]); }),
                     Step::proposals, ErrorCode::handshake_proposals);
  // by reference, to a proposal that nobody holds
  auto copy = club.rogue.bare->clone();
  const auto proposal = copy.propose({mls::Remove{club.rogue.leaf_of(club.rogue)}}, club.rogue.random).value();
  auto reader = club.jan.bare->clone();
  mls::CommitParams params;
  params.references = {reader.open(proposal)->message.ref()};
  auto committer = club.jan.bare->clone();
  REQUIRE(committer.store_proposal(committer.open(proposal).value()));
  const auto message = committer.stage_commit(params, club.jan.random)->commit_message;
  const auto outcome = club.judged_by(club.anna, Rogue::as_record(message));
  CHECK(outcome.step == Step::proposals);
  CHECK(outcome.error->code == ErrorCode::handshake_proposals);
}

TEST_CASE("a proposal for anyone but its own member is not taken note of") {
  Club club(Role::host);
  const auto propose = [&](const Device& target) {
    auto copy = club.rogue.bare->clone();
    return wire::encode_envelope(2, 1, copy.propose({mls::Remove{club.rogue.leaf_of(target)}}, club.rogue.random).value());
  };
  const auto seen_by_jan = [&](const Bytes& record) {
    auto copy = Space::load(*club.jan.store, club.jan.id, club.jan.keys).value();
    return copy.process_proposal(club.log.head().next(), record);
  };
  CHECK(seen_by_jan(propose(club.rogue)));
  CHECK(code_of(seen_by_jan(propose(club.anna))) == ErrorCode::not_permitted);
  auto charter = club.charter();
  auto copy = club.rogue.bare->clone();
  const auto other = wire::encode_envelope(2, 1, copy.propose(set_charter(charter), club.rogue.random).value());
  CHECK(code_of(seen_by_jan(other)) == ErrorCode::not_permitted);
  CHECK(code_of(seen_by_jan(Bytes{1})) == ErrorCode::malformed);
}

TEST_CASE("the same leaving proposal counts once, however often it is sealed and whatever else is proposed for the same leaf") {
  Club club(Role::member);
  auto copy = club.rogue.bare->clone();
  const mls::Proposal leaving{mls::Remove{club.rogue.leaf_of(club.rogue)}};
  const auto framed = state_of(copy).frame(leaving, {}, true);
  const auto sealed = [&](const mls::AuthenticatedContent& content) {
    return wire::encode_envelope(2, 1, state_of(copy).protect(content, club.rogue.random).value());
  };
  const auto stored_bytes = [&] {
    club.jan.save();
    return club.jan.store->get(store::Table::group, club.jan.id.view()).value().value().size();
  };
  REQUIRE(club.jan.space->process_proposal(club.log.head().next(), sealed(framed)));
  const auto before = stored_bytes();
  for (int i = 0; i < 20; ++i) REQUIRE(club.jan.space->process_proposal(club.log.head().next(), sealed(framed)));
  auto other = framed;
  other.auth.signature.clear();
  CHECK(code_of(club.jan.space->process_proposal(club.log.head().next(), sealed(other))) == ErrorCode::bad_signature);
  CHECK(stored_bytes() == before);
  CHECK(club.jan.space->leaving() == std::vector<MemberId>{club.rogue.identity.member()});
  club.jan.crash();
  CHECK(club.jan.space->leaving() == std::vector<MemberId>{club.rogue.identity.member()});
}

TEST_CASE("step 4: a commit of too many proposals or too many Adds is skipped before their signatures are looked at") {
  Club club(Role::host);
  Stranger stranger(club);
  const auto of_adds = [&](std::size_t count) {
    return club.rogue.changed(club.jan, {}, [&](mls::Commit& commit, Bytes&) {
      commit.proposals.assign(count, {mls::Proposal{mls::Add{stranger.key_package()}}});
    });
  };
  const auto outcome_of = [&](std::size_t count) { return club.judged_by(club.anna, of_adds(count)); };
  CHECK(outcome_of(kAddsMax).step == Step::lists);
  CHECK(outcome_of(kAddsMax + 1).step == Step::proposals);
  CHECK(outcome_of(mls::ProposalOrRef::kListMax + 1).step == Step::message);
}

TEST_CASE("step 5: a leaf without a certificate, or with one for another key, is skipped") {
  Club club(Role::host);
  Stranger stranger(club);
  const auto add = [&](const mls::KeyPackage& key_package) {
    auto params = by_value({{mls::Add{key_package}}});
    params.proposals.push_back(set_charter(with_member(club.charter(), stranger.member())));
    return club.rogue.record(params);
  };
  club.check_applied(add(stranger.key_package()));
  const auto package_with = [&](Bytes credential, const crypto::SigningKey& key) {
    mls::LeafConfig leaf;
    leaf.credential = std::move(credential);
    leaf.capabilities = leaf_capabilities();
    leaf.lifetime = {0, 2'000'000'000};
    return mls::generate_key_package(leaf, key, stranger.device.random).value().key_package;
  };
  const auto& certificate = stranger.device.keys->certificate();
  club.check_applied(add(package_with(certificate.encode(), stranger.device.keys->signing_key())));
  club.check_skipped(add(package_with({1, 2, 3}, stranger.device.keys->signing_key())), Step::lists, ErrorCode::handshake_lists);
  club.check_skipped(add(package_with(certificate.encode(), crypto::SigningKey::generate(stranger.device.random))), Step::lists,
                     ErrorCode::handshake_lists);
  auto forged = certificate;
  forged.identity_pub = club.anna.keys->certificate().identity_pub;
  club.check_skipped(add(package_with(forged.encode(), stranger.device.keys->signing_key())), Step::lists,
                     ErrorCode::handshake_lists);
  // the RFC's rules of lists: the same leaf removed twice
  const mls::Proposal remove{mls::Remove{club.rogue.leaf_of(club.jan)}};
  const auto twice = club.rogue.changed(club.jan, by_value({set_charter(with_member(club.charter(), stranger.member()))}),
                                        [&](mls::Commit& commit, Bytes&) {
                                          commit.proposals = {{remove}, {remove}};
                                        });
  const auto outcome = club.judged_by(club.anna, twice);
  CHECK(outcome.step == Step::lists);
}

TEST_CASE("step 5: a member's certificate never changes in its leaf") {
  Club club(Role::member);
  const auto with = [&](const DeviceCertificate& certificate) {
    return club.rogue.changed(club.jan, {}, [&](mls::Commit& commit, Bytes&) {
      auto& leaf = commit.path->leaf_node;
      leaf.credential = mls::Credential::basic(certificate.encode());
      leaf.sign(club.rogue.keys->signing_key(), {club.anna.id.view(), club.rogue.leaf_of(club.rogue)});
    });
  };
  const auto& own = club.rogue.keys->certificate();
  club.check_applied(with(own));
  const auto other_wrap_key = crypto::X25519PrivateKey::generate(club.rogue.random).public_key();
  club.check_skipped(with(club.rogue.identity.certify(own.device_sig_pub, other_wrap_key)), Step::lists,
                     ErrorCode::handshake_lists);
  const auto other_person = Identity::generate(club.rogue.random);
  club.check_skipped(with(other_person.certify(own.device_sig_pub, own.device_wrap_pub)), Step::lists, ErrorCode::handshake_lists);
}

TEST_CASE("step 6: without being a host one removes, adds and changes nobody but oneself") {
  Club club(Role::member);
  Stranger stranger(club);
  club.check_applied(club.rogue.record({}));
  club.check_skipped(club.rogue.record(by_value({{mls::Remove{club.rogue.leaf_of(club.anna)}}})), Step::roles,
                     ErrorCode::not_permitted);
  auto add = by_value({{mls::Add{stranger.key_package()}}});
  add.proposals.push_back(set_charter(with_member(club.charter(), stranger.member())));
  club.check_skipped(club.rogue.record(add), Step::roles, ErrorCode::not_permitted);
  auto charter = club.charter();
  ++charter.version;
  club.check_skipped(club.rogue.record(by_value({set_charter(charter)})), Step::roles, ErrorCode::not_permitted);
  for (auto& entry : charter.members)
    if (entry.member == club.rogue.identity.member()) entry.role = Role::host;
  club.check_skipped(club.rogue.record(by_value({set_charter(charter)})), Step::roles, ErrorCode::not_permitted);

  // a second device of one's own is one's own business
  const auto second = DeviceKeys::generate(club.rogue.identity, club.rogue.random);
  auto link = club.anna.link(club.anna.invite());
  const auto joining = Joining::begin(link, "R", second, kNow, club.rogue.random).value();
  const auto own = by_value({{mls::Add{joining.state().key_package.key_package}}});
  club.check_applied(club.rogue.record(own));
  club.check_applied(club.rogue.record(own, {{wire::AccessChange::Op::add, joining.auth_pub()}}));
  club.check_skipped(club.rogue.record({}, {{wire::AccessChange::Op::add, joining.auth_pub()}}), Step::roles,
                     ErrorCode::not_permitted);
  club.check_skipped(club.rogue.record({}, {{wire::AccessChange::Op::remove, club.anna.space->auth_pub()}}), Step::roles,
                     ErrorCode::not_permitted);

  // what a host may
  Club hosts(Role::host);
  const auto outcome = hosts.judged(hosts.rogue.record(by_value({{mls::Remove{hosts.rogue.leaf_of(hosts.anna)}}})));
  CHECK(outcome.kind == Outcome::Kind::applied);
  CHECK(outcome.members_removed == std::vector<MemberId>{hosts.anna.identity.member()});
}

TEST_CASE("step 7: a charter that breaks its rules is skipped") {
  Club club(Role::host);
  Stranger stranger(club);
  auto good = club.charter();
  ++good.version;
  const auto with = [&](const std::function<void(Charter&)>& change) {
    auto charter = good;
    change(charter);
    return club.rogue.record(by_value({set_charter(charter)}));
  };
  club.check_applied(with([](Charter&) {}));
  const auto skipped = [&](const std::function<void(Charter&)>& change) {
    club.check_skipped(with(change), Step::charter, ErrorCode::invalid_charter);
  };
  skipped([](Charter& charter) { --charter.version; });
  skipped([](Charter& charter) { ++charter.version; });
  skipped([](Charter& charter) { charter.kind = SpaceKind::desk; });
  skipped([](Charter& charter) { charter.parent = counting<SpaceId>(1); });
  skipped([](Charter& charter) { charter.predecessor = Predecessor{}; });
  skipped([](Charter& charter) { charter.era = Era(2); });
  skipped([](Charter& charter) { charter.members[0].first_era = Era(1), charter.era = Era(1); });
  skipped([](Charter& charter) { charter.warrants = {Bytes{1}}; });
  skipped([](Charter& charter) { charter.devices_max = 0; });
  skipped([](Charter& charter) { charter.members[0].role = Role::guest; });
  skipped([](Charter& charter) {
    for (auto& entry : charter.members) entry.role = Role::member;
  });
  skipped([&](Charter& charter) { REQUIRE(charter.remove(club.jan.identity.member())); });
  skipped([](Charter& charter) {
    REQUIRE(charter.add({counting<MemberId>(1), Role::member, Era(0), std::nullopt}));
    REQUIRE(charter.add({counting<MemberId>(2), Role::member, Era(0), std::nullopt}));
  });
  // somebody added who is not listed
  club.check_skipped(club.rogue.record(by_value({{mls::Add{stranger.key_package()}}})), Step::charter, ErrorCode::invalid_charter);
  // extensions other than R2's
  auto extensions = context_extensions(good);
  const auto raw = [&] { return club.rogue.record(by_value({{mls::GroupContextExtensions{extensions}}})); };
  club.check_applied(raw());
  extensions[1].extension_data.pop_back();
  club.check_skipped(raw(), Step::charter, ErrorCode::invalid_charter);
  extensions.pop_back();
  club.check_skipped(raw(), Step::charter, ErrorCode::invalid_charter);
}

TEST_CASE("step 7: a successor is named when it is admitted, and of nobody who stays") {
  Club club(Role::host);
  Stranger stranger(club);
  const auto jan = club.jan.identity.member();
  const auto with = [&](const std::optional<MemberId>& former, bool stays) {
    auto charter = with_member(club.charter(), stranger.member());
    for (auto& entry : charter.members)
      if (entry.member == stranger.member()) entry.successor_of = former;
    auto params = by_value({{mls::Add{stranger.key_package()}}});
    if (!stays) {
      REQUIRE(charter.remove(jan));
      params.proposals.push_back({mls::Remove{club.rogue.leaf_of(club.jan)}});
    }
    params.proposals.push_back(set_charter(charter));
    return club.rogue.record(params);
  };
  const auto skipped = [&](const wire::Record& record) { club.check_skipped(record, Step::charter, ErrorCode::invalid_charter); };
  club.check_applied(with(std::nullopt, true));
  club.check_applied(with(counting<MemberId>(99), true));  // of somebody who was removed before
  club.check_applied(with(jan, false));
  skipped(with(jan, true));
  skipped(with(stranger.member(), true));
  auto changed = club.charter();
  ++changed.version;
  changed.members[0].successor_of = counting<MemberId>(99);
  skipped(club.rogue.record(by_value({set_charter(changed)})));
}

TEST_CASE("steps 8 to 10: a broken tree and a wrong tag are skipped, a path that does not open freezes") {
  Club club(Role::member);
  const auto with = [&](const std::function<void(mls::Commit&, Bytes&)>& change) {
    return club.rogue.changed(club.jan, {}, change);
  };
  club.check_applied(with([](mls::Commit&, Bytes&) {}));

  SECTION("step 8") {
    club.check_skipped(with([](mls::Commit& commit, Bytes&) { commit.path->nodes.pop_back(); }), Step::path,
                       ErrorCode::handshake_path);
  }
  SECTION("step 9") {
    const auto broken = with([](mls::Commit& commit, Bytes&) {
      for (auto& node : commit.path->nodes)
        for (auto& sealed : node.encrypted_path_secret) sealed.ciphertext.back() ^= 1;
    });
    const auto outcome = club.judged(broken);
    CHECK(outcome.kind == Outcome::Kind::frozen);
    CHECK(outcome.step == Step::decryption);
    CHECK(outcome.error->code == ErrorCode::handshake_decryption);
    // frozen it stays, over a restart, with all that was readable
    club.jan.write(club.log, "before");
    REQUIRE(club.log.append(broken, club.log.last_handshake));
    club.jan.pull(club.log);
    REQUIRE(club.jan.space->frozen());
    const auto epoch = club.jan.space->epoch();
    club.jan.crash();
    REQUIRE(club.jan.space->frozen());
    CHECK(club.jan.space->frozen()->code == ErrorCode::handshake_decryption);
    CHECK(club.jan.space->epoch() == epoch);
    CHECK(code_of(club.jan.space->seal_batch(club.jan.content("x"), club.jan.seen(), club.jan.random)) == ErrorCode::frozen);
    CHECK(code_of(club.jan.space->stage_heal(club.jan.random)) == ErrorCode::frozen);
    CHECK(code_of(club.jan.space->process_handshake(Seq(99), broken)) == ErrorCode::frozen);
  }
  SECTION("step 10") {
    club.check_skipped(with([](mls::Commit&, Bytes& tag) { tag[0] ^= 1; }), Step::confirmation, ErrorCode::handshake_confirmation);
  }
}

TEST_CASE("a skipped commit changes nothing: the next good one applies") {
  Club club(Role::member);
  REQUIRE(club.log.append(club.rogue.record(by_value({{mls::Remove{club.rogue.leaf_of(club.anna)}}})), club.log.last_handshake));
  club.jan.pull(club.log);
  club.anna.pull(club.log);
  CHECK(club.jan.outcomes.back().kind == Outcome::Kind::skipped);
  club.anna.send(club.log, club.anna.space->stage_heal(club.anna.random));
  club.jan.write(club.log, "on we go");
  club.anna.pull(club.log);
  CHECK(club.anna.texts().back() == "on we go");
}

TEST_CASE("a joiner refuses an admitter whom the link names but who is no host") {
  Club club(Role::member);
  Device eva("eva");
  auto link = club.anna.link(club.anna.invite());
  link.inviter = club.rogue.identity.member();
  eva.ask(link);
  const auto& key_package = eva.joining->state().key_package.key_package;
  const auto welcome_by = [&](const Charter& charter) {
    auto params = by_value({{mls::Add{key_package}}});
    params.proposals.push_back(set_charter(charter));
    params.group_info_extensions = [&](const mls::Group& next, std::span<const mls::KeyPackageRef> added, BytesView message) {
      const auto commit_hash = crypto::sha256(message);
      Admission admission;
      admission.roll_hash = commit_hash;  // some roll: the charter's rules come before it is read
      admission.commit_hash = commit_hash;
      admission.confirm = link.secret.confirm(next.confirmed_transcript_hash(), added[0].data, commit_hash);
      return Result<std::vector<mls::Extension>>(
          std::vector<mls::Extension>{{static_cast<mls::ExtensionType>(kAdmissionExtension), admission.encode()}});
    };
    const auto commit = club.rogue.commit(params);
    HandshakeRecord record;
    record.commit = commit.commit_message;
    record.welcome = commit.welcome_message;
    return wire::Record{wire::RecordKind::handshake, record.encode(), {}};
  };
  auto charter = with_member(club.charter(), eva.identity.member());
  const auto by_member = Space::join(*eva.joining, eva.keys, Seq(1), welcome_by(charter), eva.facts());
  CHECK(code_of(by_member) == ErrorCode::wrong_admitter);
  for (auto& entry : charter.members)
    if (entry.member == club.rogue.identity.member()) entry.role = Role::host;
  CHECK(Space::join(*eva.joining, eva.keys, Seq(1), welcome_by(charter), eva.facts()));
}

TEST_CASE("a guest is removed by any full member and struck with their last device, and removes nobody else") {
  Charter charter;
  charter.kind = SpaceKind::session;
  std::vector<Leaf> leaves;
  const auto add = [&](const std::string& name, Role role) {
    SeededRandom random(name);
    const auto certificate = DeviceKeys::generate(Identity::generate(random), random).certificate();
    leaves.push_back(
        {mls::LeafIndex(static_cast<std::uint32_t>(leaves.size())), certificate, certificate.member(), certificate.device()});
    REQUIRE(charter.add({certificate.member(), role, Era(0), std::nullopt}));
  };
  add("host", Role::host);
  add("member", Role::member);
  add("guest", Role::guest);
  add("other guest", Role::guest);
  const auto extensions = context_extensions(charter);
  const Before before{charter, leaves, extensions};
  Proposed proposed;
  proposed.committer = leaves[1].member;
  proposed.removed = {leaves[2]};
  CHECK(check_roles(before, proposed));
  auto struck = charter;
  ++struck.version;
  REQUIRE(struck.remove(leaves[2].member));
  proposed.extensions = context_extensions(struck);
  CHECK(check_roles(before, proposed));
  CHECK(check_charter(before, proposed).value() == struck);
  REQUIRE(struck.remove(leaves[3].member));
  proposed.extensions = context_extensions(struck);
  CHECK(code_of(check_roles(before, proposed)) == ErrorCode::not_permitted);

  proposed.extensions.reset();
  proposed.committer = leaves[3].member;
  CHECK(code_of(check_roles(before, proposed)) == ErrorCode::not_permitted);
  proposed.removed = {leaves[3]};
  CHECK(check_roles(before, proposed));
  proposed.removed = {leaves[2]};
  proposed.removed_by_reference = {leaves[2].index};
  CHECK(check_roles(before, proposed));
  proposed.committer = counting<MemberId>(1);
  CHECK(code_of(check_roles(before, proposed)) == ErrorCode::not_permitted);
}

TEST_CASE("a commit of this very device that it did not stage freezes it, others follow it: in its name alone it is skipped") {
  Club club(Role::host);
  // A copy of jan's home made it.
  const auto own = club.jan.record({});
  CHECK(club.judged_by(club.anna, own).kind == Outcome::Kind::applied);
  const auto outcome = club.judged(own);
  REQUIRE(outcome.kind == Outcome::Kind::frozen);
  CHECK(outcome.step == Step::sender);
  CHECK(outcome.error->code == ErrorCode::broken_chain);
  CHECK(outcome.epoch == club.jan.space->epoch());

  // The rogue knows all keys of messages of the epoch, and not jan's signature.
  const auto in_name_of_jan = [&] {
    auto copy = club.rogue.bare->clone();
    auto& state = state_of(copy);
    auto reader = club.jan.bare->clone();
    auto framed = reader.open(club.rogue.commit({}).commit_message).value().message;
    framed.content.sender.leaf_index = club.rogue.leaf_of(club.jan);
    return Rogue::as_record(
        mls::to_message(mls::protect_private(framed, state.secret_tree, state.sender_data_secret, club.rogue.random).value()));
  };
  club.check_skipped(in_name_of_jan(), Step::message, ErrorCode::handshake_message);

  // Under a key that jan has used up nobody at jan's can tell who made it: this once jan stops, as by a garbled path.
  REQUIRE(club.jan.space->stage_heal(club.jan.random));
  club.jan.save();
  const auto forged = in_name_of_jan();
  CHECK(club.judged_by(club.anna, forged).kind == Outcome::Kind::skipped);
  CHECK(club.judged(forged).kind == Outcome::Kind::frozen);
  // The staged one is jan's own, and merges.
  const auto staged = club.judged(club.jan.space->staged()->record);
  CHECK(staged.kind == Outcome::Kind::applied);
  CHECK(staged.own);
}
