// Attachments over HTTP, and health.
#include "checks.hpp"

namespace muistio::conformance {

using server::probe::TlsClient;

namespace {

/// An attachment in a new space, with what HTTP needs to reach it.
struct Attachment {
  explicit Attachment(Server& at)
      : server(at), space(at), id(at.random.make<AttachmentId>()), path("/attachments/" + space.id.hex() + "/" + id.hex()) {}

  wire::Ticket ticket(wire::TicketMode mode, std::uint64_t size = 0) {
    return as<wire::Ticket>(space.client->ask(wire::RequestTicket{space.id, id, mode, size}));
  }
  server::probe::HttpAnswer ask(const std::string& method, const wire::TicketToken& token, const std::string& fields = "",
                                const std::string& body = "") {
    TlsClient client(server.endpoint);
    const auto answer = client.request(method, path, "Authorization: Bearer " + token.hex() + "\r\n" + fields, body);
    if (!answer) throw Broken("no answer");
    return *answer;
  }
  server::probe::HttpAnswer put(const wire::TicketToken& token, std::uint64_t from, std::uint64_t whole, const std::string& body) {
    return ask("PUT", token,
               "Content-Range: bytes " + std::to_string(from) + "-" + std::to_string(from + body.size() - 1) + "/" +
                   std::to_string(whole) + "\r\n",
               body);
  }
  Server& server;
  Space space;
  AttachmentId id;
  std::string path;
};

void status(const server::probe::HttpAnswer& answer, int wanted) {
  demand(answer.status == wanted, "status " + std::to_string(answer.status));
}
std::string field(const server::probe::HttpAnswer& answer, const std::string& name) {
  const auto found = answer.fields.find(name);
  return found == answer.fields.end() ? "" : found->second;
}
void offset(const server::probe::HttpAnswer& answer, int wanted, std::uint64_t held) {
  status(answer, wanted);
  demand(field(answer, "upload-offset") == std::to_string(held), "Upload-Offset is '" + field(answer, "upload-offset") + "'");
}

}  // namespace

std::vector<Check> http_checks() {
  return {
      {6, "an upload in pieces goes on where it stands, is told where that is, and is whole at its size",
       [](Server& server) {
         Attachment it(server);
         const std::string bytes(1000, 'x');
         const auto ticket = it.ticket(wire::TicketMode::write, 1000);
         demand(ticket.held == 0 && ticket.size == 1000, "the ticket says something else");
         offset(it.ask("HEAD", ticket.token), 200, 0);
         offset(it.put(ticket.token, 0, 1000, bytes.substr(0, 400)), 200, 400);
         offset(it.put(ticket.token, 300, 1000, bytes.substr(0, 100)), 409, 400);
         demand(it.ticket(wire::TicketMode::write, 1000).held == 400, "a new ticket says something else");
         refused(it.space.client->ask(wire::RequestTicket{it.space.id, it.id, wire::TicketMode::read, 0}), ErrorCode::bad_range);
         offset(it.put(ticket.token, 400, 1000, bytes.substr(400)), 200, 1000);
         const auto read = it.ticket(wire::TicketMode::read);
         const auto whole = it.ask("GET", read.token);
         status(whole, 200);
         demand(whole.body == bytes, "other bytes came back");
       }},
      {6, "a download in ranges",
       [](Server& server) {
         Attachment it(server);
         offset(it.put(it.ticket(wire::TicketMode::write, 10).token, 0, 10, "0123456789"), 200, 10);
         const auto token = it.ticket(wire::TicketMode::read).token;
         const auto middle = it.ask("GET", token, "Range: bytes=3-5\r\n");
         status(middle, 206);
         demand(middle.body == "345" && field(middle, "content-range") == "bytes 3-5/10", "another range came");
         const auto end = it.ask("GET", token, "Range: bytes=7-\r\n");
         status(end, 206);
         demand(end.body == "789", "another range came");
         const auto beyond = it.ask("GET", token, "Range: bytes=10-\r\n");
         status(beyond, 416);
         demand(field(beyond, "content-range") == "bytes */10", "Content-Range is another");
       }},
      {6, "the same id with another size is conflicting_content",
       [](Server& server) {
         Attachment it(server);
         it.ticket(wire::TicketMode::write, 10);
         refused(it.space.client->ask(wire::RequestTicket{it.space.id, it.id, wire::TicketMode::write, 11}),
                 ErrorCode::conflicting_content);
       }},
      {6, "401 without a ticket, 403 with another's or for the other direction, 404, 405, 411, 400 where they are due",
       [](Server& server) {
         Attachment it(server), other(server);
         const auto token = it.ticket(wire::TicketMode::write, 10).token;
         status(it.ask("GET", server.random.make<wire::TicketToken>()), 401);
         status(other.ask("HEAD", token), 403);
         status(it.ask("GET", token), 403);
         status(it.ask("DELETE", token), 405);
         status(it.ask("PUT", token, "", "0123456789"), 400);
         status(it.put(token, 5, 10, "0123456789"), 400);
         TlsClient client(server.endpoint);
         client.write("PUT " + it.path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token.hex() +
                      "\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n");
         const auto chunked = client.answer();
         demand(chunked.has_value(), "no answer");
         status(*chunked, 411);
         const auto nowhere = TlsClient(server.endpoint).request("GET", "/attachments/../x");
         demand(nowhere.has_value(), "no answer");
         status(*nowhere, 404);
       }},
      {6, "a deleted attachment is gone, and its tickets are",
       [](Server& server) {
         Attachment it(server);
         offset(it.put(it.ticket(wire::TicketMode::write, 3).token, 0, 3, "abc"), 200, 3);
         const auto token = it.ticket(wire::TicketMode::read).token;
         as<wire::Done>(it.space.client->ask(wire::DeleteAttachment{it.space.id, it.id}));
         const auto gone = it.ask("GET", token);
         demand(gone.status == 401 || gone.status == 404, "status " + std::to_string(gone.status));
         refused(it.space.client->ask(wire::RequestTicket{it.space.id, it.id, wire::TicketMode::read, 0}), ErrorCode::bad_range);
       }},
      {6, "a connection is kept alive after a success",
       [](Server& server) {
         TlsClient client(server.endpoint);
         for (int i = 0; i < 2; ++i) {
           const auto answer = client.request("GET", "/healthz");
           demand(answer.has_value(), "it ended");
           status(*answer, 200);
           demand(answer->body == "ok\n", "the body is another");
         }
       }},
  };
}

}  // namespace muistio::conformance
