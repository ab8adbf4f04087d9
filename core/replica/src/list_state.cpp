#include "list_state.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace muistio::replica {

bool ListState::fits(const ListPlace& place) const { return place.side == ListPlace::Side::root || places_.contains(place.beside); }

void ListState::insert(const Tag& tag, Lamport lamport, const ListPlace& place, BytesView value) {
  places_.emplace(tag, place);
  elements_.emplace(tag, Element{to_bytes(value), tag, lamport});
}

void ListState::move(const Tag& element, const Tag& tag, Lamport lamport, const ListPlace& place) {
  places_.emplace(tag, place);
  const auto held = elements_.find(element);
  if (held == elements_.end()) return;  // erased meanwhile
  if (std::tie(held->second.lamport, held->second.place) < std::tie(lamport, tag)) {
    held->second.place = tag;
    held->second.lamport = lamport;
  }
}

void ListState::erase(const Tag& element) { elements_.erase(element); }

/// All places, also those that no element is at. Places that hang on none of the root are not among them.
std::vector<Tag> ListState::places_in_order() const {
  struct Branches {
    std::vector<Tag> before, after;  // ascending
  };
  std::vector<Tag> roots;
  std::map<Tag, Branches> branches;
  for (const auto& [tag, place] : places_) {
    if (place.side == ListPlace::Side::root) {
      roots.push_back(tag);
    } else {
      auto& beside = branches[place.beside];
      (place.side == ListPlace::Side::after ? beside.after : beside.before).push_back(tag);
    }
  }
  std::vector<Tag> order;
  std::vector<std::pair<Tag, bool>> waiting;  // whether its left branch was read; the next one last
  const auto wait_for = [&](const std::vector<Tag>& tags) {
    for (auto tag = tags.rbegin(); tag != tags.rend(); ++tag) waiting.emplace_back(*tag, false);
  };
  wait_for(roots);
  while (!waiting.empty()) {
    const auto [tag, left_is_read] = waiting.back();
    waiting.pop_back();
    const auto beside = branches.find(tag);
    if (beside == branches.end()) {
      order.push_back(tag);
    } else if (left_is_read) {
      order.push_back(tag);
      wait_for(beside->second.after);
    } else {
      waiting.emplace_back(tag, true);
      wait_for(beside->second.before);
    }
  }
  return order;
}

std::vector<Tag> ListState::order() const {
  std::map<Tag, Tag> at;  // place to element
  for (const auto& [tag, element] : elements_) at.emplace(element.place, tag);
  std::vector<Tag> order;
  order.reserve(at.size());
  for (const auto& place : places_in_order())
    if (const auto found = at.find(place); found != at.end()) order.push_back(found->second);
  return order;
}

ListPlace ListState::place_after(const Tag* left) const {
  const auto order = places_in_order();
  auto next = order.begin();
  ListPlace place;
  if (left != nullptr) {
    const auto& at = elements_.at(*left).place;
    next = std::find(order.begin(), order.end(), at) + 1;
    const bool has_branch = std::any_of(places_.begin(), places_.end(), [&](const auto& each) {
      return each.second.side == ListPlace::Side::after && each.second.beside == at;
    });
    place = {ListPlace::Side::after, at};
    if (!has_branch) return place;
  }
  // The next place is the first of the branch (or of all): what is put before it is after `left`.
  if (next != order.end()) place = {ListPlace::Side::before, *next};
  return place;
}

Result<ListState> ListState::from(std::map<Tag, ListPlace> places, std::map<Tag, Element> elements) {
  ListState made;
  made.places_ = std::move(places);
  made.elements_ = std::move(elements);
  for (const auto& [tag, place] : made.places_)
    if (!made.fits(place)) return fail(ErrorCode::malformed, "a place in a list beside none");
  if (made.places_in_order().size() != made.places_.size())
    return fail(ErrorCode::malformed, "places in a list that go in a circle");
  std::set<Tag> taken;
  for (const auto& [tag, element] : made.elements_)
    if (!made.places_.contains(tag) || !made.places_.contains(element.place) || !taken.insert(element.place).second)
      return fail(ErrorCode::malformed, "an element of a list at no place of its own");
  return made;
}

}  // namespace muistio::replica
