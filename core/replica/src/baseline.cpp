#include "muistio/replica/baseline.hpp"

#include <algorithm>
#include <set>

#include "document_state.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/replica/payload.hpp"
#include "muistio/replica/replica.hpp"

namespace muistio::replica {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kOriginsMax = 4096;

bool is_statement(const Op& op) {
  return op.kind == OpKind::create || op.kind == OpKind::set_register || op.kind == OpKind::set_add ||
         op.kind == OpKind::counter_add || op.kind == OpKind::list_insert;
}

const Origin* find_origin(const std::vector<Origin>& origins, const DocumentId& document) {
  const auto found = std::lower_bound(origins.begin(), origins.end(), document,
                                      [](const Origin& origin, const DocumentId& id) { return origin.document < id; });
  return found == origins.end() || found->document != document ? nullptr : &*found;
}

}  // namespace

Bytes Baseline::encode() const {
  Writer out;
  out.u8(kVersion).block(encode_changes({&change, 1})).varint(origins.size());
  for (const auto& origin : origins)
    out.raw(origin.document.view()).raw(origin.member.view()).raw(origin.device.view()).signed_varint(origin.wall.value());
  for (const auto& adder : adders) out.raw(adder.member.view()).raw(adder.device.view());
  return std::move(out).take();
}

Result<Baseline> Baseline::decode(BytesView bytes) {
  Reader in(bytes);
  MUISTIO_TRY(const auto version, in.u8());
  if (version != kVersion) return fail(ErrorCode::unsupported_version, "a baseline");
  MUISTIO_TRY(const auto change_bytes, in.block(in.left()));
  MUISTIO_TRY(auto changes, decode_changes(change_bytes));
  if (changes.size() != 1) return fail(ErrorCode::malformed, "a baseline is one change");
  Baseline made;
  made.change = std::move(changes.front());
  MUISTIO_TRY(const auto count, in.varint_at_most(kOriginsMax));
  for (std::uint64_t i = 0; i < count; ++i) {
    Origin origin;
    MUISTIO_TRY(origin.document, in.fixed<DocumentId>());
    MUISTIO_TRY(origin.member, in.fixed<MemberId>());
    MUISTIO_TRY(origin.device, in.fixed<DeviceId>());
    MUISTIO_TRY(const auto wall, in.signed_varint());
    origin.wall = WallMs(wall);
    if (!made.origins.empty() && origin.document <= made.origins.back().document)
      return fail(ErrorCode::malformed, "documents of a baseline out of order");
    made.origins.push_back(origin);
  }
  for (const auto& op : made.change.ops) {
    if (!is_statement(op) || find_origin(made.origins, op.document) == nullptr)
      return fail(ErrorCode::malformed, "a baseline states what stands in its documents alone");
    if (op.kind != OpKind::counter_add) continue;
    Adder adder;
    MUISTIO_TRY(adder.member, in.fixed<MemberId>());
    MUISTIO_TRY(adder.device, in.fixed<DeviceId>());
    made.adders.push_back(adder);
  }
  MUISTIO_CHECK(in.finish());
  return made;
}

Result<std::optional<Baseline>> Replica::state_anew(Era era, const Author& author, WallMs wall,
                                                    std::span<const DocumentId> documents) {
  Baseline made;
  const auto& past = causality(era);
  made.change.device = author.device;
  made.change.number = past.last_number(author.device) + 1;
  made.change.lamport = past.next_lamport(author.device);
  made.change.deps = past.deps_for(author.device);
  made.change.wall = wall;
  const std::set<DocumentId> wanted(documents.begin(), documents.end());
  for (const auto& id : wanted) {
    MUISTIO_TRY(const auto* slot, open_slot(id));
    const auto* held = slot->document.get();
    if (held == nullptr || !held->exists() || held->era() >= era || made.origins.size() == kOriginsMax) continue;
    const auto& state = *held->state_;
    made.origins.push_back({id, state.creator->member, state.creator->stamp.device, state.creator->wall});
    made.change.ops.push_back(make_create(id, state.type));
    for (const auto& [field, held_register] : state.registers)
      made.change.ops.push_back(make_set_register(id, field, held_register.value));
    for (const auto& [field, set] : state.sets)
      for (const auto& value : held->set_values(field)) made.change.ops.push_back(make_set_add(id, field, value));
    for (const auto& [field, sums] : state.counters) {
      for (const auto& [device, sum] : sums) {
        if (sum == 0) continue;
        made.change.ops.push_back(make_counter_add(id, field, clamp(sum)));
        made.adders.push_back({*held->member_of(device), device});
      }
    }
    for (const auto& [field, list] : state.lists) {
      ListPlace place;
      for (const auto& element : list.order()) {
        const Tag tag{made.change.id(), static_cast<std::uint32_t>(made.change.ops.size())};
        made.change.ops.push_back(make_list_insert(id, field, place, list.elements().at(element).value));
        place = {ListPlace::Side::after, tag};
      }
    }
  }
  if (made.origins.empty()) return std::optional<Baseline>();
  MUISTIO_CHECK(check_form(made.change));
  MUISTIO_TRY(const auto applied, merge_baseline(made, author, permit_all(), era, author.device));
  MUISTIO_INVARIANT(applied.refused_ops == 0);
  past_of(era).causality.add(made.change, false);
  past_of(era).dirty = true;
  return std::optional<Baseline>(std::move(made));
}

Result<BaselineApplied> Replica::apply_baseline(const Baseline& baseline, const Author& author, const Judge& judge, Era era,
                                                const DeviceId& own) {
  MUISTIO_TRY(const bool held, is_held(baseline.change, author, era));
  if (held) {
    BaselineApplied applied;
    applied.duplicate = true;
    return applied;
  }
  MUISTIO_TRY(auto applied, merge_baseline(baseline, author, judge, era, own));
  past_of(era).causality.add(baseline.change, true);
  past_of(era).dirty = true;
  return applied;
}

Result<BaselineApplied> Replica::merge_baseline(const Baseline& baseline, const Author& author, const Judge& judge, Era era,
                                                const DeviceId& own) {
  BaselineApplied applied;
  const auto& change = baseline.change;
  std::map<DocumentId, std::shared_ptr<const Document>> before;  // from earlier eras
  auto adder = baseline.adders.begin();
  for (std::size_t place = 0; place < change.ops.size(); ++place) {
    const auto& op = change.ops[place];
    const auto added_by = op.kind == OpKind::counter_add ? *adder++ : Adder();
    MUISTIO_TRY(auto* slot, open_slot(op.document));
    const auto* held = slot->document.get();
    if ((held != nullptr && held->era() > era) || !judge(op, author, held)) {
      ++applied.refused_ops;
      continue;
    }
    if (held != nullptr && held->era() < era) {
      before.emplace(op.document, slot->document);
      slot->document = nullptr;
    }
    OpContext context{author, {change.id(), static_cast<std::uint32_t>(place)}, change.lamport, change.wall};
    if (op.kind == OpKind::create) {
      const auto& origin = *find_origin(baseline.origins, op.document);
      context.author.member = origin.member;
      context.author.device = origin.device;
      context.wall = origin.wall;
    } else if (op.kind == OpKind::counter_add) {
      context.author.member = added_by.member;
      context.author.device = added_by.device;
    }
    MUISTIO_TRY(const bool merged, merge(*slot, op, context, era));
    if (!merged) ++applied.refused_ops;
  }
  for (const auto& origin : baseline.origins) applied.documents.push_back(origin.document);
  for (const auto& [id, older] : before) {
    MUISTIO_TRY(const auto* slot, open_slot(id));
    if (slot->document != nullptr && !older->is_taken_back()) name_superseded(*older, *slot->document, own, applied.superseded);
  }
  return applied;
}

/// What `own` wrote in `older` and `now` lacks.
void Replica::name_superseded(const Document& older, const Document& now, const DeviceId& own, std::vector<Superseded>& lost) {
  const auto& id = older.id();
  for (const auto& [field, held] : older.state_->registers) {
    if (held.stamp.device != own) continue;
    const auto* stated = now.find_register(field);
    if (stated == nullptr || stated->value != held.value) lost.push_back({id, field, OpKind::set_register, held.value});
  }
  for (const auto& [field, set] : older.state_->sets)
    for (const auto& [tag, value] : set)
      if (tag.change.device == own && now.set_tags(field, value).empty()) lost.push_back({id, field, OpKind::set_add, value});
  for (const auto& [field, sums] : older.state_->counters) {
    const auto sum_in = [&own, counted = field](const Document& document) {
      const auto counter = document.state_->counters.find(counted);
      if (counter == document.state_->counters.end()) return CounterSum{0};
      const auto added = counter->second.find(own);
      return added == counter->second.end() ? CounterSum{0} : added->second;
    };
    const auto missing = clamp(sum_in(older) - sum_in(now));
    if (missing != 0) lost.push_back({id, field, OpKind::counter_add, make_counter_add(id, field, missing).payload});
  }
  for (const auto& [field, list] : older.state_->lists) {
    std::set<Bytes> stated;
    for (const auto& element : now.list(field)) stated.insert(element.value);
    for (const auto& element : list.order()) {
      const auto& value = list.elements().at(element).value;
      if (element.change.device == own && !stated.contains(value)) lost.push_back({id, field, OpKind::list_insert, value});
    }
  }
}

Status ChangeBuilder::write_again(const Superseded& lost) {
  switch (lost.kind) {
    case OpKind::set_add:
      return add_to_set(lost.document, lost.field, lost.value);
    case OpKind::counter_add: {
      MUISTIO_TRY(const auto delta, parse_counter_add({lost.document, lost.kind, lost.field, lost.value}));
      return add_to_counter(lost.document, lost.field, delta);
    }
    case OpKind::list_insert: {
      MUISTIO_TRY(const auto* held, document(lost.document));
      MUISTIO_TRY([[maybe_unused]] const auto element,
                  list_insert(lost.document, lost.field, held->list(lost.field).size(), lost.value));
      return ok();
    }
    default:
      return set_register(lost.document, lost.field, lost.value);
  }
}

}  // namespace muistio::replica
