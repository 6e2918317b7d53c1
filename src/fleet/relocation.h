// Relocation: a run is stopped so that its next attempt starts on cards that are kept for it.
//
// It stops as any run does; the cards stand in its `promised_on` from then on, and nobody else is given them
// (queue/decide.h). When its end is known its workload has a next attempt (run_state.h) with the promise of
// those cards at once, at its old place in the queue. Who is stopped by its user meanwhile, or whose
// allocation ends, has none.
#pragma once

#include <vector>

#include "fleet/run_state.h"
#include "model/workload.h"

namespace dure::fleet {

// Why a run ended that was relocated: "placement.moved".
bool relocated(const model::Run& run);

// REQUIRES: the run is running; the replicas are its own; the cards name each of them.
RunStep relocate(const model::Run& run, const std::vector<model::Replica>& replicas,
                 std::vector<model::PromisedCard> to, base::Instant now);

}  // namespace dure::fleet
