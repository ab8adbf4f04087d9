// A second device: the link that the old one shows, and the new one's way to an identity (R1, R8).
#include "linking.hpp"

#include <algorithm>

#include "impl.hpp"
#include "muistio/crypto/hash.hpp"

namespace muistio::sync {

using store::Table;

namespace {
const Bytes kLinkingKey = to_bytes(as_bytes("linking"));
constexpr std::uint64_t kAskAgainMs = 2'000;
constexpr std::int64_t kDayMs = std::int64_t{24} * 3600 * 1000;
constexpr std::uint8_t kVersion = 1;
}  // namespace

std::optional<std::string> Linking::code() const {
  if (!reveal) return std::nullopt;
  return space::compare_code(ask, *reveal);
}

SecretBytes Linking::encode() const {
  const auto text = link.text();
  MUISTIO_INVARIANT(text.has_value());  // it was parsed before
  Writer out;
  out.reserve(ask.size() + 1024);
  out.u8(kVersion).block(as_bytes(*text)).raw(wrap_key.secret().expose()).block(ask).u8(reveal ? 1 : 0);
  if (reveal) out.raw(reveal->bytes);
  return SecretBytes(std::move(out).take());
}

Result<Linking> Linking::decode(BytesView bytes) {
  const auto read = [&]() -> Result<Linking> {
    Reader in(bytes);
    MUISTIO_TRY(const auto version, in.u8());
    if (version != kVersion) return fail(ErrorCode::unsupported_version, "a device link under way");
    MUISTIO_TRY(const auto text, in.block(space::kLinkCharactersMax));
    MUISTIO_TRY(auto link, space::DeviceLink::parse(as_text(text)));
    MUISTIO_TRY(const auto wrap_bytes, in.take(32));
    MUISTIO_TRY(auto wrap_secret, Secret<32>::from_bytes(wrap_bytes));
    MUISTIO_TRY(const auto ask, in.block(wire::limits::join_request_bytes_max));
    Linking made{std::move(link), crypto::X25519PrivateKey::from_secret(std::move(wrap_secret)), to_bytes(ask), {}};
    MUISTIO_TRY(const auto has_reveal, in.u8());
    if (has_reveal > 1) return fail(ErrorCode::malformed, "a flag is neither 0 nor 1");
    if (has_reveal == 1) {
      MUISTIO_TRY(const auto bytes_of_reveal, in.take(16));
      made.reveal.emplace();
      std::copy(bytes_of_reveal.begin(), bytes_of_reveal.end(), made.reveal->bytes.begin());
    }
    MUISTIO_CHECK(in.finish());
    return made;
  };
  auto linking = read();
  if (!linking && linking.error().code != ErrorCode::unsupported_version) return fail(ErrorCode::corrupt, linking.error().detail);
  return linking;
}

// ---- the old device ------------------------------------------------------------------------------------------------------------

Result<Invitation> Engine::Impl::link_device(const DeviceLinkOptions& options) {
  if (!keys) return fail(ErrorCode::invalid_state, "there is no member here yet");
  auto* personal = personal_slot();
  if (personal == nullptr) {
    MUISTIO_CHECK(create_space(SpaceKind::personal, space::HistoryPolicy::all));
    personal = personal_slot();
  }
  MUISTIO_CHECK(load(*personal));
  if (!personal->space || personal->state.phase != Phase::open)
    return fail(ErrorCode::invalid_state, "the personal space is not open here");
  const auto now = clock.wall();
  space::Invitation made;
  made.secret = space::InvitationSecret::generate(random);
  made.space = personal->id;
  made.maker = keys->member();
  made.role = Role::host;
  made.made = now;
  made.expires = WallMs(now.value() + kDayMs);
  made.admits_by_itself = options.shown_in_person;
  space::DeviceLink link;
  link.server = options.server;
  link.space = personal->id;
  link.secret = made.secret.clone();
  link.member = made.maker;
  link.commitment = space::DeviceReveal::make(*identity, made.secret).commitment();
  MUISTIO_TRY(auto text, link.text());
  const auto id = made.id();
  const InvitationRow row{std::move(made), text};
  auto changed = change(*personal, [&](Work& work) -> Status {
    MUISTIO_CHECK(put_own_name(work.transaction, options.name));
    return work.transaction.put(Table::invitation, id.view(), encode_invitation(row));
  });
  MUISTIO_CHECK(std::move(changed));
  personal->link.inbox_known = false;
  return Invitation{id, std::move(text)};
}

// One ask a link: another is somebody else's. Where the link may have been read by others, the reveal is given first, and the
// identity when the person has said that both devices show the same digits. An ask is answered as often as it comes.
Status Engine::Impl::answer_ask(Slot& slot, const wire::InboxItem& item, const space::Invitation& invitation) {
  const auto drop = [&] { send(wire::DeleteInboxItem{slot.id, item.id}, {.kind = Request::Kind::inbox_delete, .space = slot.id}); };
  if (!may_send()) return ok();
  const auto ask = space::DeviceAsk::open(invitation.secret, slot.id, item.request);
  if (!ask || !invitation.check_open(clock.wall())) {
    drop();
    return ok();
  }
  const auto id = request_id_of(item.request);
  for (const auto& row : all_join_requests()) {
    if (row.invitation != item.invitation || row.id == id) continue;
    events.emplace_back(Refused{slot.id, {ErrorCode::invitation_used, "another device asks by a device link that was used"}});
    drop();
    return ok();
  }
  MUISTIO_TRY(const auto held, join_request(id));
  if (!invitation.admits_by_itself && (!held || held->state == RequestState::waiting)) return ask_person(slot, item, invitation);
  space::DeviceAnswer answer;
  answer.identity_seed = identity->seed();
  MUISTIO_TRY(answer.name, own_name());
  MUISTIO_TRY(answer.recovery, recovery_address());
  MUISTIO_TRY(answer.spaces, footholds());
  auto sealed = answer.seal(invitation.secret, slot.id, ask->wrap_pub, random);
  if (!sealed) {
    events.emplace_back(Refused{slot.id, sealed.error()});
    drop();
    return ok();
  }
  auto row = row_of(slot.id, item);
  row.state = RequestState::done;
  MUISTIO_TRY(auto by_link, this->invitation(item.invitation));
  MUISTIO_INVARIANT(by_link.has_value());
  by_link->invitation.admits_by_itself = true;  // only who has the identity now makes a join request that is good for this space
  MUISTIO_CHECK(change(slot, [&](Work& work) -> Status {
    if (!held || held->state != RequestState::done) work.events.emplace_back(DeviceAsked{{}, true});
    MUISTIO_CHECK(work.transaction.put(Table::invitation, item.invitation.view(), encode_invitation(*by_link)));
    return work.transaction.put(Table::join_request, id.view(), encode_join_request(row));
  }));
  send(wire::PutBox{space::answer_locator(invitation.secret), std::move(*sealed)},
       {.kind = Request::Kind::put_answer, .space = slot.id});
  drop();
  return ok();
}

// The ask is on the disk before the reveal leaves: no other one is taken afterwards.
Status Engine::Impl::ask_person(Slot& slot, const wire::InboxItem& item, const space::Invitation& invitation) {
  const auto id = request_id_of(item.request);
  if (told_asks.contains(id)) return ok();
  const auto reveal = space::DeviceReveal::make(*identity, invitation.secret);
  auto row = row_of(slot.id, item);
  row.request = item.request;
  MUISTIO_CHECK(change(slot, [&](Work& work) -> Status {
    work.events.emplace_back(DeviceAsked{space::compare_code(item.request, reveal), false});
    return work.transaction.put(Table::join_request, id.view(), encode_join_request(row));
  }));
  told_asks.insert(id);
  send(wire::PutBox{space::answer_locator(invitation.secret), reveal.encode()},
       {.kind = Request::Kind::put_answer, .space = slot.id});
  return ok();
}

Result<std::vector<std::pair<JoinRequestRow, std::string>>> Engine::Impl::waiting_asks() const {
  std::vector<std::pair<JoinRequestRow, std::string>> made;
  for (auto& row : all_join_requests()) {
    if (row.state != RequestState::waiting || !space::DeviceAsk::is_ask(row.request)) continue;
    MUISTIO_TRY(const auto by_link, invitation(row.invitation));
    if (!by_link) continue;
    auto code = space::compare_code(row.request, space::DeviceReveal::make(*identity, by_link->invitation.secret));
    made.emplace_back(std::move(row), std::move(code));
  }
  return made;
}

Status Engine::Impl::confirm_device(std::string_view code) {
  if (!identity) return fail(ErrorCode::invalid_state, "there is no member here yet");
  MUISTIO_TRY(auto asks, waiting_asks());
  for (auto& [row, shown] : asks) {
    if (shown != code) continue;
    MUISTIO_TRY(auto* slot, loaded(row.space));
    row.state = RequestState::admitting;
    MUISTIO_CHECK(change(*slot, [&, &kept = row](Work& work) {
      return work.transaction.put(Table::join_request, kept.id.view(), encode_join_request(kept));
    }));
    slot->link.inbox_known = false;
    if (slot->link.stage == Link::Stage::open) ask_inbox(*slot);
    return ok();
  }
  return fail(ErrorCode::not_found, "no device that shows these digits asks to become yours; if it shows others, make a new link");
}

// ---- the new device ------------------------------------------------------------------------------------------------------------

Status Engine::Impl::load_linking() {
  MUISTIO_TRY(auto row, store.get(Table::device, kLinkingKey));
  if (!row) return ok();
  auto decoded = Linking::decode(*row);
  wipe(*row);
  MUISTIO_TRY(auto kept, std::move(decoded));
  linking = std::make_unique<Linking>(std::move(kept));
  return ok();
}

Result<SpaceId> Engine::Impl::follow_device_link(std::string_view text) {
  MUISTIO_TRY(auto link, space::DeviceLink::parse(text));
  if (keys || linking || !slots.empty()) return fail(ErrorCode::already_exists, "only an empty home becomes a device of somebody");
  auto wrap_key = crypto::X25519PrivateKey::generate(random);
  const space::DeviceAsk ask{wrap_key.public_key()};
  auto sealed = ask.seal(link.secret, link.space, random);
  auto made = std::make_unique<Linking>(Linking{std::move(link), std::move(wrap_key), std::move(sealed), {}});
  MUISTIO_TRY(auto transaction, store.begin());
  MUISTIO_CHECK(transaction.put(Table::device, kLinkingKey, made->encode().expose()));
  MUISTIO_CHECK(transaction.commit());
  linking = std::move(made);
  ask_link();
  return linking->link.space;
}

void Engine::Impl::ask_link() {
  if (!linking || !may_send() || linking->is_waiting || linking->ask_at > clock.monotonic()) return;
  auto& wish = *linking;
  wish.is_waiting = true;
  const auto key = space::answer_key(wish.link.secret);
  const wire::AuthKey key_pub(key.verify_key().array());
  if (!wish.is_asked)
    send(wire::PostJoinRequest{wish.link.space, wish.link.secret.id(), key_pub, wish.ask},
         {.kind = Request::Kind::post_ask, .space = wish.link.space});
  const auto message = wire::auth_message(wire::AuthPurpose::boxes, wire::space_of(wire::locator_of(key_pub)), challenge->nonce,
                                          challenge->server_name, exporter);
  send(wire::FetchBoxes{key_pub, wire::AuthSignature(key.sign_raw(message).array())},
       {.kind = Request::Kind::fetch_answer, .space = wish.link.space});
}

void Engine::Impl::on_link_answer(const Request& request, const wire::ServerMessage& message) {
  if (!linking || request.space != linking->link.space) return;
  auto& wish = *linking;
  const auto again = MonotonicMs(clock.monotonic().value() + kAskAgainMs);
  if (request.kind == Request::Kind::post_ask) {
    wish.is_tried = true;
    wish.is_asked = std::holds_alternative<wire::Done>(message);
    return;
  }
  wish.is_waiting = false;
  wish.ask_at = again;
  const auto* boxes = std::get_if<wire::Boxes>(&message);
  if (boxes == nullptr) return;
  for (auto box = boxes->boxes.rbegin(); box != boxes->boxes.rend(); ++box) {
    auto answer = space::DeviceAnswer::open(wish.link, wish.wrap_key, *box);
    if (!answer) continue;
    run(adopt(std::move(*answer)));
    return;
  }
  if (!wish.reveal) run(take_reveal(boxes->boxes));
  wish.is_looked = true;
}

// The one that the link commits to is believed, whoever laid it there.
Status Engine::Impl::take_reveal(const std::vector<Bytes>& boxes) {
  for (const auto& box : boxes) {
    const auto reveal = space::DeviceReveal::decode(box);
    if (!reveal || reveal->commitment() != linking->link.commitment) continue;
    linking->reveal = *reveal;
    MUISTIO_TRY(auto transaction, store.begin());
    MUISTIO_CHECK(transaction.put(Table::device, kLinkingKey, linking->encode().expose()));
    MUISTIO_CHECK(transaction.commit());
    events.emplace_back(LinkCode{*linking->code()});
    return ok();
  }
  return ok();
}

// The identity is here: from now on this is a device of the member, which asks to be let into the personal space and the others.
Status Engine::Impl::adopt(space::DeviceAnswer answer) {
  auto made = space::Identity::from_seed(answer.identity_seed);
  auto device = space::DeviceKeys::generate(made, random);
  const auto link = linking->link.as_link();
  MUISTIO_TRY(auto joining,
              space::Joining::begin(link, answer.name.empty() ? std::string("device") : answer.name, device, clock.wall(), random));
  SpaceState state;
  state.kind = SpaceKind::personal;
  state.phase = Phase::joining;
  state.joining = to_bytes(joining.encode().expose());
  MUISTIO_TRY(auto transaction, store.begin());
  MUISTIO_CHECK(put_identity(transaction, made, device));
  MUISTIO_CHECK(put_own_name(transaction, answer.name));
  if (answer.recovery) MUISTIO_CHECK(put_recovery_address(transaction, *answer.recovery));
  MUISTIO_CHECK(transaction.put(Table::space, link.space.view(), space::encode_footholds(answer.spaces).expose()));
  MUISTIO_CHECK(transaction.put(Table::cursor, link.space.view(), encode_state(state)));
  MUISTIO_CHECK(transaction.erase(Table::device, kLinkingKey));
  MUISTIO_CHECK(transaction.commit());
  identity = std::move(made);
  keys = std::make_shared<const space::DeviceKeys>(std::move(device));
  auto& slot = slots[link.space];
  slot = std::make_unique<Slot>(link.space);
  slot->state = std::move(state);
  linking.reset();
  MUISTIO_CHECK(load_recovery());
  events.emplace_back(Linked{link.space});
  open_slot(*slot);
  return join_own_spaces();
}

}  // namespace muistio::sync
