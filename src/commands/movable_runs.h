// Who is on which card, and which of them may be moved: the rows as placement/consolidate.h wants them.
//
// Movable is a run that runs, has one replica and whose workload says that it is preemptible. Gangs stay: to
// move one replica stops them all. A move loses the work since the run's start; what a checkpoint would keep
// is not known here.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "commands/queue_scene.h"
#include "commands/work.h"
#include "placement/forest.h"
#include "placement/tenants.h"

namespace dure::commands {

// A run that may be moved, and where it is.
struct MovableRun {
  model::Run run;
  model::WorkloadSpec spec;
  placement::Request request;
  model::ReplicaId replica_id;
  placement::Spot spot;
  placement::Shape shape;
};

struct Floor {
  Scene scene;
  placement::Forest board{std::vector<placement::Slot>{}};   // closed and reserved nodes are out of service
  placement::Forest forest{std::vector<placement::Slot>{}};  // and what was not asked for
  placement::Tenants tenants{0};          // of all slots; movable ones by their place in `movable`
  std::vector<MovableRun> movable;        // of what was asked for, where nothing is closed
  std::set<model::ReplicaId> may_move;    // whatever was asked for
  std::vector<placement::Spot> promised;  // to what waits, or is being moved
  std::int64_t runs = 0;                  // that hold something of what was asked for
};

// Only nodes of that pool and cards of that model; "" for any. Nodes for which maintenance is under way or
// planned, or which are reserved for a project now or later, are left alone: nothing moves to them or from
// them.
base::Result<Floor> load_floor(Work& work, const std::string& pool, const std::string& model);

// A digest of these nodes, of their cards and of what is on them, whatever was asked for. The same as long as
// moves among them gain what they were said to.
std::string version_of(Work& work, const Floor& floor, const std::vector<model::NodeId>& nodes);

}  // namespace dure::commands
