#include "sockets.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace muistio::server {

namespace {

constexpr std::size_t kRequestBytesMax = 16 * 1024;
constexpr std::size_t kAnswerBytesMax = 16 * 1024 * 1024;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int get() const noexcept { return number_; }

 private:
  int number_;
};

void set_patience(int socket, int seconds) {
  const timeval patience{seconds, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

/// Reads until `done(text)`, the end, or `most`.
template <class Done>
std::string receive(int socket, std::size_t most, Done done) {
  std::string text;
  char piece[4096];
  while (text.size() < most && !done(text)) {
    const auto count = ::recv(socket, piece, sizeof piece, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    text.append(piece, static_cast<std::size_t>(count));
  }
  return text;
}

/// Accepts one connection after another until it is told to stop.
class Acceptor {
 public:
  Acceptor(Descriptor listening, std::function<void(int socket)> serve)
      : listening_(std::move(listening)),
        stop_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        serve_(std::move(serve)),
        thread_([this] { run(); }) {}
  ~Acceptor() {
    const std::uint64_t one = 1;
    while (::write(stop_.get(), &one, sizeof one) < 0 && errno == EINTR) {
    }
    thread_.join();
  }
  [[nodiscard]] int socket() const { return listening_.get(); }

 private:
  void run() {
    for (;;) {
      pollfd wanted[2] = {{stop_.get(), POLLIN, 0}, {listening_.get(), POLLIN, 0}};
      if (::poll(wanted, 2, -1) < 0 && errno != EINTR) return;
      if (wanted[0].revents != 0) return;
      if (wanted[1].revents == 0) continue;
      const Descriptor accepted(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (accepted.get() < 0) {
        ::poll(wanted, 1, 50);  // out of descriptors, for one
        continue;
      }
      set_patience(accepted.get(), 5);
      serve_(accepted.get());
    }
  }

  Descriptor listening_, stop_;
  std::function<void(int)> serve_;
  std::thread thread_;
};

bool unix_address(const std::string& path, sockaddr_un& address) {
  address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return true;
}

class ControlOnUnix final : public ControlSocket {
 public:
  ControlOnUnix(std::string path, Descriptor listening, Answer answer)
      : path_(std::move(path)),
        answer_(std::move(answer)),
        acceptor_(std::move(listening), [this](int socket) { serve(socket); }) {}
  ~ControlOnUnix() override { ::unlink(path_.c_str()); }

 private:
  void serve(int socket) {
    const auto text = receive(socket, kRequestBytesMax, [](const std::string&) { return false; });
    std::vector<std::string> words;
    for (std::size_t at = 0; at < text.size();) {
      const auto end = text.find('\0', at);
      if (end == std::string::npos) return;
      words.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    const auto answered = answer_(words);
    send_all(socket, answered ? "0" + *answered : "1" + answered.error().message());
  }

  std::string path_;
  Answer answer_;
  Acceptor acceptor_;
};

class PlainHttpServer final : public PlainHttp {
 public:
  PlainHttpServer(Descriptor listening, std::function<PlainAnswer(const std::string&)> answer)
      : answer_(std::move(answer)), acceptor_(std::move(listening), [this](int socket) { serve(socket); }) {}
  [[nodiscard]] std::uint16_t port() const override {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(acceptor_.socket(), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                               : reinterpret_cast<const sockaddr_in&>(address).sin_port);
  }

 private:
  void serve(int socket) {
    set_patience(socket, 2);
    const auto text = receive(socket, 8192, [](const std::string& held) { return held.find("\r\n\r\n") != std::string::npos; });
    PlainAnswer answer{400, "this is not HTTP as it should be\n"};
    const auto first = text.find(' ');
    const auto second = first == std::string::npos ? first : text.find(' ', first + 1);
    if (second != std::string::npos && text.find("\r\n\r\n") != std::string::npos) {
      const auto method = text.substr(0, first);
      answer = method == "GET" ? answer_(text.substr(first + 1, second - first - 1)) : PlainAnswer{405, "GET\n"};
    }
    send_all(socket, "HTTP/1.1 " + std::to_string(answer.status) + (answer.status == 200 ? " OK" : " Not now") +
                         "\r\nContent-Type: text/plain; version=0.0.4\r\nConnection: close\r\nContent-Length: " +
                         std::to_string(answer.body.size()) + "\r\n\r\n" + answer.body);
    ::shutdown(socket, SHUT_WR);
    receive(socket, 8192, [](const std::string&) { return false; });
  }

  std::function<PlainAnswer(const std::string&)> answer_;
  Acceptor acceptor_;
};

}  // namespace

Result<std::unique_ptr<ControlSocket>> ControlSocket::open(const std::string& path, Answer answer) {
  sockaddr_un address{};
  if (!unix_address(path, address)) return fail(ErrorCode::invalid_argument, "the control socket's path is too long: set control");
  Descriptor listening(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ::unlink(path.c_str());  // of a server that ended without a word; the log's lock keeps two living ones apart
  const auto mask = ::umask(0177);
  const bool bound = ::bind(listening.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::umask(mask);
  if (!bound || ::listen(listening.get(), 8) != 0)
    return fail(ErrorCode::io_failed, std::string("the control socket: ") + std::strerror(errno));
  return std::unique_ptr<ControlSocket>(std::make_unique<ControlOnUnix>(path, std::move(listening), std::move(answer)));
}

Result<std::string> ask_control(const std::string& path, const std::vector<std::string>& words) {
  sockaddr_un address{};
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!unix_address(path, address) || ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return fail(ErrorCode::not_found, "no server listens at the control socket");
  std::string request;
  for (const auto& word : words) request += word + '\0';
  if (!send_all(socket.get(), request)) return fail(ErrorCode::io_failed, "the server does not listen");
  ::shutdown(socket.get(), SHUT_WR);
  const auto answer = receive(socket.get(), kAnswerBytesMax, [](const std::string&) { return false; });
  if (answer.empty()) return fail(ErrorCode::io_failed, "the server ended before it answered");
  if (answer[0] != '0') return fail(ErrorCode::invalid_state, answer.substr(1));
  return answer.substr(1);
}

Result<std::unique_ptr<PlainHttp>> PlainHttp::open(const std::string& address, std::uint16_t port,
                                                   std::function<PlainAnswer(const std::string&)> answer) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* raw = nullptr;
  if (::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &raw) != 0)
    return fail(ErrorCode::invalid_argument, "metrics.listen names no address");
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> found(raw, ::freeaddrinfo);
  Descriptor listening(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(listening.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(listening.get(), found->ai_addr, found->ai_addrlen) != 0 || ::listen(listening.get(), 16) != 0)
    return fail(ErrorCode::io_failed, std::string("the port for metrics: ") + std::strerror(errno));
  return std::unique_ptr<PlainHttp>(std::make_unique<PlainHttpServer>(std::move(listening), std::move(answer)));
}

void notify_service_manager(const std::string& state) {
  const char* path = std::getenv("NOTIFY_SOCKET");
  sockaddr_un address{};
  if (path == nullptr || *path == 0 || !unix_address(path, address)) return;
  auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + std::strlen(path));
  if (address.sun_path[0] == '@') address.sun_path[0] = 0;
  const Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ::sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address), size);
}

}  // namespace muistio::server
