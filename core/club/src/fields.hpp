// Reading fields whose values have a form of their own.
#pragma once

#include <cstdint>

#include "muistio/club/documents.hpp"
#include "muistio/replica/document.hpp"

namespace muistio::club {

/// A kind that this app does not know is a note's.
[[nodiscard]] NoteKind note_kind_of(const replica::Document& document);
/// 0 if it was not given, or not as a varint.
[[nodiscard]] std::uint64_t material_size_of(const replica::Document& document);

}  // namespace muistio::club
