// One space as the engine holds it: its row, what was loaded with it, and its part of the connection.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "evidence.hpp"
#include "muistio/replica/replica.hpp"
#include "muistio/space/space.hpp"
#include "muistio/store/store.hpp"
#include "rows.hpp"

namespace muistio::sync {

/// The documents of one space in the table `document`. Reads see the open transaction; writes need one.
class StoreShelf final : public replica::Shelf {
 public:
  StoreShelf(const store::Store& store, const SpaceId& space) : store_(store), space_(space) {}
  void set_transaction(store::Transaction* transaction) noexcept { transaction_ = transaction; }

  Result<std::optional<Bytes>> load(BytesView key) override;
  Status save(BytesView key, BytesView value) override;
  Status erase(BytesView key) override;
  Status for_each(BytesView prefix, const Visitor& visit) override;

 private:
  [[nodiscard]] Bytes whole(BytesView key) const;
  const store::Store& store_;
  SpaceId space_;
  store::Transaction* transaction_ = nullptr;
};

/// A place in our chain for the documents of an era.
struct BatchPlace {
  Era era;
  BatchIndex index;
  friend auto operator<=>(const BatchPlace&, const BatchPlace&) = default;
};

/// A record sent on this connection and not yet met in the log.
struct SentRecord {
  Hash record_hash;
  Epoch epoch;
  Seq appended;  // 0 until the server has answered
};

/// A space's part of the present connection; begins anew with each.
struct Link {
  enum class Stage : std::uint8_t { closed, opening, verifying, restoring, open, done };
  Stage stage = Stage::closed;
  bool subscribed = false;
  bool caught_up = false;           // the cursor was at the head once
  std::optional<LogPlace> claimed;  // what the server said of its head when it opened the space
  Seq access_until;                 // our key reads up to here; 0: it has access
  LogPlace verified;                // verifying: hashed up to here, nothing applied
  Seq must_reach;                   // nothing is sent before the cursor is here
  std::size_t outstanding = 0;      // appends without an answer
  Seq outstanding_place;            // the handshake place that they named
  std::map<BatchPlace, SentRecord> sent;
  std::optional<SentRecord> commit;              // the staged handshake
  std::map<std::uint64_t, SentRecord> keywraps;  // by intent
  std::vector<SentRecord> proposals;             // our own leaving
  std::optional<SentRecord> repair;              // of the server's list of keys
  std::map<Era, MonotonicMs> snapshots_told;     // that are due, and when
  Seq put_next;                                  // restoring: the next record to be put back
  std::uint64_t put_count = 0, put_removals = 0;
  bool made_again = false;         // the space was begun again at a server that no longer had it
  std::uint32_t rules_failed = 0;  // commits for a rule (leaving, healing) that did not count
  MonotonicMs retry_at;
  bool inbox_asked = false, inbox_known = false;
  MonotonicMs inbox_at;
  std::uint32_t busy_answers = 0;  // to the wish to open the space
  bool request_posted = false, post_refused = false, open_refused = false;
  MonotonicMs ask_at;
};

/// How far a device is that asks to be let in again in place of itself (R9). The numbers are on disk.
enum class RejoinStage : std::uint8_t {
  none = 0,
  asking = 1,      // the documents are the old ones; what is written is kept under the old name
  rebuilding = 2,  // let in: the documents are read anew from the log
};

/// What is shown while the log from before the admission is being read. In memory only.
struct Preview {
  struct Offer {
    LogPlace place;
    Bytes descriptor;
    MemberId maker;
    DeviceId device;
    bool taken = false;
  };
  explicit Preview(StoreShelf& below) : shelf(below) {}
  std::map<Era, Offer> offers;  // those not compared yet
  MonotonicMs until;            // what is offered is waited for so long
  replica::SnapshotShelf shelf;
  std::optional<replica::Replica> replica;  // set while something is shown
  bool is_stale = false;                    // the rows below changed
  [[nodiscard]] bool is_compared_at(Seq seq) const {
    return std::any_of(offers.begin(), offers.end(), [&](const auto& each) { return each.second.place.seq == seq; });
  }
  [[nodiscard]] bool is_waiting(MonotonicMs now) const {
    return now < until && std::any_of(offers.begin(), offers.end(), [](const auto& each) { return !each.second.taken; });
  }
};

struct Slot {
  explicit Slot(const SpaceId& space_id) : id(space_id) {}
  SpaceId id;
  SpaceState state;

  std::shared_ptr<const space::DeviceKeys> keys;  // of this device in this space; set while loaded
  RejoinStage rejoin = RejoinStage::none;
  DeviceId rejoin_from;  // the device that it replaces; of several in turn the first, whose changes may be in the log
  bool loaded = false;
  std::optional<space::Joining> joining;
  std::optional<space::Space> space;
  std::unique_ptr<StoreShelf> shelf;
  std::optional<replica::Replica> replica;
  std::vector<PendingBatch> pending;         // by era, then by index, when loaded; then in the order in which they were made
  std::vector<Intent> intents;               // by id
  std::vector<space::Warrant> votes;         // for a new host, one a device, each with its one signature
  std::optional<space::Warrant> host_offer;  // to this member, under the charter as it stands
  std::map<DeviceId, std::vector<Newcomer>> newcomers;  // whom each host's device would let in, as it told last
  std::vector<space::Warrant> agreements;               // to newcomers, each with its one signature
  std::set<std::uint64_t> awaiting;                     // intents for which too few members have agreed; in memory only
  WallMs hosts_seen;                                    // when something of a host was last met in the log, to a day
  bool offers_known = false;                            // the rows of offers to this session were looked at
  bool is_offered = false;                              // joining: asked by an offer in a club's log, not by the inbox
  std::map<Era, SnapshotRow> snapshots;
  std::unique_ptr<Preview> preview;
  Evidence evidence;
  Bytes evidence_kept;  // as it lies in the store

  void note_awaiting(std::uint64_t intent, bool waits) {
    if (waits)
      awaiting.insert(intent);
    else
      awaiting.erase(intent);
  }

  Link link;

  [[nodiscard]] bool is_member() const noexcept {
    return state.phase == Phase::open || state.phase == Phase::leaving || state.phase == Phase::catching_up;
  }
  /// Whether this device is in the space and asks to be let in again: what it held lies in the store, and is not loaded.
  [[nodiscard]] bool asks_again() const noexcept { return state.phase == Phase::joining && rejoin == RejoinStage::asking; }
  /// Whether what is shown is a snapshot's: while the log from before is read.
  [[nodiscard]] bool shows_preview() const noexcept { return state.phase == Phase::catching_up && preview && preview->replica; }
  /// Whether it takes part in sync at all.
  [[nodiscard]] bool is_live() const noexcept {
    return is_member() || state.phase == Phase::joining || state.phase == Phase::cancelled;
  }
};

}  // namespace muistio::sync
