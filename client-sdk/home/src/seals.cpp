// Meeting seals in the words of a person's club.
#include "home_impl.hpp"
#include "muistio/club/views.hpp"

namespace muistio::home {
namespace {

std::string_view source_name(sync::PinSource source) {
  switch (source) {
    case sync::PinSource::acknowledgement:
      return "acknowledgement";
    case sync::PinSource::seal:
      return "seal";
    case sync::PinSource::reopening:
      return "reopening";
    case sync::PinSource::log:
      return "log";
    case sync::PinSource::claim:
      return "claim";
  }
  return "unknown";
}

std::string shown_hash(const Hash& hash) { return hash == Hash{} ? std::string() : hash.hex(); }

}  // namespace

Contradiction shown(const sync::Proof& proof) {
  return {
      proof.noticed,           std::string(error_name(proof.error.code)), proof.error.message(), proof.seq, shown_hash(proof.held),
      shown_hash(proof.shown), std::string(source_name(proof.source))};
}

Result<std::string> Home::seal(SpaceId club) {
  MUISTIO_CHECK(impl_->visible(club));
  return impl_->engine->seal(club);
}

Result<SealAnswer> Home::check_seal(SpaceId club, std::string_view text) {
  MUISTIO_CHECK(impl_->visible(club));
  MUISTIO_TRY(auto found, impl_->engine->check_seal(club, text));
  SealAnswer answer;
  answer.verdict = static_cast<SealAnswer::Verdict>(found.verdict);
  answer.behind = found.behind;
  answer.ahead = found.ahead;
  if (found.member == MemberId{}) return answer;
  MUISTIO_CHECK(impl_->engine->read(club, [&](replica::Replica& documents) -> Status {
    MUISTIO_TRY(answer.member, club::member_name(documents, found.member));
    return ok();
  }));
  return answer;
}

Result<std::string> Home::reopen(SpaceId club) {
  MUISTIO_CHECK(impl_->visible(club));
  return impl_->engine->reopen(club);
}

Status Home::accept_reopening(SpaceId club, std::string_view text) {
  MUISTIO_CHECK(impl_->visible(club));
  return impl_->engine->accept_reopening(club, text);
}

}  // namespace muistio::home
