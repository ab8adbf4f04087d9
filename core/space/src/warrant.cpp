#include "muistio/space/warrant.hpp"

#include <algorithm>

#include "base64url.hpp"
#include "formats.hpp"

namespace muistio::space {
namespace {

constexpr const char* kLabel = "muistio warrant 1";
constexpr std::string_view kPrefix = "muistio-warrant:";

Bytes number(std::uint64_t value) { return Writer().u64(value).bytes(); }

Result<Warrant> read_body(BytesView body) {
  Reader in(body);
  Warrant warrant;
  auto& terms = warrant.terms;
  MUISTIO_TRY(auto kind, in.u8());
  if (kind < 1 || kind > 3) return fail(ErrorCode::malformed, "an unknown kind of warrant");
  terms.kind = static_cast<WarrantKind>(kind);
  MUISTIO_TRY(terms.space, in.fixed<SpaceId>());
  MUISTIO_TRY(terms.charter_version, in.u64());
  MUISTIO_TRY(terms.subject, in.fixed<MemberId>());
  MUISTIO_TRY(auto count, in.varint_at_most(kWarrantSignaturesMax));
  if (count == 0) return fail(ErrorCode::malformed, "a warrant that nobody signed");
  for (std::uint64_t i = 0; i < count; ++i) {
    WarrantSignature one;
    MUISTIO_TRY(one.device, in.fixed<DeviceId>());
    MUISTIO_TRY(one.signature, in.fixed<crypto::Signature>());
    if (!warrant.signatures.empty() && !(warrant.signatures.back().device < one.device))
      return fail(ErrorCode::malformed, "signatures are not sorted or come twice");
    warrant.signatures.push_back(one);
  }
  MUISTIO_CHECK(in.finish());
  return warrant;
}

}  // namespace

WarrantSignature sign_warrant(const WarrantTerms& terms, const DeviceKeys& keys) {
  const auto kind = static_cast<std::uint8_t>(terms.kind);
  return {keys.device(), keys.signing_key().sign(kLabel, {terms.space.view(), number(terms.charter_version), terms.subject.view(),
                                                          BytesView(&kind, 1)})};
}

Status verify_warrant(const WarrantTerms& terms, const WarrantSignature& signature, const crypto::VerifyKey& device_sig_pub) {
  const auto kind = static_cast<std::uint8_t>(terms.kind);
  return crypto::verify(device_sig_pub, kLabel,
                        {terms.space.view(), number(terms.charter_version), terms.subject.view(), BytesView(&kind, 1)},
                        signature.signature);
}

void Warrant::add(const WarrantSignature& signature) {
  const auto place = std::lower_bound(signatures.begin(), signatures.end(), signature,
                                      [](const auto& left, const auto& right) { return left.device < right.device; });
  if (place == signatures.end() || place->device != signature.device) signatures.insert(place, signature);
}

Bytes Warrant::encode() const {
  Writer body;
  body.u8(static_cast<std::uint8_t>(terms.kind)).raw(terms.space.view()).u64(terms.charter_version).raw(terms.subject.view());
  body.varint(signatures.size());
  for (const auto& one : signatures) body.raw(one.device.view()).raw(one.signature.view());
  return encode_format(Format::warrant, body.bytes());
}

Result<Warrant> Warrant::decode(BytesView bytes) {
  MUISTIO_TRY(auto body, decode_format(Format::warrant, bytes, kWarrantTextMax));
  return read_body(body);
}

std::string Warrant::text() const { return std::string(kPrefix) + to_base64url(encode()); }

Result<Warrant> Warrant::parse(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  if (text.size() > kWarrantTextMax) return fail(ErrorCode::too_large, "a warrant");
  if (text.substr(0, kPrefix.size()) != kPrefix) return fail(ErrorCode::malformed, "this is no warrant");
  MUISTIO_TRY(auto bytes, from_base64url(text.substr(kPrefix.size())));
  return decode(bytes);
}

}  // namespace muistio::space
