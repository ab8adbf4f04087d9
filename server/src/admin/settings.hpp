// What an operator can set, in one table: the file (TOML), the environment, the flags, the manual page and the completion follow
// from it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "muistio/base/result.hpp"

namespace muistio::server {

struct Settings {
  std::string data;
  std::string listen = "127.0.0.1:8443";
  std::string database;
  std::string attachments;
  std::string tls_certificate, tls_key;
  bool dev_tls = false;
  std::string server_name;
  bool proxy_protocol = false;
  std::string web_root, web_origins;
  std::string metrics_listen;
  std::string control;
  std::string create_token_file;
  bool tokens_required = false;
  std::uint64_t space_mib_max = 2048;
  std::uint64_t connections_max = 20'000;
  std::uint64_t connections_per_address_max = 4096;
  std::uint64_t handshake_ms_max = 10'000;
  std::uint64_t stall_ms_max = 30'000;
  std::uint64_t free_mib_min = 256;
  std::uint64_t unchanged_space_days_max = 0;
  std::uint64_t poll_ms = 5000;
  std::string log_level = "info";
};

/// One setting: `key` in the file ("tls.certificate"), MUISTIO_… in the environment, --`flag` on the command line. A later one of
/// file, environment and command line holds.
struct Setting {
  enum class Kind { text, number, flag };
  const char* key;
  const char* flag;
  Kind kind;
  const char* help;
  std::function<void(Settings&, const std::string&)> set_text;
  std::function<void(Settings&, std::uint64_t)> set_number;
  /// What it is without being set, as the file writes it.
  const char* initial;
};

[[nodiscard]] const std::vector<Setting>& all_settings();

/// "tls.certificate" -> "MUISTIO_TLS_CERTIFICATE".
[[nodiscard]] std::string environment_name(const Setting& setting);

/// The commented file with every setting at its initial value.
[[nodiscard]] std::string settings_file();

/// Takes the file at `path` (none: empty), then the environment by `environment`, then `flags` (key to text). Errors: not_found
/// (the file), invalid_argument (it is no TOML; a key or a value that is not allowed: named).
[[nodiscard]] Result<Settings> load_settings(const std::string& path,
                                             const std::function<std::optional<std::string>(const std::string&)>& environment,
                                             const std::map<std::string, std::string>& flags);

/// Splits "ADDR:PORT", an IPv6 address in brackets; localhost is 127.0.0.1.
[[nodiscard]] std::optional<std::pair<std::string, std::uint16_t>> split_listen(const std::string& listen);

}  // namespace muistio::server
