#include "net/session.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "net/push_state.h"

namespace dure::net {
namespace {

constexpr std::size_t kFirstBuffer = 4 * 1024;
constexpr std::size_t kBodyBuffer = 64 * 1024;
// After an answer that the peer does not wait for, this much of what it still sends is read and thrown away.
constexpr std::size_t kLingerBytes = 1024 * 1024;
// Pipelined requests that are answered at once never wait; after so many the others on this thread have a
// turn.
constexpr unsigned kTurn = 32;
constexpr base::Span kLingerTime = base::Span::seconds(2);

}  // namespace

Task<void> serve(std::shared_ptr<Core> core, Reactor& reactor, std::shared_ptr<Stream> stream, Peer peer,
                 Seat seat) {
  Session session(std::move(core), reactor, std::move(stream), std::move(peer), std::move(seat));
  co_await session.run();
}

Session::Session(std::shared_ptr<Core> core, Reactor& reactor, std::shared_ptr<Stream> stream, Peer peer,
                 Seat seat)
    : Watched(reactor),
      core_(std::move(core)),
      stream_(std::move(stream)),
      peer_(std::move(peer)),
      seat_(std::move(seat)),
      parser_(core_->limits),
      buffer_(kFirstBuffer) {}

Task<void> Session::run() {
  bool go_on = !reactor().stopping();
  if (go_on) go_on = co_await shake_hands();
  for (unsigned served = 1; go_on && !reactor().stopping(); ++served) {
    if (served % kTurn == 0) co_await YieldTo(reactor());
    parser_.reset();
    go_on = co_await read_request();
    if (!go_on) break;
    Request request = parser_.take();
    fill(request);
    go_on = co_await answer(request);
  }
  if (stream_) co_await end();
}

Task<bool> Session::shake_hands() {
  if (!stream_->secure()) co_return true;
  phase_ = Phase::kReading;
  expire_in(core_->options.head_timeout);
  const Io io = co_await stream_->shake_hands();
  if (io.ok()) certificate_name_ = stream_->certificate_name();
  co_return io.ok();
}

// One whole request into the parser; false when the connection ends instead.
Task<bool> Session::read_request() {
  phase_ = Phase::kIdle;
  expire_in(core_->options.idle_timeout);
  while (true) {
    const bool body_began = feed();
    switch (parser_.state()) {
      case RequestParser::State::kDone:
        never_expire();
        co_return true;
      case RequestParser::State::kFailed:
        co_await refuse(parser_.failure());
        co_return false;
      case RequestParser::State::kHead:
        break;
      case RequestParser::State::kBody:
        if (!body_began) break;
        if (const bool begun = co_await begin_body(); !begun) co_return false;
        continue;
    }
    const bool more = co_await read_more();
    if (!more) co_return false;
  }
}

// Gives the parser what is there; true when that completed a head whose body follows.
bool Session::feed() {
  const bool in_head = parser_.state() == RequestParser::State::kHead;
  if (begin_ != end_) {
    if (phase_ == Phase::kIdle) {
      phase_ = Phase::kReading;
      expire_in(core_->options.head_timeout);
    }
    const std::size_t used = parser_.feed({buffer_.data() + begin_, end_ - begin_});
    begin_ += used;
    if (!in_head) body_bytes_ += used;
    if (begin_ == end_) begin_ = end_ = 0;
  }
  const bool in_body = parser_.state() == RequestParser::State::kBody;
  if (in_body && !in_head) set_body_deadline();
  return in_head && in_body;
}

Task<bool> Session::begin_body() {
  body_began_us_ = reactor().now_us();
  body_bytes_ = 0;
  set_body_deadline();
  if (!parser_.expects_continue() || begin_ != end_) co_return true;
  co_return co_await write_all("HTTP/1.1 100 Continue\r\n\r\n");
}

// A body may take its grace and one second for each so many bytes, so that one byte now and then is not
// enough.
void Session::set_body_deadline() {
  const ServerOptions& options = core_->options;
  const auto earned =
      static_cast<std::int64_t>(body_bytes_ / std::max<std::size_t>(1, options.min_bytes_per_second));
  const std::int64_t until = body_began_us_ + options.body_timeout.us + base::Span::seconds(earned).us;
  expire_in({until - reactor().now_us()});
}

Task<bool> Session::read_more() {
  make_room();
  const Io io = co_await stream_->read(buffer_.data() + end_, buffer_.size() - end_);
  if (io.ok()) {
    end_ += io.bytes;
    co_return true;
  }
  if (timed_out_ && phase_ != Phase::kIdle) {
    timed_out_ = false;
    // A name of its own: g++ 12 destroys a braced temporary inside co_await twice.
    ParseFailure slow;
    slow.status = 408;
    slow.reason = base::Reason("http.slow_request");
    co_await refuse(std::move(slow));
  }
  co_return false;
}

void Session::make_room() {
  const bool body = parser_.state() == RequestParser::State::kBody;
  if (body && buffer_.size() < kBodyBuffer) buffer_.resize(kBodyBuffer);
  if (end_ < buffer_.size()) return;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  } else {
    buffer_.resize(buffer_.size() * 2);  // the parser bounds what stays unused
  }
}

void Session::fill(Request& request) const {
  request.peer = peer_.text;
  request.credentials = peer_.credentials;
  request.listener = peer_.listener;
  request.secure = stream_->secure();
  request.certificate_name = certificate_name_;
}

Task<bool> Session::answer(Request& request) {
  phase_ = Phase::kHandling;
  Response response;
  const bool here = core_->options.inline_if && core_->options.inline_if(request);
  bool handled = true;
  if (here)
    response = core_->handle(request);
  else
    handled = co_await PoolCall(core_->pool, reactor(), true,
                                [&]() noexcept { response = core_->handle(request); });
  if (!handled) {
    ++core_->refused_busy;
    response = core_->problem(503, base::Reason("http.busy").with("retry_after_s", std::int64_t{1}));
    response.headers.set("Retry-After", "1");
  }
  ++core_->requests;
  const bool keep =
      parser_.keep_alive() && !reactor().stopping() && !response.headers.has_token("Connection", "close");
  co_return co_await respond(request, response, keep);
}

Task<void> Session::refuse(ParseFailure failure) {
  ++core_->malformed;
  Response response = core_->problem(failure.status, failure.reason);
  linger_ = true;
  const Request nothing;
  co_await respond(nothing, response, false);
}

Task<void> Session::end() {
  phase_ = Phase::kWriting;
  if (linger_ || stream_->secure()) stream_->finish_writing();
  if (linger_) co_await discard_input();
  stream_->close();
}

// Closing with unread input would reset the connection, and the peer might lose our answer.
Task<void> Session::discard_input() {
  expire_in(kLingerTime);
  std::size_t total = 0;
  while (total < kLingerBytes) {
    const Io io = co_await stream_->read(buffer_.data(), buffer_.size());
    if (!io.ok()) break;
    total += io.bytes;
  }
}

void Session::expired() {
  if (phase_ == Phase::kPushing) {
    keep_alive_due_ = true;
    push_->wake.notify();
    return;
  }
  timed_out_ = true;
  stream_->cancel();
}

// Waking the pusher may end this very session, so it comes last.
void Session::stopping(bool now) {
  if (!stream_) return;
  if (web_socket_) web_socket_->close(1001, "");
  if (now) stream_->close();
  if (phase_ == Phase::kIdle && !now) stream_->cancel();
  if (push_ == nullptr) return;
  if (now) reader_gone_ = true;
  PushState& push = *push_;
  push.finish();
  push.wake.notify();
}

}  // namespace dure::net
