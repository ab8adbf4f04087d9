#include "muistio/text/undo.hpp"

#include "document_impl.hpp"

namespace muistio::text {

namespace {

/// Whether the agent's edit goes on where its edit before ended. If others' edits came between, their places cannot be compared:
/// then it is enough that both insert or both delete.
bool goes_on(const EventLog& log, const EditId& edit) {
  const auto agent = log.find_agent(edit.agent);
  if (!agent || edit.seq <= log.base_seq(*agent)) return false;
  const auto here = log.find(*agent, edit.seq);
  const auto before = log.find(*agent, edit.seq - 1);
  if (!here || !before) return false;
  const auto now = log.op_slice(log.op_index(*here), {*here, *here + 1});
  const auto then = log.op_slice(log.op_index(*before), {*before, *before + 1});
  if ((now.kind == OpKind::insert) != (then.kind == OpKind::insert)) return false;
  if (*here != *before + 1) return true;
  if (now.kind == OpKind::insert) return now.position == then.position + 1;
  return now.position == then.position || now.position + 1 == then.position;
}

}  // namespace

UndoStack::UndoStack(const AgentId& agent, const Document& document, const Options& options)
    : agent_(agent), options_(options), seen_(next_seq(document)) {}

std::uint64_t UndoStack::next_seq(const Document& document) const {
  const auto agent = document.impl_->log.find_agent(agent_);
  return agent ? document.impl_->log.next_seq(*agent) : 0;
}

void UndoStack::note(const Document& document, std::uint64_t now_ms) {
  const auto next = next_seq(document);
  if (next == seen_) return;
  const bool soon = now_ms - last_ms_ <= options_.pause_ms;
  if (open_ && soon && !done_.empty() && goes_on(document.impl_->log, {agent_, seen_})) {
    done_.back().end = next;
  } else {
    done_.push_back({seen_, next});
    if (done_.size() > options_.groups_max) done_.erase(done_.begin());
  }
  undone_.clear();
  seen_ = next;
  last_ms_ = now_ms;
  open_ = true;
}

Result<Applied> UndoStack::undo(Document& document) {
  note(document, last_ms_ + options_.pause_ms + 1);
  return move(document, done_, undone_);
}

Result<Applied> UndoStack::redo(Document& document) {
  note(document, last_ms_ + options_.pause_ms + 1);
  return move(document, undone_, done_);
}

Result<Applied> UndoStack::move(Document& document, std::vector<Group>& from, std::vector<Group>& to) {
  if (from.empty()) return fail(ErrorCode::invalid_state, "no group of edits");
  const auto group = from.back();
  const EditRange range{{agent_, group.first}, group.end - group.first};
  MUISTIO_TRY(auto applied, document.impl_->revert(agent_, {&range, 1}, restored_));
  from.pop_back();
  const auto next = next_seq(document);
  to.push_back({seen_, next});
  seen_ = next;
  open_ = false;
  return applied;
}

}  // namespace muistio::text
