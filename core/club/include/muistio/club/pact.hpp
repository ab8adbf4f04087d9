// The pact: what the members of a club have agreed on, in versions, and who signed which text.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/club/records.hpp"
#include "muistio/crypto/signature.hpp"
#include "muistio/replica/change_builder.hpp"

namespace muistio::club {

inline constexpr DocumentType kPact{0x10};       // one a version; made by a host
inline constexpr DocumentType kSignature{0x11};  // a statement about one version
inline constexpr FieldId kPactText{0x1001};      // register: UTF-8, 1 to kPactBytesMax bytes; the device that made it
inline constexpr FieldId kSignatureOf{0x1101};   // register: pact 16 ‖ SHA-256 of the text 32 ‖ device key 32 ‖ signature 64

inline constexpr std::size_t kPactBytesMax = 16 * 1024;

/// What a device signs: under kPactLabel, the id of the version's document, then the SHA-256 of its text.
inline constexpr std::string_view kPactLabel = "muistio pact 1";
[[nodiscard]] Hash pact_text_hash(std::string_view text);

struct PactSignature {
  DocumentId pact;
  Hash text;
  crypto::VerifyKey key;
  crypto::Signature signature;
};
[[nodiscard]] Bytes encode_pact_signature(const PactSignature& signature);
/// Reads a signature and verifies it as `device`'s: the key must be the one that the device's id was made from. Errors: malformed,
/// bad_signature.
[[nodiscard]] Result<PactSignature> decode_pact_signature(BytesView bytes, const DeviceId& device);

/// A new version, the one that counts from now on. The author must be a host. Errors: not_utf8, too_large, invalid_argument
/// (empty).
Result<DocumentId> create_pact(replica::ChangeBuilder& builder, Random& random, std::string_view text);
/// Keeps this device's signature. Errors: bad_signature.
Status sign_pact(replica::ChangeBuilder& builder, const PactSignature& signature);

struct Signer {
  MemberId member;
  WallMs at;
  friend bool operator==(const Signer&, const Signer&) = default;
};

struct PactVersion {
  DocumentId id;
  std::string text;
  Hash hash;  // of the text
  MemberId maker;
  WallMs created;
  std::vector<Signer> signers;  // of this exact text, by member
  friend bool operator==(const PactVersion&, const PactVersion&) = default;
};

/// All versions, oldest first: the last one counts. Of two that hosts made without knowing of each other, the one with the later
/// stamp, on every device.
[[nodiscard]] Result<std::vector<PactVersion>> list_pacts(replica::Replica& documents, const Records& records);
/// Those of `members` who have not signed the version, in their order.
[[nodiscard]] std::vector<MemberId> not_signed(const PactVersion& version, std::span<const MemberId> members);

}  // namespace muistio::club
