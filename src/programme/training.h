// The training before use: which of its material somebody has still before him (F4; S1 page 6). Pure.
#pragma once

#include <vector>

#include "base/result.h"
#include "model/training.h"
#include "policy/allocation_rules.h"

namespace dure::programme {

// The material as the API shows it.
model::TrainingMaterial to_model(const policy::TrainingMaterial& material);

// What of the pack's material is not among `done` in the version that the pack has, in the pack's order;
// nothing where the pack demands no training. REQUIRES: `done` is of one account and the pack's programme.
std::vector<policy::TrainingMaterial> missing_training(const policy::Award& rules,
                                                       const std::vector<model::TrainingCompletion>& done);

// Whether somebody with these may use what was allocated. Refuses (kConflict) "training.not_done" {material,
// title, title_en, address, version}: the first that is missing.
base::Status check_training(const policy::Award& rules, const std::vector<model::TrainingCompletion>& done);

// The material of which somebody says that he has been through it. Refuses (kConflict)
// "training.not_required", "training.version_changed" {material, given, version}; (kInvalid)
// "training.material_unknown" {material}.
base::Result<policy::TrainingMaterial> material_to_confirm(const policy::Award& rules,
                                                           const model::ConfirmTraining& command);

}  // namespace dure::programme
