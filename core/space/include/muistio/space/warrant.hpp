// What members allow together by their signatures: a new host in the place of an offline or vanished one, or a newcomer (R12).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/crypto/signature.hpp"
#include "muistio/space/identity.hpp"

namespace muistio::space {

/// What a warrant allows.
enum class WarrantKind : std::uint8_t {
  give = 1,     // signed by a host: the subject becomes a host too
  replace = 2,  // signed by more than half of the members who are no hosts: the subject becomes the only host
  admit = 3,    // signed by the charter's quorum: the subject may be let in; subject zero: the quorum may be lowered
};

/// How long no host's device was seen when members replace the hosts: the signers' promise, in days.
inline constexpr std::uint32_t kVanishedDays = 30;

inline constexpr std::size_t kWarrantSignaturesMax = 256;
inline constexpr std::size_t kWarrantTextMax = 32 * 1024;

/// What is signed. It is good for one commit on one version of the charter.
struct WarrantTerms {
  WarrantKind kind = WarrantKind::give;
  SpaceId space;
  std::uint64_t charter_version = 0;  // before the commit
  MemberId subject;                   // the new host, or the newcomer
  friend bool operator==(const WarrantTerms&, const WarrantTerms&) = default;
};

/// A device's signature under the terms, by its signing key.
struct WarrantSignature {
  DeviceId device;
  crypto::Signature signature;
  friend bool operator==(const WarrantSignature&, const WarrantSignature&) = default;
};

[[nodiscard]] WarrantSignature sign_warrant(const WarrantTerms& terms, const DeviceKeys& keys);
/// Errors: bad_signature.
[[nodiscard]] Status verify_warrant(const WarrantTerms& terms, const WarrantSignature& signature, const crypto::VerifyKey& device_sig_pub);

/// Terms and who signed them. Plain value; any thread. With one signature also a member's vote.
struct Warrant {
  WarrantTerms terms;
  std::vector<WarrantSignature> signatures;  // sorted by device, none twice, at least one

  /// Adds a signature in its place; one of a device that signed already is passed over.
  void add(const WarrantSignature& signature);
  /// docs/formats/space.md, "Warrant".
  [[nodiscard]] Bytes encode() const;
  /// Errors: malformed, too_large, unsupported_version.
  [[nodiscard]] static Result<Warrant> decode(BytesView bytes);
  /// For a message or a QR code: "muistio-warrant:" and base64url.
  [[nodiscard]] std::string text() const;
  /// White space around it is passed over. Errors: as `decode`.
  [[nodiscard]] static Result<Warrant> parse(std::string_view text);
  friend bool operator==(const Warrant&, const Warrant&) = default;
};

}  // namespace muistio::space
