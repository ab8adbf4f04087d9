// What a club is like beyond its name: fields of its settings, written by hosts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"
#include "muistio/club/documents.hpp"
#include "muistio/replica/change_builder.hpp"
#include "muistio/replica/replica.hpp"

namespace muistio::club {

inline constexpr FieldId kSettingsTemplate{0x0102};      // register: a line, the name of the club's template
inline constexpr FieldId kSettingsLanguage{0x0103};      // register: a line, "fi", "sv", "nl" or "en"
inline constexpr FieldId kSettingsMirror{0x0104};        // register: u8, 0 or 1
inline constexpr FieldId kSettingsReminder{0x0105};      // register: varint, days before a meeting, at most kReminderDaysMax
inline constexpr FieldId kSettingsLeastAnswers{0x0106};  // register: varint, 1 to kLeastAnswersMax
inline constexpr FieldId kSettingsKeeper{0x0107};        // register: a member (32 bytes)

inline constexpr std::uint32_t kReminderDaysMax = 60;
inline constexpr std::uint32_t kLeastAnswersMax = 1000;

/// As it stands; nothing where no host has said so.
struct Settings {
  std::optional<std::string> template_name, language;
  std::optional<bool> mirror;                  // whether everyone sees what each gave
  std::optional<std::uint32_t> reminder_days;  // before a meeting
  std::optional<std::uint32_t> least_answers;  // from which on a survey's results are shown
  std::optional<MemberId> keeper;              // to whom unnamed answers to surveys go
  friend bool operator==(const Settings&, const Settings&) = default;
};

/// Whether `payload` has the form of `field`, which is one of the above.
[[nodiscard]] bool has_settings_form(FieldId field, BytesView payload) noexcept;
[[nodiscard]] bool is_settings_field(FieldId field) noexcept;

/// Whether a host may say this: lines, at most kReminderDaysMax days, 3 to 100 answers (survey.hpp). Errors: invalid_argument, as
/// check_line.
[[nodiscard]] Status check_settings(const Settings& change);
/// Writes what is given; the rest stays. The author must be a host. Errors: invalid_argument (out of bounds), as edits.hpp says.
Status change_settings(replica::ChangeBuilder& builder, const SpaceId& space, const Settings& change);
[[nodiscard]] Result<Settings> settings_of(replica::Replica& documents, const SpaceId& space);

}  // namespace muistio::club
