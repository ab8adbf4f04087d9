// Key packages, on their own and in an Add (RFC 9420 §10, §10.1, §12.1.1).
#include "forge.hpp"
#include "rules.hpp"

using namespace muistio;
using namespace muistio::mls;
using namespace muistio::mls::test;

namespace {
const WallMs kNow{1'700'000'001'000};

// Member 2 judges a commit by member 1 that adds a package.
void judge_add(Trial& trial, Party& party, const KeyPackage& good, const KeyPackage& bad, std::string_view because = {}) {
  const Forger forger(party[1]);
  const auto judge = [&](const KeyPackage& package) {
    Recipe recipe;
    recipe.proposals = {{Add{package}}};
    return receive(party[2], forger.commit(recipe).message);
  };
  trial.judges(judge, good, bad, because);
}

// The same, for a package changed before both its signatures were made.
void judge_changed(Trial& trial, const Change<KeyPackage>& change, std::string_view because = {}, bool leaf_too = true) {
  Party party(3);
  const auto made = party.package("Dirk");
  auto bad = made.key_package;
  change(bad);
  sign_again(bad, made.signing_key, leaf_too);
  judge_add(trial, party, made.key_package, bad, because);
}

// A package judged on its own, at a time, by who is about to add it.
void judge_lifetime(Trial& trial, Lifetime bad, std::string_view because) {
  Party party(1);
  auto config = leaf_config("Dirk");
  const auto good = party.package(config).key_package;
  config.lifetime = bad;
  trial.judges([](const KeyPackage& package) { return package.validate(kNow); }, good, party.package(config).key_package, because);
}
}  // namespace

RULE("10.1", mls_invalid_key_package, "a key package that is signed by another key") {
  Party party(3);
  const auto made = party.package("Dirk");
  auto bad = made.key_package;
  bad.signature = sign_with_label(party[1].signing_key(), "KeyPackageTBS", without_signature(bad));
  judge_add(trial, party, made.key_package, bad, "the signature");
}

RULE("10", mls_invalid_key_package, "a key package that is signed under another label") {
  Party party(3);
  const auto made = party.package("Dirk");
  auto good = made.key_package, bad = made.key_package;
  good.signature = sign_with_label(made.signing_key, "KeyPackageTBS", without_signature(good));
  bad.signature = sign_with_label(made.signing_key, "LeafNodeTBS", without_signature(bad));
  judge_add(trial, party, good, bad, "the signature");
}

RULE("10", mls_invalid_key_package, "a key package without a signature") {
  Party party(3);
  const auto made = party.package("Dirk");
  auto bad = made.key_package;
  bad.signature.clear();
  judge_add(trial, party, made.key_package, bad, "the signature");
}

RULE("10.1", mls_invalid_leaf, "a key package whose leaf is signed by another key") {
  Party party(3);
  const auto made = party.package("Dirk");
  auto bad = made.key_package;
  bad.leaf_node.sign(party[1].signing_key(), {});
  sign_again(bad, made.signing_key, false);
  judge_add(trial, party, made.key_package, bad, "the signature");
}

RULE("10.1", mls_unsupported_suite, "a key package of another protocol version") {
  judge_changed(trial, [](KeyPackage& package) { package.version = static_cast<ProtocolVersion>(2); });
}

RULE("10.1", mls_unsupported_suite, "a key package of another cipher suite") {
  judge_changed(trial, [](KeyPackage& package) { package.cipher_suite = static_cast<CipherSuite>(1); });
}

RULE("10", mls_invalid_key_package, "a key package whose leaf has the source of an update") {
  judge_changed(
      trial, [](KeyPackage& package) { package.leaf_node.leaf_node_source = LeafNodeSource::update; }, "not one of a key package");
}

RULE("10", mls_invalid_key_package, "a key package whose leaf has the source of a commit") {
  judge_changed(
      trial, [](KeyPackage& package) { package.leaf_node.leaf_node_source = LeafNodeSource::commit; }, "not one of a key package");
}

RULE("10.1", mls_invalid_key_package, "a key package whose init key is its leaf's encryption key") {
  judge_changed(
      trial, [](KeyPackage& package) { package.init_key = package.leaf_node.encryption_key; }, "one key serves twice");
}

RULE("10", mls_invalid_key_package, "a key package whose init key is of the wrong length") {
  judge_changed(
      trial, [](KeyPackage& package) { package.init_key.data.push_back(0); }, "the init key");
}

RULE("10", mls_invalid_key_package, "a key package whose init key is a point of small order") {
  judge_changed(
      trial, [](KeyPackage& package) { package.init_key = key_of(Bytes(32, 0)); }, "the init key");
}

RULE("10", mls_invalid_key_package, "a key package whose signature key is of the wrong length") {
  judge_changed(
      trial, [](KeyPackage& package) { package.leaf_node.signature_key.data.pop_back(); }, "the signature");
}

RULE("13.4", mls_invalid_key_package, "a key package with an extension twice") {
  Party party(3);
  auto config = leaf_config("Dirk");
  config.capabilities.extensions.push_back(static_cast<ExtensionType>(0xF0FE));
  const auto made = party.package(config);
  auto good = made.key_package;
  good.extensions = {{static_cast<ExtensionType>(0xF0FE), {1}}};
  auto bad = good;
  bad.extensions.push_back({static_cast<ExtensionType>(0xF0FE), {2}});
  sign_again(good, made.signing_key);
  sign_again(bad, made.signing_key);
  judge_add(trial, party, good, bad, "an extension occurs twice");
}

RULE("7.3", mls_invalid_key_package, "a key package before its lifetime") {
  judge_lifetime(trial, {1'700'000'002, 1'700'100'000}, "not within its lifetime");
}

RULE("7.3", mls_invalid_key_package, "a key package after its lifetime") {
  judge_lifetime(trial, {1'699'000'000, 1'700'000'000}, "not within its lifetime");
}

RULE("7.2", mls_invalid_key_package, "a key package with a lifetime longer than the longest acceptable one") {
  judge_lifetime(trial, {1'700'000'000, 1'700'000'000 + kLifetimeSecondsMax + 1}, "too long");
}

RULE("7.2", mls_invalid_key_package, "a key package whose lifetime ends before it begins") {
  judge_lifetime(trial, {1'700'000'000, 1'699'999'999}, "too long");
}

RULE("10", malformed, "a key package of another version than the message that carries it") {
  Party party(1);
  const auto made = party.package("Dirk");
  auto bad = made.key_package;
  bad.version = static_cast<ProtocolVersion>(2);
  sign_again(bad, made.signing_key);
  trial.judges([](const KeyPackage& package) { return parse_key_package(package.message()); }, made.key_package, bad,
               "another version");
}

RULE("13.4", mls_invalid_leaf, "an Add of a client that does not support an extension of the group") {
  Party::Config config;
  config.extensions = {charter("first")};
  Party party(3, config);
  const auto good = party.package("Dirk");
  auto leaf = leaf_config("Dirk");
  leaf.capabilities.extensions.clear();
  judge_add(trial, party, good.key_package, party.package(leaf).key_package, "an extension of the group");
}

RULE("11.1", mls_invalid_leaf, "an Add of a client that lacks a required capability") {
  constexpr auto kKind = static_cast<ProposalType>(0xF00D);
  auto leaf = leaf_config("m");
  leaf.capabilities.proposals = {kKind};
  Party::Config config;
  config.extensions = {to_extension({{}, {kKind}, {}})};
  config.leaf = [&](std::size_t) { return leaf; };
  Party party(3, config);
  const auto good = party.package(leaf);
  judge_add(trial, party, good.key_package, party.package(leaf_config("Dirk")).key_package, "a required capability");
}

RULE("7.3", mls_invalid_leaf, "an Add of a client with a credential that others do not support") {
  judge_changed(
      trial,
      [](KeyPackage& package) {
        package.leaf_node.credential = {CredentialType::x509, {}, {{{1, 2, 3}}}};
        package.leaf_node.capabilities.credentials = {CredentialType::basic, CredentialType::x509};
      },
      "not supported by all");
}

RULE("12.2", mls_invalid_leaf, "an Add of a client that is in the group already") {
  Party party(3);
  const auto good = party.package("Dirk");
  const auto again = need(generate_key_package(leaf_config("m0"), party[0].signing_key().clone(), party.random));
  judge_add(trial, party, good.key_package, again.key_package, "its signature key is in use");
}

RULE("12.1.1", mls_invalid_leaf, "an Add with the encryption key of a member") {
  Party party(3);
  judge_changed(
      trial, [&](KeyPackage& package) { package.leaf_node.encryption_key = party[0].own_leaf_node().encryption_key; },
      "its encryption key is in use");
}

RULE("12.1.1", mls_invalid_leaf, "a key package that is added a second time") {
  Party party(3);
  const auto dirk = party.package("Dirk"), other = party.package("Els");
  CommitParams params;
  params.proposals = {{Add{dirk.key_package}}};
  party.commit(0, params);
  judge_add(trial, party, other.key_package, dirk.key_package, "its encryption key is in use");
}

RULE("12.2", mls_invalid_leaf, "two Adds of one client") {
  Party party(3);
  const Forger forger(party[1]);
  const auto key = crypto::SigningKey::generate(party.random);
  const auto one = need(generate_key_package(leaf_config("Dirk"), key, party.random));
  const auto two = need(generate_key_package(leaf_config("Dirk"), key, party.random));
  const auto other = party.package("Els");
  const auto judge = [&](const KeyPackage& second) {
    Recipe recipe;
    recipe.proposals = {{Add{one.key_package}}, {Add{second}}};
    return receive(party[2], forger.commit(recipe).message);
  };
  trial.judges(judge, other.key_package, two.key_package, "its signature key is in use");
}
