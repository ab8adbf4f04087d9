// Members who do not keep the rules: they hold a real group and make what they like with it.
#pragma once

#include <functional>
#include <variant>

#include "../../../core/space/src/admission.hpp"
#include "../../../core/space/src/joining_state.hpp"
#include "../../../core/space/src/judge.hpp"
#include "../../../crypto/mls/src/group_state.hpp"
#include "muistio/mls/group.hpp"
#include "muistio/space/handshake_record.hpp"
#include "muistio/wire/envelope.hpp"
#include "world.hpp"

namespace muistio::space::test {

mls::Group::State& state_of(mls::Group& group);
// Whoever breaks the rules reaches into their own group; an explicit instantiation may name a private member.
template <auto Member>
struct Reach {
  friend mls::Group::State& state_of(mls::Group& group) { return *(group.*Member); }
};
template struct Reach<&mls::Group::state_>;

/// A device with a second, bare copy of its group.
struct Rogue : Device {
  explicit Rogue(const std::string& name) : Device(name) {}
  std::optional<mls::Group> bare;

  /// Takes the group from the record that welcomed this device.
  void take_group(const FakeLog& log) {
    const auto record = HandshakeRecord::decode(log.at(space->joined_at()).bytes).value();
    bare.emplace(std::move(mls::Group::join(*record.welcome, joining->state().key_package).value().group));
    follow(log, space->joined_at());
  }
  void follow(const FakeLog& log, Seq after) {
    for (auto seq = after.next(); seq <= log.head(); seq = seq.next()) {
      const auto record = log.at(seq);
      if (record.kind != wire::RecordKind::handshake) continue;
      const auto opened = bare->open(HandshakeRecord::decode(record.bytes).value().commit).value();
      bare.emplace(bare->apply_commit(opened).value());
    }
  }
  [[nodiscard]] mls::LeafIndex leaf_of(const Device& device) const {
    std::optional<mls::LeafIndex> found;
    bare->tree().for_each_leaf([&](mls::LeafIndex index, const mls::LeafNode& node) {
      if (equal(node.signature_key.data, device.keys->certificate().device_sig_pub.view())) found = index;
    });
    return found.value();
  }
  [[nodiscard]] mls::StagedCommit commit(const mls::CommitParams& params) {
    auto copy = bare->clone();
    return copy.stage_commit(params, random).value();
  }
  [[nodiscard]] wire::Record record(const mls::CommitParams& params, std::vector<wire::AccessChange> access = {}) {
    return as_record(commit(params).commit_message, std::move(access));
  }
  [[nodiscard]] static wire::Record as_record(Bytes message, std::vector<wire::AccessChange> access = {}) {
    HandshakeRecord handshake;
    handshake.commit = std::move(message);
    return {wire::RecordKind::handshake, handshake.encode(), std::move(access)};
  }
  /// A commit whose contents were changed after it was made, signed and sealed again.
  [[nodiscard]] wire::Record changed(Rogue& witness, const mls::CommitParams& params,
                                     const std::function<void(mls::Commit&, Bytes& tag)>& change) {
    auto reader = witness.bare->clone();
    const auto opened = reader.open(commit(params).commit_message).value();
    auto contents = *opened.commit();
    auto tag = opened.message.auth.confirmation_tag;
    change(contents, tag);
    auto copy = bare->clone();
    auto framed = state_of(copy).frame(std::move(contents), {}, true);
    framed.auth.confirmation_tag = tag;
    return as_record(state_of(copy).protect(std::move(framed), random).value());
  }
};

/// A club with a host, an honest member and a rogue one; the rogue may be made a host.
struct Club {
  FakeLog log;
  Device anna{"anna"};
  Rogue jan{"jan"}, rogue{"rogue"};

  explicit Club(Role role_of_rogue) {
    anna.create();
    anna.admit(log, jan);
    anna.admit(log, rogue);
    jan.pull(log);
    if (role_of_rogue != Role::member)
      anna.send(log, anna.space->stage_set_role(rogue.identity.member(), role_of_rogue, anna.random));
    jan.pull(log);
    rogue.pull(log);
    jan.take_group(log);
    rogue.take_group(log);
  }
  /// What a record would do to jan; jan stays as is.
  [[nodiscard]] Outcome judged(const wire::Record& record) { return judged_by(jan, record); }
  [[nodiscard]] Outcome judged_by(Device& judge, const wire::Record& record) {
    auto copy = Space::load(*judge.store, judge.id, judge.keys).value();
    return copy.process_handshake(log.head().next(), record).value();
  }
  void check_applied(const wire::Record& record) {
    const auto outcome = judged(record);
    INFO((outcome.error ? outcome.error->message() : std::string()));
    REQUIRE(outcome.kind == Outcome::Kind::applied);
  }
  void check_skipped(const wire::Record& record, Step step, ErrorCode code) {
    for (auto* judge : {static_cast<Device*>(&jan), &anna}) {
      const auto outcome = judged_by(*judge, record);
      INFO((outcome.error ? outcome.error->message() : std::string("applied")));
      REQUIRE(outcome.kind == Outcome::Kind::skipped);
      CHECK(step_name(outcome.step.value()) == step_name(step));
      CHECK(outcome.error->code == code);
      CHECK(outcome.epoch == judge->space->epoch());
    }
  }
  [[nodiscard]] Charter charter() const { return anna.space->charter(); }
};

inline mls::Proposal set_charter(const Charter& charter) { return {mls::GroupContextExtensions{context_extensions(charter)}}; }

struct Stranger {
  Device device;
  Joining joining;
  explicit Stranger(Club& club)
      : device("stranger"),
        joining(Joining::begin(club.anna.link(club.anna.invite()), "X", *device.keys, kNow, device.random).value()) {}
  [[nodiscard]] const mls::KeyPackage& key_package() const { return joining.state().key_package.key_package; }
  [[nodiscard]] MemberId member() const { return device.identity.member(); }
};

inline Charter with_member(Charter charter, const MemberId& member, Role role = Role::member) {
  REQUIRE(charter.add({member, role, Era(0), std::nullopt}));
  ++charter.version;
  return charter;
}

inline mls::CommitParams by_value(std::vector<mls::Proposal> proposals) {
  mls::CommitParams params;
  params.proposals = std::move(proposals);
  return params;
}

}  // namespace muistio::space::test
