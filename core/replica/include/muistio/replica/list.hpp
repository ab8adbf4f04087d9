// A list's elements and places, as ops name them.
#pragma once

#include "muistio/base/bytes.hpp"
#include "muistio/replica/ids.hpp"

namespace muistio::replica {

/// A place in a list, in a tree that is read left branch, place, right branch: the root, or a branch of a place that was made
/// before. Whoever puts an element somewhere makes a new place, which is named by the tag of the op. Of two places in one branch
/// the lesser tag is first.
struct ListPlace {
  enum class Side : std::uint8_t { root = 0, after = 1, before = 2 };
  Side side = Side::root;
  Tag beside;  // the place whose right (after) or left (before) branch it is in; nothing at the root
  friend bool operator==(const ListPlace&, const ListPlace&) = default;
};

/// A value put into a list.
struct ListInsert {
  ListPlace place;
  BytesView value;  // of the op's payload
};

/// An element put elsewhere.
struct ListMove {
  Tag element;
  ListPlace place;
};

/// An element as it stands in a list.
struct ListElement {
  Tag id;
  Bytes value;
  friend bool operator==(const ListElement&, const ListElement&) = default;
};

}  // namespace muistio::replica
