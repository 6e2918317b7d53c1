#include "adapters/sql/turnstile.h"

#include <algorithm>

namespace dure::sql {

bool Turnstile::enter(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  if (free_ > 0) {
    --free_;
    return true;
  }
  Waiter self;
  waiters_.push_back(&self);
  if (self.wake.wait_for(lock, limit, [&] { return self.granted; })) return true;
  waiters_.erase(std::find(waiters_.begin(), waiters_.end(), &self));
  return false;
}

void Turnstile::leave() {
  const std::lock_guard lock(mutex_);
  if (!grant_next()) ++free_;
}

bool Turnstile::pass_on() {
  const std::lock_guard lock(mutex_);
  return grant_next();
}

std::size_t Turnstile::waiting() {
  const std::lock_guard lock(mutex_);
  return waiters_.size();
}

bool Turnstile::grant_next() {
  if (waiters_.empty()) return false;
  Waiter& next = *waiters_.front();
  waiters_.pop_front();
  next.granted = true;
  next.wake.notify_one();
  return true;
}

}  // namespace dure::sql
