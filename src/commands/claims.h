// What a person finds of an application beside the points: open items of its screening, and claims of bonus
// points and priority (C5, C8, D15, E7).
//
// All of them refuse what access::authorize() refuses, numbers out of range and texts with a resident number.
#pragma once

#include "commands/work.h"
#include "model/evaluation_requests.h"

namespace dure::commands {

// A person's answers to items that screening left open; one that is not met makes the application ineligible.
// Kept as a decision. Refuses (kConflict) "decision.not_from_this_state"; (kInvalid)
// "evaluation.item_not_open" {rule}, "evaluation.ground_missing", and what check_dated_answers() refuses: the
// dates are compared and not kept. Permission: applications.decide.
base::Result<model::Application> answer_screening(Work& work, const model::ApplicationId& id,
                                                  const model::AnswerScreening& command);

// By who may edit the application, until it is decided. Refuses (kInvalid) "evaluation.rule_unknown" {rule,
// rules}, "evaluation.evidence_missing", "evaluation.no_such_row"; (kConflict) "evaluation.claimed_already"
// {id}. Permission: applications.edit.
base::Result<model::BonusClaim> claim_bonus(Work& work, const model::ClaimBonus& command);

// By an official, with a ground; what he decided may be decided anew until the application is. Refuses what
// evaluation::may_grant() refuses to grant. Permission: applications.decide.
base::Result<model::BonusClaim> decide_bonus(Work& work, const model::BonusClaimId& id,
                                             const model::DecideBonus& command);

}  // namespace dure::commands
