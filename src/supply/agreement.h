// What a supply agreement says and how it moves (A3): owner, user, own use of the supplier, term, payments.
//
// All of it follows from the proposal that was selected and the pack's section supply; a person adds what was
// negotiated. Dates are the calendar's. Pure; values only.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "calendar/business_days.h"
#include "model/capacity.h"
#include "model/supply.h"
#include "model/supply_requests.h"
#include "policy/programme_rules.h"

namespace dure::supply {

// The largest share that the supplier may use itself, in basis points: the ceiling that the pack states, all
// where it allows own use and states none (S4: "일부 GPU 자원 자체활용 허용"), none where it does not speak
// of it.
std::int64_t most_own_use(const policy::Supply& rules);

// The supplier may use at most most_own_use() itself. Refuses (kInvalid)
// "supply.own_use_above" {own_use_bp, most_bp}.
base::Status check_own_use(std::int64_t own_use_bp, const policy::Supply& rules);

// The draft of a selected proposal. Refuses (kConflict) "supply.proposal_not_selected" {state}; (kInvalid)
// "supply.payments_not_whole" {sum_bp}.
base::Result<model::SupplyAgreement> draft_agreement(const model::SupplierProposal& proposal,
                                                     const model::DraftAgreement& wish,
                                                     const policy::Supply& rules);

// The agreement after the event. Signing sets the payments that nobody agreed otherwise, each due within its
// time after the signature (civil deadline, business days). Taking effect starts the term: 5 years from
// 2025-09-01 end on 2030-08-31. Refuses (kConflict) "supply.not_from_this_state"; "supply.not_expired_yet"
// {ends_on}; (kInvalid) "supply.before_signature" {signed_on}, "supply.in_the_future" {today},
// "supply.ground_missing", "supply.nothing_changed", and what check_own_use() refuses.
base::Result<model::SupplyAgreement> move_agreement(model::SupplyAgreement agreement,
                                                    const model::MoveAgreement& command,
                                                    const policy::Supply& rules, base::Date today,
                                                    const calendar::BusinessDays& days);

// The price in parts of the given shares; what rounding leaves goes to the last, so that they add up.
// REQUIRES: the shares add up to the whole; price >= 0.
std::vector<base::Krw> split_price(base::Krw price, const std::vector<std::int64_t>& shares_bp);

}  // namespace dure::supply
