// Groups of a given size and what members do in them, for bench-crypto and bench-sodium-share.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench_crypto_floor.hpp"
#include "muistio/mls/group.hpp"

namespace muistio::bench {

/// One operation: `prepare` makes what one run needs and is not timed, `run` uses that up.
struct Operation {
  std::string name;
  std::function<void()> prepare;
  std::function<void()> run;
  Calls floor;
  std::size_t bytes = 0;  // of what is sent, or read
};

/// A group that its first member made by adding all others in one commit. Every operation starts from it and leaves it as it is.
class CryptoGroup {
 public:
  explicit CryptoGroup(std::size_t size);
  CryptoGroup(const CryptoGroup&) = delete;
  CryptoGroup& operator=(const CryptoGroup&) = delete;

  [[nodiscard]] const std::vector<Operation>& operations() const noexcept { return operations_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// Of one member's whole state, as it is stored.
  [[nodiscard]] std::size_t stored_bytes() const { return creator_.serialize().size(); }
  /// On the heap, for one member's state.
  [[nodiscard]] std::size_t heap_bytes() const;

 private:
  static mls::Group make(const std::string& name, Random& random);
  void add_commit(const std::string& name, const mls::CommitParams& params, std::size_t newcomers);
  void add_create();
  void add_join();
  void add_messages();
  [[nodiscard]] Calls committing(const mls::StagedCommit& staged, std::size_t newcomers) const;
  [[nodiscard]] Calls processing(const mls::StagedCommit& staged, std::size_t newcomers) const;

  std::size_t size_;
  mls::Group creator_;  // leaf 0
  mls::Group second_;   // leaf 1
  Bytes welcome_;       // of the commit that added the second member and all others
  std::vector<mls::KeyPackagePrivate> packages_;
  std::vector<Operation> operations_;
};

/// The processor time of this thread for one run of `work`, in milliseconds: a shared machine's other work is not in it. What it
/// leaves in the caches is, if the processor was taken away meanwhile (`was_disturbed`).
struct Measured {
  double milliseconds = 0;
  bool was_disturbed = false;
};
[[nodiscard]] Measured measure(const std::function<void()>& work);
/// The floor takes no memory, an operation does. What is the allocator's own and no part of the operation is kept out of its time:
/// that pages which an earlier run gave back to the system are taken again (`keep_freed_memory`, once), and that the first larger
/// block makes glibc sort all the small ones that `prepare` freed with the group of the run before (`settle_allocator`, after each
/// `prepare`; 0.06 ms for a group of 1000, as much as a message).
void keep_freed_memory();
void settle_allocator();
[[nodiscard]] double median(std::vector<double> values);
/// How often an operation is run in a group of `size`.
[[nodiscard]] int runs_for(std::size_t size);

}  // namespace muistio::bench
