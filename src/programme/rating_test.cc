// I1, I2, I3, I4, I7, P14, R19, invariants 12 and 13: money by whole numbers; the values of governance 6.7.
#include "programme/rating.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "programme/price_rules.h"
#include "programme/samples.h"
#include "programme/test_histories.h"

namespace dure::programme {
namespace {

constexpr std::int64_t kExamplePrice = 3'333'000;  // a GPU-month

Factor matching(std::int64_t bp) {
  return {Factor::Kind::kMatching, "company", {bp}, "billing.matching", ""};
}
Factor discount(std::int64_t bp) {
  return {Factor::Kind::kDiscount, "youth", {bp}, "billing.discounts", ""};
}
Factor waiver() {
  return {Factor::Kind::kWaiver, "open-source", {}, "billing.waivers", ""};
}

PriceRules hourly(std::int64_t won, policy::Rounding rounding = {1, policy::RoundAt::kLine}) {
  PriceRules rules;
  rules.prices = {{"any", "", policy::PriceUnit::kGpuHour, {won}, "", false}};
  rules.rounding = rounding;
  return rules;
}

UsageItem used(std::string model, std::string account, std::int64_t milli_gpu_ms) {
  return {std::move(model), model::AccountId(std::move(account)), {milli_gpu_ms}};
}

TEST(Rating, APriceOrAnAmountBeyondReasonIsRefused) {
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t won : {kHuge, std::int64_t{-1}}) {
    auto rules = hourly(won);
    EXPECT_EQ(code_of(rate({used("t4", "a", kGpuHour)}, rules)), "rating.price_out_of_range");
    rules.prices[0].unit = policy::PriceUnit::kMilliGpuHour;
    EXPECT_EQ(code_of(rate({used("t4", "a", kGpuHour)}, rules)), "rating.price_out_of_range");
  }
  EXPECT_EQ(code_of(rate({used("t4", "a", kHuge)}, hourly(1'000'000'000))), "rating.amount_too_large");
}

TEST(Rating, I3_MatchingAndYouthDiscount) {  // governance 6.7
  EXPECT_EQ(monthly({kExamplePrice}, 16, 3, {matching(300)}).net.won, 4'799'520);
  const auto youth = monthly({kExamplePrice}, 16, 3, {matching(300), discount(5000)});
  EXPECT_EQ(youth.net.won, 2'399'760);
  EXPECT_EQ(youth.rule, "matching:company 300 bp, discount:youth 5000 bp");
}

TEST(Rating, I3_I4_AYearOfEightCards) {  // governance 6.7
  EXPECT_EQ(monthly({kExamplePrice}, 8, 12, {matching(2500)}).net.won, 79'992'000);
  EXPECT_EQ(monthly({kExamplePrice}, 8, 12, {matching(750)}).net.won, 23'997'600);
  EXPECT_EQ(monthly({kExamplePrice}, 8, 12, {matching(2500), waiver()}).net.won, 0);
}

TEST(Rating, R19_PartsBelowTenWonAreDropped) {  // governance 6.7
  const policy::Rounding ten{10, policy::RoundAt::kInvoice};
  EXPECT_EQ(rounded({99'999}, ten).won, 99'990);
  EXPECT_EQ(rounded({9}, ten).won, 0);
  EXPECT_EQ(rounded({99'999}, {1, policy::RoundAt::kInvoice}).won, 99'999);
}

TEST(Rating, P14_AnHourOfAGpuCostsItsPriceToTheWon) {
  const auto bill = rate({used("a100-40gb", "a", kGpuHour)}, hourly(12'000));
  ASSERT_TRUE(bill.ok());
  EXPECT_EQ(bill->total.won, 12'000);
  EXPECT_EQ(rate({used("a100-40gb", "a", kGpuHour - 1)}, hourly(12'000))->total.won, 11'999)
      << "never rounded up";
  EXPECT_EQ(rate({used("a100-40gb", "a", 1)}, hourly(12'000))->total.won, 0);
}

TEST(Rating, P14_PiecesAreAddedUpBeforeTheyAreRated) {
  std::vector<UsageItem> pieces(3600, used("t4", "a", kGpuHour / 3600));
  EXPECT_EQ(rate(pieces, hourly(1'000))->total.won, 1'000) << "3600 roundings would lose 1000 won";
}

TEST(Rating, APriceByMilliGpuIsTheSamePrice) {
  auto rules = hourly(12);
  rules.prices[0].unit = policy::PriceUnit::kMilliGpuHour;
  const auto bill = rate({used("a100-40gb", "a", kGpuHour / 2)}, rules);
  EXPECT_EQ(bill->total.won, 6'000);
  EXPECT_EQ(bill->lines[0].price_per_gpu_hour.won, 12'000);
}

TEST(Rating, APriceOfTheModelComesBeforeTheGeneralOne) {
  auto rules = hourly(1'000);
  rules.prices.push_back({"h200", "h200", policy::PriceUnit::kGpuHour, {30'000}, "", false});
  const auto bill = rate({used("h200", "a", kGpuHour), used("t4", "a", kGpuHour)}, rules);
  ASSERT_EQ(bill->lines.size(), 2u);
  EXPECT_EQ(bill->lines[0].price_item, "h200");
  EXPECT_EQ(bill->lines[0].amount.won, 30'000);
  EXPECT_EQ(bill->lines[1].amount.won, 1'000);
}

TEST(Rating, WhatHasNoPriceIsNotFreeByAccident) {
  PriceRules rules;
  EXPECT_EQ(code_of(rate({used("t4", "a", 1)}, rules)), "rating.no_price");
  rules.prices = {{"m", "", policy::PriceUnit::kGpuMonth, {1}, "", false}};
  EXPECT_EQ(code_of(rate({used("t4", "a", 1)}, rules)), "rating.unit_not_by_time");
  EXPECT_EQ(rate({used("t4", "a", 5), used("t4", "a", -5)}, hourly(1))->total.won, 0) << "a correction";
}

TEST(Rating, I1_UnderTheRegionalCentreEverythingCostsNothingByARuleWithAName) {
  const auto& pack = regional_centre();
  const auto rules = price_rules(pack, good_form(), good_facts(), {2026, 9, 1});
  const auto bill = rate({used("a100-40gb", "a", 5 * kGpuHour)}, rules);
  ASSERT_TRUE(bill.ok());
  EXPECT_EQ(bill->total.won, 0);
  EXPECT_EQ(bill->usage.milli_gpu_ms, 5 * kGpuHour) << "use is shown all the same";
  EXPECT_EQ(bill->lines[0].rule, "billing.free_during_programme, 지침 제4조제4항");
}

TEST(Rating, I1_TheSamplePriceListShowsMoney) {
  auto layers = regional_centre().layers;
  layers.push_back(policy::layer_at("policies/s0-regional-centre/sample-prices.yaml"));
  const auto pack = policy::merge(layers);
  ASSERT_TRUE(pack.ok());
  const auto bill = rate({used("a100-40gb", "a", kGpuHour / 100)},
                         price_rules(*pack, good_form(), good_facts(), {2026, 9, 1}));
  ASSERT_TRUE(bill.ok());
  EXPECT_EQ(bill->total.won, 120) << "one block for one hour at 12 won a milli-GPU-hour";
}

TEST(Rating, FactorsOfAPackApplyToThoseWhoMeetThemInTheDeclaredOrder) {
  policy::Billing billing;
  billing.prices = {{"any", "", policy::PriceUnit::kGpuHour, {1'000}, {}, {}, false, ""}};
  policy::Condition small;
  small.is = policy::Predicate::kOrgClass;
  small.in = {"small_company"};
  policy::Condition large = small;
  large.in = {"large_company"};
  policy::Condition open;
  open.is = policy::Predicate::kProjectOpenSource;
  billing.matching = {{"large", {}, {large}, 2500}, {"small", {}, {small}, 750}, {"every", {}, {}, 9000}};
  billing.discounts = {{"youth", {}, {small}, 5000}};
  billing.waivers = {{"open", {}, {open}, {}, ""}};
  auto facts = good_facts();
  const auto names = [&] {
    std::string text;
    for (const auto& factor : price_rules(billing, {}, good_form(), facts, {2026, 9, 1}).factors)
      text += factor.id + " ";
    return text;
  };
  EXPECT_EQ(names(), "small youth ") << "the first matching level that holds; nothing on an unknown fact";
  facts.open_source = true;
  billing.order = {policy::RateStep::kWaiver, policy::RateStep::kDiscount, policy::RateStep::kMatching};
  EXPECT_EQ(names(), "open youth small ");
}

TEST(Rating, R19_RoundingAtTheTotalIsTakenOffTheLargestLine) {
  auto rules = hourly(1, {10, policy::RoundAt::kInvoice});
  const auto bill = rate({used("a", "x", 17 * kGpuHour), used("b", "x", 38 * kGpuHour)}, rules);
  EXPECT_EQ(bill->total.won, 50);
  EXPECT_EQ(bill->lines[0].amount.won, 17);
  EXPECT_EQ(bill->lines[1].amount.won, 33);
  EXPECT_EQ(bill->lines[1].rule, "rounding 5 won");
  const auto small =
      rate({used("a", "x", 3 * kGpuHour), used("b", "x", 3 * kGpuHour), used("c", "x", 3 * kGpuHour)}, rules);
  EXPECT_EQ(small->total.won, 0) << "9 won in three lines";
  rules.rounding.at = policy::RoundAt::kLine;
  EXPECT_EQ(rate({used("a", "x", 17 * kGpuHour), used("b", "x", 38 * kGpuHour)}, rules)->total.won, 40);
}

model::Charge charge_of(std::int64_t won) {
  model::Charge made;
  made.gross = made.amount = {won};
  return made;
}

TEST(Rating, R19_SumsFromTheTreasuryLoseThePartsBelowTenWonToo) {
  const policy::Rounding ten{10, policy::RoundAt::kInvoice};
  EXPECT_EQ(rounded({-99'999}, ten).won, -99'990);
  EXPECT_EQ(rounded({-9}, ten).won, 0);
  EXPECT_EQ(rounded({-10}, ten).won, -10);
  std::vector<model::Charge> lines{charge_of(-40), charge_of(-99'999), charge_of(33)};  // -100 006
  round_charges(lines, ten, "s");
  EXPECT_EQ(lines[0].amount.won, -40);
  EXPECT_EQ(lines[1].amount.won, -99'993) << "off the largest credit";
  EXPECT_EQ(lines[1].discount.won, -6);
  EXPECT_EQ(lines[1].steps.back().key, "billing.rounding");
  EXPECT_EQ(lines[2].amount.won, 33);
  std::vector<model::Charge> small{charge_of(-3), charge_of(-3), charge_of(-3)};
  round_charges(small, ten, "s");
  for (const auto& line : small) EXPECT_EQ(line.amount.won, 0) << "9 won in three credits";
  round_charges(lines, {10, policy::RoundAt::kLine}, "s");
  EXPECT_EQ(lines[1].amount.won, -99'990);
  EXPECT_EQ(lines[2].amount.won, 30);
}

// A bill and its mirror: what is dropped is dropped of both, below ten won, and no line passes zero.
TEST(Rating, R19_ACreditIsRoundedAsTheBillThatItMirrors) {
  std::mt19937_64 random(19);
  for (int i = 0; i < 3'000; ++i) {
    std::vector<model::Charge> bill, credit;
    for (auto n = 1 + random() % 5; n > 0; --n) {
      const auto won = static_cast<std::int64_t>(random() % 400) - 100;
      bill.push_back(charge_of(won));
      credit.push_back(charge_of(-won));
    }
    const policy::Rounding rounding{random() % 2 == 0 ? 10 : 1,
                                    random() % 2 == 0 ? policy::RoundAt::kLine : policy::RoundAt::kInvoice};
    round_charges(bill, rounding, "s");
    round_charges(credit, rounding, "s");
    std::int64_t before = 0, after = 0;
    for (std::size_t k = 0; k < bill.size(); ++k) {
      ASSERT_EQ(bill[k].amount.won, -credit[k].amount.won);
      ASSERT_EQ(credit[k].gross.won - credit[k].discount.won, credit[k].amount.won);
      ASSERT_GE(credit[k].amount.won * credit[k].gross.won, 0) << "passed zero";
      before += credit[k].gross.won;
      after += credit[k].amount.won;
    }
    if (rounding.at == policy::RoundAt::kLine) continue;
    ASSERT_EQ(after % rounding.drop_below_won, 0);
    ASSERT_LE(std::abs(after), std::abs(before));
    ASSERT_LT(std::abs(before - after), rounding.drop_below_won);
  }
}

TEST(Rating, Invariants12And13_LinesAddUpAndNoneIsNegative) {
  std::mt19937_64 random(12);
  for (int i = 0; i < 3'000; ++i) {
    auto rules = hourly(static_cast<std::int64_t>(random() % 50'000),
                        {static_cast<std::int64_t>(random() % 3 == 0 ? 1 : 10),
                         random() % 2 == 0 ? policy::RoundAt::kLine : policy::RoundAt::kInvoice});
    for (auto n = random() % 4; n > 0; --n) {
      const auto kind = random() % 9;
      const auto bp = static_cast<std::int64_t>(random() % 10'001);
      rules.factors.push_back(kind == 0 ? waiver() : kind % 2 == 0 ? matching(bp) : discount(bp));
    }
    std::vector<UsageItem> usage;
    for (auto n = random() % 6; n > 0; --n)
      usage.push_back(used(std::string(1, static_cast<char>('a' + random() % 3)),
                           std::string(1, static_cast<char>('x' + random() % 2)),
                           static_cast<std::int64_t>(random() % (100 * kGpuHour))));
    const auto bill = rate(usage, rules);
    ASSERT_TRUE(bill.ok());
    std::int64_t sum = 0, milli_gpu_ms = 0, given = 0;
    for (const auto& line : bill->lines) {
      ASSERT_GE(line.amount.won, 0);
      ASSERT_GE(line.discount.won, 0);
      ASSERT_EQ(line.gross.won - line.discount.won, line.amount.won);
      sum += line.amount.won;
      milli_gpu_ms += line.usage.milli_gpu_ms;
    }
    for (const auto& item : usage) given += item.usage.milli_gpu_ms;
    ASSERT_EQ(sum, bill->total.won);
    ASSERT_EQ(milli_gpu_ms, given);
    ASSERT_EQ(bill->total.won %
                  (rules.rounding.at == policy::RoundAt::kInvoice ? rules.rounding.drop_below_won : 1),
              0);
    const auto again = rate(usage, rules);
    ASSERT_EQ(again->total, bill->total);
  }
}

RatedPart part(std::vector<UsageItem> usage, const PriceRules& rules, const char* corrects = "") {
  RatedPart made{std::nullopt, std::move(usage), rules};
  if (*corrects) made.corrects = model::InvoiceId(corrects);
  return made;
}

TEST(Rating, P14_UsageTakenBackIsACreditRoundedDown) {
  const auto bill = rate({used("t4", "a", -kGpuHour / 2)}, hourly(1'001));
  ASSERT_TRUE(bill.ok());
  EXPECT_EQ(bill->total.won, -501) << "-500.5 won";
  auto halved = hourly(1'001);
  halved.factors = {discount(5000)};
  EXPECT_EQ(rate({used("t4", "a", -kGpuHour)}, halved)->lines[0].amount.won, -501);
  EXPECT_EQ(rate({used("t4", "a", -kGpuHour)}, hourly(99, {10, policy::RoundAt::kInvoice}))->total.won, -90);
}

TEST(Rating, P14_ACorrectionIsRatedByThePricesOfTheInvoiceThatItCorrects) {
  const auto bill = rate({part({used("t4", "a", -kGpuHour)}, hourly(700), "first"),
                          part({used("t4", "a", 2 * kGpuHour)}, hourly(1'000))},
                         {1, policy::RoundAt::kInvoice});
  ASSERT_TRUE(bill.ok());
  ASSERT_EQ(bill->lines.size(), 2u);
  EXPECT_EQ(bill->lines[0].corrects_invoice_id, model::InvoiceId("first"));
  EXPECT_EQ(bill->lines[0].amount.won, -700);
  EXPECT_EQ(bill->lines[1].number, 2);
  EXPECT_EQ(bill->lines[1].corrects_invoice_id, std::nullopt);
  EXPECT_EQ(bill->total.won, 1'300);
  EXPECT_EQ(bill->usage.milli_gpu_ms, kGpuHour);
}

TEST(Rating, Invariant12_LinesWithCreditsAddUpAndPartsNeverCostMoreThanTheWhole) {
  std::mt19937_64 random(13);
  for (int i = 0; i < 3'000; ++i) {
    auto rules = hourly(static_cast<std::int64_t>(random() % 50'000),
                        {static_cast<std::int64_t>(random() % 2 == 0 ? 1 : 10), policy::RoundAt::kInvoice});
    for (auto n = random() % 3; n > 0; --n)
      rules.factors.push_back(discount(static_cast<std::int64_t>(random() % 10'001)));
    std::vector<RatedPart> parts;
    std::vector<UsageItem> all;
    for (auto n = random() % 5; n > 0; --n) {
      const auto usage = static_cast<std::int64_t>(random() % (4 * kGpuHour)) - 2 * kGpuHour;
      all.push_back(used("t4", "a", usage));
      parts.push_back(part({all.back()}, rules, n % 2 == 0 ? "earlier" : ""));
    }
    const auto bill = rate(parts, rules.rounding);
    ASSERT_TRUE(bill.ok());
    std::int64_t sum = 0, milli_gpu_ms = 0;
    for (const auto& line : bill->lines) {
      ASSERT_EQ(line.gross.won - line.discount.won, line.amount.won);
      ASSERT_TRUE(line.amount.won >= 0 || line.usage.milli_gpu_ms < 0);
      sum += line.amount.won;
      milli_gpu_ms += line.usage.milli_gpu_ms;
    }
    ASSERT_EQ(sum, bill->total.won);
    ASSERT_EQ(milli_gpu_ms, bill->usage.milli_gpu_ms);
    ASSERT_EQ(bill->total.won % rules.rounding.drop_below_won, 0);
    ASSERT_LE(bill->total.won, rate(all, rules)->total.won);
  }
}

TEST(Rating, I3_WhatIsHeldByTheMonthIsChargedOnceAndItsUseIsShown) {
  auto rules = hourly(1'000);
  rules.prices.push_back({"month", "h200", policy::PriceUnit::kGpuMonth, {3'000'000}, "list", false});
  RatedPart held = part({used("h200", "a", kGpuHour), used("t4", "a", kGpuHour)}, rules);
  EXPECT_EQ(code_of(rate({held}, rules.rounding)), "rating.unit_not_by_time") << "nobody bills the months";
  held.held = HeldItem{"h200", base::MilliGpu::cards(2), {2026, 2, 1}, {2026, 2, 14}, {2026, 2, 1}};
  held.months_are_billed = true;
  const auto bill = rate({held}, rules.rounding);
  ASSERT_TRUE(bill.ok());
  ASSERT_EQ(bill->lines.size(), 3u);
  EXPECT_EQ(bill->lines[0].amount.won, 3'000'000) << "two cards for half of February";
  EXPECT_EQ(bill->lines[0].unit, "gpu_month");
  EXPECT_EQ(bill->lines[1].amount.won, 0);
  EXPECT_EQ(bill->lines[1].usage.milli_gpu_ms, kGpuHour);
  EXPECT_EQ(bill->lines[2].amount.won, 1'000) << "another model, by the hour";
  EXPECT_EQ(bill->usage.milli_gpu_ms, 2 * kGpuHour);
}

TEST(Rating, I8_TaxIsDroppedByItsOwnRuleAtTheLineOrOnce) {
  auto rules = hourly(19);
  rules.prices.push_back({"free", "t4", policy::PriceUnit::kGpuHour, {100}, "", true});
  auto bill = *rate({used("a", "x", kGpuHour), used("b", "x", kGpuHour), used("t4", "x", kGpuHour)}, rules);
  add_tax(bill, {1'000, 1, policy::RoundAt::kInvoice});
  EXPECT_EQ(bill.tax.won, 3) << "of 38 won";
  bill.tax = {};
  add_tax(bill, {1'000, 1, policy::RoundAt::kLine});
  EXPECT_EQ(bill.tax.won, 2) << "of 19 won, twice";
}

TEST(Rating, VeryLargeAmountsDoNotOverflow) {
  // 100'000 cards for a year at 100'000 won an hour.
  const auto year = std::int64_t{8'760} * 100'000 * kGpuHour;
  EXPECT_EQ(rate({used("h200", "a", year)}, hourly(100'000))->total.won, 87'600'000'000'000);
}

}  // namespace
}  // namespace dure::programme
