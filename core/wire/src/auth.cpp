#include "muistio/wire/auth.hpp"

#include <array>

#include "muistio/crypto/hash.hpp"

namespace muistio::wire {

Bytes auth_message(AuthPurpose purpose, const SpaceId& space, const ChallengeNonce& nonce, std::string_view server_name,
                   const TlsExporter& exporter) {
  const std::array<std::uint8_t, 1> purpose_byte{static_cast<std::uint8_t>(purpose)};
  return crypto::join_fields("muistio auth 1", {purpose_byte, space.view(), nonce.view(), as_bytes(server_name), exporter.view()});
}

TlsExporter web_binding(std::string_view host, std::string_view origin) {
  return TlsExporter(crypto::labelled_hash("muistio web 1", {as_bytes(host), as_bytes(origin)}).array());
}

BoxLocator locator_of(const AuthKey& key) {
  return BoxLocator(crypto::labelled_hash("muistio locator 1", {key.view()}).array());
}

SpaceId space_of(const BoxLocator& locator) { return SpaceId::from_bytes(locator.view().first(SpaceId::size_bytes)).value(); }

}  // namespace muistio::wire
