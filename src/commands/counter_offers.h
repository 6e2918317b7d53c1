// Another resource or less in place of one that is not available (F11; evaluation/counter_offer.h): offered
// by an officer for an award that is no allocation yet or for one who waits, answered by the applicant.
//
// All of them refuse what access::authorize() refuses, numbers out of range and texts with a resident number.
#pragma once

#include <string>

#include "commands/work.h"
#include "model/award.h"
#include "model/counter_offer.h"
#include "policy/pack.h"

namespace dure::commands {

// To be answered within the pack's time (award.counter_offer_within). While it is open the award is neither
// accepted as it was, nor does it lapse, nor becomes it an allocation. Nothing is held back for it: what it
// takes is looked at again when it is accepted. Refuses (kInvalid) "counter_offer.of_what",
// "evaluation.ground_missing", what evaluation::check_counter_offer() refuses; (kConflict)
// "counter_offer.not_made_here", "award.not_open" {state}, "evaluation.not_queued" {state},
// "counter_offer.open" {id}, "supply.no_capacity". Permission: awards.manage.
base::Result<model::CounterOffer> make_counter_offer(Work& work, const model::MakeCounterOffer& command);

// By the applicant, in time: the award is of what was offered, and accepted; who waited has an award of it.
// Accepted before, nothing more happens. Refuses (kConflict) "counter_offer.answered" {state},
// "counter_offer.answer_late" {answer_by}, and what has changed since it was made. Permission:
// applications.edit.
base::Result<model::CounterOffer> accept_counter_offer(Work& work, const model::CounterOfferId& id);

// By the applicant: all is as it was before, the award as it stood or the place on the list. Refuses
// (kConflict) "counter_offer.answered". Permission: applications.edit.
base::Result<model::CounterOffer> decline_counter_offer(Work& work, const model::CounterOfferId& id,
                                                        const model::EndCounterOffer& command);

// By an officer, before it was answered. Refuses (kConflict) "counter_offer.answered". Permission:
// awards.manage.
base::Result<model::CounterOffer> withdraw_counter_offer(Work& work, const model::CounterOfferId& id,
                                                         const model::EndCounterOffer& command);

// ---- For the commands around

// Refuses (kConflict) "counter_offer.open" {id} while there is one for the award.
base::Status check_no_counter_offer(Work& work, const model::AwardId& award);
// The award came to nothing otherwise: an open one is taken back.
base::Status drop_counter_offers(Work& work, const model::AwardId& award, const std::string& ground);
// The pool of a counter-offer that was accepted for the award; "" where there is none.
base::Result<std::string> countered_pool(Work& work, const model::AwardId& award);
// Those that nobody answered in time are over. By the keeper, before awards lapse. Returns how many.
base::Result<std::int64_t> expire_counter_offers(Work& work);

}  // namespace dure::commands
