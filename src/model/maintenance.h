// Maintenance that is planned: a node and the time in which nothing runs on it (P26).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/fields.h"
#include "model/ids.h"

namespace dure::model {

// kPlanned until its start, kUnderWay until its end, then kOver. kCancelled: by an operator, in either.
enum class MaintenanceState { kPlanned, kUnderWay, kOver, kCancelled };
DURE_ENUM(MaintenanceState, DURE_NAME(kPlanned, "planned"), DURE_NAME(kUnderWay, "under_way"),
          DURE_NAME(kOver, "over"), DURE_NAME(kCancelled, "cancelled"));

// [starts_at, ends_at) of a node. The windows of a node that are planned or under way do not overlap.
struct MaintenanceWindow {
  MaintenanceWindowId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  NodeId node_id;
  base::Instant starts_at;
  base::Instant ends_at;
  std::string ground;  // why
  MaintenanceState state = MaintenanceState::kPlanned;
  bool drained = false;               // it has taken the node out of service, and will take it back
  std::optional<OutageId> outage_id;  // by which the time is given back, from its start on
};
DURE_FIELDS(MaintenanceWindow, "maintenance_windows", field("id", &MaintenanceWindow::id),
            field("version", &MaintenanceWindow::version),
            field("created_at", &MaintenanceWindow::created_at),
            field("updated_at", &MaintenanceWindow::updated_at),
            field("node_id", &MaintenanceWindow::node_id), field("starts_at", &MaintenanceWindow::starts_at),
            field("ends_at", &MaintenanceWindow::ends_at), field("ground", &MaintenanceWindow::ground),
            field("state", &MaintenanceWindow::state), field("drained", &MaintenanceWindow::drained),
            field("outage_id", &MaintenanceWindow::outage_id));

struct PlanMaintenance {
  std::string node_id;
  base::Instant starts_at;
  base::Instant ends_at;
  std::string ground;
};
DURE_VALUE_FIELDS(PlanMaintenance, field("node_id", &PlanMaintenance::node_id),
                  field("starts_at", &PlanMaintenance::starts_at),
                  field("ends_at", &PlanMaintenance::ends_at), field("ground", &PlanMaintenance::ground));

enum class Touch { kRunning, kPromised };
DURE_ENUM(Touch, DURE_NAME(kRunning, "running"), DURE_NAME(kPromised, "promised"));

// What is on a node, or is promised it, at a time in which the node is to be closed.
struct TouchedRun {
  RunId run_id;
  WorkloadId workload_id;
  ProjectId project_id;
  AccountId account_id;
  NodeId node_id;
  Touch touch = Touch::kRunning;
  std::optional<base::Instant> starts_at;  // kPromised: when
  std::optional<base::Instant> ends_by;    // at the latest, where that is known
};
DURE_VALUE_FIELDS(TouchedRun, field("run_id", &TouchedRun::run_id),
                  field("workload_id", &TouchedRun::workload_id),
                  field("project_id", &TouchedRun::project_id), field("account_id", &TouchedRun::account_id),
                  field("node_id", &TouchedRun::node_id), field("touch", &TouchedRun::touch),
                  field("starts_at", &TouchedRun::starts_at), field("ends_by", &TouchedRun::ends_by));

}  // namespace dure::model
