// What members may do to the documents of a club.
#pragma once

#include "muistio/replica/change.hpp"
#include "muistio/replica/document.hpp"
#include "muistio/replica/judge.hpp"

namespace muistio::club {

/// The rules, alike on every device. They look at the op, its author, who created the document, and which member a device that
/// wrote in it belongs to: nothing that depends on the order of arrival.
///
/// - Guests write their own profile, and nothing else.
/// - Anybody else writes notes; a note's kind is changed by the device that made it or by a host.
/// - The name of a piece of material is changed by the device that added it or by a host; its file by that device alone.
/// - A profile is written by its own member, the club's settings by hosts.
/// - A note or a piece of material is taken back by its author or by a host; a passage by who wrote it or by a host. Profiles and
///   settings are not taken back.
/// - What a season is made of (types 0x10 to 0x2f) each practice judges by itself (pact.hpp, meeting.hpp, poll.hpp, …). What one
/// member
///   says (a signature, an answer, a vote, a mark of attendance) is written and taken back by that member's device alone.
/// - A document is created under an id that names the device (see `documents.hpp`). Ops, fields and types that this app does not
///   know pass.
struct Rules {
  [[nodiscard]] static bool judge(const replica::Op& op, const replica::Author& author, const replica::Document* document);
};

}  // namespace muistio::club
