#include "commands/touched_runs.h"

#include <optional>

namespace dure::commands {
namespace {

model::TouchedRun touched(const model::RunId& run, const Scene& scene, const model::NodeId& node) {
  model::TouchedRun made;
  made.run_id = run;
  made.node_id = node;
  if (const auto found = scene.workloads.find(run); found != scene.workloads.end())
    made.workload_id = found->second;
  return made;
}

// One that should have ended by then counts as one that ends at no known time.
bool runs_into(const queue::Running& run, base::Instant from, base::Instant now) {
  return !run.ends_by || *run.ends_by > from || *run.ends_by <= now;
}

std::set<model::NodeId> nodes_of_run(const Scene& scene, const queue::Running& run) {
  std::set<model::NodeId> nodes;
  for (const auto& replica : run.replica_ids)
    if (const auto hold = scene.cluster.holds().find(replica); hold != scene.cluster.holds().end())
      nodes.insert(hold->second.node_id);
  return nodes;
}

}  // namespace

std::vector<model::TouchedRun> touched_runs(const Scene& scene, const std::set<model::NodeId>& nodes,
                                            base::Instant from, base::Instant until) {
  std::vector<model::TouchedRun> list;
  for (const auto& run : scene.running) {
    if (!runs_into(run, from, scene.now)) continue;
    for (const auto& node : nodes_of_run(scene, run)) {
      if (!nodes.contains(node)) continue;
      auto made = touched(run.run_id, scene, node);
      made.project_id = run.project_id;
      made.account_id = run.account_id;
      made.ends_by = run.ends_by;
      list.push_back(std::move(made));
    }
  }
  for (const auto& entry : scene.entries) {
    if (!entry.promise || entry.promise->start >= until) continue;
    std::optional<base::Instant> ends_by;
    if (entry.time_limit) ends_by = placement::end_of(entry.promise->start, *entry.time_limit);
    if (ends_by && *ends_by <= from) continue;
    std::set<model::NodeId> on;
    for (const auto& replica : entry.promise->replicas) on.insert(replica.node_id);
    for (const auto& node : on) {
      if (!nodes.contains(node)) continue;
      auto made = touched(entry.run_id, scene, node);
      made.project_id = entry.project_id;
      made.account_id = entry.account_id;
      made.touch = model::Touch::kPromised;
      made.starts_at = entry.promise->start;
      made.ends_by = ends_by;
      list.push_back(std::move(made));
    }
  }
  return list;
}

}  // namespace dure::commands
