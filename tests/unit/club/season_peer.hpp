// A club whose devices keep the documents of a season, for the tests of the practices.
#pragma once

#include <algorithm>
#include <vector>

#include "club_peer.hpp"
#include "muistio/club/meeting.hpp"
#include "muistio/club/pact.hpp"
#include "muistio/club/records.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/replica/payload.hpp"

namespace muistio::test {

/// A change that is in the log, and whose it is.
struct Logged {
  replica::Change change;
  replica::Author author;
};

/// Ids that differ, more of them than CountingRandom has, and repeat from run to run.
class NumberedRandom final : public Random {
 public:
  explicit NumberedRandom(std::uint64_t start) : next_(start << 32u) {}
  void fill(std::span<std::uint8_t> out) override {
    ++next_;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(next_ >> (8 * (i % 8)));
  }

 private:
  std::uint64_t next_;
};

struct SeasonPeer : ClubPeer {
  NumberedRandom random;  // instead of the base's
  explicit SeasonPeer(std::uint8_t number, Role role = Role::member) : ClubPeer(number, role), random(number) {}
  club::Records records() {
    REQUIRE(held.flush());
    return club::gather(held).value();
  }
  /// Makes a change, and says whose it is.
  Logged make(const std::function<Status(replica::ChangeBuilder&)>& edits) {
    Logged made{edit(edits), author};
    in_log(made.change);
    return made;
  }
  /// What an app that cheats sends: the ops go in whatever the rules say.
  Logged cheat(const std::function<Status(replica::ChangeBuilder&)>& edits) {
    const auto honest = judge;
    judge = replica::permit_all();
    auto made = make(edits);
    judge = honest;
    return made;
  }
  /// How many ops of the changes were passed over.
  std::size_t take_all(const std::vector<Logged>& log) {
    std::size_t refused = 0;
    for (const auto& each : log) {
      if (each.author.device != author.device) refused += take(each.change, each.author).refused_ops;
    }
    return refused;
  }
};

/// A device's signing key, and the id that follows from it.
inline crypto::SigningKey key_of(std::uint8_t number) {
  Secret<32> seed;
  seed.expose_mutable()[0] = number;
  return crypto::SigningKey::from_seed(seed);
}
inline DeviceId device_of(const crypto::SigningKey& key) {
  const auto digest = crypto::labelled_hash("muistio device 1", {key.verify_key().view()});
  return DeviceId::from_bytes(digest.view().first(DeviceId::size_bytes)).value();
}

/// What `view` says on a new device that takes `after` in any order, once each, on top of `before`: it must be one and the same.
template <class View>
auto same_in_every_order(const std::vector<Logged>& before, const std::vector<Logged>& after, View view) {
  std::vector<std::size_t> order(after.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::optional<decltype(view(std::declval<SeasonPeer&>()))> first;
  do {
    SeasonPeer reader(200);
    reader.take_all(before);
    for (const auto i : order) reader.take_all({after[i]});
    auto seen = view(reader);
    if (!first)
      first = std::move(seen);
    else
      CHECK(seen == *first);
  } while (std::next_permutation(order.begin(), order.end()));
  return *first;
}

inline club::When evening(std::string_view start = "2026-12-01T18:00") {
  return {club::parse_local_time(start).value(), "Europe/Helsinki", 120};
}

}  // namespace muistio::test
