// Guests: who was let in, and whether he may still be.
//
// A cookie lasts for hours, and a terminal for days; a lock, a suspension or an ended role does not wait.
// Every few seconds dured is asked about all guests at once, on a thread of this class; the verdict is a mark
// that each of their connections looks at whenever bytes move. Nobody who comes in waits for dured: a ticket
// is its word already, and a cookie that is shown for the first time after a restart of the gateway is asked
// about with the next round. While dured does not answer, its last word counts: its restart drops no terminal
// (docs/decisions/0004). Thread-safe.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/node_link.h"
#include "ports/clock.h"

namespace dure::gateway {

// Shared by all connections of one guest to one place: true once his right has ended. Null: never asked
// about.
using Mark = std::shared_ptr<const std::atomic<bool>>;
inline bool ended(const Mark& mark) {
  return mark && mark->load();
}

class Guests {
 public:
  // The places of those tickets whose bearers may no longer be in. Blocks.
  using Ask = std::function<base::Result<std::vector<std::int64_t>>(const std::vector<model::AccessTicket>&)>;

  // `memory`: how long one who has gone is remembered; as long as his cookie lasts.
  Guests(ports::Clock& clock, Ask ask, base::Span every, base::Span memory);
  ~Guests();
  Guests(const Guests&) = delete;
  Guests& operator=(const Guests&) = delete;

  Mark admit(const model::AccessTicket& ticket);
  // One round, now. A right that came back counts again.
  void look_again();

 private:
  struct Guest {
    model::AccessTicket ticket;
    base::Instant seen_at;
    std::shared_ptr<std::atomic<bool>> mark;
  };
  using Named = std::pair<std::string, Guest>;

  void run();
  void forget_the_gone();  // REQUIRES: the lock
  void judge(const std::vector<Named>& some);

  ports::Clock& clock_;
  const Ask ask_;
  const base::Span every_;
  const base::Span memory_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<std::string, Guest> guests_;  // by who and where
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace dure::gateway
