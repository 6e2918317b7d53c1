#include "gateway/ticker.h"

#include <chrono>

namespace dure::gateway {

Ticker::Ticker(base::Span every) : every_(every), thread_([this] { run(); }) {}

Ticker::~Ticker() {
  stop();
}

void Ticker::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  const std::lock_guard lock(mutex_);
  ticks_.clear();
}

void Ticker::add(std::function<bool()> tick) {
  const std::lock_guard lock(mutex_);
  if (!stopping_) ticks_.push_back(std::move(tick));
}

void Ticker::run() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, std::chrono::microseconds(every_.us), [this] { return stopping_; })) {
    std::list<std::function<bool()>> now;
    now.swap(ticks_);
    lock.unlock();
    for (auto tick = now.begin(); tick != now.end();) tick = (*tick)() ? std::next(tick) : now.erase(tick);
    lock.lock();
    ticks_.splice(ticks_.begin(), now);
  }
}

}  // namespace dure::gateway
