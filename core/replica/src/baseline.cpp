#include "muistio/replica/baseline.hpp"

#include <algorithm>

#include "document_state.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/replica/payload.hpp"
#include "muistio/replica/replica.hpp"

namespace muistio::replica {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kOriginsMax = 4096;

bool is_statement(const Op& op) {
  return op.kind == OpKind::create || op.kind == OpKind::set_register || op.kind == OpKind::set_add;
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
  MUISTIO_CHECK(in.finish());
  for (const auto& op : made.change.ops)
    if (!is_statement(op) || find_origin(made.origins, op.document) == nullptr)
      return fail(ErrorCode::malformed, "a baseline states registers and sets of its documents alone");
  return made;
}

Result<std::optional<Baseline>> Replica::state_anew(Era era, const Author& author, WallMs wall, std::span<const DocumentId> documents) {
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
  for (std::size_t place = 0; place < change.ops.size(); ++place) {
    const auto& op = change.ops[place];
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
    }
    MUISTIO_TRY(const bool merged, merge(*slot, op, context, era));
    if (!merged) ++applied.refused_ops;
  }
  for (const auto& origin : baseline.origins) applied.documents.push_back(origin.document);
  for (const auto& [id, older] : before) {
    MUISTIO_TRY(const auto* slot, open_slot(id));
    if (slot->document == nullptr || older->is_taken_back()) continue;
    const auto& now = *slot->document;
    for (const auto& [field, held] : older->state_->registers) {
      if (held.stamp.device != own) continue;
      const auto* stated = now.find_register(field);
      if (stated == nullptr || stated->value != held.value) applied.superseded.push_back({id, field, false, held.value});
    }
    for (const auto& [field, set] : older->state_->sets)
      for (const auto& [tag, value] : set)
        if (tag.change.device == own && now.set_tags(field, value).empty()) applied.superseded.push_back({id, field, true, value});
  }
  return applied;
}

}  // namespace muistio::replica
