// A member who does not keep the rules: they take the group out of their own home and make what they like with it.
#pragma once

#include "../../../core/space/src/space_state.hpp"
#include "../../../crypto/mls/src/group_state.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/space/content_keys.hpp"
#include "muistio/space/handshake_record.hpp"
#include "muistio/wire/log_hash.hpp"
#include "support.hpp"

namespace muistio::sync::test {

mls::Group::State& inside(mls::Group& group);
space::Space::State& inside(space::Space& space);
// An explicit instantiation may name a private member.
template <auto Member>
struct ReachGroup {
  friend mls::Group::State& inside(mls::Group& group) { return *(group.*Member); }
};
template struct ReachGroup<&mls::Group::state_>;
template <auto Member>
struct ReachSpace {
  friend space::Space::State& inside(space::Space& space) { return *(space.*Member); }
};
template struct ReachSpace<&space::Space::state_>;

/// A home's space as its owner may use it by hand, with the keys of this moment.
struct Rogue {
  Rogue(Home& home, const SpaceId& id) {
    auto row = home.store->get(store::Table::device, as_bytes("device")).value().value();
    keys = std::make_shared<const space::DeviceKeys>(space::DeviceKeys::decode(row).value());
    space.emplace(space::Space::load(*home.store, id, keys).value());
  }
  [[nodiscard]] mls::Group group() { return inside(*space).group->clone(); }
  [[nodiscard]] mls::LeafIndex leaf_of(const DeviceId& device) {
    for (const auto& leaf : inside(*space).leaves)
      if (leaf.device == device) return leaf.index;
    FAIL("no such leaf");
    return {};
  }
  /// A commit that is good in everything, but that what its path holds for `victim`'s part of the tree is garbled (RFC 9420 16.12).
  [[nodiscard]] wire::Record garbled_for(const DeviceId& victim, Random& random) {
    auto group = this->group();
    auto& state = inside(group);
    const auto leaf = mls::node_of(leaf_of(victim));
    const auto preview = mls::apply_proposals(state, {}, {mls::SenderType::member, group.own_leaf(), 0}).value();
    auto next = mls::successor(state, preview);
    const auto steps = next->tree.filtered_direct_path(group.own_leaf());
    auto path =
        mls::create_path(next->tree, group.own_leaf(), group.own_leaf_node(), state.signing_key, next->context, {}, random).value();
    mls::Commit commit;
    commit.path = path.update_path;
    std::size_t garbled = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const auto receivers = next->tree.resolution(steps[i].copath_child);
      for (std::size_t j = 0; j < receivers.size(); ++j) {
        if (receivers[j] != leaf) continue;
        commit.path->nodes[i].encrypted_path_secret[j].ciphertext[0] ^= 1;
        ++garbled;
      }
    }
    REQUIRE(garbled == 1);
    next->private_keys = std::move(path.private_keys);
    auto framed = state.frame(std::move(commit), {}, true);
    static_cast<void>(mls::confirm(*next, state.interim_transcript_hash, framed, state.init_secret, path.commit_secret,
                                   state.resolve_psks({}, {}).value()));
    space::HandshakeRecord handshake;
    handshake.commit = state.protect(std::move(framed), random).value();
    auto after = this->group();
    inside(after) = std::move(*next);
    const auto era = space->era();
    handshake.keywrap = space::make_keywrap(space::export_content_key(after, era).value(), *space->content_key(space->epoch()),
                                            space->id(), era, space->epoch(), crypto::sha256(handshake.commit), random)
                            .encode();
    return {wire::RecordKind::handshake, handshake.encode(), {}};
  }
  [[nodiscard]] static wire::Record as_record(Bytes message, std::optional<Bytes> welcome = {}) {
    space::HandshakeRecord handshake;
    handshake.commit = std::move(message);
    handshake.welcome = std::move(welcome);
    return {wire::RecordKind::handshake, handshake.encode(), {}};
  }

  std::shared_ptr<const space::DeviceKeys> keys;
  std::optional<space::Space> space;
};

/// The server logs a record for whoever has access: it does not ask who made the bytes.
inline void log_record(Club& club, const wire::AuthKey& key, const wire::Record& record) {
  const auto encoded = wire::encode_record(record).value();
  const auto last = club.server.log->state(club.space)->last_handshake_seq;
  REQUIRE(club.server.log->begin());
  REQUIRE(club.server.log->append(club.space, key, last, encoded, record, 1u << 30));
  REQUIRE(club.server.log->commit());
}

}  // namespace muistio::sync::test
