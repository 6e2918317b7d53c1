// What a handler of the server gets and gives: Request and Response.
//
// A Request is whole: its head passed the parser's checks (net/parse.h) and its body is in memory, within the
// limit. A Response is a status, headers and one of five bodies:
//   std::string    sent with its length;
//   Pull           made piece by piece when the reader has room, on the server's pool (downloads);
//   Push           the server's side writes when it has something, from any thread (event streams),
//   net/push.h; WebSocket      the connection becomes a WebSocket, net/websocket.h; Takeover       the
//   connection itself is handed over (proxying), net/connection.h.
// Headers that belong to the connection (Content-Length, Transfer-Encoding, Connection, Date) are the
// server's: it writes them and ignores those of the handler, except "Connection: close", which it obeys, and
// "Connection"/"Upgrade" of a Takeover with status 101. A header name that is no token is left out; control
// characters in a value become spaces, so that no value can add a header of its own.
#pragma once

#include <sys/types.h>

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
#include "net/websocket.h"

namespace dure::net {

// Who is at the other end of a Unix socket, as the kernel says (SO_PEERCRED).
struct PeerCredentials {
  pid_t pid = 0;
  uid_t uid = 0;
  gid_t gid = 0;

  bool operator==(const PeerCredentials&) const = default;
};

struct Request {
  std::string method;  // as sent: "GET"
  std::string target;  // as sent: "/a%20b?x=1"
  std::string path;    // decoded once: "/a b"; begins with "/", no NUL, no "." or ".." segment (net/url.h)
  std::vector<Field> query;  // decoded pairs in the order sent
  Headers headers;
  std::string body;
  std::string peer;  // "127.0.0.1:40112", "[::1]:40112", or "unix" for a Unix socket
  std::optional<PeerCredentials> credentials;  // Unix sockets only
  std::string certificate_name;                // mutual TLS: the common name of the verified certificate
  bool secure = false;                         // over TLS
  int version = 11;                            // 10 or 11
  std::size_t listener = 0;                    // which of ServerOptions::listen it came in by

  // The first query parameter of that name, or nullptr.
  const std::string* parameter(std::string_view name) const;
};

// A body made piece by piece. `next` is called on the pool whenever the reader has room, never two calls at
// once: the next piece, "" at the end; a failure drops the connection, so that the reader sees a broken body
// rather than a short one.
struct Pull {
  std::function<base::Result<std::string>()> next;
  std::optional<std::uint64_t> length;  // when known; else the body is chunked
};

// The raw connection, after the head of the Response was written; nothing is written when status is 0.
// `take` runs on the connection's I/O thread and must not block: typically it calls splice (net/pipe.h).
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
