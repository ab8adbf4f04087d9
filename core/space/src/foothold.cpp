#include "muistio/space/foothold.hpp"

#include "formats.hpp"
#include "muistio/wire/limits.hpp"

namespace muistio::space {

Foothold Foothold::clone() const { return {space, kind, epoch, key.clone(), seen, hosts}; }

void Foothold::write(Writer& out) const {
  out.raw(space.view()).u8(static_cast<std::uint8_t>(kind)).u64(epoch.value()).raw(key.expose());
  out.u64(seen.seq.value()).raw(seen.log_hash.view()).varint(hosts.size());
  for (const auto& host : hosts) out.raw(host.view());
}

Result<Foothold> Foothold::read(Reader& in) {
  Foothold made;
  MUISTIO_TRY(made.space, in.fixed<SpaceId>());
  MUISTIO_TRY(const auto kind, in.u8());
  if (kind < 1 || kind > static_cast<std::uint8_t>(SpaceKind::desk)) return fail(ErrorCode::malformed, "an unknown kind of space");
  made.kind = static_cast<SpaceKind>(kind);
  MUISTIO_TRY(const auto epoch, in.u64());
  made.epoch = Epoch(epoch);
  MUISTIO_TRY(const auto key, in.take(ContentKey::size_bytes));
  MUISTIO_TRY(made.key, ContentKey::from_bytes(key));
  MUISTIO_TRY(const auto seq, in.u64());
  made.seen.seq = Seq(seq);
  MUISTIO_TRY(made.seen.log_hash, in.fixed<Hash>());
  MUISTIO_TRY(const auto hosts, in.varint_at_most(kFootholdHostsMax));
  for (std::uint64_t i = 0; i < hosts; ++i) {
    MUISTIO_TRY(const auto host, in.fixed<MemberId>());
    made.hosts.push_back(host);
  }
  return made;
}

SecretBytes encode_footholds(const std::vector<Foothold>& footholds) {
  Writer body;
  body.reserve(footholds.size() * 256 + 16);
  body.varint(footholds.size());
  for (const auto& each : footholds) each.write(body);
  const SecretBytes plain(std::move(body).take());
  return SecretBytes(encode_format(Format::footholds, plain.expose()));
}

Result<std::vector<Foothold>> decode_footholds(BytesView bytes) {
  MUISTIO_TRY(auto plain, decode_format(Format::footholds, bytes, wire::limits::kMiB));
  const SecretBytes body(std::move(plain));
  Reader in(body.expose());
  MUISTIO_TRY(const auto count, in.varint_at_most(kFootholdsMax));
  std::vector<Foothold> footholds;
  for (std::uint64_t i = 0; i < count; ++i) {
    MUISTIO_TRY(auto each, Foothold::read(in));
    footholds.push_back(std::move(each));
  }
  MUISTIO_CHECK(in.finish());
  return footholds;
}

}  // namespace muistio::space
