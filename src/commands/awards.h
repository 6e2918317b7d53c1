// From an award to what is used: project, account, allocation, volume, and the reports that fall due.
#pragma once

#include "commands/work.h"
#include "model/requests.h"

namespace dure::commands {

// Opens the allocation of an award, once: the organisation and person of the form, a project with a gid, an
// account with a uid and a temporary password, the member's role, the allocation with its period by the
// calendar, a volume, and the obligations that hang on its end. Refuses (kConflict) "award.not_open" {state},
// "award.agreement_missing", "account.login_taken" {login}. Permission: allocations.manage.
base::Result<model::OpenedAllocation> open_allocation(Work& work, const model::AwardId& id,
                                                      const model::OpenAllocation& command);

// Brings the states of allocations and obligations up to the day (planned -> active -> ended, scheduled ->
// due -> overdue) and gives outages back. How many rows changed. For the keeper's loop.
base::Result<std::int64_t> keep_dates(Work& work);

// Outages: begun and ended by an operator; their time is given back to every allocation that lost it (F6,
// P26).
base::Result<model::Outage> begin_outage(Work& work, const model::BeginOutage& command);
base::Result<model::Outage> end_outage(Work& work, const model::OutageId& id);

// The results report of an obligation (Form 2).
base::Result<model::Obligation> submit_report(Work& work, const model::ObligationId& id,
                                              const model::ResultsReport& report);
base::Result<model::Obligation> accept_report(Work& work, const model::ObligationId& id);

}  // namespace dure::commands
