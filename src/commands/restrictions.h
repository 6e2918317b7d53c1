// Who may not take part until when (C5, J2; invariant 18; programme/restriction.h).
#pragma once

#include <map>
#include <vector>

#include "commands/work.h"
#include "model/application.h"
#include "model/outcome_requests.h"
#include "model/party.h"
#include "model/sanction.h"
#include "model/sanction_requests.h"
#include "programme/restriction.h"

namespace dure::commands {

// A ban by somebody else, as an official read it. Refuses (kInvalid) "restriction.nobody",
// "restriction.text_missing", "restriction.dates_reversed", "restriction.points_missing",
// "sanction.no_such_row". Permission: restrictions.manage.
base::Result<model::Restriction> record_restriction(Work& work, const model::RecordRestriction& command);

// From today on. Refuses (kConflict) "restriction.lifted_already" {on}; (kInvalid)
// "restriction.text_missing". Permission: restrictions.manage.
base::Result<model::Restriction> lift_restriction(Work& work, const model::RestrictionId& id,
                                                  const model::GiveGround& command);

// All that stand in a programme, on whatever day: its own, and those of others that reach all; and whom they
// name. One read for many applicants. Part of other commands: no permission of its own.
struct StandingRestrictions {
  std::vector<model::Restriction> rows;
  std::map<model::PersonId, model::Person> people;
  std::map<model::OrganisationId, model::Organisation> organisations;
};
base::Result<StandingRestrictions> standing_restrictions(Work& work, const model::ProgrammeId& programme);

// Which of them stand against the applicant.
std::vector<programme::AgainstApplicant> restrictions_against(const StandingRestrictions& standing,
                                                              const model::Applicant& applicant);

// Whether the application may be received on that day, and be granted when it was received then: a ban that
// an official recorded later counts from its own first day on (invariant 18). Refuses what
// programme::may_submit() refuses.
base::Status check_not_restricted(Work& work, const model::Application& application, base::Date received_on);

}  // namespace dure::commands
