// Letting go of the history, and taking it back.
#include "batch.hpp"
#include "document_impl.hpp"

namespace muistio::text {

namespace {
/// Edits beside what is settled that are stored as they are.
bool is_worth_settling(Lv edits, Lv settled) { return edits - settled > settled / 4 + 512; }
}  // namespace

void Document::settle() {
  impl_->wake();
  impl_->settle();
}

const EventLog& Document::Impl::whole() const {
  const std::scoped_lock lock(on_need_.mutex);
  return whole_locked();
}

const EventLog& Document::Impl::whole_locked() const {
  if (log.base() == 0) return log;
  if (on_need_.whole == nullptr) {
    auto made = std::make_shared<EventLog>(unsettled(settled));
    made->append(log);
    on_need_.whole = std::move(made);
  }
  return *on_need_.whole;
}

void Document::Impl::wake() {
  if (log.base() == 0) return;
  log = whole();
  on_need_.forget();
}

void Document::Impl::settle() {
  auto made = on_need_.stored.edits == log.size() ? on_need_.stored : text::settle(log);
  if (made.edits != log.size()) return;  // too long
  settled = std::move(made);
  on_need_.stored = {};
  on_need_.forget();
  open.state.reset();
  log.let_go();
}

bool Document::Impl::goes_on(const ParsedBatch& batch) const {
  if (!clearing || !lone_head() || batch.stretches.empty()) return false;
  for (std::size_t i = 0; i < batch.author_count; ++i) {
    const auto agent = log.find_agent(batch.agents[i].id);
    if (batch.agents[i].first_seq != (agent ? log.next_seq(*agent) : 0)) return false;
  }
  std::uint64_t index = 0;
  for (const auto& stretch : batch.stretches) {
    if (stretch.parent_count != 1) return false;
    const auto& parent = batch.parents[stretch.parents_at];
    if (index == 0 && (parent.inside || EditId{batch.agents[parent.agent].id, parent.value} != log.id_of(log.size() - 1)))
      return false;
    if (index > 0 && (!parent.inside || parent.value + 1 != index)) return false;
    index += stretch.length;
  }
  return true;
}

std::pair<Settled, Bytes> Document::Impl::stored_history() const {
  const std::scoped_lock lock(on_need_.mutex);
  auto& stored = on_need_.stored;
  if (stored.edits < settled.edits) stored = settled;
  if (is_worth_settling(log.size(), stored.edits)) stored = text::settle(whole_locked());
  const auto& from = stored.edits >= log.base() ? log : whole_locked();
  std::vector<LvRange> rest;
  if (stored.edits < log.size()) rest.push_back({stored.edits, log.size()});
  return {stored, write_batch(from, rest)};
}

}  // namespace muistio::text
