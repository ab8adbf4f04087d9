// Child processes that talk by lines, and what the kernel says about a process.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace muistio::bench {

/// A child process with a pipe each way. Ends it by SIGKILL if it is still there when it goes. Any failure ends the benchmark with a
/// message: its figures would mean nothing.
class Child {
 public:
  /// Starts `arguments[0]`; its standard error goes to `log`.
  Child(const std::vector<std::string>& arguments, const std::filesystem::path& log);
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  ~Child();

  void say(const std::string& line);
  /// The next line of its standard output, without the end of line.
  std::string hear();
  std::string ask(const std::string& line) {
    say(line);
    return hear();
  }
  /// SIGTERM, and waits; the exit status.
  int stop();
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

 private:
  pid_t pid_ = -1;
  int to_ = -1, from_ = -1;
  std::string buffered_;
};

/// User and system CPU seconds that process `pid` has used.
double cpu_seconds(pid_t pid);
/// The most memory that process `pid` ever held, in KiB.
std::uint64_t peak_kib(pid_t pid);
/// Bytes in all files below `folder`.
std::uint64_t bytes_below(const std::filesystem::path& folder);
/// Milliseconds of the clock that all processes share.
std::int64_t now_ms();
/// Says why and ends with status 1.
[[noreturn]] void give_up(const std::string& why);

}  // namespace muistio::bench
