// Held: what a run holds on the board, as it may be given back there in thought.
//
// The rows are trusted to be what they are, not to be consistent (cluster.h). A board clamps what contradicts
// itself: a card that is held more than once over has nothing free, and would have more than there is of it
// once each of its holders had left. So a run on such a card has no spots here, and ends at no known time.
// Pure.
#pragma once

#include <vector>

#include "model/ids.h"
#include "placement/cluster.h"

namespace dure::queue {

struct Held {
  placement::Shape shape;              // of each replica
  std::vector<placement::Spot> spots;  // of those that hold something
};

// Of these replicas. No spots where a card is gone, is oversubscribed, or its instances overlap; or where the
// replicas, or the shares of one, do not all take the same of a card, which a gang of one shape does.
Held held_by(const placement::Cluster& cluster, const std::vector<model::ReplicaId>& replicas);

// Whether a planned replica takes its cards, or its instance, as one of that shape does: what was planned
// for another request cannot be counted as this one's.
bool is_of(const placement::Cluster& cluster, const placement::PlannedReplica& replica,
           const placement::Shape& shape);

}  // namespace dure::queue
