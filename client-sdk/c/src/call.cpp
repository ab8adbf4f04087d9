#include "call.hpp"

#include <algorithm>
#include <cstring>

#include "muistio/base/utf8.hpp"
#include "muistio/c/client.h"

namespace muistio::c {

void Call::finish(AnswerPtr how) {
  if (done != nullptr) lend(how, [&](muistio_answer* lent) { done(user, how->status, lent); });
  const std::lock_guard guard(mutex);
  answer = std::move(how);
  over.notify_all();
}

std::string Taking::text(const char* given) {
  if (given == nullptr) {
    refuse(MUISTIO_E_INVALID_ARGUMENT);
    return {};
  }
  return text(given, std::strlen(given));
}

std::string Taking::text(const char* given, std::size_t bytes) {
  if (bytes == 0) return {};
  if (given == nullptr) {
    refuse(MUISTIO_E_INVALID_ARGUMENT);
    return {};
  }
  if (first_invalid_utf8({given, bytes})) {
    refuse(MUISTIO_E_NOT_UTF8);
    return {};
  }
  return {given, bytes};
}

std::optional<std::string> Taking::maybe_text(const char* given) {
  if (given == nullptr) return std::nullopt;
  return text(given);
}

std::filesystem::path Taking::path(const char* given) {
  if (given != nullptr && *given != '\0') return given;
  refuse(MUISTIO_E_INVALID_ARGUMENT);
  return {};
}

Bytes Taking::bytes(const std::uint8_t* given, std::size_t bytes) {
  if (given == nullptr && bytes != 0) {
    refuse(MUISTIO_E_INVALID_ARGUMENT);
    return {};
  }
  return {given, given + bytes};
}

void Taking::take_struct(const void* given, std::size_t given_bytes, std::size_t oldest, void* taken, std::size_t known_bytes) {
  if (given == nullptr || given_bytes < oldest) return refuse(MUISTIO_E_INVALID_ARGUMENT);
  const auto* bytes = static_cast<const unsigned char*>(given);
  std::memcpy(taken, given, std::min(given_bytes, known_bytes));
  const auto asks_for_more = [](unsigned char byte) { return byte != 0; };
  if (given_bytes > known_bytes && std::any_of(bytes + known_bytes, bytes + given_bytes, asks_for_more))
    refuse(MUISTIO_E_UNSUPPORTED_VERSION);
}

}  // namespace muistio::c

using namespace muistio::c;

extern "C" {

muistio_status muistio_call_wait(muistio_call* handle, uint32_t most_ms, muistio_answer** answer) {
  if (answer != nullptr) *answer = nullptr;
  const auto call = handles().get(handle);
  if (!call) return MUISTIO_E_INVALID_ARGUMENT;
  std::unique_lock guard(call->mutex);
  const auto is_over = [&] { return call->answer != nullptr; };
  if (!is_over() && std::this_thread::get_id() == call->thread) return MUISTIO_E_INVALID_STATE;
  if (most_ms == MUISTIO_FOREVER)
    call->over.wait(guard, is_over);
  else if (!call->over.wait_for(guard, std::chrono::milliseconds(most_ms), is_over))
    return MUISTIO_E_TIMED_OUT;
  if (answer != nullptr) {
    if (call->shown == nullptr)
      call->shown = handles().put<muistio_answer>(std::const_pointer_cast<Answer>(call->answer), Owner::library);
    *answer = call->shown;
  }
  return call->answer->status;
}

muistio_status muistio_call_cancel(muistio_call* handle) {
  const auto call = handles().get(handle);
  if (!call) return MUISTIO_E_INVALID_ARGUMENT;
  call->cancellation.cancel();
  return MUISTIO_OK;
}

muistio_status muistio_call_release(muistio_call* handle) {
  if (handle == nullptr) return MUISTIO_OK;
  const auto call = handles().take(handle, Owner::caller);
  if (!call) return MUISTIO_E_INVALID_ARGUMENT;
  const std::lock_guard guard(call->mutex);
  if (call->shown != nullptr) handles().take(call->shown, Owner::library);
  return MUISTIO_OK;
}
}
