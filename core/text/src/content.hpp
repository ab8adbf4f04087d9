// Text as it is kept inside: UTF-8, where the byte 0xFF (never part of UTF-8) stands for a scalar whose content was taken back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace muistio::text {

inline constexpr char kTakenBack = '\xFF';

[[nodiscard]] inline bool starts_scalar(char byte) noexcept { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

/// Whether every byte is a scalar of its own (none taken back).
[[nodiscard]] bool is_ascii(std::string_view kept) noexcept;
/// The number of scalars, those taken back included.
[[nodiscard]] std::size_t kept_count(std::string_view kept) noexcept;
/// The number of scalars taken back.
[[nodiscard]] std::size_t taken_back_count(std::string_view kept) noexcept;
/// The byte offset of scalar `index`, which is at most `kept_count(kept)`.
[[nodiscard]] std::size_t kept_offset(std::string_view kept, std::size_t index) noexcept;
/// The part that is shown.
[[nodiscard]] std::string shown_part(std::string_view kept);

}  // namespace muistio::text
