#include "misuses.hpp"

#include <sys/socket.h>

#include <chrono>
#include <stdexcept>
#include <thread>

namespace muistio::hostile {

using server::test::PlainSocket;
using server::test::TlsClient;
using server::test::WireClient;

namespace {

Bytes content(const Bytes& bytes) { return wire::encode_record({wire::RecordKind::content, bytes, {}}).value(); }
std::string bearer(const std::string& token) { return "Authorization: Bearer " + token + "\r\n"; }

std::string expect(bool good, const std::string& otherwise) { return good ? "" : otherwise; }

/// That the answer is a refusal with `code`.
std::string refused(const std::optional<wire::ServerMessage>& answer, ErrorCode code) {
  if (!answer) return "no answer";
  const auto* refusal = std::get_if<wire::Refused>(&*answer);
  if (refusal == nullptr) return "it was not refused";
  return expect(refusal->code == static_cast<std::uint16_t>(code), "refused with " + std::to_string(refusal->code));
}

/// That the connection ends with a Goodbye of `code`.
std::string ended(WireClient& client, ErrorCode code) {
  while (client.next()) {
  }
  if (!client.goodbye) return "no Goodbye";
  return expect(client.goodbye->code == static_cast<std::uint16_t>(code), "Goodbye " + std::to_string(client.goodbye->code));
}

/// That the connection ends, with a close frame's `code` if one is given.
std::string closed(WireClient& client, std::optional<int> code = std::nullopt) {
  while (client.next()) {
  }
  if (code && client.close_code != code) return "closed with " + std::to_string(client.close_code.value_or(0));
  return "";
}

std::string status(const std::optional<server::probe::HttpAnswer>& answer, int wanted) {
  if (!answer) return "no answer";
  return expect(answer->status == wanted, "status " + std::to_string(answer->status));
}

/// HTTP as it stands in `request`, answered with `wanted`.
std::string http(Target& target, const std::string& request, int wanted) {
  TlsClient client(target.server);
  client.write(request);
  return status(client.answer(), wanted);
}

std::string get(Target& target, const std::string& path, int wanted) {
  return http(target, "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n", wanted);
}

/// A ticket of the member's for a new attachment.
struct Ticketed {
  explicit Ticketed(Target& target, wire::TicketMode mode = wire::TicketMode::write)
      : attachment(target.random.make<AttachmentId>()) {
    auto client = target.inside();
    const auto give = [&](wire::TicketMode wanted) {
      const auto answer =
          client->ask(wire::RequestTicket{target.space, attachment, wanted, wanted == wire::TicketMode::write ? 1000u : 0u});
      if (!answer || !std::holds_alternative<wire::Ticket>(*answer)) throw std::runtime_error("no ticket");
      return std::get<wire::Ticket>(*answer).token.hex();
    };
    path = "/attachments/" + target.space.hex() + "/" + attachment.hex();
    token = give(wire::TicketMode::write);
    if (mode == wire::TicketMode::write) return;
    const auto put = TlsClient(target.server)
                         .request("PUT", path, bearer(token) + "Content-Range: bytes 0-999/1000\r\n", std::string(1000, 'x'));
    if (!put || put->status != 200) throw std::runtime_error("no upload");
    token = give(wire::TicketMode::read);
  }
  AttachmentId attachment;
  std::string path, token;
};

bool silent_end(PlainSocket& socket, int seconds) { return socket.closes_within(seconds); }

/// A frame of kind `kind` with a body that is bent in one way.
Bytes raw_frame(std::uint8_t version, std::uint8_t kind, const Bytes& rest) {
  Bytes frame{version, kind};
  frame.insert(frame.end(), rest.begin(), rest.end());
  return frame;
}

std::vector<Misuse> below_http() {
  return {
      {"noise instead of TLS", "tls_failed",
       [](Target& t) {
         PlainSocket socket(t.server);
         socket.write(std::string(2000, '\x5a'));
         return expect(silent_end(socket, 5), "the connection stays");
       }},
      {"HTTP without TLS", "tls_failed",
       [](Target& t) {
         PlainSocket socket(t.server);
         socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
         return expect(silent_end(socket, 5), "the connection stays");
       }},
      {"TLS 1.2", "tls_failed",
       [](Target& t) {
         try {
           TlsClient client(t.server, "", TLS1_2_VERSION);
         } catch (const std::runtime_error&) {
           return std::string();
         }
         return std::string("it was taken");
       }},
      {"a connection that says nothing", "timed_out",
       [](Target& t) {
         PlainSocket socket(t.server);
         return expect(silent_end(socket, 6), "the connection stays");
       }},
      {"half a TLS hello", "timed_out",
       [](Target& t) {
         PlainSocket socket(t.server);
         socket.write(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11));
         return expect(silent_end(socket, 6), "the connection stays");
       }},
      {"a header that never ends, a byte at a time", "timed_out",
       [](Target& t) {
         TlsClient client(t.server);
         client.write("GET / HTTP/1.1\r\nX: ");
         for (int i = 0; i < 60; ++i) {
           if (!client.write("a")) return std::string();
           std::this_thread::sleep_for(std::chrono::milliseconds(50));
           char byte = 0;
           if (::recv(client.socket().descriptor(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0) return std::string();
         }
         return std::string("the connection stays");
       }},
      {"more connections than one address may have", "too_many_from_address",
       [](Target& t) {
         std::vector<std::unique_ptr<PlainSocket>> sockets;
         int ended_at_once = 0;
         for (int i = 0; i < 80; ++i) sockets.push_back(std::make_unique<PlainSocket>(t.server));
         for (int i = 64; i < 80; ++i) ended_at_once += sockets[static_cast<std::size_t>(i)]->closes_within(1) ? 1 : 0;
         return expect(ended_at_once == 16, "some of those beyond the limit stay");
       }},
  };
}

std::vector<Misuse> at_http() {
  return {
      {"what is no HTTP", "http_400", [](Target& t) { return http(t, "\x01\x02 what\r\n\r\n", 400); }},
      {"a header of 100 KB", "http_431",
       [](Target& t) { return http(t, "GET / HTTP/1.1\r\nX: " + std::string(100'000, 'a') + "\r\n\r\n", 431); }},
      {"a path out of the folder", "http_404", [](Target& t) { return get(t, "/attachments/../../etc/passwd", 404); }},
      {"the same, encoded", "http_404", [](Target& t) { return get(t, "/attachments/%2e%2e%2f%2e%2e%2fetc%2fpasswd", 404); }},
      {"a path with upper case and a tail", "http_404",
       [](Target& t) { return get(t, "/attachments/" + std::string(32, 'A') + "/" + std::string(32, '0') + "/x", 404); }},
      {"an attachment without a ticket", "http_401",
       [](Target& t) { return get(t, "/attachments/" + t.space.hex() + "/" + std::string(32, '0'), 401); }},
      {"a guessed ticket", "http_401",
       [](Target& t) {
         return http(t,
                     "GET /attachments/" + t.space.hex() + "/" + std::string(32, '0') + " HTTP/1.1\r\nHost: x\r\n" +
                         bearer(std::string(64, '7')) + "\r\n",
                     401);
       }},
      {"a ticket for another attachment", "http_403",
       [](Target& t) {
         const Ticketed mine(t);
         return http(t,
                     "HEAD /attachments/" + t.space.hex() + "/" + std::string(32, '0') + " HTTP/1.1\r\nHost: x\r\n" +
                         bearer(mine.token) + "\r\n",
                     403);
       }},
      {"writing with a ticket for reading", "http_403",
       [](Target& t) {
         const Ticketed mine(t, wire::TicketMode::read);
         return status(TlsClient(t.server).request("PUT", mine.path, bearer(mine.token) + "Content-Range: bytes 0-0/1000\r\n", "x"),
                       403);
       }},
      {"a method that is none", "http_405",
       [](Target& t) {
         const Ticketed mine(t);
         return http(t, "DELETE " + mine.path + " HTTP/1.1\r\nHost: x\r\n" + bearer(mine.token) + "\r\n", 405);
       }},
      {"a body without a length", "http_411",
       [](Target& t) {
         const Ticketed mine(t);
         return http(t,
                     "PUT " + mine.path + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n" + bearer(mine.token) +
                         "\r\n5\r\nhello\r\n0\r\n\r\n",
                     411);
       }},
      {"a length and chunks at once", "http_400",
       [](Target& t) {
         const Ticketed mine(t);
         return http(t,
                     "PUT " + mine.path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n" +
                         bearer(mine.token) + "\r\n5\r\nhello\r\n0\r\n\r\n",
                     400);
       }},
      {"a range whose numbers overflow", "http_400",
       [](Target& t) {
         const Ticketed mine(t);
         return status(TlsClient(t.server).request(
                           "PUT", mine.path,
                           bearer(mine.token) + "Content-Range: bytes 18446744073709551615-18446744073709551616/1000\r\n", "x"),
                       400);
       }},
      {"a range beyond the announced size", "http_400",
       [](Target& t) {
         const Ticketed mine(t);
         return status(
             TlsClient(t.server).request("PUT", mine.path, bearer(mine.token) + "Content-Range: bytes 999-1000/1000\r\n", "xy"),
             400);
       }},
      {"a body of a terabyte", "http_413",
       [](Target& t) {
         const Ticketed mine(t);
         return http(t,
                     "PUT " + mine.path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1099511627776\r\n" + bearer(mine.token) + "\r\n",
                     413);
       }},
      {"a download of what is not there", "http_416",
       [](Target& t) {
         const Ticketed mine(t, wire::TicketMode::read);
         return http(t, "GET " + mine.path + " HTTP/1.1\r\nHost: x\r\nRange: bytes=5000-\r\n" + bearer(mine.token) + "\r\n", 416);
       }},
      {"a WebSocket elsewhere", "http_404",
       [](Target& t) {
         return http(t,
                     "GET /admin HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: "
                     "13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: muistio.1\r\n\r\n",
                     404);
       }},
      {"a WebSocket of another protocol", "http_400",
       [](Target& t) {
         return http(t,
                     "GET /muistio HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: "
                     "13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n",
                     400);
       }},
      {"frames before the WebSocket is open", "http_400",
       [](Target& t) {
         return http(t,
                     "GET /muistio HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: "
                     "13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: muistio.1\r\n\r\n\x82\x01x",
                     400);
       }},
  };
}

std::vector<Misuse> at_frames() {
  return {
      {"a frame without a mask", "bad_websocket",
       [](Target& t) {
         WireClient client(t.server);
         client.send_raw(2, Bytes{1, 2}, false);
         return closed(client);
       }},
      {"a compressed frame, which was not agreed", "bad_websocket",
       [](Target& t) {
         WireClient client(t.server);
         client.send_raw(2 | 0x40, Bytes(100, 0));
         return closed(client);
       }},
      {"a ping of 200 bytes", "bad_websocket",
       [](Target& t) {
         WireClient client(t.server);
         client.send_raw(9, Bytes(200, 0));
         return closed(client);
       }},
      {"a continuation of nothing", "bad_websocket",
       [](Target& t) {
         WireClient client(t.server);
         client.send_raw(0, Bytes(10, 0));
         return closed(client);
       }},
      {"a text message", "text_message",
       [](Target& t) {
         WireClient client(t.server);
         client.send_raw(1, Bytes{'h', 'i'});
         return closed(client, 1003);
       }},
      {"a message that claims an exabyte", "message_too_big",
       [](Target& t) {
         WireClient client(t.server);
         client.send_raw(2, Bytes(10, 0), true, 1ULL << 60);
         return closed(client, 1009);
       }},
      {"noise in a binary message", "bad_frame",
       [](Target& t) {
         WireClient client(t.server);
         client.send_raw(2, Bytes(300, 0xa5));
         return ended(client, ErrorCode::bad_frame);
       }},
      {"another version of the protocol", "bad_frame",
       [](Target& t) {
         WireClient client(t.server);
         client.send_raw(2, raw_frame(9, 12, {1}));
         return ended(client, ErrorCode::bad_frame);
       }},
      {"a record that claims to be longer than the message", "bad_frame",
       [](Target& t) {
         WireClient client(t.server);
         Bytes rest{1};
         rest.insert(rest.end(), 24, 0);
         rest.insert(rest.end(), {0xff, 0xff, 0xff, 0xff, 0x7f});
         client.send_raw(2, raw_frame(1, 3, rest));
         return ended(client, ErrorCode::bad_frame);
       }},
      {"the server's own request number", "out_of_order",
       [](Target& t) {
         WireClient client(t.server);
         client.send_raw(2, wire::encode_frame(wire::RequestId(0), wire::ClientMessage(wire::Ping{})));
         return ended(client, ErrorCode::out_of_order);
       }},
      {"a kind of message that nobody knows", "refused_unknown_kind",
       [](Target& t) {
         WireClient client(t.server);
         client.send_raw(2, raw_frame(1, 126, {1}));
         return refused(client.wait_for(wire::RequestId(1)), ErrorCode::unknown_kind);
       }},
      {"ten thousand messages without a pause", "rate_limited",
       [](Target& t) {
         WireClient client(t.server);
         const auto ping = wire::encode_frame(wire::RequestId(1), wire::ClientMessage(wire::Ping{}));
         for (int i = 0; i < 12'000; ++i)
           if (!client.send_raw(2, ping)) break;
         return ended(client, ErrorCode::rate_limited);
       }},
      {"asking for megabytes and reading nothing", "too_slow",
       [](Target& t) {
         auto client = t.inside();
         for (std::uint8_t i = 0; i < 24; ++i) client->send(wire::Append{t.space, Seq(0), content(Bytes(250'000, i))});
         for (int i = 0; i < 200; ++i) client->send(wire::Fetch{t.space, Seq(1), 0});
         std::this_thread::sleep_for(std::chrono::seconds(4));  // limits.stall_ms is 1,500 here
         return std::string();
       }},
  };
}

std::vector<Misuse> at_spaces() {
  return {
      {"a signature made for another connection", "refused_not_authorised",
       [](Target& t) {
         WireClient one(t.server), two(t.server);
         return refused(two.ask(one.open(t.space, t.member)), ErrorCode::not_authorised);
       }},
      {"a hundred logins with wrong signatures", "rate_limited",
       [](Target& t) {
         WireClient client(t.server);
         auto open = client.open(t.space, t.member);
         open.signature = {};
         for (int i = 0; i < 100; ++i)
           if (!client.send_raw(2,
                                wire::encode_frame(wire::RequestId(static_cast<std::uint64_t>(i) + 1), wire::ClientMessage(open))))
             break;
         return ended(client, ErrorCode::rate_limited);
       }},
      {"a key that was never let in", "refused_not_authorised",
       [](Target& t) {
         WireClient client(t.server);
         return refused(client.ask(client.open(t.space, t.outsider)), ErrorCode::not_authorised);
       }},
      {"beginning a space that exists, with another key", "refused_conflicting_content",
       [](Target& t) {
         WireClient client(t.server);
         return refused(client.ask(client.create(t.space, t.outsider)), ErrorCode::conflicting_content);
       }},
      {"reading a space that was not opened", "refused_not_authorised",
       [](Target& t) {
         return refused(t.inside()->ask(wire::Fetch{t.closed, Seq(1), 0}), ErrorCode::not_authorised);
       }},
      {"appending to a space that was not opened", "refused_not_authorised",
       [](Target& t) {
         return refused(t.inside()->ask(wire::Append{t.closed, Seq(0), content({1})}), ErrorCode::not_authorised);
       }},
      {"listening to a space that was not opened", "refused_not_authorised",
       [](Target& t) {
         return refused(t.inside()->ask(wire::Subscribe{t.closed, Seq(1)}), ErrorCode::not_authorised);
       }},
      {"a ticket for a space that was not opened", "refused_not_authorised",
       [](Target& t) {
         return refused(t.inside()->ask(wire::RequestTicket{t.closed, t.random.make<AttachmentId>(), wire::TicketMode::read, 0}),
                        ErrorCode::not_authorised);
       }},
      {"the inbox of a space that was not opened", "refused_not_authorised",
       [](Target& t) { return refused(t.inside()->ask(wire::FetchInbox{t.closed}), ErrorCode::not_authorised); }},
      {"reading from place 0", "refused_bad_range",
       [](Target& t) {
         return refused(t.inside()->ask(wire::Fetch{t.space, Seq(0), 0}), ErrorCode::bad_range);
       }},
      {"listening from beyond the end", "refused_bad_range",
       [](Target& t) {
         return refused(t.inside()->ask(wire::Subscribe{t.space, Seq(1ULL << 62)}), ErrorCode::bad_range);
       }},
      {"a record that is none", "refused_bad_frame",
       [](Target& t) {
         return refused(t.inside()->ask(wire::Append{t.space, Seq(0), Bytes(50, 0xee)}), ErrorCode::bad_frame);
       }},
      {"a batch that is too large for one", "refused_bad_frame",
       [](Target& t) {
         // kind 1, a block of 300,000 bytes, no access changes: encode_record would refuse to make it.
         Bytes record{1, 0xe0, 0xa7, 0x12};
         record.insert(record.end(), 300'000, 7);
         record.push_back(0);
         return refused(t.inside()->ask(wire::Append{t.space, Seq(0), record}), ErrorCode::bad_frame);
       }},
      {"an attachment that does not fit the quota", "refused_quota_exceeded",
       [](Target& t) {
         return refused(
             t.inside()->ask(wire::RequestTicket{t.space, t.random.make<AttachmentId>(), wire::TicketMode::write, 100'000'000}),
             ErrorCode::quota_exceeded);
       }},
      {"an attachment of no bytes", "refused_quota_exceeded",
       [](Target& t) {
         return refused(t.inside()->ask(wire::RequestTicket{t.space, t.random.make<AttachmentId>(), wire::TicketMode::write, 0}),
                        ErrorCode::quota_exceeded);
       }},
      {"a hundred spaces at once", "refused_rate_limited",
       [](Target& t) {
         WireClient client(t.server);
         std::vector<wire::RequestId> sent;
         for (int i = 0; i < 100; ++i) sent.push_back(client.send(client.create(t.random.make<SpaceId>(), t.member)));
         return refused(client.wait_for(sent.back()), ErrorCode::rate_limited);
       }},
      {"forty join requests in a row", "refused_rate_limited",
       [](Target& t) {
         WireClient client(t.server);
         std::vector<wire::RequestId> sent;
         for (std::uint8_t i = 0; i < 40; ++i)
           sent.push_back(client.send(
               wire::PostJoinRequest{t.space, t.random.make<InvitationId>(), t.random.make<wire::AuthKey>(), Bytes(100, i)}));
         return refused(client.wait_for(sent.back()), ErrorCode::rate_limited);
       }},
      {"an inbox filled from many connections", "refused_quota_exceeded",
       [](Target& t) {
         std::string last;
         for (int connection = 0; connection < 4; ++connection) {
           WireClient client(t.server);
           for (std::uint8_t i = 0; i < 30; ++i)
             last = refused(client.ask(wire::PostJoinRequest{t.closed, t.random.make<InvitationId>(),
                                                             t.random.make<wire::AuthKey>(), Bytes(100, i)}),
                            ErrorCode::quota_exceeded);
         }
         return last;
       }},
      {"taking back another's join request", "refused_not_authorised",
       [](Target& t) {
         WireClient client(t.server);
         return refused(client.ask(wire::WithdrawJoinRequest{
                            t.space, t.random.make<InvitationId>(), wire::AuthKey(t.member.verify_key().array()), {}}),
                        ErrorCode::not_authorised);
       }},
      {"boxes from who is in no space", "refused_not_authorised",
       [](Target& t) {
         WireClient client(t.server);
         return refused(client.ask(wire::PutBox{t.random.make<wire::BoxLocator>(), Bytes(100, 1)}), ErrorCode::not_authorised);
       }},
      {"another's boxes", "refused_not_authorised",
       [](Target& t) {
         WireClient client(t.server);
         return refused(client.ask(wire::FetchBoxes{wire::AuthKey(t.member.verify_key().array()), {}}), ErrorCode::not_authorised);
       }},
  };
}

}  // namespace

std::unique_ptr<WireClient> Target::inside() const {
  auto client = std::make_unique<WireClient>(server);
  const auto answer = client->ask(client->open(space, member));
  if (!answer || !std::holds_alternative<wire::SpaceOpened>(*answer)) throw std::runtime_error("the space did not open");
  return client;
}

const std::vector<Misuse>& all_misuses() {
  static const std::vector<Misuse> all = [] {
    std::vector<Misuse> made;
    for (auto part : {below_http(), at_http(), at_frames(), at_spaces()}) made.insert(made.end(), part.begin(), part.end());
    return made;
  }();
  return all;
}

}  // namespace muistio::hostile
