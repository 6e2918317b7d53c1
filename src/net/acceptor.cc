#include "net/acceptor.h"

#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>

namespace dure::net {

namespace asio = boost::asio;

class Acceptor::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(Reactor& reactor, Fd listener, std::function<void(Fd)> on_accept)
      : reactor_(reactor),
        socket_(reactor.context(), listener.get()),
        timer_(reactor.context()),
        on_accept_(std::move(on_accept)) {
    listener.release();
  }

  void wait() {
    socket_.async_wait(asio::posix::descriptor_base::wait_read,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                         if (!error) self->accept_all();
                       });
  }

  void close() {
    closed_ = true;
    boost::system::error_code ignored;
    socket_.close(ignored);
    timer_.cancel();
  }

  Reactor& reactor_;

 private:
  void accept_all() {
    while (!closed_) {
      Fd fd(::accept4(socket_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (fd) {
        on_accept_(std::move(fd));
      } else if (errno == EAGAIN) {
        return wait();
      } else if (errno != EINTR && errno != ECONNABORTED) {
        return wait_later();
      }
    }
  }

  // Out of descriptors or memory: the connection stays in the kernel's queue; look again when some may be
  // free.
  void wait_later() {
    timer_.expires_after(std::chrono::milliseconds(100));
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (!error && !self->closed_) self->accept_all();
    });
  }

  asio::posix::stream_descriptor socket_;
  asio::steady_timer timer_;
  std::function<void(Fd)> on_accept_;
  bool closed_ = false;
};

Acceptor::Acceptor(Reactor& reactor, Fd listener, std::function<void(Fd)> on_accept)
    : impl_(std::make_shared<Impl>(reactor, std::move(listener), std::move(on_accept))) {
  reactor.post([impl = impl_] { impl->wait(); });
}

Acceptor::~Acceptor() = default;

void Acceptor::close() {
  impl_->reactor_.post([impl = impl_] { impl->close(); });
}

}  // namespace dure::net
