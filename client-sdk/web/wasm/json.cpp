#include "json.hpp"

#include <algorithm>

#include "muistio/base/role.hpp"

namespace muistio::web {
namespace {

/// JavaScript counts a text in UTF-16: where the stretches are there.
Json matches(const std::string& text, const std::vector<home::Stretch>& stretches) {
  const auto units = [](std::string_view bytes) {
    std::size_t count = 0;
    for (const char c : bytes) {
      const auto byte = static_cast<unsigned char>(c);
      if ((byte & 0xc0u) != 0x80u) count += byte >= 0xf0u ? 2 : 1;
    }
    return count;
  };
  auto list = Json::array();
  for (const auto& each : stretches)
    list.push_back({{"at", units(std::string_view(text).substr(0, each.offset))},
                    {"length", units(std::string_view(text).substr(each.offset, each.bytes))}});
  return list;
}

const char* phase_name(LiveState::Phase phase) {
  switch (phase) {
    case LiveState::Phase::connecting:
      return "connecting";
    case LiveState::Phase::catching_up:
      return "catching-up";
    case LiveState::Phase::in_step:
      return "in-step";
    case LiveState::Phase::waiting:
      return "waiting";
  }
  return "unknown";
}

const char* verdict_name(home::SealAnswer::Verdict verdict) {
  switch (verdict) {
    case home::SealAnswer::Verdict::agreed:
      return "agreed";
    case home::SealAnswer::Verdict::pinned:
      return "pinned";
    case home::SealAnswer::Verdict::contradicted:
      return "contradicted";
  }
  return "unknown";
}

}  // namespace

Json to_json(const Error& error) {
  return {{"code", std::string(error_name(error.code))}, {"message", std::string(error_sentence(error.code))}, {"detail", error.detail}};
}

Json to_json(const home::Club& club) {
  return {{"id", club.id.hex()},
          {"kind", home::kind_name(club.kind)},
          {"name", club.name},
          {"author", club.author},
          {"at", club.at.value()},
          {"standing", home::standing_name(club.standing)},
          {"history", club.history ? Json(home::history_name(*club.history)) : Json(nullptr)},
          {"role", club.own_role ? Json(std::string(role_name(*club.own_role))) : Json(nullptr)},
          {"members", club.members},
          {"unsent", club.unsent},
          {"trusted", club.trusted},
          {"why", club.why},
          {"readOnly", club.read_only},
          {"unverified", club.unverified},
          {"needsRejoin", club.needs_rejoin},
          {"personal", club.personal}};
}

Json to_json(const home::Session& session) {
  return {{"id", session.id.hex()},
          {"title", session.title},
          {"host", session.host},
          {"at", session.at.value()},
          {"standing", session.standing ? Json(home::standing_name(*session.standing)) : Json(nullptr)}};
}

Json to_json(const home::Member& member) {
  return {{"id", member.id.hex()},        {"name", member.name},       {"role", std::string(role_name(member.role))},
          {"at", member.at.value()},      {"devices", member.devices}, {"self", member.self},
          {"again", to_json(member.again)}};
}

Json to_json(const home::Device& device) {
  return {{"id", device.id.hex()}, {"name", device.name}, {"author", device.author}, {"self", device.self}};
}

Json to_json(const home::Note& note) {
  return {{"id", note.id.hex()},          {"club", note.club.hex()},           {"title", note.title},
          {"author", note.author},        {"authorId", note.author_id.hex()},  {"at", note.at.value()},
          {"changed", note.changed.value()}, {"bytes", note.bytes},            {"private", note.is_private},
          {"handedInBy", note.handed_in_by}};
}

Json to_json(const home::NoteText& note) { return {{"note", to_json(note.note)}, {"text", note.text}, {"version", note.version}}; }

Json to_json(const home::Material& material) {
  return {{"id", material.id.hex()},     {"club", material.club.hex()},    {"title", material.title},
          {"author", material.author},   {"authorId", material.author_id.hex()}, {"at", material.at.value()},
          {"bytes", material.bytes},     {"present", material.present},    {"uploaded", material.uploaded},
          {"mediaType", material.media_type}};
}

Json to_json(const home::MaterialQuota& quota) {
  return {{"bytes", quota.bytes}, {"limit", quota.limit ? Json(*quota.limit) : Json(nullptr)}};
}

Json to_json(const home::Invitation& invitation) {
  return {{"id", invitation.id.hex()},
          {"club", invitation.club.hex()},
          {"role", std::string(role_name(invitation.role))},
          {"usesLeft", invitation.uses_left},
          {"expires", invitation.expires.value()},
          {"revoked", invitation.revoked},
          {"link", invitation.link}};
}

Json to_json(const home::JoinRequest& request) {
  return {{"id", request.id}, {"club", request.club.hex()}, {"name", request.name}, {"admitted", request.admitted}};
}

Json to_json(const home::Found& found) {
  return {{"id", found.id.hex()},
          {"club", found.club.hex()},
          {"title", found.title},
          {"snippet", found.snippet},
          {"titleMatches", matches(found.title, found.title_matches)},
          {"snippetMatches", matches(found.snippet, found.snippet_matches)},
          {"author", found.author},
          {"at", found.at.value()},
          {"changed", found.changed.value()}};
}

Json to_json(const home::Checked& checked) {
  return {{"notes", checked.notes}, {"files", checked.files}, {"bytes", checked.bytes}, {"damaged", to_json(checked.damaged)}};
}

Json to_json(const home::SealAnswer& answer) {
  return {{"verdict", verdict_name(answer.verdict)}, {"member", answer.member}, {"behind", answer.behind}, {"ahead", answer.ahead}};
}

Json to_json(const home::Waiting& waiting) { return {{"id", waiting.id}, {"why", waiting.why}}; }

Json to_json(const LiveState& state) {
  return {{"phase", phase_name(state.phase)},
          {"unsent", state.unsent},
          {"error", state.error ? to_json(*state.error) : Json(nullptr)},
          {"trusted", state.trusted},
          {"said", state.said}};
}

std::string text_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace muistio::web
