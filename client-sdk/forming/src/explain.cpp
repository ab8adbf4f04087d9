#include <algorithm>

#include "affinity.hpp"
#include "muistio/forming/clubs.hpp"
#include "muistio/forming/table.hpp"

namespace muistio::forming {
namespace {

constexpr std::size_t kNamed = 3;  // wishes or goals that an explanation names

std::string said(const words::Manner& manner, std::string_view key, const std::vector<words::Filling>& fillings = {}) {
  auto text = words::say(manner, key, fillings);
  MUISTIO_INVARIANT(text.has_value());
  return std::move(*text);
}

std::string joined(const std::vector<std::string>& list, std::string_view between) {
  std::string text;
  for (const auto& each : list) text += (text.empty() ? "" : std::string(between)) + each;
  return text;
}

/// Of one's own list, in its order, what others in the club have too, with how many.
std::vector<std::string> shared(const std::vector<std::string>& own, const std::vector<const std::vector<std::string>*>& others) {
  std::vector<std::string> found;
  for (const auto& each : own) {
    const auto word = folded(each);
    const auto count = std::count_if(others.begin(), others.end(),
                                     [&](const auto* list) { return std::find(list->begin(), list->end(), word) != list->end(); });
    if (count != 0 && found.size() < kNamed) found.push_back(each + " (" + std::to_string(count) + ")");
  }
  return found;
}

/// Those with whom `application` may not sit, outside its club.
std::int64_t kept_apart(const std::vector<Person>& persons, const Rules& rules, const Proposal& proposal, std::size_t application) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < persons.size(); ++i) {
    if (i == application || proposal.placements[i].club == proposal.placements[application].club) continue;
    const auto found = clash(persons[application], persons[i], rules);
    if (found != Clash::none && found != Clash::part_of_day) count++;
  }
  return count;
}

std::optional<std::string> way_of(const Person& own, const std::vector<const Person*>& others, const std::string& region,
                                  const words::Manner& manner) {
  std::int64_t sum = 0, known = 0;
  bool all_here = !own.region.empty();
  for (const auto* other : others) {
    all_here = all_here && other->region == own.region;
    if (const auto far = way(own, *other)) {
      sum += *far;
      known++;
    }
  }
  if (all_here) return said(manner, "forming.why_same_region", {{"region", region}});
  if (known == 0) return std::nullopt;
  return said(manner, "forming.why_way", {{"n", (sum + known / 2) / known}});
}

const Application* find(const std::vector<Application>& applications, const std::string& id) {
  const auto at = std::find_if(applications.begin(), applications.end(), [&](const auto& each) { return each.id == id; });
  return at == applications.end() ? nullptr : &*at;
}

std::string shown(const std::vector<Application>& applications, const std::string& id) {
  const auto* found = find(applications, id);
  return found != nullptr && found->consent == Consent::yes ? found->name : id;
}

}  // namespace

std::string explain(const std::vector<Application>& applications, const Rules& rules, const Proposal& proposal,
                    std::size_t application, const words::Manner& manner) {
  const auto& placed = proposal.placements[application];
  if (!placed.club) return said(manner, "forming.unplaced");
  const auto persons = persons_of(applications);
  const auto& a = applications[application];
  std::vector<const Person*> others;
  std::vector<const std::vector<std::string>*> topics, goals;
  for (std::size_t i = 0; i < persons.size(); ++i) {
    if (i == application || proposal.placements[i].club != placed.club) continue;
    others.push_back(&persons[i]);
    topics.push_back(&persons[i].topics);
    goals.push_back(&persons[i].goals);
  }
  std::vector<std::string> reasons;
  if (placed.pinned) reasons.push_back(said(manner, "forming.why_pinned"));
  const auto wished = shared(a.topics, topics), aimed = shared(a.goals, goals);
  if (!wished.empty()) reasons.push_back(said(manner, "forming.why_topics", {{"list", joined(wished, ", ")}}));
  if (!aimed.empty()) reasons.push_back(said(manner, "forming.why_goals", {{"list", joined(aimed, ", ")}}));
  if (wished.empty() && aimed.empty()) reasons.push_back(said(manner, "forming.why_alone"));
  std::optional<int> low, high;
  for (const auto* other : others) {
    if (!other->level) continue;
    low = std::min(low.value_or(5), *other->level);
    high = std::max(high.value_or(1), *other->level);
  }
  if (a.level && low)
    reasons.push_back(said(manner, "forming.why_level",
                           {{"own", std::int64_t{*a.level}}, {"low", std::int64_t{*low}}, {"high", std::int64_t{*high}}}));
  if (!rules.online && !others.empty())
    if (auto far = way_of(persons[application], others, a.region, manner)) reasons.push_back(std::move(*far));
  if (a.part == PartOfDay::morning) reasons.push_back(said(manner, "forming.why_part_morning"));
  if (a.part == PartOfDay::afternoon) reasons.push_back(said(manner, "forming.why_part_afternoon"));
  if (const auto apart = kept_apart(persons, rules, proposal, application); apart != 0)
    reasons.push_back(said(manner, "forming.why_rivals", {{"n", apart}}));
  return joined(reasons, "; ");
}

std::string describe(const Flag& flag, const std::vector<Application>& applications, const Rules& rules,
                     const words::Manner& manner) {
  const auto a = shown(applications, flag.first), b = shown(applications, flag.second);
  const auto text = [&](std::string_view key) { return said(manner, key, {{"a", a}, {"b", b}, {"club", flag.club}}); };
  const auto bound = [&](std::string_view key) {
    return said(manner, key,
                {{"club", flag.club},
                 {"n", std::int64_t{std::atoll(flag.first.c_str())}},
                 {"min", static_cast<std::int64_t>(rules.size_min)},
                 {"max", static_cast<std::int64_t>(rules.size_max)}});
  };
  switch (flag.kind) {
    case Flag::Kind::too_small:
      return bound("forming.flag_size_small");
    case Flag::Kind::too_large:
      return bound("forming.flag_size_large");
    case Flag::Kind::competitors:
      return text("forming.flag_rivals");
    case Flag::Kind::avoids:
      return text("forming.flag_avoid");
    case Flag::Kind::same_company:
      return text("forming.flag_same_company");
    case Flag::Kind::part_of_day:
      return text("forming.flag_part");
    case Flag::Kind::unplaced:
      return text("forming.flag_unplaced");
    case Flag::Kind::no_host:
      return text("forming.flag_no_host");
    case Flag::Kind::unknown:
      return text("forming.flag_unknown");
    case Flag::Kind::twice:
      return text("forming.flag_twice");
    case Flag::Kind::missing:
      return text("forming.flag_missing");
  }
  return {};
}

}  // namespace muistio::forming
