// bench-extension [NOTES …]: what a push extension takes of its 24 MB and 30 s, by libmuistio.so alone: a process of its own opens a home
// of so many notes, fetches twenty new ones without attachments, and closes. Over TLS on loopback, with a server of its own.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "muistio/c/muistio.h"
#include "processes.hpp"
#include "prose.hpp"

namespace {

using namespace muistio::bench;
constexpr std::size_t kNoteBytes = 1536;
constexpr int kNew = 20;

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void must(muistio_status status, const char* what) {
  if (status != MUISTIO_OK) give_up(std::string(what) + ": " + muistio_status_name(status));
}

muistio_client* open(const std::string& home) {
  muistio_open_options options{};
  options.size = sizeof options;
  options.home = home.c_str();
  options.create = true;
  muistio_client* client = nullptr;
  must(muistio_client_open(&options, &client, nullptr), "open");
  return client;
}

/// The answer of a call, which belongs to it: neither is released before the process ends.
muistio_answer* wait(muistio_status begun, muistio_call** call, const char* what) {
  must(begun, what);
  muistio_answer* answer = nullptr;
  must(muistio_call_wait(*call, MUISTIO_FOREVER, &answer), what);
  return answer;
}

std::uint64_t sync(muistio_client* client, bool material) {
  muistio_sync_options options{};
  options.size = sizeof options;
  options.without_material = !material;
  muistio_call* call = nullptr;
  const muistio_sync_report* report = nullptr;
  must(muistio_answer_sync_report(wait(muistio_sync(client, &options, nullptr, nullptr, nullptr, &call), &call, "sync"), 0, &report),
       "report");
  if (report->end == MUISTIO_SYNC_STOPPED) give_up(report->error_message);
  const auto pulled = report->pulled;
  muistio_call_release(call);
  return pulled;
}

void add_note(muistio_client* client, muistio_id club, const std::string& title, const std::string& text) {
  muistio_new_note note{};
  note.size = sizeof note;
  note.club = club;
  note.title = title.c_str();
  note.text = text.data();
  note.text_bytes = text.size();
  muistio_call* call = nullptr;
  wait(muistio_note_add(client, &note, nullptr, nullptr, &call), &call, "note");
  muistio_call_release(call);
}

long kib_of(const char* field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind(field, 0) == 0) return std::atol(line.c_str() + std::strlen(field));
  give_up("no such field of /proc/self/status");
}

int extension(const std::string& home) {
  const long before = kib_of("VmRSS:");
  const auto started = now_ms();
  auto* client = open(home);
  const auto opened = now_ms();
  const auto pulled = sync(client, false);
  const auto synced = now_ms();
  const long anonymous = kib_of("RssAnon:");
  must(muistio_client_close(client), "close");
  const auto closed = now_ms();
  std::printf("%lld changes: open %lld ms, sync %lld ms, close %lld ms; resident at most %.1f MB (%.1f MB before it was opened), "
              "of them %.1f MB anonymous after the sync\n",
              static_cast<long long>(pulled), static_cast<long long>(opened - started), static_cast<long long>(synced - opened),
              static_cast<long long>(closed - synced), static_cast<double>(kib_of("VmHWM:")) / 1024,
              static_cast<double>(before) / 1024, static_cast<double>(anonymous) / 1024);
  return 0;
}

void measure(const std::filesystem::path& self, int notes) {
  const auto work = std::filesystem::temp_directory_path() / ("muistio-extension-" + std::to_string(getpid()));
  std::filesystem::create_directories(work);
  {
    Child server({(self.parent_path() / "muistiod").string(), "serve", "--data", (work / "server").string(), "--listen",
                  "127.0.0.1:0", "--dev-tls"},
                 work / "server.log");
    const auto ready = server.hear();
    const auto url = "wss://127.0.0.1:" + ready.substr(ready.rfind(':') + 1);
    const auto ca = read_file(work / "server" / "dev-ca.pem");
    auto* kaisa = open((work / "kaisa").string());
    auto* anna = open((work / "anna").string());
    muistio_call* call = nullptr;
    wait(muistio_home_init(kaisa, "Kaisa", url.c_str(), ca.c_str(), nullptr, nullptr, &call), &call, "init");
    muistio_id club{};
    must(muistio_answer_id(wait(muistio_club_create(kaisa, "Klubi", MUISTIO_HISTORY_ALL, nullptr, nullptr, &call), &call, "club"), 0,
                           &club),
         "club");
    muistio_new_invitation wanted{};
    wanted.size = sizeof wanted;
    wanted.club = club;
    const muistio_invitation* invitation = nullptr;
    must(muistio_answer_invitation(
             wait(muistio_invitation_create(kaisa, &wanted, nullptr, nullptr, &call), &call, "invite"), 0, &invitation),
         "invite");
    sync(kaisa, true);
    wait(muistio_join(anna, invitation->link, "Anna", ca.c_str(), nullptr, nullptr, &call), &call, "join");
    sync(anna, true);
    for (int i = 0; i < notes; ++i) add_note(kaisa, club, "Muistio " + std::to_string(i), prose(kNoteBytes, static_cast<std::uint64_t>(i)));
    sync(kaisa, true);
    sync(anna, true);
    must(muistio_client_close(anna), "close");
    for (int i = 0; i < kNew; ++i) add_note(kaisa, club, "Uusi " + std::to_string(i), prose(kNoteBytes, static_cast<std::uint64_t>(notes + i)));
    sync(kaisa, true);
    must(muistio_client_close(kaisa), "close");
    Child child({self.string(), "--extension", (work / "anna").string()}, work / "child.log");
    std::printf("%d notes here, %d new ones fetched: %s\n", notes, kNew, child.hear().c_str());
    child.stop();
    server.stop();
  }
  std::filesystem::remove_all(work);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "--extension") == 0) return extension(argv[2]);
  const auto self = std::filesystem::read_symlink("/proc/self/exe");
  if (argc == 1)
    for (int notes : {500, 5000}) measure(self, notes);
  for (int i = 1; i < argc; ++i) measure(self, std::atoi(argv[i]));
}
