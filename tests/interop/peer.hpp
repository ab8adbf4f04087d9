// The requests of tests/interop/README.md, answered by muistio's MLS.
#pragma once

#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "muistio/crypto/random.hpp"
#include "muistio/mls/group.hpp"

namespace muistio::interop {

using Json = nlohmann::json;

/// Why a request could not be carried out; what() is the reply's `error`.
struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// How many epochs back application messages are still read: a caller's choice, made by keeping the groups.
inline constexpr std::size_t kEpochsKept = 4;

/// Any number of clients, each in at most one group. A request that is refused changes nothing.
class Peer {
 public:
  /// The fields of the reply, but for `ok`. Throws Refused, or a Json exception for a malformed request.
  [[nodiscard]] Json answer(const Json& request);

 private:
  struct Client {
    mls::LeafConfig leaf;
    mls::KeyPackagePrivate package;
    std::map<Bytes, Bytes> psks{};
    std::optional<mls::Group> group{};
    std::optional<mls::Group> staged{};
    std::deque<mls::Group> past{};  // newest first
  };

  Json make_client(const Json& request);
  Json create(Client& client, const Json& request);
  Json commit(Client& client, const Json& request);
  Json propose(Client& client, const Json& request);
  Json join(Client& client, const Json& request);
  Json succeed(Client& client, const Json& request);
  Json external_join(Client& client, const Json& request);
  Json process(Client& client, const Json& request);
  Json save(Client& client);
  [[nodiscard]] std::vector<mls::Proposal> proposals_of(const Json& request);
  Client& client_of(const Json& name);
  void enter(Client& client, mls::Group next);

  crypto::SystemRandom random_;
  SystemClock clock_;
  std::map<std::string, Client> clients_;
};

}  // namespace muistio::interop
