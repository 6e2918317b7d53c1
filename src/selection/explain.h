// The way to each outcome, rule by rule, so that it can be defended (E4 to E13). Internal to selection.
#pragma once

#include <vector>

#include "selection/candidate.h"
#include "selection/order.h"
#include "selection/rules.h"
#include "selection/serve.h"

namespace dure::selection {

// What the explanations of all have in common.
struct Account {
  const SelectionRules& rules;
  const Order& order;
  const Served& served;
  std::int64_t ranked = 0;  // how many have a rank
};

// Steps in the order in which a person would check them. `ahead`: the one ranked just before, if any.
std::vector<model::SelectionStep> steps_of(const Candidate& candidate, const Candidate* ahead,
                                           const Account& account);

// What would have been needed for (all of) what was asked, as things stood at its turn. `last_served`: the
// last one ahead that got something, if any.
std::vector<base::Reason> needed_of(const Candidate& candidate, const Candidate* last_served,
                                    const Account& account);

// "servers", "gpus", "blocks": as a parameter of a reason.
std::string unit_word(const SelectionRules& rules);

}  // namespace dure::selection
