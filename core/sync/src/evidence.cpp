#include "evidence.hpp"

#include "muistio/base/reader.hpp"
#include "muistio/space/seal.hpp"

namespace muistio::sync {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kDetailBytesMax = 512;
constexpr std::size_t kSealBytesMax = 256;
constexpr std::size_t kRepairsMax = 4096;

constexpr std::uint8_t kUntilReopened = 1;
constexpr std::uint8_t kRestored = 2;
constexpr std::uint8_t kPutBack = 4;

Result<PinSource> read_source(Reader& in) {
  MUISTIO_TRY(auto number, in.u8());
  if (number < 1 || number > 5) return fail(ErrorCode::malformed, "an unknown source");
  return static_cast<PinSource>(number);
}

Result<Evidence> read(Reader& in) {
  Evidence made;
  MUISTIO_TRY(auto flags, in.u8());
  if (flags > 7) return fail(ErrorCode::malformed, "an unknown flag");
  made.until_reopened = (flags & kUntilReopened) != 0;
  made.restored = (flags & kRestored) != 0;
  made.put_back = (flags & kPutBack) != 0;
  MUISTIO_TRY(auto tail_first, in.u64());
  made.tail_first = Seq(tail_first);
  MUISTIO_TRY(made.tail_bytes, in.u64());
  MUISTIO_TRY(auto server_head, in.u64());
  made.server_head = Seq(server_head);
  MUISTIO_TRY(auto pins, in.varint_at_most(kPinsMax));
  for (std::uint64_t i = 0; i < pins; ++i) {
    Pin pin;
    MUISTIO_TRY(auto seq, in.u64());
    if (!made.pins.empty() && Seq(seq) <= made.pins.rbegin()->first) return fail(ErrorCode::malformed, "pins out of order");
    MUISTIO_TRY(pin.hash, in.fixed<Hash>());
    MUISTIO_TRY(pin.source, read_source(in));
    MUISTIO_TRY(auto seal, in.block(kSealBytesMax));
    pin.seal = to_bytes(seal);
    made.pins.emplace(Seq(seq), std::move(pin));
  }
  MUISTIO_TRY(auto proofs, in.varint_at_most(kProofsMax));
  for (std::uint64_t i = 0; i < proofs; ++i) {
    Proof proof;
    MUISTIO_TRY(auto noticed, in.u64());
    proof.noticed = WallMs(static_cast<std::int64_t>(noticed));
    MUISTIO_TRY(auto code, in.u16());
    MUISTIO_TRY(auto detail, in.block(kDetailBytesMax));
    proof.error = {static_cast<ErrorCode>(code), std::string(as_text(detail))};
    MUISTIO_TRY(auto seq, in.u64());
    proof.seq = Seq(seq);
    MUISTIO_TRY(proof.held, in.fixed<Hash>());
    MUISTIO_TRY(proof.shown, in.fixed<Hash>());
    MUISTIO_TRY(proof.source, read_source(in));
    made.proofs.push_back(std::move(proof));
  }
  MUISTIO_TRY(auto repairs, in.varint_at_most(kRepairsMax));
  for (std::uint64_t i = 0; i < repairs; ++i) {
    wire::AccessChange change;
    MUISTIO_TRY(auto op, in.u8());
    if (op < 1 || op > 2) return fail(ErrorCode::malformed, "an unknown change of access");
    change.op = static_cast<wire::AccessChange::Op>(op);
    MUISTIO_TRY(change.key, in.fixed<wire::AuthKey>());
    made.repairs.push_back(change);
  }
  MUISTIO_CHECK(in.finish());
  return made;
}

}  // namespace

bool Evidence::is_empty() const {
  return pins.empty() && proofs.empty() && repairs.empty() && tail_first == Seq{} && !until_reopened && !restored && !put_back;
}

Bytes Evidence::encode() const {
  Writer out;
  out.u8(kVersion);
  out.u8(static_cast<std::uint8_t>((until_reopened ? kUntilReopened : 0) | (restored ? kRestored : 0) | (put_back ? kPutBack : 0)));
  out.u64(tail_first.value()).u64(tail_bytes).u64(server_head.value()).varint(pins.size());
  for (const auto& [seq, pin] : pins)
    out.u64(seq.value()).raw(pin.hash.view()).u8(static_cast<std::uint8_t>(pin.source)).block(pin.seal);
  out.varint(proofs.size());
  for (const auto& proof : proofs) {
    out.u64(static_cast<std::uint64_t>(proof.noticed.value())).u16(static_cast<std::uint16_t>(proof.error.code));
    out.block(as_bytes(std::string_view(proof.error.detail).substr(0, kDetailBytesMax))).u64(proof.seq.value());
    out.raw(proof.held.view()).raw(proof.shown.view()).u8(static_cast<std::uint8_t>(proof.source));
  }
  out.varint(repairs.size());
  for (const auto& change : repairs) out.u8(static_cast<std::uint8_t>(change.op)).raw(change.key.view());
  return std::move(out).take();
}

Result<Evidence> Evidence::decode(BytesView bytes) {
  Reader in(bytes);
  const auto version = in.u8();
  if (version && *version > kVersion) return fail(ErrorCode::unsupported_version, "a row of sync");
  if (!version || *version != kVersion) return fail(ErrorCode::corrupt, "a row of evidence");
  auto made = read(in);
  if (!made) return fail(ErrorCode::corrupt, "a row of evidence: " + made.error().detail);
  return made;
}

bool Evidence::pin(Seq seq, Pin pin) {
  const auto held = pins.find(seq);
  if (held != pins.end()) return held->second.hash == pin.hash;
  if (pins.size() >= kPinsMax) pins.erase(pins.begin());
  pins.emplace(seq, std::move(pin));
  return true;
}

}  // namespace muistio::sync
