// The documents of a simulated club: notes with a title, tags and a text, and one ledger to which every edit adds a word of its
// own, so that a lost edit shows.
#pragma once

#include <string>
#include <vector>

#include "muistio/replica/replica.hpp"
#include "seams.hpp"

namespace muistio::simulation {

inline constexpr replica::DocumentType kNoteType{1};
inline constexpr replica::DocumentType kLedgerType{2};
inline constexpr replica::FieldId kTitle{1}, kTags{2}, kBody{3};

/// Notes and ledgers that everybody knows the ids of are there once for each era, and for each joiner's drafts: no two eras have a
/// document in common.
using Scope = std::uint64_t;
[[nodiscard]] inline Scope scope_of(Era era) { return era.value(); }
[[nodiscard]] Scope draft_scope(const DeviceId& device);

/// The `number`th of a scope's notes.
[[nodiscard]] DocumentId shared_note(Scope scope, std::uint64_t number);
[[nodiscard]] DocumentId ledger(Scope scope);
/// The one document that is stated anew when an era begins.
[[nodiscard]] DocumentId settings();

/// One edit of a note, chosen by `random`; adds `word` to the ledger of one of `scopes`, of which the first is that of new documents. Yields
/// the scope.
Result<Scope> edit_note(replica::ChangeBuilder& builder, SeededRandom& random, const std::string& word,
                        const std::vector<Scope>& scopes);

/// A note's creator or a host may take it back, wholly or in part; everything else is free.
[[nodiscard]] bool judge_note(const replica::Op& op, const replica::Author& author, const replica::Document* document);

/// A document with the era that it belongs to.
struct Described {
  DocumentId id;
  Era era;
  Bytes bytes;
  friend bool operator==(const Described&, const Described&) = default;
};

/// The words in a replica's ledgers, sorted.
[[nodiscard]] Result<std::vector<std::string>> words_in(replica::Replica& replica);
/// What a document is, as every device must agree on it byte for byte.
[[nodiscard]] Bytes describe(const replica::Document& document);
/// Every document, described.
[[nodiscard]] Result<std::vector<Described>> documents_in(replica::Replica& replica);

}  // namespace muistio::simulation
