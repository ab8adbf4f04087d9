// Opening, closing, and what concerns the whole home.
#include "muistio/c/client.h"

#include "call.hpp"

namespace muistio::c {
namespace {

/// The code of a status; of a number that no code can have, one that is none.
ErrorCode code_of(muistio_status status) noexcept {
  return static_cast<ErrorCode>(status < 0 || status > 0xFFFF ? 0xFFFF : status);
}

ClientOptions options_from(const muistio_open_options* given, Taking& taking) {
  const auto taken = taking.options(given, sizeof(muistio_open_options));
  ClientOptions options;
  if (taking.status() != MUISTIO_OK) return options;
  options.home = taking.path(taken.home);
  options.passphrase = taking.maybe_text(taken.passphrase);
  if (taken.keystore != nullptr) {
    taking.require(taken.passphrase == nullptr);
    options.keystore = [keystore = taken.keystore, user = taken.keystore_user]() -> Result<Secret<32>> {
      Secret<32> key;
      if (const auto status = keystore(user, key.expose_mutable().data()); status != MUISTIO_OK)
        return fail(code_of(status), "the keystore gave no key");
      return key;
    };
  }
  options.insist_on_passphrase = taken.insist_on_passphrase;
  options.create = taken.create;
  if (taken.busy_timeout_ms != 0) options.busy_timeout_ms = taken.busy_timeout_ms;
  return options;
}

muistio_status failed(const Error& error, muistio_answer** failure) {
  if (failure != nullptr)
    *failure = handles().put<muistio_answer>(std::const_pointer_cast<Answer>(answer_with(error)), Owner::caller);
  return static_cast<muistio_status>(error.code);
}

}  // namespace
}  // namespace muistio::c

using namespace muistio::c;

extern "C" {

const char* muistio_version(void) { return MUISTIO_VERSION; }

const char* muistio_status_name(muistio_status status) {
  // The names are parts of literals, which end with a zero byte.
  return status == MUISTIO_OK ? "ok" : muistio::error_name(code_of(status)).data();
}

const char* muistio_status_sentence(muistio_status status) {
  return status == MUISTIO_OK ? "it was done" : muistio::error_sentence(code_of(status)).data();
}

size_t muistio_live_handles(void) { return handles().count(); }

muistio_status muistio_client_open(const muistio_open_options* options, muistio_client** out, muistio_answer** failure) {
  if (failure != nullptr) *failure = nullptr;
  if (out == nullptr) return MUISTIO_E_INVALID_ARGUMENT;
  *out = nullptr;
  Taking taking;
  auto taken = options_from(options, taking);
  if (taking.status() != MUISTIO_OK) return failed({static_cast<muistio::ErrorCode>(taking.status()), "the options"}, failure);
  auto opened = muistio::Client::open(std::move(taken));
  if (!opened) return failed(opened.error(), failure);
  auto open = std::make_shared<OpenClient>();
  open->client = std::make_unique<muistio::Client>(std::move(*opened));
  open->thread = open->client->thread_id();
  open->made_device_key = open->client->made_device_key();
  *out = handles().put<muistio_client>(std::move(open), Owner::caller);
  return MUISTIO_OK;
}

muistio_status muistio_client_restore(const muistio_open_options* options, const char* backup, muistio_answer** failure) {
  if (failure != nullptr) *failure = nullptr;
  Taking taking;
  auto taken = options_from(options, taking);
  const auto folder = taking.path(backup);
  if (taking.status() != MUISTIO_OK) return failed({static_cast<muistio::ErrorCode>(taking.status()), "the options"}, failure);
  const auto restored = muistio::Client::restore(std::move(taken), folder);
  return restored ? MUISTIO_OK : failed(restored.error(), failure);
}

muistio_status muistio_client_close(muistio_client* client) {
  if (client == nullptr) return MUISTIO_OK;
  const auto open = handles().get(client);
  if (!open) return MUISTIO_E_INVALID_ARGUMENT;
  if (std::this_thread::get_id() == open->thread) return MUISTIO_E_INVALID_STATE;
  std::unique_ptr<muistio::Client> last;
  {
    const std::unique_lock guard(open->closing);
    if (!handles().take(client, Owner::caller)) return MUISTIO_E_INVALID_ARGUMENT;  // another thread closes it
    last = std::move(open->client);
  }
  last.reset();
  return MUISTIO_OK;
}

muistio_status muistio_client_made_device_key(muistio_client* client, bool* out) {
  if (out == nullptr) return MUISTIO_E_INVALID_ARGUMENT;
  *out = false;
  const auto open = handles().get(client);
  if (!open) return MUISTIO_E_INVALID_ARGUMENT;
  *out = open->made_device_key;
  return MUISTIO_OK;
}

muistio_status muistio_home_init(muistio_client* client, const char* name, const char* server, const char* ca_pem, MUISTIO_THEN) {
  Taking take;
  auto named = take.text(name), at = take.text(server), authorities = take.text(ca_pem);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.init(named, at, authorities); });
}

muistio_status muistio_home_waiting(muistio_client* client, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [](muistio::Client& on) { return on.waiting(); });
}

muistio_status muistio_home_check(muistio_client* client, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [](muistio::Client& on) { return on.check(); });
}

muistio_status muistio_home_backup(muistio_client* client, const char* folder, MUISTIO_THEN) {
  Taking take;
  const auto to = take.path(folder);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.backup(to); });
}
}
