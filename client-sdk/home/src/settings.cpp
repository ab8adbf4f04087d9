#include "muistio/club/settings.hpp"

#include "home_impl.hpp"

namespace muistio::home {

club::Settings settings_in(const ClubSettings& change) {
  club::Settings settings;
  settings.template_name = change.template_name;
  settings.language = change.language;
  settings.mirror = change.mirror;
  settings.reminder_days = change.reminder_days;
  settings.least_answers = change.least_answers;
  return settings;
}

Result<ClubSettings> Home::settings(SpaceId club) {
  MUISTIO_TRY(auto space, impl_->visible(club));
  club::Settings held;
  MUISTIO_CHECK(impl_->engine->read(space.space, [&](replica::Replica& documents) -> Status {
    MUISTIO_TRY(held, club::settings_of(documents, space.space));
    return ok();
  }));
  return ClubSettings{held.template_name, held.language, held.mirror, held.reminder_days, held.least_answers};
}

Status Home::change_settings(SpaceId club, const ClubSettings& change) {
  MUISTIO_TRY(auto space, impl_->visible(club));
  const auto wanted = settings_in(change);
  return impl_->engine->edit(space.space,
                             [&](replica::ChangeBuilder& builder) { return club::change_settings(builder, space.space, wanted); });
}

}  // namespace muistio::home
