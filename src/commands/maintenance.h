// Maintenance windows: planned, begun and ended by the clock, cancelled (P26).
//
// From its planning on the queue starts nothing on the node that would run into the window (queue/closed.h).
// At its start the node is drained, and an outage begins for it; at its end the node is taken back and the
// outage ends; the keeper's loop gives its time back (outages.h). What runs on regardless is left to end by
// itself.
#pragma once

#include <vector>

#include "commands/kept_dates.h"
#include "commands/work.h"
#include "model/maintenance.h"

namespace dure::commands {

inline constexpr base::Span kLongestMaintenance = base::Span::days(90);

// Refused: maintenance.ends_before_it_starts, maintenance.too_long, maintenance.past,
// maintenance.ground_missing, maintenance.no_such_node, maintenance.overlaps. Permissions: nodes.manage and,
// for its outage lengthens allocations, outages.manage.
base::Result<model::MaintenanceWindow> plan_maintenance(Work& work, const model::PlanMaintenance& command);

// What would still run on the node, or is promised a place there, in that time. Changes nothing. The same
// refusals, but for the ground. Permission: nodes.manage.
base::Result<std::vector<model::TouchedRun>> preview_maintenance(Work& work,
                                                                 const model::PlanMaintenance& command);

// One that is under way ends now. One that is cancelled already stays as it is; maintenance.over where there
// is nothing left to cancel. Permissions: nodes.manage and outages.manage.
base::Result<model::MaintenanceWindow> cancel_maintenance(Work& work, const model::MaintenanceWindowId& id);

// Begins and ends what is due, by the state of the rows alone: it may be done again at any point. A window
// waits where an earlier one of its node could not be ended. For the scheduler's loop, before it decides.
base::Result<KeptDates> keep_windows(World& world, const HeldLease& lease);

// Those that are planned or under way, by their start.
base::Result<std::vector<model::MaintenanceWindow>> open_windows(Work& work);

}  // namespace dure::commands
