// What a member missed, and what each has contributed: views over everything of a club.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/club/records.hpp"
#include "muistio/replica/change_builder.hpp"

namespace muistio::club {

/// Where in the club's log somebody else's last change to a document stood, and whose it was.
struct Arrival {
  Seq seq;
  MemberId by;
  friend bool operator==(const Arrival&, const Arrival&) = default;
};
using Arrivals = std::map<DocumentId, Arrival>;

enum class NewsKind : std::uint8_t { note, minutes, agenda, meeting, season, pact, poll, action, material, question, answer };
[[nodiscard]] const char* news_kind_name(NewsKind kind) noexcept;

struct News {
  NewsKind kind = NewsKind::note;
  DocumentId id;
  std::string title;  // of an answer the question's
  MemberId by;        // whose change was the last
  WallMs at;          // shown only
  Seq seq;
  friend bool operator==(const News&, const News&) = default;
};

struct CatchUp {
  std::vector<News> said;     // notes, minutes, what agendas hold
  std::vector<News> decided;  // meetings, seasons, pacts, polls, action points
  std::vector<News> shared;   // material
  std::vector<News> asked;    // questions and answers
  friend bool operator==(const CatchUp&, const CatchUp&) = default;
};

/// What others changed after the place `since` of the log, each list in the order of the log. Pure.
[[nodiscard]] CatchUp catch_up(const Gathered& club, const Arrivals& arrivals, Seq since, const MemberId& own);

/// How far a member has read a club: a statement in their personal space, which no other member is in.
inline constexpr DocumentType kReadMark{0x1d};
inline constexpr FieldId kReadTo{0x1d01};  // register: club 16 ‖ varint place in its log
Status mark_read(replica::ChangeBuilder& builder, const SpaceId& club, Seq to);
/// The furthest mark of the member's devices; 0 if there is none. `personal` are the records of the personal space.
[[nodiscard]] Seq read_to(const Records& personal, const SpaceId& club);

/// Which files a device has whole: a statement of each device's.
inline constexpr DocumentType kReceipt{0x1e};
inline constexpr FieldId kReceivedFiles{0x1e01};  // set: material (16)
/// Errors: not_permitted (a guest's device says nothing).
Status say_received(replica::ChangeBuilder& builder, const DocumentId& material);
/// The devices that have a file: the one that shared it, and those that said so; sorted. Only what devices that are in the club now said
/// is worth counting: give those.
[[nodiscard]] std::vector<DeviceId> devices_with(const Records& records, const DocumentId& material, const DeviceId& shared_by);

/// What a member gave, each figure with the documents that it counts.
struct Contribution {
  MemberId member;
  std::vector<DocumentId> notes;      // begun by them, minutes that were made with a meeting not counted
  std::vector<DocumentId> material;   // shared by them
  std::vector<DocumentId> themes;     // items of agendas that are theirs
  std::vector<DocumentId> organised;  // meetings whose baton they hold, with somebody's attendance taken
  std::vector<DocumentId> attended;   // meetings at which they were present, late or remote
  std::vector<DocumentId> missed;     // meetings with attendance taken at which they were not
  std::vector<DocumentId> answers;    // to questions of the club
  std::vector<DocumentId> actions;    // action points of theirs that are done
  friend bool operator==(const Contribution&, const Contribution&) = default;
};

/// A mirror, no ranking: one entry for each of `members`, in their order. Two devices that hold the same say the same. Pure.
[[nodiscard]] std::vector<Contribution> contributions(const Gathered& club, const std::vector<MemberId>& members);

}  // namespace muistio::club
