#include "net/pool.h"

#include "base/result.h"

namespace dure::net {

Pool::Pool(unsigned threads, std::size_t queue_limit) : limit_(queue_limit) {
  DURE_ASSERT(threads > 0);
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

Pool::~Pool() {
  {
    const std::lock_guard lock(mutex_);
    finishing_ = true;
  }
  work_there_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool Pool::try_submit(Job& job) {
  std::unique_lock lock(mutex_);
  // A thread that is free takes it, whatever the limit of those that wait.
  if (queued_.load() >= limit_ + idle_) return false;
  push(job, lock);
  return true;
}

void Pool::submit(Job& job) {
  std::unique_lock lock(mutex_);
  push(job, lock);
}

void Pool::push(Job& job, std::unique_lock<std::mutex>& lock) {
  job.next_ = nullptr;
  (first_ == nullptr ? first_ : last_->next_) = &job;
  last_ = &job;
  ++queued_;
  unlock_and_wake(lock);
}

// One thread wakes the next while there is work, so that a burst of short jobs does not wake all of them. It
// is told without the lock, which it wants at once.
void Pool::unlock_and_wake(std::unique_lock<std::mutex>& lock) {
  const bool wake = first_ != nullptr && idle_ > 0 && !waking_;
  waking_ = waking_ || wake;
  lock.unlock();
  if (wake) work_there_.notify_one();
}

// nullptr at the end.
Job* Pool::wait_for_job(std::unique_lock<std::mutex>& lock) {
  while (first_ == nullptr && !finishing_) {
    ++idle_;
    work_there_.wait(lock);
    --idle_;
    waking_ = false;
  }
  if (first_ == nullptr) return nullptr;
  Job* job = first_;
  first_ = job->next_;
  --queued_;
  return job;
}

void Pool::work() {
  std::unique_lock lock(mutex_);
  while (Job* job = wait_for_job(lock)) {
    unlock_and_wake(lock);
    job->run();
    lock.lock();
  }
}

}  // namespace dure::net
