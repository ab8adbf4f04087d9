// All devices lost, and back by 24 words.
#include "muistio/space/phrase.hpp"
#include "support.hpp"

using namespace muistio;
using namespace muistio::sync;
using namespace muistio::sync::test;

namespace {

SpaceId personal_of(Home& home) {
  for (const auto& space : home.engine->spaces())
    if (space.kind == SpaceKind::personal && space.phase == Phase::open) return space.space;
  return {};
}

std::string words_of(Home& home) {
  auto words = home.engine->recovery_words();
  REQUIRE(words.has_value());
  REQUIRE(words->has_value());
  return std::string(as_text((*words)->expose()));
}

}  // namespace

TEST_CASE("With all devices lost, the words bring back private notes, and the host lets the member into the club again") {
  Club club(1);
  auto& lost = club.member(1);
  const auto words = words_of(lost);
  const auto member = lost.engine->own_member();
  const auto personal = personal_of(lost);
  REQUIRE(lost.write(club.space, 1, "klubin"));
  REQUIRE(lost.write(personal, 2, "oma"));
  club.sync_all();
  REQUIRE(club.host().write(club.space, 1, " muistio"));
  REQUIRE(lost.write(personal, 3, std::string(90'000, 'x')));
  REQUIRE(lost.write(personal, 3, std::string(60'000, 'y')));
  club.sync_all();
  lost.stop();  // never to come back
  club.homes.resize(1);

  Home home(club.clock, 90);
  CHECK(home.engine->recover("abandon abandon").error().code == ErrorCode::invalid_argument);
  REQUIRE(home.engine->recover(words));
  CHECK(home.engine->recover(words).error().code == ErrorCode::already_exists);
  CHECK(home.engine->own_member() == member);
  club.line.sync({&home});
  const auto now = personal_of(home);
  REQUIRE(now != SpaceId{});
  CHECK(now != personal);
  CHECK(home.text(now, 2) == "oma");
  CHECK(home.text(now, 3) == std::string(90'000, 'x') + std::string(60'000, 'y'));
  REQUIRE(home.engine->space(club.space).has_value());
  CHECK(home.engine->space(club.space)->phase == Phase::joining);

  club.line.sync({&club.host()});
  CHECK(club.host().engine->space(club.space)->phase == Phase::open);
  const auto requests = club.host().engine->join_requests(club.space);
  REQUIRE(requests.size() == 1);  // a person decides
  REQUIRE(club.host().engine->admit(club.space, requests.front().request));
  club.line.sync({&club.host()});
  club.line.sync({&home});
  CHECK(home.engine->space(club.space)->phase == Phase::open);
  CHECK(home.text(club.space, 1) == "klubin muistio");
  CHECK(home.events<OldBox>().empty());
  const auto members = club.host().engine->members(club.space).value();
  REQUIRE(members.size() == 2);
  for (const auto& one : members)
    if (one.member == member) CHECK(one.devices == std::vector<DeviceId>{home.engine->own_device()});  // old leaves are gone
  // And again from here: the words still hold.
  REQUIRE(home.write(now, 4, "uusi"));
  club.line.sync({&home, &club.host()});
  home.stop();
  Home second(club.clock, 91);
  REQUIRE(second.engine->recover(words));
  club.line.sync({&second});
  CHECK(second.text(personal_of(second), 4) == "uusi");
  CHECK(second.text(personal_of(second), 2) == "oma");
}

TEST_CASE("No box is laid before the words were shown, and none is laid twice for the same epochs") {
  Club club(1);
  auto& member = club.member(1);
  const auto records = [&] { return member.engine->counts().batches_sent; };
  const auto before = records();
  club.sync_all();
  CHECK(records() == before);
  const auto words = words_of(member);
  CHECK(words_of(member) == words);
  club.sync_all();
  const auto with_box = records();
  CHECK(with_box > before);
  club.sync_all();
  CHECK(records() == with_box);
  REQUIRE(member.engine->forget_recovery_words());
  CHECK_FALSE(member.engine->recovery_words()->has_value());
}

TEST_CASE("A server that gives an older box is named once the club is read again") {
  Club club(1);
  auto& lost = club.member(1);
  const auto words = words_of(lost);
  club.sync_all();
  const auto phrase = space::Phrase::parse(words).value();
  const auto locator = phrase.address().locator;
  const auto old_boxes = club.server.log->boxes(locator).value();
  REQUIRE(old_boxes.size() == 1);
  club.add();  // a new epoch: a newer box
  club.sync_all();
  const auto new_boxes = club.server.log->boxes(locator).value();
  REQUIRE(new_boxes.size() > 1);
  // The server lies: it lost the newer ones.
  REQUIRE(club.server.log->begin());
  REQUIRE(club.server.log->drop_boxes(locator));
  REQUIRE(club.server.log->put_box(locator, old_boxes.front(), 16));
  REQUIRE(club.server.log->commit());
  lost.stop();
  Home home(club.clock, 92);
  REQUIRE(home.engine->recover(words));
  club.line.sync({&home});
  club.line.sync({&club.host()});
  const auto requests = club.host().engine->join_requests(club.space);
  REQUIRE(requests.size() == 1);
  REQUIRE(club.host().engine->admit(club.space, requests.front().request));
  club.line.sync({&club.host()});
  club.line.sync({&home});
  CHECK(home.engine->space(club.space)->phase == Phase::open);
  CHECK_FALSE(home.events<OldBox>().empty());
}
