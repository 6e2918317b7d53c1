// Sessions that several threads share, one thread at a time each: at most so many, made when they are needed.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "adapters/sql/session.h"
#include "adapters/sql/turnstile.h"
#include "base/result.h"

namespace dure::sql {

// Thread-safe. Made: a class derived from Session.
template <class Made>
class SessionPool {
 public:
  using Make = std::function<base::Result<std::unique_ptr<Made>>()>;

  // `limit`: how long take() waits for a session.
  SessionPool(std::size_t places, std::chrono::milliseconds limit, Make make)
      : places_(places), limit_(limit), make_(std::move(make)) {}

  // An idle session, or a new one. Fails with "store.busy", or as making one does.
  base::Result<std::unique_ptr<Made>> take() {
    if (!places_.enter(limit_)) return base::error(base::ErrorKind::kUnavailable, base::Reason("store.busy"));
    if (auto idle = pop()) return idle;
    return make_in_place();
  }

  // Instead of a session that turned out to be dead, whose place is kept: a new one.
  base::Result<std::unique_ptr<Made>> replace(std::unique_ptr<Made> dead) {
    dead.reset();
    return make_in_place();
  }

  // Gives a session back; nullptr for one that is not to be used again.
  void give(std::unique_ptr<Made> session) {
    if (session) {
      const std::lock_guard lock(mutex_);
      idle_.push_back(std::move(session));
    }
    places_.leave();
  }

 private:
  std::unique_ptr<Made> pop() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return nullptr;
    auto last = std::move(idle_.back());  // the one used last: its pages are warm
    idle_.pop_back();
    return last;
  }

  base::Result<std::unique_ptr<Made>> make_in_place() {
    auto made = make_();
    if (!made.ok()) places_.leave();
    return made;
  }

  Turnstile places_;
  std::chrono::milliseconds limit_;
  Make make_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Made>> idle_;
};

}  // namespace dure::sql
