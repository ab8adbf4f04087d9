// Every MLS object that comes from outside: decoding must end, and what decodes must encode to the same bytes.
#include <cstdlib>

#include "muistio/mls/group.hpp"

using namespace muistio;
using namespace muistio::mls;

namespace {
template <class T>
std::optional<T> round_trip(BytesView input) {
  auto parsed = decoded<T>(input);
  if (!parsed) return std::nullopt;
  if (!equal(encoded(*parsed), input)) std::abort();
  return std::move(*parsed);
}

void try_message(BytesView input) {
  auto message = round_trip<MLSMessage>(input);
  if (!message) return;
  if (const auto* package = std::get_if<KeyPackage>(&message->content)) static_cast<void>(package->validate());
}

void try_tree(BytesView input) {
  auto tree = round_trip<RatchetTree>(input);
  if (!tree) return;
  static_cast<void>(tree->tree_hash());
  if (tree->verify_structure()) static_cast<void>(tree->verify_parent_hashes());
  static_cast<void>(tree->filtered_direct_path(LeafIndex(0)));
  if (tree->leaf(LeafIndex(0))) tree->remove(LeafIndex(0));
  static_cast<void>(tree->make_room());
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const BytesView input(data + 1, size - 1);
  switch (data[0] % 8) {
    case 0:
      try_message(input);
      break;
    case 1:
      try_tree(input);
      break;
    case 2:
      static_cast<void>(round_trip<Proposal>(input));
      break;
    case 3:
      static_cast<void>(round_trip<Commit>(input));
      break;
    case 4:
      static_cast<void>(round_trip<GroupSecrets>(input));
      break;
    case 5:
      static_cast<void>(round_trip<GroupInfo>(input));
      break;
    case 6:
      static_cast<void>(round_trip<AuthenticatedContent>(input));
      break;
    default:
      static_cast<void>(round_trip<GroupContext>(input));
      break;
  }
  return 0;
}
