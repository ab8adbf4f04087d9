#include "bench_crypto_group.hpp"

#include <malloc.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>

#include "muistio/crypto/random.hpp"
#include "muistio/mls/tree_math.hpp"

namespace muistio::bench {
namespace {
using namespace mls;

// Rough sizes of what is hashed and signed; a little more or less changes none of the calls' times by much.
constexpr std::size_t kLeafBytes = 260;
constexpr std::size_t kParentHashInput = 110;
constexpr std::size_t kContextBytes = 200;
// joiner 2, member 1, welcome 1, epoch 1, nine secrets of the epoch, the confirmation tag
constexpr std::size_t kKeyScheduleMacs = 15;
// "node", DeriveKeyPair 2, "path"
constexpr std::size_t kPathNodeMacs = 4;

crypto::SystemRandom& system_random() {
  static crypto::SystemRandom random;
  return random;
}

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message());
  return std::move(result).value();
}

LeafConfig leaf_of_member(const std::string& name) {
  LeafConfig leaf;
  leaf.credential = to_bytes(as_bytes(name));
  leaf.lifetime = {1'700'000'000, 1'800'000'000};
  return leaf;
}

KeyPackagePrivate package(const std::string& name) {
  return must(generate_key_package(leaf_of_member(name), crypto::SigningKey::generate(system_random()), system_random()));
}

std::size_t depth(const RatchetTree& tree) { return level(root(tree.leaf_count())); }

// The key of a message: the ways down the secret tree, two ratchets, key, nonce and next secret, key and nonce of the sender data.
std::size_t message_macs(const RatchetTree& tree) { return 2 * depth(tree) + 2 + 3 + 2; }

// The new hashes after a path: the leaf and its ancestors, and their parent hashes.
std::vector<std::size_t> path_hashes(const RatchetTree& tree) {
  std::vector<std::size_t> sizes{kLeafBytes};
  for (std::size_t i = 0; i < depth(tree); ++i) {
    sizes.push_back(kParentHashInput + 70);
    sizes.push_back(kParentHashInput);
  }
  return sizes;
}
}  // namespace

CryptoGroup::CryptoGroup(std::size_t size) : size_(size), creator_(make("m0", system_random())), second_(creator_.clone()) {
  CommitParams params;
  for (std::size_t i = 1; i < size; ++i) {
    packages_.push_back(package("m" + std::to_string(i)));
    params.proposals.push_back({Add{packages_.back().key_package}});
    // One commit holds so many proposals; the last of several adds the second member too, so that all welcomes are alike.
    if (params.proposals.size() == ProposalOrRef::kListMax && i + 1 < size) {
      creator_ = std::move(must(creator_.stage_commit(params, system_random())).next);
      params.proposals.clear();
    }
  }
  auto staged = must(creator_.stage_commit(params, system_random()));
  creator_ = std::move(staged.next);
  welcome_ = std::move(*staged.welcome_message);
  second_ = must(Group::join(welcome_, packages_.back())).group;

  add_create();
  CommitParams adding;
  const auto newcomer = package("newcomer");
  adding.proposals = {{Add{newcomer.key_package}}};
  add_commit("add", adding, 1);
  add_commit("update", {}, 0);
  if (size > 2) {
    CommitParams removing;
    const auto victim = second_.own_leaf() == LeafIndex(1) ? LeafIndex(2) : LeafIndex(1);
    removing.proposals = {{Remove{victim}}};
    add_commit("remove", removing, 0);
  }
  add_join();
  add_messages();
}

Group CryptoGroup::make(const std::string& name, Random& random) {
  GroupConfig config;
  config.group_id = to_bytes(as_bytes("a group of some members"));
  config.leaf = leaf_of_member(name);
  return must(Group::create(config, crypto::SigningKey::generate(random), random));
}

std::size_t CryptoGroup::heap_bytes() const {
  constexpr std::size_t kCopies = 32;  // so that what the allocator keeps at hand weighs little
  std::vector<Group> copies;
  copies.reserve(kCopies);
  const auto before = mallinfo2();
  for (std::size_t i = 0; i < kCopies; ++i) copies.push_back(creator_.clone());
  const auto after = mallinfo2();
  return (after.uordblks + after.hblkhd - before.uordblks - before.hblkhd) / kCopies;
}

Calls CryptoGroup::committing(const StagedCommit& staged, std::size_t newcomers) const {
  const auto& tree = staged.next.tree();
  const auto steps = tree.filtered_direct_path(creator_.own_leaf());
  std::set<LeafIndex> added;
  if (newcomers > 0)
    tree.for_each_leaf([&](LeafIndex index, const LeafNode& leaf) {
      if (!creator_.tree().leaf(index) || creator_.tree().leaf(index)->signature_key != leaf.signature_key) added.insert(index);
    });
  std::size_t seals = 0;
  for (const auto& step : steps) seals += tree.resolution(step.copath_child, added).size();
  const auto message = staged.commit_message.size();
  Calls calls = hpke_seals(seals, kHashBytes);
  calls.base_multiplications += steps.size() + 1;
  calls.macs += steps.size() * kPathNodeMacs + kKeyScheduleMacs + message_macs(tree);
  calls.signatures = {kLeafBytes, message};
  calls.hashes = path_hashes(tree);
  calls.hashes.push_back(message);
  calls.aeads.push_back(message);
  if (newcomers > 0) {
    const auto info = encoded(tree).size() + kContextBytes;
    calls += hpke_seals(newcomers, 100);
    calls.verifications.assign(2 * newcomers, kLeafBytes);
    calls.signatures.push_back(info);
    calls.aeads.push_back(info);
    calls.hashes.push_back(2 * kLeafBytes);
  }
  return calls;
}

Calls CryptoGroup::processing(const StagedCommit& staged, std::size_t newcomers) const {
  const auto& tree = staged.next.tree();
  const auto message = staged.commit_message.size();
  std::size_t derived = 0;
  const auto self = node_of(second_.own_leaf());
  for (const auto& step : tree.filtered_direct_path(creator_.own_leaf()))
    if (is_in_subtree(self, step.node)) ++derived;
  Calls calls = hpke_open(kHashBytes);
  calls.base_multiplications = derived;
  calls.macs += derived * kPathNodeMacs + kKeyScheduleMacs + message_macs(tree);
  calls.verifications.assign(1 + 2 * newcomers, kLeafBytes);
  calls.verifications.push_back(message);
  calls.hashes = path_hashes(tree);
  calls.hashes.push_back(message);
  calls.aeads.push_back(message);
  return calls;
}

void CryptoGroup::add_commit(const std::string& name, const CommitParams& params, std::size_t newcomers) {
  auto acting = std::make_shared<std::optional<Group>>();
  auto staged = std::make_shared<StagedCommit>(must(creator_.clone().stage_commit(params, system_random())));
  const auto welcome = staged->welcome_message ? staged->welcome_message->size() : 0;
  operations_.push_back({name, [this, acting] { *acting = creator_.clone(); },
                         [acting, params] { static_cast<void>(must((*acting)->stage_commit(params, system_random()))); },
                         committing(*staged, newcomers), staged->commit_message.size() + welcome});
  operations_.push_back({"process " + name, [this, acting] { *acting = second_.clone(); },
                         [acting, staged] {
                           const auto opened = must((*acting)->open(staged->commit_message));
                           static_cast<void>(must((*acting)->apply_commit(opened)));
                         },
                         processing(*staged, newcomers), staged->commit_message.size()});
}

void CryptoGroup::add_create() {
  Calls calls;
  calls.base_multiplications = 1;
  calls.signatures = {kLeafBytes};
  calls.macs = 10;
  calls.hashes = {kLeafBytes};
  auto key = std::make_shared<std::optional<crypto::SigningKey>>();
  operations_.push_back({"create", [key] { *key = crypto::SigningKey::generate(system_random()); },
                         [key] {
                           GroupConfig config;
                           config.group_id = to_bytes(as_bytes("a group of some members"));
                           config.leaf = leaf_of_member("m0");
                           static_cast<void>(must(Group::create(config, **key, system_random())));
                         },
                         calls, 0});
}

void CryptoGroup::add_join() {
  const auto& tree = second_.tree();
  const auto info = encoded(tree).size() + kContextBytes;
  std::size_t derived = 0, parents = 0;
  for (const auto& step : tree.filtered_direct_path(creator_.own_leaf()))
    if (is_in_subtree(node_of(second_.own_leaf()), step.node)) ++derived;
  for (std::uint32_t i = 1; i < node_count(tree.leaf_count()); i += 2)
    if (tree.parent_node(NodeIndex(i))) ++parents;
  Calls calls = hpke_open(100);
  calls.base_multiplications = derived;
  calls.macs += derived * kPathNodeMacs + kKeyScheduleMacs - 2;
  calls.verifications.assign(tree.member_count(), kLeafBytes);
  calls.verifications.push_back(info);
  calls.hashes.assign(tree.leaf_count().value(), kLeafBytes);
  calls.hashes.insert(calls.hashes.end(), tree.leaf_count().value() - 1, 75);
  calls.hashes.insert(calls.hashes.end(), 2 * parents, kParentHashInput);
  calls.hashes.push_back(2 * kLeafBytes);
  calls.aeads.push_back(info);
  operations_.push_back(
      {"join", [] {}, [this] { static_cast<void>(must(Group::join(welcome_, packages_.back()))); }, calls, welcome_.size()});
}

void CryptoGroup::add_messages() {
  static const Bytes kText(1024, 'm');
  auto acting = std::make_shared<std::optional<Group>>();
  const auto message = std::make_shared<Bytes>(must(creator_.clone().protect(kText, {}, system_random())));
  Calls sealing;
  sealing.macs = message_macs(creator_.tree());
  sealing.aeads = {message->size(), 12};
  auto opening = sealing;
  sealing.signatures = {kText.size() + kContextBytes};
  opening.verifications = sealing.signatures;
  operations_.push_back({"encrypt 1 KiB", [this, acting] { *acting = creator_.clone(); },
                         [acting] { static_cast<void>(must((*acting)->protect(kText, {}, system_random()))); }, sealing,
                         message->size()});
  operations_.push_back({"decrypt 1 KiB", [this, acting] { *acting = second_.clone(); },
                         [acting, message] { static_cast<void>(must((*acting)->open(*message))); }, opening, message->size()});
}

Measured measure(const std::function<void()>& work) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
  };
  const auto interruptions = [] {
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nivcsw;
  };
  const auto before = interruptions();
  const auto start = now();
  work();
  const auto end = now();
  return {end - start, interruptions() != before};
}

void keep_freed_memory() {
  constexpr int kNever = 1 << 30;
  mallopt(M_TRIM_THRESHOLD, kNever);
  mallopt(M_MMAP_THRESHOLD, kNever);
}

void settle_allocator() {
  constexpr std::size_t kLargerThanAnyBin = std::size_t{1} << 20;
  std::vector<char> block(kLargerThanAnyBin);
  static volatile char sink;
  sink = block.back();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

int runs_for(std::size_t size) { return size >= 1000 ? 15 : size >= 100 ? 21 : 51; }

}  // namespace muistio::bench
