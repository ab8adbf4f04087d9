// What a club on this device tells the programme.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/home/home.hpp"
#include "muistio/home/release_views.hpp"

namespace muistio::home {

/// The part of a home that is about releases: a text lies in the club for three days, who is named in it agrees on their own
/// device, any member may stop it, then a host's device copies it to a desk and a signed line of the ledger stays. It lives as long
/// as its home, on the home's thread. Every change is durable when the call returns success, and works with no network. Errors of
/// any call: those of Home's, and not_found (no such release), waiting_for_admission (the club is not open here yet).
class Releases {
 public:
  explicit Releases(Home& home) : home_(&home) {}

  /// By id or a unique prefix of at least six digits. Errors: not_found, ambiguous.
  [[nodiscard]] Result<DocumentId> find(std::string_view wanted);
  /// The club that a release belongs to.
  [[nodiscard]] Result<SpaceId> club_of(DocumentId release);
  /// Errors: invalid_argument (the kind, an empty text, too many named), not_utf8, too_large (over 32 KiB).
  Result<DocumentId> draft(SpaceId club, const NewRelease& release);
  /// Another text: everybody is asked again and the three days begin again. Errors: as `draft`; not_permitted (another device's).
  Status edit(DocumentId release, std::string_view text);
  /// Oldest first.
  [[nodiscard]] Result<std::vector<Release>> list(SpaceId club);
  [[nodiscard]] Result<Release> show(DocumentId release);
  /// This member, who is named in it, agrees to exactly the text that they were shown, or refuses. `content`: Release::content of
  /// what was shown. Errors: not_permitted (not named), invalid_state (it was changed meanwhile).
  Status say(DocumentId release, const Hash& content, bool agrees);
  /// Stops the text that was shown, or lets it go again. Errors: not_utf8, too_large (the reason), not_permitted (a guest),
  /// invalid_state (it was changed meanwhile).
  Status stop(DocumentId release, const Hash& content, bool stops, std::string_view reason);
  /// Copies the text to the desk and writes the ledger; called again after a crash it goes on where it stopped. Errors:
  /// not_permitted (not a host; stopped; too early; somebody named has not agreed), not_found (the desk is not open here),
  /// already_exists.
  Result<DocumentId> send(DocumentId release);
  /// Takes the copies back from the desk and says so in the ledger: the programme's devices delete them at their next sync; what
  /// somebody copied elsewhere stays there. Errors: not_permitted (not a host), invalid_state (nothing was sent), not_found (the
  /// desk is not open here, or the copy of another host has not come here yet).
  Status withdraw(DocumentId release);

 private:
  [[nodiscard]] Result<Release> as_shown(DocumentId release, const Hash& content);
  Home* home_;
};

}  // namespace muistio::home
