#include "muistio/space/charter.hpp"

#include <algorithm>
#include <string>

#include "formats.hpp"

namespace muistio::space {
namespace {

constexpr std::uint8_t kHasParent = 1;
constexpr std::uint8_t kHasPredecessor = 2;

void write_member(Writer& out, const CharterMember& entry) {
  out.raw(entry.member.view()).u8(static_cast<std::uint8_t>(entry.role)).u64(entry.first_era.value());
  out.u8(entry.successor_of ? 1 : 0);
  if (entry.successor_of) out.raw(entry.successor_of->view());
}

Result<CharterMember> read_member(Reader& in) {
  CharterMember entry;
  MUISTIO_TRY(entry.member, in.fixed<MemberId>());
  MUISTIO_TRY(auto role_number, in.u8());
  const auto role = role_from_number(role_number);
  if (!role) return fail(ErrorCode::malformed, "an unknown role");
  entry.role = *role;
  MUISTIO_TRY(auto first_era, in.u64());
  entry.first_era = Era(first_era);
  MUISTIO_TRY(auto has_successor, in.u8());
  if (has_successor > 1) return fail(ErrorCode::malformed, "a flag is neither 0 nor 1");
  if (has_successor == 1) {
    MUISTIO_TRY(entry.successor_of, in.fixed<MemberId>());
  }
  return entry;
}

Result<Charter> read_charter(BytesView body) {
  Reader in(body);
  Charter charter;
  MUISTIO_TRY(auto kind, in.u8());
  if (kind < 1 || kind > 4) return fail(ErrorCode::malformed, "an unknown kind of space");
  charter.kind = static_cast<SpaceKind>(kind);
  MUISTIO_TRY(auto flags, in.u8());
  if ((flags & ~(kHasParent | kHasPredecessor)) != 0) return fail(ErrorCode::malformed, "an unknown flag");
  if ((flags & kHasParent) != 0) {
    MUISTIO_TRY(charter.parent, in.fixed<SpaceId>());
  }
  if ((flags & kHasPredecessor) != 0) {
    Predecessor before;
    MUISTIO_TRY(before.space, in.fixed<SpaceId>());
    MUISTIO_TRY(auto seq, in.u64());
    before.seq = Seq(seq);
    MUISTIO_TRY(before.log_hash, in.fixed<Hash>());
    charter.predecessor = before;
  }
  MUISTIO_TRY(charter.version, in.u64());
  MUISTIO_TRY(auto count, in.varint_at_most(kCharterMembersMax));
  if (count == 0) return fail(ErrorCode::malformed, "no members");
  for (std::uint64_t i = 0; i < count; ++i) {
    MUISTIO_TRY(auto entry, read_member(in));
    if (!charter.members.empty() && !(charter.members.back().member < entry.member))
      return fail(ErrorCode::malformed, "members are not sorted or come twice");
    charter.members.push_back(entry);
  }
  MUISTIO_TRY(auto history, in.u8());
  if (history < 1 || history > 3) return fail(ErrorCode::malformed, "an unknown history policy");
  charter.history = static_cast<HistoryPolicy>(history);
  MUISTIO_TRY(auto era, in.u64());
  charter.era = Era(era);
  MUISTIO_TRY(charter.devices_max, in.u8());
  MUISTIO_TRY(charter.pact_hash, in.fixed<Hash>());
  MUISTIO_TRY(charter.quorum, in.u8());
  MUISTIO_TRY(auto warrants, in.varint_at_most(kCharterWarrantsMax));
  for (std::uint64_t i = 0; i < warrants; ++i) {
    MUISTIO_TRY(auto warrant, in.block(kWarrantBytesMax));
    charter.warrants.push_back(to_bytes(warrant));
  }
  MUISTIO_CHECK(in.finish());
  return charter;
}

}  // namespace

const CharterMember* Charter::find(const MemberId& member) const {
  const auto found = std::lower_bound(members.begin(), members.end(), member,
                                      [](const CharterMember& entry, const MemberId& id) { return entry.member < id; });
  return found != members.end() && found->member == member ? &*found : nullptr;
}

std::optional<Role> Charter::role_of(const MemberId& member) const {
  const auto* entry = find(member);
  if (entry == nullptr) return std::nullopt;
  return entry->role;
}

Status Charter::add(CharterMember member) {
  if (find(member.member) != nullptr) return fail(ErrorCode::already_exists, "a member of the charter");
  if (members.size() >= kCharterMembersMax) return fail(ErrorCode::too_large, "members of a charter");
  members.insert(std::upper_bound(members.begin(), members.end(), member,
                                  [](const CharterMember& left, const CharterMember& right) { return left.member < right.member; }),
                 std::move(member));
  return ok();
}

Status Charter::remove(const MemberId& member) {
  if (std::erase_if(members, [&](const CharterMember& entry) { return entry.member == member; }) == 0)
    return fail(ErrorCode::not_found, "a member of the charter");
  return ok();
}

Bytes Charter::encode() const {
  Writer out;
  out.u8(static_cast<std::uint8_t>(kind));
  out.u8(static_cast<std::uint8_t>((parent ? kHasParent : 0) | (predecessor ? kHasPredecessor : 0)));
  if (parent) out.raw(parent->view());
  if (predecessor) out.raw(predecessor->space.view()).u64(predecessor->seq.value()).raw(predecessor->log_hash.view());
  out.u64(version).varint(members.size());
  for (const auto& entry : members) write_member(out, entry);
  out.u8(static_cast<std::uint8_t>(history)).u64(era.value()).u8(devices_max).raw(pact_hash.view()).u8(quorum);
  out.varint(warrants.size());
  for (const auto& warrant : warrants) out.block(warrant);
  return encode_format(Format::charter, out.bytes());
}

Result<Charter> Charter::decode(BytesView bytes) {
  auto body = decode_format(Format::charter, bytes, kCharterBytesMax);
  if (!body) {
    if (body.error().code == ErrorCode::unsupported_version) return fail(std::move(body).error());
    return fail(ErrorCode::invalid_charter, body.error().detail);
  }
  auto charter = read_charter(*body);
  if (!charter) return fail(ErrorCode::invalid_charter, charter.error().detail);
  return charter;
}

}  // namespace muistio::space
