// Workloads: created, stopped, started again, deleted, entered.
#pragma once

#include "commands/work.h"
#include "model/requests.h"

namespace dure::commands {

// Creates the workload with its first revision and queues its first run. What can never run, or is more than
// the allocation, the menu of the pool or the account's ceiling gives, is refused at once (F14, P18).
// Permission: workloads.create in the allocation's project.
base::Result<model::WorkloadView> create_workload(Work& work, const model::CreateWorkload& command);

base::Result<model::WorkloadView> stop_workload(Work& work, const model::WorkloadId& id);
// For other commands; it checks no permission: stops all that the account started (it can do so no more).
base::Status stop_workloads_of(Work& work, const model::AccountId& account);
base::Result<model::WorkloadView> start_workload(Work& work, const model::WorkloadId& id);
// Refuses (kConflict) "workload.still_running" until its last run has ended.
base::Result<model::Workload> delete_workload(Work& work, const model::WorkloadId& id);

base::Result<model::WorkloadView> view_workload(Work& work, const model::WorkloadId& id);

// A signed ticket for the gateway: terminal, exec, logs, or a service that the image says it has (P31).
// Refuses (kConflict) "workload.not_running", (kNotEver) "workload.no_such_service" {service, services}.
base::Result<model::GrantedAccess> grant_access(Work& work, const model::WorkloadId& id,
                                                const model::RequestAccess& command);

}  // namespace dure::commands
