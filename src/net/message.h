// What a handler of the server gets and gives: Request and Response.
//
// A Request (net/request.h) is whole when it comes to the handler. A Response is a status, headers and one of
// five bodies:
//
// - std::string: sent with its length;
// - Pull: made piece by piece when the reader has room, on the server's pool (downloads);
// - Push: written when there is something, from any thread (event streams), net/push.h;
// - WebSocket: the connection becomes a WebSocket, net/websocket.h;
// - Takeover: the connection itself is handed over (proxying), net/connection.h.
//
// Headers that belong to the connection (Content-Length, Transfer-Encoding, Connection, Date) are the
// server's: it writes them and ignores those of the handler, except "Connection: close", which it obeys, and
// "Connection"/"Upgrade" of a Takeover with status 101. A header name that is no token is left out; control
// characters in a value become spaces, so that no value can add a header of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "net/connection.h"
#include "net/headers.h"
#include "net/push.h"
#include "net/request.h"
#include "net/websocket.h"

namespace dure::net {

// A body made piece by piece. `next` is called on the pool whenever the reader has room, never two calls at
// once: the next piece, "" at the end; a failure drops the connection, so that the reader sees a broken body
// rather than a short one.
struct Pull {
  std::function<base::Result<std::string>()> next;
  std::optional<std::uint64_t> length;  // when known; else the body is chunked
};

// The raw connection, after the head of the Response was written; nothing is written when status is 0.
// `take` runs on the connection's I/O thread and must not block: typically it calls splice (net/pipe.h). It
// is never called when the peer has gone before; what it holds is then freed.
struct Takeover {
  std::function<void(Connection)> take;
};

struct Response {
  int status = 200;
  Headers headers;
  std::variant<std::string, Pull, Push, WebSocket, Takeover> body;

  static Response text(int status, std::string content_type, std::string body);
  static Response empty(int status);
  // An event stream (text/event-stream, no-store).
  static Response events(Push push);
  static Response pull(std::string content_type, Pull pull);
  // The connection becomes a WebSocket; the request must be an upgrade, else the answer is 426.
  static Response accept(WebSocket socket);
  static Response take(int status, Headers headers, std::function<void(Connection)> take);
};

// "Not Found" for 404; "" for a status without a registered phrase.
std::string_view reason_phrase(int status);

}  // namespace dure::net
