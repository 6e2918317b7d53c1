// place(): which card. possible(): whether ever.
//
// Rules, in this order:
//   1. what can never be met is refused as such, with what would fit (possible());
//   2. a replica goes where it strands least (stranded.h); equals go by node (name, id); within the node a
//      part goes to the card with least left, whole cards to the first with nothing on them (index, id): the
//      same cluster and request always give the same plan, whatever the order of the rows;
//   3. what wants no card goes to machines without cards, where one has room;
//   4. all replicas of a gang or none, and in the smallest domain that has room for them: a node, an NVLink
//      island, an InfiniBand leaf, the pool (gang.h).
//
// Reasons (api/reasons/placement.json). Not now: placement.node_unavailable (it would fit if what is out of
// service were back), gang_incomplete, no_cpu, no_memory, no_capacity, fragmented (enough blocks, not on one
// card), no_cards, fragmented_cards, no_card_memory. Not ever: placement.contradictory, unknown_pool,
// pool_not_open, unknown_model, model_not_in_pool, blocks_out_of_range, too_many_cards, too_much_card_memory,
// too_much_cpu, too_much_memory, too_much_together, too_many_replicas, too_many_apart. Not allowed:
// placement.blocks_only, whole_cards_only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "placement/cluster.h"
#include "placement/plan.h"
#include "placement/request.h"

namespace dure::placement {

Answer place(const Cluster& cluster, const Request& request);

// Nothing where the request would fit an empty cluster with all nodes and cards in service; else why never
// (kNotEver) or why not in this pool (kNotAllowed). Does not depend on what runs now.
std::optional<Refusal> possible(const Cluster& cluster, const Request& request);

// The models that the cluster has, in a pool ("": any that is nobody's), sorted.
std::vector<std::string> models(const Cluster& cluster, const std::string& pool);

// Memory of the largest card of a model; 0 where there is none.
base::Bytes largest_card_memory(const Cluster& cluster, const std::string& model);

}  // namespace dure::placement
