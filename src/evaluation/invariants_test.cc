// Invariants 3 to 7 of governance 5.4 over histories of what a committee does (E2, E10, E14).
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "evaluation/test_committee.h"

namespace dure::evaluation {
namespace {

using model::ReviewState;

std::vector<const model::Review*> all_reviews(const Committee& committee) {
  std::vector<const model::Review*> all;
  for (const auto& candidate : committee.candidates)
    for (const auto& review : candidate.reviews) all.push_back(&review);
  return all;
}

TEST(EvaluationInvariant, Invariant4_E2_PointsAreWithinTheirMaximaAndWhatIsLockedNeverChanges) {
  int locked_seen = 0;
  for (int history = 0; history < histories(); ++history) {
    Committee committee(static_cast<std::uint64_t>(history));
    for (int i = 0; i < 120; ++i) {
      std::vector<model::Review> before;
      for (const auto* each : all_reviews(committee)) before.push_back(*each);
      committee.step();
      const auto after = all_reviews(committee);
      for (std::size_t r = 0; r < after.size(); ++r) {
        for (const auto& score : after[r]->scores) {
          const auto& criteria = committee.rules.evaluation.criteria;
          const auto of = std::find_if(criteria.begin(), criteria.end(),
                                       [&](const auto& each) { return each.id == score.criterion; });
          ASSERT_NE(of, criteria.end()) << "history " << history;
          ASSERT_LE(score.centi_points, of->max_points * 100);
          ASSERT_GE(score.centi_points, 0);
        }
        if (before[r].state != ReviewState::kLocked) continue;
        ++locked_seen;
        if (after[r]->state == ReviewState::kLocked) {
          ASSERT_EQ(after[r]->scores, before[r].scores);
          ASSERT_EQ(after[r]->locked_at, before[r].locked_at);
        } else {  // the only way out, with a ground
          ASSERT_EQ(after[r]->state, ReviewState::kInProgress);
          ASSERT_EQ(after[r]->reopened, before[r].reopened + 1);
          ASSERT_FALSE(after[r]->ground.empty());
        }
      }
    }
  }
  EXPECT_GT(locked_seen, histories());
}

TEST(EvaluationInvariant, Invariant5_E14_WhoHasAnOpenConflictOrStoodBackGivesNoPointsAndNoneOfHisCount) {
  int open_seen = 0;
  for (int history = 0; history < histories(); ++history) {
    Committee committee(1'000'000U + static_cast<std::uint64_t>(history));
    for (int i = 0; i < 120; ++i) {
      auto before = committee.candidates;
      committee.step();
      for (std::size_t c = 0; c < before.size(); ++c)
        for (std::size_t r = 0; r < before[c].reviews.size(); ++r) {
          const auto& was = before[c].reviews[r];
          const auto own = committee.conflicts_of(before[c], was.account_id);
          if (may_read(own)) continue;
          ++open_seen;
          const auto& is = committee.candidates[c].reviews[r];
          ASSERT_EQ(is.scores, was.scores) << "history " << history << " step " << i;
          ASSERT_FALSE(is.state == ReviewState::kSubmitted && was.state != ReviewState::kSubmitted);
          ASSERT_FALSE(is.state == ReviewState::kAccepted && was.state != ReviewState::kAccepted);
        }
    }
    const auto result = selection::select(committee.inputs(16), committee.rules);
    ASSERT_TRUE(result.ok()) << result.failure().details.front().reason.code;
    for (const auto& ranked : result->ranking) {
      const auto found =
          std::find_if(committee.candidates.begin(), committee.candidates.end(),
                       [&](const auto& each) { return each.application.id.text == ranked.id; });
      std::int64_t counting = 0;
      for (const auto& review : found->reviews) {
        const bool in = review.state == ReviewState::kSubmitted || review.state == ReviewState::kLocked;
        counting += in && may_read(committee.conflicts_of(*found, review.account_id)) ? 1 : 0;
      }
      ASSERT_EQ(ranked.reviews_counted, counting) << "history " << history;
    }
  }
  EXPECT_GT(open_seen, histories());
}

TEST(EvaluationInvariant,
     Invariant3_Invariant7_WhatIsAwardedWasEvaluatedAndIsOfTheMenuAndNotMoreThanAskedFor) {
  const std::set<std::int64_t> menu{0, 1, 2, 4, 8, 16};
  int awards = 0;
  for (int history = 0; history < histories(); ++history) {
    Committee committee(2'000'000U + static_cast<std::uint64_t>(history));
    for (int i = 0; i < 160; ++i) committee.step();
    // Some are not eligible, with or without a waiver; some were screened under another pack.
    for (auto& candidate : committee.candidates) {
      if (committee.below(8) == 0) candidate.application.policy_hash = "another";
      if (committee.below(8) == 0) candidate.entry.waiver_ground = "의결";
      if (committee.below(10) == 0) candidate.application.state = model::ApplicationState::kWithdrawn;
    }
    const auto result = selection::select(committee.inputs(1 + committee.below(32)), committee.rules);
    ASSERT_TRUE(result.ok());
    std::int64_t sum = 0;
    for (const auto& ranked : result->ranking) {
      const auto found =
          std::find_if(committee.candidates.begin(), committee.candidates.end(),
                       [&](const auto& each) { return each.application.id.text == ranked.id; });
      ASSERT_NE(found->application.state, model::ApplicationState::kWithdrawn);
      ASSERT_TRUE(menu.contains(ranked.awarded.count));
      ASSERT_LE(ranked.awarded.count, found->entry.requested.count);
      sum += ranked.awarded.count;
      if (ranked.awarded.count == 0) continue;
      ++awards;
      ASSERT_GE(ranked.reviews_counted, 1);
      ASSERT_GE(*ranked.base_centi_points, 6000) << "AICA's threshold";
      ASSERT_EQ(found->application.policy_hash, committee.rules.policy_hash);
    }
    ASSERT_LE(sum, result->totals.in_service);
  }
  EXPECT_GT(awards, histories() / 100);
}

TEST(EvaluationInvariant, Invariant6_TheSameRowsInAnyOrderGiveTheSameInputs) {
  for (int history = 0; history < histories(); ++history) {
    Committee committee(3'000'000U + static_cast<std::uint64_t>(history));
    for (int i = 0; i < 160; ++i) committee.step();
    const auto one = selection::select(committee.inputs(16), committee.rules);
    auto shuffled = committee;
    std::shuffle(shuffled.candidates.begin(), shuffled.candidates.end(), shuffled.random);
    for (auto& candidate : shuffled.candidates) {
      std::shuffle(candidate.reviews.begin(), candidate.reviews.end(), shuffled.random);
      std::shuffle(candidate.conflicts.begin(), candidate.conflicts.end(), shuffled.random);
      for (auto& review : candidate.reviews)
        std::shuffle(review.scores.begin(), review.scores.end(), shuffled.random);
    }
    const auto other = selection::select(shuffled.inputs(16), shuffled.rules);
    ASSERT_TRUE(one.ok() && other.ok());
    ASSERT_EQ(one->ranking.size(), other->ranking.size());
    for (std::size_t i = 0; i < one->ranking.size(); ++i) {
      ASSERT_EQ(one->ranking[i].id, other->ranking[i].id);
      ASSERT_EQ(one->ranking[i].awarded, other->ranking[i].awarded);
      ASSERT_EQ(one->ranking[i].total_centi_points, other->ranking[i].total_centi_points);
      ASSERT_FALSE(one->ranking[i].steps.empty()) << "each rank has its explanation";
    }
  }
}

}  // namespace
}  // namespace dure::evaluation
