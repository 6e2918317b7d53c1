// Inside of placement: the one reason why a request that could fit does not fit now.
#pragma once

#include <optional>

#include "base/reason.h"
#include "placement/cluster.h"
#include "placement/plan.h"
#include "placement/request.h"

namespace dure::placement {

// What contradicts itself, or is too many to count, whatever the cluster has: never.
std::optional<Refusal> contradiction(const Request& request);

// REQUIRES: possible(cluster, request) has no objection, and no plan was found.
Refusal refuse_now(const Cluster& cluster, const Request& request);

// The same of an instance that cards in MIG mode could hold (mig.h). Looks at every node. REQUIRES: as above,
// and there are such cards.
Refusal refuse_instance(const Cluster& cluster, const Request& request);

// Of a gang so many of whose replicas fit now.
base::Reason incomplete_gang(const Request& request, std::int64_t fit);

}  // namespace dure::placement
