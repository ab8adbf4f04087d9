#include "muistio/home/home.hpp"

#include "folder.hpp"
#include "home_impl.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/base/utf8.hpp"
#include "muistio/club/baseline.hpp"
#include "muistio/club/documents.hpp"
#include "muistio/club/line.hpp"
#include "muistio/club/rules.hpp"
#include "muistio/club/summary.hpp"
#include "muistio/home/files.hpp"
#include "muistio/home/meetings.hpp"
#include "muistio/home/zones.hpp"
#include "muistio/search/search.hpp"
#include "muistio/transport/server.hpp"

namespace muistio::home {

using store::Table;

Bytes index_key(const SpaceId& space, const DocumentId& document) {
  auto key = to_bytes(space.view());
  append(key, document.view());
  return key;
}

std::optional<std::string> id_prefix(std::string_view wanted) {
  if (wanted.size() < 6 || wanted.size() > 32) return std::nullopt;
  std::string prefix;
  for (char c : wanted) {
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return std::nullopt;
    prefix.push_back(c);
  }
  return prefix;
}

Result<std::string> pick(const std::vector<std::string>& candidates, const char* what) {
  if (candidates.empty()) return fail(ErrorCode::not_found, what);
  if (candidates.size() == 1) return candidates.front();
  std::string list = std::string(what) + "; candidates:";
  for (const auto& each : candidates) list += " " + each;
  return fail(ErrorCode::ambiguous, list);
}

std::string name_of(const std::map<MemberId, std::string>& names, const MemberId& member) {
  const auto named = names.find(member);
  return named == names.end() || named->second.empty() ? "member " + member.hex().substr(0, 8) : named->second;
}

Home::Home(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Home::~Home() = default;

Result<std::unique_ptr<Home>> Home::open(HomeOptions options, const Clock& clock, Random& random) {
  if (options.vfs.empty() && options.create) MUISTIO_CHECK(make_folder(options.folder));
  auto impl = std::make_unique<Impl>(options.folder, clock, random);
  store::OpenOptions store_options;
  store_options.path = options.vfs.empty() ? options.folder / kStoreName : std::filesystem::path(kStoreName);
  store_options.key = std::move(options.key);
  store_options.create = options.create;
  store_options.busy_timeout_ms = options.busy_timeout_ms;
  store_options.vfs = std::move(options.vfs);
  MUISTIO_TRY(auto store, store::Store::open(std::move(store_options)));
  impl->zones = options.zones != nullptr ? options.zones : &system_zones();
  impl->store = std::make_unique<store::Store>(std::move(store));
  sync::Hooks hooks;
  hooks.judge = club::Rules::judge;
  hooks.summarise = club::summarise;
  hooks.baseline = [raw = impl.get()](SpaceId space, replica::Replica& documents, std::span<const MemberId> members) {
    return club::baseline_documents(documents, space, members, [raw](const club::When& when) {
      const auto begins = raw->zones->moment(when.zone, when.start);
      return begins && begins->value() + std::int64_t{when.minutes} * 60'000 < raw->clock.wall().value();
    });
  };
  hooks.begins_anew = club::begins_anew;
  hooks.baseline_judge = club::BaselineRules::judge;
  hooks.documents_changed = [raw = impl.get()](store::Transaction& transaction, SpaceId space, replica::Replica& documents,
                                               std::span<const DocumentId> changed) {
    return raw->documents_changed(transaction, space, documents, changed);
  };
  hooks.arrived = keep_arrival;
  hooks.rebuilding = [](store::Transaction& transaction, SpaceId space, std::span<const DocumentId> documents) -> Status {
    for (const auto& id : documents) MUISTIO_CHECK(search::erase_document(transaction, index_key(space, id)));
    MUISTIO_TRY([[maybe_unused]] const auto shown, transaction.erase_prefix(Table::view, letter_key('s')));
    return ok();
  };
  hooks.created_again = club::created_again;
  hooks.moves_snapshots = true;
  hooks.snapshot_replaced = [](store::Transaction& transaction, SpaceId space, BytesView descriptor) -> Status {
    const auto decoded = attachment::AttachmentDescriptor::decode(descriptor);
    return decoded ? transaction.put(Table::attachment, row_key('d', decoded->id), space.view()) : ok();
  };
  MUISTIO_TRY(impl->engine, sync::Engine::open(*impl->store, clock, random, std::move(hooks)));
  MUISTIO_CHECK(impl->sweep());
  // With a full disk one finds by the old index.
  if (auto renewed = impl->renew_index(); !renewed && renewed.error().code != ErrorCode::disk_full) return fail(renewed.error());
  auto home = std::unique_ptr<Home>(new Home(std::move(impl)));
  if (auto swept = home->meetings().sweep_turns(); !swept && swept.error().code != ErrorCode::disk_full) return fail(swept.error());
  return home;
}

Result<std::string> Home::Impl::setting(std::string_view name) const {
  MUISTIO_TRY(auto value, store->get(Table::setting, as_bytes(name)));
  return value ? std::string(as_text(*value)) : std::string();
}

Status Home::Impl::put_settings(const std::map<std::string, std::string>& values) {
  MUISTIO_TRY(auto transaction, store->begin());
  for (const auto& [name, value] : values) MUISTIO_CHECK(transaction.put(Table::setting, as_bytes(name), as_bytes(value)));
  return transaction.commit();
}

Status Home::Impl::set_server(std::string_view server, std::string_view ca_pem) {
  std::map<std::string, std::string> values;
  if (!server.empty()) {
    MUISTIO_TRY(auto parsed, transport::parse_server(server));
    values["server"] = parsed.url();
  }
  if (!ca_pem.empty()) values["ca"] = ca_pem;
  return values.empty() ? ok() : put_settings(values);
}

Status Home::Impl::require_identity() const {
  if (!engine->has_identity()) return fail(ErrorCode::invalid_state, "the home has no member yet: init comes first");
  return ok();
}

Status Home::init(std::string_view name, std::string_view server, std::string_view ca_pem) {
  MUISTIO_CHECK(club::check_line(as_bytes(name)));
  if (name.empty()) return fail(ErrorCode::invalid_argument, "the name is empty");
  if (!server.empty()) {
    auto parsed = transport::parse_server(server);
    if (!parsed) return fail(parsed.error());
  }
  if (is_initialised()) {
    MUISTIO_TRY(auto known, impl_->setting("server"));
    if (server.empty() || !known.empty()) return fail(ErrorCode::already_exists, "the home has a member already");
    return impl_->set_server(server, ca_pem);
  }
  MUISTIO_CHECK(impl_->set_server(server, ca_pem));
  MUISTIO_CHECK(impl_->put_settings({{"name", std::string(name)}}));
  return impl_->engine->make_identity();
}

bool Home::is_initialised() const { return impl_->engine->has_identity(); }
Result<std::string> Home::server() const { return impl_->setting("server"); }
Result<std::string> Home::ca_pem() const { return impl_->setting("ca"); }
Result<std::string> Home::own_name() const {
  MUISTIO_TRY(auto name, impl_->setting("name"));
  return name.empty() ? impl_->engine->given_name() : name;
}
sync::Engine& Home::engine() noexcept { return *impl_->engine; }

Result<std::vector<Device>> Home::devices() {
  std::vector<Device> devices;
  if (!is_initialised()) return devices;
  MUISTIO_TRY(auto name, own_name());
  const auto own = impl_->engine->own_device();
  devices.push_back({own, "this device", name, true});
  std::set<DeviceId> others;
  for (const auto& space : impl_->engine->spaces()) {
    auto members = impl_->engine->members(space.space);
    if (!members) continue;
    for (const auto& member : *members)
      if (member.member == impl_->engine->own_member()) others.insert(member.devices.begin(), member.devices.end());
  }
  std::erase_if(others, [&](const DeviceId& device) { return impl_->engine->is_own_device(device); });
  for (const auto& device : others) devices.push_back({device, "another device", name, false});
  return devices;
}

Result<std::vector<Waiting>> Home::waiting() {
  std::vector<Waiting> waiting;
  for (const auto& each : impl_->engine->waiting()) waiting.push_back({each.space.hex(), each.why});
  MUISTIO_TRY(auto rows, impl_->attachment_rows());
  for (const auto& [material, row] : rows) {
    auto space = impl_->visible(row.space);
    if (!space || space->phase != sync::Phase::open) continue;
    MUISTIO_TRY(auto to_send, impl_->store->contains(Table::attachment, row_key('u', material)));
    const bool is_absent = !impl_->is_present(row);
    MUISTIO_TRY(const bool is_wanted, impl_->is_wanted(material, row));
    if (to_send || (is_absent && is_wanted)) waiting.push_back({material.hex(), "material"});
  }
  return waiting;
}

}  // namespace muistio::home
