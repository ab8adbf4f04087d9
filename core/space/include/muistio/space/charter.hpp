// The charter: who is in a space with which role, and its rules, agreed by every device through the MLS GroupContext (R2).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/role.hpp"

namespace muistio::space {

/// What a space is for: one person's devices; a club; one meeting, with guests or with other clubs; hosts and the programme.
enum class SpaceKind : std::uint8_t { personal = 1, club = 2, session = 3, desk = 4 };

/// What a newcomer may read: everything that the admitter may; nothing from before joining (each admission begins an era); what was
/// written since the season began (a host's commit begins it, and an era with it).
enum class HistoryPolicy : std::uint8_t { all = 1, joining = 2, season = 3 };

/// The GroupContext extension that holds the charter; its number is the version of the rules.
inline constexpr std::uint16_t kCharterExtension = 0xF0A1;
/// The GroupInfo extension of a Welcome (R6).
inline constexpr std::uint16_t kAdmissionExtension = 0xF0B1;

inline constexpr std::size_t kCharterMembersMax = 512;
inline constexpr std::size_t kCharterWarrantsMax = 16;
inline constexpr std::size_t kWarrantBytesMax = 24 * 1024;
inline constexpr std::size_t kCharterBytesMax = 128 * 1024;
inline constexpr std::uint8_t kDevicesMax = 8;

struct CharterMember {
  MemberId member;
  Role role = Role::member;
  Era first_era;  // the first era whose content this member may read
  std::optional<MemberId> successor_of;
  friend bool operator==(const CharterMember&, const CharterMember&) = default;
};

/// Where a successor space goes on from (R9).
struct Predecessor {
  SpaceId space;
  Seq seq;
  Hash log_hash;
  friend bool operator==(const Predecessor&, const Predecessor&) = default;
};

/// Where a new space comes from; both are fixed for ever.
struct Founding {
  std::optional<SpaceId> parent;  // the club that a session belongs to
  std::optional<Predecessor> predecessor;
};

/// Plain value; any thread.
struct Charter {
  SpaceKind kind = SpaceKind::club;
  std::optional<SpaceId> parent;
  std::optional<Predecessor> predecessor;
  std::uint64_t version = 1;           // one more at every change
  std::vector<CharterMember> members;  // sorted by id, none twice
  HistoryPolicy history = HistoryPolicy::all;
  Era era;
  std::uint8_t devices_max = kDevicesMax;  // leaves of one member
  Hash pact_hash;                          // reserved; zero
  std::uint8_t quorum = 0;                 // members who must agree to a newcomer (R12); 0: the host alone
  std::vector<Bytes> warrants;             // by which this charter was made (R12), if it needed any

  [[nodiscard]] const CharterMember* find(const MemberId& member) const;
  [[nodiscard]] std::optional<Role> role_of(const MemberId& member) const;
  /// Adds a member in the order of ids. Errors: already_exists; too_large.
  Status add(CharterMember member);
  /// Errors: not_found.
  Status remove(const MemberId& member);

  /// The extension's data: docs/formats/space.md, "Charter".
  [[nodiscard]] Bytes encode() const;
  /// Reads a charter and checks its form: sorted, unique, known roles and kinds, at least one member, every count within its limit.
  /// Errors: invalid_charter; unsupported_version.
  [[nodiscard]] static Result<Charter> decode(BytesView bytes);
  friend bool operator==(const Charter&, const Charter&) = default;
};

}  // namespace muistio::space
