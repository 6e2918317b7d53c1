// The training before use: who says that he has been through it, and who may not use anything yet (F4;
// programme/training.h).
#pragma once

#include "commands/work.h"
#include "model/training.h"
#include "policy/pack.h"

namespace dure::commands {

// The caller says that he has been through a piece of material, in the version that he read. Said before, the
// row that there is. Refuses what programme::material_to_confirm() refuses. Permission: training.confirm.
base::Result<model::TrainingCompletion> confirm_training(Work& work, const model::AllocationId& id,
                                                         const model::ConfirmTraining& command);

// What the programme demands, and how far the members of the allocation's project are. Permission:
// allocations.read.
base::Result<model::TrainingStatus> training_status(Work& work, const model::AllocationId& id);

// Whether the account may use the programme's resources. Refuses (kConflict) "training.not_done". Part of the
// command that begins the use: no permission of its own.
base::Status check_trained(Work& work, const model::ProgrammeId& programme, const model::AccountId& account,
                           const policy::Pack& pack);

}  // namespace dure::commands
