// Batches of capacity: planned, their stages, what carries them, what calls promise of them (A4, A5, A7, A11;
// supply/batch.h).
#pragma once

#include "commands/work.h"
#include "model/supply_requests.h"

namespace dure::commands {

// Refuses what supply::plan_batch() and supply::check_within_agreement() refuse, and (kInvalid)
// "supply.no_such_row", "supply.no_such_pool" {pool}, "supply.model_not_in_pool" {pool, model},
// "supply.no_such_node" {node}; (kConflict) "supply.node_taken" {node}. Permission: supply.manage, in the
// programme and, where it serves another one, in that, too.
base::Result<model::CapacityBatch> plan_batch(Work& work, const model::PlanBatch& command);

// Refuses what supply::record_stage() refuses, and (kConflict) "supply.claims_in_the_way" where the capacity
// that would be left is given already. Permission: supply.manage.
base::Result<model::CapacityBatch> record_stage(Work& work, const model::CapacityBatchId& id,
                                                const model::RecordStage& command);

// Fixes the supplier of a batch that was planned without one, or the nodes that carry it. Refuses (kConflict)
// "supply.tied_already" {id}, and as plan_batch(). Permission: supply.manage.
base::Result<model::CapacityBatch> tie_batch(Work& work, const model::CapacityBatchId& id,
                                             const model::TieBatch& command);

// Sets what a call of the programme that it serves promises of it. Refuses what supply::promise() refuses.
// Permission: supply.manage.
base::Result<model::CapacityBatch> promise_capacity(Work& work, const model::CapacityBatchId& id,
                                                    const model::PromiseCapacity& command);

}  // namespace dure::commands
