// Between the network of a client in a browser and the Worker's JavaScript. Only the WebAssembly build has what is declared here.
#pragma once

#include <array>
#include <cstdint>

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"
#include "muistio/transport/network.hpp"

namespace muistio::transport::web {

/// What happens to the one WebSocket and to the transfers. Calls for what is over are passed over.
class Listener {
 public:
  virtual ~Listener() = default;
  /// `binding` is wire::web_binding of the connection.
  virtual void opened(const std::array<std::uint8_t, 32>& binding) = 0;
  virtual void received(BytesView frame) = 0;
  virtual void closed(Error error) = 0;
  /// `count` bytes more passed the network; `offset` as in TransferMoved.
  virtual void moved(TransferId id, std::uint64_t offset, std::uint64_t count) = 0;
  virtual void ended(TransferId id, Status result) = 0;
};

// Defined by client-sdk/web/wasm over the Worker's JavaScript; not thread-safe, as everything in a Worker.
/// Opens the WebSocket of `server` in place of the one before; what happens is told to `listener` until `forget`.
void open(Listener& listener, const Server& server);
void forget(const Listener& listener) noexcept;
/// The bytes are copied.
void send(BytesView frame);
[[nodiscard]] std::size_t queued_bytes() noexcept;
/// Closes it once what was sent has left; tells nothing.
void close();
/// Begins a transfer.
void move(TransferId id, bool is_upload, const Server& server, const Transfer& transfer);
/// Ends a transfer; tells nothing.
void give_up(TransferId id);

}  // namespace muistio::transport::web
