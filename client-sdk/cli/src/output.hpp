// What `muistio` prints: results on standard output, all else on standard error.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "muistio/base/result.hpp"
#include "muistio/client.hpp"

namespace muistio::cli {

// Exit statuses.
inline constexpr int kDone = 0;
inline constexpr int kRefused = 1;
inline constexpr int kUsage = 2;
inline constexpr int kWaiting = 3;
inline constexpr int kTrustStopped = 4;

/// The exit status that belongs to an error.
[[nodiscard]] int exit_status(ErrorCode code) noexcept;

/// 2026-11-21T18:05:00Z (RFC 3339); empty for 0.
[[nodiscard]] std::string format_time(WallMs time);

/// The time of "2026-11-21" (its first moment, UTC) or "2026-11-21T18:05:00Z"; nothing, if it is neither.
[[nodiscard]] std::optional<WallMs> parse_time(const std::string& text);

/// {"error":{"code","message"}}
[[nodiscard]] std::string error_object(std::string_view code, std::string_view message);

/// One line of a list: what `--json` gives as {"id","title","author","at","bytes"}, and more by name.
struct Item {
  std::string id, title, author;
  WallMs at;
  std::uint64_t bytes = 0;
  std::vector<std::pair<std::string, std::string>> more;  // name and value, both also shown without --json
  std::vector<std::pair<std::string, bool>> flags;        // shown without --json by their name when true
};

class Output {
 public:
  explicit Output(bool json) : json_(json) {}
  [[nodiscard]] bool json() const noexcept { return json_; }

  /// {"id"} or the id.
  void id(const std::string& id) const;
  /// {"id"} or nothing.
  void done(const std::string& id) const;
  /// {"out"}, what was written, or nothing.
  void wrote(const std::string& path) const;
  /// {"link"} or the link.
  void link(const std::string& link, const std::string& id) const;
  /// {"seal","id"} or the text.
  void seal(const std::string& text, const std::string& id) const;
  /// {"verdict","message","member","behind","ahead"} or the sentence.
  void sealed(std::string_view verdict, const std::string& sentence, const SealAnswer& answer) const;
  /// {"items":[…]} or a line each, columns separated by tabs.
  void items(const std::vector<Item>& items) const;
  /// {"id","title","text","version"} or the text, byte for byte.
  void note(const NoteText& note) const;
  void found(const std::vector<Found>& found) const;
  /// {"bytes","limit"} or a line.
  void quota(const MaterialQuota& quota) const;
  /// {"notes","files","bytes","damaged"} or a sentence.
  void checked(const Checked& checked) const;
  void status(const std::vector<Club>& spaces) const;
  void report(const SyncReport& report) const;
  void exported(const std::string& id, const std::string& out, std::uint64_t absent) const;

  /// Says a refusal and returns its exit status.
  int refuse(const Error& error) const;
  /// Something worth knowing, on standard error.
  void say(const std::string& sentence) const;

 private:
  bool json_;
};

/// The QR code of `text`, rows of dark (true) modules without the margin; none if it does not fit.
[[nodiscard]] std::vector<std::vector<bool>> qr_code(const std::string& text);

/// Draws `text` as a QR code on standard error. False if it does not fit.
bool draw_qr(const std::string& text);

}  // namespace muistio::cli
