// WebSocketClient: the client's end of a WebSocket, for blocking callers.
//
// Each has a thread of its own for its connection. send_* and close may be called from any thread, receive
// from one at a time. Errors: those of net/client.h, and http.websocket_refused {status} when the server does
// not upgrade.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "net/client.h"
#include "net/headers.h"

namespace dure::net {

struct WebSocketMessage {
  bool text = true;
  std::string bytes;
};

struct WebSocketClientOptions {
  Headers headers;
  std::string subprotocol;                             // offered when not empty
  base::Span timeout = base::Span::seconds(30);        // to connect and upgrade
  base::Span silence_limit = base::Span::seconds(60);  // pinged after half of it, dropped after it
  std::size_t max_message = 16 * 1024 * 1024;
  std::size_t buffer_limit = 16 * 1024 * 1024;  // bytes that may wait for the server, and unread messages
};

class WebSocketClient {
 public:
  static base::Result<std::unique_ptr<WebSocketClient>> connect(const Endpoint& endpoint,
                                                                const std::string& target,
                                                                WebSocketClientOptions options = {});
  // Closes (1000) and waits at most two seconds for the server's answer.
  ~WebSocketClient();
  WebSocketClient(const WebSocketClient&) = delete;
  WebSocketClient& operator=(const WebSocketClient&) = delete;

  base::Status send_text(std::string_view text);
  base::Status send_binary(std::string_view bytes);
  // The next message; http.timeout when none came in time, http.closed when the connection has ended (what
  // came before is handed out first).
  base::Result<WebSocketMessage> receive(base::Span timeout);
  void close(int code = 1000);
  // The peer's close code once it has ended; 1006 when it ended without one.
  std::optional<int> close_code() const;
  // The one that the server chose.
  const std::string& subprotocol() const;

 private:
  class Impl;
  explicit WebSocketClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace dure::net
