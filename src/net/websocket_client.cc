#include "net/websocket_client.h"

#include <condition_variable>
#include <deque>
#include <mutex>

#include "net/deadline.h"
#include "net/errors.h"
#include "net/pool.h"
#include "net/reactor.h"
#include "net/stream.h"
#include "net/task.h"
#include "net/tls.h"
#include "net/websocket_link.h"
#include "net/websocket_loop.h"
#include "net/websocket_state.h"

namespace dure::net {
namespace {

constexpr base::Span kFarewell = base::Span::seconds(2);

// What has come in and what became of the connection, between its thread and the caller's.
class Inbox {
 public:
  explicit Inbox(std::size_t limit) : limit_(limit) {}

  // Waits while the caller has too much unread, which holds the server back.
  void put(std::string_view bytes, bool text) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return bytes_ < limit_ || leaving_; });
    if (leaving_) return;
    bytes_ += bytes.size() + 1;
    messages_.push_back({text, std::string(bytes)});
    changed_.notify_all();
  }

  base::Result<WebSocketMessage> get(base::Span timeout, const std::string& endpoint) {
    const Deadline deadline = Deadline::after(timeout);
    std::unique_lock lock(mutex_);
    const bool some = changed_.wait_until(lock, deadline.at(), [&] { return !messages_.empty() || ended_; });
    if (!some) return timed_out(timeout);
    if (messages_.empty()) return connection_closed(endpoint);
    WebSocketMessage message = std::move(messages_.front());
    messages_.pop_front();
    bytes_ -= message.bytes.size() + 1;
    changed_.notify_all();
    return message;
  }

  void opened(const WebSocketLink::Done& done) {
    const std::lock_guard lock(mutex_);
    opened_ = done;
    changed_.notify_all();
  }
  WebSocketLink::Done wait_opened() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return opened_.has_value(); });
    return *opened_;
  }

  void ended(int code) {
    const std::lock_guard lock(mutex_);
    code_ = code;
    ended_ = true;
    changed_.notify_all();
  }
  bool wait_ended(base::Span timeout) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, Deadline::after(timeout).at(), [&] { return ended_; });
  }
  std::optional<int> code() const {
    const std::lock_guard lock(mutex_);
    return ended_ ? std::optional<int>(code_) : std::nullopt;
  }
  void leave() {
    const std::lock_guard lock(mutex_);
    leaving_ = true;
    changed_.notify_all();
  }

 private:
  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<WebSocketMessage> messages_;
  std::size_t bytes_ = 0;
  std::optional<WebSocketLink::Done> opened_;
  int code_ = 1006;
  bool ended_ = false;
  bool leaving_ = false;
};

// The connection on its reactor, from the TLS handshake to its end.
class Life final : public Watched {
 public:
  Life(Reactor& reactor, std::shared_ptr<Stream> stream, Pool& pool, Inbox& inbox,
       std::shared_ptr<WebSocketState> state)
      : Watched(reactor), stream_(std::move(stream)), pool_(pool), inbox_(inbox), state_(std::move(state)) {}

  Task<void> run(std::string host, std::string target, Headers headers, WebSocketLimits limits) {
    const auto link = WebSocketLink::make(reactor(), stream_, "", limits);
    const WebSocketLink::Done opened = co_await open(*link, host, target, headers, limits);
    if (opened.ok)
      state_->attach(
          reactor(), [&link] { link->abort(); }, std::string(link->headers().get("Sec-WebSocket-Protocol")));
    inbox_.opened(opened);
    if (opened.ok) co_await run_websocket(state_, *link, reactor(), pool_);
    stream_->close();
  }

 private:
  Task<WebSocketLink::Done> open(WebSocketLink& link, const std::string& host, const std::string& target,
                                 const Headers& headers, const WebSocketLimits& limits) {
    if (stream_->secure()) {
      expire_in(limits.handshake);
      const Io io = co_await stream_->shake_hands();
      never_expire();
      if (!io.ok()) co_return WebSocketLink::Done{false, 1015, 0};
    }
    co_return co_await WebSocketLink::when([&](WebSocketLink::OnDone on_done, void* context) {
      link.connect(host, target, headers, on_done, context);
    });
  }

  void expired() override { stream_->cancel(); }
  void stopping(bool) override { stream_->close(); }

  std::shared_ptr<Stream> stream_;
  Pool& pool_;
  Inbox& inbox_;
  std::shared_ptr<WebSocketState> state_;
};

Task<void> live(std::unique_ptr<Life> life, std::string host, std::string target, Headers headers,
                WebSocketLimits limits) {
  co_await life->run(std::move(host), std::move(target), std::move(headers), limits);
}

}  // namespace

class WebSocketClient::Impl {
 public:
  Impl(Endpoint endpoint, WebSocketClientOptions options)
      : endpoint_(std::move(endpoint)), options_(std::move(options)), inbox_(options_.buffer_limit) {
    WebSocket::Options callbacks;
    callbacks.on_message = [this](const WebSocket&, std::string_view bytes, bool text) {
      inbox_.put(bytes, text);
    };
    callbacks.on_close = [this](const WebSocket&, int code) { inbox_.ended(code); };
    callbacks.buffer_limit = options_.buffer_limit;
    state_ = std::make_shared<WebSocketState>(std::move(callbacks));
    reactor_.start();
  }

  ~Impl() {
    inbox_.leave();
    state_->close(1000, "");
    if (open_) inbox_.wait_ended(kFarewell);
    reactor_.stop_all(true);
    while (reactor_.living() > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    reactor_.finish();
  }

  base::Status connect(const std::string& target) {
    DURE_LET(fd, endpoint_.unix_path.empty() ? connect_tcp(endpoint_.host, endpoint_.port, options_.timeout)
                                             : connect_unix(endpoint_.unix_path, options_.timeout));
    ssl_st* session = nullptr;
    if (endpoint_.tls) {
      DURE_LET(context, client_tls(endpoint_));
      DURE_LET(made, client_session(context, endpoint_.host));
      session = made;
    }
    start(std::move(fd), session, target);
    const WebSocketLink::Done done = inbox_.wait_opened();
    open_ = done.ok;
    if (done.ok) return {};
    if (done.code == 1015) return tls_failed("handshake", to_text(endpoint_));
    if (done.status != 0)
      return base::error(base::ErrorKind::kUnavailable,
                         base::Reason("http.websocket_refused").with("status", std::int64_t{done.status}));
    return connection_closed(to_text(endpoint_));
  }

  base::Status send(bool text, std::string_view bytes) {
    if (state_->send(text, bytes)) return {};
    return connection_closed(to_text(endpoint_));
  }

  const Endpoint endpoint_;
  const WebSocketClientOptions options_;
  Inbox inbox_;
  std::shared_ptr<WebSocketState> state_;
  std::string subprotocol_;

 private:
  void start(Fd fd, ssl_st* session, const std::string& target) {
    Headers headers = options_.headers;
    if (!options_.subprotocol.empty()) headers.set("Sec-WebSocket-Protocol", options_.subprotocol);
    const WebSocketLimits limits{options_.max_message, options_.silence_limit, options_.timeout};
    reactor_.post([this, fd = std::make_shared<Fd>(std::move(fd)), session, target, headers, limits] {
      auto stream = session == nullptr ? plain_stream(reactor_, std::move(*fd))
                                       : tls_client_stream(reactor_, std::move(*fd), session);
      auto life = std::make_unique<Life>(reactor_, std::move(stream), pool_, inbox_, state_);
      spawn(live(std::move(life), host_text(endpoint_), target, headers, limits));
    });
  }

  bool open_ = false;
  Reactor reactor_;
  Pool pool_{1, 1};
};

base::Result<std::unique_ptr<WebSocketClient>> WebSocketClient::connect(const Endpoint& endpoint,
                                                                        const std::string& target,
                                                                        WebSocketClientOptions options) {
  auto impl = std::make_unique<Impl>(endpoint, std::move(options));
  DURE_TRY(impl->connect(target));
  impl->subprotocol_ = impl->state_->subprotocol();
  return std::unique_ptr<WebSocketClient>(new WebSocketClient(std::move(impl)));
}

WebSocketClient::WebSocketClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
WebSocketClient::~WebSocketClient() = default;

base::Status WebSocketClient::send_text(std::string_view text) {
  return impl_->send(true, text);
}

base::Status WebSocketClient::send_binary(std::string_view bytes) {
  return impl_->send(false, bytes);
}

base::Result<WebSocketMessage> WebSocketClient::receive(base::Span timeout) {
  return impl_->inbox_.get(timeout, to_text(impl_->endpoint_));
}

void WebSocketClient::close(int code) {
  impl_->state_->close(code, "");
}

std::optional<int> WebSocketClient::close_code() const {
  return impl_->inbox_.code();
}

const std::string& WebSocketClient::subprotocol() const {
  return impl_->subprotocol_;
}

}  // namespace dure::net
