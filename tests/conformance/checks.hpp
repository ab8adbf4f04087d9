// What docs/protocol.md demands of a server, one check a sentence.
#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "probe/probe.hpp"

namespace muistio::conformance {

/// Thrown by a check: what the server did instead.
class Broken : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Server {
  server::probe::Endpoint endpoint;
  Bytes token;  ///< what CreateSpace carries
  Random& random;
};

struct Check {
  int section;  ///< of docs/protocol.md
  const char* sentence;
  std::function<void(Server&)> run;
};

[[nodiscard]] const std::vector<Check>& all_checks();
[[nodiscard]] std::vector<Check> record_checks();
[[nodiscard]] std::vector<Check> http_checks();

// ---- for the checks

/// The message as T, or Broken.
template <class T>
T as(const std::optional<wire::ServerMessage>& message) {
  if (!message) throw Broken("the connection ended");
  if (const auto* refused = std::get_if<wire::Refused>(&*message); refused != nullptr && !std::is_same_v<T, wire::Refused>)
    throw Broken("refused with " + std::to_string(refused->code));
  const auto* found = std::get_if<T>(&*message);
  if (found == nullptr) throw Broken("another kind of message came");
  return *found;
}
inline wire::Refused refused(const std::optional<wire::ServerMessage>& message, ErrorCode code) {
  const auto answer = as<wire::Refused>(message);
  if (answer.code != static_cast<std::uint16_t>(code)) throw Broken("refused with " + std::to_string(answer.code));
  return answer;
}
inline void demand(bool good, const std::string& otherwise) {
  if (!good) throw Broken(otherwise);
}

inline Bytes content(const Bytes& bytes) { return wire::encode_record({wire::RecordKind::content, bytes, {}}).value(); }
inline Bytes handshake(const Bytes& bytes, std::vector<wire::AccessChange> changes = {}) {
  return wire::encode_record({wire::RecordKind::handshake, bytes, std::move(changes)}).value();
}
inline wire::AuthKey public_key(const crypto::SigningKey& key) { return wire::AuthKey(key.verify_key().array()); }

/// A connection with a new space on it.
struct Space {
  explicit Space(Server& server)
      : key(crypto::SigningKey::generate(server.random)),
        id(server.random.make<SpaceId>()),
        client(std::make_unique<server::probe::WireClient>(server.endpoint)) {
    auto create = client->create(id, key);
    create.token = server.token;
    opened = as<wire::SpaceOpened>(client->ask(create));
  }
  wire::Appended append(const Bytes& record, Seq place = Seq(0)) {
    return as<wire::Appended>(client->ask(wire::Append{id, place, record}));
  }
  crypto::SigningKey key;
  SpaceId id;
  std::unique_ptr<server::probe::WireClient> client;
  wire::SpaceOpened opened;
};

}  // namespace muistio::conformance
