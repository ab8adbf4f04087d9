// Runs real programs: one that ends, with its output and status, and one that stays until it is told to end.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace muistio::test {

/// A folder that goes, with what is in it, at the end of a test.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "muistio-test-").string() + std::string(6, 'X');
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline std::string read_all(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline std::filesystem::path write_all(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
  return file;
}

/// A program of the build: MUISTIO_BIN, set by ctest, names their folder.
inline std::string program(const std::string& name) {
  const char* folder = std::getenv("MUISTIO_BIN");
  if (folder == nullptr) throw std::runtime_error("MUISTIO_BIN is not set");
  return std::string(folder) + "/" + name;
}

struct Ended {
  int status = -1;  // exit status; 128 + the signal's number if a signal ended it
  std::string out, err;
  long memory_kib = 0;  // the most that was resident
};

struct RunOptions {
  std::string input;
  std::map<std::string, std::string> environment;  // added to ours
  std::chrono::milliseconds kill_after{0};         // 0: it is never killed
  int kill_signal = SIGKILL;
  std::chrono::seconds limit{120};  // then it is killed and the test fails
};

/// A program that runs. Its standard output and error are read by threads of ours.
class Process {
 public:
  Process(const std::vector<std::string>& words, const RunOptions& options) {
    int in[2], out[2], err[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0)
      throw std::runtime_error("pipe2");
    std::vector<char*> arguments;
    for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("fork");
    if (pid_ == 0) {
      ::dup2(in[0], 0);
      ::dup2(out[1], 1);
      ::dup2(err[1], 2);
      for (const auto& [name, value] : options.environment) ::setenv(name.c_str(), value.c_str(), 1);
      ::execv(arguments[0], arguments.data());
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    ::close(err[1]);
    writer_ = std::thread([fd = in[1], input = options.input] {
      sigset_t pipe;  // a program that ends before it has read its input is no reason for this one to end
      sigemptyset(&pipe);
      sigaddset(&pipe, SIGPIPE);
      pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
      for (std::size_t done = 0; done < input.size();) {
        const auto count = ::write(fd, input.data() + done, input.size() - done);
        if (count <= 0) break;
        done += static_cast<std::size_t>(count);
      }
      ::close(fd);
    });
    out_reader_ = std::thread([this, fd = out[0]] { read_to_end(fd, out_); });
    err_reader_ = std::thread([this, fd = err[0]] { read_to_end(fd, err_); });
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      (void)wait(std::chrono::seconds(10));
    }
  }

  void signal(int number) const {
    if (pid_ > 0) ::kill(pid_, number);
  }
  [[nodiscard]] pid_t pid() const { return pid_; }

  /// Waits for its end; after `limit` it is killed and this throws.
  Ended wait(std::chrono::milliseconds limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    int raw = 0;
    bool late = false;
    rusage usage{};
    while (::wait4(pid_, &raw, WNOHANG, &usage) == 0) {
      if (!late && std::chrono::steady_clock::now() > until) {
        late = true;
        ::kill(pid_, SIGKILL);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    pid_ = -1;
    writer_.join();
    out_reader_.join();
    err_reader_.join();
    if (late) throw std::runtime_error("a program took too long: " + err_);
    return {WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw), out_, err_, usage.ru_maxrss};
  }

  /// Waits until standard output has a whole line; what it is. Throws after `limit`.
  std::string first_line(std::chrono::milliseconds limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (std::chrono::steady_clock::now() < until) {
      {
        const std::lock_guard guard(mutex_);
        if (const auto end = out_.find('\n'); end != std::string::npos) return out_.substr(0, end);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    throw std::runtime_error("a program said nothing");
  }

 private:
  void read_to_end(int fd, std::string& to) {
    char piece[4096];
    for (;;) {
      const auto count = ::read(fd, piece, sizeof piece);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) break;
      const std::lock_guard guard(mutex_);
      to.append(piece, static_cast<std::size_t>(count));
    }
    ::close(fd);
  }

  pid_t pid_ = -1;
  std::mutex mutex_;
  std::string out_, err_;
  std::thread writer_, out_reader_, err_reader_;
};

/// Runs a program to its end.
inline Ended run(const std::vector<std::string>& words, const RunOptions& options = {}) {
  Process process(words, options);
  if (options.kill_after.count() > 0) {
    std::this_thread::sleep_for(options.kill_after);
    process.signal(options.kill_signal);
  }
  return process.wait(options.limit);
}

}  // namespace muistio::test
