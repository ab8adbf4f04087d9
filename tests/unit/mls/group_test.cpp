#include "world.hpp"

using namespace muistio;
using namespace muistio::mls;
using namespace muistio::mls::test;

TEST_CASE("a group of one grows, changes its extensions and shrinks again, and all agree") {
  World world;
  world.add("Anna", "Bram");
  world.add("Bram", "Cees");
  CommitParams params;
  params.proposals = {{GroupContextExtensions{{requirements(), charter("second")}}}};
  world.commit("Cees", params);
  REQUIRE(*find_extension(world.at("Anna").context().extensions, kCharter) == to_bytes(as_bytes("second")));
  params.proposals = {{Remove{world.at("Bram").own_leaf()}}};
  world.commit("Anna", params);
  REQUIRE(world.members.size() == 2);
  REQUIRE(world.at("Cees").epoch() == Epoch(4));
}

TEST_CASE("members agree after every step of a random walk of adds, updates and removes") {
  for (std::uint64_t seed : {11, 12, 13}) {
    World world(seed);
    int added = 0;
    for (int step = 0; step < 30; ++step) {
      INFO("seed " << seed << " step " << step);
      std::vector<std::string> names;
      for (const auto& [name, group] : world.members) names.push_back(name);
      const auto committer = names[world.random.below(names.size())];
      const auto other = names[world.random.below(names.size())];
      CommitParams params;
      params.private_message = world.random.below(2) == 0;
      switch (names.size() < 3 ? 0 : world.random.below(5)) {
        case 0:
        case 1: {
          const auto one = world.package("m" + std::to_string(added++));
          const auto two = world.package("m" + std::to_string(added++));
          params.proposals = {{Add{one.key_package}}, {Add{two.key_package}}};
          params.with_path = world.random.below(3) != 0;
          world.commit(committer, params, {{"m" + std::to_string(added - 2), &one}, {"m" + std::to_string(added - 1), &two}});
          break;
        }
        case 2:
          world.commit(committer, params);
          break;
        case 3:
          if (other == committer) break;
          params.proposals = {{Remove{world.at(other).own_leaf()}}};
          world.commit(committer, params);
          break;
        default: {
          if (other == committer) break;
          const auto message = need(world.at(other).propose_update(world.random, world.random.below(2) == 0));
          params.references = {world.spread(other, message)};
          world.commit(committer, params);
          break;
        }
      }
    }
    REQUIRE(added > 4);
  }
}

TEST_CASE("a member who leaves proposes it, and another commits it by reference") {
  World world;
  world.add("Anna", "Bram");
  world.add("Anna", "Cees");
  const auto message = need(world.at("Bram").propose({Remove{world.at("Bram").own_leaf()}}, world.random));
  CommitParams params;
  params.references = {world.spread("Bram", message)};
  const auto opened_by_reference = need(world.at("Cees").stage_commit(params, world.random));
  const auto opened = need(world.at("Anna").open(opened_by_reference.commit_message));
  REQUIRE(opened.proposals.size() == 1);
  REQUIRE(opened.proposals[0].by_reference);
  REQUIRE(opened.proposals[0].sender.leaf_index == world.at("Bram").own_leaf());
  world.commit("Cees", params);
  REQUIRE_FALSE(world.members.contains("Bram"));
}

TEST_CASE("a commit that refers to a proposal never seen is told apart and can be opened later") {
  World world;
  world.add("Anna", "Bram");
  world.add("Anna", "Cees");
  const auto message = need(world.at("Bram").propose({Remove{world.at("Bram").own_leaf()}}, world.random));
  auto& cees = world.at("Cees");
  const auto proposal = need(cees.open(message));
  need(cees.store_proposal(proposal));
  CommitParams params;
  params.references = {proposal.message.ref()};
  const auto staged = need(cees.stage_commit(params, world.random));
  auto& anna = world.at("Anna");
  REQUIRE(code_of(anna.open(staged.commit_message)) == ErrorCode::mls_unknown_proposal);
  need(anna.store_proposal(need(anna.open(message))));
  const auto next = need(anna.apply_commit(need(anna.open(staged.commit_message))));
  REQUIRE(equal(next.epoch_authenticator(), staged.next.epoch_authenticator()));
}

TEST_CASE("a staged commit that loses the race is dropped and the winner's applies") {
  World world;
  world.add("Anna", "Bram");
  auto& bram = world.at("Bram");
  const auto loser = need(bram.stage_commit({}, world.random));
  const auto winner = need(world.at("Anna").stage_commit({}, world.random));
  REQUIRE(bram.epoch() == Epoch(1));
  const auto next = need(bram.apply_commit(need(bram.open(winner.commit_message))));
  REQUIRE(equal(next.epoch_authenticator(), winner.next.epoch_authenticator()));
  REQUIRE(code_of(need(Group::deserialize(winner.next.serialize().expose())).open(loser.commit_message)) ==
          ErrorCode::mls_wrong_epoch);
}

TEST_CASE("two commits staged one after the other in one epoch do not use one key twice") {
  World world;
  world.add("Anna", "Bram");
  const auto first = need(world.at("Anna").stage_commit({}, world.random));
  const auto second = need(world.at("Anna").stage_commit({}, world.random));
  auto& bram = world.at("Bram");
  const auto later = need(bram.open(second.commit_message));
  const auto earlier = need(bram.open(first.commit_message));
  REQUIRE(equal(need(bram.apply_commit(later)).epoch_authenticator(), second.next.epoch_authenticator()));
  REQUIRE(equal(need(bram.apply_commit(earlier)).epoch_authenticator(), first.next.epoch_authenticator()));
}

TEST_CASE("the welcome's extensions are made with the new epoch at hand") {
  World world;
  const auto bram = world.package("Bram");
  const auto kind = static_cast<ExtensionType>(0xF0B1);
  CommitParams params;
  params.proposals = {{Add{bram.key_package}}};
  params.tree_in_welcome = false;
  Bytes message;
  params.group_info_extensions = [&](const Group& next, std::span<const KeyPackageRef> added,
                                     BytesView commit_message) -> Result<std::vector<Extension>> {
    REQUIRE(added.size() == 1);
    REQUIRE(added[0] == bram.key_package.ref());
    message = to_bytes(commit_message);
    return std::vector<Extension>{{kind, to_bytes(next.confirmed_transcript_hash())}};
  };
  auto staged = need(world.at("Anna").stage_commit(params, world.random));
  REQUIRE(message == staged.commit_message);
  REQUIRE(code_of(Group::join(*staged.welcome_message, bram)) == ErrorCode::mls_invalid_group_info);
  const auto tree = encoded(staged.next.tree());
  const auto joined = need(Group::join(*staged.welcome_message, bram, tree));
  REQUIRE(*find_extension(joined.info.extensions, kind) == to_bytes(joined.group.confirmed_transcript_hash()));
  REQUIRE(joined.info.signer == LeafIndex(0));
  REQUIRE(joined.group.own_leaf() == LeafIndex(1));

  params.group_info_extensions = [](const Group&, std::span<const KeyPackageRef>, BytesView) -> Result<std::vector<Extension>> {
    return fail(ErrorCode::not_permitted);
  };
  REQUIRE(code_of(world.at("Anna").stage_commit(params, world.random)) == ErrorCode::not_permitted);
}

TEST_CASE("once erased, the exporter secret yields nothing, not even after the group is read back") {
  World world;
  auto& anna = world.at("Anna");
  REQUIRE(need(anna.export_secret("a", {}, 32)).size() == 32);
  REQUIRE_FALSE(equal(need(anna.export_secret("a", {}, 32)).expose(), need(anna.export_secret("b", {}, 32)).expose()));
  REQUIRE(code_of(anna.export_secret("a", {}, 100000)) == ErrorCode::invalid_argument);
  anna.erase_exporter_secret();
  REQUIRE(code_of(anna.export_secret("a", {}, 32)) == ErrorCode::invalid_state);
  REQUIRE(code_of(stored_and_read(anna).export_secret("a", {}, 32)) == ErrorCode::invalid_state);
}

TEST_CASE("a group ended by a ReInit makes no more messages") {
  World world;
  world.add("Anna", "Bram");
  CommitParams params;
  params.proposals = {{ReInit{to_bytes(as_bytes("successor")), ProtocolVersion::mls10, kCipherSuite, {}}}};
  world.commit("Anna", params);
  REQUIRE(world.at("Bram").is_ended());
  REQUIRE(code_of(world.at("Bram").protect(as_bytes("x"), {}, world.random)) == ErrorCode::invalid_state);
  REQUIRE(code_of(world.at("Anna").stage_commit({}, world.random)) == ErrorCode::invalid_state);
}

TEST_CASE("a commit with a pre-shared key agrees only for who holds it") {
  World world;
  world.add("Anna", "Bram");
  PreSharedKeyID id;
  id.psk_id = to_bytes(as_bytes("known to both"));
  id.psk_nonce = Bytes(32, 7);
  CommitParams params;
  params.proposals = {{PreSharedKey{id}}};
  const auto holding = [](const std::string& psk) -> PskLookup {
    return [psk](const PreSharedKeyID&) -> std::optional<SecretBytes> { return SecretBytes::copy_of(as_bytes(psk)); };
  };
  const auto staged = need(world.at("Anna").stage_commit(params, world.random, holding("secret")));
  const auto opened = need(world.at("Bram").open(staged.commit_message));
  REQUIRE(code_of(world.at("Bram").apply_commit(opened)) == ErrorCode::mls_missing_psk);
  REQUIRE(code_of(world.at("Bram").apply_commit(opened, holding("other"))) == ErrorCode::mls_bad_confirmation);
  const auto next = need(world.at("Bram").apply_commit(opened, holding("secret")));
  REQUIRE(equal(next.epoch_authenticator(), staged.next.epoch_authenticator()));
}
