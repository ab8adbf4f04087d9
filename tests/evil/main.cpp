// muistio-evil: a sync server that lies in one chosen way. Adopters run it against their build of the client (README of
// tests/evil).
#include <CLI/CLI.hpp>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <iostream>

#include "../../server/src/net/certificate.hpp"
#include "doctor.hpp"
#include "evil_log.hpp"
#include "muistio/crypto/initialise.hpp"
#include "muistio/crypto/random.hpp"
#include "muistio/server/engine.hpp"
#include "muistio/server/net.hpp"
#include "muistio/server/sqlite_log.hpp"
#include "weak_tls.hpp"

using namespace muistio;

namespace muistio::server {
// The engine asks for the version to offer; this definition stands in for the production one.
namespace {
std::uint8_t offered = wire::protocol_version;
std::uint64_t offers = 0;
}  // namespace
std::uint8_t offered_version() noexcept {
  if (offered != wire::protocol_version) ++offers;
  return offered;
}
}  // namespace muistio::server

namespace {

constexpr int kRefused = 1;
constexpr int kUsage = 2;
constexpr int kNothingChanged = 5;

struct Arguments {
  std::string data, listen, attack = "none", seen_link;
  bool dev_tls = false;
};

bool split_listen(const std::string& listen, server::NetOptions& options) {
  const auto colon = listen.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  options.address = listen.substr(0, colon);
  const auto* end = listen.data() + listen.size();
  const auto [last, error] = std::from_chars(listen.data() + colon + 1, end, options.port);
  return error == std::errc{} && last == end;
}

std::atomic<bool> stopping = false;
void stop(int) { stopping = true; }

Result<evil::Damage> serve_weak_tls(const server::NetOptions& options) {
  MUISTIO_TRY(auto listener,
              evil::WeakTls::make(options.address, options.port, options.certificate_pem_file, options.key_pem_file));
  std::signal(SIGTERM, stop);
  std::signal(SIGINT, stop);
  std::signal(SIGPIPE, SIG_IGN);
  std::printf("ready wss://%s:%d\n", options.address.c_str(), listener.port());
  std::fflush(stdout);
  listener.run(stopping);
  return listener.damage();
}

Result<evil::Damage> serve(const Arguments& arguments, server::NetOptions options, evil::Attack attack) {
  const std::filesystem::path data(arguments.data);
  std::error_code error;
  std::filesystem::create_directories(data, error);
  if (error) return fail(ErrorCode::io_failed, "the data folder: " + error.message());
  MUISTIO_TRY(const auto files, server::dev_certificate(data));
  options.certificate_pem_file = files.certificate;
  options.key_pem_file = files.key;
  if (attack == evil::Attack::weak_tls) return serve_weak_tls(options);

  evil::AtRest at_rest;
  const auto log_file = data / "log.sqlite";
  std::unique_ptr<server::SqliteLog> other;
  if (std::filesystem::exists(log_file)) {
    MUISTIO_TRY(at_rest.logs, evil::doctor_log(log_file.string(), "", attack));
    MUISTIO_TRY(at_rest.attachments, evil::doctor_attachments(data / "attachments", log_file, attack));
    if (attack == evil::Attack::fork_members)
      std::filesystem::copy_file(log_file, data / "fork.sqlite", std::filesystem::copy_options::overwrite_existing);
  }
  if (attack == evil::Attack::fork_members) {
    MUISTIO_TRY(other, server::SqliteLog::open({(data / "fork.sqlite").string(), ""}));
  }
  if (attack == evil::Attack::old_version) server::offered = static_cast<std::uint8_t>(wire::protocol_version - 1);
  MUISTIO_TRY(const auto log, server::SqliteLog::open({log_file.string(), ""}));
  SystemClock clock;
  crypto::SystemRandom random;
  evil::EvilLog lying(*log, other.get(), attack, random, clock, std::move(at_rest), {std::nullopt, arguments.seen_link});
  server::AttachmentFolder attachments(data / "attachments");
  server::TicketBook tickets;
  server::Engine engine(lying, clock, random, {}, &attachments, &tickets);
  {
    MUISTIO_TRY(const auto net, server::NetServer::make(std::move(options), engine, attachments, tickets, clock));
    std::printf("ready wss://%s\n", net->listening_on().c_str());
    std::fflush(stdout);
    net->run();
  }
  auto damage = lying.damage();
  damage.records += server::offers;
  return damage;
}

std::string attack_help() {
  std::string help = "One of:";
  for (const auto& info : evil::attacks()) help += "\n  " + std::string(info.name) + ": " + std::string(info.what);
  return help;
}

}  // namespace

int main(int argc, char** argv) {
  crypto::initialise();
  CLI::App app("muistio-evil is a sync server that lies: to see what a client does about it.");
  app.require_subcommand(1);
  Arguments arguments;
  auto* command = app.add_subcommand("serve", "Serves the data of an honest server, or begins anew, and lies as asked.");
  command->add_option("--data", arguments.data, "Folder for log, attachments and certificate; may be a stopped muistiod's")
      ->required();
  command->add_option("--listen", arguments.listen, "ADDR:PORT; port 0 picks one")->required();
  command->add_flag("--dev-tls", arguments.dev_tls, "A certificate for this machine in the data folder; the only kind it has")
      ->required();
  command->add_option("--attack", arguments.attack, attack_help());
  command->add_option("--seen-link", arguments.seen_link,
                      "A device link that the server's operator got to see, for swap-identity-in-answer");
  app.add_subcommand("list", "Prints the attacks, one a line.")->callback([] {
    for (const auto& info : evil::attacks()) std::cout << info.name << "\t" << info.what << "\n";
  });
  try {
    app.parse(argc, argv);
    if (!command->parsed()) return 0;
    const auto attack = evil::attack_named(arguments.attack);
    if (!attack) throw CLI::ValidationError("there is no such attack: see muistio-evil list");
    server::NetOptions options;
    if (!split_listen(arguments.listen, options)) throw CLI::ValidationError("--listen is ADDR:PORT");
    const auto damage = serve(arguments, std::move(options), *attack);
    if (!damage) {
      std::cerr << "muistio-evil: " << damage.error().message() << "\n";
      return kRefused;
    }
    std::cerr << "muistio-evil: " << arguments.attack << ": changed " << damage->records << " records, " << damage->bytes
              << " bytes\n";
    return *attack != evil::Attack::none && damage->is_none() ? kNothingChanged : 0;
  } catch (const CLI::ParseError& error) {
    return app.exit(error, std::cerr, std::cerr) == 0 ? 0 : kUsage;
  } catch (const std::exception& error) {
    std::cerr << "muistio-evil: " << error.what() << "\n";
    return kRefused;
  }
}
