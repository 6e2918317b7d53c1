// Ticker: calls a few functions every so often, on a thread of its own: for deadlines and for readers that
// were told to wait. The functions must not block. Thread-safe.
#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

#include "base/time.h"

namespace dure::gateway {

class Ticker {
 public:
  explicit Ticker(base::Span every);
  ~Ticker();
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

  // Calls `tick` until it returns false.
  void add(std::function<bool()> tick);
  // No call runs or will run when this returns.
  void stop();

 private:
  void run();

  const base::Span every_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::list<std::function<bool()>> ticks_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace dure::gateway
