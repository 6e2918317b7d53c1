// The invariants of governance 5.4 that selection has a part in, on random packs and applications.
#include <map>

#include "selection/canonical.h"
#include "selection/check.h"
#include "selection/test_random.h"

namespace dure::selection {
namespace {

using namespace testing;  // NOLINT: the cases of this folder

struct Case {
  SelectionRules rules;
  model::SelectionRequest asked;
  model::SelectionResult result;
};

// Calls `look` with each of many random selections.
template <class Look>
void everywhere(int by_default, Look look) {
  for (int seed = 1; seed <= cases(by_default); ++seed) {
    Dice dice(static_cast<std::uint32_t>(1'000'000 + seed));
    Case it;
    it.rules = random_rules(dice);
    it.asked = random_request(dice, it.rules, 40, 80);
    it.result = selected(it.asked, it.rules);
    look(it, dice);
    ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed;
  }
}

std::map<std::string, const model::SelectionApplication*> by_id(const model::SelectionRequest& asked) {
  std::map<std::string, const model::SelectionApplication*> all;
  for (const auto& each : asked.applications) all[each.id] = &each;
  return all;
}

TEST(Invariant, Invariant2_E8_WhatIsReservedIsNotAwardedOutsideItsTrackBeforeItsRelease) {
  everywhere(60, [](const Case& it, Dice&) {
    const std::int64_t capacity = it.result.totals.in_service + it.result.totals.conditional;
    std::int64_t kept = 0;
    for (const auto& each : it.result.reservations) {
      EXPECT_EQ(each.reserved, capacity * each.share_bp / 10'000);
      EXPECT_EQ(each.reserved, each.awarded + each.released + each.held);
      std::int64_t to_track = 0;
      for (const auto& ranked : it.result.ranking)
        if (ranked.track == each.track) to_track += ranked.awarded.count;
      EXPECT_LE(each.awarded, to_track);
      bool fires = each.release == "after_track";
      for (const auto& release : *it.asked.releases)
        if (each.release == "at_decision" && release.track == each.track) fires = true;
      EXPECT_EQ(fires ? each.held : each.released, 0);
      kept += each.awarded + each.held;
    }
    // All that others got fits beside the shares.
    std::int64_t outside = it.result.totals.awarded;
    for (const auto& each : it.result.reservations) outside -= each.awarded;
    EXPECT_LE(outside, capacity - kept);
    EXPECT_EQ(it.result.totals.awarded + it.result.totals.left, capacity);
    EXPECT_GE(it.result.totals.left, it.result.totals.held);
  });
}

TEST(Invariant, Invariant3_AnAwardIsForAnEligibleScoredApplicationOfThisPackOrWithAWaiver) {
  everywhere(60, [](const Case& it, Dice&) {
    const auto applications = by_id(it.asked);
    ASSERT_EQ(it.result.ranking.size(), it.asked.applications.size());
    for (const auto& each : it.result.ranking) {
      if (each.awarded.count == 0) continue;
      const auto& application = *applications.at(each.id);
      EXPECT_TRUE(application.state == model::ApplicationState::kEligible ||
                  (application.state == model::ApplicationState::kIneligible && application.waiver_ground));
      EXPECT_EQ(application.policy_hash.value_or(it.rules.policy_hash), it.rules.policy_hash);
      EXPECT_TRUE(each.rank);
      if (it.rules.scored()) {
        EXPECT_GE(each.reviews_counted, 1);
        EXPECT_GE(each.reviews_counted, it.rules.evaluation.min_reviews);
      }
    }
  });
}

TEST(Invariant, Invariant4_E2_NoScoreIsAboveItsMaximum) {
  everywhere(60, [](Case& it, Dice& dice) {
    for (const auto& each : it.result.ranking) {
      for (const auto& score : each.criteria)
        EXPECT_LE(score.centi_points, score.criterion == "c1" ? 600 : 400);
      EXPECT_LE(each.base_centi_points.value_or(0), 1000);
    }
    if (it.asked.applications.empty()) return;
    auto& broken = it.asked.applications[static_cast<std::size_t>(
        dice.roll(0, static_cast<std::int64_t>(it.asked.applications.size()) - 1))];
    if (broken.reviews.empty()) return;
    broken.reviews[0].scores[1].centi_points = 401;
    EXPECT_FALSE(select(it.asked, it.rules).ok());
  });
}

TEST(Invariant, Invariant5_E14_AScoreUnderAnUnresolvedConflictChangesNothing) {
  everywhere(60, [](Case& it, Dice& dice) {
    const auto as_it_was = flat(it.result);
    for (auto& application : it.asked.applications)
      for (auto& review : application.reviews)
        if (review.conflict == model::ConflictState::kUnresolved)
          review.scores = {{"c1", dice.roll(0, 600)}, {"c2", dice.roll(0, 400)}};
    EXPECT_TRUE(flat(selected(it.asked, it.rules)) == as_it_was);
  });
}

TEST(Invariant, Invariant6_E5_TheOrderOfTheInputDoesNotMatterAndEachPlaceIsExplained) {
  everywhere(60, [](Case& it, Dice& dice) {
    const auto as_it_was = flat(it.result);
    const auto own = flat(in_own_order(it.asked));
    dice.shuffle(it.asked.applications);
    dice.shuffle(*it.asked.releases);
    for (auto& application : it.asked.applications) {
      dice.shuffle(application.reviews);
      dice.shuffle(*application.bonuses);
      dice.shuffle(*application.priorities);
      for (auto& review : application.reviews) dice.shuffle(review.scores);
    }
    EXPECT_TRUE(flat(in_own_order(it.asked)) == own);
    EXPECT_TRUE(flat(selected(it.asked, it.rules)) == as_it_was);
    for (const auto& each : it.result.ranking) {
      EXPECT_FALSE(each.steps.empty()) << each.id;
      const bool lacks = each.awarded.count < (each.recommended ? *each.recommended : each.requested).count;
      EXPECT_TRUE(!lacks || !each.needed.empty() || !each.rank) << each.id;
    }
  });
}

TEST(Invariant, Invariant7_B7_E10_AwardsAreOfTheMenuAndNotAboveWhatWasAskedWithoutADecision) {
  everywhere(60, [](const Case& it, Dice&) {
    const auto applications = by_id(it.asked);
    for (const auto& each : it.result.ranking) {
      const auto& application = *applications.at(each.id);
      const std::int64_t awarded = each.awarded.count;
      EXPECT_GE(each.requested.count, 1);
      EXPECT_EQ(each.requested.count, application.requested.count);
      if (!it.rules.pool.unit_menu.empty()) {
        EXPECT_TRUE(awarded == 0 || awarded == 1 || awarded == 2 || awarded == 4) << awarded;
      }
      if (awarded > each.requested.count) {
        EXPECT_TRUE(application.recommended && application.recommended->decision);
      }
      if (!it.rules.selection.partial_award && awarded > 0) {
        EXPECT_EQ(awarded, (each.recommended ? *each.recommended : each.requested).count);
      }
    }
  });
}

TEST(Invariant, E9_NoInstitutionIsAboveItsCap) {
  everywhere(60, [](const Case& it, Dice&) {
    for (const auto& each : it.result.institutions)
      if (each.cap) {
        EXPECT_LE(each.awarded, *each.cap);
      }
  });
}

// E4, E13: without shares, caps, penalties and balance nobody is served less while one ranked behind him, who
// asks for as much or more, is served.
TEST(Invariant, E4_E13_TheBetterRankedAreServedFirst) {
  for (int seed = 1; seed <= cases(60); ++seed) {
    Dice dice(static_cast<std::uint32_t>(2'000'000 + seed));
    SelectionRules rules = random_rules(dice);
    rules.selection.reservations.clear();
    rules.selection.institution_cap_bp.reset();
    rules.selection.institution_penalty_points.reset();
    rules.selection.balance = policy::Balance::kNone;
    const auto result = selected(random_request(dice, rules, 30, 40), rules);
    const auto target = [](const auto& each) {
      return (each.recommended ? *each.recommended : each.requested).count;
    };
    for (std::size_t i = 1; i < result.ranking.size(); ++i)
      for (std::size_t j = 0; j < i && result.ranking[i].rank; ++j) {
        const auto& ahead = result.ranking[j];
        const auto& behind = result.ranking[i];
        if (target(ahead) == 0 || target(behind) < target(ahead)) continue;
        ASSERT_GE(ahead.awarded.count, std::min(target(ahead), behind.awarded.count)) << "seed " << seed;
      }
  }
}

}  // namespace
}  // namespace dure::selection
