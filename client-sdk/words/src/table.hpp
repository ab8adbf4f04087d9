// The catalogues as embed.py compiles them in: sorted by key.
#pragma once

#include <span>
#include <string_view>

namespace muistio::words {

struct Text {
  std::string_view one;    // empty where the message does not count
  std::string_view other;  // empty where the catalogue lacks the message
};

struct Message {
  std::string_view key;
  Text texts[4];  // by Language
};

struct ErrorMessage {
  std::string_view name;  // of error_codes.def
  std::string_view key;
};

std::span<const Message> messages() noexcept;
std::span<const ErrorMessage> error_messages() noexcept;

}  // namespace muistio::words
