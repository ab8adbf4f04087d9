// muistio::Releases: what a club tells the programme, for an app to embed.
#pragma once

#include <string>
#include <vector>

#include "muistio/client.hpp"
#include "muistio/home/release_views.hpp"

namespace muistio {

/// The part of a Client that is about releases. A text lies in the club for three days, who is named in it agrees on their own
/// device to exactly that text, any member may stop it; then a host's device copies it to a desk, and a signed line of the ledger
/// stays in the club. The three days are each device's own count from when it first read the text: a promise of honest devices. A
/// value to copy; the Client that gave it must outlive its calls.
///
/// Threads, futures and errors as of Client: any thread may call, each call returns at once, what was written is durable when its
/// future is ready, nothing waits for a network. Any call may fail with not_found and waiting_for_admission besides Client's
/// errors.
class Releases {
 public:
  /// By id or a unique prefix of six digits or more. Errors: not_found, ambiguous.
  Future<DocumentId> find(std::string wanted);
  /// Yields the release's id. Errors: invalid_argument (the kind, an empty text, more than 64 named), not_utf8, too_large.
  Future<DocumentId> draft(SpaceId club, home::NewRelease release);
  /// Another text: all are asked again, the days begin again. Errors: not_permitted (another device drafted it).
  Future<void> edit(DocumentId release, std::string text);
  /// Oldest first.
  Future<std::vector<home::Release>> list(SpaceId club);
  Future<home::Release> show(DocumentId release);
  /// This member agrees to the text that they were shown, or refuses; `content` is Release::content of that. Errors: not_permitted
  /// (not named in it), invalid_state (the text was changed meanwhile: show it again).
  Future<void> say(DocumentId release, Hash content, bool agrees);
  /// Any member; `stops` false lets it go again. The reason is a line. Errors: invalid_state, as `say`.
  Future<void> stop(DocumentId release, Hash content, bool stops, std::string reason = {});
  /// Yields the note in the desk. Errors: not_permitted (not a host, stopped, too early, not agreed), not_found (the desk is not
  /// open here), already_exists.
  Future<DocumentId> send(DocumentId release);
  /// Takes the copies back from the desk. Whoever copied the text elsewhere has it: say so. Errors: not_permitted, invalid_state,
  /// not_found (the desk is not open here, or the copy has not come here yet).
  Future<void> withdraw(DocumentId release);

 private:
  friend class Client;
  explicit Releases(Client::Impl* impl) : impl_(impl) {}
  Client::Impl* impl_;
};

}  // namespace muistio
