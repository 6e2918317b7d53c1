// Calls that close early, and the rounds in which what was filed is evaluated (B2, B3, E6, E11;
// evaluation/rounds.h).
//
// All of them refuse what access::authorize() refuses, numbers out of range and texts with a resident number.
#pragma once

#include <vector>

#include "commands/work.h"
#include "model/evaluation_requests.h"

namespace dure::commands {

// Intake will end on that day, told from now on (B2). Refuses what evaluation::may_close_early() refuses,
// "state.…". Permission: calls.manage.
base::Result<model::Call> close_early(Work& work, const model::CallId& id, const model::CloseEarly& command);

// Of the current quarter. Permission: calls.read.
base::Result<model::RoundDuty> round_duty(Work& work, const model::CallId& id);

// Refuses (kInvalid) "evaluation.cutoff_needed", "evaluation.cutoff_wrong" {cutoff_on, first}; (kConflict)
// "evaluation.one_round" {id} of a call with a fixed window. Permission: evaluation.manage.
base::Result<model::Round> plan_round(Work& work, const model::PlanRound& command);

// Fixes what is in the round: all that is eligible, was filed by the end of its cut-off day, and is in no
// other. The keeper does it, too. Refuses (kConflict) "evaluation.cutoff_not_yet". Permission:
// evaluation.manage.
base::Result<model::Round> cut_off_round(Work& work, const model::RoundId& id);
base::Status cut_off(Work& work, model::Round& round);

// Refuses (kConflict) "evaluation.round_wanted" where the quarter would have too few (B3). Permission:
// evaluation.manage.
base::Result<model::Round> cancel_round(Work& work, const model::RoundId& id,
                                        const model::CancelRound& command);

// Considers what is not eligible, by a recorded decision (invariant 3). Refuses (kConflict)
// "evaluation.not_to_admit" {state}, "evaluation.in_round_already" {round}. Permission: evaluation.manage.
base::Result<model::RoundEntry> admit_to_round(Work& work, const model::RoundId& id,
                                               const model::AdmitToRound& command);

// Begins the evaluation: in the order of priority and receipt (E6). Where the pack has a panel, it must be
// complete and have a chair. Refuses (kConflict) "evaluation.panel_missing", "evaluation.panel_short"
// {accepted, needed}, "evaluation.chair_missing", "evaluation.not_outside" {id} (E1), "evaluation.items_open"
// {application, rule}, "evaluation.nobody_in". Permission: evaluation.manage.
base::Result<model::Round> begin_evaluation(Work& work, const model::RoundId& id);

// What is late is said (E11). Permission: evaluation.read.
base::Result<model::RoundProgress> round_progress(Work& work, const model::RoundId& id);

// Of a round that is decided; empty before. No names. Permission: calls.read.
base::Result<std::vector<model::RoundResult>> round_results(Work& work, const model::RoundId& id);

// The entries of a round, in the order of evaluation.
base::Result<std::vector<model::RoundEntry>> entries_of(Work& work, const model::RoundId& id);

}  // namespace dure::commands
