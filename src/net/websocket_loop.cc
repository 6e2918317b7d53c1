#include "net/websocket_loop.h"

namespace dure::net {
namespace {

class Loop {
 public:
  Loop(std::shared_ptr<WebSocketState> state, WebSocketLink& link, Reactor& reactor, Pool& pool)
      : state_(std::move(state)), socket_(state_), link_(link), reactor_(reactor), pool_(pool) {}

  Task<void> run() {
    if (state_->options.on_open) co_await call([this] { state_->options.on_open(socket_); });
    spawn(write_messages());
    const int code = co_await read_messages();
    state_->end();
    link_.abort();
    state_->wake.notify();
    while (writing_) co_await writer_ended_;
    if (state_->options.on_close) co_await call([this, code] { state_->options.on_close(socket_, code); });
  }

  Task<void> fail() {
    if (state_->end() && state_->options.on_close)
      co_await call([this] { state_->options.on_close(socket_, 1006); });
  }

 private:
  // Runs a callback where the options want it; false when it threw.
  template <class Call>
  Task<bool> call(Call callback) {
    bool fine = true;
    const auto guarded = [&fine, &callback]() noexcept {
      try {
        callback();
      } catch (...) {
        fine = false;
      }
    };
    if (state_->options.callbacks_on_pool)
      co_await PoolCall(pool_, reactor_, false, guarded);
    else
      guarded();
    co_return fine;
  }

  Task<int> read_messages() {
    std::string bytes;
    bool text = false;
    while (true) {
      const auto done = co_await WebSocketLink::when(
          [&](WebSocketLink::OnDone on_done, void* context) { link_.read(bytes, text, on_done, context); });
      if (!done.ok) co_return done.code;
      const bool fine = co_await call([&] { state_->options.on_message(socket_, bytes, text); });
      if (!fine) state_->close(1011, "");  // RFC 6455, 7.4.1: an unexpected condition
    }
  }

  Task<void> write_messages() {
    writing_ = true;
    bool go_on = true;
    while (go_on) {
      OutMessage message;
      switch (state_->take(message)) {
        case WebSocketState::Next::kNothing:
          co_await state_->wake;
          break;
        case WebSocketState::Next::kMessage:
          go_on = co_await write(message);
          break;
        case WebSocketState::Next::kClose:
          co_await close();
          go_on = false;
          break;
        case WebSocketState::Next::kBroken:
          go_on = false;
          break;
      }
    }
    link_.abort();
    writing_ = false;
    writer_ended_.notify();
  }

  Task<bool> write(const OutMessage& message) {
    const auto done = co_await WebSocketLink::when([&](WebSocketLink::OnDone on_done, void* context) {
      link_.write(message.text, message.bytes, on_done, context);
    });
    co_return done.ok;
  }

  Task<void> close() {
    const std::string reason = state_->close_reason();
    co_await WebSocketLink::when([&](WebSocketLink::OnDone on_done, void* context) {
      link_.close(state_->close_code(), reason, on_done, context);
    });
  }

  std::shared_ptr<WebSocketState> state_;
  WebSocket socket_;
  WebSocketLink& link_;
  Reactor& reactor_;
  Pool& pool_;
  Wake writer_ended_;
  bool writing_ = false;
};

// A link that is never used, for a Loop that only reports.
class NoLink final : public WebSocketLink {
 public:
  void accept(const Request&, const Headers&, OnDone, void*) override {}
  void connect(const std::string&, const std::string&, const Headers&, OnDone, void*) override {}
  const Headers& headers() const override { return headers_; }
  void read(std::string&, bool&, OnDone, void*) override {}
  void write(bool, std::string_view, OnDone, void*) override {}
  void close(int, const std::string&, OnDone, void*) override {}
  void abort() override {}

 private:
  Headers headers_;
};

}  // namespace

Task<void> run_websocket(std::shared_ptr<WebSocketState> state, WebSocketLink& link, Reactor& reactor,
                         Pool& pool) {
  Loop loop(std::move(state), link, reactor, pool);
  co_await loop.run();
}

Task<void> fail_websocket(std::shared_ptr<WebSocketState> state, Reactor& reactor, Pool& pool) {
  NoLink link;
  Loop loop(std::move(state), link, reactor, pool);
  co_await loop.fail();
}

}  // namespace dure::net
