// Inside net/: what the copies of a Push and the connection behind them share.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "net/push.h"
#include "net/reactor.h"

namespace dure::net {

struct PushState : std::enable_shared_from_this<PushState> {
  explicit PushState(Push::Options push_options) : options(std::move(push_options)) {}

  // The producers' side; any thread.
  bool write(std::string_view bytes);
  bool write_wait(std::string_view bytes, base::Span timeout);
  void finish();  // no more bytes; what is queued still goes out
  bool closed();
  void on_close(std::function<void()> call);

  // The connection's side; its reactor's thread.
  // `drop` is called on the reactor's thread when the reader is too slow.
  void attach(Reactor& reactor, std::function<void()> drop);
  // What is queued; `last` when nothing more will come; `broken` when it was too much.
  std::string take(bool& last, bool& broken);
  // The connection is done with it, for whatever reason.
  void end();

  const Push::Options options;
  Wake wake;  // the connection waits for bytes; its reactor's thread only

 private:
  void notify();  // REQUIRES: the lock
  void arrive();  // what notify() brings about, on the reactor's thread
  void run_on_close(std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable room_;
  std::string queued_;
  Reactor* reactor_ = nullptr;
  std::function<void()> drop_;  // the reactor's thread only
  std::function<void()> on_close_;
  bool notified_ = false;
  bool finished_ = false;
  bool broken_ = false;
  bool ended_ = false;
};

}  // namespace dure::net
