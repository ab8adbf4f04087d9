// A space with one key, and appending to it.
#pragma once

#include "harness.hpp"

namespace muistio::server::test {

inline constexpr std::uint64_t kAny = ~std::uint64_t{0} >> 1;

struct Fixture {
  SeededRandom random{3};
  SpaceId space = random.make<SpaceId>();
  wire::AuthKey key = random.make<wire::AuthKey>();

  static Status append_one(Log& log, const SpaceId& space, const wire::AuthKey& key, const Bytes& record) {
    MUISTIO_CHECK(log.begin());
    auto placed = log.append(space, key, Seq(0), record, wire::decode_record(record).value(), kAny);
    if (!placed) {
      log.rollback();
      return fail(placed.error());
    }
    if (auto committed = log.commit(); !committed) {
      log.rollback();
      return committed;
    }
    return ok();
  }
  void begin_space(Log& log) {
    REQUIRE(log.begin());
    REQUIRE(log.create_space(space, key));
    REQUIRE(log.commit());
  }
};

}  // namespace muistio::server::test
