// Inside net/: Pool, the bounded pool of threads on which what may block runs.
//
// A Job is owned by whoever submits it and must live until it has run. Queueing allocates nothing.
#pragma once

#include <atomic>
#include <condition_variable>
#include <coroutine>
#include <cstddef>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "net/reactor.h"

namespace dure::net {

class Job {
 public:
  Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  virtual ~Job() = default;
  virtual void run() noexcept = 0;

 private:
  friend class Pool;
  Job* next_ = nullptr;
};

class Pool {
 public:
  Pool(unsigned threads, std::size_t queue_limit);
  // Waits for what runs and is queued.
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // False when the queue is full.
  bool try_submit(Job& job);
  // Over the limit too: for work of which each connection has at most one.
  void submit(Job& job);
  std::size_t queued() const { return queued_.load(); }

 private:
  void push(Job& job, std::unique_lock<std::mutex>& lock);
  Job* wait_for_job(std::unique_lock<std::mutex>& lock);
  void unlock_and_wake(std::unique_lock<std::mutex>& lock);
  void work();

  std::size_t limit_;
  std::mutex mutex_;
  std::condition_variable work_there_;
  Job* first_ = nullptr;
  Job* last_ = nullptr;
  std::atomic<std::size_t> queued_ = 0;
  std::size_t idle_ = 0;
  bool waking_ = false;  // a thread was woken and has not looked at the queue yet
  bool finishing_ = false;
  std::vector<std::thread> threads_;
};

// For a coroutine: runs the call on the pool and comes back to its reactor. With `bounded` the answer is
// false when the queue is full; the call has then not run. REQUIRES: the call does not throw.
template <class Call>
class PoolCall final : Job {
 public:
  PoolCall(Pool& pool, Reactor& reactor, bool bounded, Call call)
      : pool_(pool), reactor_(reactor), bounded_(bounded), call_(std::move(call)) {}

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> waiting) {
    waiting_ = waiting;
    // Once submitted this object belongs to the pool's thread: nothing of it may be touched here.
    if (!bounded_) {
      pool_.submit(*this);
      return true;
    }
    if (pool_.try_submit(*this)) return true;
    refused_ = true;
    return false;
  }
  bool await_resume() const noexcept { return !refused_; }

 private:
  void run() noexcept override {
    call_();
    reactor_.resume(waiting_);
  }

  Pool& pool_;
  Reactor& reactor_;
  bool bounded_;
  bool refused_ = false;
  Call call_;
  std::coroutine_handle<> waiting_;
};

}  // namespace dure::net
