// What the layers above give the engine, so that it needs to know nothing of notes.
#pragma once

#include <functional>
#include <span>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/replica/judge.hpp"
#include "muistio/replica/replica.hpp"
#include "muistio/store/store.hpp"

namespace muistio::sync {

struct Hooks {
  /// Whether an op counts. Must answer alike on every device and in every order of arrival: judge on immutable facts only. Empty:
  /// every op counts.
  replica::Judge judge;
  /// What is kept beside each document so that lists need not open it: see replica::Replica. Empty: nothing.
  replica::Summarise summarise;
  /// Called inside the transaction that changes the documents, with their new state in `replica`: views and the search index change
  /// with them or not at all. A failure undoes the whole transaction. Empty: nothing. It must not call the engine.
  std::function<Status(store::Transaction&, SpaceId, replica::Replica&, std::span<const DocumentId>)> documents_changed;
};

}  // namespace muistio::sync
