// Outcomes: told with a report or by themselves, taken or given back, and looked through for the
// acknowledgement; the sharing of data; where a programme stands (K2 to K8, D7).
#pragma once

#include <optional>
#include <vector>

#include "commands/work.h"
#include "model/outcome_requests.h"

namespace dure::commands {

// Permission: obligations.submit in the allocation's project. Refuses what programme::check_outcome refuses;
// (kConflict) "outcome.section_off" {programme}, "outcome.report_closed" {state}; (kInvalid)
// "outcome.no_such_row" {what, id}.
base::Result<model::Outcome> tell_outcome(Work& work, const model::TellOutcome& command);
// Permission: obligations.decide. Refuse (kConflict) "outcome.decided" {state}; accepting also
// "outcome.acknowledgement_unchecked", "outcome.acknowledgement_absent".
base::Result<model::Outcome> accept_outcome(Work& work, const model::OutcomeId& id);
base::Result<model::Outcome> return_outcome(Work& work, const model::OutcomeId& id,
                                            const model::GiveGround& command);
// Permission: obligations.decide. Refuses (kInvalid) "outcome.not_its_evidence" {id}.
base::Result<model::AcknowledgementCheck> check_acknowledgement(Work& work, const model::OutcomeId& id,
                                                                const model::CheckAcknowledgement& command);

// The share that the obligation is met by, where it is one of data. It is made with the obligation.
base::Status make_share(Work& work, const model::Obligation& obligation);
base::Result<std::optional<model::DataShare>> share_of(Work& work, const model::ObligationId& id);

// Refuse what programme/data_share.h refuses; proposing also "data_share.definition_missing" {kind} where the
// pack asks for a definition and neither the application nor the project has one (D7). The obligation goes
// with it: handed in, returned, accepted. Permissions: obligations.submit to propose, obligations.decide to
// check, give back and exempt; to register whichever of the two the pack says (data_registered_by_owner).
base::Result<model::DataShare> propose_share(Work& work, const model::DataShareId& id,
                                             const model::ProposeShare& command);
base::Result<model::DataShare> check_share(Work& work, const model::DataShareId& id,
                                           const model::CheckShare& command);
base::Result<model::DataShare> give_back_share(Work& work, const model::DataShareId& id,
                                               const model::GiveGround& command);
base::Result<model::DataShare> register_share(Work& work, const model::DataShareId& id,
                                              const model::RegisterShare& command);
base::Result<model::DataShare> exempt_share(Work& work, const model::DataShareId& id,
                                            const model::GiveGround& command);

// Permission: programmes.manage, or programmes.read of who reads everything there. The year of today where
// left out.
base::Result<model::OutcomeStatus> outcome_status(Work& work, const model::ProgrammeId& id,
                                                  const std::optional<std::int64_t>& year);

// For other commands; they check no permission.
base::Result<std::vector<model::Outcome>> outcomes_of_report(Work& work, const model::ObligationId& id);
base::Result<std::vector<model::AcknowledgementCheck>> checks_of(Work& work,
                                                                 const std::vector<model::Outcome>& outcomes);

}  // namespace dure::commands
