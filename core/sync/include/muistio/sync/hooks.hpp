// What the layers above give the engine, so that it needs to know nothing of notes.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/replica/judge.hpp"
#include "muistio/replica/replica.hpp"
#include "muistio/store/store.hpp"

namespace muistio::sync {

/// Somebody else's changes, as they stand in the log: `documents` are those that they touch, ascending, each once.
struct Arrival {
  SpaceId space;
  Seq seq;
  MemberId member;
  DeviceId device;
  std::vector<DocumentId> documents;
};

struct Hooks {
  /// Whether an op counts. Must answer alike on every device and in every order of arrival: judge on immutable facts only. Empty:
  /// every op counts.
  replica::Judge judge;
  /// Which documents are stated anew when an era begins, for those who may not read what came before; `members` are those of the
  /// space. Their registers and sets are, never a text. Empty: none.
  std::function<Result<std::vector<DocumentId>>(SpaceId, replica::Replica&, std::span<const MemberId> members)> baseline;
  /// Whether an op of such a statement counts; as `judge`. Empty: a host's does.
  replica::Judge baseline_judge;
  /// Whether its creation in a later era begins a document anew there: see replica::ReplicaOptions. Empty: never.
  replica::Judge begins_anew;
  /// What is kept beside each document so that lists need not open it: see replica::Replica. Empty: nothing.
  replica::Summarise summarise;
  /// Called inside the transaction that changes the documents, with their new state in `replica`: views and the search index change
  /// with them or not at all. A failure undoes the whole transaction. Empty: nothing. It must not call the engine.
  std::function<Status(store::Transaction&, SpaceId, replica::Replica&, std::span<const DocumentId>)> documents_changed;
  /// Called inside the transaction that takes a batch of another device. A failure undoes the whole transaction. Empty: nothing. It
  /// must not call the engine.
  std::function<Status(store::Transaction&, const Arrival&)> arrived;
  /// Called inside the transaction that forgets all documents of a space, before they are read anew from the log (R9), with their
  /// ids: what was kept of versions of their texts may no longer name the same. Empty: nothing. It must not call the engine.
  std::function<Status(store::Transaction&, SpaceId, std::span<const DocumentId>)> rebuilding;
  /// The id that a document gets when another device of the same member creates it again, where ids name their creator. Empty: the
  /// same.
  std::function<DocumentId(const DocumentId&, replica::DocumentType, const DeviceId&)> created_again;
  /// Whether the owner moves snapshots: SnapshotDue and SnapshotOffered are told only then, and what is offered is waited for.
  bool moves_snapshots = false;
  /// Called inside the transaction in which this device's newer snapshot counts in the log, with what `announce_snapshot` was given
  /// for the one before, of whichever device: its bytes are to go from the server. Empty: nothing. It must not call the engine.
  std::function<Status(store::Transaction&, SpaceId, BytesView descriptor)> snapshot_replaced;
};

}  // namespace muistio::sync
