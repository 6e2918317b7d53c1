#include "net/websocket_link.h"

#include <array>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <utility>

#include "net/reactor.h"

namespace dure::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using boost::beast::error_code;

std::chrono::milliseconds to_chrono(base::Span span) {
  return std::chrono::milliseconds(span.in_ms());
}

// A Stream as the AsyncStream that Beast's templates want.
class BeastStream {
 public:
  using executor_type = asio::io_context::executor_type;

  BeastStream(Reactor& reactor, std::shared_ptr<Stream> stream, std::string early)
      : reactor_(&reactor), stream_(std::move(stream)), early_(std::move(early)) {}

  executor_type get_executor() const noexcept { return reactor_->context().get_executor(); }
  Stream& stream() { return *stream_; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this, buffers](auto handler) { this->start_read(buffers, std::move(handler)); }, token);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this, buffers](auto handler) { this->start_write(buffers, std::move(handler)); }, token);
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
      if (io.end) error = asio::error::eof;
      handler(error, io.bytes);
    }
  };

  template <class Buffers>
  static asio::mutable_buffer first_of(const Buffers& buffers) {
    for (auto it = asio::buffer_sequence_begin(buffers); it != asio::buffer_sequence_end(buffers); ++it) {
      const asio::mutable_buffer buffer = *it;
      if (buffer.size() > 0) return buffer;
    }
    return {};
  }

  template <class Buffers, class Handler>
  void start_read(const Buffers& buffers, Handler handler) {
    const asio::mutable_buffer room = first_of(buffers);
    if (!early_.empty() || room.size() == 0) {
      const std::size_t size = asio::buffer_copy(room, asio::buffer(early_));
      early_.erase(0, size);
      asio::post(get_executor(), [handler = std::move(handler), size]() mutable {
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
    for (auto it = asio::buffer_sequence_begin(buffers);
         it != asio::buffer_sequence_end(buffers) && count < slices.size(); ++it) {
      const asio::const_buffer buffer = *it;
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
  asio::post(stream.get_executor(),
             [handler = std::forward<Handler>(handler)]() mutable { handler(boost::system::error_code()); });
}
inline void beast_close_socket(BeastStream& stream) {
  stream.stream().close();
}

class BeastLink final : public WebSocketLink, public std::enable_shared_from_this<BeastLink> {
 public:
  BeastLink(Reactor& reactor, std::shared_ptr<Stream> stream, std::string early,
            const WebSocketLimits& limits)
      : socket_(reactor, std::move(stream), std::move(early)) {
    websocket::stream_base::timeout timeout{};
    timeout.handshake_timeout = to_chrono(limits.handshake);
    timeout.idle_timeout = to_chrono(limits.silence_limit);
    timeout.keep_alive_pings = true;
    socket_.set_option(timeout);
    socket_.read_message_max(limits.max_message);
    socket_.auto_fragment(false);
  }

  void accept(const Request& request, const Headers& headers, OnDone done, void* context) override {
    upgrade_.method_string(request.method);
    upgrade_.target(request.target);
    upgrade_.version(static_cast<unsigned>(request.version));
    for (const Field& field : request.headers) upgrade_.insert(field.name, field.value);
    decorate_with<websocket::response_type>(headers);
    socket_.async_accept(upgrade_, [self = shared_from_this(), done, context](const error_code& error) {
      done(context, self->result(error));
    });
  }

  void connect(const std::string& host, const std::string& target, const Headers& headers, OnDone done,
               void* context) override {
    decorate_with<websocket::request_type>(headers);
    socket_.async_handshake(answer_, host, target,
                            [self = shared_from_this(), done, context](const error_code& error) {
                              Done what = self->result(error);
                              what.status = static_cast<int>(self->answer_.result_int());
                              self->keep_headers();
                              done(context, what);
                            });
  }

  const Headers& headers() const override { return headers_; }

  void read(std::string& bytes, bool& text, OnDone done, void* context) override {
    const auto whole = [self = shared_from_this(), &bytes, &text, done, context](const error_code& error,
                                                                                 std::size_t) {
      if (!error) {
        bytes = beast::buffers_to_string(self->incoming_.data());
        text = self->socket_.got_text();
        self->incoming_.consume(self->incoming_.size());
        self->incoming_.shrink_to_fit();
      }
      done(context, self->result(error));
    };
    socket_.async_read(incoming_, whole);
  }

  void write(bool text, std::string_view bytes, OnDone done, void* context) override {
    socket_.text(text);
    socket_.async_write(asio::buffer(bytes.data(), bytes.size()),
                        [self = shared_from_this(), done, context](const error_code& error, std::size_t) {
                          done(context, self->result(error));
                        });
  }

  void close(int code, const std::string& reason, OnDone done, void* context) override {
    const websocket::close_reason why(static_cast<websocket::close_code>(code),
                                      {reason.data(), reason.size()});
    socket_.async_close(why, [self = shared_from_this(), done, context](const error_code& error) {
      done(context, self->result(error));
    });
  }

  void abort() override { socket_.next_layer().stream().close(); }

 private:
  // Beast copies the decorator, so what it adds is shared.
  template <class Message>
  void decorate_with(const Headers& headers) {
    socket_.set_option(websocket::stream_base::decorator([headers](Message& message) {
      for (const Field& field : headers) message.set(field.name, field.value);
    }));
  }

  Done result(const error_code& error) const {
    Done done;
    done.ok = !error;
    const auto code = static_cast<int>(socket_.reason().code);
    if (error == websocket::error::closed && code != 0) done.code = code;
    if (error == websocket::error::closed && code == 0) done.code = 1005;
    if (error == websocket::error::message_too_big) done.code = 1009;
    return done;
  }

  void keep_headers() {
    for (const auto& field : answer_)
      headers_.add(std::string(field.name_string()), std::string(field.value()));
  }

  websocket::stream<BeastStream, false> socket_;
  beast::flat_buffer incoming_;
  http::request<http::empty_body> upgrade_;
  websocket::response_type answer_;
  Headers headers_;
};

// Pending operations keep the inner link alive; this is what its user owns.
class OwnedLink final : public WebSocketLink {
 public:
  explicit OwnedLink(std::shared_ptr<BeastLink> inner) : inner_(std::move(inner)) {}
  ~OwnedLink() override { inner_->abort(); }

  void accept(const Request& request, const Headers& headers, OnDone done, void* context) override {
    inner_->accept(request, headers, done, context);
  }
  void connect(const std::string& host, const std::string& target, const Headers& headers, OnDone done,
               void* context) override {
    inner_->connect(host, target, headers, done, context);
  }
  const Headers& headers() const override { return inner_->headers(); }
  void read(std::string& bytes, bool& text, OnDone done, void* context) override {
    inner_->read(bytes, text, done, context);
  }
  void write(bool text, std::string_view bytes, OnDone done, void* context) override {
    inner_->write(text, bytes, done, context);
  }
  void close(int code, const std::string& reason, OnDone done, void* context) override {
    inner_->close(code, reason, done, context);
  }
  void abort() override { inner_->abort(); }

 private:
  std::shared_ptr<BeastLink> inner_;
};

}  // namespace

std::unique_ptr<WebSocketLink> WebSocketLink::make(Reactor& reactor, std::shared_ptr<Stream> stream,
                                                   std::string early, const WebSocketLimits& limits) {
  return std::make_unique<OwnedLink>(
      std::make_shared<BeastLink>(reactor, std::move(stream), std::move(early), limits));
}

}  // namespace dure::net
