// When a node is closed to what waits: maintenance (P26), and the time that is reserved for a project (A9).
//
// Nothing is started that would run into it by its time limit. What has no limit would run into whatever is
// planned, however far ahead: it heeds a closure from `endless_from` on only, and may thus still run when the
// node closes. Nothing is stopped.
#pragma once

#include <vector>

#include "base/time.h"
#include "model/ids.h"
#include "placement/timeline.h"

namespace dure::queue {

// [from, until); one without length closes nothing.
struct Closed {
  enum class Why { kMaintenance, kReserved };
  model::NodeId node_id;
  base::Instant from;
  base::Instant until;
  base::Instant endless_from;  // what has no time limit heeds it from then on
  Why why = Why::kMaintenance;
  bool operator==(const Closed&) const = default;
};

// Nodes that are a project's in [from, until): closed to all others from the first (reserved.h).
struct Reserved {
  std::vector<model::NodeId> nodes;
  model::ProjectId project_id;
  base::Instant from;
  base::Instant until;
  bool operator==(const Reserved&) const = default;
};

inline placement::Heed heed_of(const Closed& closed, base::Instant now) {
  return now < closed.endless_from ? placement::Heed::kWhatEnds : placement::Heed::kAll;
}

}  // namespace dure::queue
