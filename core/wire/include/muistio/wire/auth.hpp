// What a device signs to show the server that it holds an authentication key (R10).
#pragma once

#include <cstdint>
#include <string_view>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/strong.hpp"
#include "muistio/wire/record.hpp"

namespace muistio::wire {

/// Chosen by the server for each connection.
using ChallengeNonce = StrongBytes<struct ChallengeNonceTag, 32>;
/// 32 bytes of TLS 1.3 exporter output (RFC 8446 §7.5) with the label `tls_exporter_label` and an empty context.
using TlsExporter = StrongBytes<struct TlsExporterTag, 32>;
/// An Ed25519 signature.
using AuthSignature = StrongBytes<struct AuthSignatureTag, 64>;

inline constexpr std::string_view tls_exporter_label = "EXPORTER-muistio-auth-1";
/// Sec-WebSocket-Protocol; both ends insist on it.
inline constexpr std::string_view websocket_subprotocol = "muistio.1";

/// The other one, for pages in browsers: what is signed has `web_binding` in place of the exporter (docs/decisions/0110).
inline constexpr std::string_view websocket_subprotocol_web = "muistio.1.web";

enum class AuthPurpose : std::uint8_t { create = 1, open = 2, withdraw = 3, boxes = 4 };

/// The bytes to sign with Ed25519 as they are (crypto's sign_raw): "muistio auth 1" ‖ purpose (1 byte) ‖ space ‖ nonce ‖
/// server_name ‖ exporter, each with its length before it as a varint (crypto's join_fields). `server_name` is the Challenge's,
/// once the client has checked it against the name it dialled.
[[nodiscard]] Bytes auth_message(AuthPurpose purpose, const SpaceId& space, const ChallengeNonce& nonce,
                                 std::string_view server_name, const TlsExporter& exporter);

/// What stands for the exporter where there is none to be had, in a browser: SHA-256("muistio web 1" ‖ host ‖ origin), by crypto's
/// labelled_hash. `host` is HOST[:PORT] as dialled, lower case, the port only if it is not 443; `origin` is the page's.
[[nodiscard]] TlsExporter web_binding(std::string_view host, std::string_view origin);

/// SHA-256("muistio locator 1" ‖ key): the locator whose boxes `key` fetches.
[[nodiscard]] BoxLocator locator_of(const AuthKey& key);
/// The space that auth_message names for the boxes of a locator: its first 16 bytes.
[[nodiscard]] SpaceId space_of(const BoxLocator& locator);

}  // namespace muistio::wire
