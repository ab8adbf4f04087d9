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

/// The `number`th of the notes that everybody knows the id of.
[[nodiscard]] DocumentId shared_note(std::uint64_t number);
[[nodiscard]] DocumentId ledger();

/// One edit of a note, chosen by `random`; adds `word` to the ledger.
Status edit_note(replica::ChangeBuilder& builder, SeededRandom& random, const std::string& word);

/// A note's creator or a host may take it back, wholly or in part; everything else is free.
[[nodiscard]] bool judge_note(const replica::Op& op, const replica::Author& author, const replica::Document* document);

/// The words in a replica's ledger.
[[nodiscard]] Result<std::vector<std::string>> words_in(replica::Replica& replica);
/// What a document is, as every device must agree on it byte for byte.
[[nodiscard]] Bytes describe(const replica::Document& document);
/// Every document, described.
[[nodiscard]] Result<std::vector<std::pair<DocumentId, Bytes>>> documents_in(replica::Replica& replica);

}  // namespace muistio::simulation
