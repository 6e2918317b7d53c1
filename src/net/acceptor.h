// Inside net/: listening sockets, and Acceptor, which waits for their connections on a reactor.
#pragma once

#include <functional>
#include <memory>

#include "base/result.h"
#include "net/fd.h"
#include "net/reactor.h"
#include "net/server.h"

namespace dure::net {

// A bound, listening, non-blocking socket. A Unix socket that nobody listens on any more is replaced.
// Errors: http.listen_failed {endpoint, why}.
base::Result<Fd> open_listener(const Listen& where);
// The port that the socket is bound to, 0 for a Unix socket.
std::uint16_t bound_port(const Fd& listener);
std::string to_text(const Listen& where);

class Acceptor {
 public:
  // Calls `on_accept` on the reactor's thread for each connection until close().
  Acceptor(Reactor& reactor, Fd listener, std::function<void(Fd)> on_accept);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  // Any thread; connections that are just being accepted may still come.
  void close();

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace dure::net
