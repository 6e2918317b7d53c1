// Inside net/: Reactor, one I/O thread: Asio's io_context, a coarse clock for deadlines, and the list of what
// lives on it.
//
// Everything that lives on a reactor is used on its thread only; post() and resume() are the ways in from
// others.
#pragma once

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "base/time.h"

namespace boost::asio {
class io_context;
}

namespace dure::net {

class Reactor;

// Something with a deadline that the server must be able to end: a session, a taken-over connection.
class Watched {
 public:
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  explicit Watched(Reactor& reactor);
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

  // The deadline has passed. Called once for each deadline set.
  virtual void expired() = 0;
  // The server stops: `now` = end at once, else finish what is under way.
  virtual void stopping(bool now) = 0;

  Reactor& reactor() const { return reactor_; }

 protected:
  virtual ~Watched();
  void expire_in(base::Span span);
  void never_expire() { deadline_us_ = kNever; }
  // Leaves the reactor for good, before the object's end.
  void detach();

 private:
  friend class Reactor;
  Reactor& reactor_;
  std::int64_t deadline_us_ = kNever;
  bool attached_ = true;
  Watched* previous_ = nullptr;
  Watched* next_ = nullptr;
};

class Reactor {
 public:
  Reactor();
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  void start();
  // Any thread. `call` runs on the reactor's thread.
  void post(std::function<void()> call);
  void resume(std::coroutine_handle<> waiting);
  // Any thread: tells everything that lives here, now and later, that the server stops.
  void stop_all(bool now);
  // Any thread: how many live here.
  std::size_t living() const { return living_.load(); }
  // Ends the thread. REQUIRES: nothing lives here any more.
  void finish();

  // On the reactor's thread.
  bool stopping() const { return stopping_; }
  std::int64_t now_us() const;
  // "Date: …\r\n", made once a second.
  const std::string& date_line();
  boost::asio::io_context& context();

 private:
  friend class Watched;
  struct Parts;

  void add(Watched& watched);
  void remove(Watched& watched);
  void tick();
  void schedule_tick();

  std::unique_ptr<Parts> parts_;
  std::thread thread_;
  Watched* first_ = nullptr;
  Watched* cursor_ = nullptr;  // the next to look at, while a walk over the list is under way
  std::atomic<std::size_t> living_ = 0;
  bool stopping_ = false;
  bool finishing_ = false;
  std::int64_t date_second_ = -1;
  std::string date_line_;
};

// co_await YieldTo(reactor): everything else that is ready on the reactor runs first.
class YieldTo {
 public:
  explicit YieldTo(Reactor& reactor) : reactor_(reactor) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) { reactor_.resume(waiting); }
  void await_resume() const noexcept {}

 private:
  Reactor& reactor_;
};

// One coroutine waits, others on the same thread wake it; a wake before the wait is kept.
class Wake {
 public:
  void notify() {
    if (!waiting_) {
      pending_ = true;
      return;
    }
    std::exchange(waiting_, nullptr).resume();
  }
  bool await_ready() noexcept { return std::exchange(pending_, false); }
  void await_suspend(std::coroutine_handle<> waiting) noexcept { waiting_ = waiting; }
  void await_resume() noexcept {}

 private:
  std::coroutine_handle<> waiting_;
  bool pending_ = false;
};

}  // namespace dure::net
