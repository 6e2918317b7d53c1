// What a selection is made from, out of the rows of a round (E3 to E13; invariants 3 to 7), and the amount
// that comes of a count of units. Pure.
//
// Nothing that the applicant says of himself gives points here: bonuses and priorities are those that an
// official granted, and no facts about persons go in. So the inputs hold no personal data, and `dure select`
// makes the same ranking of them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "evaluation/conflicts.h"
#include "model/evaluation_requests.h"
#include "policy/pack.h"
#include "programme/restriction.h"
#include "selection/rules.h"

namespace dure::evaluation {

// Revision of the deciding code's rules: counted up when the same inputs may be ranked otherwise.
inline constexpr const char* kRankingRules = "ranking/1";

struct Candidate {
  model::RoundEntry entry;
  model::Application application;
  std::vector<model::Review> reviews;
  std::vector<model::ConflictOfInterest> conflicts;  // of all reviewers with this application
  std::vector<model::BonusClaim> claims;
  std::vector<programme::AgainstApplicant> against;  // restrictions, of whatever day
};

struct CallDays {
  std::optional<base::Date> opens_on;
  std::optional<base::Date> closes_on;
};

// In its own order (selection/canonical.h). Applications that were withdrawn or voided are left out; of
// reviews only what was handed in goes in, with the conflict that binds it; of restrictions those that were
// in force on the day of receipt (J2, invariant 18).
model::SelectionRequest inputs_of(const std::vector<Candidate>& candidates,
                                  const model::ComputeRanking& command,
                                  const model::SelectionCapacity& capacity, const std::string& pool,
                                  const CallDays& days, const policy::Pack& pack);

// Refuses (kConflict) "evaluation.reviews_open" {open, application}: nothing is ranked while one who read may
// still give points.
base::Status reviews_are_in(const std::vector<Candidate>& candidates);

// Blocks of so many units of the pool; none where its server has no size.
std::optional<std::int64_t> blocks_of(std::int64_t units, const policy::Pool& pool);

// What was asked for, cut or raised to so many blocks: cores and memory in proportion, rounded down; storage
// stays.
model::ResourceAmount amount_of(const model::ResourceAmount& requested, std::int64_t blocks);

}  // namespace dure::evaluation
