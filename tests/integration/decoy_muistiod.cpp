// A server that links mls, as muistiod must never do. It only shows that the check of symbols notices.
#include <cstdio>

#include "muistio/mls/group.hpp"
#include "muistio/wire/messages.hpp"

int main(int argc, char** argv) {
  const auto bytes = muistio::as_bytes(argc > 1 ? argv[1] : "");
  const bool frame = muistio::wire::decode_client_frame(bytes).has_value();
  const bool group = muistio::mls::Group::deserialize(bytes).has_value();
  std::printf("%d %d\n", frame, group);
  return 0;
}
