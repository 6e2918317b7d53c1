// Client: HTTP/1.1 as a blocking caller, over TCP, TLS or a Unix socket, with connections kept alive.
//
// Thread-safe: each call takes an idle connection or opens one. Answers are read by Beast's parser.
// Errors: http.connect_failed {endpoint, why}, http.tls_failed {what, why}, http.timeout {timeout_ms},
// http.closed {endpoint}, http.answer_malformed {why}, http.answer_too_large {limit_bytes}, http.cancelled.
// A status of 400 or more is an answer, not an error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "net/fd.h"
#include "net/headers.h"

namespace dure::net {

// A Unix socket when unix_path is set, else host and port. With TLS the server's certificate must be valid
// for `host` under ca_file (the system's authorities when empty); cert_file and key_file are the client's
// own.
struct Endpoint {  // NOLINT(clang-analyzer-core.uninitialized.Assign)
  std::string unix_path;
  std::string host;
  std::uint16_t port = 0;
  bool tls = false;
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
};

// "unix:/run/x.sock", "http://127.0.0.1:8080": for messages.
std::string to_text(const Endpoint& endpoint);
// "127.0.0.1:8080", as a Host header says it; "localhost" of a Unix socket.
std::string host_text(const Endpoint& endpoint);
// "http://host:port", "https://host[:port]" and "unix:/path". Errors: http.url_invalid {url}.
base::Result<Endpoint> parse_endpoint(std::string_view url);

struct ClientRequest {
  std::string method = "GET";
  std::string target = "/";  // encoded: "/a%20b?x=1" (net/url.h)
  Headers headers;           // Host and Content-Length are added
  std::string body;
  base::Span timeout =
      base::Span::seconds(30);              // for the whole exchange; of stream(): until the head is there
  std::size_t max_body = 64 * 1024 * 1024;  // bytes of the answer
};

struct ClientResponse {
  int status = 0;
  Headers headers;
  std::string body;
};

// A connection that is the caller's after the head of the answer: for upgrades and Podman's attach.
struct Hijacked {
  int status = 0;
  Headers headers;
  Fd fd;              // blocking
  std::string early;  // what came behind the head
};

class Client {
 public:
  explicit Client(Endpoint endpoint);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // A kept-alive connection that the server had closed before a byte of the answer came is replaced by a new
  // one, once, for GET, HEAD, OPTIONS, PUT and DELETE.
  base::Result<ClientResponse> send(const ClientRequest& request);

  // Always on a connection of its own; not over TLS (http.tls_failed). Any status hands the connection over.
  base::Result<Hijacked> hijack(const ClientRequest& request);

  // Reads a body as it comes (event streams, logs), without limit of time or size. `on_chunk` says whether to
  // go on. Ends well when the body ends or on_chunk returns false; with http.cancelled after cancel(). When
  // on_head returns false the body is not read. Always on a connection of its own.
  using OnHead = std::function<bool(int status, const Headers&)>;
  using OnChunk = std::function<bool(std::string_view)>;
  base::Status stream(const ClientRequest& request, const OnHead& on_head, const OnChunk& on_chunk);

  // Ends every call that is under way, from any thread, with http.cancelled. Later calls work again.
  void cancel();

  const Endpoint& endpoint() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dure::net
