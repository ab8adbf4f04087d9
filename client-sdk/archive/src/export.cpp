#include "muistio/archive/export.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "muistio/home/files.hpp"
#include "names.hpp"

namespace muistio::archive {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::uint64_t kIndexBytesMax = 64u << 20;
constexpr const char* kIndexName = "club.json";

/// The name of an entry: "NAME--ID8.EXT". Should two share it, the later in the order of ids carries its whole id.
std::string entry_name(const std::string& stem, const std::string& extension, const DocumentId& id, std::set<std::string>& taken) {
  auto name = stem + "--" + id.hex().substr(0, 8) + extension;
  if (!taken.insert(name).second) {
    name = stem + "--" + id.hex() + extension;
    taken.insert(name);
  }
  return name;
}

/// Whether `path` is what an export writes: one name in notes/ or material/.
bool is_entry(const std::string& path) {
  const auto slash = path.find('/');
  if (slash == std::string::npos || path.find('/', slash + 1) != std::string::npos || path.find("--") == std::string::npos) return false;
  const auto folder = path.substr(0, slash);
  return folder == "notes" || folder == "material";
}

/// Makes `out` ready: nothing there, or an earlier export of this club, whose entries are removed.
Status make_room(const fs::path& out, const SpaceId& club) {
  std::error_code error;
  if (!fs::exists(out, error)) return home::make_folder(out);
  if (!fs::is_directory(out, error)) return fail(ErrorCode::already_exists, "a file is where the folder should be");
  if (fs::is_empty(out, error)) return ok();
  auto bytes = home::read_file(out / kIndexName, kIndexBytesMax);
  if (!bytes) return fail(ErrorCode::already_exists, "the folder holds something else than an export");
  const auto old = Json::parse(bytes->begin(), bytes->end(), nullptr, false);
  if (!old.is_object() || !old.contains("id") || old["id"] != club.hex())
    return fail(ErrorCode::already_exists, "the folder holds something else than an export of this club");
  for (const char* list : {"notes", "material"}) {
    if (!old.contains(list) || !old[list].is_array()) continue;
    for (const auto& entry : old[list]) {
      if (!entry.is_object() || !entry.contains("file") || !entry["file"].is_string()) continue;
      const auto path = entry["file"].get<std::string>();
      if (is_entry(path)) fs::remove(out / path, error);
    }
  }
  return ok();
}

template <class T>
void sort_by_id(std::vector<T>& items) {
  std::sort(items.begin(), items.end(), [](const auto& left, const auto& right) { return left.id < right.id; });
}

std::string dump(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace

Result<std::uint64_t> export_club(home::Home& home, SpaceId id, const fs::path& out, bool with_private) {
  MUISTIO_TRY(auto club, home.club(id));
  if (club.standing == home::Standing::joining) return fail(ErrorCode::waiting_for_admission, "nothing of the club can be read yet");
  MUISTIO_TRY(auto members, home.members(id));
  MUISTIO_TRY(auto notes, home.notes(id));
  MUISTIO_TRY(auto material, home.material(id));
  sort_by_id(members);
  sort_by_id(notes);
  sort_by_id(material);
  MUISTIO_CHECK(make_room(out, id));
  MUISTIO_CHECK(home::make_folder(out / "notes"));
  MUISTIO_CHECK(home::make_folder(out / "material"));

  Json index = {{"format", "muistio export 1"}, {"id", id.hex()}, {"name", club.name}};
  index["members"] = Json::array();
  for (const auto& member : members)
    index["members"].push_back({{"id", member.id.hex().substr(0, 32)}, {"name", member.name}, {"role", std::string(role_name(member.role))}});

  index["notes"] = Json::array();
  std::set<std::string> taken;
  for (const auto& note : notes) {
    if (note.is_private && !with_private) continue;
    MUISTIO_TRY(auto whole, home.note(note.id, false));
    const auto path = "notes/" + entry_name(file_name_part(note.title), ".md", note.id, taken);
    MUISTIO_CHECK(home::write_file(out / path, as_bytes(note_file(whole, club.name)), home::Durable::no));
    Json entry = {{"id", note.id.hex()}, {"title", note.title}, {"author", note.author}, {"at", format_time(note.at)},
                  {"bytes", note.bytes}, {"file", path}};
    if (note.is_private) entry["private"] = true;
    index["notes"].push_back(std::move(entry));
  }

  std::uint64_t absent = 0;
  index["material"] = Json::array();
  taken.clear();
  for (const auto& each : material) {
    const auto name = fs::path(file_name_part(each.title));
    const auto path = "material/" + entry_name(name.stem().string(), name.extension().string(), each.id, taken);
    if (each.present) {
      MUISTIO_CHECK(home.get_material(each.id, out / path));
    } else {
      ++absent;
    }
    index["material"].push_back({{"id", each.id.hex()}, {"title", each.title}, {"author", each.author}, {"at", format_time(each.at)},
                                 {"bytes", each.bytes}, {"type", each.media_type}, {"file", path}});
  }
  MUISTIO_CHECK(home::write_file(out / kIndexName, as_bytes(dump(index)), home::Durable::no));
  return absent;
}

}  // namespace muistio::archive
