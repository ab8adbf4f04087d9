// The parts of a Document.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "log.hpp"
#include "muistio/text/document.hpp"
#include "rope.hpp"
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

  /// The heads of `version`. Errors: missing_parent.
  [[nodiscard]] Result<std::vector<Lv>> heads(const Version& version) const;
  /// The kept text (content.hpp) at these heads. Errors: malformed.
  [[nodiscard]] Result<std::string> kept_at(const std::vector<Lv>& heads) const;
  /// Errors: malformed, if the text does not fit its history.
  [[nodiscard]] Result<const Layout*> layout() const;
  [[nodiscard]] std::vector<LvRange> lacking(const VersionVector& held, const VersionVector* until) const;
  [[nodiscard]] Version version() const;
  [[nodiscard]] std::uint64_t memory_bytes() const;

  EventLog log;
  Rope rope;
  std::map<AgentId, std::map<std::uint64_t, std::uint64_t>> redacted;  // first seq → end
  OpenStretch open;
  bool clearing = true;

 private:
  /// The scalars that those from the beginning of `range` on stand for; `length`: so many of them in a row.
  [[nodiscard]] LvRange origin_of(LvRange range, const Restored& restored, Lv& length) const;
  Result<Applied> replace_pieces(const AgentId& agent, const std::vector<Piece>& pieces, Restored& restored);
  /// Lets go of merge state that local edits have left behind.
  void drop_stale_state();

  mutable std::optional<Layout> layout_;
  mutable Lv layout_size_ = 0;
};

/// Makes `effects` of `log` in `rope`. Returns the changes of the shown text, those that join made one.
std::vector<Change> make_effects(const EventLog& log, const std::vector<Effect>& effects, Rope& rope);

}  // namespace muistio::text
