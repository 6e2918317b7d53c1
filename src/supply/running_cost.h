// What running a proposal's GPUs costs over the agreement, and how much of it the supplier's own use stands
// for (A2; S4: own use is looked at as a kind of running cost).
//
// The supplier uses a part of what the programme pays for: so much of the price is paid to it in kind. Where
// the pack says so (`supply.self_use_is_running_cost`), that counts towards its running cost, never beyond
// it, and only for the share that an agreement may permit. What is left is what running costs beside the
// price. Pure.
#pragma once

#include <optional>

#include "model/supply.h"
#include "policy/programme_rules.h"

namespace dure::supply {

struct RunningCost {
  base::Krw of_term;  // over the term of the agreement; a year where the pack names none
  base::Krw own_use;  // the part of the price that the own use is worth
  base::Krw left;     // of_term less own_use, and not below nothing
};

// None where the pack does not count own use so.
std::optional<RunningCost> running_cost_of(const model::SupplierProposal& proposal,
                                           const policy::Supply& rules);

// The same as the judges read it: "supply.running_cost" {of_term_won, own_use_bp, own_use_won, left_won}.
std::optional<base::Reason> told_running_cost(const model::SupplierProposal& proposal,
                                              const policy::Supply& rules);

}  // namespace dure::supply
