#include "weak_tls.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace muistio::evil {
namespace {

constexpr int kLookMs = 100;
constexpr timeval kPatience{2, 0};

struct Free {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* tls) const { SSL_free(tls); }
};

class Socket {
 public:
  explicit Socket(int handle) : handle_(handle) {}
  Socket(Socket&& from) noexcept : handle_(std::exchange(from.handle_, -1)) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (handle_ >= 0) ::close(handle_);
  }
  [[nodiscard]] int get() const { return handle_; }

 private:
  int handle_;
};

/// Called for each whole ClientHello, before a version is chosen.
int count_hello(SSL*, int*, void* damage) {
  ++static_cast<Damage*>(damage)->records;
  return SSL_CLIENT_HELLO_SUCCESS;
}

}  // namespace

struct WeakTls::Impl {
  std::unique_ptr<SSL_CTX, Free> context;
  Socket listener;
  std::uint16_t port = 0;
  Damage damage{};
};

WeakTls::WeakTls(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
WeakTls::WeakTls(WeakTls&&) noexcept = default;
WeakTls& WeakTls::operator=(WeakTls&&) noexcept = default;
WeakTls::~WeakTls() = default;

Result<WeakTls> WeakTls::make(const std::string& address, std::uint16_t port, const std::filesystem::path& certificate,
                              const std::filesystem::path& key) {
  std::unique_ptr<SSL_CTX, Free> context(SSL_CTX_new(TLS_server_method()));
  if (!context || SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION) != 1 ||
      SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
    return fail(ErrorCode::io_failed, "OpenSSL could not be set up");
  Socket listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  const int one = 1;
  ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  socklen_t size = sizeof where;
  if (::inet_pton(AF_INET, address.c_str(), &where.sin_addr) != 1 ||
      ::bind(listener.get(), reinterpret_cast<sockaddr*>(&where), sizeof where) != 0 || ::listen(listener.get(), 16) != 0 ||
      ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&where), &size) != 0)
    return fail(ErrorCode::io_failed, "the port cannot be had");
  auto impl = std::unique_ptr<Impl>(new Impl{std::move(context), std::move(listener), ntohs(where.sin_port)});
  SSL_CTX_set_client_hello_cb(impl->context.get(), count_hello, &impl->damage);
  return WeakTls(std::move(impl));
}

std::uint16_t WeakTls::port() const noexcept { return impl_->port; }
const Damage& WeakTls::damage() const noexcept { return impl_->damage; }

void WeakTls::run(const std::atomic<bool>& stopping) {
  while (!stopping) {
    pollfd wanted{impl_->listener.get(), POLLIN, 0};
    if (::poll(&wanted, 1, kLookMs) != 1) continue;
    const Socket peer(::accept4(impl_->listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (peer.get() < 0) continue;
    ::setsockopt(peer.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
    const std::unique_ptr<SSL, Free> tls(SSL_new(impl_->context.get()));
    ERR_clear_error();
    if (!tls || SSL_set_fd(tls.get(), peer.get()) != 1 || SSL_accept(tls.get()) != 1) continue;
    char heard[4096];
    const int count = SSL_read(tls.get(), heard, sizeof heard);
    if (count > 0) impl_->damage.bytes += static_cast<std::uint64_t>(count);
  }
}

}  // namespace muistio::evil
