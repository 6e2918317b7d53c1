// Invariants 12 and 13, I2 to I6: random price lists, payers and uses, cut into parts in any way, against
// bills made day by day in fractions of any size. With DURE_TEST_TIER=full 10,000 histories, else some
// hundreds.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "programme/statement.h"
#include "programme/test_histories.h"
#include "programme/test_random_statements_fixture.h"
#include "programme/test_statement_oracle.h"

namespace dure::programme {
namespace {

using namespace testing;  // NOLINT: random statements

void expect_adds_up(const model::RatedStatement& bill, const policy::Billing& billing) {
  std::int64_t total = 0;
  for (const auto& line : bill.lines) {
    ASSERT_EQ(line.gross.won - line.discount.won, line.amount.won);
    ASSERT_TRUE(line.amount.won >= 0 || !line.corrects.empty()) << "negative, and corrects nothing";
    ASSERT_FALSE(line.price_item.empty());
    std::int64_t figure = 0;
    for (const auto& step : line.steps) {
      ASSERT_EQ(step.before.won, figure) << "each step begins where the last one ended";
      ASSERT_FALSE(step.key.empty());
      figure = step.after.won;
    }
    ASSERT_EQ(figure, line.amount.won);
    total += line.amount.won;
    // Factors by the declared order.
    std::vector<std::size_t> places;
    for (const auto& step : line.steps) {
      const auto kind = step.kind == model::ChargeStepKind::kMatching   ? policy::RateStep::kMatching
                        : step.kind == model::ChargeStepKind::kDiscount ? policy::RateStep::kDiscount
                                                                        : policy::RateStep::kWaiver;
      if (step.kind == model::ChargeStepKind::kPrice || step.kind == model::ChargeStepKind::kRounding)
        continue;
      places.push_back(static_cast<std::size_t>(std::find(billing.order.begin(), billing.order.end(), kind) -
                                                billing.order.begin()));
    }
    ASSERT_TRUE(std::is_sorted(places.begin(), places.end()));
  }
  ASSERT_EQ(total, bill.total.won);
}

TEST(StatementProperty, Invariants12And13_BillsAreThoseOfTheOracleHoweverTheUseIsCut) {
  int priced = 0;
  for (int seed = 0; seed < histories(300); ++seed) {
    Chance chance(static_cast<std::uint64_t>(seed));
    policy::Pack pack;
    pack.billing = price_list(chance);
    model::UsageStatement statement;
    statement.payer = payer(chance);
    for (auto n = chance.below(6); n >= 0; --n) statement.uses.push_back(use(chance));
    const auto wanted = oracle::Maker(pack.billing, statement).bill();
    const auto bill = rate_statement(pack, statement);
    ASSERT_EQ(bill.ok(), wanted.priced) << "seed " << seed;
    if (!bill.ok()) continue;
    ++priced;
    SCOPED_TRACE("seed " + std::to_string(seed));
    ASSERT_EQ(bill->lines.size(), wanted.lines);
    ASSERT_EQ(oracle::Integer(bill->total.won), wanted.total);
    expect_adds_up(*bill, pack.billing);
    if (HasFatalFailure()) return;
    for (int round = 0; round < 4; ++round) {
      const auto at = chance.below(static_cast<std::int64_t>(statement.uses.size()));
      auto [first, second] = split(chance, statement.uses[static_cast<std::size_t>(at)]);
      statement.uses[static_cast<std::size_t>(at)] = first;
      statement.uses.push_back(second);
      std::shuffle(statement.uses.begin(), statement.uses.end(), chance.engine());
    }
    const auto again = rate_statement(pack, statement);
    ASSERT_TRUE(again.ok());
    ASSERT_EQ(again->lines, bill->lines) << "the same lines, whatever the parts and their order";
    ASSERT_EQ(again->total, bill->total);
  }
  EXPECT_GT(priced, histories(300) / 4);
}

}  // namespace
}  // namespace dure::programme
