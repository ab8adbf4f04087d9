// What the parts of a home that are about a club's life (meetings, surveys, network, releases) share.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "home_impl.hpp"
#include "muistio/home/meeting_views.hpp"
#include "muistio/replica/change_builder.hpp"

namespace muistio::home {

[[nodiscard]] inline Person person_of(const std::map<MemberId, std::string>& names, const MemberId& member) {
  return {member, name_of(names, member)};
}
template <class Members>
[[nodiscard]] std::vector<Person> people_of(const std::map<MemberId, std::string>& names, const Members& members) {
  std::vector<Person> found;
  for (const auto& each : members) found.push_back(person_of(names, each));
  return found;
}

/// The editor that makes a document by `make` and keeps its id.
template <class Make>
[[nodiscard]] auto keeping(DocumentId& id, Make make) {
  return [&id, make = std::move(make)](replica::ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(id, make(builder));
    return ok();
  };
}

}  // namespace muistio::home
