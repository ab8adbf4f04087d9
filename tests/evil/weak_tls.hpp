// A listener that speaks TLS 1.2 and nothing newer.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "attack.hpp"
#include "muistio/base/result.hpp"

namespace muistio::evil {

/// Listens from `make` on, at an IPv4 address; one thread runs it.
class WeakTls {
 public:
  /// Port 0 picks one. Errors: io_failed.
  [[nodiscard]] static Result<WeakTls> make(const std::string& address, std::uint16_t port,
                                            const std::filesystem::path& certificate, const std::filesystem::path& key);
  WeakTls(WeakTls&&) noexcept;
  WeakTls& operator=(WeakTls&&) noexcept;
  ~WeakTls();

  [[nodiscard]] std::uint16_t port() const noexcept;
  /// Takes connections, one after the other, until `stopping`; looks at it ten times a second, and waits for a silent client two
  /// seconds at most.
  void run(const std::atomic<bool>& stopping);
  /// Records: clients whose ClientHello was answered with TLS 1.2 or nothing; bytes: what they sent through TLS 1.2 (none, if they
  /// refuse it). While it runs only for the thread that runs it.
  [[nodiscard]] const Damage& damage() const noexcept;

 private:
  struct Impl;
  explicit WeakTls(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace muistio::evil
