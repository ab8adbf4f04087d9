#include "muistio/space/space.hpp"

#include <algorithm>

#include "admission.hpp"
#include "joining_state.hpp"
#include "muistio/base/planted.hpp"
#include "muistio/crypto/constant_time.hpp"
#include "muistio/crypto/hash.hpp"
#include "space_state.hpp"

namespace muistio::space {

void EpochKeys::set(ContentKey right) {
  key = std::move(right);
  dirty = true;
}

void EpochKeys::drop() {
  key.reset();
  dirty = true;
}

Result<ContentKey> export_content_key(mls::Group& group, Era era) {
  Writer context;
  context.u64(era.value());
  MUISTIO_TRY(auto secret, group.export_secret(kContentLabel, context.bytes(), ContentKey::size_bytes));
  group.erase_exporter_secret();
  return ContentKey::from_bytes(secret.expose());
}

Status Space::State::check_usable() const {
  if (!group) return fail(ErrorCode::removed);
  if (frozen) return fail(ErrorCode::frozen, frozen->message());
  return ok();
}

const ContentKey* Space::State::key_of(Epoch epoch_asked) const {
  const auto found = epochs.find(epoch_asked);
  if (found == epochs.end() || !found->second.key) return nullptr;
  return &*found->second.key;
}

std::optional<KeyCheck> Space::State::check_of(Epoch epoch_asked) const {
  if (epoch_asked.next() == roll.first_epoch()) return older_check;
  return roll.check_of(epoch_asked);
}

bool Space::State::accept_key(Epoch epoch_of_key, ContentKey key) {
  const auto check = check_of(epoch_of_key);
  if (!check || key_check(id, epoch_of_key, key) != *check) return false;
  auto& held = epochs[epoch_of_key];
  if (!held.key || !equal(held.key->expose(), key.expose())) held.set(std::move(key));
  return true;
}

void Space::State::set_leaves(std::vector<Leaf> now) {
  leaves = std::move(now);
  devices.clear();
  for (const auto& leaf : leaves) devices.push_back({leaf.device, leaf.member});
}

Space::Space(std::unique_ptr<State> state) : state_(std::move(state)) {}
Space::~Space() = default;
Space::Space(Space&&) noexcept = default;
Space& Space::operator=(Space&&) noexcept = default;

Result<Space> Space::create(const SpaceId& id, SpaceKind kind, std::shared_ptr<const DeviceKeys> keys, WallMs now, Random& random,
                             HistoryPolicy history, const Founding& founding) {
  Charter charter;
  charter.kind = kind;
  charter.history = history;
  charter.parent = founding.parent;
  charter.predecessor = founding.predecessor;
  MUISTIO_CHECK(charter.add({keys->member(), Role::host, Era(0), std::nullopt}));
  mls::GroupConfig config;
  config.group_id = to_bytes(id.view());
  config.extensions = context_extensions(charter);
  config.leaf.credential = keys->certificate().encode();
  config.leaf.capabilities = leaf_capabilities();
  config.leaf.lifetime.not_before = 0;
  config.leaf.lifetime.not_after =
      static_cast<std::uint64_t>(std::max<std::int64_t>(now.value(), 0)) / 1000 + mls::kLifetimeSecondsMax;
  MUISTIO_TRY(auto group, mls::Group::create(config, keys->signing_key(), random));
  MUISTIO_TRY(auto key, export_content_key(group, charter.era));
  MUISTIO_TRY(auto leaves, read_leaves(group.tree()));

  auto state = std::make_unique<State>(id, keys, crypto::SigningKey::generate(random));
  state->group.emplace(std::move(group));
  state->charter = std::move(charter);
  state->set_leaves(std::move(leaves));
  state->roll.begin_epoch(Seq(0), key_check(id, Epoch(0), key));
  state->roll.open({keys->certificate().device_sig_pub, keys->member(), Role::host,
                    wire::AuthKey(state->auth_key.verify_key().array()), Epoch(0), std::nullopt});
  state->epochs[Epoch(0)].set(std::move(key));
  return Space(std::move(state));
}

Result<Space> Space::join(const Joining& joining, std::shared_ptr<const DeviceKeys> keys, Seq seq, const wire::Record& handshake,
                          const LogFacts& facts) {
  const auto& wish = joining.state();
  MUISTIO_TRY(auto record, HandshakeRecord::decode(handshake.bytes));
  if (!record.welcome) return fail(ErrorCode::mls_no_matching_key_package, "the record welcomes nobody");
  MUISTIO_TRY(auto joined, mls::Group::join(*record.welcome, wish.key_package));
  auto& group = joined.group;
  if (!equal(group.group_id(), wish.link.space.view()))
    return fail(ErrorCode::invalid_invitation, "the welcome is to another space");
  MUISTIO_TRY(auto charter, read_context_extensions(group.context().extensions));
  MUISTIO_TRY(auto leaves, read_leaves(group.tree()));
  MUISTIO_CHECK(check_invariants(charter, leaves));

  const auto* admitter = find_leaf(leaves, joined.info.signer);
  const bool is_own_device = admitter != nullptr && wish.again && admitter->member == keys->member();
  const auto& known_hosts = wish.again ? wish.again->hosts : std::vector<MemberId>{wish.link.inviter};
  if (admitter == nullptr ||
      (!is_own_device && std::find(known_hosts.begin(), known_hosts.end(), admitter->member) == known_hosts.end()))
    return fail(ErrorCode::wrong_admitter, "the welcome is not signed by a member who may let this device in");
  if (!is_own_device && charter.role_of(admitter->member) != Role::host)
    return fail(ErrorCode::wrong_admitter, "the link's member is no host");
  const auto* own = find_leaf(leaves, group.own_leaf());
  if (own == nullptr || own->certificate != keys->certificate())
    return fail(ErrorCode::invalid_certificate, "the own leaf is another's");
  if (!wish.again && charter.role_of(keys->member()) != wish.link.role)
    return fail(ErrorCode::invalid_invitation, "not with the role of the link");

  const auto* extension = mls::find_extension(joined.info.extensions, static_cast<mls::ExtensionType>(kAdmissionExtension));
  if (extension == nullptr) return fail(ErrorCode::invalid_invitation, "the welcome lacks the admitter's confirmation");
  MUISTIO_TRY(auto admission, Admission::decode(*extension));
  const auto commit_hash = crypto::sha256(record.commit);
  if (admission.commit_hash != commit_hash && !MUISTIO_PLANTED("old-welcome"))
    return fail(ErrorCode::invalid_invitation, "the welcome belongs to another commit");
  const auto confirm =
      wish.link.secret.confirm(group.confirmed_transcript_hash(), wish.key_package.key_package.ref().data, commit_hash);
  if (!crypto::equal_in_constant_time(confirm.view(), admission.confirm.view()) && !MUISTIO_PLANTED("old-welcome"))
    return fail(ErrorCode::invalid_invitation, "the admitter does not have the link's secret");
  MUISTIO_TRY(auto held, facts.log_hash(admission.seen.seq));
  if (wish.again && wish.again->seen.seq < seq) {
    MUISTIO_TRY(auto held_before, facts.log_hash(wish.again->seen.seq));
    if (held_before != wish.again->seen.log_hash) return fail(ErrorCode::log_fork, "the log is another than the one held before");
  }
  if ((admission.seen.seq >= seq || held != admission.seen.log_hash) && !MUISTIO_PLANTED("welcome"))
    return fail(ErrorCode::log_fork, "the admitter saw another log than this device");

  auto state = std::make_unique<State>(wish.link.space, keys, wish.auth_key.clone());
  state->epoch = group.epoch();
  state->last_handshake = state->joined_at = seq;
  state->roll_hash = admission.roll_hash;
  state->older_check = admission.older_check;
  const auto first_era = charter.find(keys->member())->first_era;
  const bool begins_era = admission.roll_hash.is_zero();
  const bool may_begin_era = charter.history == HistoryPolicy::joining && !wish.again;
  if (begins_era != may_begin_era || first_era > charter.era)
    return fail(ErrorCode::invalid_invitation, "not what the history policy says");
  state->needs_history = !begins_era;
  MUISTIO_TRY(auto key, export_content_key(group, charter.era));
  state->roll = Roll(state->epoch, charter.era);
  state->roll.begin_epoch(seq, key_check(state->id, state->epoch, key));
  for (const auto& leaf : leaves) {
    const auto auth_pub = leaf.device == keys->device() ? joining.auth_pub() : wire::AuthKey{};
    state->roll.open(
        {leaf.certificate.device_sig_pub, leaf.member, *charter.role_of(leaf.member), auth_pub, state->epoch, std::nullopt});
  }
  auto& epoch = state->epochs[state->epoch];
  epoch.commit_hash = commit_hash;
  for (auto& granted : admission.granted)  // more than the charter allows is not taken; the roll's checks decide about the rest
    if (first_era <= granted.era && granted.era < charter.era && granted.epoch < state->epoch)
      state->epochs[granted.epoch].set(std::move(granted.key));
  if (record.keywrap && state->needs_history && state->epoch > Epoch(0)) {
    const auto wrap = Keywrap::decode(*record.keywrap);
    if (wrap && wrap->epoch.next() == state->epoch) {
      if (auto older = open_keywrap(key, *wrap, state->id, commit_hash)) state->accept_key(wrap->epoch, std::move(*older));
    }
  }
  epoch.set(std::move(key));
  state->group.emplace(std::move(group));
  state->charter = std::move(charter);
  state->set_leaves(std::move(leaves));
  return Space(std::move(state));
}

const SpaceId& Space::id() const { return state_->id; }
Epoch Space::epoch() const { return state_->epoch; }
const Charter& Space::charter() const { return state_->charter; }
const Roll& Space::roll() const { return state_->roll; }
MemberId Space::own_member() const { return state_->keys->member(); }
DeviceId Space::own_device() const { return state_->keys->device(); }
std::optional<Role> Space::own_role() const {
  if (is_closed()) return std::nullopt;
  return state_->charter.role_of(own_member());
}
const std::vector<DeviceChange>& Space::devices() const { return state_->devices; }
Seq Space::last_handshake_seq() const { return state_->last_handshake; }
bool Space::is_closed() const { return !state_->group; }
std::optional<Error> Space::frozen() const { return state_->frozen; }
const crypto::SigningKey& Space::auth_key() const { return state_->auth_key; }
wire::AuthKey Space::auth_pub() const { return wire::AuthKey(state_->auth_key.verify_key().array()); }
Era Space::era() const { return state_->charter.era; }
bool Space::holds_era(Era born) const { return state_->audience_secret(era_audience(born), state_->epoch).has_value(); }
Seq Space::readable_after() const {
  const auto& roll = state_->roll;
  return roll.start_of(roll.first_epoch()).value_or(Seq(0));
}
bool Space::needs_history() const { return state_->needs_history; }
Seq Space::joined_at() const { return state_->joined_at; }

}  // namespace muistio::space
