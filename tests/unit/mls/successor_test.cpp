// Groups that succeed another: branches and ReInit.
#include "world.hpp"

using namespace muistio;
using namespace muistio::mls;
using namespace muistio::mls::test;

namespace {
World world_of_three() {
  World world;
  world.add("Anna", "Bram");
  world.add("Anna", "Cees");
  return world;
}

Bytes text(const std::string& of) { return to_bytes(as_bytes(of)); }

SuccessorParams branch_params(World& world, std::map<std::string, KeyPackagePrivate>& packages, std::vector<std::string> names) {
  SuccessorParams params;
  params.leaf = leaf_config("Anna");
  params.group_id = text("a branch");
  params.extensions = {requirements(), charter("branch")};
  for (const auto& name : names) {
    packages.emplace(name, world.package(name));
    params.members.push_back(packages.at(name).key_package);
  }
  return params;
}

void end_group(World& world) {
  CommitParams params;
  params.proposals = {{ReInit{text("the next"), ProtocolVersion::mls10, kCipherSuite, {requirements(), charter("next")}}}};
  world.commit("Cees", params);
}

PskLookup resumption_of(const Group& group) {
  return [&group](const PreSharedKeyID& id) -> std::optional<SecretBytes> {
    auto held = group.resumption_psk(id.psk_epoch);
    if (!held) return std::nullopt;
    return std::move(*held);
  };
}

}  // namespace

TEST_CASE("some members go on in a branch, which who was left out cannot read") {
  auto world = world_of_three();
  std::map<std::string, KeyPackagePrivate> packages;
  const auto params = branch_params(world, packages, {"Bram"});
  auto made = need(world.at("Anna").branch(params, crypto::SigningKey::generate(world.random), world.random));
  REQUIRE(made.group.epoch() == Epoch(1));
  REQUIRE(made.added == std::vector{packages.at("Bram").key_package.ref()});
  auto joined = need(world.at("Bram").join_successor(*made.welcome_message, packages.at("Bram")));
  REQUIRE(equal(joined.group.epoch_authenticator(), made.group.epoch_authenticator()));
  REQUIRE(as_text(joined.group.group_id()) == "a branch");
  REQUIRE(*find_extension(joined.group.context().extensions, kCharter) == text("branch"));
  const auto message = need(made.group.protect(as_bytes("between us"), {}, world.random));
  REQUIRE(as_text(*need(joined.group.open(message)).application_data()) == "between us");
  world.commit("Cees", {});  // the old group goes on
}

TEST_CASE("a branch is joined from the former group alone") {
  auto world = world_of_three();
  std::map<std::string, KeyPackagePrivate> packages;
  const auto params = branch_params(world, packages, {"Bram"});
  const auto made = need(world.at("Anna").branch(params, crypto::SigningKey::generate(world.random), world.random));
  const auto& package = packages.at("Bram");
  REQUIRE(code_of(Group::join(*made.welcome_message, package, std::nullopt, resumption_of(world.at("Bram")))) ==
          ErrorCode::mls_invalid_group_info);
  World other(7);
  REQUIRE(code_of(other.at("Anna").join_successor(*made.welcome_message, package)) == ErrorCode::mls_missing_psk);
  REQUIRE(code_of(other.at("Anna").join_successor(*made.welcome_message, package, std::nullopt, resumption_of(world.at("Bram")))) ==
          ErrorCode::mls_invalid_group_info);  // its members are others
  // A Welcome into a group that is no successor.
  const auto lone = world.package("Bram");
  CommitParams add;
  add.proposals = {{Add{lone.key_package}}};
  const auto staged = need(other.at("Anna").stage_commit(add, other.random));
  REQUIRE(code_of(world.at("Bram").join_successor(*staged.welcome_message, lone)) == ErrorCode::mls_invalid_group_info);
  need(Group::join(*staged.welcome_message, lone));
}

TEST_CASE("a branch takes members of the group only, as the application tells them") {
  auto world = world_of_three();
  std::map<std::string, KeyPackagePrivate> packages;
  auto params = branch_params(world, packages, {"Bram", "Mallory"});
  const auto key = crypto::SigningKey::generate(world.random);
  REQUIRE(code_of(world.at("Anna").branch(params, key, world.random)) == ErrorCode::mls_invalid_commit);
  params.same_member = [](const Credential&, const Credential&) { return true; };
  const auto made = need(world.at("Anna").branch(params, key, world.random));
  REQUIRE(code_of(world.at("Bram").join_successor(*made.welcome_message, packages.at("Bram"))) ==
          ErrorCode::mls_invalid_group_info);
  need(world.at("Bram").join_successor(*made.welcome_message, packages.at("Bram"), std::nullopt, {}, params.same_member));
  params.group_id = to_bytes(world.at("Anna").group_id());
  REQUIRE(code_of(world.at("Anna").branch(params, key, world.random)) == ErrorCode::invalid_argument);
}

TEST_CASE("after a ReInit the same members go on in the group that it announced") {
  auto world = world_of_three();
  end_group(world);
  REQUIRE(world.at("Bram").reinit()->group_id == text("the next"));
  std::map<std::string, KeyPackagePrivate> packages;
  auto params = branch_params(world, packages, {"Bram", "Cees"});
  params.tree_in_welcome = false;
  REQUIRE(code_of(world.at("Anna").branch(params, crypto::SigningKey::generate(world.random), world.random)) ==
          ErrorCode::invalid_state);
  const auto made = need(world.at("Anna").reinitialise(params, crypto::SigningKey::generate(world.random), world.random));
  REQUIRE(as_text(made.group.group_id()) == "the next");
  const auto tree = encoded(made.group.tree());
  for (const auto* name : {"Bram", "Cees"}) {
    const auto joined = need(world.at(name).join_successor(*made.welcome_message, packages.at(name), tree));
    REQUIRE(equal(joined.group.epoch_authenticator(), made.group.epoch_authenticator()));
    REQUIRE(*find_extension(joined.group.context().extensions, kCharter) == text("next"));
    REQUIRE_FALSE(joined.group.is_ended());
  }
}

TEST_CASE("who reinitialises leaves nobody out, and waits for the ReInit") {
  auto world = world_of_three();
  std::map<std::string, KeyPackagePrivate> packages;
  const auto params = branch_params(world, packages, {"Bram"});
  const auto key = crypto::SigningKey::generate(world.random);
  REQUIRE(code_of(world.at("Anna").reinitialise(params, key, world.random)) == ErrorCode::invalid_state);
  end_group(world);
  REQUIRE(code_of(world.at("Anna").reinitialise(params, key, world.random)) == ErrorCode::mls_invalid_commit);
}

TEST_CASE("a ReInit to another cipher suite ends the group, and its successor is not ours to make") {
  auto world = world_of_three();
  CommitParams commit;
  commit.proposals = {{ReInit{text("the next"), ProtocolVersion::mls10, static_cast<CipherSuite>(0x004d), {}}}};
  world.commit("Anna", commit);
  std::map<std::string, KeyPackagePrivate> packages;
  const auto params = branch_params(world, packages, {"Bram", "Cees"});
  REQUIRE(code_of(world.at("Bram").reinitialise(params, crypto::SigningKey::generate(world.random), world.random)) ==
          ErrorCode::mls_unsupported_suite);
}

TEST_CASE("a group unlike the one that the ReInit announced is not joined") {
  auto world = world_of_three();
  end_group(world);
  std::map<std::string, KeyPackagePrivate> packages;
  const auto params = branch_params(world, packages, {"Bram", "Cees"});
  const auto made = need(world.at("Anna").reinitialise(params, crypto::SigningKey::generate(world.random), world.random));
  const auto& package = packages.at("Bram");
  const auto stored = to_bytes(world.at("Bram").serialize().expose());
  // Bram's stored group, with one thing of the ReInit changed: the bytes from `at` on are replaced.
  const auto remembering = [&](const std::string& was, const std::string& is) {
    auto changed = stored;
    const auto place = std::search(changed.begin(), changed.end(), was.begin(), was.end());
    REQUIRE(place != changed.end());
    std::copy(is.begin(), is.end(), place);
    return need(Group::deserialize(changed));
  };
  need(remembering("the next", "the next").join_successor(*made.welcome_message, package));
  const std::string suite("the next\0\1\0\3", 12);
  REQUIRE(code_of(remembering(suite, std::string("the next\0\2\0\3", 12)).join_successor(*made.welcome_message, package)) ==
          ErrorCode::mls_invalid_group_info);
  REQUIRE(code_of(remembering(suite, std::string("the next\0\1\0\1", 12)).join_successor(*made.welcome_message, package)) ==
          ErrorCode::mls_invalid_group_info);
  for (const auto& [was, is] : std::map<std::string, std::string>{{"the next", "the last"}, {"\x04next", "\x04last"}})
    REQUIRE(code_of(remembering(was, is).join_successor(*made.welcome_message, package)) == ErrorCode::mls_invalid_group_info);
  // As a branch of the group before it ended, it is none.
  auto early = world_of_three();
  const auto own = resumption_of(world.at("Bram"));
  REQUIRE(code_of(early.at("Bram").join_successor(*made.welcome_message, package, std::nullopt, own)) ==
          ErrorCode::mls_invalid_group_info);
}

TEST_CASE("a resumption PSK is proposed, committed by reference and found by every member of long enough standing") {
  auto world = world_of_three();
  const auto old = Epoch(2);
  world.commit("Bram", {});
  const auto id = resumption_psk_id(world.at("Bram").group_id(), old, ResumptionPSKUsage::application, world.random);
  CommitParams params;
  params.references = {world.spread("Bram", need(world.at("Bram").propose({PreSharedKey{id}}, world.random)))};
  world.commit("Anna", params);
  world.add("Anna", "Dirk");
  const auto again = resumption_psk_id(world.at("Bram").group_id(), old, ResumptionPSKUsage::application, world.random);
  CommitParams by_value;
  by_value.proposals = {{PreSharedKey{again}}};
  const auto staged = need(world.at("Anna").stage_commit(by_value, world.random));
  REQUIRE(code_of(world.at("Dirk").apply_commit(need(world.at("Dirk").peek(staged.commit_message)))) == ErrorCode::mls_missing_psk);
  need(world.at("Bram").apply_commit(need(world.at("Bram").peek(staged.commit_message))));
  REQUIRE(code_of(world.at("Dirk").resumption_psk(old)) == ErrorCode::not_found);
}

TEST_CASE("the resumption PSK of another group can be injected") {
  auto world = world_of_three();
  World other(9);
  const auto id = resumption_psk_id(other.at("Anna").group_id(), Epoch(0), ResumptionPSKUsage::application, world.random);
  auto from_other = id;
  from_other.psk_group_id = text("elsewhere");  // the worlds' groups bear one name
  CommitParams params;
  params.proposals = {{PreSharedKey{from_other}}};
  const auto lookup = resumption_of(other.at("Anna"));
  const auto staged = need(world.at("Anna").stage_commit(params, world.random, lookup));
  const auto opened = need(world.at("Bram").open(staged.commit_message));
  REQUIRE(code_of(world.at("Bram").apply_commit(opened)) == ErrorCode::mls_missing_psk);
  REQUIRE(equal(need(world.at("Bram").apply_commit(opened, lookup)).epoch_authenticator(), staged.next.epoch_authenticator()));
}

TEST_CASE("resumption PSKs are kept for a stated number of epochs") {
  World world;
  for (std::size_t i = 0; i < kResumptionPsksKept; ++i) world.commit("Anna", {});
  REQUIRE(code_of(world.at("Anna").resumption_psk(Epoch(0))) == ErrorCode::not_found);
  need(world.at("Anna").resumption_psk(Epoch(1)));
}
