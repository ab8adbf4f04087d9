// Releases as they are shown: plain values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/home/meeting_views.hpp"

namespace muistio::home {

struct NewRelease {
  SpaceId desk;                      // where the copy goes
  std::string kind = "other";        // "training", "abroad", "research" or "other"
  std::string text;                  // Markdown, UTF-8, 1 byte to 32 KiB: exactly what the programme will read
  std::vector<MemberId> named = {};  // who is named in it, at most 64
};

/// A member's word against a text.
struct ReleaseObjection {
  Person member;
  std::string reason;
  friend bool operator==(const ReleaseObjection&, const ReleaseObjection&) = default;
};

/// A line of the ledger.
struct ReleaseCopy {
  Person by;
  WallMs at;
  SpaceId desk;
  bool withdrawn = false;
  bool as_it_stands = false;  // of the text as it is now
  friend bool operator==(const ReleaseCopy&, const ReleaseCopy&) = default;
};

struct Release {
  DocumentId id;
  SpaceId club, desk;
  std::string kind, text;
  Hash content;  // SHA-256 of text, desk and id: what a member agrees to or stops
  /// "stopped", "refused" (by somebody named), "waiting" (for agreement or the three days), "ready", "sent" or "withdrawn".
  std::string state;
  Person maker;
  WallMs written;  // when its maker's device wrote the text
  WallMs ready;    // three days after this device first read it, or after it was written if that is later
  std::vector<Person> named, agreed, refused;
  std::vector<ReleaseObjection> stopped_by;
  std::vector<ReleaseCopy> sent;
  bool own_agreement_wanted = false;  // this member is named and has neither agreed nor refused: ask them
  friend bool operator==(const Release&, const Release&) = default;
};

}  // namespace muistio::home
