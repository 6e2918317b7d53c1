// Whose runs and promises a time in which nodes are closed would touch.
#pragma once

#include <set>
#include <vector>

#include "commands/queue_scene.h"
#include "model/maintenance.h"

namespace dure::commands {

// Runs that hold something of one of the nodes and may still run in [from, until), by the end that the scene
// knows of; and runs that are promised a start there that collides with it. One for each run and node, the
// running ones first, each in the order of the scene.
std::vector<model::TouchedRun> touched_runs(const Scene& scene, const std::set<model::NodeId>& nodes,
                                            base::Instant from, base::Instant until);

}  // namespace dure::commands
