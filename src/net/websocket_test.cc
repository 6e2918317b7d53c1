#include "net/websocket.h"

#include <gtest/gtest.h>

#include <atomic>

#include "net/raw_peer.h"
#include "net/websocket_client.h"

namespace dure::net {
namespace {

constexpr base::Span kSoon = base::Span::seconds(5);

struct Echo {
  explicit Echo(WebSocket::Options options = {}) {
    options.on_message = [this](const WebSocket& socket, std::string_view bytes, bool text) {
      if (bytes == "throw") throw 1;
      if (bytes == "flood") return flood(socket);
      if (bytes == "bye") return socket.close(4001, "done");
      text ? socket.send_text(bytes) : socket.send_binary(bytes);
    };
    options.on_close = [this](const WebSocket&, int close_code) {
      code = close_code;
      ++closed;
    };
    server = start_server([options](const Request&) { return Response::accept(WebSocket::make(options)); });
  }
  ~Echo() { server->stop({0}); }

  void flood(const WebSocket& socket) {
    while (socket.send_binary(std::string(100'000, 'f'))) ++floods;
  }

  std::unique_ptr<WebSocketClient> connect(WebSocketClientOptions options = {}) const {
    auto client = WebSocketClient::connect(endpoint_of(*server), "/ws?x=1", std::move(options));
    EXPECT_TRUE(client.ok()) << (client.ok() ? "" : client.failure().reason.code);
    return std::move(*client);
  }

  std::atomic<int> code = 0;
  std::atomic<int> closed = 0;
  std::atomic<int> floods = 0;
  std::unique_ptr<Server> server;
};

TEST(WebSocket, MessagesComeBackWhole) {
  Echo echo;
  const auto client = echo.connect();
  ASSERT_TRUE(client->send_text("두레").ok());
  const std::string large(900'000, 'b');
  ASSERT_TRUE(client->send_binary(large).ok());
  auto first = client->receive(kSoon);
  ASSERT_TRUE(first.ok());
  EXPECT_TRUE(first->text);
  EXPECT_EQ(first->bytes, "두레");
  auto second = client->receive(kSoon);
  ASSERT_TRUE(second.ok());
  EXPECT_FALSE(second->text);
  EXPECT_EQ(second->bytes, large);
  EXPECT_EQ(client->receive(base::Span::milliseconds(20)).failure().reason.code, "http.timeout");
}

TEST(WebSocket, ThousandsOfMessagesKeepTheirOrder) {
  Echo echo;
  const auto client = echo.connect();
  for (int i = 0; i < 3000; ++i) ASSERT_TRUE(client->send_text(std::to_string(i)).ok());
  for (int i = 0; i < 3000; ++i) ASSERT_EQ(client->receive(kSoon)->bytes, std::to_string(i));
}

TEST(WebSocket, BothSidesCanClose) {
  Echo echo;
  {
    const auto client = echo.connect();
    EXPECT_TRUE(client->send_text("bye").ok());
    EXPECT_EQ(client->receive(kSoon).failure().reason.code, "http.closed");
    EXPECT_EQ(client->close_code(), 4001);
  }
  EXPECT_TRUE(wait_until([&] { return echo.closed == 1; }));
  auto client = echo.connect();
  client->close(4002);
  EXPECT_TRUE(wait_until([&] { return echo.closed == 2; }));
  EXPECT_EQ(echo.code, 4002);
  client = echo.connect();
  client.reset();
  EXPECT_TRUE(wait_until([&] { return echo.closed == 3; }));
  EXPECT_EQ(echo.code, 1000);
}

TEST(WebSocket, LimitsHold) {
  WebSocket::Options options;
  options.max_message = 1000;
  options.buffer_limit = 1'000'000;
  Echo echo(options);
  auto client = echo.connect();
  EXPECT_TRUE(client->send_text(std::string(1001, 'x')).ok());
  EXPECT_FALSE(client->receive(kSoon).ok());
  EXPECT_EQ(client->close_code(), 1009);
  client = echo.connect();
  EXPECT_TRUE(client->send_text("throw").ok());
  EXPECT_FALSE(client->receive(kSoon).ok());
  EXPECT_EQ(client->close_code(), 1011);
}

TEST(WebSocket, ASlowReaderIsDropped) {
  WebSocket::Options options;
  options.buffer_limit = 1'000'000;
  Echo echo(options);
  RawPeer peer(*echo.server);
  peer.send(
      "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: "
      "13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  EXPECT_NE(peer.receive_until("\r\n\r\n").find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            std::string::npos);  // RFC 6455, 1.3
  peer.send(
      std::string("\x81\x85\x00\x00\x00\x00"
                  "flood",
                  11));
  EXPECT_TRUE(wait_until([&] { return echo.closed == 1; }));
  EXPECT_GT(echo.floods, 5);
  EXPECT_EQ(echo.code, 1006);
}

TEST(WebSocket, ASubprotocolIsAgreed) {
  WebSocket::Options options;
  options.subprotocols = {"v2.dure", "v1.dure"};
  options.require_subprotocol = true;
  Echo echo(options);
  WebSocketClientOptions offer;
  offer.subprotocol = "v1.dure";
  EXPECT_EQ(echo.connect(offer)->subprotocol(), "v1.dure");
  const auto refused = WebSocketClient::connect(endpoint_of(*echo.server), "/");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.failure().reason.code, "http.websocket_refused");
  EXPECT_EQ(std::get<std::int64_t>(*refused.failure().reason.find("status")), 400);
}

TEST(WebSocket, APlainRequestIsToldToUpgrade) {
  Echo echo;
  Client client(endpoint_of(*echo.server));
  const auto answer = client.send({});
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 426);
  EXPECT_EQ(answer->headers.get("Upgrade"), "websocket");
  EXPECT_TRUE(wait_until([&] { return echo.closed == 1; }));
}

TEST(WebSocket, ASilentPeerIsDropped) {
  WebSocket::Options options;
  options.silence_limit = base::Span::milliseconds(300);
  Echo echo(options);
  RawPeer peer(*echo.server);
  peer.send(
      "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: "
      "13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  peer.receive_until("\r\n\r\n");
  EXPECT_EQ(peer.receive(2000).substr(0, 1), "\x89");  // a ping
  EXPECT_TRUE(wait_until([&] { return echo.closed == 1; }));
}

TEST(WebSocket, StopSaysGoodbye) {
  Echo echo;
  const auto client = echo.connect();
  EXPECT_TRUE(client->send_text("x").ok());
  ASSERT_TRUE(client->receive(kSoon).ok());
  echo.server->stop(base::Span::seconds(5));
  EXPECT_FALSE(client->receive(kSoon).ok());
  EXPECT_EQ(client->close_code(), 1001);
  EXPECT_EQ(echo.closed, 1);
}

}  // namespace
}  // namespace dure::net
