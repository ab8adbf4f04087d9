// An engine over a real log, with a clock and randomness of ours and clients that keep what they are sent.
#pragma once

#include <catch2/catch.hpp>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <random>

#include "log_storage.hpp"
#include "muistio/crypto/signature.hpp"
#include "muistio/server/engine.hpp"

namespace muistio::server::test {

class ManualClock final : public Clock {
 public:
  [[nodiscard]] WallMs wall() const override { return WallMs(1'700'000'000'000 + static_cast<std::int64_t>(now_)); }
  [[nodiscard]] MonotonicMs monotonic() const override { return MonotonicMs(now_); }
  void advance(std::uint64_t ms) { now_ += ms; }

 private:
  std::uint64_t now_ = 1'000'000;
};

class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint32_t seed) : engine_(seed) {}
  void fill(std::span<std::uint8_t> out) override {
    for (auto& byte : out) byte = static_cast<std::uint8_t>(engine_());
  }

 private:
  std::mt19937 engine_;
};

/// A folder that is gone when it goes.
class ScratchFolder {
 public:
  ScratchFolder() {
    auto pattern = (std::filesystem::temp_directory_path() / ("muistio-server-" + std::string(6, 'X'))).string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no scratch folder");
    path_ = pattern;
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

inline wire::AuthKey public_key(const crypto::SigningKey& key) { return wire::AuthKey(key.verify_key().array()); }
inline wire::AuthSignature sign(const crypto::SigningKey& key, BytesView message) {
  return wire::AuthSignature(key.sign_raw(message).array());
}
inline Bytes content(const Bytes& bytes) { return wire::encode_record({wire::RecordKind::content, bytes, {}}).value(); }
inline Bytes handshake(const Bytes& bytes, std::vector<wire::AccessChange> changes = {}) {
  return wire::encode_record({wire::RecordKind::handshake, bytes, std::move(changes)}).value();
}

class Harness;

/// One connection as its client sees it.
class Client {
 public:
  Client(Harness& harness, ConnectionId id, wire::TlsExporter exporter) : harness_(harness), id_(id), exporter_(exporter) {}

  /// Sends without flushing; returns the request's id.
  wire::RequestId send(const wire::ClientMessage& message);
  /// Sends, flushes, and returns the answer.
  wire::ServerMessage ask(const wire::ClientMessage& message);
  /// The answer to `request` if it came.
  const wire::ServerMessage* answer(wire::RequestId request) const;
  /// The records that were pushed, in order, since the last call.
  std::vector<wire::Records> take_pushed();

  wire::CreateSpace create(const SpaceId& space, const crypto::SigningKey& key) const {
    return {space, public_key(key), sign(key, signed_bytes(wire::AuthPurpose::create, space)), {}};
  }
  wire::OpenSpace open(const SpaceId& space, const crypto::SigningKey& key) const {
    return {space, public_key(key), sign(key, signed_bytes(wire::AuthPurpose::open, space))};
  }
  Bytes signed_bytes(wire::AuthPurpose purpose, const SpaceId& space) const {
    return wire::auth_message(purpose, space, challenge.nonce, challenge.server_name, exporter_);
  }

  void take(const Output& output);
  [[nodiscard]] ConnectionId id() const noexcept { return id_; }

  wire::Challenge challenge;
  std::vector<wire::ServerFrame> received;
  std::optional<wire::Goodbye> goodbye;
  bool closed = false;
  bool reads = true;  ///< whether what is sent to it leaves the server's queue

 private:
  Harness& harness_;
  ConnectionId id_;
  wire::TlsExporter exporter_;
  std::uint64_t last_request_ = 0;
  std::size_t pushed_from_ = 0;
};

class Harness {
 public:
  explicit Harness(EngineOptions options = {}) : Harness(options, nullptr) {}
  /// Over a log of the caller's.
  Harness(EngineOptions options, Log* log) : attachments(folder.path() / "attachments") {
    if (log == nullptr) {
      storage_ = LogStorage::make();
      own_log_ = storage_->open().value();
      log = own_log_.get();
    }
    engine = std::make_unique<Engine>(*log, clock, random, options, &attachments, &tickets);
  }

  Client& connect() {
    const auto exporter = random.make<wire::TlsExporter>();
    const ConnectionId id(++last_connection_);
    clients_.push_back(std::make_unique<Client>(*this, id, exporter));
    engine->on_open(id, exporter, "notes.example");
    flush();
    return *clients_.back();
  }
  void flush() {
    for (int round = 0; engine->has_work(); ++round) {
      REQUIRE(round < 10000);
      for (const auto& output : engine->flush())
        for (auto& client : clients_)
          if (client->id() == output.connection) client->take(output);
    }
  }
  SpaceId new_space() { return random.make<SpaceId>(); }
  crypto::SigningKey new_key() { return crypto::SigningKey::generate(random); }

  ScratchFolder folder;
  ManualClock clock;
  SeededRandom random{7};
  AttachmentFolder attachments;
  TicketBook tickets;
  std::unique_ptr<Engine> engine;

 private:
  std::unique_ptr<LogStorage> storage_;
  std::unique_ptr<StoredLog> own_log_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::uint64_t last_connection_ = 0;
};

inline wire::RequestId Client::send(const wire::ClientMessage& message) {
  const wire::RequestId request(++last_request_);
  harness_.engine->on_frame(id_, wire::encode_frame(request, message));
  return request;
}
inline wire::ServerMessage Client::ask(const wire::ClientMessage& message) {
  const auto request = send(message);
  harness_.flush();
  const auto* found = answer(request);
  REQUIRE(found != nullptr);
  return *found;
}
inline const wire::ServerMessage* Client::answer(wire::RequestId request) const {
  for (const auto& frame : received)
    if (frame.request == request) return &frame.message;
  return nullptr;
}
inline std::vector<wire::Records> Client::take_pushed() {
  std::vector<wire::Records> pushed;
  for (; pushed_from_ < received.size(); ++pushed_from_) {
    const auto& frame = received[pushed_from_];
    if (frame.request == wire::RequestId(0) && std::holds_alternative<wire::Records>(frame.message))
      pushed.push_back(std::get<wire::Records>(frame.message));
  }
  return pushed;
}
inline void Client::take(const Output& output) {
  REQUIRE_FALSE(closed);
  if (output.frame) {
    auto frame = wire::decode_server_frame(*output.frame);
    REQUIRE(frame);
    if (auto* first = std::get_if<wire::Challenge>(&frame->message)) challenge = *first;
    if (auto* last = std::get_if<wire::Goodbye>(&frame->message)) goodbye = *last;
    received.push_back(*frame);
    if (reads) harness_.engine->on_sent(id_, output.frame->size());
  }
  closed = output.close;
}

/// The message as T; the test fails if it is another.
template <class T>
T as(const wire::ServerMessage& message) {
  if (const auto* refused = std::get_if<wire::Refused>(&message)) INFO("refused " << refused->code << " " << refused->detail);
  REQUIRE(std::holds_alternative<T>(message));
  return std::get<T>(message);
}
inline ErrorCode refusal(const wire::ServerMessage& message) { return static_cast<ErrorCode>(as<wire::Refused>(message).code); }

}  // namespace muistio::server::test
