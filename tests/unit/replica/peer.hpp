// A device with a replica in memory, for the tests of replica and club.
#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "muistio/replica/replica.hpp"

namespace muistio::test {

template <class Id>
Id id_of(std::uint8_t first, std::uint8_t last = 0) {
  Id id;
  id.mutable_array()[0] = first;
  id.mutable_array()[Id::size_bytes - 1] = last;
  return id;
}

inline constexpr replica::DocumentType kType{7};
inline constexpr replica::FieldId kTitle{1};
inline constexpr replica::FieldId kTags{2};
inline constexpr replica::FieldId kBody{3};
inline constexpr replica::FieldId kVotes{5};
inline constexpr replica::FieldId kAgenda{6};

/// What a document shows: the same string on two devices means the same document.
inline std::string shown(const replica::Document* document) {
  if (document == nullptr) return "nothing";
  std::string out = "type " + std::to_string(document->type().value());
  if (document->is_taken_back()) out += " taken back";
  if (const auto& creator = document->creator())
    out += " by " + creator->stamp.device.hex() + " at " + std::to_string(creator->stamp.lamport.value());
  out += " changed " + std::to_string(document->changed().value());
  out += " unknown " + std::to_string(document->unknown_op_count());
  for (std::uint16_t number = 0; number < 8; ++number) {
    const replica::FieldId field(number);
    if (const auto* held = document->find_register(field))
      out += " r" + std::to_string(number) + "=" + to_hex(held->value) + "@" + std::to_string(held->stamp.lamport.value());
    for (const auto& value : document->set_values(field)) out += " s" + std::to_string(number) + "=" + to_hex(value);
    if (const auto sum = document->counter(field); sum != 0) out += " c" + std::to_string(number) + "=" + std::to_string(sum);
    for (const auto& element : document->list(field))
      out += " l" + std::to_string(number) + "=" + to_hex(element.value) + "#" + element.id.change.device.hex() +
             std::to_string(element.id.change.number) + "." + std::to_string(element.id.op);
    out += " t" + std::to_string(number) + "=" + document->text(field) + "/" + document->text_version(field);
  }
  return out;
}

/// A device of a member, its shelf and its replica.
struct Peer {
  replica::Author author;
  std::unique_ptr<replica::MemoryShelf> shelf = std::make_unique<replica::MemoryShelf>();
  replica::Replica held;
  replica::Judge judge = replica::permit_all();
  std::int64_t wall = 1000;

  explicit Peer(std::uint8_t number, replica::ReplicaOptions options = {})
      : author{id_of<MemberId>(number), id_of<DeviceId>(number, number), Role::member},
        held(replica::Replica::open(*shelf, std::move(options)).value()) {}

  /// Edits; the change that came of it. Fails the test if nothing did.
  replica::Change edit(const std::function<Status(replica::ChangeBuilder&)>& edits) {
    auto made = held.edit(author, WallMs(++wall), judge, edits);
    REQUIRE(made);
    REQUIRE(made->has_value());
    return **made;
  }
  /// Takes a change from the log.
  replica::Applied take(const replica::Change& change, const replica::Author& from) {
    auto applied = held.apply(change, from, judge);
    INFO((applied ? std::string() : applied.error().message()));
    REQUIRE(applied);
    return *applied;
  }
  void in_log(const replica::Change& own) { REQUIRE(held.mark_in_log(own.id())); }
  std::shared_ptr<const replica::Document> document(const DocumentId& id) { return held.document(id).value(); }
  std::string shows(const DocumentId& id) { return shown(document(id).get()); }
};

}  // namespace muistio::test
