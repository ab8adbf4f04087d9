#include "doctor.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <filesystem>

#include "../probe/probe.hpp"
#include "muistio/crypto/random.hpp"
#include "muistio/server/postgres_log.hpp"
#include "muistio/wire/limits.hpp"
#include "sockets.hpp"

namespace muistio::server {

namespace fs = std::filesystem;

namespace {

using Level = Finding::Level;

constexpr int kCertificateDaysMin = 14;
constexpr std::time_t kYear2024 = 1'704'067'200;

class Examination {
 public:
  explicit Examination(const Settings& settings, std::string ca_file) : settings_(settings), ca_file_(std::move(ca_file)) {}

  std::vector<Finding> run() {
    folder();
    disk();
    descriptors();
    clock();
    certificate();
    const bool runs = ask_control(control_path(settings_), {"stats"}).has_value();
    storage(runs);
    round_trip(runs);
    return std::move(findings_);
  }

 private:
  void good(const char* subject, std::string text) { findings_.push_back({Level::good, subject, std::move(text)}); }
  void warn(const char* subject, std::string text) { findings_.push_back({Level::warning, subject, std::move(text)}); }
  void bad(const char* subject, std::string text) { findings_.push_back({Level::bad, subject, std::move(text)}); }

  void folder() {
    struct stat about {};
    if (settings_.data.empty()) return bad("data folder", "it is not set: give --data, MUISTIO_DATA or data in the file");
    if (::stat(settings_.data.c_str(), &about) != 0) return warn("data folder", "it is not there yet; muistiod serve makes it");
    if (!S_ISDIR(about.st_mode)) return bad("data folder", "it is no folder: name another, or move the file away");
    if (::access(settings_.data.c_str(), R_OK | W_OK | X_OK) != 0)
      return bad("data folder", "this user cannot write in it: chown it to the user that muistiod runs as");
    if ((about.st_mode & 077) != 0) return warn("data folder", "others can look into it: chmod 700");
    good("data folder", "is ours alone");
  }

  void disk() {
    struct statvfs about {};
    const auto at = fs::exists(settings_.data) ? settings_.data : fs::path(settings_.data).parent_path().string();
    if (::statvfs(at.empty() ? "/" : at.c_str(), &about) != 0) return warn("disk", "its size cannot be told");
    const auto free_mib = static_cast<std::uint64_t>(about.f_bavail) * about.f_frsize / wire::limits::kMiB;
    const auto text = std::to_string(free_mib) + " MiB free";
    if (free_mib < settings_.free_mib_min)
      return bad("disk", text + ", less than limits.free_mib: make room, or muistiod space unchanged DAYS shows what nobody uses");
    if (free_mib < 4 * settings_.space_mib_max)
      return warn("disk", text + ": fewer than four full spaces fit; watch muistiod_log_bytes");
    good("disk", text);
  }

  void descriptors() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const auto needed = settings_.connections_max + 100;
    if (limit.rlim_max < needed)
      return warn("file descriptors", std::to_string(limit.rlim_max) + " at most, for limits.connections " +
                                          std::to_string(settings_.connections_max) +
                                          ": set LimitNOFILE in the unit, or lower the limit");
    good("file descriptors", "as many as connections may be");
  }

  void clock() {
    if (std::time(nullptr) < kYear2024) return bad("clock", "it stands years ago: set it (timedatectl set-ntp true)");
    timex state{};
    const int code = ::adjtimex(&state);
    if (code == TIME_ERROR || (state.status & STA_UNSYNC) != 0)
      return warn("clock", "nothing keeps it right: timedatectl set-ntp true, or install chrony");
    good("clock", "is kept right");
  }

  void certificate() {
    auto path = settings_.tls_certificate;
    auto key_path = settings_.tls_key;
    if (settings_.dev_tls) {
      path = (fs::path(settings_.data) / "dev-ca.pem").string();
      key_path = (fs::path(settings_.data) / "dev-tls.key").string();
      if (!fs::exists(path)) return warn("certificate", "tls.dev makes one at the first start; phones will not trust it");
    }
    if (path.empty())
      return bad("certificate", "none is set: tls.certificate and tls.key (docs/operating.md has the way to a real one)");
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                               [](std::FILE* f) { return f != nullptr ? std::fclose(f) : 0; });
    if (!file) return bad("certificate", "its file cannot be read: does the server's user have access to it?");
    const std::unique_ptr<X509, void (*)(X509*)> made(PEM_read_X509(file.get(), nullptr, nullptr, nullptr), X509_free);
    if (!made) return bad("certificate", "its file is no PEM certificate");
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> key_file(std::fopen(key_path.c_str(), "rb"),
                                                                   [](std::FILE* f) { return f != nullptr ? std::fclose(f) : 0; });
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(
        key_file ? PEM_read_PrivateKey(key_file.get(), nullptr, nullptr, nullptr) : nullptr, EVP_PKEY_free);
    if (!key) return bad("certificate", "the key file cannot be read or holds no key without a passphrase");
    if (X509_check_private_key(made.get(), key.get()) != 1)
      return bad("certificate", "the key does not belong to it: one of the two files is old");
    struct stat about {};
    if (::stat(key_path.c_str(), &about) == 0 && (about.st_mode & 07) != 0) warn("key file", "everybody can read it: chmod 640");
    int days = 0, seconds = 0;
    if (ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(made.get())) != 1 || days < 0 || seconds < 0)
      return bad("certificate", "it has expired: renew it and send muistiod SIGHUP (systemctl reload muistiod)");
    if (!settings_.server_name.empty() &&
        X509_check_host(made.get(), settings_.server_name.data(), settings_.server_name.size(), 0, nullptr) != 1)
      return bad("certificate", "it is not for server_name: renew it with that name, or correct the setting");
    const auto text = "good for " + std::to_string(days) + " days";
    if (days < kCertificateDaysMin) return warn("certificate", text + " only: does its renewal run? (certbot renew --dry-run)");
    good("certificate", text);
  }

  void other_format(const char* subject, std::int64_t has, std::int64_t wants) {
    const auto text = "it has format " + std::to_string(has) + ", this program writes " + std::to_string(wants);
    if (has > wants) return bad(subject, text + ": install the newer program again");
    warn(subject, text + ": muistiod serve or muistiod migrate changes it; make a backup first");
  }

  void storage(bool runs) {
    // The format first: to open a log would make its tables, or bring them to another format.
    if (!settings_.database.empty()) {
      const auto format = PostgresLog::format_in({settings_.database, 0});
      if (format && *format == 0) return warn("database", "answers, and holds no log yet; muistiod serve makes it");
      if (format && *format != PostgresLog::format) return other_format("database", *format, PostgresLog::format);
      auto log = PostgresLog::open({settings_.database, 0});
      if (!log)
        return bad("database", log.error().message() + ": is the string right, does PostgreSQL run, may the role make tables?");
      for (const auto& [name, wanted] : (*log)->durability())
        if (!wanted)
          return bad("database",
                     name + " is off: what is acknowledged would not survive a power cut; turn it on in postgresql.conf");
      return good("database", "answers, and keeps what it acknowledges");
    }
    if (runs) return good("log", "a server has it open and answers");
    if (!fs::exists(fs::path(settings_.data) / "log.sqlite")) return warn("log", "there is none yet; muistiod serve makes it");
    const auto path = (fs::path(settings_.data) / "log.sqlite").string();
    const auto format = SqliteLog::format_in(path);
    if (format && *format != SqliteLog::format) return other_format("log", *format, SqliteLog::format);
    auto log = format ? SqliteLog::open({path, ""}) : fail(format.error());
    if (!log)
      return bad("log",
                 log.error().message() + (log.error().code == ErrorCode::store_busy ? ": another program has it open"
                                                                                    : ": restore a backup (muistiod restore)"));
    const auto checked = check_log(**log);
    if (!checked)
      return bad("log", checked.error().message() + ": restore a backup (muistiod restore); devices put back what it lacks");
    good("log", std::to_string(checked->totals.spaces) + " spaces, " + std::to_string(checked->totals.records) +
                    " records, every hash as it should be");
  }

  /// The space of a round trip, deleted at the latest when it goes.
  class Begun {
   public:
    Begun(const Settings& settings, const SpaceId& space) : settings_(settings), space_(space) {}
    Begun(const Begun&) = delete;
    Begun& operator=(const Begun&) = delete;
    ~Begun() {
      if (tried_) return;
      [[maybe_unused]] const auto dropped = drop();
    }
    Result<std::string> drop() {
      tried_ = true;
      return ask_control(control_path(settings_), {"space", "drop", space_.hex()});
    }

   private:
    const Settings& settings_;
    SpaceId space_;
    bool tried_ = false;
  };

  /// As a phone: begins a space, appends, reads it back; then the operator's side deletes it.
  void round_trip(bool runs) {
    if (!runs) return warn("round trip", "no server runs with these settings; start it and ask again");
    try {
      const auto at = split_listen(settings_.listen);
      auto address = at->first;
      if (address == "0.0.0.0") address = "127.0.0.1";
      if (address == "::") address = "::1";
      auto ca = ca_file_;
      if (ca.empty() && settings_.dev_tls) ca = (fs::path(settings_.data) / "dev-ca.pem").string();
      const auto name = settings_.server_name.empty() ? std::string("localhost") : settings_.server_name;
      probe::WireClient client(probe::Endpoint{address, at->second, ca, name}, settings_.proxy_protocol ? "PROXY UNKNOWN\r\n" : "");
      crypto::SystemRandom random;
      const auto key = crypto::SigningKey::generate(random);
      const auto space = random.make<SpaceId>();
      Begun begun(settings_, space);
      const auto opened = client.ask(client.create(space, key));
      if (!opened) return bad("round trip", "the server ended the connection");
      if (const auto* refused = std::get_if<wire::Refused>(&*opened)) {
        if (static_cast<ErrorCode>(refused->code) == ErrorCode::not_authorised)
          return good("round trip",
                      "connects and is understood; further it does not go, since beginning a space needs a token here");
        return bad("round trip", "a space could not be begun: " + refused->detail);
      }
      const auto record = wire::encode_record({wire::RecordKind::content, Bytes(100, 7), {}}).value();
      const auto appended = client.ask(wire::Append{space, Seq(0), record});
      const auto read = client.ask(wire::Fetch{space, Seq(1), 0});
      const auto* records = read ? std::get_if<wire::Records>(&*read) : nullptr;
      const bool same = appended && std::holds_alternative<wire::Appended>(*appended) && records != nullptr &&
                        records->records == std::vector<Bytes>{record};
      const auto deleted = begun.drop();
      if (!same) return bad("round trip", "what was appended did not come back: see the server's own messages");
      if (!deleted) return warn("round trip", "good, but its space could not be deleted: " + deleted.error().message());
      good("round trip", "a record was appended over TLS and read back");
    } catch (const std::exception& error) {
      bad("round trip",
          std::string(error.what()) + ": does the certificate fit server_name, is the port reachable from this machine?");
    }
  }

  const Settings& settings_;
  std::string ca_file_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> examine(const Settings& settings, const std::string& ca_file) { return Examination(settings, ca_file).run(); }

}  // namespace muistio::server
