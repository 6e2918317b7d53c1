// What the scheduler is asked to run: plain values in numbers. Times and sizes are trusted; whoever reads
// them from outside checks them (admit.h).
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>

#include "base/time.h"
#include "placement/board.h"
#include "placement/horizon.h"
#include "queue/entry.h"

namespace dure::queue {

using Handle = std::uint32_t;  // of an entry, until it has ended; may then name another one

struct Job {
  std::size_t owner = 0;  // a leaf of the tree of owners
  // Another node whose ceilings count, with all above it but the root, as those of an allocation; 0: none.
  // Where one of them has a guarantee, that is the job's tenant (take_back.cc).
  std::size_t also = 0;
  std::int64_t priority = 0;
  base::Instant queued_at;
  base::Instant not_before;  // a retry that pauses
  bool held = false;         // by its user or an operator
  placement::Shape shape;    // of one replica
  std::int64_t replicas = 1;
  bool apart = false;  // each replica on a machine of its own
  base::Span time_limit = placement::kForever;
  Amount amount;             // over all replicas
  bool preemptible = false;  // may be stopped where it holds what its tenant borrows
};

// Of a run that goes on already when a scheduler begins.
struct Past {
  base::Instant began;
  std::optional<base::Instant> checkpoint;  // what it has done until then is not lost by a stop
  bool stopping = false;                    // it has been told to stop, and ends when that says
};

// Under which the horizon knows a run, and a promise.
inline placement::Horizon::Key run_key(Handle entry) {
  return 2ULL * entry + 1;
}
inline placement::Horizon::Key promise_key(Handle entry) {
  return 2ULL * entry;
}

// First come, first served within a priority.
struct Order {
  std::int64_t priority = 0;
  base::Instant queued_at;
  std::uint64_t serial = 0;  // of the submission
  Handle entry = 0;

  auto key() const { return std::tuple(-priority, queued_at, serial); }
  bool operator<(const Order& other) const { return key() < other.key(); }
};

}  // namespace dure::queue
