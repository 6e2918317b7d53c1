// Inside net/: WebSocketLink, Beast's WebSocket over a Stream, type-erased: one file instantiates it.
//
// Used on the reactor's thread. At most one read and one of write/close at a time. An operation's callback is
// never called from inside the call that starts it.
#pragma once

#include <coroutine>
#include <memory>
#include <string>
#include <string_view>

#include "base/time.h"
#include "net/request.h"
#include "net/stream.h"

namespace dure::net {

struct WebSocketLimits {
  std::size_t max_message = 0;
  base::Span silence_limit;
  base::Span handshake = base::Span::seconds(30);
};

class WebSocketLink {
 public:
  // What became of an operation: `code` is the peer's close code where it closed, else 1006.
  struct Done {
    bool ok = false;
    int code = 1006;
    int status = 0;  // of a refused handshake, 0 where there was no answer
  };
  using OnDone = void (*)(void* context, Done done);

  // `early`: what was read of the stream already.
  static std::unique_ptr<WebSocketLink> make(Reactor& reactor, std::shared_ptr<Stream> stream,
                                             std::string early, const WebSocketLimits& limits);
  virtual ~WebSocketLink() = default;

  // As the server: answers the upgrade that `request` is, with these headers.
  virtual void accept(const Request& request, const Headers& headers, OnDone done, void* context) = 0;
  // As a client. Afterwards headers() are those of the answer.
  virtual void connect(const std::string& host, const std::string& target, const Headers& headers,
                       OnDone done, void* context) = 0;
  virtual const Headers& headers() const = 0;
  // The next message into `bytes`; `text` tells its kind.
  virtual void read(std::string& bytes, bool& text, OnDone done, void* context) = 0;
  // REQUIRES: `bytes` lives until it is done.
  virtual void write(bool text, std::string_view bytes, OnDone done, void* context) = 0;
  virtual void close(int code, const std::string& reason, OnDone done, void* context) = 0;
  // Ends the connection; what is pending fails.
  virtual void abort() = 0;

  // co_await link.when([&](auto done, void* context) { link.read(bytes, text, done, context); })
  template <class Start>
  class Operation {
   public:
    explicit Operation(Start start) : start_(std::move(start)) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
      waiting_ = waiting;
      start_(&complete, static_cast<void*>(this));
    }
    Done await_resume() const noexcept { return result_; }

   private:
    static void complete(void* context, Done result) {
      auto* self = static_cast<Operation*>(context);
      self->result_ = result;
      self->waiting_.resume();
    }
    Start start_;
    std::coroutine_handle<> waiting_;
    Done result_;
  };
  template <class Start>
  static Operation<Start> when(Start start) {
    return Operation<Start>(std::move(start));
  }
};

}  // namespace dure::net
