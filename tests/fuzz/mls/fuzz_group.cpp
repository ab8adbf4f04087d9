// A stored group, as a damaged disk may give it back: it is refused, or it can be used without harm.
#include <cstdlib>

#include "muistio/crypto/random.hpp"
#include "muistio/mls/group.hpp"

using namespace muistio;
using namespace muistio::mls;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static crypto::SystemRandom random;
  static_cast<void>(KeyPackagePrivate::deserialize({data, size}));
  auto group = Group::deserialize({data, size});
  if (!group) return 0;
  if (!equal(group->serialize().expose(), BytesView(data, size))) std::abort();
  static_cast<void>(group->export_secret("fuzz", {}, 32));
  static_cast<void>(group->stage_commit({}, random));
  static_cast<void>(group->protect(as_bytes("fuzz"), {}, random));
  return 0;
}
