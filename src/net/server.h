// Server: HTTP/1.1 over TCP, TLS and Unix sockets.
//
// Connections are coroutines on `io_threads` threads; each connection stays on its thread. The handler may
// block: it runs on a pool of `pool_threads` threads with a bounded queue, and when the queue is full the
// answer is 503 with Retry-After at once. Requests for which `inline_if` is true are handled on the I/O
// thread: only for handlers that answer from memory within microseconds.
//
// Ownership: the Server owns its threads and connections. stop() (or the destructor) ends them; handlers
// that run are waited for, so a handler must come to an end by itself.
// Requests that cannot be read, are refused for load, or whose handler throws are answered by
// `render_problem`.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "net/connection.h"
#include "net/message.h"
#include "net/url.h"

namespace dure::net {

// TLS 1.2 or later. With a client_ca_file the client's certificate is checked against it and its common name
// is Request::certificate_name; with require_client_certificate a client without one is refused.
struct TlsFiles {
  std::string cert_file;  // PEM: the chain, own certificate first
  std::string key_file;   // PEM
  std::string client_ca_file;
  bool require_client_certificate = false;
};

// Where to listen: host and port (0 = any free one), or a path of a Unix socket.
struct Listen {
  std::string host;
  std::uint16_t port = 0;
  std::string unix_path;
  mode_t mode = 0600;  // of the Unix socket; set before the first connection can come
  std::optional<TlsFiles> tls;

  static Listen tcp(std::string host, std::uint16_t port);
  static Listen on_unix(std::string path, mode_t mode = 0600);
  static Listen with_tls(std::string host, std::uint16_t port, TlsFiles tls);
};

using Handler = std::function<Response(const Request&)>;
using RenderProblem = std::function<Response(int status, const base::Reason& reason)>;

struct ServerOptions {
  std::vector<Listen> listen;
  Handler handler;                                // REQUIRES: set
  std::function<bool(const Request&)> inline_if;  // may be empty: nothing is inline
  RenderProblem render_problem;                   // may be empty: plain_problem
  std::function<std::size_t(const Request&)>
      body_limit;  // per request, from its head; may be empty: max_body

  unsigned io_threads = 2;
  unsigned pool_threads = 16;
  std::size_t pool_queue = 512;        // requests that may wait for a pool thread
  std::size_t max_connections = 4096;  // over all endpoints; more are answered 503 and closed
  std::size_t max_head = 16 * 1024;
  std::size_t max_body = 1024 * 1024;
  PathRule path_rule = PathRule::kStrict;

  base::Span head_timeout =
      base::Span::seconds(10);  // from the first byte of a head to its last; TLS handshake
  base::Span idle_timeout = base::Span::seconds(75);  // between requests
  // A body, in either direction, has this long, plus one second for each min_bytes_per_second moved.
  base::Span body_timeout = base::Span::seconds(30);
  std::size_t min_bytes_per_second = 4096;
};

struct ServerFigures {
  std::uint64_t accepted = 0;      // connections so far
  std::uint64_t connections = 0;   // open now, taken-over ones included
  std::uint64_t requests = 0;      // answered so far
  std::uint64_t refused_busy = 0;  // 503 for a full queue or too many connections
  std::uint64_t malformed = 0;     // requests that could not be read
  std::uint64_t queued = 0;        // waiting for a pool thread now
};

class Server {
 public:
  // Listens and serves. Errors: http.listen_failed {endpoint, why}, http.tls_failed {what, why}.
  static base::Result<std::unique_ptr<Server>> start(ServerOptions options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // The port of the listener of that index; 0 for a Unix socket.
  std::uint16_t port(std::size_t listener = 0) const;
  ServerFigures figures() const;

  // A connection of the descriptor on one of the I/O threads, handed to `take` there.
  base::Status adopt(Fd fd, std::function<void(Connection)> take);

  // No new connections; idle ones, event streams and WebSockets (1001) end at once; requests in flight are
  // finished and answered with "Connection: close". What still lives after `deadline` is cut off. Returns
  // when all threads have ended. May be called once or more; not from a handler.
  void stop(base::Span deadline);

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// A minimal application/problem+json (RFC 9457) with the members status, title, code and params.
Response plain_problem(int status, const base::Reason& reason);

}  // namespace dure::net
