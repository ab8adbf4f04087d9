// muistiod: the server's program.
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "muistio/crypto/initialise.hpp"
#include "muistio/crypto/random.hpp"
#include "muistio/server/engine.hpp"
#include "muistio/server/net.hpp"
#include "muistio/server/sqlite_log.hpp"
#include "net/certificate.hpp"

namespace {

using namespace muistio;
using namespace muistio::server;

constexpr int kRefused = 1;
constexpr int kUsage = 2;

struct Arguments {
  std::string data, listen, tls_certificate, tls_key, server_name, create_token_file;
  bool dev_tls = false;
};

/// Splits "ADDR:PORT", an IPv6 address in brackets.
bool split_listen(const std::string& listen, NetOptions& options) {
  const auto colon = listen.rfind(':');
  if (colon == std::string::npos) return false;
  auto address = listen.substr(0, colon);
  if (address.size() >= 2 && address.front() == '[' && address.back() == ']') address = address.substr(1, address.size() - 2);
  const auto* first = listen.data() + colon + 1;
  const auto* end = listen.data() + listen.size();
  const auto [last, error] = std::from_chars(first, end, options.port);
  if (error != std::errc{} || last != end || address.empty()) return false;
  options.address = address == "localhost" ? "127.0.0.1" : address;
  return true;
}

/// A connection takes a descriptor: as many as the system lets us have.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

Status serve(const Arguments& arguments, NetOptions options) {
  raise_descriptor_limit();
  const std::filesystem::path data(arguments.data);
  std::error_code error;
  std::filesystem::create_directories(data, error);
  if (error) return fail(ErrorCode::io_failed, "the data folder: " + error.message());
  std::filesystem::permissions(data, std::filesystem::perms::owner_all, error);

  options.certificate_pem_file = arguments.tls_certificate;
  options.key_pem_file = arguments.tls_key;
  options.server_name = arguments.server_name;
  if (arguments.dev_tls) {
    MUISTIO_TRY(const auto files, dev_certificate(data));
    options.certificate_pem_file = files.certificate;
    options.key_pem_file = files.key;
  }
  EngineOptions engine_options;
  if (!arguments.create_token_file.empty()) {
    std::ifstream in(arguments.create_token_file, std::ios::binary);
    engine_options.create_token.assign(std::istreambuf_iterator<char>(in), {});
    while (!engine_options.create_token.empty() && engine_options.create_token.back() == '\n')
      engine_options.create_token.pop_back();
    if (!in || engine_options.create_token.empty() || engine_options.create_token.size() > wire::limits::create_token_bytes_max)
      return fail(ErrorCode::invalid_argument, "the file of --create-token-file holds no usable token");
  }

  MUISTIO_TRY(const auto log, SqliteLog::open({(data / "log.sqlite").string(), ""}));
  SystemClock clock;
  crypto::SystemRandom random;
  AttachmentFolder attachments(data / "attachments");
  TicketBook tickets;
  Engine engine(*log, clock, random, engine_options, &attachments, &tickets);
  {
    MUISTIO_TRY(const auto net, NetServer::make(std::move(options), engine, attachments, tickets, clock));
    std::printf("ready wss://%s\n", net->listening_on().c_str());
    std::fflush(stdout);
    spdlog::info("serving on {}", net->listening_on());
    net->run();
  }
  const auto& counts = engine.counts();
  spdlog::info("stopped; appended {} records in {} commits, took {} frames, refused {}, closed {} connections with a reason",
               counts.appended, counts.commits, counts.frames, counts.refused, counts.goodbyes);
  return ok();
}

}  // namespace

int main(int argc, char** argv) {
  crypto::initialise();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("muistiod", std::make_shared<spdlog::sinks::stderr_sink_mt>()));
  spdlog::flush_on(spdlog::level::info);

  CLI::App app("muistiod keeps and passes on encrypted meeting notes that it cannot read.");
  app.require_subcommand(1);
  auto* serve_command = app.add_subcommand("serve", "Serves clients over WebSocket and HTTP with TLS 1.3.");
  Arguments arguments;
  serve_command->add_option("--data", arguments.data, "Folder for the log and the attachments; made if absent")->required();
  serve_command->add_option("--listen", arguments.listen, "ADDR:PORT; port 0 picks one")->required();
  auto* certificate = serve_command->add_option("--tls-cert", arguments.tls_certificate, "Certificate chain, PEM");
  auto* key = serve_command->add_option("--tls-key", arguments.tls_key, "Private key, PEM");
  auto* dev =
      serve_command->add_flag("--dev-tls", arguments.dev_tls, "Makes and keeps a certificate for this machine in the data folder");
  serve_command->add_option("--server-name", arguments.server_name, "The name in the challenge for clients that send none")
      ->check([](const std::string& name) {
        return name.size() > wire::limits::server_name_bytes_max ? std::string("too long") : std::string();
      });
  serve_command->add_option("--create-token-file", arguments.create_token_file,
                            "Whoever begins a space must send what this file holds");
  certificate->needs(key)->excludes(dev);
  key->needs(certificate)->excludes(dev);
  try {
    app.parse(argc, argv);
    if (!arguments.dev_tls && arguments.tls_certificate.empty())
      throw CLI::ValidationError("either --dev-tls or --tls-cert and --tls-key is needed");
    NetOptions options;
    if (!split_listen(arguments.listen, options)) throw CLI::ValidationError("--listen is ADDR:PORT");
    const auto served = serve(arguments, std::move(options));
    if (served) return 0;
    spdlog::error("{}", served.error().message());
    return kRefused;
  } catch (const CLI::ParseError& error) {
    return app.exit(error, std::cerr, std::cerr) == 0 ? 0 : kUsage;
  } catch (const std::exception& error) {
    spdlog::error("{}", error.what());
    return kRefused;
  }
}
