#include "muistio/club/settings.hpp"

#include "home_impl.hpp"

namespace muistio::home {

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
  const club::Settings wanted{change.template_name, change.language, change.mirror, change.reminder_days, change.least_answers};
  return impl_->engine->edit(space.space,
                             [&](replica::ChangeBuilder& builder) { return club::change_settings(builder, space.space, wanted); });
}

}  // namespace muistio::home
