// Where the supply stands: target, agreed, ordered, delivered, in service, promised, given (A10).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/award.h"
#include "model/capacity.h"
#include "model/supply_requests.h"
#include "policy/programme_rules.h"

namespace dure::supply {

struct SupplyFacts {
  std::vector<model::SupplyTarget> targets;
  std::vector<model::SupplyAgreement> agreements;
  std::vector<model::CapacityBatch> batches;
  std::vector<model::BeneficiaryReservation> reservations;
  std::vector<model::Allocation> allocations;
  std::map<std::string, std::int64_t> cards_by_node;  // of each node, those of its batch's model
};

// The decision on a year and model that holds: the latest by its day, of one day the one recorded last;
// nullptr where there is none.
const model::SupplyTarget* target_in_force(const std::vector<model::SupplyTarget>& targets, std::int64_t year,
                                           const std::string& model);

// The table of a year on a day. Of the whole the target is the one for all models, else the sum of the
// models', else the pack's. Agreements count that were signed and are not over.
model::SupplyStatus supply_status(const SupplyFacts& facts, const policy::Supply& rules, std::int64_t year,
                                  base::Date on);

}  // namespace dure::supply
