// Edits that come in with parents: batches, and edits of an earlier version.
#include <algorithm>

#include "batch.hpp"
#include "content.hpp"
#include "document_impl.hpp"
#include "muistio/base/utf8.hpp"
#include "muistio/text/diff.hpp"
#include "muistio/text/limits.hpp"

namespace muistio::text {

namespace {

/// A list of changes in which those that touch are joined.
class Changes {
 public:
  void insert(std::uint64_t position, std::string_view shown, std::uint64_t count) {
    if (shown.empty()) return;
    if (list_.empty() || position != list_.back().position + last_inserted_) {
      list_.push_back({position, 0, std::string(shown)});
      last_inserted_ = count;
      return;
    }
    list_.back().inserted += shown;
    last_inserted_ += count;
  }

  void erase(std::uint64_t position, std::uint64_t count) {
    if (count == 0) return;
    if (!list_.empty() && last_inserted_ == 0 && position + count >= list_.back().position && position <= list_.back().position) {
      list_.back().position = position;
      list_.back().removed += count;
      return;
    }
    list_.push_back({position, count, {}});
    last_inserted_ = 0;
  }

  [[nodiscard]] std::vector<Change> take() && { return std::move(list_); }

 private:
  std::vector<Change> list_;
  std::uint64_t last_inserted_ = 0;  // scalars that the last change inserts
};

}  // namespace

std::vector<Change> make_effects(const EventLog& log, const std::vector<Effect>& effects, Rope& rope) {
  // In an empty text all of it is one insert.
  const bool was_empty = rope.size() == 0;
  Changes changes;
  std::size_t near = 0;
  for (const auto& effect : effects) {
    if (!effect.insert) {
      const auto shown_position = was_empty ? 0 : rope.shown_before(effect.position);
      const auto shown = rope.erase(effect.position, effect.length);
      if (!was_empty) changes.erase(shown_position, shown);
      continue;
    }
    std::size_t position = effect.position;
    log.for_each_op({effect.begin, effect.begin + effect.length}, near, [&](const OpSlice& slice) {
      if (slice.absent) {
        rope.insert(position, std::string(slice.length, kTakenBack));
      } else {
        rope.insert(position, slice.content, slice.length);
        if (!was_empty) changes.insert(rope.shown_before(position), slice.content, slice.length);
      }
      position += slice.length;
    });
  }
  if (was_empty) changes.insert(0, shown_part(rope.kept()), rope.shown_size());
  return std::move(changes).take();
}

Result<Applied> Document::Impl::show_from(Lv from) {
  if (from == log.size()) return Applied{};
  on_need_.forget();
  auto effects = walk(log, from, rope.size(), clearing, open);
  if (!effects) {
    log.truncate(from);
    return fail(std::move(effects).error());
  }
  return Applied{make_effects(log, *effects, rope), log.size() - from};
}

Result<Applied> Document::Impl::apply(BytesView bytes) {
  MUISTIO_TRY(const auto batch, read_batch(bytes, ReadLimits::of_batch()));
  if (log.base() > 0 && !goes_on(batch)) wake();
  const auto from = log.size();
  if (auto status = add_batch(log, batch, redacted); !status) {
    log.truncate(from);
    return fail(std::move(status).error());
  }
  return show_from(from);
}

Result<std::vector<Lv>> Document::Impl::heads(const Version& wanted) const {
  if (wanted == version()) return log.frontier();
  const auto& history = whole();
  std::vector<Lv> found;
  for (const auto& id : wanted) {
    const auto lv = history.find(id);
    if (!lv) return fail(ErrorCode::missing_parent, "an edit of the version is not held");
    found.push_back(*lv);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  for (std::size_t i = 0; found.size() > 1 && i < found.size();) {
    auto others = found;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
    if (history.difference({found[i]}, others).first.empty()) {
      found = std::move(others);
    } else {
      ++i;
    }
  }
  return found;
}

Result<std::string> Document::Impl::kept_at(const std::vector<Lv>& heads) const {
  if (heads == log.frontier()) return rope.kept();
  const auto& history = whole();
  const auto past = history.restricted_to(history.past_of(heads));
  OpenStretch unused;
  MUISTIO_TRY(const auto effects, walk(past, 0, 0, clearing, unused));
  Rope made;
  make_effects(past, effects, made);
  return made.kept();
}

Result<Applied> Document::Impl::replace_all(const AgentId& agent, std::string_view utf8, const Version& base) {
  MUISTIO_TRY(const auto wanted, utf8_to_scalars(utf8));
  MUISTIO_TRY(auto parents, heads(base));
  MUISTIO_TRY(const auto kept, kept_at(parents));
  MUISTIO_TRY(const auto shown, utf8_to_scalars(shown_part(kept)));
  if (parents.size() > kMaxParents) return fail(ErrorCode::too_large, "heads");
  if (wanted.size() > kMaxBatchEdits || wanted.size() + kept.size() > kMaxEdits - log.size()) {
    return fail(ErrorCode::too_large, "replace_all");
  }
  std::vector<std::uint32_t> places;  // of the shown scalars in the kept text
  std::uint32_t place = 0;
  for (char byte : kept) {
    if (!starts_scalar(byte)) continue;
    if (byte != kTakenBack) places.push_back(place);
    ++place;
  }
  if (parents != log.frontier() || !lone_head() || !clearing) wake();
  const auto from = log.size();
  const auto author = log.intern(agent);
  std::uint32_t grown = 0;  // modulo 2^32: how much longer the text got
  const auto add = [&](OpKind kind, std::uint32_t position, std::uint32_t length, std::string_view content) {
    if (length == 0) return;
    log.add_edits(author, parents, length);
    log.add_op(kind, position, length, content, false);
    parents.assign(1, log.size() - 1);
  };
  for (const auto& hunk : difference(shown, wanted)) {
    std::uint32_t position = hunk.position == 0 ? 0 : places[hunk.position - 1] + 1;
    std::uint32_t removed = 0;
    if (hunk.removed > 0) {
      position = places[hunk.position];
      removed = places[hunk.position + hunk.removed - 1] + 1 - position;
    }
    const auto inserted = scalars_to_utf8(std::u32string_view(wanted).substr(hunk.new_position, hunk.inserted));
    add(OpKind::erase_forward, position + grown, removed, {});
    add(OpKind::insert, position + grown, static_cast<std::uint32_t>(hunk.inserted), inserted);
    grown += static_cast<std::uint32_t>(hunk.inserted) - removed;
  }
  return show_from(from);
}

}  // namespace muistio::text
