// A number of places, given out in the order of asking, with a limit on the wait.
//
// With one place it is a fair lock whose holder may pass it on to whoever waits, or learn that nobody does.
// Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>

namespace dure::sql {

class Turnstile {
 public:
  explicit Turnstile(std::size_t places) : free_(places) {}

  // False where no place came free within the limit.
  bool enter(std::chrono::milliseconds limit);
  void leave();
  // Gives the caller's place to the longest waiter and returns true; false, and the place is kept, where
  // nobody waits.
  bool pass_on();
  // How many wait at this moment.
  std::size_t waiting();

 private:
  struct Waiter {
    std::condition_variable wake;
    bool granted = false;
  };
  bool grant_next();  // REQUIRES: mutex_ is held

  std::mutex mutex_;
  std::deque<Waiter*> waiters_;
  std::size_t free_;
};

}  // namespace dure::sql
