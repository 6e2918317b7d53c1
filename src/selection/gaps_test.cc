// F7: gaps of one to four months are offered to those who wait and fit.
#include "selection/gaps.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <numeric>

#include "calendar/period.h"
#include "selection/test_random.h"

namespace dure::selection {
namespace {

using base::Date;
using base::MilliGpu;

// S3 ③: one to four months.
policy::Award one_to_four() {
  policy::Award rules;
  rules.min_period = calendar::Length{1, calendar::Unit::kMonths};
  rules.max_period = calendar::Length{4, calendar::Unit::kMonths};
  return rules;
}

model::Gap gap(const std::string& id, std::int64_t cards, Date from, Date until) {
  return {id, "p", "h200", MilliGpu::cards(cards), from, until};
}
model::GapRequest gap_request(const std::string& id, std::int64_t cards, std::int64_t months,
                              std::int64_t least = 0) {
  return {id, "", "", MilliGpu::cards(cards), std::nullopt, months, least};
}

std::string served(const model::GapMatching& matching) {
  std::string text;
  for (const auto& offer : matching.offers) text += offer.request + "@" + offer.gap + " ";
  return text;
}

std::string months(const model::GapMatching& matching) {
  std::string text;
  for (const auto& offer : matching.offers) text += offer.request + " " + std::to_string(offer.months) + " ";
  return text;
}

TEST(Gaps, F7_WhoIsFirstAndFitsIsServedAndTheSmallestGapThatDoesIsTaken) {
  const model::GapQuestion question{
      {gap("large", 16, {2026, 4, 1}, {2026, 7, 31}), gap("small", 8, {2026, 4, 1}, {2026, 7, 31})},
      {gap_request("a", 8, 3), gap_request("b", 16, 4), gap_request("c", 8, 4)}};
  const auto matching = match_gaps(question, one_to_four());
  ASSERT_TRUE(matching.ok());
  EXPECT_EQ(served(*matching), "a@small b@large ");
  EXPECT_EQ(matching->offers[0].from, (Date{2026, 4, 1}));
  EXPECT_EQ(matching->offers[0].until, (Date{2026, 6, 30}));
  ASSERT_EQ(matching->unserved.size(), 1u);
  EXPECT_EQ(matching->unserved[0].reason.code, "gap.taken");
  EXPECT_TRUE(matching->exact);
}

TEST(Gaps, F7_ThoseBeforeAreMovedWhereThatMakesRoom) {
  // a takes the smaller gap, which is the only one that b fits into: a moves.
  model::GapQuestion question{
      {gap("one", 8, {2026, 4, 1}, {2026, 7, 31}), gap("two", 12, {2026, 6, 1}, {2026, 9, 30})},
      {gap_request("a", 8, 2), gap_request("b", 8, 2)}};
  question.requests[1].earliest = Date{2026, 4, 1};
  question.gaps[1].model = "b200";
  question.requests[1].model = "h200";
  const auto matching = match_gaps(question, one_to_four());
  ASSERT_TRUE(matching.ok());
  EXPECT_EQ(served(*matching), "a@two b@one ");
}

TEST(Gaps, F7_NobodyGetsFewerMonthsForTheSakeOfThoseBehind) {
  // b fits into the long gap only; a would have to go to the short one, and get two months of four.
  model::GapQuestion question{
      {gap("short", 8, {2026, 4, 1}, {2026, 5, 31}), gap("long", 8, {2026, 4, 1}, {2026, 7, 31})},
      {gap_request("a", 8, 4, 2), gap_request("b", 8, 3)}};
  const auto matching = match_gaps(question, one_to_four());
  ASSERT_TRUE(matching.ok());
  EXPECT_EQ(served(*matching), "a@long ");
  EXPECT_EQ(months(*matching), "a 4 ") << "although the short gap would do, and is smaller";
}

TEST(Gaps, F7_SeveralShareAGapUpToWhatItHas) {
  const model::GapQuestion question{
      {gap("g", 16, {2026, 4, 1}, {2026, 5, 31})},
      {gap_request("a", 8, 2), gap_request("b", 4, 1), gap_request("c", 8, 1), gap_request("d", 4, 1)}};
  const auto matching = match_gaps(question, one_to_four());
  ASSERT_TRUE(matching.ok());
  EXPECT_EQ(served(*matching), "a@g b@g d@g ");
}

TEST(Gaps, F7_TheLengthFollowsTheGapTheRequestAndThePack) {
  const auto months_of = [](std::int64_t asked, std::int64_t least, Date until,
                            std::optional<Date> earliest = std::nullopt) {
    model::GapQuestion question{{gap("g", 8, {2026, 1, 31}, until)}, {gap_request("a", 8, asked, least)}};
    question.requests[0].earliest = earliest;
    const auto matching = match_gaps(question, one_to_four());
    EXPECT_TRUE(matching.ok());
    return matching->offers.empty() ? 0 : matching->offers[0].months;
  };
  EXPECT_EQ(months_of(1, 0, {2026, 2, 28}), 1) << "a month from the 31st ends with February";
  EXPECT_EQ(months_of(1, 0, {2026, 2, 27}), 0) << "a gap shorter than a month is none";
  EXPECT_EQ(months_of(3, 0, {2026, 2, 28}), 0) << "fewer than asked for are not taken";
  EXPECT_EQ(months_of(3, 1, {2026, 2, 28}), 1) << "but where the applicant says so";
  EXPECT_EQ(months_of(12, 1, {2027, 12, 31}), 4) << "four months are the most";
  EXPECT_EQ(months_of(12, 5, {2027, 12, 31}), 0);
  EXPECT_EQ(months_of(2, 0, {2026, 4, 30}, Date{2026, 3, 1}), 2);
  EXPECT_EQ(months_of(2, 0, {2026, 4, 29}, Date{2026, 3, 1}), 0);
  EXPECT_EQ(months_of(2, 0, {2026, 4, 30}, Date{2026, 5, 1}), 0) << "he comes when the gap is over";
}

TEST(Gaps, F7_WrongQuestionsAreToldWithTheirPlace) {
  model::GapQuestion question{
      {gap("g", 8, {2026, 4, 1}, {2026, 3, 1}), gap("g", 0, {2026, 4, 1}, {2026, 5, 1})},
      {gap_request("a", 8, 0), gap_request("b", 0, 1), gap_request("c", 8, 2, 3)}};
  const auto matching = match_gaps(question, one_to_four());
  ASSERT_FALSE(matching.ok());
  std::string pointers;
  for (const auto& each : matching.failure().details) pointers += each.pointer + " ";
  EXPECT_EQ(pointers,
            "/gaps/1/id /gaps/0/until /gaps/1/amount_milli_gpu /requests/0/months "
            "/requests/1/amount_milli_gpu /requests/2/months ");
}

// ---- Against every way to match

model::GapQuestion random_question(testing::Dice& dice) {
  model::GapQuestion question;
  for (std::int64_t i = dice.roll(0, 3); i > 0; --i) {
    auto made = gap("g" + std::to_string(i), dice.roll(1, 5), {2026, 1, static_cast<int>(dice.roll(1, 28))},
                    {2026, static_cast<int>(dice.roll(2, 6)), static_cast<int>(dice.roll(1, 28))});
    if (dice.one_in(3)) made.model = "b200";
    question.gaps.push_back(made);
  }
  for (std::int64_t i = dice.roll(0, 6); i > 0; --i) {
    auto made = gap_request("r" + std::to_string(i), dice.roll(1, 4), dice.roll(1, 4));
    made.least_months = dice.roll(0, made.months);
    if (dice.one_in(3)) made.model = "h200";
    if (dice.one_in(3)) made.earliest = Date{2026, static_cast<int>(dice.roll(1, 4)), 1};
    question.requests.push_back(made);
  }
  return question;
}

// How many months the request may have of the gap, 0 for none: said once more, by trying every number.
std::int64_t most_months(const model::GapRequest& wanted, const model::Gap& in) {
  if ((!wanted.pool.empty() && wanted.pool != in.pool) || (!wanted.model.empty() && wanted.model != in.model))
    return 0;
  const Date from = std::max(in.from, wanted.earliest.value_or(in.from));
  const std::int64_t least = wanted.least_months ? wanted.least_months : wanted.months;
  for (std::int64_t months = std::min<std::int64_t>(wanted.months, 4); months >= least; --months)
    if (calendar::period_end(from, {months, calendar::Unit::kMonths}) <= in.until) return months;
  return 0;
}

// Of all ways to match, the months of each in the one that is best for the first, then the second, and so on.
std::vector<std::int64_t> best_by_trying_all(const model::GapQuestion& question) {
  std::vector<std::int64_t> free;
  for (const auto& each : question.gaps) free.push_back(each.amount.value);
  std::vector<std::int64_t> now, best(question.requests.size(), 0);
  const std::function<void(std::size_t)> go = [&](std::size_t at) {
    if (at == question.requests.size()) {
      best = std::max(best, now);
      return;
    }
    const auto& wanted = question.requests[at];
    for (std::size_t i = 0; i < free.size(); ++i) {
      const std::int64_t months = most_months(wanted, question.gaps[i]);
      if (free[i] < wanted.amount.value || months == 0) continue;
      free[i] -= wanted.amount.value;
      now.push_back(months);
      go(at + 1);
      now.pop_back();
      free[i] += wanted.amount.value;
    }
    now.push_back(0);
    go(at + 1);
    now.pop_back();
  };
  go(0);
  return best;
}

void expect_sound(const model::GapQuestion& question, const model::GapMatching& matching) {
  for (const auto& each : question.gaps) {
    std::int64_t given = 0;
    for (const auto& offer : matching.offers)
      if (offer.gap == each.id) {
        given += offer.amount.value;
        EXPECT_LE(each.from, offer.from);
        EXPECT_LE(offer.until, each.until);
        EXPECT_EQ(offer.until, calendar::period_end(offer.from, {offer.months, calendar::Unit::kMonths}));
      }
    EXPECT_LE(given, each.amount.value);
  }
}

TEST(Gaps, F7_AgreesWithEveryWayToMatchAndDoesNotSeeTheOrderOfTheGaps) {
  const char* tier = std::getenv("DURE_TEST_TIER");
  const int histories = tier && std::string(tier) == "full" ? 20'000 : 3'000;
  const char* seed = std::getenv("DURE_TEST_SEED");
  testing::Dice dice(seed ? static_cast<std::uint32_t>(std::strtoul(seed, nullptr, 10)) : 1u);
  for (int i = 0; i < histories; ++i) {
    auto question = random_question(dice);
    const auto matching = match_gaps(question, one_to_four());
    ASSERT_TRUE(matching.ok());
    EXPECT_TRUE(matching->exact);
    const auto best = best_by_trying_all(question);
    std::vector<std::int64_t> got(question.requests.size(), 0);
    for (std::size_t r = 0; r < question.requests.size(); ++r)
      for (const auto& offer : matching->offers)
        if (offer.request == question.requests[r].id) got[r] = offer.months;
    ASSERT_EQ(got, best) << "history " << i;
    ASSERT_EQ(matching->offers.size() + matching->unserved.size(), question.requests.size());
    expect_sound(question, *matching);
    dice.shuffle(question.gaps);
    const auto again = match_gaps(question, one_to_four());
    ASSERT_EQ(months(*again), months(*matching)) << "history " << i;
  }
}

}  // namespace
}  // namespace dure::selection
