// What a member may do in a space (R2, R3). Here, so that `club` can judge without knowing `space`.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace muistio {

/// The role of a member in a charter. The numbers are part of the charter's format. A higher one is not always "more": compare by
/// name only.
enum class Role : std::uint8_t { guest = 1, member = 2, facilitator = 3, host = 4 };

[[nodiscard]] constexpr std::optional<Role> role_from_number(std::uint8_t number) noexcept {
  if (number < 1 || number > 4) return std::nullopt;
  return static_cast<Role>(number);
}
[[nodiscard]] constexpr std::string_view role_name(Role role) noexcept {
  switch (role) {
    case Role::guest: return "guest";
    case Role::member: return "member";
    case Role::facilitator: return "facilitator";
    case Role::host: return "host";
  }
  return "unknown";
}
[[nodiscard]] constexpr std::optional<Role> role_from_name(std::string_view name) noexcept {
  for (auto role : {Role::guest, Role::member, Role::facilitator, Role::host})
    if (role_name(role) == name) return role;
  return std::nullopt;
}

}  // namespace muistio
