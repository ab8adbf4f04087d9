// What a club tells the programme: a text that lies in the club first, who is named in it agrees, anybody may stop it; then a copy
// goes to a desk, and a signed line of the ledger stays.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/club/records.hpp"
#include "muistio/crypto/signature.hpp"
#include "muistio/replica/change_builder.hpp"

namespace muistio::club {

inline constexpr DocumentType kRelease{0x2c};
inline constexpr DocumentType kConsent{0x2d};  // a statement of somebody who is named in it
inline constexpr DocumentType kStop{0x2e};     // a statement of a member
inline constexpr DocumentType kLedgerLine{0x2f};

inline constexpr FieldId kReleaseText{0x2c01};   // register: UTF-8, 1 to kReleaseBytesMax bytes; the device that made it
inline constexpr FieldId kReleaseDesk{0x2c02};   // register: the desk's space 16; the device that made it
inline constexpr FieldId kReleaseNamed{0x2c03};  // register: members 32 each, ascending, at most kNamedMax; the device that made it
inline constexpr FieldId kReleaseKind{0x2c04};   // register: one byte, a ReleaseKind; the device that made it
inline constexpr FieldId kConsentTo{0x2d01};  // register: release 16 ‖ u8 1 agrees, 0 refuses ‖ content 32 ‖ key 32 ‖ signature 64
inline constexpr FieldId kStopOf{0x2e01};  // register: release 16 ‖ u8 1 stops, 0 lets it go ‖ content 32 ‖ a line, the reason
inline constexpr FieldId kLedgerOf{0x2f01};  // register: release 16 ‖ content 32 ‖ desk 16 ‖ note 16 ‖ key 32 ‖ signature 64
inline constexpr FieldId kLedgerWithdrawn{0x2f02};  // register: one byte, 1; a host

inline constexpr std::size_t kReleaseBytesMax = 32 * 1024;
inline constexpr std::size_t kNamedMax = 64;
/// How long a text lies in the club before it may go: a promise of honest devices, by their own clocks.
inline constexpr std::int64_t kReleaseWaitMs = std::int64_t{3} * 24 * 3600 * 1000;

inline constexpr std::string_view kConsentLabel = "muistio consent 1";
inline constexpr std::string_view kLedgerLabel = "muistio ledger 1";

/// What the programme is told. The numbers are part of the format.
enum class ReleaseKind : std::uint8_t { training = 1, abroad = 2, research = 3, other = 4 };
[[nodiscard]] std::string_view release_kind_name(ReleaseKind kind) noexcept;
[[nodiscard]] std::optional<ReleaseKind> release_kind_from_name(std::string_view name) noexcept;

/// SHA-256("muistio release 1" ‖ text ‖ desk ‖ release): what is agreed to, stopped and sent.
[[nodiscard]] Hash release_content(std::string_view text, const SpaceId& desk, const DocumentId& release);

struct NewRelease {
  std::string text;
  SpaceId desk;
  ReleaseKind kind = ReleaseKind::other;
  std::vector<MemberId> named;
};

/// Errors: not_utf8, too_large, invalid_argument (an empty text, over kNamedMax names).
Result<DocumentId> draft_release(replica::ChangeBuilder& builder, Random& random, const NewRelease& release);
/// Another text: everybody is asked again, and its days begin again. Errors: as `draft_release`; not_permitted (another device's).
Status edit_release(replica::ChangeBuilder& builder, const DocumentId& release, std::string_view text);

/// A member's word on one content: what is signed is, under kConsentLabel, the club, the release, one byte (agrees) and the
/// content.
struct Consent {
  DocumentId release;
  bool agrees = false;
  Hash content;
  crypto::VerifyKey key;
  crypto::Signature signature;
};
[[nodiscard]] Bytes consent_fields(const DocumentId& release, bool agrees, const Hash& content);
/// Errors: bad_signature.
[[nodiscard]] Status verify_consent(const SpaceId& club, const Consent& consent);
/// docs/formats/club.md. Errors: malformed; bad_signature (a key that the device's id was not made from).
[[nodiscard]] Result<Consent> decode_consent(BytesView bytes, const DeviceId& device);
[[nodiscard]] Bytes encode_consent(const Consent& consent);
Status say_consent(replica::ChangeBuilder& builder, const Consent& consent);

/// Stops the text with that content, or lets it go. Errors: not_utf8, too_large (the reason).
Status say_stop(replica::ChangeBuilder& builder, const DocumentId& release, bool stops, const Hash& content,
                std::string_view reason);

/// What stays in the club of a copy that went: signed under kLedgerLabel over the club, the release, the content, the desk, the
/// note.
struct LedgerLine {
  DocumentId release;
  Hash content;
  SpaceId desk;
  DocumentId note;  // the copy, in the desk
  crypto::VerifyKey key;
  crypto::Signature signature;
};
/// Errors: malformed, bad_signature, as `decode_consent`.
[[nodiscard]] Result<LedgerLine> decode_ledger_line(BytesView bytes, const DeviceId& device);
[[nodiscard]] Bytes encode_ledger_line(const LedgerLine& line);
/// Errors: bad_signature.
[[nodiscard]] Status verify_ledger_line(const SpaceId& club, const LedgerLine& line);
Result<DocumentId> write_ledger(replica::ChangeBuilder& builder, Random& random, const LedgerLine& line);
Status mark_withdrawn(replica::ChangeBuilder& builder, const DocumentId& line);

struct Objection {
  MemberId member;
  std::string reason;
  friend bool operator==(const Objection&, const Objection&) = default;
};
struct SentCopy {
  DocumentId line;  // of the ledger
  MemberId by;
  WallMs at;
  SpaceId desk;
  DocumentId note;
  Hash content;
  bool withdrawn = false;
  friend bool operator==(const SentCopy&, const SentCopy&) = default;
};

struct ReleaseItem {
  DocumentId id;
  std::string text;
  SpaceId desk;
  ReleaseKind kind = ReleaseKind::other;
  MemberId maker;
  WallMs written;  // when its device wrote the text, as it says
  Hash content;
  std::vector<MemberId> named;
  std::vector<MemberId> agreed;       // of those named, to exactly this content
  std::vector<MemberId> refused;      // of those named
  std::vector<Objection> stopped_by;  // members who stop this content
  std::vector<SentCopy> sent;         // of whichever content, oldest first
  friend bool operator==(const ReleaseItem&, const ReleaseItem&) = default;
};

/// All releases, oldest first. Signatures that do not verify for this club do not count.
[[nodiscard]] Result<std::vector<ReleaseItem>> list_releases(replica::Replica& documents, const Records& records,
                                                             const SpaceId& club);

}  // namespace muistio::club
