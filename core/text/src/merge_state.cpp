#include "merge_state.hpp"

#include <algorithm>
#include <iterator>

namespace muistio::text {

MergeState::MergeState(const EventLog& log, std::uint32_t length_before) : log_(log) {
  Item before;
  before.id = kBefore;
  before.length = length_before;
  add(before, kNil);
}

Status MergeState::trim(std::uint64_t effect_length) {
  Node last = root_;
  while (nodes_[last].right != kNil) last = nodes_[last].right;
  auto& tail = nodes_[last];
  const std::uint64_t now = nodes_[root_].sum.effect;
  if (now < effect_length || tail.id < kBefore || tail.state != 1 || tail.deleted || tail.length < now - effect_length) {
    return fail(ErrorCode::malformed, "the text does not fit its history");
  }
  tail.length -= static_cast<std::uint32_t>(now - effect_length);
  pull_up(last);
  return ok();
}

std::size_t MergeState::memory_bytes() const noexcept {
  constexpr std::size_t kMapNodeBytes = 48;
  return nodes_.capacity() * sizeof(Item) + by_id_.size() * kMapNodeBytes + removals_.capacity() * sizeof(Removal);
}

// The treap.

void MergeState::pull(Node node) {
  auto& item = nodes_[node];
  item.sum = {item.prepared(), item.effect(), item.length};
  for (auto child : {item.left, item.right}) {
    if (child == kNil) continue;
    const auto& sum = nodes_[child].sum;
    item.sum.prepared += sum.prepared;
    item.sum.effect += sum.effect;
    item.sum.all += sum.all;
  }
}

void MergeState::pull_up(Node node) {
  for (; node != kNil; node = nodes_[node].parent) pull(node);
}

void MergeState::rotate_up(Node node) {
  const Node parent = nodes_[node].parent;
  const Node above = nodes_[parent].parent;
  if (nodes_[parent].left == node) {
    const Node moved = nodes_[node].right;
    nodes_[parent].left = moved;
    if (moved != kNil) nodes_[moved].parent = parent;
    nodes_[node].right = parent;
  } else {
    const Node moved = nodes_[node].left;
    nodes_[parent].right = moved;
    if (moved != kNil) nodes_[moved].parent = parent;
    nodes_[node].left = parent;
  }
  nodes_[parent].parent = node;
  nodes_[node].parent = above;
  if (above == kNil) {
    root_ = node;
  } else if (nodes_[above].left == parent) {
    nodes_[above].left = node;
  } else {
    nodes_[above].right = node;
  }
  pull(parent);
  pull(node);
}

MergeState::Node MergeState::add(Item item, Node after) {
  random_ ^= random_ << 13U;
  random_ ^= random_ >> 17U;
  random_ ^= random_ << 5U;
  item.priority = random_;
  const Node made = static_cast<Node>(nodes_.size());
  nodes_.push_back(item);
  by_id_.emplace(item.id, made);
  if (root_ == kNil) {
    root_ = made;
  } else if (after != kNil && nodes_[after].right == kNil) {
    nodes_[after].right = made;
    nodes_[made].parent = after;
  } else {
    Node below = after == kNil ? root_ : nodes_[after].right;
    while (nodes_[below].left != kNil) below = nodes_[below].left;
    nodes_[below].left = made;
    nodes_[made].parent = below;
  }
  pull_up(made);
  while (nodes_[made].parent != kNil && nodes_[nodes_[made].parent].priority < nodes_[made].priority) rotate_up(made);
  return made;
}

MergeState::Node MergeState::first() const {
  Node node = root_;
  while (nodes_[node].left != kNil) node = nodes_[node].left;
  return node;
}

MergeState::Node MergeState::successor(Node node) const {
  if (nodes_[node].right != kNil) {
    node = nodes_[node].right;
    while (nodes_[node].left != kNil) node = nodes_[node].left;
    return node;
  }
  while (nodes_[node].parent != kNil && nodes_[nodes_[node].parent].right == node) node = nodes_[node].parent;
  return nodes_[node].parent;
}

MergeState::Place MergeState::find(Id id) const {
  const auto place = std::prev(by_id_.upper_bound(id));
  return {place->second, id - place->first};
}

MergeState::Place MergeState::find_prepared(std::uint32_t position) const {
  for (Node node = root_;;) {
    const auto& item = nodes_[node];
    const auto left = item.left == kNil ? 0 : nodes_[item.left].sum.prepared;
    if (position < left) {
      node = item.left;
    } else if (position - left < item.prepared()) {
      return {node, position - left};
    } else {
      position -= left + item.prepared();
      node = item.right;
    }
  }
}

MergeState::Widths MergeState::widths_before(Node node) const {
  Widths widths;
  const auto add_subtree = [&](Node subtree) {
    if (subtree == kNil) return;
    widths.effect += nodes_[subtree].sum.effect;
    widths.all += nodes_[subtree].sum.all;
  };
  add_subtree(nodes_[node].left);
  for (Node up = nodes_[node].parent; up != kNil; node = up, up = nodes_[up].parent) {
    if (nodes_[up].right != node) continue;
    add_subtree(nodes_[up].left);
    widths.effect += nodes_[up].effect();
    widths.all += nodes_[up].length;
  }
  return widths;
}

std::int64_t MergeState::rank(Id id) const {
  const auto place = find(id);
  return std::int64_t{widths_before(place.node).all} + place.offset;
}

void MergeState::split(Node node, std::uint32_t length) {
  if (nodes_[node].length <= length) return;
  Item rest = nodes_[node];
  rest.id += length;
  rest.length -= length;
  rest.left_origin = rest.id - 1;
  rest.right_parent = kNoId;
  rest.left = rest.right = rest.parent = kNil;
  nodes_[node].length = length;
  pull_up(node);
  add(rest, node);
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
  const std::uint64_t length = nodes_[root_].sum.prepared;
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
  Node after = kNil;
  if (slice.position > 0) {
    const auto place = find_prepared(slice.position - 1);
    split(place.node, place.offset + 1);
    after = place.node;
    item.left_origin = nodes_[after].id + place.offset;
  }
  const Node next = after == kNil ? first() : successor(after);
  Node right = next;
  while (right != kNil && nodes_[right].state == 0) right = successor(right);
  if (right != kNil && nodes_[right].left_origin == item.left_origin) item.right_parent = nodes_[right].id;
  if (next != right) after = place_of_insert(item.id, after, next, item.left_origin, item.right_parent);
  const Node made = add(item, after);
  effects.push_back({true, widths_before(made).effect, slice.length, slice.begin});
}

// Between the place of the insert and the next item that its author knew lie concurrent inserts. FugueMax orders those with the
// same left origin by their right parents, the farther right first, then by id; what stands deeper in the tree is passed over with
// its root.
MergeState::Node MergeState::place_of_insert(Id id, Node after, Node next, Id left_origin, Id right_parent) const {
  const std::int64_t end = nodes_[root_].sum.all;
  const auto left_rank = [&](Id origin) { return origin == kNoId ? -1 : rank(origin); };
  const auto right_rank = [&](Id parent) { return parent == kNoId ? end : rank(parent); };
  const auto our_left = left_rank(left_origin);
  const auto our_right = right_rank(right_parent);
  bool held_back = false;  // passing items before which we may still have to go
  for (Node other = next; other != kNil && nodes_[other].state == 0; other = successor(other)) {
    const auto& item = nodes_[other];
    if (item.left_origin == left_origin) {
      const auto other_right = item.right_parent == right_parent ? our_right : right_rank(item.right_parent);
      if (other_right == our_right && log_.id_less(id, item.id)) break;
      held_back = other_right < our_right;
    } else if (left_rank(item.left_origin) < our_left) {
      break;
    }
    if (!held_back) after = other;
  }
  return after;
}

void MergeState::erase(const OpSlice& slice, std::vector<Effect>& effects) {
  const bool backward = slice.kind == OpKind::erase_backward;
  const std::size_t first_removal = removals_.size();
  for (std::uint32_t done = 0; done < slice.length;) {
    auto place = find_prepared(slice.position);
    if (place.offset > 0) {
      split(place.node, place.offset);
      place = find_prepared(slice.position);
    }
    split(place.node, slice.length - done);
    auto& item = nodes_[place.node];
    if (!item.deleted) effects.push_back({false, widths_before(place.node).effect, item.length, 0});
    item.state = 2;
    item.deleted = true;
    pull_up(place.node);
    const Lv begin = backward ? slice.begin + slice.length - done - item.length : slice.begin + done;
    removals_.push_back({begin, item.length, item.id, backward});
    done += item.length;
  }
  if (backward) std::reverse(removals_.begin() + static_cast<std::ptrdiff_t>(first_removal), removals_.end());
}

template <class Visitor>
void MergeState::for_each_removed(LvRange range, Visitor&& visit) {
  auto removal = std::upper_bound(removals_.begin(), removals_.end(), range.begin,
                                  [](Lv lv, const Removal& element) { return lv < element.begin; });
  if (removal != removals_.begin()) --removal;
  for (; removal != removals_.end() && removal->begin < range.end; ++removal) {
    const Lv begin = std::max(range.begin, removal->begin);
    const Lv end = std::min(range.end, removal->begin + removal->length);
    if (begin >= end) continue;
    const Lv offset = removal->backward ? removal->begin + removal->length - end : begin - removal->begin;
    visit(removal->target + offset, end - begin);
  }
}

void MergeState::shift_states(LvRange range, bool forward) {
  const auto shift = [&](Id id, std::uint32_t length) {
    while (length > 0) {
      const Node node = isolate(id, length);
      auto& item = nodes_[node];
      item.state = forward ? item.state + 1 : item.state - 1;
      pull_up(node);
      id += item.length;
      length -= item.length;
    }
  };
  log_.for_each_op(range, [&](const OpSlice& slice) {
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
