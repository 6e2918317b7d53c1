// Inside of placement: whether and how often a request fits a node, under a lens.
#pragma once

#include <cstdint>
#include <optional>

#include "placement/cluster.h"
#include "placement/plan.h"
#include "placement/request.h"

namespace dure::placement {

// How a node is looked at: as it is; with everything in service; or in service and empty.
enum class Lens { kAsIs, kRepaired, kEmpty };

// True where the request asks for its pool and its mode gives cards in the form asked for.
bool in_pool(const NodeRoom& node, const Request& request);
bool form_given(const NodeRoom& node, const Request& request);

bool needs_card(const Request& request);
bool node_serves(const NodeRoom& node, Lens lens);
bool card_serves(const CardRoom& card, Lens lens);

// Free milli-GPU and memory of a card, CPU and memory of a node, under the lens.
base::MilliGpu free_of(const CardRoom& card, Lens lens);
base::Bytes free_memory_of(const CardRoom& card, Lens lens);
std::int64_t free_cpu_of(const NodeRoom& node, Lens lens);
base::Bytes free_memory_of(const NodeRoom& node, Lens lens);

// True where nothing is on the card (kEmpty: always).
bool whole(const CardRoom& card, Lens lens);

// The card is of a model that the request names; one in MIG mode: of which its instance can be made.
bool card_will_do(const CardRoom& card, const Request& request);

// How many of the instance that the request names the card would give, or how many of the blocks of it; 0 of
// a card that is not in MIG mode. At most `upper`.
std::int64_t count_instances(const CardRoom& card, const Request& request, Lens lens, std::int64_t upper);
// The same of that instance. REQUIRES: the card is in MIG mode and of its model.
std::int64_t count_instances(const CardRoom& card, const MigName& name, base::MilliGpu part, Lens lens,
                             std::int64_t upper);

// The most blocks of that instance that the card gives at once, 0 to 100. REQUIRES: likewise.
std::int64_t largest_blocks(const CardRoom& card, const MigName& name);

// Memory that the request takes of that card.
base::Bytes card_memory_of(const CardRoom& card, const Request& request);

// The card would do, whatever the node's CPU and memory. Model, service and room are looked at.
bool card_fits(const CardRoom& card, const Request& request, Lens lens);

bool cpu_fits(const NodeRoom& node, const Request& request, Lens lens);
bool memory_fits(const NodeRoom& node, const Request& request, Lens lens);

// How many cards of one model that will do are whole and in service: of the model with most. One in MIG mode
// with room for the instance that is asked for is such a card, of a model by itself.
std::int64_t whole_cards(const NodeRoom& node, const Request& request, Lens lens);

// The largest request in blocks that the card takes, 0 to 100.
std::int64_t free_blocks(const CardRoom& card, Lens lens);

// How many replicas of the request the node takes beside what is on it; at most 1 where they shall be apart.
// `upper` bounds the answer. REQUIRES: the request contradicts nothing.
std::int64_t count_fitting(const NodeRoom& node, const Request& request, Lens lens, std::int64_t upper);

}  // namespace dure::placement
