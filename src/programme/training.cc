#include "programme/training.h"

#include <algorithm>

namespace dure::programme {

model::TrainingMaterial to_model(const policy::TrainingMaterial& material) {
  return {material.id, material.title.ko, material.title.en, material.address, material.version};
}

std::vector<policy::TrainingMaterial> missing_training(const policy::Award& rules,
                                                       const std::vector<model::TrainingCompletion>& done) {
  std::vector<policy::TrainingMaterial> missing;
  if (!rules.training_required) return missing;
  for (const auto& material : rules.training) {
    const bool there = std::any_of(done.begin(), done.end(), [&](const auto& each) {
      return each.material == material.id && each.material_version == material.version;
    });
    if (!there) missing.push_back(material);
  }
  return missing;
}

base::Status check_training(const policy::Award& rules, const std::vector<model::TrainingCompletion>& done) {
  const auto missing = missing_training(rules, done);
  if (missing.empty()) return {};
  const auto& first = missing.front();
  return base::error(base::ErrorKind::kConflict,
                     base::Reason("training.not_done")
                         .with("material", first.id)
                         .with("title", first.title.ko)
                         .with("title_en", first.title.en.empty() ? first.title.ko : first.title.en)
                         .with("address", first.address)
                         .with("version", first.version));
}

base::Result<policy::TrainingMaterial> material_to_confirm(const policy::Award& rules,
                                                           const model::ConfirmTraining& command) {
  if (!rules.training_required)
    return base::error(base::ErrorKind::kConflict, base::Reason("training.not_required"));
  const auto found = std::find_if(rules.training.begin(), rules.training.end(),
                                  [&](const auto& each) { return each.id == command.material; });
  if (found == rules.training.end()) {
    const auto unknown = base::Reason("training.material_unknown").with("material", command.material);
    return base::invalid(unknown, {{"/material", unknown}});
  }
  if (found->version != command.material_version)
    return base::error(base::ErrorKind::kConflict, base::Reason("training.version_changed")
                                                       .with("material", found->id)
                                                       .with("given", command.material_version)
                                                       .with("version", found->version));
  return *found;
}

}  // namespace dure::programme
