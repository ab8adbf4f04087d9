#include "muistio/transport/server.hpp"

#include <catch2/catch.hpp>

using namespace muistio;
using transport::parse_server;

TEST_CASE("a server's URL is read and written back") {
  struct Case {
    const char* given;
    const char* host;
    int port;
    const char* url;
  };
  for (auto [given, host, port, url] : {Case{"wss://klubi.example", "klubi.example", 443, "wss://klubi.example"},
                                        {"https://KLUBI.example:8443/", "klubi.example", 8443, "wss://klubi.example:8443"},
                                        {"wss://127.0.0.1:1", "127.0.0.1", 1, "wss://127.0.0.1:1"},
                                        {"wss://[::1]:65535", "::1", 65535, "wss://[::1]:65535"},
                                        {"wss://[2001:db8::7]", "2001:db8::7", 443, "wss://[2001:db8::7]"}}) {
    INFO(given);
    auto server = parse_server(given);
    REQUIRE(server);
    CHECK(server->host == host);
    CHECK(server->port == port);
    CHECK(server->url() == url);
    CHECK(parse_server(server->url()).value() == *server);
  }
}

TEST_CASE("what is no server's URL is refused and says why") {
  for (const char* given : {"", "klubi.example", "http://klubi.example", "ws://klubi.example", "wss://", "wss://:443", "wss://a b", "wss://a/b",
                            "wss://a:0", "wss://a:65536", "wss://a:1x", "wss://a:", "wss://[::1", "wss://[::1]x", "wss://[::g]", "wss://a@b",
                            "wss://a?b", "wss://\xff"}) {
    INFO(given);
    auto server = parse_server(given);
    REQUIRE_FALSE(server);
    CHECK(server.error().code == ErrorCode::invalid_argument);
    CHECK_FALSE(server.error().detail.empty());
  }
  CHECK_FALSE(parse_server("wss://" + std::string(300, 'a')));
}
