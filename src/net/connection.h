// Connection: one raw connection (TCP, Unix or TLS) that lives on an I/O thread of a running Server.
//
// A handler gets one by a Takeover (net/message.h); Server::adopt makes one of a descriptor. It is owned by
// whoever holds it; destroying it closes it. Reads and writes are asynchronous: one read and one write at a
// time, the callbacks come on the connection's I/O thread and must not block. A Connection must be used on
// its I/O thread only: inside `take`, inside its own callbacks, or by `post`. When the server stops, the
// connection is closed and what is pending fails.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/fd.h"

namespace dure::net {

class Link;

class Connection {
 public:
  using OnRead = std::function<void(base::Result<std::string>)>;
  using OnWrite = std::function<void(base::Status)>;

  Connection();
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  explicit operator bool() const { return link_ != nullptr; }

  // What was read behind the head before the takeover; it comes first on the next read, or by take_early.
  std::string_view early() const;
  std::string take_early();
  const std::string& peer() const;

  // The next bytes (at most 64 KiB); "" when the peer has finished writing.
  void read(OnRead done);
  // All of the bytes.
  void write(std::string bytes, OnWrite done);
  // Half-close: nothing more will be written.
  void finish_writing();
  // Ends it at once; pending operations fail with http.closed.
  void close();

  // Runs `call` on the I/O thread. May be called from any thread while the server runs.
  void post(std::function<void()> call);

  // A connection of the descriptor on the same I/O thread as this one. Fails for what is no stream socket.
  base::Result<Connection> adopt_beside(Fd fd) const;

  // Inside net/.
  explicit Connection(std::unique_ptr<Link> link);
  Link* link() const { return link_.get(); }
  std::unique_ptr<Link> release();

 private:
  std::unique_ptr<Link> link_;
};

}  // namespace dure::net
