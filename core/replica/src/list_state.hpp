// A list that merges: elements, and a tree of places that is only added to.
#pragma once

#include <map>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/replica/list.hpp"

namespace muistio::replica {

/// An element stays at the place where it was put last; a place that no element is at stays, as others may have put theirs beside
/// it. The order is that of Fugue (Weidner & Kleppmann, "The Art of the Fugue"), the moves are those of "Moving Elements in List
/// CRDTs" (Kleppmann, PaPoC 2020). Not thread-safe.
class ListState {
 public:
  struct Element {
    Bytes value;
    Tag place;
    Lamport lamport;  // of the op that put it there
    friend bool operator==(const Element&, const Element&) = default;
  };

  /// Whether `place` can be made: what it is beside is held.
  [[nodiscard]] bool fits(const ListPlace& place) const;
  /// Both make the place `tag`. Only if `place` fits.
  void insert(const Tag& tag, Lamport lamport, const ListPlace& place, BytesView value);
  void move(const Tag& element, const Tag& tag, Lamport lamport, const ListPlace& place);
  void erase(const Tag& element);

  /// The elements in their order.
  [[nodiscard]] std::vector<Tag> order() const;
  /// Where to make a place so that what is put there comes right after `left`, an element held, or first. Elements are those of
  /// `order`.
  [[nodiscard]] ListPlace place_after(const Tag* left) const;

  [[nodiscard]] const std::map<Tag, ListPlace>& places() const noexcept { return places_; }
  [[nodiscard]] const std::map<Tag, Element>& elements() const noexcept { return elements_; }
  /// From what those two give. Errors: malformed (a place beside none, beside itself by any way; an element at no place or at
  /// another's).
  [[nodiscard]] static Result<ListState> from(std::map<Tag, ListPlace> places, std::map<Tag, Element> elements);

 private:
  [[nodiscard]] std::vector<Tag> places_in_order() const;
  std::map<Tag, ListPlace> places_;
  std::map<Tag, Element> elements_;  // by the tag of their insertion
};

}  // namespace muistio::replica
