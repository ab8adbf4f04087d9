// The names in a home's folder: docs/formats/client.md.
#pragma once

#include <array>
#include <string_view>

namespace muistio::home {

inline constexpr std::string_view kStoreName = "home.db";
/// What a key is derived from, or the key itself.
inline constexpr std::array<std::string_view, 2> kKeyFiles{"key.params", "device.key"};
inline constexpr std::string_view kAttachmentsName = "attachments";

}  // namespace muistio::home
