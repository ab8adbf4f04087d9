// What a call of the C interface yields: C structs over the values of muistio::Client that they point into, or an error.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "muistio/c/answer.h"
#include "muistio/client.hpp"
#include "muistio/home/meeting_views.hpp"

namespace muistio::c {

/// What the structs of an answer point to, beside the values themselves.
class Side {
 public:
  /// Keeps the items as long as the answer; where they are, or null if there are none.
  template <class T>
  [[nodiscard]] const T* keep(std::vector<T> items) {
    auto kept = std::make_shared<const std::vector<T>>(std::move(items));
    kept_.push_back(kept);
    return kept->empty() ? nullptr : kept->data();
  }

 private:
  std::vector<std::shared_ptr<const void>> kept_;
};

struct TextItem {
  const char* data;
  std::size_t bytes;
};

/// What an answer whose items are of this type holds.
template <class Record>
inline constexpr muistio_content kHolds = MUISTIO_HOLDS_NOTHING;
template <>
inline constexpr muistio_content kHolds<muistio_id> = MUISTIO_HOLDS_ID;
template <>
inline constexpr muistio_content kHolds<std::uint64_t> = MUISTIO_HOLDS_NUMBER;
template <>
inline constexpr muistio_content kHolds<TextItem> = MUISTIO_HOLDS_TEXT;
template <>
inline constexpr muistio_content kHolds<muistio_club> = MUISTIO_HOLDS_CLUB;
template <>
inline constexpr muistio_content kHolds<muistio_session> = MUISTIO_HOLDS_SESSION;
template <>
inline constexpr muistio_content kHolds<muistio_member> = MUISTIO_HOLDS_MEMBER;
template <>
inline constexpr muistio_content kHolds<muistio_device> = MUISTIO_HOLDS_DEVICE;
template <>
inline constexpr muistio_content kHolds<muistio_note> = MUISTIO_HOLDS_NOTE;
template <>
inline constexpr muistio_content kHolds<muistio_note_text> = MUISTIO_HOLDS_NOTE_TEXT;
template <>
inline constexpr muistio_content kHolds<muistio_material> = MUISTIO_HOLDS_MATERIAL;
template <>
inline constexpr muistio_content kHolds<muistio_material_quota> = MUISTIO_HOLDS_MATERIAL_QUOTA;
template <>
inline constexpr muistio_content kHolds<muistio_invitation> = MUISTIO_HOLDS_INVITATION;
template <>
inline constexpr muistio_content kHolds<muistio_join_request> = MUISTIO_HOLDS_JOIN_REQUEST;
template <>
inline constexpr muistio_content kHolds<muistio_found> = MUISTIO_HOLDS_FOUND;
template <>
inline constexpr muistio_content kHolds<muistio_checked> = MUISTIO_HOLDS_CHECKED;
template <>
inline constexpr muistio_content kHolds<muistio_seal_answer> = MUISTIO_HOLDS_SEAL_ANSWER;
template <>
inline constexpr muistio_content kHolds<muistio_waiting> = MUISTIO_HOLDS_WAITING;
template <>
inline constexpr muistio_content kHolds<muistio_sync_report> = MUISTIO_HOLDS_SYNC_REPORT;
template <>
inline constexpr muistio_content kHolds<muistio_sync_progress> = MUISTIO_HOLDS_SYNC_PROGRESS;
template <>
inline constexpr muistio_content kHolds<muistio_live_state> = MUISTIO_HOLDS_LIVE_STATE;
template <>
inline constexpr muistio_content kHolds<muistio_newcomer> = MUISTIO_HOLDS_NEWCOMER;
template <>
inline constexpr muistio_content kHolds<muistio_meeting> = MUISTIO_HOLDS_MEETING;
template <>
inline constexpr muistio_content kHolds<muistio_reminder> = MUISTIO_HOLDS_REMINDER;
template <>
inline constexpr muistio_content kHolds<muistio_reach> = MUISTIO_HOLDS_REACH;
template <>
inline constexpr muistio_content kHolds<muistio_news> = MUISTIO_HOLDS_NEWS;

struct Answer {
  muistio_status status = 0;
  std::string message;
  muistio_content holds = MUISTIO_HOLDS_NOTHING;
  std::vector<const void*> items;
  std::shared_ptr<const void> kept;

  template <class Record>
  [[nodiscard]] muistio_status read(std::size_t index, const Record** out) const;
};

[[nodiscard]] muistio_id id_of(const std::array<std::uint8_t, 16>& bytes) noexcept;
template <class Tag>
[[nodiscard]] muistio_id id_of(const StrongBytes<Tag, 16>& id) noexcept {
  return id_of(id.array());
}

[[nodiscard]] muistio_club record_of(const Club& club, Side& side);
[[nodiscard]] muistio_contradiction record_of(const Contradiction& contradiction, Side& side);
[[nodiscard]] muistio_session record_of(const Session& session, Side& side);
[[nodiscard]] muistio_member record_of(const Member& member, Side& side);
[[nodiscard]] muistio_device record_of(const Device& device, Side& side);
[[nodiscard]] muistio_note record_of(const Note& note, Side& side);
[[nodiscard]] muistio_note_text record_of(const NoteText& note, Side& side);
[[nodiscard]] muistio_material record_of(const Material& material, Side& side);
[[nodiscard]] muistio_material_quota record_of(const MaterialQuota& quota, Side& side);
[[nodiscard]] muistio_invitation record_of(const Invitation& invitation, Side& side);
[[nodiscard]] muistio_join_request record_of(const JoinRequest& request, Side& side);
[[nodiscard]] muistio_found record_of(const Found& found, Side& side);
[[nodiscard]] muistio_checked record_of(const Checked& checked, Side& side);
[[nodiscard]] muistio_seal_answer record_of(const SealAnswer& answer, Side& side);
[[nodiscard]] muistio_waiting record_of(const Waiting& waiting, Side& side);
[[nodiscard]] muistio_sync_report record_of(const SyncReport& report, Side& side);
[[nodiscard]] muistio_sync_progress record_of(const SyncProgress& progress, Side& side);
[[nodiscard]] muistio_live_state record_of(const LiveState& state, Side& side);
[[nodiscard]] muistio_newcomer record_of(const Newcomer& newcomer, Side& side);
[[nodiscard]] muistio_person record_of(const home::Person& person, Side& side);
[[nodiscard]] muistio_meeting record_of(const home::Meeting& meeting, Side& side);
[[nodiscard]] muistio_reminder record_of(const home::Reminder& reminder, Side& side);
[[nodiscard]] muistio_reach record_of(const home::Reach& reach, Side& side);
/// One thing that was missed, and under which heading.
struct Missed {
  muistio_section section;
  home::News news;
};
[[nodiscard]] muistio_news record_of(const Missed& missed, Side& side);
template <class Tag>
[[nodiscard]] muistio_id record_of(const StrongBytes<Tag, 16>& id, Side&) {
  return id_of(id);
}
[[nodiscard]] inline std::uint64_t record_of(std::uint64_t number, Side&) { return number; }
[[nodiscard]] TextItem record_of(const std::string& text, Side&);
[[nodiscard]] TextItem record_of(const Bytes& bytes, Side&);        // with a zero behind
[[nodiscard]] TextItem record_of(const SecretBytes& bytes, Side&);  // with a zero behind

using AnswerPtr = std::shared_ptr<const Answer>;

template <class T>
[[nodiscard]] AnswerPtr answer_with(std::vector<T> values) {
  using Record = decltype(record_of(values.front(), std::declval<Side&>()));
  struct Kept {
    std::vector<T> values;
    std::vector<Record> records;
    Side side;
  };
  auto kept = std::make_shared<Kept>();
  kept->values = std::move(values);
  kept->records.reserve(kept->values.size());
  auto answer = std::make_shared<Answer>();
  static_assert(kHolds<Record> != MUISTIO_HOLDS_NOTHING);
  answer->holds = kHolds<Record>;
  for (const auto& value : kept->values) answer->items.push_back(&kept->records.emplace_back(record_of(value, kept->side)));
  answer->kept = std::move(kept);
  return answer;
}

template <class T>
[[nodiscard]] AnswerPtr answer_with(T value) {
  std::vector<T> values;
  values.push_back(std::move(value));
  return answer_with(std::move(values));
}
[[nodiscard]] AnswerPtr answer_with(Bytes bytes);
[[nodiscard]] AnswerPtr answer_with(SecretBytes bytes);
[[nodiscard]] AnswerPtr answer_with(home::CatchUp missed);
/// One, or none of that kind.
template <class T>
[[nodiscard]] AnswerPtr answer_with(std::optional<T> value) {
  std::vector<T> values;
  if (value) values.push_back(std::move(*value));
  return answer_with(std::move(values));
}

[[nodiscard]] AnswerPtr answer_with(const Error& error);

template <class T>
[[nodiscard]] AnswerPtr answer_of(Result<T> result) {
  if (!result) return answer_with(result.error());
  if constexpr (std::is_void_v<T>)
    return std::make_shared<Answer>();
  else
    return answer_with(std::move(result).value());
}

}  // namespace muistio::c
