// The network of one client: a WebSocket over TLS 1.3 and the transfers of attachments, as a queue of events without callbacks.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/transport/server.hpp"

namespace muistio::transport {

/// How long the network may keep one waiting, in milliseconds.
struct Patience {
  std::uint32_t connect_ms = 10'000;   // name, TCP, TLS and WebSocket together
  std::uint32_t progress_ms = 30'000;  // without a byte of a transfer
  std::uint32_t silence_ms = 60'000;   // without a byte of the connection; a ping asks for one after half of it
};

struct Options {
  Server server;
  /// Certificate authorities to believe, in PEM; empty: those of the operating system.
  std::string ca_pem;
  Patience patience;
  /// The largest frame taken, in bytes; a larger one ends the connection.
  std::size_t frame_bytes_max = (1u << 20) + (64u << 10);
};

/// A transfer's number within its Network.
using TransferId = std::uint64_t;

/// An encrypted file that goes to the server or comes from it.
struct Transfer {
  SpaceId space;
  AttachmentId attachment;
  std::array<std::uint8_t, 32> token{};  // the ticket that the server gave for it
  std::filesystem::path file;            // read by an upload; a download appends to it
  std::uint64_t size_bytes = 0;          // of the whole encrypted file
};

/// The connection stands: TLS is up and the server accepted the WebSocket.
struct Opened {
  /// EXPORTER-muistio-auth-1 of this TLS connection (RFC 8446 §7.5), 32 bytes.
  std::array<std::uint8_t, 32> tls_exporter{};
};
/// One binary message came.
struct FrameReceived {
  Bytes bytes;
};
/// The connection ended, or never came about. Errors: disconnected, timed_out, untrusted_server, too_large.
struct Closed {
  Error error;
};
/// A transfer moved: the bytes that are now at the other end (upload) or in the file (download).
struct TransferMoved {
  TransferId id = 0;
  std::uint64_t offset = 0;
};
/// A transfer ended. Without an error all of it is at its end. Errors: disconnected, timed_out, not_authorised (a new ticket is
/// needed), not_found, quota_exceeded, server_busy, bad_range, conflicting_content, disk_full, io_failed. What was moved stays, and the next
/// transfer of the same file goes on there.
struct TransferEnded {
  TransferId id = 0;
  Status result;
};
using Event = std::variant<Opened, FrameReceived, Closed, TransferMoved, TransferEnded>;

/// Not thread-safe, except `wake`: one thread opens, sends and waits, and all network work is done within `wait`. Destroying it closes
/// what is open without waiting for the other end.
class Network {
 public:
  /// Errors: invalid_argument, if `ca_pem` holds no certificate.
  [[nodiscard]] static Result<Network> make(Options options);
  Network(Network&&) noexcept;
  Network& operator=(Network&&) noexcept;
  ~Network();

  /// Begins to connect; ends with Opened or Closed. After Closed it may be called again.
  void open();
  /// Queues a frame; frames go in order. Before Opened and after Closed it is dropped.
  void send(Bytes frame);
  /// The bytes of the frames queued and not yet handed to TCP.
  [[nodiscard]] std::size_t queued_bytes() const noexcept;
  /// Closes the WebSocket politely, if it is open: waits for the other end at most `most_ms` milliseconds.
  void close(std::uint32_t most_ms);

  /// Begins an upload from where the server says it stopped. Ends with TransferEnded.
  TransferId upload(Transfer transfer);
  /// Begins a download from the end of what the file holds. Ends with TransferEnded.
  TransferId download(Transfer transfer);

  /// Works until something happened, `most_ms` milliseconds passed or `wake` was called, and returns what happened, in order.
  [[nodiscard]] std::vector<Event> wait(std::uint32_t most_ms);
  /// Makes the present or next `wait` return soon. From any thread; not from a signal handler.
  void wake() noexcept;

  struct Counts {
    std::uint64_t up_bytes = 0, down_bytes = 0;  // on the wire, TLS included
    std::uint64_t moved_bytes = 0;               // of frames and attachments only: what counts as progress
  };
  [[nodiscard]] Counts counts() const noexcept;

 private:
  struct Impl;
  explicit Network(std::shared_ptr<Impl> impl) noexcept;
  std::shared_ptr<Impl> impl_;
};

}  // namespace muistio::transport
