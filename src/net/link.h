// Inside net/: Link, what a Connection owns: a stream, what was read of it already, and its place on a
// reactor.
#pragma once

#include <memory>
#include <string>

#include "net/connection.h"
#include "net/core.h"
#include "net/reactor.h"
#include "net/stream.h"

namespace dure::net {

class Link final : public Watched {
 public:
  Link(Reactor& reactor, std::shared_ptr<Stream> stream, std::string peer, std::string early, Seat seat);
  ~Link() override;

  void read(Connection::OnRead done);
  void write(std::string bytes, Connection::OnWrite done);
  // nullptr after the server has stopped.
  const std::shared_ptr<Stream>& stream() const { return stream_; }

  const std::string peer;
  std::string early;
  Seat seat;

 private:
  void expired() override {}
  void stopping(bool now) override;

  std::shared_ptr<Stream> stream_;
};

}  // namespace dure::net
