// In which order: by priority (higher first), then by the time of queueing, then by id. FIFO is the case
// where nobody changed a priority (F8).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "model/ids.h"
#include "queue/entry.h"

namespace dure::queue {

// True where a stands before b. A strict total order over entries with different ids.
bool before(const Entry& a, const Entry& b);

// Indices into `entries`, first in the queue first.
std::vector<std::size_t> order(const std::vector<Entry>& entries);

// An operator's wish (F13): the entry to that place of the whole queue, 1 being the first. A place beyond
// the end is the end.
struct Move {
  model::RunId run_id;
  std::int64_t position = 1;
};

struct PriorityChange {
  model::RunId run_id;
  std::int64_t was = 0;
  std::int64_t is = 0;
  bool operator==(const PriorityChange&) const = default;
};

struct Shift {
  model::RunId run_id;
  std::int64_t old_position = 0;
  std::int64_t new_position = 0;
  bool operator==(const Shift&) const = default;
};

// What the move would do, before it is done: the priorities to write, and each entry whose place changes, in
// the new order.
struct Preview {
  std::vector<PriorityChange> changes;
  std::vector<Shift> shifts;
  bool operator==(const Preview&) const = default;
};

// kNotFound queue.not_queued where the run does not wait; kInvalid queue.bad_position below 1.
base::Result<Preview> preview(const std::vector<Entry>& entries, const Move& move);

// The same for a new priority of one entry.
base::Result<Preview> preview_priority(const std::vector<Entry>& entries, const model::RunId& run_id,
                                       std::int64_t priority);

}  // namespace dure::queue
