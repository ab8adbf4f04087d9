// The calls of a Client that its home answers, each on the client's thread.
#include "client_impl.hpp"

namespace muistio {

using home::Home;

Future<void> Client::init(std::string name, std::string server, std::string ca_pem) {
  return impl_->ask([name = std::move(name), server = std::move(server), ca_pem = std::move(ca_pem)](Home& home) {
    return home.init(name, server, ca_pem);
  });
}

Future<std::vector<Club>> Client::clubs() {
  return impl_->ask([](Home& home) { return home.clubs(); });
}

Future<std::vector<Device>> Client::devices() {
  return impl_->ask([](Home& home) { return home.devices(); });
}

Future<std::string> Client::link_device(bool shown_in_person) {
  return impl_->ask([shown_in_person](Home& home) { return home.link_device(shown_in_person); });
}

Future<void> Client::follow_device_link(std::string link, std::string ca_pem) {
  return impl_->ask(
      [link = std::move(link), ca_pem = std::move(ca_pem)](Home& home) { return home.follow_device_link(link, ca_pem); });
}

Future<std::vector<std::string>> Client::device_codes() {
  return impl_->ask([](Home& home) { return home.device_codes(); });
}

Future<void> Client::confirm_device(std::string code) {
  return impl_->ask([code = std::move(code)](Home& home) { return home.confirm_device(code); });
}

Future<void> Client::remove_device(std::string device) {
  return impl_->ask([device = std::move(device)](Home& home) { return home.remove_device(device); });
}

Future<SecretBytes> Client::recovery_words() {
  return impl_->ask([](Home& home) { return home.recovery_words(); });
}

Future<void> Client::recover(SecretBytes words, std::string server, std::string ca_pem) {
  auto kept = std::make_shared<SecretBytes>(std::move(words));
  return impl_->ask([kept, server = std::move(server), ca_pem = std::move(ca_pem)](Home& home) {
    return home.recover(as_text(kept->expose()), server, ca_pem);
  });
}

Future<void> Client::forget_recovery_words() {
  return impl_->ask([](Home& home) { return home.forget_recovery_words(); });
}

Future<std::vector<Waiting>> Client::waiting() {
  return impl_->ask([](Home& home) { return home.waiting(); });
}

Future<SpaceId> Client::create_club(std::string name, History history, ClubSettings settings) {
  return impl_->ask([name = std::move(name), history, settings = std::move(settings)](Home& home) {
    return home.create_club(name, history, settings);
  });
}

Future<ClubSettings> Client::settings(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.settings(club); });
}

Future<void> Client::change_settings(SpaceId club, ClubSettings change) {
  return impl_->ask([club, change = std::move(change)](Home& home) { return home.change_settings(club, change); });
}

Future<void> Client::begin_season(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.begin_season(club); });
}

Future<void> Client::leave_club(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.leave_club(club); });
}

Future<SpaceId> Client::find_club(std::string wanted) {
  return impl_->ask([wanted = std::move(wanted)](Home& home) { return home.find_club(wanted); });
}

Future<Invitation> Client::invite(NewInvitation wanted) {
  return impl_->ask([wanted](Home& home) { return home.invite(wanted); });
}

Future<std::vector<Invitation>> Client::invitations(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.invitations(club); });
}

Future<void> Client::revoke_invitation(std::string invitation) {
  return impl_->ask([invitation = std::move(invitation)](Home& home) { return home.revoke_invitation(invitation); });
}

Future<SpaceId> Client::join(std::string link, std::string name, std::string ca_pem) {
  return impl_->ask([link = std::move(link), name = std::move(name), ca_pem = std::move(ca_pem)](Home& home) {
    return home.join(link, name, ca_pem);
  });
}

Future<void> Client::cancel_join(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.cancel_join(club); });
}

Future<std::vector<JoinRequest>> Client::join_requests(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.join_requests(club); });
}

Future<JoinRequest> Client::admit(SpaceId club, std::string request, std::string again) {
  return impl_->ask(
      [club, request = std::move(request), again = std::move(again)](Home& home) { return home.admit(club, request, again); });
}

Future<void> Client::set_quorum(SpaceId club, std::uint8_t quorum) {
  return impl_->ask([club, quorum](Home& home) { return home.set_quorum(club, quorum); });
}

Future<std::vector<Newcomer>> Client::newcomers(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.newcomers(club); });
}

Future<void> Client::agree_to_newcomer(SpaceId club, std::string newcomer) {
  return impl_->ask([club, newcomer = std::move(newcomer)](Home& home) { return home.agree_to_newcomer(club, newcomer); });
}

Future<std::vector<Member>> Client::members(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.members(club); });
}

Future<MemberId> Client::find_member(SpaceId club, std::string wanted) {
  return impl_->ask([club, wanted = std::move(wanted)](Home& home) { return home.find_member(club, wanted); });
}

Future<void> Client::remove_member(SpaceId club, std::string member) {
  return impl_->ask([club, member = std::move(member)](Home& home) -> Status {
    MUISTIO_TRY(auto found, home.find_member(club, member));
    return home.remove_member(club, found);
  });
}

Future<void> Client::give_host(SpaceId club, std::string member) {
  return impl_->ask([club, member = std::move(member)](Home& home) -> Status {
    MUISTIO_TRY(auto found, home.find_member(club, member));
    return home.give_host(club, found);
  });
}

Future<std::string> Client::host_warrant(SpaceId club, std::string member) {
  return impl_->ask([club, member = std::move(member)](Home& home) -> Result<std::string> {
    MUISTIO_TRY(auto found, home.find_member(club, member));
    return home.host_warrant(club, found);
  });
}

Future<void> Client::offer_host(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.offer_host(club); });
}

Future<void> Client::take_host(SpaceId club, std::string warrant) {
  return impl_->ask([club, warrant = std::move(warrant)](Home& home) { return home.take_host(club, warrant); });
}

Future<void> Client::replace_hosts(SpaceId club, std::string member, bool insist) {
  return impl_->ask([club, member = std::move(member), insist](Home& home) -> Status {
    MUISTIO_TRY(auto found, home.find_member(club, member));
    return home.replace_hosts(club, found, insist);
  });
}

Future<SpaceId> Client::succeed_club(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.succeed_club(club); });
}

Future<SpaceId> Client::create_session(SpaceId club, std::string title) {
  return impl_->ask([club, title = std::move(title)](Home& home) { return home.create_session(club, title); });
}

Future<std::vector<Session>> Client::sessions(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.sessions(club); });
}

Future<SpaceId> Client::join_session(SpaceId club, std::string session) {
  return impl_->ask([club, session = std::move(session)](Home& home) { return home.join_session(club, session); });
}

Future<void> Client::announce_session(SpaceId club, SpaceId session) {
  return impl_->ask([club, session](Home& home) { return home.announce_session(club, session); });
}

Future<SpaceId> Client::create_desk(std::string name) {
  return impl_->ask([name = std::move(name)](Home& home) { return home.create_desk(name); });
}

Future<Bytes> Client::hand_in(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.hand_in(club); });
}

Future<std::vector<DocumentId>> Client::accept_hand_in(SpaceId club, Bytes file) {
  return impl_->ask([club, file = std::move(file)](Home& home) { return home.accept_hand_in(club, file); });
}

Future<std::string> Client::seal(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.seal(club); });
}

Future<SealAnswer> Client::check_seal(SpaceId club, std::string text) {
  return impl_->ask([club, text = std::move(text)](Home& home) { return home.check_seal(club, text); });
}

Future<std::string> Client::reopen(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.reopen(club); });
}

Future<void> Client::accept_reopening(SpaceId club, std::string text) {
  return impl_->ask([club, text = std::move(text)](Home& home) { return home.accept_reopening(club, text); });
}

Future<DocumentId> Client::add_note(NewNote note) {
  return impl_->ask(
      [note = std::move(note)](Home& home) { return home.add_note(note.club, note.title, note.text, note.is_private); });
}

Future<std::vector<Note>> Client::notes(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.notes(club); });
}

Future<DocumentId> Client::find_note(std::string wanted) {
  return impl_->ask([wanted = std::move(wanted)](Home& home) { return home.find_note(wanted); });
}

Future<NoteText> Client::show_note(DocumentId note) {
  return impl_->ask([note](Home& home) { return home.note(note, true); });
}

Future<void> Client::edit_note(NoteEdit edit) {
  return impl_->ask([edit = std::move(edit)](Home& home) { return home.edit_note(edit.note, edit.text, edit.base); });
}

Future<void> Client::append_note(DocumentId note, std::string text) {
  return impl_->ask([note, text = std::move(text)](Home& home) { return home.append_note(note, text); });
}

Future<void> Client::delete_note(DocumentId note) {
  return impl_->ask([note](Home& home) { return home.delete_note(note); });
}

Future<DocumentId> Client::share_note(DocumentId note) {
  return impl_->ask([note](Home& home) { return home.share_note(note); });
}

Future<DocumentId> Client::add_material(SpaceId club, std::filesystem::path file) {
  return impl_->ask<true>([club, file = std::move(file)](Home& home) { return home.add_material(club, file); });
}

Future<std::vector<Material>> Client::material(SpaceId club) {
  return impl_->ask([club](Home& home) { return home.material(club); });
}

Future<DocumentId> Client::find_material(std::string wanted) {
  return impl_->ask([wanted = std::move(wanted)](Home& home) { return home.find_material(wanted); });
}

Future<void> Client::get_material(DocumentId material, std::filesystem::path out) {
  return impl_->ask<true>([material, out = std::move(out)](Home& home) { return home.get_material(material, out); });
}

Future<void> Client::delete_material(DocumentId material) {
  return impl_->ask([material](Home& home) { return home.delete_material(material); });
}

Future<void> Client::evict_material(DocumentId material) {
  return impl_->ask([material](Home& home) { return home.evict_material(material); });
}

Future<void> Client::set_material_quota(std::optional<std::uint64_t> bytes) {
  return impl_->ask([bytes](Home& home) { return home.set_material_quota(bytes); });
}

Future<MaterialQuota> Client::material_quota() {
  return impl_->ask([](Home& home) { return home.material_quota(); });
}

Future<std::vector<Found>> Client::search(std::string words, SearchFilter filter) {
  return impl_->ask([words = std::move(words), filter = std::move(filter)](Home& home) { return home.search(words, filter); });
}

Future<Checked> Client::check() {
  return impl_->ask([](Home& home) { return home.check(); });
}

Future<void> Client::backup(std::filesystem::path folder) {
  return impl_->ask<true>([folder = std::move(folder)](Home& home) { return home.backup(folder); });
}

Future<std::uint64_t> Client::export_club(SpaceId club, std::filesystem::path out, bool with_private) {
  return impl_->ask<true>(
      [club, out = std::move(out), with_private](Home& home) { return archive::export_club(home, club, out, with_private); });
}

}  // namespace muistio
