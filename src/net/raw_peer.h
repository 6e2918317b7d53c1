// For tests of net/: a server on a free port, and a peer that speaks bytes rather than HTTP.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "net/client.h"
#include "net/server.h"

namespace dure::net {

inline std::unique_ptr<Server> start_server(ServerOptions options) {
  if (options.listen.empty()) options.listen = {Listen::tcp("127.0.0.1", 0)};
  auto server = Server::start(std::move(options));
  EXPECT_TRUE(server.ok()) << (server.ok() ? "" : server.failure().reason.code);
  return std::move(*server);
}

inline std::unique_ptr<Server> start_server(Handler handler) {
  ServerOptions options;
  options.handler = std::move(handler);
  return start_server(std::move(options));
}

inline Endpoint endpoint_of(const Server& server, std::size_t listener = 0) {
  Endpoint endpoint;
  endpoint.host = "127.0.0.1";
  endpoint.port = server.port(listener);
  return endpoint;
}

inline bool wait_until(const std::function<bool()>& true_now, base::Span limit = base::Span::seconds(5)) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(limit.us);
  while (!true_now()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

class RawPeer {
 public:
  explicit RawPeer(const Server& server) {
    auto fd = connect_tcp("127.0.0.1", server.port(), base::Span::seconds(5));
    EXPECT_TRUE(fd.ok());
    fd_ = std::move(*fd);
  }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // Some bytes; "" at the end or when none came in time.
  std::string receive(int timeout_ms = 5000) {
    pollfd wait{fd_.get(), POLLIN, 0};
    if (::poll(&wait, 1, timeout_ms) <= 0) return "";
    std::string bytes(65536, '\0');
    const ssize_t got = ::recv(fd_.get(), bytes.data(), bytes.size(), 0);
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
  }

  std::string receive_until(const std::string& mark, int timeout_ms = 5000) {
    std::string all;
    while (all.find(mark) == std::string::npos) {
      const std::string some = receive(timeout_ms);
      if (some.empty()) break;
      all += some;
    }
    return all;
  }

  std::string receive_all(int timeout_ms = 5000) {
    std::string all;
    for (std::string some = receive(timeout_ms); !some.empty(); some = receive(timeout_ms)) all += some;
    return all;
  }

  // True when the server has closed: an end or a reset.
  bool closed_within(int timeout_ms) {
    pollfd wait{fd_.get(), POLLIN, 0};
    if (::poll(&wait, 1, timeout_ms) <= 0) return false;
    char byte = 0;
    return ::recv(fd_.get(), &byte, 1, 0) <= 0;
  }

  Fd& fd() { return fd_; }

 private:
  Fd fd_;
};

inline std::size_t count(const std::string& text, const std::string& piece) {
  std::size_t found = 0;
  for (std::size_t at = text.find(piece); at != std::string::npos; at = text.find(piece, at + 1)) ++found;
  return found;
}

}  // namespace dure::net
