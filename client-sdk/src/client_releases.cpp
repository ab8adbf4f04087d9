// muistio::Releases: each call goes to the home on the client's thread.
#include "client_impl.hpp"
#include "muistio/client/releases.hpp"
#include "muistio/home/releases.hpp"

namespace muistio {

using home::Home;

Releases Client::releases() { return Releases(impl_.get()); }

Future<DocumentId> Releases::find(std::string wanted) {
  return impl_->ask([wanted = std::move(wanted)](Home& home) { return home.releases().find(wanted); });
}
Future<DocumentId> Releases::draft(SpaceId club, home::NewRelease release) {
  return impl_->ask([club, release = std::move(release)](Home& home) { return home.releases().draft(club, release); });
}
Future<void> Releases::edit(DocumentId release, std::string text) {
  return impl_->ask([release, text = std::move(text)](Home& home) { return home.releases().edit(release, text); });
}
Future<std::vector<home::Release>> Releases::list(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.releases().list(club); });
}
Future<home::Release> Releases::show(DocumentId release) {
  return impl_->ask([release](Home& home) { return home.releases().show(release); });
}
Future<void> Releases::say(DocumentId release, Hash content, bool agrees) {
  return impl_->ask([release, content, agrees](Home& home) { return home.releases().say(release, content, agrees); });
}
Future<void> Releases::stop(DocumentId release, Hash content, bool stops, std::string reason) {
  return impl_->ask([release, content, stops, reason = std::move(reason)](Home& home) {
    return home.releases().stop(release, content, stops, reason);
  });
}
Future<DocumentId> Releases::send(DocumentId release) {
  return impl_->ask([release](Home& home) { return home.releases().send(release); });
}
Future<void> Releases::withdraw(DocumentId release) {
  return impl_->ask([release](Home& home) { return home.releases().withdraw(release); });
}

}  // namespace muistio
