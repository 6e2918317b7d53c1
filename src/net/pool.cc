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
  const std::lock_guard lock(mutex_);
  // A thread that is free takes it, whatever the limit of those that wait.
  if (queued_.load() >= limit_ + idle_) return false;
  push(job);
  return true;
}

void Pool::submit(Job& job) {
  const std::lock_guard lock(mutex_);
  push(job);
}

void Pool::push(Job& job) {
  job.next_ = nullptr;
  (first_ == nullptr ? first_ : last_->next_) = &job;
  last_ = &job;
  ++queued_;
  wake_one();
}

// One thread wakes the next while there is work, so that a burst of short jobs does not wake all of them.
void Pool::wake_one() {
  if (idle_ == 0 || waking_) return;
  waking_ = true;
  work_there_.notify_one();
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
  if (first_ != nullptr) wake_one();
  return job;
}

void Pool::work() {
  std::unique_lock lock(mutex_);
  while (Job* job = wait_for_job(lock)) {
    lock.unlock();
    job->run();
    lock.lock();
  }
}

}  // namespace dure::net
