// Connecting, authenticating, ends.
#include "checks.hpp"

#include "muistio/wire/auth.hpp"

namespace muistio::conformance {

using server::probe::TlsClient;
using server::probe::WireClient;

namespace {

std::string upgrade(const std::string& path, const std::string& more) {
  return "GET " + path +
         " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
         "dGhlIHNhbXBsZSBub25jZQ==\r\n" +
         more + "\r\n";
}

server::probe::HttpAnswer answer_to(Server& server, const std::string& request) {
  TlsClient client(server.endpoint);
  client.write(request);
  const auto answer = client.answer();
  if (!answer) throw Broken("no answer");
  return *answer;
}

void status(const server::probe::HttpAnswer& answer, int wanted) {
  demand(answer.status == wanted, "status " + std::to_string(answer.status));
}

/// That the connection ends with Goodbye `code` and the close code.
void ends(WireClient& client, std::optional<ErrorCode> code, int close_code) {
  while (client.next()) {
  }
  if (code) {
    demand(client.goodbye.has_value(), "no Goodbye came");
    demand(client.goodbye->code == static_cast<std::uint16_t>(*code), "Goodbye " + std::to_string(client.goodbye->code));
  }
  demand(client.close_code == close_code, "closed with " + std::to_string(client.close_code.value_or(0)));
}

std::vector<Check> connection_checks() {
  return {
      {1, "TLS 1.2 is refused",
       [](Server& server) {
         try {
           TlsClient client(server.endpoint, "", TLS1_2_VERSION);
         } catch (const std::runtime_error&) {
           return;
         }
         throw Broken("it was taken");
       }},
      {1, "no session tickets are offered",
       [](Server& server) {
         WireClient client(server.endpoint);
         as<wire::Pong>(client.ask(wire::Ping{}));  // by now they would have come
         const auto* session = SSL_get0_session(client.ssl());
         demand(session == nullptr || SSL_SESSION_has_ticket(session) == 0, "a ticket came");
       }},
      {1, "a WebSocket elsewhere is 404",
       [](Server& server) { status(answer_to(server, upgrade("/else", "Sec-WebSocket-Protocol: muistio.1\r\n")), 404); }},
      {1, "a WebSocket without the subprotocol is 400",
       [](Server& server) { status(answer_to(server, upgrade("/muistio", "")), 400); }},
      {1, "compression is not agreed to",
       [](Server& server) {
         const auto answer = answer_to(
             server, upgrade("/muistio", "Sec-WebSocket-Protocol: muistio.1\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"));
         status(answer, 101);
         demand(answer.fields.count("sec-websocket-extensions") == 0, "it was");
       }},
      {1, "the first frame is a Challenge with the name that was dialled and room for a frame of ours",
       [](Server& server) {
         const WireClient client(server.endpoint);
         demand(client.challenge.version == wire::protocol_version, "version " + std::to_string(client.challenge.version));
         demand(client.challenge.frame_bytes_max >= 1024 * 1024 + 64 * 1024, "frame_bytes_max is less than 1 MiB + 64 KiB");
         demand(client.challenge.outstanding_requests_max >= 1, "no request may wait");
         if (server.endpoint.name.find_first_not_of("0123456789.:") != std::string::npos)
           demand(client.challenge.server_name == server.endpoint.name, "server_name is another");
       }},
      {1, "each connection has a challenge of its own",
       [](Server& server) {
         const WireClient one(server.endpoint), two(server.endpoint);
         demand(one.challenge.nonce != two.challenge.nonce, "the nonce came twice");
       }},
      {2, "a new space is empty",
       [](Server& server) {
         const Space space(server);
         demand(space.opened.space == space.id && space.opened.head == Seq(0) && space.opened.last_handshake_seq == Seq(0),
                "it is not");
         demand(space.opened.access_from == Seq(0) && space.opened.access_until == Seq(0), "its first key has another access");
         demand(space.opened.log_hash == Hash{}, "its log hash is not zero");
       }},
      {2, "beginning it again with the same key changes nothing, with another is conflicting_content",
       [](Server& server) {
         Space space(server);
         space.append(content({1}));
         auto again = space.client->create(space.id, space.key);
         again.token = server.token;
         demand(as<wire::SpaceOpened>(space.client->ask(again)).head == Seq(1), "it is empty again");
         auto other = space.client->create(space.id, crypto::SigningKey::generate(server.random));
         other.token = server.token;
         refused(space.client->ask(other), ErrorCode::conflicting_content);
       }},
      {2, "a signature is bound to its connection",
       [](Server& server) {
         Space space(server);
         WireClient other(server.endpoint);
         refused(other.ask(space.client->open(space.id, space.key)), ErrorCode::not_authorised);
       }},
      {2, "a signature is bound to its purpose and its space",
       [](Server& server) {
         Space space(server);
         WireClient client(server.endpoint);
         const auto create = client.create(space.id, space.key);
         refused(client.ask(wire::OpenSpace{space.id, create.key, create.signature}), ErrorCode::not_authorised);
         const auto elsewhere = client.open(server.random.make<SpaceId>(), space.key);
         refused(client.ask(wire::OpenSpace{space.id, elsewhere.key, elsewhere.signature}), ErrorCode::not_authorised);
       }},
      {2, "a key that never had access is not_authorised, a space that is not held unknown_space",
       [](Server& server) {
         Space space(server);
         refused(space.client->ask(space.client->open(space.id, crypto::SigningKey::generate(server.random))),
                 ErrorCode::not_authorised);
         const auto nowhere = server.random.make<SpaceId>();
         refused(space.client->ask(space.client->open(nowhere, space.key)), ErrorCode::unknown_space);
       }},
      {2, "what was not opened on a connection cannot be used on it",
       [](Server& server) {
         Space space(server);
         space.append(content({1}));
         WireClient client(server.endpoint);
         refused(client.ask(wire::Fetch{space.id, Seq(1), 0}), ErrorCode::not_authorised);
         refused(client.ask(wire::Append{space.id, Seq(0), content({2})}), ErrorCode::not_authorised);
         refused(client.ask(wire::Subscribe{space.id, Seq(1)}), ErrorCode::not_authorised);
         refused(client.ask(wire::FetchInbox{space.id}), ErrorCode::not_authorised);
       }},
      {3, "Ping is answered Pong, a kind not known Refused unknown_kind, and the connection goes on",
       [](Server& server) {
         WireClient client(server.endpoint);
         client.send_raw(2, Bytes{1, 126, 77});
         refused(client.wait_for(wire::RequestId(77)), ErrorCode::unknown_kind);
         as<wire::Pong>(client.ask(wire::Ping{}));
       }},
      {5, "a frame that does not decode ends the connection with bad_frame and 1002",
       [](Server& server) {
         WireClient client(server.endpoint);
         client.send_raw(2, Bytes(40, 0xa5));
         ends(client, ErrorCode::bad_frame, 1002);
       }},
      {5, "another version of the protocol ends it with bad_frame and 1002",
       [](Server& server) {
         WireClient client(server.endpoint);
         client.send_raw(2, Bytes{2, 13, 1});
         ends(client, ErrorCode::bad_frame, 1002);
       }},
      {5, "request id 0 ends it with out_of_order and 1002",
       [](Server& server) {
         WireClient client(server.endpoint);
         client.send_raw(2, Bytes{1, 13, 0});
         ends(client, ErrorCode::out_of_order, 1002);
       }},
      {5, "a text message closes it with 1003",
       [](Server& server) {
         WireClient client(server.endpoint);
         client.send_raw(1, Bytes{'h', 'i'});
         ends(client, std::nullopt, 1003);
       }},
      {5, "a message over the limit closes it with 1009",
       [](Server& server) {
         WireClient client(server.endpoint);
         client.send_raw(2, Bytes(10, 0), true, client.challenge.frame_bytes_max + 1ULL);
         ends(client, std::nullopt, 1009);
       }},
  };
}

}  // namespace

const std::vector<Check>& all_checks() {
  static const std::vector<Check> all = [] {
    std::vector<Check> made;
    for (auto part : {connection_checks(), record_checks(), http_checks()}) made.insert(made.end(), part.begin(), part.end());
    return made;
  }();
  return all;
}

}  // namespace muistio::conformance
