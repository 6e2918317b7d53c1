// What a project has, and whether it may have that beside it (B6, invariant 8; programme/one_resource.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "commands/work.h"
#include "programme/facts.h"

namespace dure::commands {

// The account's projects in the application's programme: those of the same title first, the newest first.
base::Result<std::vector<model::Project>> own_projects(Work& work, const model::AccountId& account,
                                                       const model::Application& application);

// The allocation that a change adjusts: the newest of the account's projects that has not ended. None where
// there is none.
base::Result<std::optional<model::Allocation>> allocation_to_adjust(Work& work,
                                                                    const model::AccountId& account,
                                                                    const model::Application& application);

// Whether the person is who applies: the same name, and mail address or mobile.
bool is_applicant(const model::Person& person, const model::Applicant& applicant);

// What the project that a change or a renewal is for has, but for what the change replaces. Nothing of a new
// application, where the pack does not ask, nor of an account that is not the applicant's: what others have
// is told to nobody.
base::Result<std::vector<programme::HeldResource>> held_beside(Work& work,
                                                               const model::Application& application,
                                                               const policy::Pack& pack);

// Refuses (kConflict) what programme/one_resource.h refuses: for the project, beside its allocations but one;
// and for the project that an award of the application would be for.
base::Status check_project_resource(Work& work, const model::ProjectId& project,
                                    const std::optional<model::AllocationId>& except,
                                    const programme::HeldResource& wanted, const policy::Pack& pack);
base::Status check_award_resource(Work& work, const model::Application& application, const std::string& pool,
                                  const model::ResourceAmount& awarded, const policy::Pack& pack);

}  // namespace dure::commands
