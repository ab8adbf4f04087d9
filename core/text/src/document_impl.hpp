// The parts of a Document.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "log.hpp"
#include "muistio/text/document.hpp"
#include "rope.hpp"
#include "settled.hpp"
#include "walk.hpp"

namespace muistio::text {

/// Every scalar ever inserted, in the order of the text.
struct Layout {
  struct Item {
    Lv begin = 0;
    Lv length = 0;
    bool deleted = false;
    bool taken_back = false;
    [[nodiscard]] Lv shown() const noexcept { return deleted || taken_back ? 0 : length; }
  };
  std::vector<Item> items;
};

struct Piece;
struct ParsedBatch;

/// What is made on need, also by calls that change nothing: those of several threads wait for each other. A copy is empty.
struct OnNeed {
  std::mutex mutex;
  std::shared_ptr<const EventLog> whole;  ///< The history, if the document's log has let go of a part.
  std::optional<Layout> layout;
  Settled stored;  ///< A longer part of the history than `Impl::settled`.

  OnNeed() = default;
  OnNeed(const OnNeed&) {}
  OnNeed& operator=(const OnNeed&) = delete;
  /// To be called when the history grows.
  void forget() {
    whole.reset();
    layout.reset();
  }
};

class Document::Impl {
 public:
  /// Walks the edits from `from` on and changes the text. On a failure the edits are forgotten.
  Result<Applied> show_from(Lv from);
  /// What `batch` brings; on a failure nothing changes.
  Result<Applied> apply(BytesView batch);
  Status insert(const AgentId& agent, std::uint64_t position, std::string_view utf8);
  Status erase(const AgentId& agent, std::uint64_t position, std::uint64_t count);
  Result<Applied> replace_all(const AgentId& agent, std::string_view utf8, const Version& base);
  Result<Applied> revert(const AgentId& agent, std::span<const EditRange> edits, Restored& restored);
  Result<Applied> redact(std::span<const EditRange> ranges);

  /// The history with all its edits. Lives until the next change.
  [[nodiscard]] const EventLog& whole() const;
  /// Reads the history of an encoded document; `redacted` was read before. Errors: malformed, too_large and what add_batch fails
  /// with.
  Status read_history(BytesView deflated, std::uint64_t settled_bytes, BytesView rest);
  /// Takes back into `log` what it has let go of.
  void wake();
  /// Lets go of all edits in `log`, which holds them all, keeping them deflated.
  void settle();
  /// Whether the edits of `batch` are new and come one after the other, the first after the only head: then `log` need not know
  /// more.
  [[nodiscard]] bool goes_on(const ParsedBatch& batch) const;
  /// The history as it is stored: as much as is worth it settled, the rest a batch.
  [[nodiscard]] std::pair<Settled, Bytes> stored_history() const;
  /// The heads of `version`. Errors: missing_parent.
  [[nodiscard]] Result<std::vector<Lv>> heads(const Version& version) const;
  /// The kept text (content.hpp) at these heads. Errors: malformed.
  [[nodiscard]] Result<std::string> kept_at(const std::vector<Lv>& heads) const;
  /// Errors: malformed, if the text does not fit its history.
  [[nodiscard]] Result<const Layout*> layout() const;
  /// A batch of the edits that are not in `held` and, if given, in `until`.
  [[nodiscard]] Bytes lacking(const VersionVector& held, const VersionVector* until) const;
  [[nodiscard]] Version version() const;
  [[nodiscard]] std::uint64_t memory_bytes() const;

  EventLog log;     ///< Has let go of nothing, or of just what `settled` holds.
  Settled settled;  ///< The first edits of `log`.
  Rope rope;
  std::map<AgentId, std::map<std::uint64_t, std::uint64_t>> redacted;  // first seq → end
  OpenStretch open;
  bool clearing = true;

 private:
  /// The scalars that those from the beginning of `range` on stand for; `length`: so many of them in a row.
  [[nodiscard]] LvRange origin_of(LvRange range, const Restored& restored, Lv& length) const;
  Result<Applied> replace_pieces(const AgentId& agent, const std::vector<Piece>& pieces, Restored& restored);
  [[nodiscard]] static std::vector<LvRange> lacking(const EventLog& log, const VersionVector& held, const VersionVector* until);
  /// Lets go of merge state that local edits have left behind.
  void drop_stale_state();

  [[nodiscard]] bool lone_head() const noexcept { return log.frontier().size() == 1 && log.frontier().front() + 1 == log.size(); }
  [[nodiscard]] const EventLog& whole_locked() const;

  mutable OnNeed on_need_;
};

/// Makes `effects` of `log` in `rope`. Returns the changes of the shown text, those that join made one.
std::vector<Change> make_effects(const EventLog& log, const std::vector<Effect>& effects, Rope& rope);

}  // namespace muistio::text
