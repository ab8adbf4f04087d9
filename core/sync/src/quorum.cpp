// How many members must agree to a newcomer (R12): a host's devices tell the club whom they would let in, members' devices answer
// with votes, and the host's commit carries so many as the charter asks for.
#include <algorithm>

#include "impl.hpp"
#include "muistio/base/utf8.hpp"
#include "muistio/space/invitation.hpp"

namespace muistio::sync {

using space::Warrant;
using space::WarrantKind;
using store::Table;

namespace {
constexpr std::uint64_t kNewcomersMax = 64;

bool is_full(Role role) { return role == Role::member || role == Role::facilitator || role == Role::host; }

Bytes newcomers_key(const SpaceId& space, const DeviceId& host) {
  return to_bytes(Writer().raw(space.view()).u8(2).raw(host.view()).bytes());
}
Bytes agreement_key(const SpaceId& space, const MemberId& subject, const DeviceId& device) {
  return to_bytes(Writer().raw(space.view()).u8(3).raw(subject.view()).raw(device.view()).bytes());
}
Bytes agreement_key(const SpaceId& space, const Warrant& agreement) {
  return agreement_key(space, agreement.terms.subject, agreement.signatures.front().device);
}

bool has(const std::vector<Newcomer>& newcomers, const MemberId& member) {
  return std::any_of(newcomers.begin(), newcomers.end(), [&](const Newcomer& each) { return each.member == member; });
}
}  // namespace

Bytes encode_newcomers(const std::vector<Newcomer>& newcomers) {
  Writer out;
  out.varint(newcomers.size());
  for (const auto& each : newcomers) out.raw(each.member.view()).block(as_bytes(each.name));
  return std::move(out).take();
}

Result<std::vector<Newcomer>> decode_newcomers(BytesView bytes) {
  Reader in(bytes);
  MUISTIO_TRY(const auto count, in.varint_at_most(kNewcomersMax));
  std::vector<Newcomer> newcomers;
  for (std::uint64_t i = 0; i < count; ++i) {
    Newcomer each;
    MUISTIO_TRY(each.member, in.fixed<MemberId>());
    MUISTIO_TRY(const auto name, in.block(space::kNameBytesMax));
    if (first_invalid_utf8(as_text(name))) return fail(ErrorCode::malformed, "a newcomer's name is not UTF-8");
    each.name = as_text(name);
    newcomers.push_back(std::move(each));
  }
  MUISTIO_CHECK(in.finish());
  return newcomers;
}

Status Engine::Impl::set_quorum(SpaceId space_id, std::uint8_t quorum) {
  MUISTIO_TRY(auto* slot, open_space(space_id));
  const auto& charter = slot->space->charter();
  if (slot->space->own_role() != Role::host) return fail(ErrorCode::not_permitted, "only a host sets it");
  if (slot->state.kind != SpaceKind::club) return fail(ErrorCode::invalid_argument, "only a club has a quorum");
  const auto full =
      std::count_if(charter.members.begin(), charter.members.end(), [](const auto& each) { return is_full(each.role); });
  if (quorum > full) return fail(ErrorCode::invalid_argument, "there are " + std::to_string(full) + " members who could agree");
  MUISTIO_CHECK(change(*slot, [&](Work& work) -> Status {
    for (const auto& kept : std::vector<Intent>(slot->intents))
      if (kept.kind == IntentKind::quorum) MUISTIO_CHECK(erase_intent(work, kept.id));
    if (quorum == charter.quorum) return ok();
    Intent intent{.id = ++slot->state.intents_made, .kind = IntentKind::quorum};
    intent.quorum = quorum;
    return put_intent(work, intent);
  }));
  pump(*slot);
  return ok();
}

// Those whom the devices of present hosts would let in; the zero member stands for the wish to lower the quorum.
std::vector<Newcomer> Engine::Impl::newcomers(const Slot& slot) const {
  std::vector<Newcomer> asked;
  if (!slot.space || slot.space->charter().quorum == 0) return asked;
  const auto& charter = slot.space->charter();
  const auto& devices = slot.space->devices();
  for (const auto& [device, wished] : slot.newcomers) {
    const auto leaf =
        std::find_if(devices.begin(), devices.end(), [&wanted = device](const auto& each) { return each.device == wanted; });
    if (leaf == devices.end() || charter.role_of(leaf->member) != Role::host) continue;
    for (const auto& each : wished)
      if (charter.find(each.member) == nullptr && !has(asked, each.member)) asked.push_back(each);
  }
  for (auto& each : asked) {
    const auto& votes = slot.agreements;
    each.agreed = static_cast<std::size_t>(
        std::count_if(votes.begin(), votes.end(), [&](const Warrant& vote) { return vote.terms.subject == each.member; }));
    each.agreed_here = std::any_of(slot.intents.begin(), slot.intents.end(), [&](const Intent& intent) {
      return intent.kind == IntentKind::agree && intent.member == each.member;
    });
  }
  return asked;
}

Status Engine::Impl::agree(SpaceId space_id, const MemberId& newcomer) {
  MUISTIO_TRY(auto* slot, open_space(space_id));
  const auto own = slot->space->own_role();
  if (!own || !is_full(*own)) return fail(ErrorCode::not_permitted, "guests do not decide who comes in");
  if (!has(newcomers(*slot), newcomer)) return fail(ErrorCode::not_found, "no host asks about " + newcomer.hex());
  MUISTIO_CHECK(change(*slot, [&](Work& work) -> Status {
    for (const auto& kept : slot->intents)
      if (kept.kind == IntentKind::agree && kept.member == newcomer) return ok();
    return put_intent(work, Intent{.id = ++slot->state.intents_made, .kind = IntentKind::agree, .member = newcomer});
  }));
  pump(*slot);
  return ok();
}

// Signed under the charter as it stands, and again when that has changed, until no host asks any more.
Result<bool> Engine::Impl::prepare_agree(Slot& slot, const Intent& intent) {
  const auto& charter = slot.space->charter();
  const auto own = slot.space->own_role();
  if (!own || !is_full(*own) || !has(newcomers(slot), intent.member)) {
    MUISTIO_CHECK(change(slot, [&](Work& work) { return erase_intent(work, intent.id); }));
    return false;
  }
  if (intent.version == charter.version) return false;
  Warrant agreement{slot.space->warrant_terms(WarrantKind::admit, intent.member), {}};
  agreement.add(space::sign_warrant(agreement.terms, *slot.keys));
  MUISTIO_CHECK(change(slot, [&](Work& work) -> Status {
    auto given = intent;
    given.version = charter.version;
    MUISTIO_CHECK(put_intent(work, given));
    MUISTIO_CHECK(fix_batch(work, slot.space->era(), space::PayloadKind::vote, agreement.encode(), 0, 0));
    return put_agreement(work, agreement);
  }));
  return false;
}

// What the members agreed to, with this host's own word. Nothing while they are too few.
std::optional<Warrant> Engine::Impl::agreement_on(const Slot& slot, const MemberId& subject) const {
  Warrant all{slot.space->warrant_terms(WarrantKind::admit, subject), {}};
  all.add(space::sign_warrant(all.terms, *slot.keys));
  for (const auto& one : slot.agreements)
    if (one.terms == all.terms && all.signatures.size() < space::kWarrantSignaturesMax) all.add(one.signatures.front());
  if (!slot.space->check_consent(all)) return std::nullopt;
  return all;
}

Result<bool> Engine::Impl::prepare_quorum(Slot& slot, const Intent& intent) {
  const auto& charter = slot.space->charter();
  if (charter.quorum == intent.quorum || slot.space->own_role() != Role::host) {
    MUISTIO_CHECK(change(slot, [&](Work& work) { return erase_intent(work, intent.id); }));
    return false;
  }
  std::optional<Warrant> consent;
  if (intent.quorum < charter.quorum) {
    consent = agreement_on(slot, MemberId{});
  }
  const bool waits = intent.quorum < charter.quorum && !consent;
  slot.note_awaiting(intent.id, waits);
  if (waits) return false;
  return stage(slot, intent.id, [&](space::Space& space) { return space.stage_quorum(intent.quorum, consent, random); });
}

// Tells the club whom this host's device would let in, whenever that is not what it told last.
Status Engine::Impl::post_newcomers(Slot& slot) {
  if (slot.state.kind != SpaceKind::club || slot.state.phase != Phase::open) return ok();
  std::vector<Newcomer> wished;
  if (slot.space->charter().quorum > 0 && slot.space->own_role() == Role::host) {
    for (const auto& intent : slot.intents) {
      if (wished.size() == kNewcomersMax) break;
      if (intent.kind == IntentKind::quorum && intent.quorum < slot.space->charter().quorum) wished.push_back({});
      if (intent.kind != IntentKind::admit) continue;
      MUISTIO_TRY(const auto row, join_request(intent.request));
      if (!row) continue;
      MUISTIO_TRY(const auto invited, invitation(row->invitation));
      if (!invited) continue;
      const auto request = space::JoinRequest::open(invited->invitation.secret, slot.id, row->request);
      if (!request) continue;
      auto member = space::member_of(*request);
      if (member) wished.push_back({*member, request->name});
    }
  }
  const auto told = slot.newcomers.find(slot.keys->device());
  const bool is_told = told == slot.newcomers.end() ? wished.empty() : told->second == wished;
  if (is_told) return ok();
  return change(slot, [&](Work& work) -> Status {
    const bool is_host = slot.space->own_role() == Role::host;
    const auto payload = encode_newcomers(wished);
    if (is_host) MUISTIO_CHECK(fix_batch(work, slot.space->era(), space::PayloadKind::newcomers, payload, 0, 0));
    return put_newcomers(work, slot.keys->device(), std::move(wished));
  });
}

Status Engine::Impl::put_newcomers(Work& work, const DeviceId& host, std::vector<Newcomer> newcomers) {
  const auto key = newcomers_key(work.slot.id, host);
  if (newcomers.empty()) {
    work.slot.newcomers.erase(host);
    return work.transaction.erase(Table::vote, key);
  }
  const auto row = encode_newcomers(newcomers);
  work.slot.newcomers[host] = std::move(newcomers);
  return work.transaction.put(Table::vote, key, row);
}

Status Engine::Impl::take_newcomers(Work& work, const space::OpenedBatch& batch) {
  auto& slot = work.slot;
  if (batch.role != Role::host || slot.state.kind != SpaceKind::club) return ok();
  auto wished = decode_newcomers(batch.payload);
  if (!wished) return ok();
  const auto before = newcomers(slot);
  MUISTIO_CHECK(put_newcomers(work, batch.device, std::move(*wished)));
  for (const auto& each : newcomers(slot))
    if (!has(before, each.member)) work.events.emplace_back(NewcomerAsked{slot.id, each.member, each.name});
  return ok();
}

Status Engine::Impl::put_agreement(Work& work, const Warrant& agreement) {
  auto& held = work.slot.agreements;
  const auto same = [&](const Warrant& other) {
    return other.terms.subject == agreement.terms.subject && other.signatures.front().device == agreement.signatures.front().device;
  };
  std::erase_if(held, same);
  held.push_back(agreement);
  return work.transaction.put(Table::vote, agreement_key(work.slot.id, agreement), agreement.encode());
}

Status Engine::Impl::drop_old_agreements(Work& work) {
  auto& slot = work.slot;
  const auto version = slot.space->charter().version;
  for (const auto& one : std::vector<Warrant>(slot.agreements)) {
    if (one.terms.charter_version == version) continue;
    MUISTIO_CHECK(work.transaction.erase(Table::vote, agreement_key(slot.id, one)));
    std::erase_if(slot.agreements, [&](const Warrant& held) { return held == one; });
  }
  return ok();
}

Status Engine::Impl::load_quorum_row(Slot& slot, BytesView key, BytesView value) {
  if (key.size() == SpaceId::size_bytes + 1 + DeviceId::size_bytes) {
    Reader in(key.subspan(SpaceId::size_bytes + 1));
    MUISTIO_TRY(const auto device, in.fixed<DeviceId>());
    auto wished = decode_newcomers(value);
    if (!wished) return fail(ErrorCode::corrupt, "a host's newcomers: " + wished.error().detail);
    slot.newcomers[device] = std::move(*wished);
    return ok();
  }
  auto agreement = Warrant::decode(value);
  if (!agreement || agreement->signatures.empty()) return fail(ErrorCode::corrupt, "a member's agreement");
  slot.agreements.push_back(std::move(*agreement));
  return ok();
}

}  // namespace muistio::sync
