// The life of a batch of capacity: planned, its stages one after the other, its users in waves (A4, A5, A11),
// and what a call may promise of it (A7).
//
// The facility is prepared (power, network) before anything is delivered; a stabilisation ends before the
// first users are let on. Each stage keeps its planned and its actual day. Pure; values only.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "model/capacity.h"
#include "model/supply_requests.h"
#include "policy/programme_rules.h"

namespace dure::supply {

// All its GPUs that were let on by that day, own use included, for as long as they are available.
std::int64_t gpus_in_service(const model::CapacityBatch& batch, base::Date on);
// Of a number of its GPUs, those that the supplier uses itself: its share of them, rounded down.
std::int64_t own_use_of(const model::CapacityBatch& batch, std::int64_t gpus);
// What its users have of it on that day.
std::int64_t gpus_for_users(const model::CapacityBatch& batch, base::Date on);

// A batch as it was planned. `agreement`: nullptr where the supplier is not fixed; then it is conditional.
// Refuses (kInvalid) "supply.supplier_missing" where the pack does not allow that; "supply.wrong_stage"
// {stage} for a planned stage that is actual, or a wave without units; "supply.too_many_units" {asked, most}.
base::Result<model::CapacityBatch> plan_batch(const model::PlanBatch& wish,
                                              const model::SupplyAgreement* agreement,
                                              const policy::Supply& rules);

// The batch of the agreement: its own use follows from the agreement's share, rounded down. Refuses
// (kConflict) "supply.agreement_over" {state}.
base::Status tie_to_agreement(model::CapacityBatch& batch, const model::SupplyAgreement& agreement);

// The batch with the stage planned or recorded; the same date again changes nothing. A wave of users that was
// planned comes with the units that are named now; an order and users need an agreement in force; a
// retirement may be planned anew, sooner or later. Refuses: (kConflict) "supply.not_from_this_state";
// "supply.agreement_not_in_force"; "supply.facility_not_ready" {stage}; "supply.not_stable";
// "supply.retirement_not_planned"; "supply.stage_recorded" {stage, on}; (kInvalid) "supply.one_date",
// "supply.in_the_future" {today}, "supply.before_stage" {stage, on}, "supply.no_such_wave" {wave},
// "supply.too_many_units" {asked, most}, "supply.wrong_stage" {stage}.
base::Result<model::CapacityBatch> record_stage(model::CapacityBatch batch, const model::RecordStage& command,
                                                const model::SupplyAgreement* agreement, base::Date today);

// Sets what the call promises of it; less than before is never refused. Refuses (kConflict)
// "supply.no_more_promises" {state} where it is on its way out, "supply.not_conditional" {state} where it is
// not in service and the pack allows no promise before; "supply.promised_too_much" {asked, left}.
base::Status promise(model::CapacityBatch& batch, const model::PromiseCapacity& command,
                     const policy::Supply& rules);

// The batches of one model may not add up to more than the agreement has of it. Refuses (kConflict)
// "supply.more_than_agreed" {model, agreed, planned}.
base::Status check_within_agreement(const model::SupplyAgreement& agreement,
                                    const std::vector<model::CapacityBatch>& others,
                                    const model::CapacityBatch& batch);

}  // namespace dure::supply
