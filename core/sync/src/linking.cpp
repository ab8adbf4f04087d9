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

SecretBytes Linking::encode() const {
  const auto text = link.text();
  MUISTIO_INVARIANT(text.has_value());  // it was parsed before
  Writer out;
  out.reserve(ask.size() + 1024);
  out.u8(kVersion).block(as_bytes(*text)).raw(wrap_key.secret().expose()).block(ask);
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
    MUISTIO_CHECK(in.finish());
    return Linking{std::move(link), crypto::X25519PrivateKey::from_secret(std::move(wrap_secret)), to_bytes(ask)};
  };
  auto linking = read();
  if (!linking && linking.error().code != ErrorCode::unsupported_version) return fail(ErrorCode::corrupt, linking.error().detail);
  return linking;
}

// ---- the old device ------------------------------------------------------------------------------------------------------------

Result<Invitation> Engine::Impl::link_device(std::string_view server, std::string_view name) {
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
  space::DeviceLink link;
  link.server = server;
  link.space = personal->id;
  link.secret = made.secret.clone();
  link.member = made.maker;
  MUISTIO_TRY(auto text, link.text());
  const auto id = made.id();
  const InvitationRow row{std::move(made), text};
  auto changed = change(*personal, [&](Work& work) -> Status {
    MUISTIO_CHECK(put_own_name(work.transaction, name));
    return work.transaction.put(Table::invitation, id.view(), encode_invitation(row));
  });
  MUISTIO_CHECK(std::move(changed));
  personal->link.inbox_known = false;
  return Invitation{id, std::move(text)};
}

// An ask is answered as often as it comes; another ask on the same link is somebody else's.
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
  MUISTIO_CHECK(change(slot, [&](Work& work) -> Status {
    work.events.emplace_back(DeviceAsked{space::compare_code(item.request)});
    return work.transaction.put(Table::join_request, id.view(), encode_join_request(row));
  }));
  send(wire::PutBox{space::answer_locator(invitation.secret), std::move(*sealed)},
       {.kind = Request::Kind::put_answer, .space = slot.id});
  drop();
  return ok();
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
  auto made = std::make_unique<Linking>(Linking{std::move(link), std::move(wrap_key), std::move(sealed)});
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
  wish.is_looked = true;
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
