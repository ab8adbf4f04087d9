#include "muistio/text/document.hpp"

#include <algorithm>

#include "batch.hpp"
#include "content.hpp"
#include "document_impl.hpp"
#include "muistio/base/utf8.hpp"
#include "muistio/text/limits.hpp"

namespace muistio::text {

Document::Document() : impl_(std::make_unique<Impl>()) {}
Document::~Document() = default;
Document::Document(const Document& other) : impl_(std::make_unique<Impl>(*other.impl_)) {}
Document& Document::operator=(const Document& other) {
  if (this != &other) impl_ = std::make_unique<Impl>(*other.impl_);
  return *this;
}
// What was moved from is an empty document.
Document::Document(Document&& other) noexcept : impl_(std::move(other.impl_)) { other.impl_ = std::make_unique<Impl>(); }
Document& Document::operator=(Document&& other) noexcept {
  std::swap(impl_, other.impl_);
  return *this;
}

std::string Document::text() const { return shown_part(impl_->rope.kept()); }

std::u32string Document::scalars() const {
  auto made = utf8_to_scalars(text());
  MUISTIO_INVARIANT(made.has_value());
  return std::move(made).value();
}

std::uint64_t Document::size_scalars() const noexcept { return impl_->rope.shown_size(); }

Result<std::string> Document::slice(std::uint64_t position, std::uint64_t count) const {
  const auto& rope = impl_->rope;
  if (position > rope.shown_size() || count > rope.shown_size() - position) return fail(ErrorCode::position_out_of_range, "slice");
  const auto begin = rope.after_shown(position);
  return shown_part(rope.kept_slice(begin, rope.after_shown(position + count) - begin));
}

Status Document::insert(const AgentId& agent, std::uint64_t position, std::string_view utf8) {
  return impl_->insert(agent, position, utf8);
}

Status Document::erase(const AgentId& agent, std::uint64_t position, std::uint64_t count) {
  return impl_->erase(agent, position, count);
}

Result<Applied> Document::replace_all(const AgentId& agent, std::string_view utf8, const Version& base) {
  return impl_->replace_all(agent, utf8, base);
}

Version Document::version() const { return impl_->version(); }

VersionVector Document::summary() const {
  VersionVector held;
  for (std::uint32_t i = 0; i < impl_->log.agent_count(); ++i) {
    if (impl_->log.next_seq(i) > 0) held[impl_->log.agent(i)] = impl_->log.next_seq(i);
  }
  return held;
}

std::uint64_t Document::edit_count() const noexcept { return impl_->log.size(); }

Bytes Document::encode_since(const VersionVector& held) const { return impl_->lacking(held, nullptr); }

Bytes Document::encode_between(const VersionVector& held, const VersionVector& until) const { return impl_->lacking(held, &until); }

Result<Applied> Document::apply(BytesView batch) { return impl_->apply(batch); }

bool Document::holds(const Version& version) const { return impl_->heads(version).has_value(); }

void Document::set_clearing(bool on) noexcept { impl_->clearing = on; }

std::uint64_t Document::memory_bytes() const { return impl_->memory_bytes(); }

std::uint64_t Document::Impl::memory_bytes() const {
  const std::scoped_lock lock(on_need_.mutex);
  std::uint64_t bytes = log.memory_bytes() + rope.memory_bytes() + (open.state ? open.state->memory_bytes() : 0);
  if (settled.deflated) bytes += settled.deflated->capacity();
  if (on_need_.stored.deflated && on_need_.stored.deflated != settled.deflated) bytes += on_need_.stored.deflated->capacity();
  if (on_need_.whole) bytes += on_need_.whole->memory_bytes();
  if (on_need_.layout) bytes += on_need_.layout->items.capacity() * sizeof(Layout::Item);
  return bytes;
}

void Document::Impl::drop_stale_state() {
  constexpr Lv kMostBehind = 4096;
  if (open.state && log.size() - open.walked > kMostBehind) open.state.reset();
}

Version Document::Impl::version() const {
  Version made;
  for (auto head : log.frontier()) made.push_back(log.id_of(head));
  std::sort(made.begin(), made.end());
  return made;
}

Bytes Document::Impl::lacking(const VersionVector& held, const VersionVector* until) const {
  const auto seq_of = [&](const VersionVector& vector, std::uint32_t agent) {
    const auto place = vector.find(log.agent(agent));
    return place == vector.end() ? 0 : place->second;
  };
  bool recent = true;  // nothing is asked for of what was let go of
  for (std::uint32_t agent = 0; agent < log.agent_count(); ++agent) {
    recent = recent && std::min(seq_of(held, agent), until == nullptr ? UINT64_MAX : seq_of(*until, agent)) >= log.base_seq(agent);
  }
  const auto& from = recent ? log : whole();
  return write_batch(from, lacking(from, held, until));
}

std::vector<LvRange> Document::Impl::lacking(const EventLog& log, const VersionVector& held, const VersionVector* until) {
  const auto seq_of = [&](const VersionVector& vector, std::uint32_t agent) {
    const auto place = vector.find(log.agent(agent));
    return place == vector.end() ? 0 : place->second;
  };
  std::vector<LvRange> ranges;
  for (std::uint32_t agent = 0; agent < log.agent_count(); ++agent) {
    const auto from = seq_of(held, agent);
    const auto end = until == nullptr ? log.next_seq(agent) : std::min(log.next_seq(agent), seq_of(*until, agent));
    if (from >= end) continue;
    const auto found = log.find({{log.agent(agent), from}, end - from});
    ranges.insert(ranges.end(), found.begin(), found.end());
  }
  std::sort(ranges.begin(), ranges.end(), [](const LvRange& a, const LvRange& b) { return a.begin < b.begin; });
  std::vector<LvRange> joined;
  for (const auto& range : ranges) {
    if (!joined.empty() && joined.back().end == range.begin) {
      joined.back().end = range.end;
    } else {
      joined.push_back(range);
    }
  }
  return joined;
}

Status Document::Impl::insert(const AgentId& agent, std::uint64_t position, std::string_view utf8) {
  if (position > rope.shown_size()) return fail(ErrorCode::position_out_of_range, "insert");
  if (const auto bad = first_invalid_utf8(utf8)) return fail(ErrorCode::not_utf8, "byte " + std::to_string(*bad));
  const auto count = kept_count(utf8);
  if (count > kMaxBatchEdits || count > kMaxEdits - log.size()) return fail(ErrorCode::too_large, "insert");
  if (log.frontier().size() > kMaxParents) return fail(ErrorCode::too_large, "heads");
  if (count == 0) return ok();
  const auto kept = rope.after_shown(position);
  log.add_latest_edits(log.intern(agent), static_cast<Lv>(count));
  log.add_op(OpKind::insert, static_cast<std::uint32_t>(kept), static_cast<Lv>(count), utf8, false);
  rope.insert(kept, utf8, count);
  on_need_.forget();
  drop_stale_state();
  return ok();
}

Status Document::Impl::erase(const AgentId& agent, std::uint64_t position, std::uint64_t count) {
  if (position > rope.shown_size() || count > rope.shown_size() - position) return fail(ErrorCode::position_out_of_range, "erase");
  if (count == 0) return ok();
  const auto begin = rope.after_shown(position + 1) - 1;
  const auto kept_count = rope.after_shown(position + count) - begin;
  if (kept_count > kMaxBatchEdits || kept_count > kMaxEdits - log.size()) return fail(ErrorCode::too_large, "erase");
  if (log.frontier().size() > kMaxParents) return fail(ErrorCode::too_large, "heads");
  log.add_latest_edits(log.intern(agent), static_cast<Lv>(kept_count));
  log.add_op(OpKind::erase_forward, static_cast<std::uint32_t>(begin), static_cast<Lv>(kept_count), {}, false);
  rope.erase(begin, kept_count);
  on_need_.forget();
  drop_stale_state();
  return ok();
}

}  // namespace muistio::text
