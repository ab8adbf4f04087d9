#include "settings.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "muistio/server/web.hpp"
#include "muistio/wire/limits.hpp"

namespace muistio::server {

namespace {

using Kind = Setting::Kind;

constexpr std::uint64_t kMibMax = 1ULL << 40;  // in bytes it still is a number
constexpr std::uint64_t kDaysMax = 100'000;

Setting text(const char* key, const char* flag, const char* help, std::string Settings::*member, const char* initial = "\"\"") {
  return {key, flag, Kind::text, help, [member](Settings& s, const std::string& value) { s.*member = value; }, nullptr, initial};
}
Setting number(const char* key, const char* flag, const char* help, std::uint64_t Settings::*member, const char* initial) {
  return {key, flag, Kind::number, help, nullptr, [member](Settings& s, std::uint64_t value) { s.*member = value; }, initial};
}
Setting flag(const char* key, const char* name, const char* help, bool Settings::*member) {
  return {key, name, Kind::flag, help, nullptr, [member](Settings& s, std::uint64_t value) { s.*member = value != 0; }, "false"};
}

std::optional<std::uint64_t> whole_number(const std::string& value) {
  std::uint64_t number = 0;
  const auto [last, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || last != value.data() + value.size() || value.empty()) return std::nullopt;
  return number;
}

Status set_from_text(Settings& settings, const Setting& setting, const std::string& value) {
  if (setting.kind == Kind::text) {
    setting.set_text(settings, value);
    return ok();
  }
  if (setting.kind == Kind::flag) {
    if (value != "true" && value != "false" && value != "1" && value != "0")
      return fail(ErrorCode::invalid_argument, std::string(setting.key) + " is true or false");
    setting.set_number(settings, value == "true" || value == "1" ? 1 : 0);
    return ok();
  }
  const auto number = whole_number(value);
  if (!number) return fail(ErrorCode::invalid_argument, std::string(setting.key) + " is a whole number");
  setting.set_number(settings, *number);
  return ok();
}

Status set_from_node(Settings& settings, const std::string& key, const toml::node& node) {
  const auto& all = all_settings();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Setting& each) { return each.key == key; });
  if (found == all.end()) return fail(ErrorCode::invalid_argument, "there is no setting " + key);
  if (found->kind == Kind::text) {
    const auto value = node.value_exact<std::string>();
    if (!value) return fail(ErrorCode::invalid_argument, key + " is a text in quotation marks");
    found->set_text(settings, *value);
  } else if (found->kind == Kind::flag) {
    const auto value = node.value_exact<bool>();
    if (!value) return fail(ErrorCode::invalid_argument, key + " is true or false");
    found->set_number(settings, *value ? 1 : 0);
  } else {
    const auto value = node.value_exact<std::int64_t>();
    if (!value || *value < 0) return fail(ErrorCode::invalid_argument, key + " is a whole number");
    found->set_number(settings, static_cast<std::uint64_t>(*value));
  }
  return ok();
}

Status set_from_table(Settings& settings, const std::string& prefix, const toml::table& table) {
  for (const auto& [name, node] : table) {
    const auto key = prefix + std::string(name.str());
    if (const auto* inner = node.as_table()) {
      MUISTIO_CHECK(set_from_table(settings, key + ".", *inner));
    } else {
      MUISTIO_CHECK(set_from_node(settings, key, node));
    }
  }
  return ok();
}

Status set_from_file(Settings& settings, const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return fail(ErrorCode::not_found, "the settings' file");
  try {
    return set_from_table(settings, "", toml::parse_file(path));
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::invalid_argument,
                "line " + std::to_string(error.source().begin.line) + " of the settings' file is no TOML");
  }
}

}  // namespace

const std::vector<Setting>& all_settings() {
  static const std::vector<Setting> all = {
      text("data", "data", "The folder for the log, the attachments and the control socket; made if absent", &Settings::data),
      text("listen", "listen", "ADDR:PORT for clients; port 0 picks one", &Settings::listen, "\"127.0.0.1:8443\""),
      text("database", "database", "A PostgreSQL connection string; empty: SQLite in the data folder", &Settings::database),
      text("attachments", "attachments", "Where attachments are: folder, or database (needs one); empty: with the log",
           &Settings::attachments),
      text("server_name", "server-name", "The name in the challenge for clients that send none", &Settings::server_name),
      text("tls.certificate", "tls-cert", "Certificate chain, PEM; read again at SIGHUP", &Settings::tls_certificate),
      text("tls.key", "tls-key", "Private key, PEM", &Settings::tls_key),
      flag("tls.dev", "dev-tls", "Makes and keeps a certificate for this machine in the data folder", &Settings::dev_tls),
      flag("proxy_protocol", "proxy-protocol",
           "Every connection begins with the PROXY protocol's line (version 1) that names the client", &Settings::proxy_protocol),
      text("metrics.listen", "metrics-listen", "ADDR:PORT for /metrics, /healthz, /readyz, unencrypted; empty: none",
           &Settings::metrics_listen),
      text("web.root", "web-root",
           "The folder of a web app, read when the server starts, served at / and let in from there; empty: none",
           &Settings::web_root),
      text("web.origins", "web-origins", "Other origins whose pages may use the server: https://HOST[:PORT], with spaces between",
           &Settings::web_origins),
      text("control", "control", "The control socket's path; empty: control.sock in the data folder", &Settings::control),
      text("create.token_file", "create-token-file", "Whoever begins a space must send what this file holds",
           &Settings::create_token_file),
      flag("create.tokens_required", "tokens-required", "Whoever begins a space must send a token (muistiod token add)",
           &Settings::tokens_required),
      number("limits.space_mib", "space-mib-max", "What one space may hold, log and attachments together", &Settings::space_mib_max,
             "2048"),
      number("limits.connections", "connections-max", "Connections at a time", &Settings::connections_max, "20000"),
      number("limits.connections_per_address", "connections-per-address-max",
             "Connections at a time from one address (IPv6: one /64)", &Settings::connections_per_address_max, "4096"),
      number("limits.handshake_ms", "handshake-ms-max", "How long TLS, an HTTP header or a WebSocket's opening may take",
             &Settings::handshake_ms_max, "10000"),
      number("limits.stall_ms", "stall-ms-max", "A client that takes nothing of what waits for it is cut off after this",
             &Settings::stall_ms_max, "30000"),
      number("limits.free_mib", "free-mib-min", "With less free on the disk the server is not ready and takes no attachments",
             &Settings::free_mib_min, "256"),
      number("retention.unchanged_space_days", "unchanged-space-days-max",
             "Spaces that did not change for so many days are deleted; 0: never", &Settings::unchanged_space_days_max, "0"),
      number("poll_ms", "poll-ms", "How often a shared database is asked what no notice told of", &Settings::poll_ms, "5000"),
      text("log.level", "log-level", "error, warn, info or debug", &Settings::log_level, "\"info\""),
  };
  return all;
}

std::string environment_name(const Setting& setting) {
  std::string name = "MUISTIO_";
  for (const char c : std::string_view(setting.key))
    name.push_back(c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  return name;
}

std::string settings_file() {
  std::string out =
      "# Settings of muistiod. Each can also be given by the environment variable or the flag named beside it; a flag goes before "
      "the\n"
      "# environment, the environment before this file. What is commented out is as it is without being set.\n";
  std::string section;
  const auto line = [&](const Setting& setting, std::string_view name) {
    out += "\n# " + std::string(setting.help) + ".\n# " + environment_name(setting) + ", --" + setting.flag + "\n#" +
           std::string(name) + " = " + setting.initial + "\n";
  };
  for (const auto& setting : all_settings())
    if (std::string_view(setting.key).find('.') == std::string_view::npos) line(setting, setting.key);
  for (const auto& setting : all_settings()) {
    const std::string_view key = setting.key;
    const auto dot = key.find('.');
    if (dot == std::string_view::npos) continue;
    if (section != key.substr(0, dot)) {
      section = key.substr(0, dot);
      out += "\n[" + section + "]\n";
    }
    line(setting, key.substr(dot + 1));
  }
  return out;
}

Result<Settings> load_settings(const std::string& path,
                               const std::function<std::optional<std::string>(const std::string&)>& environment,
                               const std::map<std::string, std::string>& flags) {
  Settings settings;
  if (!path.empty()) MUISTIO_CHECK(set_from_file(settings, path));
  for (const auto& setting : all_settings())
    if (const auto value = environment(environment_name(setting))) MUISTIO_CHECK(set_from_text(settings, setting, *value));
  for (const auto& setting : all_settings())
    if (const auto given = flags.find(setting.key); given != flags.end())
      MUISTIO_CHECK(set_from_text(settings, setting, given->second));
  if (!split_listen(settings.listen)) return fail(ErrorCode::invalid_argument, "listen is ADDR:PORT");
  if (!settings.metrics_listen.empty() && !split_listen(settings.metrics_listen))
    return fail(ErrorCode::invalid_argument, "metrics.listen is ADDR:PORT");
  if (!settings.attachments.empty() && settings.attachments != "folder" && settings.attachments != "database")
    return fail(ErrorCode::invalid_argument, "attachments is folder or database");
  if (settings.attachments == "database" && settings.database.empty())
    return fail(ErrorCode::invalid_argument, "attachments in a database need a database");
  if (settings.space_mib_max > kMibMax || settings.free_mib_min > kMibMax)
    return fail(ErrorCode::invalid_argument, "limits.space_mib and limits.free_mib are at most " + std::to_string(kMibMax));
  if (settings.connections_per_address_max == 0)
    return fail(ErrorCode::invalid_argument, "limits.connections_per_address is at least 1");
  if (settings.unchanged_space_days_max > kDaysMax)
    return fail(ErrorCode::invalid_argument, "retention.unchanged_space_days is at most " + std::to_string(kDaysMax));
  if (settings.log_level != "error" && settings.log_level != "warn" && settings.log_level != "info" &&
      settings.log_level != "debug")
    return fail(ErrorCode::invalid_argument, "log.level is error, warn, info or debug");
  if (settings.dev_tls && !(settings.tls_certificate.empty() && settings.tls_key.empty()))
    return fail(ErrorCode::invalid_argument, "either tls.dev or tls.certificate and tls.key, not both");
  if (settings.space_mib_max == 0 || settings.connections_max == 0 || settings.handshake_ms_max == 0 ||
      settings.handshake_ms_max > 600'000)
    return fail(ErrorCode::invalid_argument,
                "limits.space_mib and limits.connections are at least 1, limits.handshake_ms 1 to 600000");
  for (const auto& origin : origins_in(settings.web_origins))
    if (!is_origin(origin)) return fail(ErrorCode::invalid_argument, "web.origins are https://HOST[:PORT], with spaces between");
  if (settings.server_name.size() > wire::limits::server_name_bytes_max)
    return fail(ErrorCode::invalid_argument, "server_name is too long");
  return settings;
}

std::optional<std::pair<std::string, std::uint16_t>> split_listen(const std::string& listen) {
  const auto colon = listen.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  auto address = listen.substr(0, colon);
  if (address.size() >= 2 && address.front() == '[' && address.back() == ']') address = address.substr(1, address.size() - 2);
  std::uint16_t port = 0;
  const auto* end = listen.data() + listen.size();
  const auto [last, error] = std::from_chars(listen.data() + colon + 1, end, port);
  if (error != std::errc{} || last != end || address.empty() || colon + 1 == listen.size()) return std::nullopt;
  return std::pair(address == "localhost" ? std::string("127.0.0.1") : address, port);
}

}  // namespace muistio::server
