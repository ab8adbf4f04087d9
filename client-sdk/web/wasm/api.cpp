// What JavaScript calls, and what this code calls in JavaScript (browser.js): numbers, texts and bytes in memory.
#include <emscripten/emscripten.h>

#include <cstdlib>
#include <cstring>
#include <optional>

#include "muistio/crypto/password.hpp"
#include "muistio/space/invitation.hpp"
#include "muistio/transport/web.hpp"
#include "muistio/wire/auth.hpp"
#include "worker.hpp"

extern "C" {
// Defined in browser.js.
void muistio_browser_open(const char* url);
void muistio_browser_send(const std::uint8_t* bytes, std::size_t size);
double muistio_browser_queued();
void muistio_browser_close();
void muistio_browser_move(double id, int is_upload, const char* url, const char* token, const char* file, double size);
void muistio_browser_give_up(double id);
}

namespace muistio::transport::web {
namespace {
Listener* listener = nullptr;
std::string host;
}  // namespace

void open(Listener& wanted, const Server& server) {
  listener = &wanted;
  host = server.url().substr(std::strlen("wss://"));
  muistio_browser_open((server.url() + "/muistio").c_str());
}
void forget(const Listener& gone) noexcept {
  if (listener == &gone) listener = nullptr;
}
void send(BytesView frame) { muistio_browser_send(frame.data(), frame.size()); }
std::size_t queued_bytes() noexcept { return static_cast<std::size_t>(muistio_browser_queued()); }
void close() { muistio_browser_close(); }
void move(TransferId id, bool is_upload, const Server& server, const Transfer& transfer) {
  const auto url = "https://" + server.url().substr(std::strlen("wss://")) + "/attachments/" + transfer.space.hex() + "/" + transfer.attachment.hex();
  muistio_browser_move(static_cast<double>(id), is_upload ? 1 : 0, url.c_str(), to_hex(transfer.token).c_str(),
                       transfer.file.c_str(), static_cast<double>(transfer.size_bytes));
}
void give_up(TransferId id) { muistio_browser_give_up(static_cast<double>(id)); }

}  // namespace muistio::transport::web

namespace {

using namespace muistio;
using muistio::web::Json;

muistio::web::Worker& worker() {
  static muistio::web::Worker made;
  return made;
}

/// A text that JavaScript frees.
char* give(const Json& json) {
  const auto text = muistio::web::text_of(json);
  auto* copy = static_cast<char*>(std::malloc(text.size() + 1));
  if (copy != nullptr) std::memcpy(copy, text.c_str(), text.size() + 1);
  return copy;
}
char* give(const Result<Json>& result) {
  return give(result ? Json{{"ok", *result}} : Json{{"error", muistio::web::to_json(result.error())}});
}
Result<Json> nothing(const Status& status) {
  if (!status) return fail(status.error());
  return Json(nullptr);
}

transport::web::Listener* listener() { return transport::web::listener; }
Error error_of(const char* name, const char* detail) {
  const std::string_view wanted(name);
  for (const auto code : {ErrorCode::disconnected, ErrorCode::timed_out, ErrorCode::untrusted_server, ErrorCode::too_large, ErrorCode::not_authorised,
                          ErrorCode::not_found, ErrorCode::conflicting_content, ErrorCode::quota_exceeded, ErrorCode::bad_range,
                          ErrorCode::rate_limited, ErrorCode::server_busy, ErrorCode::disk_full, ErrorCode::io_failed})
    if (error_name(code) == wanted) return {code, detail};
  return {ErrorCode::disconnected, detail};
}

}  // namespace

extern "C" {

/// Opens the home in `folder` by 32 bytes of key, which are wiped here. The answer as that of muistio_call.
EMSCRIPTEN_KEEPALIVE char* muistio_open(const char* folder, std::uint8_t* key, int create) {
  auto secret = Secret<32>::from_bytes(BytesView(key, 32));
  std::memset(key, 0, 32);
  if (!secret) return give(Result<Json>(fail(secret.error())));
  return give(nothing(worker().open(folder, std::move(*secret), create != 0)));
}
EMSCRIPTEN_KEEPALIVE void muistio_close() { worker().close(); }

/// {"do": NAME, …} → {"ok": VALUE} or {"error": {"code", "message", "detail"}}.
EMSCRIPTEN_KEEPALIVE char* muistio_call(const char* request) {
  const auto parsed = Json::parse(request, nullptr, false);
  if (parsed.is_discarded()) return give(Result<Json>(fail(ErrorCode::malformed, "the request is no JSON")));
  return give(worker().call(parsed));
}
/// The same for a question that changes nothing.
EMSCRIPTEN_KEEPALIVE char* muistio_ask(const char* request) {
  const auto parsed = Json::parse(request, nullptr, false);
  if (parsed.is_discarded()) return give(Result<Json>(fail(ErrorCode::malformed, "the request is no JSON")));
  return give(worker().ask(parsed));
}
EMSCRIPTEN_KEEPALIVE char* muistio_step() { return give(worker().step()); }

/// What an invitation's link says of itself, to be shown and never trusted: {"club", "inviter", "server"}. Needs no home.
EMSCRIPTEN_KEEPALIVE char* muistio_link(const char* text) {
  const auto link = space::Link::parse(text);
  if (!link) return give(Result<Json>(fail(link.error())));
  return give(Result<Json>(Json{{"club", link->club_name}, {"inviter", link->inviter_name}, {"server", "wss://" + link->server}}));
}

/// Argon2id of a PIN or passphrase: 32 bytes to `key`. Whether it could.
EMSCRIPTEN_KEEPALIVE int muistio_password_key(const std::uint8_t* password, std::size_t size, const std::uint8_t* salt, double passes,
                                              double memory_bytes, std::uint8_t* key) {
  const auto made = crypto::password_key(BytesView(password, size), crypto::PasswordSalt::from_bytes(BytesView(salt, 16)).value(),
                                         {static_cast<std::uint64_t>(passes), static_cast<std::uint64_t>(memory_bytes)});
  if (!made) return 0;
  std::memcpy(key, made->expose().data(), 32);
  return 1;
}

EMSCRIPTEN_KEEPALIVE void muistio_opened(const char* origin) {
  if (auto* to = listener()) to->opened(wire::web_binding(transport::web::host, origin).array());
}
EMSCRIPTEN_KEEPALIVE void muistio_received(const std::uint8_t* bytes, std::size_t size) {
  if (auto* to = listener()) to->received(BytesView(bytes, size));
}
EMSCRIPTEN_KEEPALIVE void muistio_closed(const char* code, const char* detail) {
  if (auto* to = listener()) to->closed(error_of(code, detail));
}
EMSCRIPTEN_KEEPALIVE void muistio_moved(double id, double offset, double count) {
  if (auto* to = listener())
    to->moved(static_cast<std::uint64_t>(id), static_cast<std::uint64_t>(offset), static_cast<std::uint64_t>(count));
}
EMSCRIPTEN_KEEPALIVE void muistio_ended(double id, const char* code, const char* detail) {
  if (auto* to = listener()) to->ended(static_cast<std::uint64_t>(id), *code == 0 ? ok() : Status(fail(error_of(code, detail))));
}

}  // extern "C"
