#include "net/connection.h"

#include <sys/socket.h>

#include "net/errors.h"
#include "net/link.h"

namespace dure::net {

Connection::Connection() = default;
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;
Connection::Connection(std::unique_ptr<Link> link) : link_(std::move(link)) {}

std::string_view Connection::early() const {
  return link_->early;
}

std::string Connection::take_early() {
  return std::exchange(link_->early, {});
}

const std::string& Connection::peer() const {
  return link_->peer;
}

void Connection::read(OnRead done) {
  link_->read(std::move(done));
}

void Connection::write(std::string bytes, OnWrite done) {
  link_->write(std::move(bytes), std::move(done));
}

void Connection::finish_writing() {
  if (link_->stream()) link_->stream()->finish_writing();
}

void Connection::close() {
  if (link_ && link_->stream()) link_->stream()->close();
}

void Connection::post(std::function<void()> call) {
  link_->reactor().post(std::move(call));
}

base::Result<Connection> Connection::adopt_beside(Fd fd) const {
  int type = 0;
  socklen_t size = sizeof type;
  if (::getsockopt(fd.get(), SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM)
    return connect_failed("fd", "not a stream socket");
  if (!link_->stream()) return connection_closed(link_->peer);
  Reactor& reactor = link_->reactor();
  auto stream = plain_stream(reactor, std::move(fd));
  return Connection(std::make_unique<Link>(reactor, std::move(stream), "adopted", "", Seat()));
}

std::unique_ptr<Link> Connection::release() {
  return std::move(link_);
}

}  // namespace dure::net
