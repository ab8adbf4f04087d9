#include "muistio/club/settings.hpp"

#include <catch2/catch.hpp>

#include "club_peer.hpp"
#include "muistio/club/baseline.hpp"
#include "muistio/replica/payload.hpp"

using namespace muistio;
using namespace muistio::club;
using namespace muistio::test;
using replica::ChangeBuilder;

namespace {

const auto kSpace = SpaceId::from_bytes(Bytes(16, 7)).value();

Settings all_said() { return {"web-shop", "fi", true, 2U, 4U}; }

}  // namespace

TEST_CASE("a host says what the club is like, everybody reads it, and what is not said stays") {
  ClubPeer host(1, Role::host), anna(2);
  CHECK(settings_of(host.held, kSpace).value() == Settings{});
  auto change = host.edit([&](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(set_club_name(builder, kSpace, "Klubi"));
    return change_settings(builder, kSpace, all_said());
  });
  anna.take(change, host.author);
  CHECK(settings_of(anna.held, kSpace).value() == all_said());
  Settings only_mirror;
  only_mirror.mirror = false;
  change = host.edit([&](ChangeBuilder& builder) { return change_settings(builder, kSpace, only_mirror); });
  anna.take(change, host.author);
  auto wanted = all_said();
  wanted.mirror = false;
  CHECK(settings_of(anna.held, kSpace).value() == wanted);
}

TEST_CASE("a member cannot say what the club is like, and a host cannot say nonsense") {
  ClubPeer host(1, Role::host), anna(2);
  const auto change = host.edit([&](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(set_club_name(builder, kSpace, "Klubi"));
    return change_settings(builder, kSpace, all_said());
  });
  anna.take(change, host.author);
  Settings mirror;
  mirror.mirror = false;
  CHECK(anna.refusal([&](ChangeBuilder& builder) { return change_settings(builder, kSpace, mirror); }) == ErrorCode::not_permitted);
  Settings late;
  late.reminder_days = kReminderDaysMax + 1;
  CHECK(host.refusal([&](ChangeBuilder& builder) { return change_settings(builder, kSpace, late); }) ==
        ErrorCode::invalid_argument);
  Settings none;
  none.least_answers = 0;
  CHECK(host.refusal([&](ChangeBuilder& builder) { return change_settings(builder, kSpace, none); }) ==
        ErrorCode::invalid_argument);
  late.reminder_days = kReminderDaysMax;
  host.edit([&](ChangeBuilder& builder) { return change_settings(builder, kSpace, late); });
}

TEST_CASE("an op with a value that has not the form of its setting is judged false, also where an era begins") {
  const auto op = [](FieldId field, Bytes value) {
    return replica::Op{settings_document(kSpace), replica::OpKind::set_register, field, std::move(value)};
  };
  const replica::Author host{id_of<MemberId>(1), id_of<DeviceId>(1, 1), Role::host};
  for (const auto judge : {&Rules::judge, &BaselineRules::judge}) {
    CHECK(judge(op(kSettingsMirror, {1}), host, nullptr));
    CHECK_FALSE(judge(op(kSettingsMirror, {2}), host, nullptr));
    CHECK_FALSE(judge(op(kSettingsMirror, {}), host, nullptr));
    CHECK(judge(op(kSettingsReminder, {2}), host, nullptr));
    CHECK_FALSE(judge(op(kSettingsReminder, {2, 0}), host, nullptr));
    CHECK_FALSE(judge(op(kSettingsReminder, {0xff, 0x7f}), host, nullptr));
    CHECK(judge(op(kSettingsTemplate, {'a'}), host, nullptr));
    CHECK_FALSE(judge(op(kSettingsTemplate, {'\n'}), host, nullptr));
    CHECK_FALSE(judge(op(kSettingsLeastAnswers, {0}), host, nullptr));
  }
}
