#include "muistio/replica/document.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "document_state.hpp"
#include "muistio/replica/payload.hpp"
#include "muistio/replica/text_version.hpp"

namespace muistio::replica {
namespace {
/// Whether `after` holds no edit more than `before` but for those of `agent`.
bool only_of(const DeviceId& agent, const text::VersionVector& before, const text::VersionVector& after) {
  return std::all_of(after.begin(), after.end(), [&](const auto& entry) {
    if (entry.first == agent) return true;
    const auto held = before.find(entry.first);
    return held != before.end() && held->second == entry.second;
  });
}

bool merge_in_list(std::map<FieldId, ListState>& lists, const Op& op, const OpContext& context) {
  const auto held = lists.find(op.field);
  if (op.kind == OpKind::list_erase) {
    const auto elements = parse_list_erase(op);
    if (!elements) return false;
    if (held != lists.end())
      for (const auto& element : *elements) held->second.erase(element);
    return true;
  }
  const bool is_move = op.kind == OpKind::list_move;
  const auto move = is_move ? parse_list_move(op) : Result<ListMove>(ListMove());
  const auto insert = is_move ? Result<ListInsert>(ListInsert()) : parse_list_insert(op);
  if (!move || !insert) return false;
  const auto& place = is_move ? move->place : insert->place;
  if (held == lists.end() ? place.side != ListPlace::Side::root : !held->second.fits(place)) return false;
  auto& list = held == lists.end() ? lists[op.field] : held->second;
  if (is_move) {
    list.move(move->element, context.tag, context.lamport, place);
  } else {
    list.insert(context.tag, context.lamport, place, insert->value);
  }
  return true;
}
}  // namespace

Document::Document(const DocumentId& id, Era era) : state_(std::make_unique<State>()) {
  state_->id = id;
  state_->era = era;
}
Document::~Document() = default;
Document::Document(const Document& other) : state_(std::make_unique<State>(*other.state_)) {}
Document& Document::operator=(const Document& other) {
  if (this != &other) state_ = std::make_unique<State>(*other.state_);
  return *this;
}
Document::Document(Document&& other) noexcept = default;
Document& Document::operator=(Document&& other) noexcept = default;

const DocumentId& Document::id() const noexcept { return state_->id; }
Era Document::era() const noexcept { return state_->era; }
bool Document::exists() const noexcept { return state_->creator.has_value() && !state_->taken_back; }
bool Document::is_taken_back() const noexcept { return state_->taken_back; }
DocumentType Document::type() const noexcept { return state_->type; }
const std::optional<Creator>& Document::creator() const noexcept { return state_->creator; }
WallMs Document::changed() const noexcept { return state_->changed; }
std::size_t Document::unknown_op_count() const noexcept { return state_->unknown.size(); }

std::optional<MemberId> Document::member_of(const DeviceId& device) const {
  if (state_->creator && state_->creator->stamp.device == device) return state_->creator->member;
  const auto found = state_->writers.find(device);
  if (found == state_->writers.end()) return std::nullopt;
  return found->second;
}

const Register* Document::find_register(FieldId field) const {
  const auto found = state_->registers.find(field);
  return found == state_->registers.end() ? nullptr : &found->second;
}

std::string Document::register_text(FieldId field) const {
  const auto* found = find_register(field);
  return found == nullptr ? std::string() : std::string(as_text(found->value));
}

std::vector<Bytes> Document::set_values(FieldId field) const {
  const auto found = state_->sets.find(field);
  if (found == state_->sets.end()) return {};
  std::set<Bytes> values;
  for (const auto& [tag, value] : found->second) values.insert(value);
  return {values.begin(), values.end()};
}

std::vector<Tag> Document::set_tags(FieldId field, BytesView value) const {
  std::vector<Tag> tags;
  if (const auto found = state_->sets.find(field); found != state_->sets.end())
    for (const auto& [tag, held] : found->second)
      if (equal(held, value)) tags.push_back(tag);
  return tags;
}

const text::Document* Document::find_text(FieldId field) const {
  const auto found = state_->texts.find(field);
  return found == state_->texts.end() ? nullptr : &found->second;
}

std::string Document::text(FieldId field) const {
  const auto* found = find_text(field);
  return found == nullptr ? std::string() : found->text();
}

std::int64_t Document::counter(FieldId field) const {
  CounterSum sum = 0;
  if (const auto found = state_->counters.find(field); found != state_->counters.end())
    for (const auto& [device, added] : found->second) sum += added;
  return clamp(sum);
}

std::vector<ListElement> Document::list(FieldId field) const {
  std::vector<ListElement> elements;
  const auto found = state_->lists.find(field);
  if (found == state_->lists.end()) return elements;
  for (const auto& id : found->second.order()) elements.push_back({id, found->second.elements().at(id).value});
  return elements;
}

std::string Document::text_version(FieldId field) const {
  const auto* found = find_text(field);
  return format_text_version(found == nullptr ? text::Version() : found->version());
}

bool Document::merge(const Op& op, const OpContext& context) {
  auto& state = *state_;
  if (op.kind == OpKind::nothing) return true;
  if (op.kind == OpKind::create) {
    const auto type = parse_create(op);
    if (!type) return false;
    const auto stamp = context.stamp();
    if (!state.creator || std::tie(*type, stamp) < std::tie(state.type, state.creator->stamp)) {
      state.creator = Creator{context.author.member, stamp, context.wall};
      state.type = *type;
    }
  } else if (op.kind == OpKind::take_back_document) {
    State rest;
    rest.id = state.id;
    rest.era = state.era;
    rest.type = state.type;
    rest.creator = state.creator;
    rest.changed = state.taken_back ? state.changed : context.wall;
    rest.taken_back = true;
    state = std::move(rest);
    state.changed = std::max(state.changed, context.wall);
    return true;
  }
  if (state.taken_back) return true;
  switch (op.kind) {
    case OpKind::set_register: {
      auto& held = state.registers[op.field];
      if (held.stamp <= context.stamp()) held = {op.payload, context.stamp(), context.wall};
      break;
    }
    case OpKind::set_add:
      state.sets[op.field].emplace(context.tag, op.payload);
      break;
    case OpKind::set_remove: {
      const auto tags = parse_set_remove(op);
      if (!tags) return false;
      const auto set = state.sets.find(op.field);
      if (set == state.sets.end()) break;
      for (const auto& tag : *tags) set->second.erase(tag);
      if (set->second.empty()) state.sets.erase(set);
      break;
    }
    case OpKind::text: {
      const auto held = state.texts.find(op.field);
      auto merged = held == state.texts.end() ? text::Document() : held->second;
      const auto before = merged.summary();
      if (!merged.apply(op.payload) || !only_of(context.author.device, before, merged.summary())) return false;
      state.texts.insert_or_assign(op.field, std::move(merged));
      break;
    }
    case OpKind::take_back_passage: {
      const auto ranges = parse_take_back_passage(op);
      if (!ranges || !state.texts[op.field].redact(*ranges)) return false;
      break;
    }
    case OpKind::counter_add: {
      const auto delta = parse_counter_add(op);
      if (!delta) return false;
      state.counters[op.field][context.author.device] += *delta;
      break;
    }
    case OpKind::list_insert:
    case OpKind::list_move:
    case OpKind::list_erase:
      if (!merge_in_list(state.lists, op, context)) return false;
      break;
    case OpKind::nothing:
    case OpKind::create:
    case OpKind::take_back_document:
      break;
    default: {
      UnknownOp unknown{context.stamp(), context.tag, op.kind, op.field, op.payload};
      const auto place = std::upper_bound(state.unknown.begin(), state.unknown.end(), unknown, [](const auto& a, const auto& b) {
        return std::tie(a.stamp, a.tag) < std::tie(b.stamp, b.tag);
      });
      state.unknown.insert(place, std::move(unknown));
    }
  }
  state.writers.emplace(context.author.device, context.author.member);
  state.changed = std::max(state.changed, context.wall);
  return true;
}

/// Gives the ops that were kept unknown, and are of kinds known by now, their effect.
void Document::fold_unknown() {
  auto kept = std::move(state_->unknown);
  state_->unknown.clear();
  for (auto& op : kept) {
    const auto& device = op.tag.change.device;
    const OpContext context{{*member_of(device), device, Role::member}, op.tag, op.stamp.lamport, state_->changed};
    const Op again{state_->id, op.kind, op.field, std::move(op.payload)};
    if (check_payload(again)) merge(again, context);
  }
}

}  // namespace muistio::replica
