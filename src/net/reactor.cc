#include "net/reactor.h"

#include <pthread.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <ctime>
#include <optional>

#include "base/result.h"

namespace dure::net {
namespace {

namespace asio = boost::asio;

// How late a deadline may be noticed.
constexpr auto kTick = std::chrono::milliseconds(100);

// A signal for the process must not land on an I/O thread and end a system call there.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

struct Reactor::Parts {
  asio::io_context context{1};
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work;
  asio::steady_timer timer{context};
};

Watched::Watched(Reactor& reactor) : reactor_(reactor) {
  reactor_.add(*this);
}

Watched::~Watched() {
  detach();
}

void Watched::detach() {
  if (std::exchange(attached_, false)) reactor_.remove(*this);
}

void Watched::expire_in(base::Span span) {
  deadline_us_ = reactor_.now_us() + span.us;
}

Reactor::Reactor() : parts_(std::make_unique<Parts>()) {}

Reactor::~Reactor() {
  if (thread_.joinable()) finish();
}

void Reactor::start() {
  parts_->work.emplace(parts_->context.get_executor());
  schedule_tick();
  thread_ = std::thread([this] {
    block_signals();
    parts_->context.run();
  });
}

void Reactor::post(std::function<void()> call) {
  asio::post(parts_->context, std::move(call));
}

void Reactor::resume(std::coroutine_handle<> waiting) {
  asio::post(parts_->context, [waiting] { waiting.resume(); });
}

void Reactor::stop_all(bool now) {
  post([this, now] {
    stopping_ = true;
    for (Watched* at = first_; at != nullptr; at = cursor_) {
      cursor_ = at->next_;
      at->stopping(now);
    }
  });
}

void Reactor::finish() {
  // What is pending still completes: everything was closed, so the thread runs dry by itself.
  post([this] {
    finishing_ = true;
    stopping_ = true;
    parts_->work.reset();
    parts_->timer.cancel();
  });
  thread_.join();
}

std::int64_t Reactor::now_us() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

const std::string& Reactor::date_line() {
  const std::time_t now = std::time(nullptr);
  if (now != date_second_) {
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    char text[64];
    const std::size_t size = std::strftime(text, sizeof text, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
    date_line_.assign(text, size);
    date_second_ = now;
  }
  return date_line_;
}

boost::asio::io_context& Reactor::context() {
  return parts_->context;
}

void Reactor::add(Watched& watched) {
  watched.next_ = first_;
  if (first_ != nullptr) first_->previous_ = &watched;
  first_ = &watched;
  ++living_;
}

void Reactor::remove(Watched& watched) {
  if (cursor_ == &watched) cursor_ = watched.next_;
  (watched.previous_ == nullptr ? first_ : watched.previous_->next_) = watched.next_;
  if (watched.next_ != nullptr) watched.next_->previous_ = watched.previous_;
  --living_;
}

void Reactor::tick() {
  const std::int64_t now = now_us();
  for (Watched* at = first_; at != nullptr; at = cursor_) {
    cursor_ = at->next_;
    if (at->deadline_us_ > now) continue;
    at->deadline_us_ = Watched::kNever;
    at->expired();
  }
  schedule_tick();
}

void Reactor::schedule_tick() {
  parts_->timer.expires_after(kTick);
  parts_->timer.async_wait([this](const boost::system::error_code& error) {
    if (!error && !finishing_) tick();
  });
}

}  // namespace dure::net
