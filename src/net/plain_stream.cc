#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "net/asio_io.h"
#include "net/reactor.h"
#include "net/stream.h"

namespace dure::net {
namespace {

namespace asio = boost::asio;
using Protocol = asio::generic::stream_protocol;

// Asio's buffer sequence over the slices of one write, without an allocation.
class Gather {
 public:
  explicit Gather(std::span<const Slice> slices) : count_(slices.size()) {
    for (std::size_t i = 0; i < count_; ++i)
      buffers_[i] = asio::const_buffer(slices[i].data(), slices[i].size());
  }
  const asio::const_buffer* begin() const { return buffers_.data(); }
  const asio::const_buffer* end() const { return buffers_.data() + count_; }
  using value_type = asio::const_buffer;
  using const_iterator = const asio::const_buffer*;

 private:
  std::array<asio::const_buffer, Stream::kMaxSlices> buffers_;
  std::size_t count_;
};

class PlainStream final : public Stream {
 public:
  PlainStream(Reactor& reactor, Fd fd)
      : reactor_(reactor), socket_(reactor.context(), Protocol(family(fd.get()), 0), fd.get()) {
    fd.release();
    boost::system::error_code ignored;
    socket_.native_non_blocking(true, ignored);
  }

  void read_some(char* to, std::size_t room, IoDone done, void* context) override {
    socket_.async_read_some(asio::buffer(to, room),
                            [self = shared_from_this(), done, context](const auto& error, std::size_t bytes) {
                              done(context, to_io(error, bytes));
                            });
  }

  void write_some(std::span<const Slice> slices, IoDone done, void* context) override {
    socket_.async_write_some(
        Gather(slices), [self = shared_from_this(), done, context](const auto& error, std::size_t bytes) {
          done(context, to_io(error, bytes));
        });
  }

  std::size_t try_write(Slice bytes) override {
    const ssize_t sent =
        ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
  }

  void handshake(IoDone done, void* context) override {
    asio::post(reactor_.context(), [self = shared_from_this(), done, context] { done(context, Io{}); });
  }

  void finish_writing() override {
    boost::system::error_code ignored;
    socket_.shutdown(Protocol::socket::shutdown_send, ignored);
  }

  void cancel() override {
    boost::system::error_code ignored;
    socket_.cancel(ignored);
  }

  void close() override {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

  bool secure() const override { return false; }
  std::string certificate_name() const override { return ""; }

 private:
  static int family(int fd) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    return address.ss_family;
  }

  Reactor& reactor_;
  Protocol::socket socket_;
};

}  // namespace

std::shared_ptr<Stream> plain_stream(Reactor& reactor, Fd fd) {
  return std::make_shared<PlainStream>(reactor, std::move(fd));
}

}  // namespace dure::net
