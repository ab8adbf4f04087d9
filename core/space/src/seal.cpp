#include "muistio/space/seal.hpp"

#include "base64url.hpp"
#include "formats.hpp"

namespace muistio::space {
namespace {

constexpr std::string_view kSealScheme = "muistio-seal:";
constexpr std::string_view kReopenScheme = "muistio-reopen:";
constexpr std::size_t kEncodedBytesMax = 256;

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

Result<Bytes> bytes_of(std::string_view text, std::string_view scheme) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  if (text.size() > kSealCharactersMax) return fail(ErrorCode::too_large, "a seal has at most 400 characters");
  if (text.substr(0, scheme.size()) != scheme) return fail(ErrorCode::malformed, "it does not begin with " + std::string(scheme));
  return from_base64url(text.substr(scheme.size()));
}

}  // namespace

Bytes MeetingSeal::signed_part() const {
  Writer out;
  out.raw(space.view()).u64(epoch.value()).u64(seq.value()).raw(log_hash.view()).raw(epoch_authenticator.view());
  out.raw(device.view()).u64(own_index.value());
  return std::move(out).take();
}

Bytes MeetingSeal::encode() const {
  auto body = signed_part();
  append(body, signature.view());
  return encode_format(Format::seal, body);
}

Result<MeetingSeal> MeetingSeal::decode(BytesView bytes) {
  MUISTIO_TRY(auto body, decode_format(Format::seal, bytes, kEncodedBytesMax));
  Reader in(body);
  MeetingSeal seal;
  MUISTIO_TRY(seal.space, in.fixed<SpaceId>());
  MUISTIO_TRY(auto epoch, in.u64());
  seal.epoch = Epoch(epoch);
  MUISTIO_TRY(auto seq, in.u64());
  seal.seq = Seq(seq);
  MUISTIO_TRY(seal.log_hash, in.fixed<Hash>());
  MUISTIO_TRY(seal.epoch_authenticator, in.fixed<Hash>());
  MUISTIO_TRY(seal.device, in.fixed<DeviceId>());
  MUISTIO_TRY(auto index, in.u64());
  seal.own_index = BatchIndex(index);
  MUISTIO_TRY(seal.signature, in.fixed<crypto::Signature>());
  MUISTIO_CHECK(in.finish());
  return seal;
}

std::string MeetingSeal::text() const { return std::string(kSealScheme) + to_base64url(encode()); }

Result<MeetingSeal> MeetingSeal::parse(std::string_view text) {
  MUISTIO_TRY(auto bytes, bytes_of(text, kSealScheme));
  return decode(bytes);
}

Bytes Reopening::signed_part() const {
  Writer out;
  out.raw(space.view()).u64(epoch.value()).u64(seq.value()).raw(log_hash.view()).raw(device.view());
  return std::move(out).take();
}

Bytes Reopening::encode() const {
  auto body = signed_part();
  append(body, signature.view());
  return encode_format(Format::reopen, body);
}

Result<Reopening> Reopening::decode(BytesView bytes) {
  MUISTIO_TRY(auto body, decode_format(Format::reopen, bytes, kEncodedBytesMax));
  Reader in(body);
  Reopening reopening;
  MUISTIO_TRY(reopening.space, in.fixed<SpaceId>());
  MUISTIO_TRY(auto epoch, in.u64());
  reopening.epoch = Epoch(epoch);
  MUISTIO_TRY(auto seq, in.u64());
  reopening.seq = Seq(seq);
  MUISTIO_TRY(reopening.log_hash, in.fixed<Hash>());
  MUISTIO_TRY(reopening.device, in.fixed<DeviceId>());
  MUISTIO_TRY(reopening.signature, in.fixed<crypto::Signature>());
  MUISTIO_CHECK(in.finish());
  return reopening;
}

std::string Reopening::text() const { return std::string(kReopenScheme) + to_base64url(encode()); }

Result<Reopening> Reopening::parse(std::string_view text) {
  MUISTIO_TRY(auto bytes, bytes_of(text, kReopenScheme));
  return decode(bytes);
}

}  // namespace muistio::space
