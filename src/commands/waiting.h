// Offers and who waits for one: awards are accepted, declined, or lapse; what becomes free goes to the next
// (B13, C8, F3, F7; evaluation/waiting.h).
//
// All of them refuse what access::authorize() refuses, numbers out of range and texts with a resident number.
#pragma once

#include <optional>

#include "commands/work.h"
#include "model/counter_offer.h"
#include "model/evaluation_requests.h"

namespace dure::commands {

// By the applicant, in time. Refuses (kConflict) "evaluation.answer_late" {respond_by},
// "state.not_from_this_state". Permission: applications.edit.
base::Result<model::Award> accept_award(Work& work, const model::AwardId& id);
// What it was goes to who waits.
base::Result<model::Award> decline_award(Work& work, const model::AwardId& id,
                                         const model::DeclineAward& command);
// The agreement of an award that was accepted. Refuses (kInvalid) "evaluation.agreement_early". Permission:
// awards.manage.
base::Result<model::Award> sign_agreement(Work& work, const model::AwardId& id,
                                          const model::SignAgreement& command);

// Offers what is free, or what the command says of it, to who waits: in the order of the queue. Those who
// cannot be awarded are passed over, and why is told. Refuses (kConflict) "evaluation.queue_off"; (kInvalid)
// "evaluation.capacity_missing", "evaluation.capacity_above". Permission: evaluation.manage.
base::Result<model::MatchedDemand> match_demand(Work& work, const model::ProgrammeId& id,
                                                const model::MatchDemand& command);

// By who may edit the application. Permission: applications.edit.
base::Result<model::WaitlistEntry> withdraw_from_waiting(Work& work, const model::WaitlistEntryId& id,
                                                         const model::WithdrawFromWaiting& command);

// ---- For the commands around

// Puts an application that is eligible, and of which nothing is open, into the register of demand, where the
// pack has one (B13). Saves it.
base::Status register_demand(Work& work, model::Application& application, const policy::Pack& pack);
// The applicant takes another resource than the award gave (F11): the award, with what it gives now, is
// accepted where it was not. Saves it.
base::Status take_countered(Work& work, model::Award& award);
// The same of one who waits: an award of what the counter-offer says, accepted. Refuses what grant_award()
// refuses.
base::Result<model::Award> award_countered(Work& work, model::WaitlistEntry entry,
                                           const model::CounterOffer& offer, const policy::Pack& pack);
// It waits no more: it was withdrawn.
base::Status leave_waiting(Work& work, const model::Application& application);
// The award is an allocation now.
base::Status fulfil_waiting(Work& work, const model::AwardId& award);
// Offers that nobody answered in time lapse. By the keeper. Returns how many.
base::Result<std::int64_t> lapse_awards(Work& work);

}  // namespace dure::commands
