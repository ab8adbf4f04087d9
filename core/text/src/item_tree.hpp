// The items of a merge state in their order: a B-tree that sums their widths.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace muistio::text {

/// A run of scalars in the merge state. One of no length only marks a place (see `MergeState`).
struct Item {
  using Id = std::uint32_t;  ///< An edit, or kBefore + a scalar's place in the text before the stretch.
  static constexpr Id kBefore = Id{1} << 31;
  static constexpr Id kNoId = UINT32_MAX;

  Id id = kNoId;
  std::uint32_t length = 0;
  Id left_origin = kNoId;  ///< Of the first scalar; that of each other one is its neighbour.
  std::uint32_t right_origin =
      kNoId;                ///< The item that its author knew next, by number (it begins with that scalar); kNoId: the end.
  std::uint32_t state = 1;  ///< In the prepared version: 0 not inserted yet, 1 there, n + 1 deleted n times.
  bool deleted = false;     ///< In the effect version.
};

/// Widths of items: in the prepared version (that of the parents of the next edit), in the effect version (all edits walked), of
/// what the prepared version knows (there or deleted), and of all.
struct Widths {
  std::uint32_t prepared = 0;
  std::uint32_t effect = 0;
  std::uint32_t known = 0;
  std::uint32_t all = 0;

  Widths() = default;
  explicit Widths(const Item& item)
      : prepared(item.state == 1 ? item.length : 0),
        effect(item.deleted ? 0 : item.length),
        known(item.state == 0 ? 0 : item.length),
        all(item.length) {}
  Widths& operator+=(const Widths& other) noexcept {
    prepared += other.prepared;
    effect += other.effect;
    known += other.known;
    all += other.all;
    return *this;
  }
  Widths& operator-=(const Widths& other) noexcept {  // modulo 2^32, so that a difference can be added
    prepared -= other.prepared;
    effect -= other.effect;
    known -= other.known;
    all -= other.all;
    return *this;
  }
};

/// A sequence of items; each keeps its number as long as the tree lives. Every call takes O(log items), but `first` and `successor`
/// O(1).
class ItemTree {
 public:
  using Node = std::uint32_t;  ///< An item's number: 0 for the first that was added, then 1, 2 …
  static constexpr Node kNil = UINT32_MAX;

  [[nodiscard]] const Item& operator[](Node node) const noexcept { return items_[node]; }
  [[nodiscard]] Node size() const noexcept { return static_cast<Node>(items_.size()); }
  [[nodiscard]] const Widths& total() const noexcept { return total_; }

  /// Adds `item` behind `after`, or as the first one.
  Node add(const Item& item, Node after);
  /// Adds `item` right before `next`, or as the last one.
  Node add_before(const Item& item, Node next);
  /// Changes an item by `change(Item&)`.
  template <class Change>
  void change(Node node, Change&& change) {
    Widths difference;
    difference -= Widths(items_[node]);
    change(items_[node]);
    difference += Widths(items_[node]);
    add_widths(leaf_of_[node], difference);
  }

  [[nodiscard]] Node first() const noexcept;
  [[nodiscard]] Node last() const noexcept;
  [[nodiscard]] Node successor(Node node) const noexcept;
  /// The sum of all items before it.
  [[nodiscard]] Widths before(Node node) const noexcept;

  struct Place {
    Node node = kNil;
    std::uint32_t offset = 0;
  };
  /// The item with the scalar that has `position` scalars before it by the width `of`; no node if there are not so many.
  [[nodiscard]] Place find(std::uint32_t Widths::*of, std::uint32_t position) const noexcept;

  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  static constexpr std::uint32_t kFan = 32;
  using Block = std::uint32_t;  ///< An index into leaves_ or branches_.

  struct Leaf {
    Block parent = kNil;
    Block next = kNil;
    std::uint32_t count = 0;
    std::array<Node, kFan> items{};
  };
  struct Branch {
    Block parent = kNil;
    std::uint32_t count = 0;
    bool above_leaves = false;
    std::array<Block, kFan> children{};
    std::array<Widths, kFan> sums{};  ///< Of each child.
  };

  Node insert(const Item& item, Block leaf, std::uint32_t index);
  void add_widths(Block leaf, const Widths& difference);
  [[nodiscard]] std::uint32_t index_in(const Leaf& leaf, Node node) const noexcept;
  [[nodiscard]] static std::uint32_t index_in(const Branch& branch, Block child) noexcept;
  void split_leaf(Block leaf);
  /// Puts `made`, which was split off `child`, behind it in their parent. `moved`: the widths in `made`.
  void add_child(Block child, Block made, bool leaves, const Widths& moved);
  void split_branch(Block branch);

  std::vector<Item> items_;
  std::vector<Block> leaf_of_;  ///< By item.
  std::vector<Leaf> leaves_;    ///< The first stays the first.
  std::vector<Branch> branches_;
  Block root_ = kNil;  ///< A branch; none while one leaf is enough.
  Widths total_;
};

}  // namespace muistio::text
