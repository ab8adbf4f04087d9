// From the values of muistio::Client to the structs of the C interface.
#include <algorithm>

#include "answer.hpp"

namespace muistio::c {
namespace {

muistio_member_id id_of(const MemberId& id) noexcept {
  muistio_member_id made;
  std::copy(id.array().begin(), id.array().end(), made.bytes);
  return made;
}

std::vector<const char*> texts_of(const std::vector<std::string>& texts) {
  std::vector<const char*> pointers;
  for (const auto& text : texts) pointers.push_back(text.c_str());
  return pointers;
}

/// The items as structs that are kept, and pointers to them.
template <class T>
const auto* pointers_to(const std::vector<T>& items, Side& side) {
  using Record = decltype(record_of(items.front(), side));
  std::vector<Record> records;
  for (const auto& item : items) records.push_back(record_of(item, side));
  const auto* first = side.keep(std::move(records));
  std::vector<const Record*> pointers;
  for (std::size_t i = 0; i < items.size(); ++i) pointers.push_back(first + i);
  return side.keep(std::move(pointers));
}

muistio_standing number_of(Standing standing) noexcept { return static_cast<muistio_standing>(standing); }
muistio_role number_of(Role role) noexcept { return static_cast<muistio_role>(role); }
muistio_history number_of(const std::optional<History>& history) noexcept {
  return history ? static_cast<muistio_history>(*history) : MUISTIO_HISTORY_UNKNOWN;
}

const muistio_stretch* stretches_of(const std::vector<home::Stretch>& stretches, Side& side) {
  std::vector<muistio_stretch> made;
  for (const auto& each : stretches) made.push_back({each.offset, each.bytes});
  return side.keep(std::move(made));
}

/// The error's code and, in `message`, its sentence.
muistio_status status_of(const std::optional<Error>& error, const char*& message, Side& side) {
  message = "";
  if (!error) return 0;
  const auto text = error->message();
  message = side.keep(std::vector<char>(text.c_str(), text.c_str() + text.size() + 1));
  return static_cast<muistio_status>(error->code);
}

}  // namespace

muistio_id id_of(const std::array<std::uint8_t, 16>& bytes) noexcept {
  muistio_id made;
  std::copy(bytes.begin(), bytes.end(), made.bytes);
  return made;
}

TextItem record_of(const std::string& text, Side&) { return {text.c_str(), text.size()}; }
TextItem record_of(const Bytes& bytes, Side&) { return {as_text(bytes).data(), bytes.size() - 1}; }
TextItem record_of(const SecretBytes& bytes, Side&) { return {as_text(bytes.expose()).data(), bytes.size() - 1}; }

AnswerPtr answer_with(Bytes bytes) {
  bytes.push_back(0);
  std::vector<Bytes> values;
  values.push_back(std::move(bytes));
  return answer_with(std::move(values));
}

AnswerPtr answer_with(SecretBytes bytes) {
  SecretBytes ended(bytes.size() + 1);
  std::copy(bytes.expose().begin(), bytes.expose().end(), ended.expose_mutable().begin());
  std::vector<SecretBytes> values;
  values.push_back(std::move(ended));
  return answer_with(std::move(values));
}

AnswerPtr answer_with(const Error& error) {
  auto answer = std::make_shared<Answer>();
  answer->status = static_cast<muistio_status>(error.code);
  answer->message = error.message();
  return answer;
}

muistio_contradiction record_of(const Contradiction& contradiction, Side&) {
  muistio_contradiction made{};
  made.noticed_ms = contradiction.noticed.value();
  made.code = contradiction.code.c_str();
  made.message = contradiction.message.c_str();
  made.place = contradiction.place.value();
  made.held = contradiction.held.c_str();
  made.shown = contradiction.shown.c_str();
  made.source = contradiction.source.c_str();
  return made;
}

muistio_club record_of(const Club& club, Side& side) {
  muistio_club made{};
  made.id = id_of(club.id);
  made.kind = static_cast<muistio_kind>(club.kind);
  made.name = club.name.c_str();
  made.author = club.author.c_str();
  made.at_ms = club.at.value();
  made.standing = number_of(club.standing);
  made.history = number_of(club.history);
  made.own_role = club.own_role ? number_of(*club.own_role) : MUISTIO_ROLE_NONE;
  made.members = club.members;
  made.unsent = club.unsent;
  made.head = club.head.value();
  made.trusted = club.trusted;
  made.read_only = club.read_only;
  made.unverified = club.unverified;
  made.needs_rejoin = club.needs_rejoin;
  made.personal = club.personal;
  made.why = club.why.c_str();
  made.why_message = club.why_message.c_str();
  made.evidence = pointers_to(club.evidence, side);
  made.evidence_count = club.evidence.size();
  return made;
}

muistio_session record_of(const Session& session, Side&) {
  muistio_session made{};
  made.id = id_of(session.id);
  made.title = session.title.c_str();
  made.host = session.host.c_str();
  made.host_id = id_of(session.host_id);
  made.at_ms = session.at.value();
  made.standing = session.standing ? number_of(*session.standing) : MUISTIO_STANDING_NONE;
  return made;
}

muistio_member record_of(const Member& member, Side&) {
  muistio_member made{};
  made.id = id_of(member.id);
  made.name = member.name.c_str();
  made.role = number_of(member.role);
  made.at_ms = member.at.value();
  made.devices = member.devices;
  made.self = member.self;
  made.has_again = member.again.has_value();
  if (member.again) made.again = id_of(*member.again);
  return made;
}

muistio_device record_of(const Device& device, Side&) {
  muistio_device made{};
  made.id = id_of(device.id);
  made.name = device.name.c_str();
  made.author = device.author.c_str();
  made.self = device.self;
  return made;
}

muistio_note record_of(const Note& note, Side&) {
  muistio_note made{};
  made.id = id_of(note.id);
  made.club = id_of(note.club);
  made.title = note.title.c_str();
  made.author = note.author.c_str();
  made.author_id = id_of(note.author_id);
  made.at_ms = note.at.value();
  made.changed_ms = note.changed.value();
  made.bytes = note.bytes;
  made.is_private = note.is_private;
  made.handed_in_by = note.handed_in_by.c_str();
  return made;
}

muistio_note_text record_of(const NoteText& note, Side& side) {
  muistio_note_text made{};
  made.note = side.keep(std::vector<muistio_note>{record_of(note.note, side)});
  made.text = note.text.c_str();
  made.text_bytes = note.text.size();
  made.version = note.version.c_str();
  return made;
}

muistio_material record_of(const Material& material, Side&) {
  muistio_material made{};
  made.id = id_of(material.id);
  made.club = id_of(material.club);
  made.title = material.title.c_str();
  made.author = material.author.c_str();
  made.author_id = id_of(material.author_id);
  made.at_ms = material.at.value();
  made.bytes = material.bytes;
  made.present = material.present;
  made.uploaded = material.uploaded;
  made.media_type = material.media_type.c_str();
  return made;
}

muistio_material_quota record_of(const MaterialQuota& quota, Side&) {
  return {quota.bytes, quota.limit.value_or(MUISTIO_NO_LIMIT)};
}

muistio_invitation record_of(const Invitation& invitation, Side&) {
  muistio_invitation made{};
  made.id = id_of(invitation.id);
  made.club = id_of(invitation.club);
  made.role = number_of(invitation.role);
  made.uses_left = invitation.uses_left;
  made.expires_ms = invitation.expires.value();
  made.revoked = invitation.revoked;
  made.link = invitation.link.c_str();
  return made;
}

muistio_join_request record_of(const JoinRequest& request, Side&) {
  muistio_join_request made{};
  made.id = request.id.c_str();
  made.club = id_of(request.club);
  made.name = request.name.c_str();
  made.admitted = request.admitted;
  return made;
}

muistio_found record_of(const Found& found, Side& side) {
  muistio_found made{};
  made.id = id_of(found.id);
  made.club = id_of(found.club);
  made.title = found.title.c_str();
  made.snippet = found.snippet.c_str();
  made.author = found.author.c_str();
  made.at_ms = found.at.value();
  made.changed_ms = found.changed.value();
  made.title_matches = stretches_of(found.title_matches, side);
  made.title_matches_count = found.title_matches.size();
  made.snippet_matches = stretches_of(found.snippet_matches, side);
  made.snippet_matches_count = found.snippet_matches.size();
  return made;
}

muistio_checked record_of(const Checked& checked, Side& side) {
  std::vector<muistio_id> damaged;
  for (const auto& id : checked.damaged) damaged.push_back(id_of(id));
  muistio_checked made{};
  made.notes = checked.notes;
  made.files = checked.files;
  made.bytes = checked.bytes;
  made.damaged_count = damaged.size();
  made.damaged = side.keep(std::move(damaged));
  return made;
}

muistio_seal_answer record_of(const SealAnswer& answer, Side&) {
  muistio_seal_answer made{};
  made.verdict = static_cast<muistio_verdict>(answer.verdict);
  made.member = answer.member.c_str();
  made.behind = answer.behind;
  made.ahead = answer.ahead;
  return made;
}

muistio_waiting record_of(const Waiting& waiting, Side&) { return {waiting.id.c_str(), waiting.why.c_str()}; }

muistio_sync_report record_of(const SyncReport& report, Side& side) {
  muistio_sync_report made{};
  made.end = static_cast<muistio_sync_end>(report.end);
  made.error = status_of(report.error, made.error_message, side);
  made.pushed = report.pushed;
  made.pulled = report.pulled;
  made.up_bytes = report.up_bytes;
  made.down_bytes = report.down_bytes;
  made.waiting = pointers_to(report.waiting, side);
  made.waiting_count = report.waiting.size();
  made.said = side.keep(texts_of(report.said));
  made.said_count = report.said.size();
  return made;
}

muistio_sync_progress record_of(const SyncProgress& progress, Side&) {
  return {progress.records_done, progress.records_total, progress.material_done, progress.material_total, progress.unsent};
}

muistio_live_state record_of(const LiveState& state, Side& side) {
  muistio_live_state made{};
  made.phase = static_cast<muistio_live_phase>(state.phase);
  made.unsent = state.unsent;
  made.trusted = state.trusted;
  made.error = status_of(state.error, made.error_message, side);
  made.said = side.keep(texts_of(state.said));
  made.said_count = state.said.size();
  return made;
}

muistio_newcomer record_of(const Newcomer& newcomer, Side&) {
  return {newcomer.id.c_str(), newcomer.name.c_str(), newcomer.agreed, newcomer.quorum, newcomer.agreed_here};
}

muistio_person record_of(const home::Person& person, Side&) { return {id_of(person.id), person.name.c_str()}; }

muistio_meeting record_of(const home::Meeting& meeting, Side& side) {
  muistio_meeting made{};
  made.id = id_of(meeting.id);
  made.club = id_of(meeting.club);
  made.title = meeting.title.c_str();
  made.starts = meeting.starts.c_str();
  made.zone = meeting.zone.c_str();
  made.minutes = meeting.minutes;
  made.at_ms = meeting.at.value();
  made.ends_ms = meeting.ends.value();
  made.place = meeting.place.c_str();
  made.link = meeting.link.c_str();
  if (meeting.organiser) made.organiser = side.keep(std::vector<muistio_person>{record_of(*meeting.organiser, side)});
  made.facilitators = pointers_to(meeting.facilitators, side);
  made.facilitators_count = meeting.facilitators.size();
  made.guests = side.keep(texts_of(meeting.guests));
  made.guests_count = meeting.guests.size();
  made.places = meeting.places;
  made.cancelled = meeting.cancelled;
  made.own_answer = meeting.own_answer.c_str();
  made.coming = meeting.coming;
  made.waiting = meeting.waiting;
  return made;
}

muistio_reminder record_of(const home::Reminder& reminder, Side&) {
  muistio_reminder made{};
  made.at_ms = reminder.at.value();
  made.kind = reminder.kind.c_str();
  made.club = id_of(reminder.club);
  made.about = id_of(reminder.about);
  made.title = reminder.title.c_str();
  made.due_ms = reminder.due.value();
  return made;
}

muistio_reach record_of(const home::Reach& reach, Side&) { return {reach.have, reach.devices, reach.sent}; }

muistio_news record_of(const Missed& missed, Side& side) {
  muistio_news made{};
  made.section = missed.section;
  made.kind = missed.news.kind.c_str();
  made.id = id_of(missed.news.id);
  made.title = missed.news.title.c_str();
  made.by = record_of(missed.news.by, side);
  made.at_ms = missed.news.at.value();
  return made;
}

AnswerPtr answer_with(home::CatchUp missed) {
  std::vector<Missed> all;
  const auto add = [&all](muistio_section section, std::vector<home::News>& news) {
    for (auto& each : news) all.push_back({section, std::move(each)});
  };
  add(MUISTIO_SECTION_SAID, missed.said);
  add(MUISTIO_SECTION_DECIDED, missed.decided);
  add(MUISTIO_SECTION_SHARED, missed.shared);
  add(MUISTIO_SECTION_ASKED, missed.asked);
  return answer_with(std::move(all));
}

}  // namespace muistio::c
