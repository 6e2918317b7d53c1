// The training before use: who says that he has been through it, and who may not use anything yet (F4;
// programme/training.h).
#pragma once

#include "commands/work.h"
#include "model/training.h"
#include "policy/pack.h"
#include "programme/award.h"

namespace dure::commands {

// The caller says that he has been through a piece of material, in the version that he read. Said before, the
// row that there is. Refuses what programme::material_to_confirm() refuses. Permission: training.confirm.
base::Result<model::TrainingCompletion> confirm_training(Work& work, const model::AllocationId& id,
                                                         const model::ConfirmTraining& command);

// What the programme demands, and how far the members of the allocation's project are. Permission:
// allocations.read.
base::Result<model::TrainingStatus> training_status(Work& work, const model::AllocationId& id);

// What still comes before the use of the allocation by the pack's steps (F3): set-up, and the training until
// somebody of its project has been through it. Checks no permission.
base::Result<programme::StepsBeforeUse> steps_before_use(Work& work, const model::Allocation& allocation,
                                                         const policy::Pack& pack);

// Whether the account may use the programme's resources. Refuses (kConflict) "training.not_done". Part of the
// command that begins the use: no permission of its own.
base::Status check_trained(Work& work, const model::ProgrammeId& programme, const model::AccountId& account,
                           const policy::Pack& pack);

}  // namespace dure::commands
