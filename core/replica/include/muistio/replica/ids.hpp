// The names of changes, ops, fields and kinds of document.
#pragma once

#include <compare>
#include <cstdint>

#include "muistio/base/ids.hpp"

namespace muistio::replica {

/// A device's `number`-th change in a space; the first has 1.
struct ChangeId {
  DeviceId device;
  std::uint64_t number = 0;
  friend auto operator<=>(const ChangeId&, const ChangeId&) = default;
};

/// The name of one addition to a set, of an element of a list, of a place in it: the op at place `op` of a change.
struct Tag {
  ChangeId change;
  std::uint32_t op = 0;
  friend auto operator<=>(const Tag&, const Tag&) = default;
};

/// When something was set, as all devices agree: by clock, then by device. The greater one wins.
struct Stamp {
  Lamport lamport;
  DeviceId device;
  friend auto operator<=>(const Stamp&, const Stamp&) = default;
};

/// A field of a document. The module that defines the documents gives the numbers; each is of one kind (register, set, text,
/// counter or list).
using FieldId = StrongInt<struct FieldIdTag, std::uint16_t>;
/// What a document is (a note, a profile, …). The numbers are given by the module that defines the documents.
using DocumentType = StrongInt<struct DocumentTypeTag, std::uint16_t>;

/// What an op does. The numbers are part of the format. Others than these are kept and passed on.
enum class OpKind : std::uint16_t {
  nothing = 0,             // keeps the place of an op that was taken back before it was sent
  create = 1,              // the document exists and is of a type
  set_register = 2,        // the last writer wins
  set_add = 3,             // a value is in a set
  set_remove = 4,          // the additions named are undone
  text = 5,                // edits of a text
  take_back_document = 6,  // the document goes, with its history
  take_back_passage = 7,   // the content of some edits of a text goes, with its history
  counter_add = 8,         // a counter grows or shrinks
  list_insert = 9,         // a value is in a list, at a place
  list_move = 10,          // an element of a list is at another place; the last move counts
  list_erase = 11,         // elements of a list are gone
};

}  // namespace muistio::replica
