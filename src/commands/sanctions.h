// Cases of misuse, false statements and duties not done, from the report to the end (J1 to J7;
// programme/sanction.h).
//
// Each command refuses what authorize() refuses, texts with a resident number, and what the step of
// programme/sanction.h refuses. Steps of officials: sanctions.manage; opinion and appeal: sanctions.answer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "commands/work.h"
#include "model/award.h"
#include "model/outcome_requests.h"
#include "model/sanction_requests.h"
#include "model/use_review.h"
#include "policy/pack.h"

namespace dure::commands {

// Opens a case. Refuses (kConflict) "sanction.section_off" {programme}; (kInvalid) "sanction.ground_unknown",
// "sanction.nobody", "sanction.no_such_row" {what, id}, "sanction.text_missing".
base::Result<model::Sanction> report_sanction(Work& work, const model::ReportSanction& command);

base::Result<model::Sanction> investigate_sanction(Work& work, const model::SanctionId& id);
base::Result<model::Sanction> suspend_for_sanction(Work& work, const model::SanctionId& id,
                                                   const model::SuspendForSanction& command);
base::Result<model::Sanction> notify_sanction(Work& work, const model::SanctionId& id,
                                              const model::NotifySanction& command);
base::Result<model::Sanction> give_sanction_opinion(Work& work, const model::SanctionId& id,
                                                    const model::GiveOpinion& command);
base::Result<model::Sanction> deliberate_sanction(Work& work, const model::SanctionId& id,
                                                  const model::DeliberateSanction& command);
// Carries its measures out in the same transaction: use stops or is taken back, restrictions begin, the
// account is suspended or disabled, the application is void.
base::Result<model::Sanction> impose_sanction(Work& work, const model::SanctionId& id,
                                              const model::ImposeSanction& command);
// What was stopped for it goes on.
base::Result<model::Sanction> dismiss_sanction(Work& work, const model::SanctionId& id,
                                               const model::GiveGround& command);
base::Result<model::Sanction> appeal_sanction(Work& work, const model::SanctionId& id,
                                              const model::AppealSanction& command);
// Reversed: restrictions are lifted, use and account go on. What was taken back, deleted or made void stays
// so: it is given anew by an award of its own.
base::Result<model::Sanction> decide_sanction_appeal(Work& work, const model::SanctionId& id,
                                                     const model::DecideSanctionAppeal& command);
base::Result<model::Sanction> refer_sanction(Work& work, const model::SanctionId& id,
                                             const model::ReferSanction& command);

// A case that is opened as a part of another command: by an incident, or by a duty that was not done. One for
// each ground and subject: none where there is one already. `first`: what is said about it first.
struct NewCase {
  std::string ground;
  std::string subject;
  std::string facts;
  std::string reported_by;
  std::vector<base::Reason> first;
  std::optional<model::IncidentId> incident_id;
  std::optional<model::ObligationId> obligation_id;
};
base::Result<std::optional<model::Sanction>> open_case(Work& work, const model::Allocation& allocation,
                                                       const policy::Pack& pack, const NewCase& wanted);
// The same case stops the use at once, where the pack says so of its ground.
base::Result<model::Sanction> stop_for_case(Work& work, model::Sanction sanction, const policy::Pack& pack,
                                            const std::string& reason);

// Whether a paper of that kind is there: with the application, or handed in for its project since.
base::Result<bool> has_paper(Work& work, const model::ProjectId& project,
                             const model::ApplicationId& application, const std::string& kind);

// For the keeper's loop (use_dates.h): cases for which a day has come, or whose duty was done after all (J4,
// J5: what was stopped for it goes on), and what it brings.
base::Result<std::vector<model::SanctionId>> sanctions_due(Work& work);
base::Result<bool> keep_sanction(Work& work, const model::SanctionId& id);

}  // namespace dure::commands
