// From an award to what is used: project, account, allocation, volume, and the reports that fall due.
#pragma once

#include "commands/work.h"
#include "model/requests.h"

namespace dure::commands {

// In the record, a filed change of an allocation: its detail has "blocks_before" and "blocks".
inline constexpr const char* kAllocationChanged = "allocations.change";

// Opens the allocation of an award, once: the organisation and person of the form, a project with a gid, an
// account with a uid and a temporary password, the member's role, the allocation with its period by the
// calendar, a home, and the obligations that hang on its end.
//
// Where the login exists and belongs to the same person of the same organisation, the account stays (no new
// password): a renewal gives the project a further allocation, a new application a project of its own. The
// award of a change makes no allocation: it adjusts the one that runs, in amount and end (decision 19).
//
// Refuses (kConflict) "award.not_open" {state}, "award.agreement_missing", "account.login_taken" {login},
// "award.nothing_to_change" {kind, login}, "award.change_not_yet" {starts_on}, "supply.no_capacity" (what is
// not in service is not given: commands/capacity.h). Permission: allocations.manage.
base::Result<model::OpenedAllocation> open_allocation(Work& work, const model::AwardId& id,
                                                      const model::OpenAllocation& command);

}  // namespace dure::commands
