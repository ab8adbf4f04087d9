#include "postgres_server.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

namespace muistio::test {

namespace fs = std::filesystem;

namespace {

/// Debian's folder of the newest PostgreSQL from 15 on.
fs::path find_programs() {
  for (int version = 20; version >= 15; --version)
    if (const fs::path found = "/usr/lib/postgresql/" + std::to_string(version) + "/bin"; fs::exists(found / "initdb"))
      return found;
  throw std::runtime_error("PostgreSQL 15 is not installed (.ci/setup installs it)");
}

/// PostgreSQL refuses root: then it runs as the user of Debian's package.
const passwd* server_user() {
  if (::geteuid() != 0) return nullptr;
  const auto* user = ::getpwnam("postgres");
  if (user == nullptr) user = ::getpwnam("nobody");
  if (user == nullptr) throw std::runtime_error("there is no ordinary user to run PostgreSQL as");
  return user;
}

}  // namespace

PostgresServer& PostgresServer::shared() {
  static PostgresServer server;
  return server;
}

PostgresServer::PostgresServer() : programs_(find_programs()) {
  // A socket's path has 107 characters at most: directly under the system's folder for temporary files.
  auto pattern = (fs::temp_directory_path() / ("muistio-pg-" + std::string(6, 'X'))).string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no scratch folder");
  folder_ = pattern;
  if (const auto* user = server_user(); user != nullptr && ::chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0)
    throw std::runtime_error("the scratch folder cannot be given away");
  // Nothing is synced to the disk: what these tests stop is PostgreSQL, not the machine.
  if (as_user({(programs_ / "initdb").string(), "-D", (folder_ / "data").string(), "-U", "muistio", "-A", "trust", "-E", "UTF8",
               "--locale=C", "-N"}) != 0)
    throw std::runtime_error("initdb failed");
  start();
}

PostgresServer::~PostgresServer() {
  stop_at_once();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void PostgresServer::start() {
  const auto options = "-c listen_addresses='' -c unix_socket_directories='" + folder_.string() +
                       "' -c fsync=off -c shared_buffers=16MB -c max_connections=50 -c autovacuum=off";
  if (as_user({(programs_ / "pg_ctl").string(), "-D", (folder_ / "data").string(), "-w", "-l", (folder_ / "log").string(), "-o",
               options, "start"}) != 0)
    throw std::runtime_error("PostgreSQL did not start");
}

void PostgresServer::stop_at_once() {
  as_user({(programs_ / "pg_ctl").string(), "-D", (folder_ / "data").string(), "-m", "immediate", "stop"});
}

std::string PostgresServer::new_database() {
  const auto name = "test" + std::to_string(++databases_);
  run("postgres", "CREATE DATABASE " + name);
  return "host=" + folder_.string() + " user=muistio dbname=" + name;
}

void PostgresServer::run(const std::string& database, const std::string& sql) const {
  const auto whole =
      database.find('=') == std::string::npos ? "host=" + folder_.string() + " user=muistio dbname=" + database : database;
  if (as_user({(programs_ / "psql").string(), "-q", "-X", "-v", "ON_ERROR_STOP=1", "-d", whole, "-c", sql}) != 0)
    throw std::runtime_error("psql: " + sql.substr(0, 60));
}

int PostgresServer::as_user(const std::vector<std::string>& command) const {
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const auto* user = server_user();
  const auto child = ::fork();
  if (child == 0) {
    // Descriptors of the test (ctest's pipes among them) must not live on in the server.
    const int nowhere = ::open("/dev/null", O_RDWR);
    for (const int descriptor : {0, 1, 2}) ::dup2(nowhere, descriptor);
    for (int descriptor = 3; descriptor < 256; ++descriptor) ::close(descriptor);
    ::setsid();
    if (user != nullptr &&
        (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0 || ::chdir("/") != 0))
      ::_exit(126);
    ::unsetenv("LD_PRELOAD");
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

}  // namespace muistio::test
