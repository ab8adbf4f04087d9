// The engine's inside. Its members are defined by theme: change.cpp (transactions), connection.cpp, opening.cpp, puller.cpp,
// pusher.cpp, intents.cpp, inviter.cpp, joiner.cpp, local.cpp, witness.cpp, restoring.cpp, seals.cpp, access.cpp.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "keys.hpp"
#include "linking.hpp"
#include "muistio/space/recovery_box.hpp"
#include "muistio/sync/engine.hpp"
#include "slot.hpp"

namespace muistio::sync {

/// The id of a join request: the beginning of SHA-256 of its bytes.
[[nodiscard]] JoinRequestId request_id_of(BytesView request);
/// What is kept of an item of a space's inbox; the name and the request itself are left out.
[[nodiscard]] JoinRequestRow row_of(const SpaceId& space, const wire::InboxItem& item);

/// What a request was for, until its answer comes.
struct Request {
  enum class Kind : std::uint8_t {
    open,
    subscribe,
    verify,
    append_batch,
    append_commit,
    append_keywrap,
    append_put_back,
    append_repair,
    append_proposal,
    post,
    withdraw,
    inbox,
    inbox_delete,
    ticket,
    attachment_delete,
    put_answer,
    post_ask,
    fetch_answer,
    put_box,
    fetch_boxes,
    ping
  };
  Kind kind = Kind::ping;
  SpaceId space{};
  BatchPlace batch{};
  std::uint64_t number = 0;  // an intent's id, or a place in Link::proposals
  AttachmentId attachment{};
};

/// One transaction on one space: what is to happen only if it commits is gathered here.
struct Work {
  store::Transaction& transaction;
  Slot& slot;
  std::vector<Event> events;
  std::set<DocumentId> documents;
  std::set<Era> snapshots;  // whose rows changed
  bool space_changed = false;
  bool has_fixed = false;  // a batch of ours got its place in the chain: that is never lost, in whatever change it is
};

/// Whether the roll of the epoch stands in the log, as an admission needs (R6).
enum class RollStand : std::uint8_t { in_log, on_its_way, given_up };

struct Engine::Impl {
  Impl(store::Store& store_, const Clock& clock_, Random& random_, Hooks hooks_);

  // change.cpp
  Status load_all();
  Status load(Slot& slot);
  void forget(Slot& slot);
  Slot* find(const SpaceId& space) const;
  Result<Slot*> loaded(const SpaceId& space);
  Status change(Slot& slot, const std::function<Status(Work&)>& body, store::Durability durability = store::Durability::at_commit);
  /// Saves the documents that the work touched so far and tells of them.
  Status hand_on(Work& work);
  Status change_later(Slot& slot, const std::function<Status(Work&)>& body);
  Status put_pending(Work& work, const PendingBatch& batch);
  Status put_intent(Work& work, const Intent& intent);
  Status erase_intent(Work& work, std::uint64_t id);
  [[nodiscard]] std::uint64_t unsent(const Slot& slot) const;
  static bool is_storage_error(const Error& error) noexcept;

  // connection.cpp
  void connected(const wire::TlsExporter& exporter, std::string_view server_name);
  void received(BytesView frame);
  void disconnected();
  void tick();
  void send(const wire::ClientMessage& message, const Request& request);
  void stop(Error error);
  void on_challenge(wire::Challenge challenge);
  void on_answer(const Request& request, wire::ServerMessage message);
  void on_done(const Request& request);
  void on_refused(const Request& request, const wire::Refused& refused);
  void on_ticket(const Request& request, const wire::Ticket& ticket);
  bool run(const Status& status);

  // opening.cpp
  void open_slot(Slot& slot);
  void on_opened(Slot& slot, const wire::SpaceOpened& opened);
  void on_open_refused(Slot& slot, const Error& error);
  void subscribe(Slot& slot);
  void verify_more(Slot& slot);
  void on_verify(Slot& slot, const wire::Records& records);
  Status freeze(Work& work, Error error, bool for_good = false);
  Status freeze_now(Slot& slot, Error error);
  Status unfreeze(Slot& slot);

  // witness.cpp
  Status load_evidence(Slot& slot);
  Status save_evidence(Work& work);
  /// The proof if the server itself named, or acknowledged, another log at this place.
  std::optional<Proof> broken_word(const Slot& slot, const LogPlace& place) const;
  std::optional<Proof> broken_word(const Slot& slot, const wire::Records& records) const;
  std::optional<Proof> contradiction(Slot& slot, const LogPlace& place) const;
  Status prove(Work& work, Proof proof, bool until_reopened = false);
  Status prove_now(Slot& slot, Proof proof, bool until_reopened = false);
  void pass_pins(Slot& slot);
  [[nodiscard]] Seq newest_known(const Slot& slot) const;
  Status keep_tail(Work& work, Seq seq, BytesView record, std::size_t later);
  Status drop_tail(Work& work);

  // restoring.cpp
  Status restore(Slot& slot, const LogPlace& server);
  Status put_back(Slot& slot);
  Status on_put_back(Slot& slot, const Request& request, const wire::Appended& appended);
  Result<std::optional<bool>> is_our_beginning(const Slot& slot, const LogPlace& server) const;
  Status reopened(Work& work, const std::optional<LogPlace>& later);

  // seals.cpp
  Result<std::string> make_seal(const SpaceId& space);
  Result<SealAnswer> check_seal(const SpaceId& space, std::string_view text);
  Result<std::string> reopen(const SpaceId& space);
  Status accept_reopening(const SpaceId& space, std::string_view text);
  Status check_place(const Slot& slot, const space::Reopening& reopening) const;
  Status take_reopening(Work& work, Seq seq, const space::OpenedBatch& batch);

  // access.cpp
  void note_access(Work& work, const wire::Record& record, const space::Outcome& outcome);
  bool push_repair(Slot& slot);

  // puller.cpp
  void on_records(const wire::Records& records);
  Status take_records(Slot& slot, const wire::Records& records);
  Status take_record(Work& work, Seq seq, BytesView bytes);
  Status take_handshake(Work& work, Seq seq, const wire::Record& record);
  Status follow(Work& work, Seq seq, const space::Outcome& outcome);
  Status take_content(Work& work, Seq seq, BytesView record_bytes, const Hash* record_hash);
  Status take_batch(Work& work, Seq seq, BytesView record_bytes, const Hash* record_hash);
  Status take_changes(Work& work, Seq seq, const space::OpenedBatch& batch);
  Status take_baseline(Work& work, Seq seq, const space::OpenedBatch& batch);
  Status begin_own_anew(Work& work, const replica::Author& self);
  Status accept_own(Work& work, const BatchPlace& place);
  Status close(Work& work, bool left);
  Status end_access(Slot& slot);
  void ignore(Work& work, Seq seq, const DeviceId& device, Error error);

  // pusher.cpp
  void pump(Slot& slot);
  Status push(Slot& slot);
  Status push_content(Slot& slot);
  Status fix_batches(Slot& slot);
  Status fix_batch(Work& work, Era era, space::PayloadKind kind, BytesView payload, std::uint64_t first, std::uint64_t last);
  Status fix_changes(Work& work, Era era, std::uint64_t last);
  Status send_batches(Slot& slot);
  void append_record(Slot& slot, const wire::Record& record, SentRecord& sent, Request request);
  void on_appended(const Request& request, const wire::Appended& appended);
  void on_append_refused(Slot& slot, const Request& request, const Error& error, const wire::Refused& refused);
  [[nodiscard]] bool may_send() const;

  // intents.cpp
  Result<bool> push_commit(Slot& slot);
  Result<bool> prepare_intent(Slot& slot, const Intent& intent);
  Result<bool> prepare_admit(Slot& slot, const Intent& intent);
  Result<bool> prepare_era(Slot& slot, const Intent& intent);
  Status open_era(Work& work, const space::Outcome& outcome);
  Result<RollStand> roll_is_in_log(Slot& slot, const Intent& intent);
  Result<bool> prepare_keywrap(Slot& slot, const Intent& intent);
  using Stage = std::function<Result<space::StagedHandshake>(space::Space&)>;
  Result<bool> stage(Slot& slot, std::uint64_t intent, const Stage& make);
  Status give_up(Slot& slot, const Intent& intent, Error error);
  Status push_leaving(Slot& slot);
  Status finish_intent(Work& work);
  [[nodiscard]] bool heal_is_due(const Slot& slot) const;

  // hosts.cpp
  Result<Slot*> open_space(SpaceId space);
  Status set_role(SpaceId space, const MemberId& member, Role role);
  Result<std::string> warrant(SpaceId space, const MemberId& member);
  Status take_host(SpaceId space, std::string_view text);
  Status replace_hosts(SpaceId space, const MemberId& member, bool insist);
  Result<bool> prepare_role(Slot& slot, const Intent& intent);
  Result<bool> prepare_take_host(Slot& slot, const Intent& intent);
  Result<bool> prepare_vote(Slot& slot, const Intent& intent);
  Status offer_host(SpaceId space);
  Result<bool> prepare_offer(Slot& slot, const Intent& intent);
  Status take_offer_of_host(Work& work, const space::OpenedBatch& batch);
  Result<bool> take_votes(Slot& slot);
  Status put_vote(Work& work, const space::Warrant& vote);
  Status take_vote(Work& work, const space::OpenedBatch& batch);
  Status drop_old_votes(Work& work);
  Status host_seen(Work& work);
  Status load_votes(Slot& slot);

  // quorum.cpp
  Status set_quorum(SpaceId space, std::uint8_t quorum);
  [[nodiscard]] std::vector<Newcomer> newcomers(const Slot& slot) const;
  Status agree(SpaceId space, const MemberId& newcomer);
  [[nodiscard]] std::optional<space::Warrant> agreement_on(const Slot& slot, const MemberId& subject) const;
  Result<bool> prepare_agree(Slot& slot, const Intent& intent);
  Result<bool> prepare_quorum(Slot& slot, const Intent& intent);
  Status post_newcomers(Slot& slot);
  Status put_newcomers(Work& work, const DeviceId& host, std::vector<Newcomer> newcomers);
  Status take_newcomers(Work& work, const space::OpenedBatch& batch);
  Status put_agreement(Work& work, const space::Warrant& agreement);
  Status drop_old_agreements(Work& work);
  Status load_quorum_row(Slot& slot, BytesView key, BytesView value);

  // offers.cpp
  Status join_session(SpaceId club, const SessionInvite& session);
  Status take_offer(Work& work, const space::OpenedBatch& batch);
  Status take_offers(Slot& session);

  // successor.cpp
  Result<SpaceId> succeed(SpaceId space);
  Status mark_succeeded(Slot& slot);
  Status end_predecessor(const Slot& successor);
  [[nodiscard]] Result<std::set<DocumentId>> unsent_documents(SpaceId space);

  // inviter.cpp
  Result<Invitation> invite(SpaceId space, const InviteOptions& options);
  Result<std::optional<InvitationRow>> invitation(const InvitationId& id) const;
  Result<std::optional<JoinRequestRow>> join_request(const JoinRequestId& id) const;
  std::vector<InvitationRow> all_invitations() const;
  std::vector<JoinRequestRow> all_join_requests() const;
  Status revoke(const InvitationId& id);
  Status admit(SpaceId space, const JoinRequestId& request, const std::optional<MemberId>& again);
  Status intend_admission(Work& work, JoinRequestRow row, const std::optional<MemberId>& again = std::nullopt);
  bool wants_inbox(const Slot& slot) const;
  bool has_open_invitation(const Slot& slot) const;
  Status post_invitations(Slot& slot);
  Status take_invitations(Work& work, const space::OpenedBatch& batch);
  void ask_inbox(Slot& slot);
  Status on_inbox(Slot& slot, const wire::Inbox& inbox);
  Status take_request(Slot& slot, const wire::InboxItem& item);

  // joiner.cpp
  Result<SpaceId> join(std::string_view link, std::string_view name);
  Status cancel_join(SpaceId space);
  Status forget_cancelled(Slot& slot);
  Status try_welcome(Work& work, Seq seq, const wire::Record& record);
  Status move_drafts(Work& work);
  Status keep_unsendable(Work& work);
  Status read_history(Work& work);
  Status replay(Slot& slot);

  // snapshots.cpp
  Status load_snapshots(Slot& slot) const;
  static Status save_snapshots(Work& work);
  void count_for_snapshot(Work& work, const space::AudienceId& audience, std::size_t record_bytes) const;
  void outdate_snapshot(Work& work, Era era, const replica::Change& change) const;
  void tell_due(Slot& slot);
  [[nodiscard]] bool is_in_step(const Slot& slot) const;
  Status take_notice(Work& work, Era era, BytesView payload, bool own) const;
  Status find_snapshots(Slot& slot);
  Status check_snapshots(Slot& slot);
  Status show(Slot& slot, Era era, BytesView bytes);
  void go_on();
  [[nodiscard]] bool can_go_on(const Slot& slot) const;

  // linking.cpp
  Result<Invitation> link_device(const DeviceLinkOptions& options);
  Status answer_ask(Slot& slot, const wire::InboxItem& item, const space::Invitation& invitation);
  Status ask_person(Slot& slot, const wire::InboxItem& item, const space::Invitation& invitation);
  Result<std::vector<std::pair<JoinRequestRow, std::string>>> waiting_asks() const;  // with their digits
  Status confirm_device(std::string_view code);
  Status take_reveal(const std::vector<Bytes>& boxes);
  Status load_linking();
  Result<SpaceId> follow_device_link(std::string_view text);
  void ask_link();
  void on_link_answer(const Request& request, const wire::ServerMessage& message);
  Status adopt(space::DeviceAnswer answer);

  // own_devices.cpp
  [[nodiscard]] Slot* personal_slot() const;
  std::vector<DeviceId> linked_devices();
  Result<std::vector<space::Foothold>> footholds();
  Status post_footholds(Slot& slot);
  Status take_footholds(Work& work, const space::OpenedBatch& batch);
  Status join_own_spaces();
  Status ask_again(const space::Foothold& foothold, space::Joining::Again again);
  Status take_rejoin(Slot& slot, const wire::InboxItem& item);
  Status intend_rejoin(Work& work, JoinRequestRow row);
  Result<bool> prepare_rejoin(Slot& slot, const Intent& intent);
  Status remove_device(const DeviceId& device);
  Result<bool> prepare_remove_device(Slot& slot, const Intent& intent);

  // recovery.cpp
  [[nodiscard]] Hash box_source() const;
  [[nodiscard]] bool box_is_due() const;
  Status lay_box();
  Status on_box_laid();
  Status take_box_note(Work& work, const space::OpenedBatch& batch);
  Status recover(std::string_view words);
  Status load_recovery();
  void ask_boxes();
  void on_boxes(const wire::ServerMessage& message);
  Status take_box(space::RecoveryBox box, const Hash& hash);
  Status join_recovered();
  Status carry_over(Slot& from);

  // rejoin.cpp
  Result<std::shared_ptr<const space::DeviceKeys>> keys_of(const SpaceId& space) const;
  Status load_rejoin(Slot& slot) const;
  static Status put_rejoin(Work& work, RejoinStage stage, const DeviceId& from);
  Status renew_keys();
  Status start_rejoin(Slot& slot);
  static Status put_drafts(Work& work);
  Status begin_rebuild(Work& work);
  static Status forget_draft(Work& work, Era era, const replica::Change& change);
  Status redo_drafts(Work& work);

  // local.cpp
  Status load_identity();
  Status make_identity();
  Result<SpaceId> create_space(SpaceKind kind, space::HistoryPolicy history, const space::Founding& founding = {});
  Status begin_era(SpaceId space);
  /// Applies an edit and puts it into the outbox.
  Status write(Work& work, const replica::Author& author, const Editor& editor);
  static Status put_identity(store::Transaction& transaction, const space::Identity& identity, const space::DeviceKeys& device);
  static Status put_recovery_address(store::Transaction& transaction, const space::RecoveryAddress& address);
  [[nodiscard]] Result<std::optional<space::RecoveryAddress>> recovery_address() const;
  /// How the member is called; empty if that was never said.
  [[nodiscard]] Result<std::string> own_name() const;
  static Status put_own_name(store::Transaction& transaction, std::string_view name);
  /// The words' secret, until it is forgotten.
  [[nodiscard]] Result<std::optional<space::Phrase>> kept_phrase() const;
  static Status put_phrase(store::Transaction& transaction, const space::Phrase& phrase);
  Result<std::optional<SecretBytes>> phrase_words();
  static Status erase_phrase(store::Transaction& transaction);
  Status forget_phrase();
  Status edit(SpaceId space, const Editor& editor);
  Status read(SpaceId space, const Reading& reading);
  Status remove_member(SpaceId space, const MemberId& member);
  Status leave(SpaceId space);
  Status drop_taken_back(Work& work, const replica::Written& written);
  [[nodiscard]] SpaceSummary summary(const Slot& slot) const;
  [[nodiscard]] bool is_quiet() const;
  [[nodiscard]] std::vector<Waiting> waiting() const;

  store::Store& store;
  const Clock& clock;
  Random& random;
  Hooks hooks;
  std::optional<space::Identity> identity;
  std::shared_ptr<const space::DeviceKeys> keys;
  std::map<SpaceId, std::unique_ptr<Slot>> slots;
  std::unique_ptr<Linking> linking;
  std::set<JoinRequestId> told_asks;  // of new devices, on this connection
  bool has_new_footholds = false;
  bool recovers = false;   // the words were shown: boxes are laid
  bool needs_box = false;  // the words were given: a box is looked for
  bool is_box_asked = false, is_box_looked = false, is_box_sent = false, is_box_refused = false;  // of this connection
  MonotonicMs box_at;
  space::BoxNote sent_box;
  Hash sent_box_source;

  bool is_connected = false;
  wire::TlsExporter exporter;
  std::string server_name;
  std::optional<wire::Challenge> challenge;
  std::uint64_t last_request = 0;
  std::map<std::uint64_t, Request> requests;
  std::optional<Error> close_reason;
  std::vector<Bytes> frames;
  std::vector<Event> events;
  Counts counts;
};

}  // namespace muistio::sync
