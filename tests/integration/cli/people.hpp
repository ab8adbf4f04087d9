// Real parts for the tests of the program: a muistiod, people who each run `muistio` with a home of their own, and a relay between
// them that can be cut.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <deque>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "process.hpp"

namespace muistio::test {

using Json = nlohmann::json;

/// A muistiod on loopback over one data folder, on the same port each time.
class Server {
 public:
  explicit Server(const Folder& folder) : data_(folder / "server") {}
  void start() {
    RunOptions options;
    process_ = std::make_unique<Process>(std::vector<std::string>{program("muistiod"), "serve", "--data", data_.string(), "--listen",
                                                                  "127.0.0.1:" + std::to_string(port_), "--dev-tls"},
                                         options);
    const auto line = process_->first_line(std::chrono::seconds(30));
    REQUIRE(line.rfind("ready wss://127.0.0.1:", 0) == 0);
    port_ = std::stoi(line.substr(line.rfind(':') + 1));
  }
  Ended stop() {
    process_->signal(SIGTERM);
    auto ended = process_->wait(std::chrono::seconds(10));
    process_.reset();
    return ended;
  }
  void kill() {
    process_->signal(SIGKILL);
    (void)process_->wait(std::chrono::seconds(10));
    process_.reset();
  }
  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string url() const { return "wss://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] const std::filesystem::path& data() const { return data_; }
  [[nodiscard]] std::string ca() const { return (data_ / "dev-ca.pem").string(); }

 private:
  std::filesystem::path data_;
  int port_ = 0;
  std::unique_ptr<Process> process_;
};

/// One person's `muistio`.
class Person {
 public:
  Person(const Folder& folder, const std::string& name) : home_(folder / name), name_(name) {}

  Ended run(std::vector<std::string> words, const RunOptions& given = {}) const {
    words.insert(words.begin(), {program("muistio"), "--home", home_.string()});
    auto options = given;
    options.environment.emplace("MUISTIO_PASSPHRASE", passphrase_);
    return test::run(words, options);
  }
  /// Runs a verb that must end with `status`; its standard output.
  std::string must(int status, const std::vector<std::string>& words, const std::string& input = {}) const {
    RunOptions options;
    options.input = input;
    const auto ended = run(words, options);
    std::string line;
    for (const auto& word : words) line += " " + word;
    INFO(name_ << ":" << line << "\nout: " << ended.out << "\nerr: " << ended.err);
    REQUIRE(ended.status == status);
    return ended.out;
  }
  std::string ok(const std::vector<std::string>& words, const std::string& input = {}) const { return must(0, words, input); }
  /// The one line that a verb prints, without its end.
  std::string line(const std::vector<std::string>& words, const std::string& input = {}) const {
    auto out = ok(words, input);
    INFO(out);
    REQUIRE_FALSE(out.empty());
    REQUIRE(out.find('\n') == out.size() - 1);
    out.pop_back();
    return out;
  }
  Json json(int status, std::vector<std::string> words, const std::string& input = {}) const {
    words.push_back("--json");
    const auto out = must(status, words, input);
    INFO(out);
    REQUIRE(out.find('\n') == out.size() - 1);
    return Json::parse(out);
  }
  void init(const Server& server) const { ok({"init", "--name", name_, "--server", server.url(), "--ca", server.ca()}); }
  std::string add_note(const std::string& club, const std::string& title, const std::string& text) const {
    return line({"note", "add", club, "--title", title, "--file", "-"}, text);
  }
  [[nodiscard]] const std::filesystem::path& home() const { return home_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  void set_passphrase(std::string passphrase) { passphrase_ = std::move(passphrase); }

 private:
  std::filesystem::path home_;
  std::string name_;
  std::string passphrase_;  // empty: none, so that no time goes into Argon2id
};

inline bool is_id(const std::string& text) {
  return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// A club with its host and members, all synced.
struct ClubOf {
  std::string id;
  explicit ClubOf(const Person& host, const std::vector<const Person*>& members, const Server& server) {
    id = host.line({"club", "create", "Verkkokauppiasklubi"});
    host.ok({"sync"});
    for (const auto* member : members) {
      const auto link = host.line({"invite", id});
      member->ok({"join", link, "--name", member->name(), "--ca", server.ca()});
      member->must(3, {"sync"});
      host.ok({"sync"});
      member->ok({"sync"});
    }
    if (!members.empty()) host.ok({"sync"});
    for (const auto* member : members) member->ok({"sync"});
  }
};

/// Relays connections to a port; cuts all of them once so many bytes went down.
class Relay {
 public:
  explicit Relay(int target) : target_(target), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    auto address = loopback(0);
    REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listener_, 16) == 0);
    socklen_t size = sizeof address;
    REQUIRE(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
    threads_.emplace_back([this] { accept_all(); });
  }
  ~Relay() {
    ending_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    cut();
    for (std::size_t i = 0; i < threads_.size(); ++i) threads_[i].join();
    for (int each : sockets_) ::close(each);
    ::close(listener_);
  }
  [[nodiscard]] std::string url() const { return "wss://127.0.0.1:" + std::to_string(port_); }
  void cut_after_down(std::uint64_t bytes) {
    down_ = 0;
    down_max_ = bytes;
  }
  void cut_after_up(std::uint64_t bytes) {
    up_ = 0;
    up_max_ = bytes;
  }
  void let_through() {
    down_ = up_ = 0;
    down_max_ = up_max_ = UINT64_MAX;
  }
  [[nodiscard]] std::uint64_t down() const { return down_; }
  [[nodiscard]] std::uint64_t up() const { return up_; }

 private:
  static sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
  }
  void cut() {
    const std::lock_guard guard(mutex_);
    for (int each : sockets_) ::shutdown(each, SHUT_RDWR);
  }
  void accept_all() {
    while (!ending_) {
      const int near = ::accept(listener_, nullptr, nullptr);
      if (near < 0) return;
      const int far = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      auto address = loopback(target_);
      {
        const std::lock_guard guard(mutex_);
        sockets_.insert({near, far});
      }
      if (::connect(far, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        ::shutdown(near, SHUT_RDWR);
        continue;
      }
      threads_.emplace_back([this, near, far] { carry(near, far, up_, up_max_); });
      threads_.emplace_back([this, near, far] { carry(far, near, down_, down_max_); });
    }
  }
  void carry(int from, int to, std::atomic<std::uint64_t>& count, std::atomic<std::uint64_t>& most) {
    char piece[16384];
    for (;;) {
      const auto got = ::read(from, piece, sizeof piece);
      if (got <= 0) break;
      count += static_cast<std::uint64_t>(got);
      if (count > most) {
        cut();
        break;
      }
      if (::send(to, piece, static_cast<std::size_t>(got), MSG_NOSIGNAL) != got) break;
    }
    ::shutdown(from, SHUT_RDWR);
    ::shutdown(to, SHUT_RDWR);
  }

  int target_;
  int listener_;
  int port_ = 0;
  std::atomic<bool> ending_ = false;
  std::atomic<std::uint64_t> down_ = 0, up_ = 0, down_max_ = UINT64_MAX, up_max_ = UINT64_MAX;
  std::mutex mutex_;
  std::set<int> sockets_;
  std::deque<std::thread> threads_;
};

}  // namespace muistio::test
