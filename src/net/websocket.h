// WebSocket: the server's end of a WebSocket connection (RFC 6455), as a handle.
//
//   WebSocket::Options options;
//   options.on_message = [](const WebSocket& socket, std::string_view bytes, bool text) {
//   socket.send_text(…); }; return Response::accept(WebSocket::make(std::move(options)));
//
// Copies share one connection. What is sent before the connection is open waits in the buffer. Functions may
// be called from any thread. The callbacks of one connection come one at a time and in order; on the server's
// pool unless `callbacks_on_pool` is false, and the next message is read only when the last callback has
// returned, so a slow callback slows its sender and nobody else. The server pings, answers pings, and drops a
// peer that stays silent. A reader too slow for the buffer is dropped. Compression is never negotiated.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace dure::net {

struct WebSocketState;

class WebSocket {
 public:
  struct Options {
    // REQUIRES: set. `text` says whether it was a text message (then valid UTF-8).
    std::function<void(const WebSocket&, std::string_view bytes, bool text)> on_message;
    // Once, when the connection has ended: the peer's close code, 1006 when it ended without one.
    std::function<void(const WebSocket&, int code)> on_close;
    std::function<void(const WebSocket&)> on_open;
    std::size_t max_message = 1024 * 1024;               // bytes; a longer one ends the connection with 1009
    std::size_t buffer_limit = 4 * 1024 * 1024;          // bytes that may wait for the reader
    base::Span silence_limit = base::Span::seconds(60);  // pinged after half of it, dropped after it
    std::vector<std::string>
        subprotocols;                  // in order of preference; the first that the client offers is taken
    bool require_subprotocol = false;  // refuse (400) a client that offers none of them
    bool callbacks_on_pool = true;     // false: on the I/O thread; then they must not block
  };

  static WebSocket make(Options options);

  // Queue a message; false when the connection is closed or its buffer is full (it is then dropped).
  bool send_text(std::string_view text) const;  // REQUIRES: valid UTF-8
  bool send_binary(std::string_view bytes) const;
  // Sends what is queued, then the close frame. Code 1000 is a normal end.
  void close(int code = 1000, std::string_view reason = "") const;
  bool closed() const;
  // Bytes that wait for the reader; a sender that can wait holds back when it grows.
  std::size_t queued() const;
  // The negotiated one, "" before opening or when there is none.
  std::string subprotocol() const;

  // Inside net/: the shared state.
  const std::shared_ptr<WebSocketState>& state() const { return state_; }
  explicit WebSocket(std::shared_ptr<WebSocketState> state) : state_(std::move(state)) {}

 private:
  std::shared_ptr<WebSocketState> state_;
};

}  // namespace dure::net
