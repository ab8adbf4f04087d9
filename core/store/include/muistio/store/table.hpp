// The tables of a store. The layers above define what the keys and values in each mean; the store never looks inside.
#pragma once

#include <cstdint>

namespace muistio::store {

/// A name space of keys. The numbers are on disk: never renumber, never reuse; add at the end.
enum class Table : std::uint8_t {
  meta = 1,           // facts about the store as a whole
  identity = 2,       // the member's own keys and certificate
  device = 3,         // this device's own keys, and what is known of others
  space = 4,          // one row a space: kind, names, cursor
  group = 5,          // MLS state
  epoch_key = 6,      // content keys by epoch
  era_key = 7,        // last keys of eras
  audience = 8,       // audience secrets
  charter = 9,        // charters and rolls by epoch
  record = 10,        // records of the log
  log_hash = 11,      // log hashes by sequence
  chain = 12,         // batches by device and index
  cursor = 13,        // how far each reader of the log is
  batch = 14,         // opened batches
  change = 15,        // ops
  document = 16,      // documents' state
  snapshot = 17,      // what was computed from ops and may be computed again
  outbox = 18,        // ops not yet pushed
  intent = 19,        // what is to be done at the next sync
  pending = 20,       // commits and batches sent but not yet seen in the log
  invitation = 21,    // invitations made here
  join_request = 22,  // requests received, and our own
  attachment = 23,    // descriptors and progress of files
  peer = 24,          // servers and what they said
  evidence = 25,      // proofs that a server contradicted itself
  seal = 26,          // meeting seals seen
  view = 27,          // what the app showed last
  draft = 28,         // text typed but not yet an op
  setting = 29,       // the person's choices
  search_text = 30,   // what `search` shows beside a hit
  reserved = 31,      // for the layers above, until a format change gives a need its own number
  search_wanted = 32,  // documents that the search index is to take in again
  vote = 33,           // signatures for a new host; when a host was last seen
  offer = 34,          // ways into a session that members posted in a club
};

}  // namespace muistio::store
