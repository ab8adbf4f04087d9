#include "muistio/club/settings.hpp"

#include "muistio/base/reader.hpp"
#include "muistio/club/line.hpp"
#include "muistio/club/survey.hpp"

namespace muistio::club {
namespace {

std::optional<std::uint32_t> number_of(BytesView payload, std::uint32_t most) noexcept {
  Reader reader(payload);
  const auto value = reader.varint();
  if (!value || *value > most || !reader.at_end()) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

Status set_number(replica::ChangeBuilder& builder, const DocumentId& id, FieldId field, std::uint32_t value) {
  const auto payload = Writer().varint(value).bytes();
  if (!has_settings_form(field, payload)) return fail(ErrorCode::invalid_argument, "the number is out of bounds");
  return builder.set_register(id, field, payload);
}

Status set_line(replica::ChangeBuilder& builder, const DocumentId& id, FieldId field, std::string_view line) {
  MUISTIO_CHECK(check_line(as_bytes(line)));
  return builder.set_register(id, field, as_bytes(line));
}

}  // namespace

bool is_settings_field(FieldId field) noexcept { return field >= kSettingsTemplate && field <= kSettingsKeeper; }

bool has_settings_form(FieldId field, BytesView payload) noexcept {
  if (field == kSettingsMirror) return payload.size() == 1 && payload[0] <= 1;
  if (field == kSettingsReminder) return number_of(payload, kReminderDaysMax).has_value();
  if (field == kSettingsLeastAnswers) return number_of(payload, kLeastAnswersMax).value_or(0) != 0;
  if (field == kSettingsKeeper) return payload.size() == MemberId::size_bytes;
  return check_line(payload).has_value();
}

Status check_settings(const Settings& change) {
  for (const auto* line : {&change.template_name, &change.language})
    if (*line) MUISTIO_CHECK(check_line(as_bytes(**line)));
  if (change.reminder_days > kReminderDaysMax) return fail(ErrorCode::invalid_argument, "reminders come at most 60 days before");
  if (change.least_answers && (*change.least_answers < kMinimumLeast || *change.least_answers > kMinimumMost))
    return fail(ErrorCode::invalid_argument, "results are shown from 3 to 100 answers on");
  return ok();
}

Status change_settings(replica::ChangeBuilder& builder, const SpaceId& space, const Settings& change) {
  MUISTIO_CHECK(check_settings(change));
  const auto id = settings_document(space);
  if (change.template_name) MUISTIO_CHECK(set_line(builder, id, kSettingsTemplate, *change.template_name));
  if (change.language) MUISTIO_CHECK(set_line(builder, id, kSettingsLanguage, *change.language));
  if (change.mirror) {
    const std::uint8_t value[] = {*change.mirror ? std::uint8_t{1} : std::uint8_t{0}};
    MUISTIO_CHECK(builder.set_register(id, kSettingsMirror, value));
  }
  if (change.reminder_days) MUISTIO_CHECK(set_number(builder, id, kSettingsReminder, *change.reminder_days));
  if (change.least_answers) MUISTIO_CHECK(set_number(builder, id, kSettingsLeastAnswers, *change.least_answers));
  if (change.keeper) MUISTIO_CHECK(builder.set_register(id, kSettingsKeeper, change.keeper->view()));
  return ok();
}

Result<Settings> settings_of(replica::Replica& documents, const SpaceId& space) {
  Settings settings;
  MUISTIO_TRY(const auto document, documents.document(settings_document(space)));
  if (document == nullptr) return settings;
  const auto value = [&](FieldId field) -> std::optional<BytesView> {
    const auto* held = document->find_register(field);
    return held == nullptr || !has_settings_form(field, held->value) ? std::nullopt : std::optional<BytesView>(held->value);
  };
  if (const auto held = value(kSettingsTemplate)) settings.template_name = std::string(as_text(*held));
  if (const auto held = value(kSettingsLanguage)) settings.language = std::string(as_text(*held));
  if (const auto held = value(kSettingsMirror)) settings.mirror = (*held)[0] == 1;
  if (const auto held = value(kSettingsReminder)) settings.reminder_days = number_of(*held, kReminderDaysMax);
  if (const auto held = value(kSettingsLeastAnswers)) settings.least_answers = number_of(*held, kLeastAnswersMax);
  if (const auto held = value(kSettingsKeeper)) {
    MUISTIO_TRY(settings.keeper, MemberId::from_bytes(*held));
  }
  return settings;
}

}  // namespace muistio::club
