// What the server has for browsers: which pages may use it, and the files of an app that it serves. No sockets.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "muistio/base/result.hpp"

namespace muistio::server {

/// One file of an app, whole in memory.
struct WebFile {
  std::string media_type;
  std::string body;
  std::string gzipped;  // empty: there is none
  std::string tag;      // for ETag: changes with the body
};

/// Limits of `WebFiles::load`.
inline constexpr std::size_t kWebFilesMax = 256;
inline constexpr std::uint64_t kWebBytesMax = 32u << 20;

/// The files of a folder, read once: what is asked for is looked up by its whole path, so that no request reaches the disk.
class WebFiles {
 public:
  /// Reads every regular file below `folder`. NAME.gz beside NAME is NAME compressed. Links, and names that begin with a dot, are left out.
  /// Errors: not_found (no such folder, or no index.html in it); too_large (beyond the limits); io_failed.
  [[nodiscard]] static Result<WebFiles> load(const std::filesystem::path& folder);
  /// `target` is that of a request; what follows "?" is passed over, "/" is index.html and "/join" may be join.html. Null if there is none.
  [[nodiscard]] const WebFile* find(std::string_view target) const;
  [[nodiscard]] bool empty() const noexcept { return files_.empty(); }

 private:
  std::map<std::string, WebFile, std::less<>> files_;
};

/// Which pages may use the server, and what it serves them.
struct WebAccess {
  std::vector<std::string> origins;  // as browsers write them: "https://app.example"
  WebFiles files;

  /// Whether a page of `origin` may: it is among `origins`, or the app comes from here, dialled as `host` (HOST[:PORT]).
  [[nodiscard]] bool allows(std::string_view origin, std::string_view host) const;
};

/// Whether `text` is an origin as browsers write it: "https://HOST[:PORT]" in lower case, or "http://localhost[:PORT]".
[[nodiscard]] bool is_origin(std::string_view text);

/// The words of a list with spaces between.
[[nodiscard]] std::vector<std::string> origins_in(std::string_view list);

/// What a page of the app may load and call, for Content-Security-Policy.
[[nodiscard]] std::string web_policy(std::string_view host);

}  // namespace muistio::server
