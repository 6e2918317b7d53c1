// Reports: what they are written on, handed in with evidence, returned, accepted, escalated (K1, K2, K4).
#pragma once

#include <optional>

#include "commands/work.h"
#include "model/outcome_requests.h"

namespace dure::commands {

// Form 2 as far as the centre knows it, with the sentence for that year (of the end of use, where left out).
// Personal data is masked but for who works in the project. Permission: obligations.read.
base::Result<model::ReportForm> report_form(Work& work, const model::ObligationId& id,
                                            const std::optional<std::int64_t>& year);

// Whether the caller may see the person in it: its own project, or nobody else's.
bool reveals_form(const Work& work, const model::Obligation& obligation);

// The results report of an obligation (Form 2). Refuses what programme::submit and programme::check_evidence
// refuse; (kConflict) "data_share.not_by_report"; (kInvalid) "obligation.signed_in_the_future" {today}.
// Attachments are evidence of the project. Where signer or day are left out, they are the caller and today.
// Permission: obligations.submit.
base::Result<model::Obligation> submit_report(Work& work, const model::ObligationId& id,
                                              model::ResultsReport report);
// Refuses what programme::check_acknowledged refuses. The outcomes that came with it are accepted with it.
// Permission: obligations.decide.
base::Result<model::Obligation> accept_report(Work& work, const model::ObligationId& id);
// The same permission. The ground is demanded, kept and told.
base::Result<model::Obligation> return_report(Work& work, const model::ObligationId& id,
                                              const model::GiveGround& command);
// Of an overdue one: to whoever decides what follows (J4).
base::Result<model::Obligation> escalate_report(Work& work, const model::ObligationId& id,
                                                const model::GiveGround& command);

}  // namespace dure::commands
