// Gang: where equal replicas that start together go, all or none.
//
// What the replicas of a gang tell each other passes through the widest domain (topology.h) that they span.
// So a gang goes into one of the narrowest domains that have room for all of it: of those of one level into
// the one that has room for the fewest more, that the larger ones stay whole for larger gangs (best fit);
// among equals into the first. At last it may go anywhere in its pool. Within the domain each replica goes by
// the rule of the forest, beside those before it.
//
// All its cards are of one model, even where several would do: collective operations go at the pace of the
// slowest. Each of the models is tried at each level. Only where no model alone has room in the whole pool
// are models mixed, in the narrowest domain again: whoever names several has said that they will do, and
// possible(), reclaim() and the promises of the queue count on all of them.
//
// The answer is exact: there is one wherever all replicas fit at once (count.h says why a count is enough).
// It costs a look at all slots, and one more for each model where the shape may have several: at 10,000
// machines 0.2 ms, and 0.8 ms for any of four models.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "placement/board.h"
#include "placement/forest.h"
#include "placement/topology.h"

namespace dure::placement {

inline constexpr std::int64_t kMostOfGang = std::int64_t{1} << 31;  // replicas

// A spot for each replica; `apart`: no two on one machine. The forest is used to try them on and is left as
// it was. REQUIRES: 1 <= replicas <= kMostOfGang; the topology is of the forest's board, and no machine is
// partly in a domain.
std::optional<std::vector<Spot>> place_gang(Forest& forest, const Topology& topology, const Shape& shape,
                                            std::int64_t replicas, bool apart);

}  // namespace dure::placement
