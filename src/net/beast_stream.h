// Inside net/, for websocket_link.cc only: a Stream as the AsyncStream that Beast's templates want.
#pragma once

#include <array>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <memory>
#include <string>
#include <utility>

#include "net/reactor.h"
#include "net/stream.h"

namespace dure::net {

class BeastStream {
 public:
  using executor_type = boost::asio::io_context::executor_type;

  BeastStream(Reactor& reactor, std::shared_ptr<Stream> stream, std::string early)
      : reactor_(&reactor), stream_(std::move(stream)), early_(std::move(early)) {}

  executor_type get_executor() const noexcept { return reactor_->context().get_executor(); }
  Stream& stream() { return *stream_; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this, buffers](auto handler) { start_read(buffers, std::move(handler)); }, token);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this, buffers](auto handler) { start_write(buffers, std::move(handler)); }, token);
  }

 private:
  template <class Handler>
  struct Waiting {
    Handler handler;
    static void complete(void* context, Io io) {
      std::unique_ptr<Waiting> self(static_cast<Waiting*>(context));
      Handler handler = std::move(self->handler);
      self.reset();
      boost::system::error_code error = io.error;
      if (io.end) error = boost::asio::error::eof;
      handler(error, io.bytes);
    }
  };

  template <class Buffers>
  static boost::asio::mutable_buffer first_of(const Buffers& buffers) {
    for (auto it = boost::asio::buffer_sequence_begin(buffers);
         it != boost::asio::buffer_sequence_end(buffers); ++it) {
      const boost::asio::mutable_buffer buffer = *it;
      if (buffer.size() > 0) return buffer;
    }
    return {};
  }

  template <class Buffers, class Handler>
  void start_read(const Buffers& buffers, Handler handler) {
    const boost::asio::mutable_buffer room = first_of(buffers);
    if (!early_.empty() || room.size() == 0) {
      const std::size_t size = boost::asio::buffer_copy(room, boost::asio::buffer(early_));
      early_.erase(0, size);
      boost::asio::post(get_executor(), [handler = std::move(handler), size]() mutable {
        handler(boost::system::error_code(), size);
      });
      return;
    }
    auto* waiting = new Waiting<Handler>{std::move(handler)};
    stream_->read_some(static_cast<char*>(room.data()), room.size(), &Waiting<Handler>::complete, waiting);
  }

  template <class Buffers, class Handler>
  void start_write(const Buffers& buffers, Handler handler) {
    std::array<Slice, Stream::kMaxSlices> slices;
    std::size_t count = 0;
    for (auto it = boost::asio::buffer_sequence_begin(buffers);
         it != boost::asio::buffer_sequence_end(buffers) && count < slices.size(); ++it) {
      const boost::asio::const_buffer buffer = *it;
      if (buffer.size() > 0) slices[count++] = Slice(static_cast<const char*>(buffer.data()), buffer.size());
    }
    auto* waiting = new Waiting<Handler>{std::move(handler)};
    stream_->write_some({slices.data(), count}, &Waiting<Handler>::complete, waiting);
  }

  Reactor* reactor_;
  std::shared_ptr<Stream> stream_;
  std::string early_;
};

// What Beast calls to end a connection: after the closing handshake, and when a timeout has struck.
template <class Handler>
void async_teardown(boost::beast::role_type, BeastStream& stream, Handler&& handler) {
  stream.stream().finish_writing();
  boost::asio::post(stream.get_executor(), [handler = std::forward<Handler>(handler)]() mutable {
    handler(boost::system::error_code());
  });
}
inline void beast_close_socket(BeastStream& stream) {
  stream.stream().close();
}

}  // namespace dure::net
