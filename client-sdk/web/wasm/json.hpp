// What a home shows, as JSON for JavaScript. Ids are hexadecimal, times milliseconds since 1970, sizes numbers.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "muistio/client.hpp"

namespace muistio::web {

using Json = nlohmann::ordered_json;

[[nodiscard]] Json to_json(const Error& error);
[[nodiscard]] Json to_json(const home::Club& club);
[[nodiscard]] Json to_json(const home::Session& session);
[[nodiscard]] Json to_json(const home::Member& member);
[[nodiscard]] Json to_json(const home::Device& device);
[[nodiscard]] Json to_json(const home::Note& note);
[[nodiscard]] Json to_json(const home::NoteText& note);
[[nodiscard]] Json to_json(const home::Material& material);
[[nodiscard]] Json to_json(const home::MaterialQuota& quota);
[[nodiscard]] Json to_json(const home::Invitation& invitation);
[[nodiscard]] Json to_json(const home::JoinRequest& request);
[[nodiscard]] Json to_json(const home::Found& found);
[[nodiscard]] Json to_json(const home::Checked& checked);
[[nodiscard]] Json to_json(const home::SealAnswer& answer);
[[nodiscard]] Json to_json(const home::Waiting& waiting);
[[nodiscard]] Json to_json(const LiveState& state);
[[nodiscard]] inline Json to_json(const std::string& text) { return text; }
[[nodiscard]] inline Json to_json(bool value) { return value; }
template <class Tag, std::size_t N>
[[nodiscard]] Json to_json(const StrongBytes<Tag, N>& id) {
  return id.hex();
}
template <class T>
[[nodiscard]] Json to_json(const std::vector<T>& list) {
  auto made = Json::array();
  for (const auto& each : list) made.push_back(to_json(each));
  return made;
}
template <class T>
[[nodiscard]] Json to_json(const std::optional<T>& value) {
  return value ? to_json(*value) : Json(nullptr);
}

/// Text of JSON; bytes that are no UTF-8 are replaced.
[[nodiscard]] std::string text_of(const Json& json);

}  // namespace muistio::web
