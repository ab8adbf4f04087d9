// Pages of browsers at the real muistiod: which are let in, what their signature is bound to, and the app's files.
#include <fstream>

#include "harness.hpp"
#include "muistio/server/web.hpp"
#include "net_client.hpp"

namespace {

using namespace muistio;
using namespace muistio::server;
using namespace muistio::server::test;
using probe::Page;

constexpr const char* kApp = "https://app.example";

void write(const std::filesystem::path& file, std::string_view text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

/// A server that lets in pages of https://app.example and serves an app of its own.
struct Running {
  Running() {
    write(folder.path() / "app/index.html", "<!doctype html>");
    write(folder.path() / "app/join.html", "come in");
    write(folder.path() / "app/js/main.js", "start();");
    write(folder.path() / "app/js/main.js.gz", "\x1f\x8b compressed");
    write(folder.path() / "app/.hidden", "not for anybody");
    write(folder.path() / "outside.txt", "not for anybody");
    std::filesystem::create_symlink("../outside.txt", folder.path() / "app/link.txt");
    server = std::make_unique<ServerProcess>(
        folder.path() / "data", std::vector<std::string>{"--web-root", (folder.path() / "app").string(), "--web-origins", std::string("https://third.example ") + kApp});
  }
  [[nodiscard]] std::string host() const { return "localhost:" + std::to_string(server->port()); }
  [[nodiscard]] Page own_page() const { return {host(), "https://" + host()}; }
  [[nodiscard]] Page other_page() const { return {host(), kApp}; }

  ScratchFolder folder;
  std::unique_ptr<ServerProcess> server;
  SeededRandom random{std::random_device{}()};
  crypto::SigningKey key = crypto::SigningKey::generate(random);
  SpaceId space = random.make<SpaceId>();
};

}  // namespace

TEST_CASE("pages of the app's own and of an allowed origin open spaces: others get no WebSocket") {
  Running r;
  WireClient own(*r.server, r.own_page());
  as<wire::SpaceOpened>(own.ask(own.create(r.space, r.key)).value());
  WireClient other(*r.server, r.other_page());
  as<wire::SpaceOpened>(other.ask(other.open(r.space, r.key)).value());
  WireClient native(*r.server);
  as<wire::SpaceOpened>(native.ask(native.open(r.space, r.key)).value());
  CHECK_THROWS(WireClient(*r.server, Page{r.host(), "https://evil.example"}));
  CHECK_THROWS(WireClient(*r.server, Page{r.host(), ""}));
  CHECK_THROWS(WireClient(*r.server, Page{r.host(), "http://" + r.host()}));
  // The certificate is not for this name: somebody stands between who is called so.
  CHECK_THROWS(WireClient(*r.server, Page{"evil.example", kApp}));
  CHECK_THROWS(WireClient(*r.server, Page{"evil.example", "https://evil.example"}));
  for (const char* nameless : {":1", "[", "[]"}) CHECK_THROWS(WireClient(*r.server, Page{nameless, kApp}));
  CHECK_NOTHROW(WireClient(*r.server, r.other_page()));
}

TEST_CASE("without web.root and web.origins no page is let in") {
  ScratchFolder folder;
  ServerProcess server(folder.path() / "data");
  const auto host = "localhost:" + std::to_string(server.port());
  CHECK_THROWS(WireClient(server, Page{host, "https://" + host}));
  CHECK_NOTHROW(WireClient(server));
}

TEST_CASE("what a page signs is worth nothing for another page, another name or a native client, and the other way about") {
  Running r;
  WireClient page(*r.server, r.own_page());
  as<wire::SpaceOpened>(page.ask(page.create(r.space, r.key)).value());
  const auto own = wire::web_binding(r.host(), "https://" + r.host());
  const auto is_refused = [&](WireClient& client, const wire::TlsExporter& binding) {
    client.sign_with(binding);
    return refusal(client.ask(client.open(r.space, r.key)).value()) == ErrorCode::not_authorised;
  };
  CHECK(is_refused(page, wire::web_binding(r.host(), kApp)));
  CHECK(is_refused(page, wire::web_binding("evil.example", "https://" + r.host())));
  CHECK(is_refused(page, page.exporter()));
  WireClient native(*r.server);
  CHECK(is_refused(native, own));
  WireClient second(*r.server, r.own_page());
  CHECK(refusal(second.ask(page.open(r.space, r.key)).value()) == ErrorCode::not_authorised);  // another challenge
  page.sign_with(own);
  as<wire::SpaceOpened>(page.ask(page.open(r.space, r.key)).value());
}

TEST_CASE("the app's files are served as they are, and nothing beside them") {
  Running r;
  const auto get = [&](const std::string& target, const std::string& fields = "", const std::string& method = "GET") {
    return TlsClient(*r.server).request(method, target, fields).value();
  };
  const auto index = get("/");
  CHECK(index.status == 200);
  CHECK(index.body == "<!doctype html>");
  CHECK(index.fields.at("content-type") == "text/html; charset=utf-8");
  CHECK(index.fields.at("content-security-policy").find("default-src 'none'") == 0);
  CHECK(get("/index.html?v=2").body == index.body);
  CHECK(get("/", "If-None-Match: " + index.fields.at("etag") + "\r\n").status == 304);
  CHECK(get("/", "If-None-Match: \"another\"\r\n").status == 200);
  CHECK(get("/js/main.js").body == "start();");
  CHECK(get("/join").body == "come in");
  const auto small = get("/js/main.js", "Accept-Encoding: br, gzip\r\n");
  CHECK(small.body == "\x1f\x8b compressed");
  CHECK(small.fields.at("content-encoding") == "gzip");
  for (const char* target : {"/.hidden", "/link.txt", "/outside.txt", "/../outside.txt", "/js/../../outside.txt", "/js", "/js/",
                             "//index.html", "/%2e%2e/outside.txt", "/js/main.js.gz"})
    CHECK(get(target).status == 404);
  // A cache must tell apart who asks and what they take.
  const auto asked = TlsClient(*r.server).request("GET", "/", std::string("Origin: ") + kApp + "\r\n", "", r.host()).value();
  CHECK(asked.fields.at("access-control-allow-origin") == kApp);
  CHECK(asked.fields.at("vary") == "Origin, Accept-Encoding");
  CHECK(index.fields.at("vary") == "Accept-Encoding");
  CHECK(get("/js/main.js", "Content-Length: 0\r\n", "POST").status == 405);
}

TEST_CASE("an app's folder is refused without an index, and when it holds more than an app") {
  ScratchFolder folder;
  CHECK(WebFiles::load(folder.path() / "absent").error().code == ErrorCode::not_found);
  write(folder.path() / "app/main.js", "start();");
  CHECK(WebFiles::load(folder.path() / "app").error().code == ErrorCode::not_found);
  write(folder.path() / "app/index.html", "<!doctype html>");
  CHECK(WebFiles::load(folder.path() / "app").value().find("/main.js") != nullptr);
  for (std::size_t i = 0; i <= kWebFilesMax; ++i) write(folder.path() / "app" / (std::to_string(i) + ".js"), "");
  CHECK(WebFiles::load(folder.path() / "app").error().code == ErrorCode::too_large);
}

TEST_CASE("pages of an allowed origin may move attachments, and pages of another read no answer") {
  Running r;
  WireClient client(*r.server);
  as<wire::SpaceOpened>(client.ask(client.create(r.space, r.key)).value());
  const auto attachment = r.random.make<AttachmentId>();
  const auto token = as<wire::Ticket>(client.ask(wire::RequestTicket{r.space, attachment, wire::TicketMode::write, 3}).value()).token;
  const auto target = "/attachments/" + r.space.hex() + "/" + attachment.hex();
  const auto ask = [&](const std::string& method, const std::string& origin, const std::string& fields = "", const std::string& body = "") {
    return TlsClient(*r.server).request(method, target, fields + "Origin: " + origin + "\r\n", body, r.host()).value();
  };
  const auto allowed = ask("OPTIONS", kApp, "Access-Control-Request-Method: PUT\r\n");
  CHECK(allowed.status == 204);
  CHECK(allowed.fields.at("access-control-allow-origin") == kApp);
  CHECK(allowed.fields.at("access-control-allow-headers").find("Authorization") != std::string::npos);
  const auto refused = ask("OPTIONS", "https://evil.example", "Access-Control-Request-Method: PUT\r\n");
  CHECK(refused.status == 403);
  CHECK(!refused.fields.contains("access-control-allow-origin"));
  const auto bearer = "Authorization: Bearer " + token.hex() + "\r\nContent-Range: bytes 0-2/3\r\n";
  const auto sent = ask("PUT", kApp, bearer, "abc");
  CHECK(sent.status == 200);
  CHECK(sent.fields.at("access-control-allow-origin") == kApp);
  CHECK(sent.fields.at("access-control-expose-headers").find("Upload-Offset") != std::string::npos);
  CHECK(!ask("HEAD", "https://evil.example", "Authorization: Bearer " + token.hex() + "\r\n").fields.contains("access-control-allow-origin"));
}

TEST_CASE("origins are listed with spaces between") {
  CHECK(origins_in("").empty());
  CHECK(origins_in("  ").empty());
  CHECK(origins_in(" https://a  https://b ") == std::vector<std::string>{"https://a", "https://b"});
}

TEST_CASE("an origin is a scheme, a host and perhaps a port, as browsers write it") {
  for (const char* origin : {"https://app.example", "https://app.example:8443", "http://localhost", "http://localhost:5173"})
    CHECK(is_origin(origin));
  for (const char* text : {"", "null", "*", "app.example", "http://app.example", "https://", "https://App.example", "https://app.example/",
                           "https://app.example:", "https://app.example:1:2", "http://localhost.evil.example", "https://a b",
                           "https://app.example\r\nX: y"})
    CHECK(!is_origin(text));
}
