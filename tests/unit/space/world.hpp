// Devices with real stores around a log in memory: the parts that sync plays, in small.
#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "muistio/space/space.hpp"
#include "muistio/store/fault_vfs.hpp"
#include "muistio/wire/log_hash.hpp"
#include "support.hpp"

namespace muistio::space::test {

/// A server in memory: compare-and-swap on the newest handshake, as R4 says.
struct FakeLog {
  std::vector<Bytes> records;
  Seq last_handshake;

  [[nodiscard]] Seq head() const { return Seq(records.size()); }
  /// Whether the record was taken.
  bool append(const wire::Record& record, Seq last_handshake_seen) {
    if (last_handshake_seen < last_handshake) return false;
    records.push_back(wire::encode_record(record).value());
    if (record.kind == wire::RecordKind::handshake) last_handshake = head();
    return true;
  }
  [[nodiscard]] wire::Record at(Seq seq) const { return wire::decode_record(records.at(seq.value() - 1)).value(); }
};

/// What a device read out of the log.
struct Note {
  DeviceId device;
  Role role;
  std::string text;
  friend bool operator==(const Note&, const Note&) = default;
};

inline wire::Record content_record(Bytes bytes) { return {wire::RecordKind::content, std::move(bytes), {}}; }

inline constexpr WallMs kNow{1'700'000'000'000};

class Device {
 public:
  explicit Device(const std::string& name)
      : random(name + std::to_string(counter()++)),
        disk("space-test-" + name + std::to_string(counter()++)),
        identity(Identity::generate(random)),
        keys(std::make_shared<const DeviceKeys>(DeviceKeys::generate(identity, random))) {
    open_store();
  }

  void open_store() {
    store.reset();
    store::OpenOptions options;
    options.path = "home.db";
    options.vfs = disk.name();
    store.emplace(store::Store::open(std::move(options)).value());
  }

  void create(SpaceKind kind = SpaceKind::club, HistoryPolicy history_policy = HistoryPolicy::all) {
    id = random.make<SpaceId>();
    space.emplace(Space::create(id, kind, keys, kNow, random, history_policy).value());
    save();
  }
  void save() {
    auto transaction = store->begin().value();
    REQUIRE(space->save(transaction));
    REQUIRE(transaction.commit());
  }
  /// A crash that forgets everything in memory and what was not synced, then a start.
  void crash() {
    space.reset();
    disk.crash(store::CrashKind::drop_unsynced);
    open_store();
    space.emplace(Space::load(*store, id, keys).value());
  }
  [[nodiscard]] StoredFacts facts() const { return {*store, id}; }
  [[nodiscard]] Seen seen() const { return {cursor, log_hash}; }

  /// Takes in everything up to the head.
  void pull(const FakeLog& log) {
    while (cursor < log.head()) take_next(log);
  }
  void take_next(const FakeLog& log) {
    const auto seq = cursor.next();
    const auto& bytes = log.records.at(seq.value() - 1);
    const auto record = wire::decode_record(bytes).value();
    auto transaction = store->begin().value();
    log_hash = wire::log_hash_next(log_hash, seq, bytes);
    REQUIRE(put_log_hash(transaction, id, seq, log_hash));
    cursor = seq;
    if (!space && joining && joining->is_welcomed_by(record)) {
      auto joined = Space::join(*joining, keys, seq, record, StoredFacts(transaction, id));
      INFO((joined ? std::string() : joined.error().message()));
      REQUIRE(joined);
      space.emplace(std::move(*joined));
      const auto read = space->read_history([&](Seq at) { return Result<std::optional<wire::Record>>(log.at(at)); });
      history = read ? Error{} : read.error();
      if (read) {
        for (auto at = space->readable_after().next(); at < seq; at = at.next())
          if (const auto older = log.at(at); older.kind == wire::RecordKind::content) take_content(transaction, at, older.bytes);
      }
    } else if (space && !space->is_closed()) {
      if (record.kind == wire::RecordKind::handshake) {
        outcomes.push_back(space->process_handshake(seq, record).value());
      } else {
        take_content(transaction, seq, record.bytes);
      }
    }
    if (space) REQUIRE(space->save(transaction));
    REQUIRE(transaction.commit());
  }
  void take_content(store::Transaction& transaction, Seq seq, const Bytes& bytes) {
    const auto kind = content_kind(bytes).value();
    if (kind == ContentKind::proposal) {
      static_cast<void>(space->process_proposal(seq, bytes));
    } else if (kind == ContentKind::keywrap) {
      static_cast<void>(space->process_keywrap(bytes));
    } else if (kind == ContentKind::batch) {
      auto opened = space->open_batch(seq, bytes, StoredFacts(transaction, id));
      if (!opened) {
        refused.push_back(opened.error().code);
        return;
      }
      if (opened->duplicate) return;
      REQUIRE(put_chain_end(transaction, id, opened->device, opened->audience, {opened->index, opened->content_hash}));
      if (opened->kind == PayloadKind::roll && opened->role == Role::host) REQUIRE(space->learn_roll(opened->payload));
      if (opened->kind == PayloadKind::audience_grant) static_cast<void>(space->take_audience(*opened));
      if (opened->kind == PayloadKind::ops) notes.push_back({opened->device, opened->role, std::string(as_text(opened->payload))});
    }
  }

  /// For documents born in the era in force.
  [[nodiscard]] BatchContent content(std::string_view text, PayloadKind kind = PayloadKind::ops) {
    return content_for(era_audience(space->era()), text, kind);
  }
  [[nodiscard]] BatchContent content_for(const AudienceId& audience, std::string_view text, PayloadKind kind = PayloadKind::ops) {
    const auto end = facts().chain_end(keys->device(), audience).value();
    BatchContent made;
    made.audience = audience;
    made.index = end.index.next();
    made.prev = end.content_hash;
    random.fill(made.salt);
    made.kind = kind;
    made.deflated = deflate(as_bytes(text)).value();
    return made;
  }
  [[nodiscard]] Bytes seal(const BatchContent& batch) { return space->seal_batch(batch, seen(), random).value(); }
  /// Pulls, seals and appends.
  void write(FakeLog& log, std::string_view text, PayloadKind kind = PayloadKind::ops) {
    pull(log);
    write_for(log, era_audience(space->era()), text, kind);
  }
  void write_for(FakeLog& log, const AudienceId& audience, std::string_view text, PayloadKind kind = PayloadKind::ops) {
    pull(log);
    REQUIRE(log.append(content_record(seal(content_for(audience, text, kind))), space->last_handshake_seq()));
    pull(log);
  }
  void write_roll(FakeLog& log) {
    const auto roll = space->roll_payload().value();
    write(log, as_text(roll), PayloadKind::roll);
  }

  [[nodiscard]] Invitation invite(Role role = Role::member) {
    return make_invitation(id, identity.member(), role, 1, kNow, WallMs(kNow.value() + 1'000'000), random).value();
  }
  [[nodiscard]] Link link(const Invitation& invitation) const {
    Link made;
    made.server = "muistio.example";
    made.space = id;
    made.secret = invitation.secret.clone();
    made.inviter = identity.member();
    made.role = invitation.role;
    made.club_name = "Kerho";
    made.inviter_name = "Anna";
    return made;
  }
  /// Asks to join by a link that went through its text.
  void ask(const Link& link_given) {
    const auto parsed = Link::parse(link_given.text().value()).value();
    id = parsed.space;
    auto begun = Joining::begin(parsed, "Jan", *keys, kNow, random).value();
    const auto stored = begun.encode();
    joining.emplace(Joining::decode(stored.expose()).value());
  }
  /// Posts the roll and stages the admission of who asked.
  Result<StagedHandshake> stage_admission(FakeLog& log, const Invitation& invitation, BytesView sealed_request) {
    pull(log);
    if (space->admits_with_roll()) write_roll(log);
    MUISTIO_TRY(auto request, JoinRequest::open(invitation.secret, id, sealed_request));
    auto staged = space->stage_admit(request, invitation, seen(), kNow, random);
    save();
    return staged;
  }
  /// The whole way in.
  void admit(FakeLog& log, Device& newcomer, Role role = Role::member) {
    const auto invitation = invite(role);
    newcomer.ask(link(invitation));
    const auto staged = stage_admission(log, invitation, newcomer.joining->sealed_request());
    INFO((staged ? std::string() : staged.error().message()));
    REQUIRE(staged);
    REQUIRE(log.append(staged->record, staged->last_handshake_seq));
    pull(log);
    if (!space->admits_with_roll()) write_roll(log);
    newcomer.pull(log);
    REQUIRE(newcomer.space);
  }
  /// Appends what is staged and follows it.
  void send(FakeLog& log, const Result<StagedHandshake>& staged) {
    INFO((staged ? std::string() : staged.error().message()));
    REQUIRE(staged);
    save();
    REQUIRE(log.append(staged->record, staged->last_handshake_seq));
    pull(log);
    REQUIRE(outcomes.back().own);
  }
  [[nodiscard]] std::vector<std::string> texts() const {
    std::vector<std::string> all;
    for (const auto& note : notes) all.push_back(note.text);
    return all;
  }

  SeededRandom random;
  store::FaultDisk disk;
  std::optional<store::Store> store;
  Identity identity;
  std::shared_ptr<const DeviceKeys> keys;
  SpaceId id;
  std::optional<Joining> joining;
  std::optional<Space> space;
  Seq cursor;
  Hash log_hash;
  std::vector<Note> notes;
  std::vector<ErrorCode> refused;
  std::vector<Outcome> outcomes;
  Error history;

 private:
  static int& counter() {
    static int made = 0;
    return made;
  }
};

}  // namespace muistio::space::test
