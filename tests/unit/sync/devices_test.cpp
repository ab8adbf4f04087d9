// One member with several devices: linking, letting in, removing.
#include "support.hpp"

using namespace muistio;
using namespace muistio::sync;
using namespace muistio::sync::test;

namespace {

const DeviceLinkOptions kByDigits{.server = "club.example", .name = "Aino"};
const DeviceLinkOptions kInPerson{.server = "club.example", .name = "Aino", .shown_in_person = true};

/// A member's second device, linked, over as many syncs as it takes.
struct Linking {
  Linking(Club& club, Home& old_device, std::uint64_t seed = 70) : fresh(club.clock, seed) {
    const auto link = old_device.engine->link_device(kByDigits);
    REQUIRE(link.has_value());
    club.line.sync({&old_device});  // the personal space may be new
    REQUIRE(fresh.engine->follow_device_link(link->link).has_value());
    CHECK(fresh.engine->follow_device_link(link->link).error().code == ErrorCode::already_exists);
    CHECK(fresh.engine->make_identity().error().code == ErrorCode::invalid_state);
    club.line.sync({&fresh});
    club.line.sync({&old_device});
    REQUIRE(old_device.events<DeviceAsked>().size() == 1);
    const auto digits = old_device.events<DeviceAsked>().front().code;
    CHECK(old_device.engine->device_codes().value() == std::vector{digits});
    CHECK(old_device.engine->join_requests().empty());
    club.line.sync({&fresh});
    CHECK_FALSE(fresh.engine->has_identity());
    REQUIRE(fresh.events<LinkCode>().size() == 1);
    CHECK(fresh.events<LinkCode>().front().code == digits);
    CHECK(fresh.engine->device_codes().value() == std::vector{digits});
    CHECK(old_device.engine->confirm_device("12345").error().code == ErrorCode::not_found);
    REQUIRE(old_device.engine->confirm_device(digits));
    club.line.sync({&old_device});
    CHECK(old_device.events<DeviceAsked>().back().is_given);
    club.line.sync({&fresh});
    CHECK(fresh.events<Linked>().size() == 1);
    CHECK(fresh.engine->given_name() == "Aino");
    club.line.sync({&old_device});
    club.line.sync({&fresh});
  }
  Home fresh;
};

SpaceId personal_of(Home& home) {
  for (const auto& space : home.engine->spaces())
    if (space.kind == SpaceKind::personal) return space.space;
  return {};
}

}  // namespace

TEST_CASE("A second device is linked by a link and is let into the personal space and every club") {
  Club club(1);
  REQUIRE(club.host().write(club.space, 1, "kokous"));
  const auto personal = club.host().engine->create_space(SpaceKind::personal).value();
  REQUIRE(club.host().write(personal, 2, "omat"));
  club.sync_all();
  for (const bool is_host : {true, false}) {
    auto& old_device = is_host ? club.host() : club.member(1);
    INFO("host " << is_host);
    Linking linking(club, old_device, is_host ? 70 : 71);
    auto& fresh = linking.fresh;
    CHECK(fresh.engine->own_member() == old_device.engine->own_member());
    CHECK(fresh.engine->own_device() != old_device.engine->own_device());
    REQUIRE(fresh.engine->space(club.space).has_value());
    CHECK(fresh.engine->space(club.space)->phase == Phase::open);
    CHECK(fresh.engine->space(club.space)->own_role == old_device.engine->space(club.space)->own_role);
    CHECK(fresh.text(club.space, 1) == "kokous");
    if (is_host) CHECK(fresh.text(personal, 2) == "omat");
    const std::uint8_t note = is_host ? 3 : 4;
    REQUIRE(fresh.write(club.space, note, "uudelta"));
    club.line.sync({&fresh});
    club.sync_all();
    CHECK(old_device.text(club.space, note) == "uudelta");
    const auto members = old_device.engine->members(club.space).value();
    CHECK(members.size() == 2);
  }
}

TEST_CASE("A club that one device joins later reaches the other") {
  Club club(0);
  Home member(club.clock, 60);
  REQUIRE(member.engine->make_identity());
  Linking linking(club, member);
  REQUIRE(personal_of(linking.fresh) == personal_of(member));
  const auto invited = club.host().engine->invite(club.space, {.server = "club.example"}).value();
  REQUIRE(member.engine->join(invited.link, "Matti").has_value());
  club.line.sync({&club.host(), &member});
  club.line.sync({&member});
  club.line.sync({&linking.fresh});
  club.line.sync({&member});
  club.line.sync({&linking.fresh});
  REQUIRE(linking.fresh.engine->space(club.space).has_value());
  CHECK(linking.fresh.engine->space(club.space)->phase == Phase::open);
}

TEST_CASE("A link that others may have read gives the identity to nobody before the digits were compared") {
  Club club(0);
  auto& host = club.host();
  const auto link = host.engine->link_device(kByDigits).value().link;
  Home fresh(club.clock, 70);
  REQUIRE(fresh.engine->follow_device_link(link).has_value());
  for (int round = 0; round < 3; ++round) club.line.sync({&host, &fresh});
  CHECK_FALSE(fresh.engine->has_identity());
  CHECK(fresh.engine->device_codes().value() == host.engine->device_codes().value());
  const auto waiting = host.engine->waiting();
  CHECK(std::any_of(waiting.begin(), waiting.end(), [](const auto& each) { return each.why == "compare"; }));
  REQUIRE(host.engine->confirm_device(host.engine->device_codes()->front()));
  club.line.sync({&host, &fresh});
  CHECK(fresh.engine->has_identity());
  CHECK(host.engine->device_codes()->empty());
}

TEST_CASE("Who reads a link and asks first is shown by other digits, and gets nothing by them") {
  Club club(0);
  auto& host = club.host();
  const auto link = host.engine->link_device(kByDigits).value().link;
  Home thief(club.clock, 71), fresh(club.clock, 70);
  club.line.sync({&host});  // the personal space is new
  REQUIRE(thief.engine->follow_device_link(link).has_value());
  club.line.sync({&thief});
  club.line.sync({&host});
  REQUIRE(fresh.engine->follow_device_link(link).has_value());
  club.line.sync({&fresh, &host});
  REQUIRE(fresh.engine->device_codes()->size() == 1);
  const auto shown = fresh.engine->device_codes()->front();
  CHECK(host.engine->device_codes().value() != std::vector{shown});
  CHECK(host.engine->confirm_device(shown).error().code == ErrorCode::not_found);
  CHECK(host.events<Refused>().back().error.code == ErrorCode::invitation_used);
  club.line.sync({&host, &fresh, &thief});
  CHECK_FALSE(fresh.engine->has_identity());
  CHECK_FALSE(thief.engine->has_identity());
}

TEST_CASE("Digits are made only of the reveal that the link commits to") {
  Club club(0);
  auto& host = club.host();
  Home fresh(club.clock, 70);
  const auto link = host.engine->link_device(kByDigits).value().link;
  REQUIRE(fresh.engine->follow_device_link(link).has_value());
  club.line.sync({&host});  // the personal space is new
  club.line.sync({&fresh});
  club.line.sync({&host});
  std::size_t bent = 0;
  club.line.tamper = [&](const Bytes& frame) {
    auto read = wire::decode_server_frame(frame);
    auto* boxes = read ? std::get_if<wire::Boxes>(&read->message) : nullptr;
    if (boxes == nullptr || boxes->boxes.empty()) return frame;
    for (auto& box : boxes->boxes) box.back() ^= 1;
    ++bent;
    return wire::encode_frame(read->request, read->message);
  };
  club.line.sync({&fresh});
  CHECK(bent > 0);
  CHECK(fresh.engine->device_codes()->empty());
  club.line.tamper = nullptr;
  club.line.sync({&fresh});
  CHECK(fresh.engine->device_codes().value() == host.engine->device_codes().value());
}

TEST_CASE("A link that is shown in person needs no comparison") {
  Club club(0);
  auto& host = club.host();
  Home fresh(club.clock, 70);
  const auto link = host.engine->link_device(kInPerson).value().link;
  REQUIRE(fresh.engine->follow_device_link(link).has_value());
  club.line.sync({&host});  // the personal space is new
  club.line.sync({&fresh});
  club.line.sync({&host});
  CHECK(host.events<DeviceAsked>().back().is_given);
  club.line.sync({&fresh});
  CHECK(fresh.engine->has_identity());
  CHECK(fresh.events<LinkCode>().empty());
}

TEST_CASE("A device link is good for one device and one day") {
  Club club(0);
  auto& host = club.host();
  const auto link = host.engine->link_device(kInPerson).value().link;
  club.line.sync({&host});
  Home first(club.clock, 70), second(club.clock, 71);
  REQUIRE(first.engine->follow_device_link(link).has_value());
  club.line.sync({&first});
  club.line.sync({&host});
  REQUIRE(second.engine->follow_device_link(link).has_value());
  club.line.sync({&second});
  club.line.sync({&host});
  CHECK(host.events<Refused>().back().error.code == ErrorCode::invitation_used);
  club.line.sync({&second});
  CHECK_FALSE(second.engine->has_identity());
  club.line.sync({&first});
  CHECK(first.engine->has_identity());

  const auto late = host.engine->link_device(kInPerson).value().link;
  Home third(club.clock, 72);
  REQUIRE(third.engine->follow_device_link(late).has_value());
  club.clock.now += std::uint64_t{25} * 3600 * 1000;
  club.line.sync({&third});
  club.line.sync({&host});
  club.line.sync({&third});
  CHECK_FALSE(third.engine->has_identity());
}

TEST_CASE("A removed device is out of the personal space and of every club, and is not let in again by a device") {
  Club club(1);
  auto& member = club.member(1);
  Linking linking(club, member);
  auto& lost = linking.fresh;
  const auto device = lost.engine->own_device();
  CHECK(member.engine->remove_device(member.engine->own_device()).error().code == ErrorCode::invalid_argument);
  CHECK(member.engine->remove_device(club.host().engine->own_device()).error().code == ErrorCode::not_found);
  REQUIRE(member.engine->remove_device(device));
  club.sync_all();
  REQUIRE(member.write(club.space, 5, "jälkeen"));
  club.sync_all();
  club.line.sync({&lost});
  CHECK(lost.engine->space(club.space)->phase == Phase::removed);
  CHECK(lost.text(club.space, 5).empty());
  CHECK(lost.engine->space(personal_of(member))->phase == Phase::removed);
  const auto members = member.engine->members(club.space).value();
  for (const auto& one : members) CHECK(std::find(one.devices.begin(), one.devices.end(), device) == one.devices.end());
}

TEST_CASE("Any device of the inviter admits, and none admits again what another has") {
  Club club(0);
  auto& host = club.host();
  Linking linking(club, host);
  auto& tablet = linking.fresh;
  const auto once = host.engine->invite(club.space, {.server = "club.example"}).value();
  const auto asked = host.engine->invite(club.space, {.uses = 2, .server = "club.example"}).value();
  club.line.sync({&host});
  club.line.sync({&tablet});
  CHECK(tablet.engine->invitations(club.space).size() == 2);
  // The device that made the link stays away.
  Home anna(club.clock, 61), jan(club.clock, 62);
  REQUIRE(anna.engine->join(once.link, "Anna").has_value());
  REQUIRE(jan.engine->join(asked.link, "Jan").has_value());
  club.line.sync({&anna, &jan});
  club.line.sync({&tablet});
  const auto waiting = tablet.engine->join_requests(club.space);
  REQUIRE(waiting.size() == 1);
  CHECK(waiting[0].name == "Jan");
  club.line.sync({&anna});
  CHECK(anna.engine->space(club.space)->phase == Phase::open);
  // It learns of the use before it looks at who asks.
  club.line.sync({&tablet});
  club.line.sync({&host});
  for (const auto& each : host.engine->invitations(club.space))
    if (each.invitation == once.id) CHECK(each.uses_left == 0);
  // Revoked on one, revoked on the other.
  REQUIRE(host.engine->revoke(asked.id));
  club.line.sync({&host});
  club.line.sync({&tablet});
  CHECK(tablet.engine->admit(club.space, waiting[0].request).error().code == ErrorCode::invitation_used);
}

TEST_CASE("A device link survives power cuts on both sides") {
  Club club(0);
  auto& host = club.host();
  Home fresh(club.clock, 70);
  const auto link = host.engine->link_device(kByDigits).value().link;
  REQUIRE(fresh.engine->follow_device_link(link).has_value());
  for (int round = 0; round < 6; ++round) {
    fresh.power_cut();
    club.line.sync({&fresh});
    if (const auto codes = host.engine->device_codes(); !codes->empty() && fresh.engine->device_codes().value() == *codes)
      REQUIRE(host.engine->confirm_device(codes->front()));
    host.power_cut();
    club.line.sync({&host});
  }
  REQUIRE(fresh.engine->space(club.space).has_value());
  CHECK(fresh.engine->space(club.space)->phase == Phase::open);
}
