#include "merge_state.hpp"

#include <algorithm>
#include <iterator>

#include "sibling_index.hpp"

namespace muistio::text {

namespace {
constexpr int kMostStepsToPlace = 32;
}

MergeState::MergeState(const EventLog& log, Lv base, std::uint32_t length_before) : log_(log), base_(base) {
  if (length_before > 0) add({Item::kBefore, length_before}, ItemTree::kNil);
}

MergeState::~MergeState() = default;

Status MergeState::trim(std::uint64_t effect_length) {
  MUISTIO_INVARIANT(!by_place_.empty());
  const auto last = by_place_.rbegin()->second;
  const auto& tail = tree_[last];
  const std::uint64_t now = tree_.total().effect;
  const bool ends = tree_.before(last).all + tail.length == tree_.total().all;
  if (!ends || now < effect_length || tail.state != 1 || tail.deleted || tail.length < now - effect_length) {
    return fail(ErrorCode::malformed, "the text does not fit its history");
  }
  tree_.change(last, [&](Item& item) { item.length -= static_cast<std::uint32_t>(now - effect_length); });
  if (tail.length > 0) return ok();
  // Nothing is left of the tail: what had it for its right origin has the end, as what comes will have.
  for (Node node = 0; node < tree_.size(); ++node) {
    if (tree_[node].right_origin == last) tree_.change(node, [](Item& item) { item.right_origin = ItemTree::kNil; });
  }
  if (siblings_) siblings_->sort_again();
  return ok();
}

std::size_t MergeState::memory_bytes() const noexcept {
  constexpr std::size_t kMapNodeBytes = 48;
  return tree_.memory_bytes() + by_edit_.memory_bytes() + by_place_.size() * kMapNodeBytes +
         removals_.capacity() * sizeof(Removal) + (siblings_ ? siblings_->memory_bytes() : 0);
}

MergeState::Node MergeState::add(const Item& item, Node after) {
  const auto node = tree_.add(item, after);
  note(node);
  return node;
}

void MergeState::note(Node node) {
  const auto id = tree_[node].id;
  if (id >= Item::kBefore) {
    by_place_.emplace(id, node);
  } else {
    by_edit_.set(id - base_, node);
  }
}

ItemTree::Place MergeState::find(Id id) const {
  if (id >= Item::kBefore) {
    const auto place = std::prev(by_place_.upper_bound(id));
    return {place->second, id - place->first};
  }
  const auto found = by_edit_.at_most(id - base_);
  return {found.value, id - base_ - found.key};
}

std::int64_t MergeState::rank(Id id) const {
  const auto place = find(id);
  return std::int64_t{tree_.before(place.node).all} + place.offset;
}

void MergeState::split(Node node, std::uint32_t length) {
  if (tree_[node].length <= length) return;
  Item rest = tree_[node];
  rest.id += length;
  rest.length -= length;
  rest.left_origin = rest.id - 1;
  tree_.change(node, [&](Item& item) { item.length = length; });
  const auto made = add(rest, node);
  if (siblings_) siblings_->split(node, made);
}

MergeState::Node MergeState::isolate(Id id, std::uint32_t length) {
  auto place = find(id);
  if (place.offset > 0) {
    split(place.node, place.offset);
    place = find(id);
  }
  split(place.node, length);
  return place.node;
}

// The edits.

Status MergeState::apply(const OpSlice& slice, std::vector<Effect>& effects) {
  const std::uint64_t length = tree_.total().prepared;
  const std::uint64_t needed = std::uint64_t{slice.position} + (slice.kind == OpKind::insert ? 0 : slice.length);
  if (needed > length) return fail(ErrorCode::position_out_of_range, "an edit lies beyond the text of its parents");
  if (slice.kind == OpKind::insert) {
    insert(slice, effects);
  } else {
    erase(slice, effects);
  }
  return ok();
}

void MergeState::insert(const OpSlice& slice, std::vector<Effect>& effects) {
  Item item;
  item.id = slice.begin;
  item.length = slice.length;
  Node left = ItemTree::kNil;
  std::uint32_t known = 0;  // up to and with the left origin
  if (slice.position > 0) {
    const auto place = tree_.find(&Widths::prepared, slice.position - 1);
    split(place.node, place.offset + 1);
    left = place.node;
    item.left_origin = tree_[left].id + place.offset;
    known = tree_.before(left).known + tree_[left].length;
  }
  // What the author knew next, deleted or not; concurrent inserts may lie before it.
  const auto right = tree_.find(&Widths::known, known).node;
  item.right_origin = right;
  Node made = ItemTree::kNil;
  if (siblings_ == nullptr) {
    auto after = left;
    if (find_place(item, right, after)) {
      made = add(item, after);
    } else {
      siblings_ = std::make_unique<SiblingIndex>(log_, tree_);
    }
  }
  if (made == ItemTree::kNil) {
    made = siblings_->add(item, left);
    note(made);
  }
  effects.push_back({true, tree_.before(made).effect, slice.length, slice.begin});
}

// Between the left origin and the right origin lie concurrent inserts. Of those with the same left origin, one whose right origin
// is farther right comes first; with the same right origin the id decides. What stands deeper in the tree is passed over with its
// root.
bool MergeState::find_place(const Item& wanted, Node right, Node& after) const {
  Node other = after == ItemTree::kNil ? tree_.first() : tree_.successor(after);
  if (other == right) return true;
  const std::int64_t end = tree_.total().all;
  const auto left_rank = [&](Id origin) { return origin == Item::kNoId ? -1 : rank(origin); };
  const auto right_rank = [&](Node origin) { return origin == ItemTree::kNil ? end : std::int64_t{tree_.before(origin).all}; };
  const auto our_left = left_rank(wanted.left_origin);
  const auto our_right = right_rank(wanted.right_origin);
  bool held_back = false;  // passing items before which we may still have to go
  for (int steps = 0; other != right; other = tree_.successor(other)) {
    if (++steps > kMostStepsToPlace) return false;
    const auto& item = tree_[other];
    if (item.id >= Item::kBefore) break;  // what was trimmed to nothing: the end
    if (item.left_origin == wanted.left_origin) {
      const auto other_right = item.right_origin == wanted.right_origin ? our_right : right_rank(item.right_origin);
      if (other_right == our_right && log_.id_less(wanted.id, item.id)) break;
      held_back = other_right < our_right;
    } else if (left_rank(item.left_origin) < our_left) {
      break;
    }
    if (!held_back) after = other;
  }
  return true;
}

void MergeState::erase(const OpSlice& slice, std::vector<Effect>& effects) {
  const bool backward = slice.kind == OpKind::erase_backward;
  const std::size_t first_removal = removals_.size();
  for (std::uint32_t done = 0; done < slice.length;) {
    const auto place = tree_.find(&Widths::prepared, slice.position);
    const auto node = place.offset == 0 ? place.node : isolate(tree_[place.node].id + place.offset, slice.length - done);
    split(node, slice.length - done);
    const auto item = tree_[node];
    if (!item.deleted) effects.push_back({false, tree_.before(node).effect, item.length, 0});
    tree_.change(node, [](Item& gone) {
      gone.state = 2;
      gone.deleted = true;
    });
    const Lv begin = backward ? slice.begin + slice.length - done - item.length : slice.begin + done;
    removals_.push_back({begin, item.length, item.id, backward});
    done += item.length;
  }
  if (backward) std::reverse(removals_.begin() + static_cast<std::ptrdiff_t>(first_removal), removals_.end());
}

void MergeState::shift_states(LvRange range, bool forward) {
  const auto shift = [&](Id id, std::uint32_t length) {
    while (length > 0) {
      const Node node = isolate(id, length);
      tree_.change(node, [&](Item& item) { item.state = forward ? item.state + 1 : item.state - 1; });
      id += tree_[node].length;
      length -= tree_[node].length;
    }
  };
  log_.for_each_op(range, near_op_, [&](const OpSlice& slice) {
    if (slice.kind == OpKind::insert) {
      shift(slice.begin, slice.length);
    } else {
      for_each_removed({slice.begin, slice.begin + slice.length}, shift);
    }
  });
}

void MergeState::retreat(LvRange range) { shift_states(range, false); }
void MergeState::advance(LvRange range) { shift_states(range, true); }

}  // namespace muistio::text
