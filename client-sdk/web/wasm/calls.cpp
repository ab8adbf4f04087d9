// The home's functions by name. An argument that is absent or of another type fails with invalid_argument.
#include <map>

#include "arguments.hpp"
#include "worker.hpp"

namespace muistio::web {
namespace {

using home::Home;

Result<Json> create_club(Home& home, const Json& request) {
  MUISTIO_TRY(const auto name, text(request, "name"));
  const auto wanted = text_or(request, "history");
  const auto history = wanted == "all" ? home::History::all : wanted == "season" ? home::History::season : home::History::joining;
  return answer(home.create_club(name, history));
}
Result<Json> invite(Home& home, const Json& request) {
  home::NewInvitation wanted;
  MUISTIO_TRY(wanted.club, id<SpaceId>(request, "club"));
  if (const auto uses = number(request, "uses")) wanted.uses = static_cast<std::uint32_t>(*uses);
  if (const auto days = number(request, "days")) wanted.expires_days = static_cast<std::uint32_t>(*days);
  wanted.asks = flag(request, "asks");
  return answer(home.invite(wanted));
}
Result<Json> join(Home& home, const Json& request) {
  MUISTIO_TRY(const auto link, text(request, "link"));
  return answer(home.join(link, text_or(request, "name"), {}));
}
Result<Json> admit(Home& home, const Json& request) {
  MUISTIO_TRY(const auto club, id<SpaceId>(request, "club"));
  return answer(home.admit(club, text_or(request, "request"), text_or(request, "again")));
}
Result<Json> add_note(Home& home, const Json& request) {
  MUISTIO_TRY(const auto club, id<SpaceId>(request, "club"));
  MUISTIO_TRY(const auto body, text(request, "text"));
  return answer(home.add_note(club, text_or(request, "title"), body, flag(request, "private")));
}
Result<Json> note(Home& home, const Json& request) {
  MUISTIO_TRY(const auto note, id<DocumentId>(request, "note"));
  auto shown = home.note(note, flag(request, "asShown"));
  if (!shown && shown.error().code == ErrorCode::not_found && !flag(request, "asShown")) return Json(nullptr);
  return answer(shown);
}
Result<Json> edit_note(Home& home, const Json& request) {
  MUISTIO_TRY(const auto note, id<DocumentId>(request, "note"));
  MUISTIO_TRY(const auto body, text(request, "text"));
  std::optional<std::string> base;
  if (const auto given = text_or(request, "base"); !given.empty()) base = given;
  return answer(home.edit_note(note, body, base));
}
Result<Json> search(Home& home, const Json& request) {
  home::SearchFilter filter;
  if (request.contains("club") && !request.at("club").is_null()) {
    MUISTIO_TRY(filter.club, id<SpaceId>(request, "club"));
  }
  filter.author = text_or(request, "author");
  MUISTIO_TRY(const auto words, text(request, "words"));
  return answer(home.search(words, filter));
}
Result<Json> recovery_words(Home& home, const Json&) {
  MUISTIO_TRY(const auto words, home.recovery_words());
  return Json(std::string(as_text(words.expose())));
}

template <Status (Home::*function)(SpaceId)>
Result<Json> on_club(Home& home, const Json& request) {
  MUISTIO_TRY(const auto club, id<SpaceId>(request, "club"));
  return answer((home.*function)(club));
}
template <auto function>
Result<Json> of_club(Home& home, const Json& request) {
  MUISTIO_TRY(const auto club, id<SpaceId>(request, "club"));
  return answer((home.*function)(club));
}
template <Status (Home::*function)(DocumentId), const char* const& name>
Result<Json> on_document(Home& home, const Json& request) {
  MUISTIO_TRY(const auto document, id<DocumentId>(request, name));
  return answer((home.*function)(document));
}
constexpr const char* kNote = "note";
constexpr const char* kMaterial = "material";

const std::map<std::string, Call, std::less<>>& table() {
  static const std::map<std::string, Call, std::less<>> calls{
      {"init",
       [](Home& home, const Json& request) -> Result<Json> {
         MUISTIO_TRY(const auto name, text(request, "name"));
         return answer(home.init(name, text_or(request, "server"), {}));
       }},
      {"about",
       [](Home& home, const Json&) -> Result<Json> {
         Json about = {{"initialised", home.is_initialised()}};
         MUISTIO_TRY(about["server"], home.server());
         if (home.is_initialised()) {
           MUISTIO_TRY(about["name"], home.own_name());
         }
         return about;
       }},
      {"clubs", [](Home& home, const Json&) { return answer(home.clubs()); }},
      {"devices", [](Home& home, const Json&) { return answer(home.devices()); }},
      {"waiting", [](Home& home, const Json&) { return answer(home.waiting()); }},
      {"createClub", create_club},
      {"leaveClub", on_club<&Home::leave_club>},
      {"beginSeason", on_club<&Home::begin_season>},
      {"invite", invite},
      {"invitations", of_club<&Home::invitations>},
      {"revokeInvitation",
       [](Home& home, const Json& request) -> Result<Json> {
         MUISTIO_TRY(const auto wanted, text(request, "invitation"));
         return answer(home.revoke_invitation(wanted));
       }},
      {"join", join},
      {"cancelJoin", on_club<&Home::cancel_join>},
      {"joinRequests", of_club<&Home::join_requests>},
      {"admit", admit},
      {"members", of_club<&Home::members>},
      {"removeMember",
       [](Home& home, const Json& request) -> Result<Json> {
         MUISTIO_TRY(const auto club, id<SpaceId>(request, "club"));
         MUISTIO_TRY(const auto member, id<MemberId>(request, "member"));
         return answer(home.remove_member(club, member));
       }},
      {"giveHost",
       [](Home& home, const Json& request) -> Result<Json> {
         MUISTIO_TRY(const auto club, id<SpaceId>(request, "club"));
         MUISTIO_TRY(const auto member, id<MemberId>(request, "member"));
         return answer(home.give_host(club, member));
       }},
      {"sessions", of_club<&Home::sessions>},
      {"notes", of_club<&Home::notes>},
      {"addNote", add_note},
      {"note", note},
      {"editNote", edit_note},
      {"appendNote",
       [](Home& home, const Json& request) -> Result<Json> {
         MUISTIO_TRY(const auto note, id<DocumentId>(request, "note"));
         MUISTIO_TRY(const auto body, text(request, "text"));
         return answer(home.append_note(note, body));
       }},
      {"deleteNote", on_document<&Home::delete_note, kNote>},
      {"shareNote",
       [](Home& home, const Json& request) -> Result<Json> {
         MUISTIO_TRY(const auto note, id<DocumentId>(request, "note"));
         return answer(home.share_note(note));
       }},
      {"addMaterial",
       [](Home& home, const Json& request) -> Result<Json> {
         MUISTIO_TRY(const auto club, id<SpaceId>(request, "club"));
         MUISTIO_TRY(const auto file, text(request, "file"));
         return answer(home.add_material(club, file));
       }},
      {"material", of_club<&Home::material>},
      {"getMaterial",
       [](Home& home, const Json& request) -> Result<Json> {
         MUISTIO_TRY(const auto material, id<DocumentId>(request, "material"));
         MUISTIO_TRY(const auto out, text(request, "out"));
         return answer(home.get_material(material, out));
       }},
      {"deleteMaterial", on_document<&Home::delete_material, kMaterial>},
      {"evictMaterial", on_document<&Home::evict_material, kMaterial>},
      {"setMaterialQuota",
       [](Home& home, const Json& request) { return answer(home.set_material_quota(number(request, "bytes"))); }},
      {"materialQuota", [](Home& home, const Json&) { return answer(home.material_quota()); }},
      {"search", search},
      {"seal", of_club<&Home::seal>},
      {"checkSeal",
       [](Home& home, const Json& request) -> Result<Json> {
         MUISTIO_TRY(const auto club, id<SpaceId>(request, "club"));
         MUISTIO_TRY(const auto seal, text(request, "seal"));
         return answer(home.check_seal(club, seal));
       }},
      {"linkDevice", [](Home& home, const Json& request) { return answer(home.link_device(flag(request, "shownInPerson"))); }},
      {"followDeviceLink",
       [](Home& home, const Json& request) -> Result<Json> {
         MUISTIO_TRY(const auto link, text(request, "link"));
         return answer(home.follow_device_link(link, {}));
       }},
      {"deviceCodes", [](Home& home, const Json&) { return answer(home.device_codes()); }},
      {"confirmDevice",
       [](Home& home, const Json& request) -> Result<Json> {
         MUISTIO_TRY(const auto code, text(request, "code"));
         return answer(home.confirm_device(code));
       }},
      {"removeDevice",
       [](Home& home, const Json& request) -> Result<Json> {
         MUISTIO_TRY(const auto device, text(request, "device"));
         return answer(home.remove_device(device));
       }},
      {"recoveryWords", recovery_words},
      {"recover",
       [](Home& home, const Json& request) -> Result<Json> {
         MUISTIO_TRY(const auto words, text(request, "words"));
         MUISTIO_TRY(const auto server, text(request, "server"));
         return answer(home.recover(words, server, {}));
       }},
      {"forgetRecoveryWords", [](Home& home, const Json&) { return answer(home.forget_recovery_words()); }},
      {"check", [](Home& home, const Json&) { return answer(home.check()); }},
  };
  return calls;
}

}  // namespace

std::optional<Result<Json>> call_by_name(home::Home& home, const std::string& name, const Json& request) {
  const auto found = table().find(name);
  const auto call = found != table().end() ? found->second : meeting_call(name);
  if (call == nullptr) return std::nullopt;
  return call(home, request);
}

}  // namespace muistio::web
