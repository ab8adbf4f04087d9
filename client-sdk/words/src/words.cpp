#include "muistio/words/words.hpp"

#include <algorithm>
#include <array>

#include "table.hpp"

namespace muistio::words {
namespace {

constexpr std::array<std::string_view, 4> kTags{"fi", "sv", "nl", "en"};
constexpr std::array<std::string_view, 3> kGroups{"club", "group", "network"};
constexpr std::array<std::string_view, 3> kHosts{"host", "hostess", "leader"};
constexpr std::array<std::string_view, 2> kFacilitators{"facilitator", "guide"};
constexpr std::string_view kCapital = "|cap";  // {host.the|cap}: with a capital letter

template <class T, std::size_t N>
std::optional<T> position(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto at = std::find(names.begin(), names.end(), name);
  return at == names.end() ? std::nullopt : std::optional(static_cast<T>(at - names.begin()));
}

template <class T, std::size_t N>
std::string_view name_of(const std::array<std::string_view, N>& names, T value) {
  return names[static_cast<std::size_t>(value)];
}

const Message* find(std::string_view key) noexcept {
  const auto all = messages();
  const auto at = std::lower_bound(all.begin(), all.end(), key,
                                   [](const Message& message, std::string_view wanted) { return message.key < wanted; });
  return at == all.end() || at->key != key ? nullptr : &*at;
}

const Text* find(Language language, std::string_view key) noexcept {
  const auto* message = find(key);
  return message == nullptr ? nullptr : &message->texts[static_cast<std::size_t>(language)];
}

/// The words that a template picks: {group.in} is the message group.network.in where the circle is a network.
std::optional<std::string_view> picked(const Manner& manner, std::string_view gap) {
  const auto dot = gap.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto family = gap.substr(0, dot);
  std::string_view variant;
  if (family == "group") variant = name_of(kGroups, manner.group);
  if (family == "host") variant = name_of(kHosts, manner.host);
  if (family == "facilitator") variant = name_of(kFacilitators, manner.facilitator);
  if (variant.empty()) return std::nullopt;
  const auto key = std::string(family) + "." + std::string(variant) + std::string(gap.substr(dot));
  const auto* text = find(manner.language, key);
  return text == nullptr ? std::nullopt : std::optional(text->other);
}

const Filling* filling(const std::vector<Filling>& fillings, std::string_view gap) {
  const auto at = std::find_if(fillings.begin(), fillings.end(), [&](const Filling& each) { return each.gap == gap; });
  return at == fillings.end() ? nullptr : &*at;
}

std::optional<std::string> fill(const Manner& manner, std::string_view gap, const std::vector<Filling>& fillings) {
  const bool capital = gap.ends_with(kCapital);
  if (capital) gap.remove_suffix(kCapital.size());
  std::string text;
  if (const auto* given = filling(fillings, gap)) {
    const auto* count = std::get_if<std::int64_t>(&given->value);
    text = count != nullptr ? number(manner.language, *count) : std::get<std::string>(given->value);
  } else if (const auto word = picked(manner, gap)) {
    text = *word;
  } else {
    return std::nullopt;
  }
  if (capital && !text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

}  // namespace

std::optional<Language> language_of(std::string_view tag) noexcept {
  const auto primary = tag.substr(0, tag.find_first_of("-_"));
  if (primary.size() != 2) return std::nullopt;
  const std::array<char, 2> lower{static_cast<char>(primary[0] | 0x20), static_cast<char>(primary[1] | 0x20)};
  return position<Language>(kTags, std::string_view(lower.data(), lower.size()));
}

std::string_view language_tag(Language language) noexcept { return name_of(kTags, language); }
std::optional<GroupWord> group_word(std::string_view name) noexcept { return position<GroupWord>(kGroups, name); }
std::optional<HostWord> host_word(std::string_view name) noexcept { return position<HostWord>(kHosts, name); }
std::optional<FacilitatorWord> facilitator_word(std::string_view name) noexcept {
  return position<FacilitatorWord>(kFacilitators, name);
}

Result<std::string> say(const Manner& manner, std::string_view key, const std::vector<Filling>& fillings) {
  const auto* text = find(manner.language, key);
  if (text == nullptr) return fail(ErrorCode::not_found, "message " + std::string(key));
  auto left = text->other;
  if (!text->one.empty()) {
    const auto* given = filling(fillings, "n");
    const auto* count = given == nullptr ? nullptr : std::get_if<std::int64_t>(&given->value);
    if (count == nullptr) return fail(ErrorCode::invalid_argument, "message " + std::string(key) + " counts n");
    if (plural(*count) == Plural::one) left = text->one;
  }
  std::string said;
  while (!left.empty()) {
    const auto open = left.find('{');
    said += left.substr(0, open);
    if (open == std::string_view::npos) break;
    left.remove_prefix(open + 1);
    const auto close = left.find('}');
    const auto gap = left.substr(0, close);
    const auto filled = fill(manner, gap, fillings);
    if (!filled || close == std::string_view::npos)
      return fail(ErrorCode::invalid_argument, "message " + std::string(key) + ", gap " + std::string(gap));
    said += *filled;
    left.remove_prefix(close + 1);
  }
  return said;
}

std::vector<std::string_view> keys() {
  std::vector<std::string_view> found;
  for (const auto& message : messages()) found.push_back(message.key);
  return found;
}

std::string_view raw(Language language, std::string_view key, std::int64_t n) noexcept {
  const auto* text = find(language, key);
  if (text == nullptr) return {};
  return !text->one.empty() && plural(n) == Plural::one ? text->one : text->other;
}

bool counts(Language language, std::string_view key) noexcept {
  const auto* text = find(language, key);
  return text != nullptr && !text->one.empty();
}

std::string_view error_key(ErrorCode code) noexcept {
  const auto name = error_name(code);
  const auto all = error_messages();
  const auto at = std::lower_bound(all.begin(), all.end(), name,
                                   [](const ErrorMessage& each, std::string_view wanted) { return each.name < wanted; });
  return at == all.end() || at->name != name ? "error.internal" : at->key;
}

}  // namespace muistio::words
