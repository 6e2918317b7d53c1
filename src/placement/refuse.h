// Inside of placement: the one reason why a request that could fit does not fit now.
#pragma once

#include "placement/cluster.h"
#include "placement/plan.h"
#include "placement/request.h"

namespace dure::placement {

// REQUIRES: possible(cluster, request) has no objection, and no plan was found.
Refusal refuse_now(const Cluster& cluster, const Request& request);

}  // namespace dure::placement
