#include "weak_tls.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <memory>

namespace muistio::evil {
namespace {

volatile std::sig_atomic_t stopping = 0;
void stop(int) { stopping = 1; }

struct Free {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* tls) const { SSL_free(tls); }
};

class Socket {
 public:
  explicit Socket(int handle) : handle_(handle) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (handle_ >= 0) ::close(handle_);
  }
  [[nodiscard]] int get() const { return handle_; }

 private:
  int handle_;
};

}  // namespace

Result<Damage> offer_weak_tls(const std::string& address, std::uint16_t port, const std::filesystem::path& certificate,
                              const std::filesystem::path& key) {
  const std::unique_ptr<SSL_CTX, Free> context(SSL_CTX_new(TLS_server_method()));
  if (!context || SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION) != 1 ||
      SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
    return fail(ErrorCode::io_failed, "OpenSSL could not be set up");
  const Socket listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
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
  struct sigaction action {};
  action.sa_handler = stop;  // without SA_RESTART: accept returns
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::printf("ready wss://%s:%d\n", address.c_str(), ntohs(where.sin_port));
  std::fflush(stdout);
  Damage damage;
  while (stopping == 0) {
    const Socket peer(::accept(listener.get(), nullptr, nullptr));
    if (peer.get() < 0) continue;
    ++damage.records;
    const std::unique_ptr<SSL, Free> tls(SSL_new(context.get()));
    if (!tls || SSL_set_fd(tls.get(), peer.get()) != 1 || SSL_accept(tls.get()) != 1) continue;
    char heard[4096];
    const int count = SSL_read(tls.get(), heard, sizeof heard);
    if (count > 0) damage.bytes += static_cast<std::uint64_t>(count);
  }
  return damage;
}

}  // namespace muistio::evil
