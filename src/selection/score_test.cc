// Joining reviews: means, trimmed means, rounding, and whose review counts.
#include "selection/score.h"

#include <limits>

#include "selection/test_cases.h"

namespace dure::selection {
namespace {

using namespace testing;  // NOLINT: the cases of this folder

Score joined(const std::vector<model::SelectionReview>& reviews, const std::string& more = "") {
  return join_reviews(reviews, rules_with(panel() + more, ""));
}

std::vector<model::SelectionReview> three() {
  return {review("r1", {2000, 2000, 1000, 1000}), review("r2", {2000, 2000, 1000, 1000}),
          review("r3", {2000, 2000, 1000, 999})};
}

TEST(Score, E2_AMeanIsCutToHundredthsAndNeverRoundedOverTheThreshold) {
  EXPECT_EQ(to_text(joined(three()).base), "59.99");  // 59.9966…
  EXPECT_EQ(to_text(joined(three(), key("rounding", "half_up")).base), "60.00");
  const Points exact = joined(three(), key("rounding", "exact")).base;
  EXPECT_EQ(to_text(exact), "59.996666…");
  EXPECT_LT(exact, (Points{6000, 1}));
  EXPECT_GT(exact, (Points{5999, 1}));
}

TEST(Score, E2_TheBaseIsRoundedOnceAndNotTheSumOfRoundedMeans) {
  const auto score = joined({review("r1", {1001, 1001, 1001, 1001}), review("r2", {1000, 1000, 1000, 1000})});
  EXPECT_EQ(to_text(score.base), "40.02");
  EXPECT_EQ(to_text(score.criteria[0]), "10.00");
}

TEST(Score, E2_TrimmedByTotalLeavesWholeReviewsOut) {
  const std::vector<model::SelectionReview> four{
      review("r1", {3000, 3000, 2000, 2000}), review("r2", {2000, 2000, 1000, 1000}),
      review("r3", {2100, 2000, 1000, 1000}), review("r4", {0, 0, 0, 0})};
  const auto score = joined(four, key("consolidation", "trimmed_mean"));
  EXPECT_EQ(to_text(score.base), "60.50");
  EXPECT_EQ(score.trimmed, (std::vector<std::size_t>{0, 3}));
  EXPECT_EQ(to_text(score.criteria[0]), "20.50");
}

TEST(Score, E2_TrimmedByCriterionLeavesTheExtremesOfEachOut) {
  const std::vector<model::SelectionReview> three_apart{review("r1", {3000, 0, 1000, 1000}),
                                                        review("r2", {0, 3000, 1000, 1000}),
                                                        review("r3", {2000, 1000, 1000, 1000})};
  const std::string trimmed = key("consolidation", "trimmed_mean");
  EXPECT_EQ(to_text(joined(three_apart, trimmed + key("trim_by", "criterion")).base), "50.00");
  EXPECT_EQ(to_text(joined(three_apart, trimmed).base), "50.00");  // all total 50: r1 and r3 go
  EXPECT_EQ(to_text(joined(three_apart, trimmed).criteria[0]), "0.00");
}

TEST(Score, E2_TooFewToTrimGiveThePlainMean) {
  const auto score = joined({review("r1", {2000, 2000, 1000, 1000}), review("r2", {2000, 2000, 1000, 900})},
                            key("consolidation", "trimmed_mean"));
  EXPECT_TRUE(score.too_few_to_trim);
  EXPECT_EQ(to_text(score.base), "59.50");
}

TEST(Score, E14_AnUnresolvedConflictDoesNotCount) {
  using model::ConflictState;
  auto reviews = three();
  reviews[0].scores = review("r1", {3000, 3000, 2000, 2000}).scores;
  for (const auto conflict : {ConflictState::kUnresolved, ConflictState::kRecused}) {
    reviews[0].conflict = conflict;
    EXPECT_EQ(joined(reviews).counted, 2);
    EXPECT_EQ(to_text(joined(reviews).base), "59.99");
  }
  for (const auto conflict : {ConflictState::kDismissed, ConflictState::kWaived, ConflictState::kNone}) {
    reviews[0].conflict = conflict;
    EXPECT_EQ(joined(reviews).counted, 3);
  }
}

TEST(Score, E1_E14_TooFewReviewsThatCountGiveNoRank) {
  const auto rules = rules_with(panel() + key("min_reviews", "3"), "");
  auto it = application("a", 1, {});
  it.reviews = three();
  EXPECT_EQ(told(selected(request(1, {it}), rules)), "a - below_threshold 0");
  it.reviews[2].conflict = model::ConflictState::kUnresolved;
  const auto result = selected(request(1, {it}), rules);
  EXPECT_EQ(told(result), "a - not_evaluated 0");
  EXPECT_NE(step(result.ranking[0], "selection.review_conflict"), nullptr);
  EXPECT_EQ(flat(result.ranking[0].needed), "[selection.needs_reviews missing=1,]");
  it.reviews.clear();
  EXPECT_EQ(told(selected(request(1, {it}), rules_with(panel(), ""))), "a - not_evaluated 0");
}

TEST(Score, WhatIsNotSubmittedDoesNotCount) {
  using model::ReviewState;
  for (const auto state : {ReviewState::kAssigned, ReviewState::kAccepted, ReviewState::kDeclined,
                           ReviewState::kConflicted, ReviewState::kInProgress}) {
    auto one = review("r", {1000, 1000, 1000, 1000});
    one.state = state;
    EXPECT_FALSE(counts(one)) << model::to_text(state);
  }
  auto submitted = review("r", {1000, 1000, 1000, 1000});
  submitted.state = ReviewState::kSubmitted;
  EXPECT_TRUE(counts(submitted));
}

TEST(Points, CompareAsFractions) {
  EXPECT_EQ((Points{1, 3}), (Points{2, 6}));
  EXPECT_LT((Points{1, 3}), (Points{334, 1000}));
  EXPECT_EQ((Points{10, 3}) - 3, (Points{1, 3}));
  EXPECT_EQ(to_text(Points{-150, 1}), "-1.50");
  EXPECT_EQ(centi_of(Points{-1, 2}), -1);
}

TEST(Points, AnyNumberHasAText) {
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(points_text(kLeast), "-92233720368547758.08");
  EXPECT_EQ(to_text(Points{kLeast, 1}), "-92233720368547758.08");
  EXPECT_EQ(to_text(Points{kLeast, 3}), "-30744573456182586.026666…");
  EXPECT_EQ(points_text(-250), "-2.50");
  EXPECT_EQ(points_text(std::numeric_limits<std::int64_t>::max()), "92233720368547758.07");
}

}  // namespace
}  // namespace dure::selection
