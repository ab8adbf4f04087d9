#include "muistio/mls/grease.hpp"

namespace muistio::mls {

std::uint16_t grease_value(Random& random) {
  std::uint8_t byte[1];
  do random.fill(byte);
  while (byte[0] >> 4 == 0x0f);
  return static_cast<std::uint16_t>((byte[0] >> 4) * 0x1010 + 0x0a0a);
}

Extension grease_extension(Random& random) {
  std::uint8_t size[1];
  random.fill(size);
  Extension made{static_cast<ExtensionType>(grease_value(random)), Bytes(size[0] & 0x0f)};
  random.fill(made.extension_data);
  return made;
}

void add_grease(LeafConfig& leaf, Random& random) {
  auto& capabilities = leaf.capabilities;
  capabilities.cipher_suites.push_back(static_cast<CipherSuite>(grease_value(random)));
  capabilities.proposals.push_back(static_cast<ProposalType>(grease_value(random)));
  capabilities.credentials.push_back(static_cast<CredentialType>(grease_value(random)));
  leaf.extensions.push_back(grease_extension(random));
  capabilities.extensions.push_back(leaf.extensions.back().extension_type);
}

}  // namespace muistio::mls
