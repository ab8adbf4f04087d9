#include "net_client.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace muistio::server::test {

namespace {

bool readable(int descriptor, int milliseconds) {
  pollfd wanted{descriptor, POLLIN, 0};
  return ::poll(&wanted, 1, milliseconds) > 0;
}

}  // namespace

ServerProcess::ServerProcess(const std::filesystem::path& data, const std::vector<std::string>& more,
                             const std::filesystem::path& log_file, const std::string& name)
    : data_(data) {
  const char* folder = std::getenv("MUISTIO_BIN");
  if (folder == nullptr) throw std::runtime_error("MUISTIO_BIN is not set");
  const auto program = (std::filesystem::path(folder) / name).string();
  int pipes[2];
  if (::pipe2(pipes, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  process_ = ::fork();
  if (process_ == 0) {
    ::dup2(pipes[1], 1);
    const int log = ::open(log_file.empty() ? "/dev/null" : log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (std::getenv("MUISTIO_SERVER_LOG") == nullptr) ::dup2(log, 2);
    std::vector<std::string> words = {name, "serve", "--data", data_.string(), "--listen", "127.0.0.1:0", "--dev-tls"};
    words.insert(words.end(), more.begin(), more.end());
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execv(program.c_str(), arguments.data());
    ::_exit(127);
  }
  ::close(pipes[1]);
  output_ = pipes[0];
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (line_.find('\n') == std::string::npos) {
    char c = 0;
    if (std::chrono::steady_clock::now() > until) throw std::runtime_error("muistiod did not become ready");
    if (!readable(output_, 100)) continue;
    if (::read(output_, &c, 1) != 1) throw std::runtime_error("muistiod ended before it was ready");
    line_.push_back(c);
  }
  port_ = std::stoi(line_.substr(line_.rfind(':') + 1));
}

ServerProcess::~ServerProcess() {
  if (process_ > 0) {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  ::close(output_);
}

void ServerProcess::signal(int number) const { ::kill(process_, number); }

std::optional<int> ServerProcess::wait(int seconds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  for (;;) {
    int status = 0;
    if (::waitpid(process_, &status, WNOHANG) == process_) {
      process_ = -1;
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    if (std::chrono::steady_clock::now() > until) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

std::string ServerProcess::rest_of_output() const {
  std::string rest;
  char c = 0;
  while (readable(output_, 0) && ::read(output_, &c, 1) == 1) rest.push_back(c);
  return rest;
}

long ServerProcess::resident_kib() const {
  std::ifstream status("/proc/" + std::to_string(process_) + "/status");
  for (std::string word; status >> word;)
    if (word == "VmRSS:" && status >> word) return std::stol(word);
  return 0;
}

}  // namespace muistio::server::test
