#include "node/workers.h"

namespace dure::node {

Workers::Workers(unsigned threads) {
  for (unsigned n = 0; n < threads; ++n) threads_.emplace_back([this] { serve(); });
}

Workers::~Workers() {
  {
    const std::lock_guard lock(mutex_);
    finishing_ = true;
    queue_.clear();
  }
  there_.notify_all();
  for (auto& thread : threads_) thread.join();
}

bool Workers::run(const std::string& key, std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    if (finishing_ || !busy_.insert(key).second) return false;
    queue_.emplace_back(key, std::move(work));
  }
  there_.notify_one();
  return true;
}

std::set<std::string> Workers::busy() const {
  const std::lock_guard lock(mutex_);
  return busy_;
}

void Workers::serve() {
  std::unique_lock lock(mutex_);
  for (;;) {
    there_.wait(lock, [this] { return finishing_ || !queue_.empty(); });
    if (finishing_) return;
    auto [key, work] = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    work();
    work = nullptr;
    lock.lock();
    busy_.erase(key);
  }
}

}  // namespace dure::node
