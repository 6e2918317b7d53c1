#include "queue/held.h"

#include <algorithm>
#include <optional>

namespace dure::queue {
namespace {

using placement::Shape;

// What the rows say of that card can be so.
bool consistent(const placement::CardRoom& card) {
  return card.mig ? card.partition.sound() : card.free.value >= 0 && card.free_memory.value >= 0;
}

// The share takes what the shape takes of each of its cards.
bool takes(const placement::PlannedShare& share, const Shape& shape) {
  const bool in_instance = share.mig_start >= 0;
  if (in_instance != (shape.mig > 0)) return false;
  return in_instance ? shape.cards == 1 && share.mig_milli_gpu.value == shape.milli_gpu
                     : share.milli_gpu.value == shape.milli_gpu;
}

bool can_be_given_back(const placement::NodeRoom& node, const placement::Hold& hold, const Shape& shape) {
  return std::all_of(hold.shares.begin(), hold.shares.end(), [&](const placement::PlannedShare& share) {
    const auto card = std::find_if(node.cards.begin(), node.cards.end(),
                                   [&](const placement::CardRoom& each) { return each.id == share.card_id; });
    return card != node.cards.end() && consistent(*card) && takes(share, shape);
  });
}

bool alike(const Shape& a, const Shape& b) {
  return a.cards == b.cards && a.milli_gpu == b.milli_gpu && a.mig == b.mig;
}

}  // namespace

Held held_by(const placement::Cluster& cluster, const std::vector<model::ReplicaId>& replicas) {
  Held held;
  for (const model::ReplicaId& id : replicas) {
    const auto hold = cluster.holds().find(id);
    if (hold == cluster.holds().end()) continue;
    const Shape shape = cluster.shape_of(hold->second);
    const placement::NodeRoom* node = cluster.find(hold->second.node_id);
    const auto spot = cluster.spot_of(hold->second.node_id, hold->second.shares);
    const bool first = held.spots.empty();
    if (!spot || !can_be_given_back(*node, hold->second, shape) || (!first && !alike(shape, held.shape)))
      return {first ? shape : held.shape, {}};
    held.shape = shape;
    held.spots.push_back(*spot);
  }
  return held;
}

bool is_of(const placement::Cluster& cluster, const placement::PlannedReplica& replica, const Shape& shape) {
  if (static_cast<std::int64_t>(replica.shares.size()) != shape.cards) return false;
  if (replica.shares.empty() || replica.shares.front().mig_start < 0) return true;
  return cluster.shape_of({{}, replica.node_id, 0, {}, replica.shares}).mig == shape.mig;
}

}  // namespace dure::queue
