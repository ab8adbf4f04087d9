#include "muistio/server/web.hpp"

#include <algorithm>
#include <array>
#include <fstream>

#include "muistio/base/bytes.hpp"
#include "muistio/crypto/hash.hpp"

namespace muistio::server {
namespace {

namespace fs = std::filesystem;

std::string_view media_type_of(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kTypes{{{".html", "text/html; charset=utf-8"},
                                                                                 {".js", "text/javascript; charset=utf-8"},
                                                                                 {".mjs", "text/javascript; charset=utf-8"},
                                                                                 {".css", "text/css; charset=utf-8"},
                                                                                 {".json", "application/json"},
                                                                                 {".map", "application/json"},
                                                                                 {".webmanifest", "application/manifest+json"},
                                                                                 {".wasm", "application/wasm"},
                                                                                 {".svg", "image/svg+xml"},
                                                                                 {".png", "image/png"},
                                                                                 {".woff2", "font/woff2"},
                                                                                 {".txt", "text/plain; charset=utf-8"}}};
  for (const auto& [end, type] : kTypes)
    if (name.ends_with(end)) return type;
  return "application/octet-stream";
}

Result<std::string> read_whole(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string body(std::istreambuf_iterator<char>(in), {});
  if (!in) return fail(ErrorCode::io_failed, "a file of the app cannot be read");
  return body;
}

bool is_host_character(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-'; }

}  // namespace

Result<WebFiles> WebFiles::load(const fs::path& folder) {
  WebFiles made;
  std::error_code error;
  std::uint64_t bytes = 0;
  std::map<std::string, std::string> gzipped;
  auto walk = fs::recursive_directory_iterator(folder, error);
  if (error) return fail(ErrorCode::not_found, "the app's folder cannot be read");
  for (; walk != fs::recursive_directory_iterator(); walk.increment(error)) {
    if (error) return fail(ErrorCode::io_failed, "the app's folder cannot be read");
    const auto& entry = *walk;
    if (entry.path().filename().string().starts_with('.')) {
      walk.disable_recursion_pending();
      continue;
    }
    if (entry.is_symlink(error) || !entry.is_regular_file(error)) continue;
    bytes += entry.file_size(error);
    if (bytes > kWebBytesMax || made.files_.size() + gzipped.size() >= kWebFilesMax)
      return fail(ErrorCode::too_large, "the app's folder holds more than an app");
    MUISTIO_TRY(auto body, read_whole(entry.path()));
    auto name = "/" + fs::relative(entry.path(), folder, error).generic_string();
    if (name.ends_with(".gz")) {
      gzipped.emplace(name.substr(0, name.size() - 3), std::move(body));
      continue;
    }
    WebFile file;
    file.media_type = media_type_of(name);
    file.tag = "\"" + crypto::labelled_hash("muistio web file", {as_bytes(body)}).hex().substr(0, 32) + "\"";
    file.body = std::move(body);
    made.files_.emplace(std::move(name), std::move(file));
  }
  for (auto& [name, body] : gzipped)
    if (const auto found = made.files_.find(name); found != made.files_.end()) found->second.gzipped = std::move(body);
  if (!made.files_.contains("/index.html")) return fail(ErrorCode::not_found, "the app's folder holds no index.html");
  return made;
}

const WebFile* WebFiles::find(std::string_view target) const {
  target = target.substr(0, target.find('?'));
  auto found = files_.find(target == "/" ? std::string_view("/index.html") : target);
  if (found == files_.end()) found = files_.find(std::string(target) + ".html");
  return found == files_.end() ? nullptr : &found->second;
}

bool WebAccess::allows(std::string_view origin, std::string_view host) const {
  if (!is_origin(origin)) return false;
  if (std::find(origins.begin(), origins.end(), origin) != origins.end()) return true;
  return !files.empty() && origin.starts_with("https://") && origin.substr(8) == host;
}

bool is_origin(std::string_view text) {
  auto rest = text;
  if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://localhost")) {
    rest.remove_prefix(7);
  } else {
    return false;
  }
  const auto colon = rest.find(':');
  const auto host = rest.substr(0, colon);
  if (host.empty() || host.size() > 253 || !std::all_of(host.begin(), host.end(), is_host_character)) return false;
  if (text.starts_with("http://") && host != "localhost") return false;
  if (colon == std::string_view::npos) return true;
  const auto port = rest.substr(colon + 1);
  return !port.empty() && port.size() <= 5 && std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<std::string> origins_in(std::string_view list) {
  std::vector<std::string> origins;
  while (!list.empty()) {
    const auto space = std::min(list.find(' '), list.size());
    if (space > 0) origins.emplace_back(list.substr(0, space));
    list.remove_prefix(std::min(space + 1, list.size()));
  }
  return origins;
}

std::string web_policy(std::string_view host) {
  return "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; media-src blob:; "
         "connect-src 'self' wss://" +
         std::string(host) +
         "; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

}  // namespace muistio::server
