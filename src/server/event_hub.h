// Event streams: who listens, what he may see, and how far he is.
//
// pump() sends each listener the events after his position that his scope lets in, in their order. Every
// dured pumps by its own clock, and at once when its own sealer rings: events that another replica sealed
// come too. A listener is asked for again, as the edge would ask for his token, before anything is sent and
// at least each second: log-out, lock, a revoked token and an ended grant end or narrow his stream. One who
// reads slowly gets the rest later; one who takes nothing for half a minute, or is gone, is dropped and
// resumes by position. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "access/authorize.h"
#include "commands/work.h"
#include "net/push.h"

namespace dure::server {

class EventHub {
 public:
  explicit EventHub(commands::World& world) : world_(world) {}
  ~EventHub();
  EventHub(const EventHub&) = delete;
  EventHub& operator=(const EventHub&) = delete;

  // A stream of the events after `position`, as far as the caller may see them. `token_hash`: of the token
  // that he came with.
  net::Push subscribe(const commands::Caller& caller, std::string token_hash, std::int64_t position);

  // Sends what is new to everybody. Blocks on the store.
  void pump();

  // Pumps each `period`, and when rung, on a thread of its own, until this ends.
  void start(base::Span period);
  void ring();

  std::size_t listener_count() const;

 private:
  struct Listener {
    commands::Caller caller;
    std::string token_hash;
    net::Push push;
    std::int64_t position = 0;
    base::Instant checked_at;
    std::optional<base::Instant> full_since;  // no room for him since
  };
  enum class Standing { kWelcome, kGone, kUnknown };  // kUnknown: the store is away for a moment

  void turn();
  // Both: false when the listener is to be dropped.
  bool serve(Listener& listener, std::int64_t last);
  bool send_new(Listener& listener, std::int64_t last);
  bool wait_for_room(Listener& listener);
  Standing look_again(Listener& listener);

  commands::World& world_;
  std::mutex pumping_;  // one pump at a time
  mutable std::mutex mutex_;
  std::list<Listener> listeners_;  // guarded by mutex_; those that are being served are with pump()
  std::size_t serving_ = 0;        // guarded by mutex_
  std::condition_variable bell_;
  bool rung_ = false;      // guarded by mutex_
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
  base::Span period_;
};

}  // namespace dure::server
