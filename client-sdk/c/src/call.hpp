// How calls of the C interface are begun, answered, waited for and cancelled.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

#include "answer.hpp"
#include "handles.hpp"
#include "muistio/c/status.h"
#include "muistio/c/sync.h"

namespace muistio::c {

/// A home that is open. `closing` is held for reading while a call is noted, so that none comes after the last.
struct OpenClient {
  std::shared_mutex closing;
  std::unique_ptr<Client> client;  // null once it is being closed
  std::thread::id thread;
  bool made_device_key = false;
};

struct Call {
  muistio_done done = nullptr;
  void* user = nullptr;
  std::thread::id thread;  // of the client
  Cancellation cancellation;

  /// On the client's thread, once: calls back, then lets who waits go on.
  void finish(AnswerPtr how);

  std::mutex mutex;
  std::condition_variable over;
  AnswerPtr answer;                 // null until it is over
  muistio_answer* shown = nullptr;  // the handle that waiting gave
};

struct Observation {
  Subscription subscription;
};

/// The end of a parameter list: MUISTIO_THEN.
struct Then {
  muistio_done done;
  void* user;
  muistio_call** call;
};

/// Takes what a caller gave, and notes what is wrong with it.
class Taking {
 public:
  /// UTF-8 that ends with a zero byte.
  [[nodiscard]] std::string text(const char* given);
  /// UTF-8 of a length; null if that is 0.
  [[nodiscard]] std::string text(const char* given, std::size_t bytes);
  /// Nothing for a null.
  [[nodiscard]] std::optional<std::string> maybe_text(const char* given);
  [[nodiscard]] std::filesystem::path path(const char* given);
  [[nodiscard]] Bytes bytes(const std::uint8_t* given, std::size_t bytes);
  /// A struct that begins with its size. `oldest` is the size of its first version.
  template <class Struct>
  [[nodiscard]] Struct options(const Struct* given, std::size_t oldest) {
    Struct taken{};
    take_struct(given, given == nullptr ? 0 : given->size, oldest, &taken, sizeof taken);
    return taken;
  }
  /// Notes a number that means nothing.
  void require(bool holds) {
    if (!holds) refuse(MUISTIO_E_INVALID_ARGUMENT);
  }
  [[nodiscard]] muistio_status status() const noexcept { return status_; }

 private:
  void refuse(muistio_status status) {
    if (status_ == MUISTIO_OK) status_ = status;
  }
  void take_struct(const void* given, std::size_t given_bytes, std::size_t oldest, void* taken, std::size_t known_bytes);
  muistio_status status_ = MUISTIO_OK;
};

template <class Id>
[[nodiscard]] Id id_from(const muistio_id& id) {
  std::array<std::uint8_t, 16> bytes;
  std::copy(std::begin(id.bytes), std::end(id.bytes), bytes.begin());
  return Id(bytes);
}
[[nodiscard]] inline SpaceId space(const muistio_id& id) { return id_from<SpaceId>(id); }
[[nodiscard]] inline DocumentId document(const muistio_id& id) { return id_from<DocumentId>(id); }

/// Hands an answer to a callback of the user's; its handle goes with it.
template <class Callback>
void lend(AnswerPtr answer, Callback callback) {
  auto* handle = handles().put<muistio_answer>(std::const_pointer_cast<Answer>(std::move(answer)), Owner::library);
  callback(handle);
  handles().take(handle, Owner::library);
}

/// Notes a call: `note` gets the client and the Call, and sees to it that the call is finished.
template <class Note>
muistio_status note_call(muistio_client* handle, const Taking& taking, Then then, Note note) {
  if (then.call != nullptr) *then.call = nullptr;
  if (taking.status() != MUISTIO_OK) return taking.status();
  const auto open = handles().get(handle);
  if (!open) return MUISTIO_E_INVALID_ARGUMENT;
  const std::shared_lock guard(open->closing);
  if (!open->client) return MUISTIO_E_INVALID_STATE;
  auto call = std::make_shared<Call>();
  call->done = then.done;
  call->user = then.user;
  call->thread = open->thread;
  if (then.call != nullptr) *then.call = handles().put<muistio_call>(call, Owner::caller);
  const Cancellation::Scope scope(call->cancellation);
  note(*open->client, std::move(call));
  return MUISTIO_OK;
}

/// A call of `ask`, which asks the client for a future.
template <class Ask>
muistio_status begin(muistio_client* handle, const Taking& taking, Then then, Ask ask) {
  return note_call(handle, taking, then, [&ask](Client& client, std::shared_ptr<Call> call) {
    using Asked = decltype(ask(client));
    auto future = std::make_shared<Asked>(ask(client));
    client.after([future, call = std::move(call)] { call->finish(answer_of(future->get())); });
  });
}
template <class Ask>
muistio_status begin(muistio_client* handle, Then then, Ask ask) {
  return begin(handle, Taking(), then, std::move(ask));
}

/// Calls back, and lets the user's pointer go when nobody can call back any more.
class Follower {
 public:
  Follower(muistio_changed changed, void* user, muistio_let_go let_go) : changed_(changed), user_(user), let_go_(let_go) {}
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;
  ~Follower() {
    if (is_noted_ && let_go_ != nullptr) let_go_(user_);
  }
  /// From now on the user's pointer is ours to let go.
  void noted() noexcept { is_noted_ = true; }
  template <class T>
  void tell(const T& value) const {
    if (changed_ == nullptr) return;
    lend(answer_with(T(value)), [this](muistio_answer* answer) { changed_(user_, answer); });
  }

 private:
  muistio_changed changed_;
  void* user_;
  muistio_let_go let_go_;
  bool is_noted_ = false;
};

/// Notes an observation, which `start` begins.
template <class Observe>
muistio_status observe(muistio_client* handle, muistio_changed changed, void* user, muistio_let_go let_go,
                       muistio_observation** out, Observe start) {
  if (out == nullptr) return MUISTIO_E_INVALID_ARGUMENT;
  *out = nullptr;
  if (changed == nullptr) return MUISTIO_E_INVALID_ARGUMENT;
  const auto open = handles().get(handle);
  if (!open) return MUISTIO_E_INVALID_ARGUMENT;
  // These go after the lock: letting go of the user's pointer is a callback.
  auto observation = std::make_shared<Observation>();
  auto follower = std::make_shared<Follower>(changed, user, let_go);
  const std::shared_lock guard(open->closing);
  if (!open->client) return MUISTIO_E_INVALID_STATE;
  follower->noted();
  // The handle is there before the first callback, which may release it.
  *out = handles().put<muistio_observation>(observation, Owner::caller);
  observation->subscription = start(*open->client, [follower](const auto& value) { follower->tell(value); });
  return MUISTIO_OK;
}

}  // namespace muistio::c
