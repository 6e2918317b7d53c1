// A small committee and its applications for the tests of this folder: histories of what reviewers, the chair
// and the rules do, step by step, through the functions of this folder alone.
#pragma once

#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "evaluation/inputs.h"
#include "evaluation/review.h"
#include "programme/samples.h"
#include "selection/select.h"

namespace dure::evaluation {

inline int histories() {
  const char* tier = std::getenv("DURE_TEST_TIER");
  return tier != nullptr && std::string(tier) == "full" ? 10'000 : 300;
}

// AICA's pool of 1, 2, 4, 8 or 16 cards.
inline selection::SelectionRules aica_rules() {
  return *selection::rules_of(programme::aica_2024(), "shared-bow");
}

struct Committee {
  explicit Committee(std::uint64_t seed) : random(seed), rules(aica_rules()) {
    for (int i = 0; i < 4; ++i) candidates.push_back(candidate(i));
  }

  std::int64_t below(std::int64_t end) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(end));
  }

  Candidate candidate(int number) {
    static const std::int64_t kMenu[] = {1, 2, 4, 8, 16};
    Candidate made;
    const std::string id = "application-" + std::to_string(number);
    made.application.id = model::ApplicationId(id);
    made.application.receipt_number = id;
    made.application.organisation = "기관 " + std::to_string(below(3));
    made.application.state = model::ApplicationState::kUnderReview;
    made.application.policy_hash = rules.policy_hash;
    made.application.submitted_at = base::Instant{1'700'000'000'000'000 + below(1000)};
    made.entry.application_id = made.application.id;
    made.entry.position = number + 1;
    made.entry.pool = rules.pool.id;
    made.entry.requested = {kMenu[below(5)], model::AmountUnit::kGpu};
    for (int reviewer = 0; reviewer < 3; ++reviewer) {
      model::Review review;
      review.application_id = made.application.id;
      review.account_id = model::AccountId("reviewer-" + std::to_string(reviewer));
      made.reviews.push_back(review);
    }
    return made;
  }

  Conflicts conflicts_of(const Candidate& candidate, const model::AccountId& reviewer) const {
    Conflicts own;
    for (const auto& each : candidate.conflicts)
      if (each.account_id == reviewer) own.push_back(each);
    return own;
  }

  // Any points, also too many, and criteria that do not exist.
  model::GiveScores scores() {
    model::GiveScores given;
    for (const auto& criterion : rules.evaluation.criteria) {
      if (below(12) == 0) continue;
      given.scores.push_back(
          {criterion.id, below(criterion.max_points * 100 + (below(6) == 0 ? 300 : 1)), {}});
    }
    if (below(20) == 0) given.scores.push_back({"no-such-criterion", 100, {}});
    return given;
  }

  void declare(Candidate& candidate, model::Review& review) {
    model::ConflictOfInterest made;
    made.account_id = review.account_id;
    made.application_id = review.application_id;
    static const model::ConflictKind kKinds[] = {model::ConflictKind::kApplicant,
                                                 model::ConflictKind::kRelative, model::ConflictKind::kOther};
    made.kind = kKinds[below(3)];
    made.severity = severity_of(made.kind);
    candidate.conflicts.push_back(made);
    meet_conflict(review);
  }

  void resolve(Candidate& candidate, model::Review& review) {
    static const model::ConflictState kOutcomes[] = {
        model::ConflictState::kDismissed, model::ConflictState::kWaived, model::ConflictState::kRecused};
    for (auto& each : candidate.conflicts) {
      if (each.account_id != review.account_id) continue;
      const auto outcome = kOutcomes[below(3)];
      const std::string resolver = below(4) == 0 ? review.account_id.text : "chair";
      if (!may_resolve(each, outcome, "사유", resolver)) continue;
      each.state = outcome;
      each.ground = "사유";
      const auto own = conflicts_of(candidate, review.account_id);
      const auto* binding_one = binding(own);
      if (binding_one->state != model::ConflictState::kUnresolved)
        leave_conflict(review, binding_one->state == model::ConflictState::kRecused);
      return;
    }
  }

  // One step of anybody, whatever comes of it.
  void step() {
    auto& candidate = candidates[static_cast<std::size_t>(below(4))];
    auto& review = candidate.reviews[static_cast<std::size_t>(below(3))];
    const auto own = conflicts_of(candidate, review.account_id);
    const base::Instant now{1'710'000'000'000'000 + ++steps};
    switch (below(11)) {
      case 0:
        return static_cast<void>(accept(review, own));
      case 1:
        return static_cast<void>(start(review, own));
      case 2:
        return static_cast<void>(draft(review, scores(), own, rules));
      case 3:
      case 4:
      case 5:
        return static_cast<void>(submit(review, scores(), own, rules, now));
      case 6:
        return static_cast<void>(lock(review, now));
      case 7:
        if (below(4) == 0) static_cast<void>(reopen(review, below(2) == 0 ? "" : "사유"));
        return;
      case 8:
        if (below(4) == 0) declare(candidate, review);
        return;
      case 9:
        return resolve(candidate, review);
      case 10:
        if (below(8) == 0) static_cast<void>(decline(review, "사유"));
        return;
      default:
        return;
    }
  }

  model::SelectionRequest inputs(std::int64_t cards) const {
    return inputs_of(candidates, {}, {{cards, model::AmountUnit::kGpu}, std::nullopt}, rules.pool.id, {},
                     programme::aica_2024());
  }

  std::mt19937_64 random;
  selection::SelectionRules rules;
  std::vector<Candidate> candidates;
  std::int64_t steps = 0;
};

}  // namespace dure::evaluation
