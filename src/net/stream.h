// Inside net/: Stream, the type-erased socket (TCP or Unix, plain or TLS) that everything else works on, so
// that the templates of Asio and OpenSSL's stream are instantiated in one file each.
//
// All functions are called on the reactor's thread. At most one read and one write at a time. An operation's
// callback is never called from inside the call that starts it. Operations keep the Stream alive.
#pragma once

#include <coroutine>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include "base/result.h"
#include "net/fd.h"
#include "net/tls.h"

namespace dure::net {

class Reactor;

// What became of an operation. At the end of the stream `bytes` is 0 and `end` set.
struct Io {
  std::size_t bytes = 0;
  bool end = false;
  std::error_code error;

  bool ok() const { return !error && !end; }
};

using Slice = std::string_view;
using IoDone = void (*)(void* context, Io result);

class Stream : public std::enable_shared_from_this<Stream> {
 public:
  virtual ~Stream() = default;

  virtual void read_some(char* to, std::size_t room, IoDone done, void* context) = 0;
  // Some bytes of the slices, in their order. REQUIRES: at most kMaxSlices of them.
  static constexpr std::size_t kMaxSlices = 8;
  virtual void write_some(std::span<const Slice> slices, IoDone done, void* context) = 0;
  // Sends at once what the kernel takes, and says how much; 0 where it cannot be known at once.
  virtual std::size_t try_write(Slice bytes) = 0;
  // TLS: the handshake; plain: completes at once.
  virtual void handshake(IoDone done, void* context) = 0;
  // Tells the peer that nothing more comes.
  virtual void finish_writing() = 0;
  // Makes pending operations complete with an error; the stream stays usable.
  virtual void cancel() = 0;
  virtual void close() = 0;
  virtual bool secure() const = 0;
  // Of the peer, after the handshake; "" without one.
  virtual std::string certificate_name() const = 0;

  // The same operations for coroutines.
  class Operation {
   public:
    bool await_ready() const noexcept { return false; }
    Io await_resume() const noexcept { return result_; }

   protected:
    static void complete(void* context, Io result) {
      auto* self = static_cast<Operation*>(context);
      self->result_ = result;
      self->waiting_.resume();
    }
    std::coroutine_handle<> waiting_;
    Io result_;
  };
  class Read : public Operation {
   public:
    Read(Stream& stream, char* to, std::size_t room) : stream_(stream), to_(to), room_(room) {}
    void await_suspend(std::coroutine_handle<> waiting) {
      waiting_ = waiting;
      stream_.read_some(to_, room_, &complete, this);
    }

   private:
    Stream& stream_;
    char* to_;
    std::size_t room_;
  };
  class Write : public Operation {
   public:
    Write(Stream& stream, std::span<const Slice> slices) : stream_(stream), slices_(slices) {}
    void await_suspend(std::coroutine_handle<> waiting) {
      waiting_ = waiting;
      stream_.write_some(slices_, &complete, this);
    }

   private:
    Stream& stream_;
    std::span<const Slice> slices_;
  };
  class Handshake : public Operation {
   public:
    explicit Handshake(Stream& stream) : stream_(stream) {}
    void await_suspend(std::coroutine_handle<> waiting) {
      waiting_ = waiting;
      stream_.handshake(&complete, this);
    }

   private:
    Stream& stream_;
  };

  Read read(char* to, std::size_t room) { return {*this, to, room}; }
  Write write(std::span<const Slice> slices) { return {*this, slices}; }
  Handshake shake_hands() { return Handshake(*this); }
};

// Streams of a connected socket; the descriptor becomes non-blocking.
std::shared_ptr<Stream> plain_stream(Reactor& reactor, Fd fd);
// As the server, with its context.
std::shared_ptr<Stream> tls_server_stream(Reactor& reactor, Fd fd, const TlsContext& context);
// As a client; takes ownership of the session (tls.h, client_session).
std::shared_ptr<Stream> tls_client_stream(Reactor& reactor, Fd fd, ssl_st* session);

}  // namespace dure::net
