// A device in a club, for the tests.
#pragma once

#include <catch2/catch.hpp>

#include "../replica/peer.hpp"
#include "muistio/club/edits.hpp"
#include "muistio/club/rules.hpp"
#include "muistio/club/summary.hpp"
#include "muistio/club/views.hpp"

namespace muistio::test {

/// Counts up: ids that differ and repeat from run to run.
class CountingRandom final : public Random {
 public:
  explicit CountingRandom(std::uint8_t start) : next_(start) {}
  void fill(std::span<std::uint8_t> out) override {
    for (auto& byte : out) byte = next_++;
  }

 private:
  std::uint8_t next_;
};

inline replica::ReplicaOptions club_options() {
  replica::ReplicaOptions options;
  options.summarise = club::summarise;
  return options;
}

struct ClubPeer : Peer {
  CountingRandom random;
  explicit ClubPeer(std::uint8_t number, Role role = Role::member) : Peer(number, club_options()), random(number) {
    author.role = role;
    judge = club::Rules::judge;
  }
  DocumentId note(std::string_view title, std::string_view text, replica::Change* change = nullptr) {
    DocumentId id;
    auto made = edit([&](replica::ChangeBuilder& builder) -> Status {
      MUISTIO_TRY(id, club::create_note(builder, random, {title, text}));
      return ok();
    });
    if (change != nullptr) *change = std::move(made);
    return id;
  }
  /// The error that an edit ends with.
  ErrorCode refusal(const std::function<Status(replica::ChangeBuilder&)>& edits) {
    auto made = held.edit(author, WallMs(++wall), judge, edits);
    REQUIRE_FALSE(made);
    return made.error().code;
  }
};

}  // namespace muistio::test
