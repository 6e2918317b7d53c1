// The training that a programme demands before its resources are used (F4; S1 page 6): its material, and who
// has been through it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/fields.h"
#include "model/ids.h"

namespace dure::model {

// A piece of material as the pack lists it (award.training): where it is, and which version counts.
struct TrainingMaterial {
  std::string id;
  std::string title_ko;
  std::string title_en;
  std::string address;  // of the page or the file
  std::string material_version;
  bool operator==(const TrainingMaterial&) const = default;
};
DURE_VALUE_FIELDS(TrainingMaterial, field("id", &TrainingMaterial::id),
                  field("title_ko", &TrainingMaterial::title_ko),
                  field("title_en", &TrainingMaterial::title_en),
                  field("address", &TrainingMaterial::address),
                  field("material_version", &TrainingMaterial::material_version));

// Somebody's own word that he has been through a piece of material in one of its versions. Written once and
// never changed; it counts for every allocation of the programme for as long as the pack has that version.
struct TrainingCompletion {
  TrainingCompletionId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  ProjectId project_id;
  AllocationId allocation_id;  // on the occasion of which he did it
  AccountId account_id;
  std::optional<PersonId> person_id;  // whose account it is
  std::string material;               // its id in the pack
  std::string material_version;
  base::Instant completed_at;
  std::string policy_hash;
};
DURE_FIELDS(TrainingCompletion, "training_completions", field("id", &TrainingCompletion::id),
            field("version", &TrainingCompletion::version),
            field("created_at", &TrainingCompletion::created_at),
            field("updated_at", &TrainingCompletion::updated_at),
            field("programme_id", &TrainingCompletion::programme_id),
            field("project_id", &TrainingCompletion::project_id),
            field("allocation_id", &TrainingCompletion::allocation_id),
            field("account_id", &TrainingCompletion::account_id),
            field("person_id", &TrainingCompletion::person_id),
            field("material", &TrainingCompletion::material),
            field("material_version", &TrainingCompletion::material_version),
            field("completed_at", &TrainingCompletion::completed_at),
            field("policy_hash", &TrainingCompletion::policy_hash));

// The version that was read: what has become another since is not confirmed by it.
struct ConfirmTraining {
  std::string material;
  std::string material_version;
};
DURE_VALUE_FIELDS(ConfirmTraining, field("material", &ConfirmTraining::material),
                  field("material_version", &ConfirmTraining::material_version));

// What one who may use the allocation has still before him.
struct TrainingOfMember {
  AccountId account_id;
  std::vector<std::string> done;     // ids of material, in the version that counts
  std::vector<std::string> missing;  // likewise
  bool may_use = false;
};
DURE_VALUE_FIELDS(TrainingOfMember, field("account_id", &TrainingOfMember::account_id),
                  field("done", &TrainingOfMember::done), field("missing", &TrainingOfMember::missing),
                  field("may_use", &TrainingOfMember::may_use));

struct TrainingStatus {
  bool required = false;
  std::vector<TrainingMaterial> material;
  std::vector<TrainingOfMember> members;  // of the allocation's project, by account
};
DURE_VALUE_FIELDS(TrainingStatus, field("required", &TrainingStatus::required),
                  field("material", &TrainingStatus::material), field("members", &TrainingStatus::members));

}  // namespace dure::model
