// Members of one group, each with an own view of it, for the tests.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "muistio/crypto/hash.hpp"
#include "muistio/mls/group.hpp"

namespace muistio::mls::test {

/// Random bytes that are the same in every run.
class RepeatableRandom final : public Random {
 public:
  explicit RepeatableRandom(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<std::uint8_t> out) override {
    for (auto& byte : out) byte = static_cast<std::uint8_t>(next() >> 24);
  }
  std::uint64_t below(std::uint64_t limit) { return next() % limit; }

 private:
  std::uint64_t next() {  // splitmix64
    auto z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  std::uint64_t state_;
};

inline constexpr auto kCharter = static_cast<ExtensionType>(0xF0A1);

template <class T>
T need(Result<T> result) {
  INFO((result ? std::string() : result.error().message()));
  REQUIRE(result.has_value());
  return std::move(result).value();
}
inline void need(const Status& status) {
  INFO((status ? std::string() : status.error().message()));
  REQUIRE(status.has_value());
}
template <class T>
ErrorCode code_of(const Result<T>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error().code;
}

inline LeafConfig leaf_config(const std::string& name) {
  LeafConfig config;
  config.credential = to_bytes(as_bytes(name));
  config.capabilities.extensions = {kCharter};
  config.lifetime = {1'700'000'000, 1'700'000'000 + 30 * 24 * 3600};
  return config;
}

inline Extension charter(const std::string& text) { return {kCharter, to_bytes(as_bytes(text))}; }
inline Extension requirements() { return to_extension(RequiredCapabilities{{kCharter}, {}, {CredentialType::basic}}); }

/// The group stored and read back, which must give the same bytes again.
inline Group stored_and_read(const Group& group) {
  const auto bytes = group.serialize();
  auto read = need(Group::deserialize(bytes.expose()));
  REQUIRE(equal(read.serialize().expose(), bytes.expose()));
  return read;
}

/// All members of a group.
class World {
 public:
  explicit World(std::uint64_t seed = 1) : random(seed) {
    GroupConfig config;
    config.group_id = to_bytes(as_bytes("a group"));
    config.extensions = {requirements(), charter("first")};
    config.leaf = leaf_config("Anna");
    members.emplace("Anna", need(Group::create(config, crypto::SigningKey::generate(random), random)));
  }

  Group& at(const std::string& name) { return members.at(name); }

  KeyPackagePrivate package(const std::string& name) {
    return need(generate_key_package(leaf_config(name), crypto::SigningKey::generate(random), random));
  }

  /// `committer` commits; all others process; those removed leave; those in `joining` join.
  void commit(const std::string& committer, CommitParams params,
              const std::map<std::string, const KeyPackagePrivate*>& joining = {}) {
    auto staged = need(at(committer).stage_commit(params, random));
    for (auto member = members.begin(); member != members.end();) {
      auto& [name, group] = *member;
      if (name == committer) {
        group = stored_and_read(staged.next);
      } else {
        const auto opened = need(group.open(staged.commit_message));
        const auto preview = need(group.preview_commit(opened));
        if (preview.removes(group.own_leaf())) {
          REQUIRE(code_of(group.apply_commit(opened)) == ErrorCode::mls_removed);
          member = members.erase(member);
          continue;
        }
        if (params.private_message) REQUIRE(code_of(group.open(staged.commit_message)) == ErrorCode::mls_secret_consumed);
        group = stored_and_read(need(group.apply_commit(opened, preview)));
        REQUIRE(group.tree() == preview.tree);
      }
      ++member;
    }
    for (const auto& [name, key_package] : joining) {
      REQUIRE(staged.welcome_message);
      auto kept = need(KeyPackagePrivate::deserialize(key_package->serialize().expose()));
      members.emplace(name, stored_and_read(need(Group::join(*staged.welcome_message, kept)).group));
    }
    require_agreement();
  }

  void add(const std::string& committer, const std::string& name) {
    const auto made = package(name);
    CommitParams params;
    params.proposals = {{Add{made.key_package}}};
    commit(committer, params, {{name, &made}});
  }

  /// Everybody else stores what `proposer` proposed.
  ProposalRef spread(const std::string& proposer, const Bytes& message) {
    ProposalRef reference;
    for (auto& [name, group] : members) {
      if (name == proposer) continue;
      const auto opened = need(group.open(message));
      need(group.store_proposal(opened));
      group = stored_and_read(group);
      reference = opened.message.ref();
    }
    return reference;
  }

  void require_agreement() {
    const auto& first = members.begin()->second;
    const auto exported = need(first.export_secret("test", as_bytes("context"), 48));
    for (const auto& [name, group] : members) {
      INFO(name);
      REQUIRE(group.epoch() == first.epoch());
      REQUIRE(equal(group.epoch_authenticator(), first.epoch_authenticator()));
      REQUIRE(equal(group.confirmed_transcript_hash(), first.confirmed_transcript_hash()));
      REQUIRE(group.context() == first.context());
      REQUIRE(equal(need(group.export_secret("test", as_bytes("context"), 48)).expose(), exported.expose()));
      REQUIRE(as_text(group.own_leaf_node().credential.identity) == name);
    }
    REQUIRE(first.tree().member_count() == members.size());
  }

  RepeatableRandom random;
  std::map<std::string, Group> members;
};

}  // namespace muistio::mls::test
