// Event streams: who listens, what he may see, and how far he is.
//
// The sealer's loop calls pump() after each round; it sends each listener the events after his position that
// his scope lets in, in their order. A listener that is too slow or gone is dropped; he resumes by position.
// Thread-safe.
#pragma once

#include <cstdint>
#include <list>
#include <mutex>

#include "access/authorize.h"
#include "commands/work.h"
#include "net/push.h"

namespace dure::server {

class EventHub {
 public:
  explicit EventHub(commands::World& world) : world_(world) {}

  // A stream of the events after `position`, as far as the caller may see them.
  net::Push subscribe(const commands::Caller& caller, std::int64_t position);

  // Sends what is new to everybody. Blocks on the store.
  void pump();

 private:
  struct Listener {
    commands::Caller caller;
    net::Push push;
    std::int64_t position = 0;
  };

  // False when the listener is to be dropped.
  bool send_new(Listener& listener);

  commands::World& world_;
  std::mutex mutex_;
  std::list<Listener> listeners_;  // guarded by mutex_
};

}  // namespace dure::server
