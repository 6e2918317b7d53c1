// I1 to I6, P18, R18, R19: bills of dated uses; the sums of governance 6.7, and what lies at the borders.
#include "programme/statement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "policy/test_layers.h"
#include "programme/charges.h"
#include "programme/test_statements.h"

namespace dure::programme {
namespace {

using base::Date;

TEST(Statement, I2_I3_TheSumsOfTheWorkedExample) {  // governance 6.7
  const auto pack = pack_of(kResearchPrices);
  auto statement = held(16, {2026, 4, 1}, 3);
  statement.payer.organisation_class = model::OrganisationClass::kSmallCompany;
  const auto small = rate_statement(pack, statement);
  ASSERT_TRUE(small.ok());
  EXPECT_EQ(small->gross.won, 159'984'000);
  EXPECT_EQ(small->total.won, 4'799'520);
  statement.payer.certificates = {{"youth", Date{2025, 1, 1}, {}}};
  const auto youth = rate_statement(pack, statement);
  EXPECT_EQ(youth->total.won, 2'399'760);
  ASSERT_EQ(youth->lines.size(), 1u);
  const auto& steps = youth->lines[0].steps;
  ASSERT_EQ(steps.size(), 3u);
  EXPECT_EQ(steps[1].key, "billing.matching");
  EXPECT_EQ(steps[1].rule, "small");
  EXPECT_EQ(steps[1].source, "test matching");
  EXPECT_EQ(steps[1].before.won, 159'984'000);
  EXPECT_EQ(steps[2].rule, "youth");
  EXPECT_EQ(steps[2].after.won, 2'399'760);
}

TEST(Statement, I3_I4_AYearOfEightCards) {  // governance 6.7
  const auto pack = pack_of(kResearchPrices);
  auto statement = held(8, {2026, 1, 1}, 12);
  statement.payer.organisation_class = model::OrganisationClass::kLargeCompany;
  EXPECT_EQ(rate_statement(pack, statement)->total.won, 79'992'000);
  statement.payer.organisation_class = model::OrganisationClass::kVenture;
  EXPECT_EQ(rate_statement(pack, statement)->total.won, 23'997'600);
  statement.payer.open_source_from = Date{2025, 12, 1};
  const auto open = rate_statement(pack, statement);
  EXPECT_EQ(open->total.won, 0);
  EXPECT_EQ(open->lines[0].steps.back().kind, model::ChargeStepKind::kWaiver);
}

TEST(Statement, I4_AWaiverInTheMiddleCutsTheUse) {
  const auto pack = pack_of(kResearchPrices);
  auto statement = held(8, {2026, 1, 1}, 3);
  statement.payer.organisation_class = model::OrganisationClass::kLargeCompany;
  statement.payer.open_source_from = Date{2026, 2, 15};  // 1 month and 14 of 28 days are paid
  const auto bill = rate_statement(pack, statement);
  ASSERT_TRUE(bill.ok());
  ASSERT_EQ(bill->lines.size(), 2u);
  EXPECT_EQ(bill->lines[0].last_day, (Date{2026, 2, 14}));
  EXPECT_EQ(bill->lines[0].amount.won, 8LL * 3'333'000 * 3 / 2 / 4);
  EXPECT_EQ(bill->lines[1].first_day, (Date{2026, 2, 15}));
  EXPECT_EQ(bill->lines[1].amount.won, 0);
  statement.payer.open_source_until = Date{2026, 2, 28};
  EXPECT_EQ(rate_statement(pack, statement)->total.won, 8LL * 3'333'000 * 5 / 2 / 4 / 10 * 10);
}

TEST(Statement, I6_AcademiaPaysNothingByARuleWithAName) {
  auto statement = held(8, {2026, 1, 1}, 3);
  statement.payer.organisation_class = model::OrganisationClass::kUniversity;
  const auto bill = rate_statement(pack_of(kResearchPrices), statement);
  EXPECT_EQ(bill->total.won, 0);
  EXPECT_EQ(bill->lines[0].steps.back().rule, "academia");
  EXPECT_EQ(bill->lines[0].gross.won, 8LL * 3'333'000 * 3);
}

TEST(Statement, I5_AScaleByAFigureOfThePayer) {
  const auto pack = pack_of(R"(
  prices: {source: t, confidence: chosen, value: [{id: p, unit: gpu_month, price_krw: 1000000}]}
  scales:
    source: t
    confidence: chosen
    value:
      - id: by-employees
        title: {ko: 규모}
        figure: employees
        bands: [{up_to: 10, rate_bp: 750}, {up_to: 300, rate_bp: 1000}, {rate_bp: 2500}]
)");
  auto statement = held(1, {2026, 1, 1}, 1);
  const auto of = [&](std::int64_t employees) {
    statement.payer.figures["employees"] = employees;
    return rate_statement(pack, statement)->total.won;
  };
  EXPECT_EQ(of(0), 75'000);
  EXPECT_EQ(of(10), 75'000) << "exactly at the border";
  EXPECT_EQ(of(11), 100'000);
  EXPECT_EQ(of(301), 250'000);
  statement.payer.figures.clear();
  const auto unknown = rate_statement(pack, statement);
  EXPECT_EQ(unknown->total.won, 1'000'000) << "nothing is taken off on what is not known";
  ASSERT_EQ(unknown->not_applied.size(), 1u);
  EXPECT_EQ(unknown->not_applied[0].reason.code, "rating.figure_unknown");
}

// Each step is rounded down, so the order tells: of 7 won 33.33 % are 2 and half of it 1; half of 7 are 3,
// and 33.33 % of it are 0.
TEST(Statement, Invariant13_TheDeclaredOrderHoldsStepByStep) {
  const auto amount = [](const std::string& order, std::int64_t won) {
    const auto pack =
        pack_of("\n  prices: {source: t, confidence: chosen, value: [{id: p, unit: gpu_month, price_krw: " +
                std::to_string(won) + R"(}]}
  matching: {source: t, confidence: chosen, value: [{id: m, title: {ko: m}, rate_bp: 3333}]}
  discounts: {source: t, confidence: chosen, value: [{id: d, title: {ko: d}, rate_bp: 5000}]}
  rounding: {source: t, confidence: chosen, value: {drop_below_won: 1}}
  order: {source: t, confidence: chosen, value: )" +
                order + "}\n");
    return rate_statement(pack, held(1, {2026, 1, 1}, 1))->total.won;
  };
  EXPECT_EQ(amount("[matching, discount, waiver]", 7), 1);
  EXPECT_EQ(amount("[discount, matching, waiver]", 7), 0);
}

TEST(Statement, I2_TwoDiscountsAtOnceAsThePackCombinesThem) {
  const auto amount = [](const std::string& how) {
    const auto pack = pack_of(R"(
  prices: {source: t, confidence: chosen, value: [{id: p, unit: gpu_month, price_krw: 1000000}]}
  discounts: {source: t, confidence: chosen, value: [{id: a, title: {ko: a}, rate_bp: 5000}, {id: b, title: {ko: b}, rate_bp: 3000}]}
  discounts_combine: {source: t, confidence: chosen, value: )" +
                              how + "}\n");
    return rate_statement(pack, held(1, {2026, 1, 1}, 1));
  };
  EXPECT_EQ(amount("compound")->total.won, 350'000);
  EXPECT_EQ(amount("sum")->total.won, 200'000);
  const auto largest = amount("largest");
  EXPECT_EQ(largest->total.won, 500'000);
  ASSERT_EQ(largest->not_applied.size(), 1u);
  EXPECT_EQ(largest->not_applied[0].reason.code, "rating.larger_discount_holds");
}

TEST(Statement, R18_MonthsThatBeginOnThe31stAreWholeMonths) {
  const auto pack = pack_of(kResearchPrices);
  auto statement = held(1, {2026, 1, 31}, 3);
  EXPECT_EQ(rate_statement(pack, statement)->gross.won, 3 * 3'333'000);
  statement.uses[0].months.reset();
  statement.uses[0].ends_on = Date{2026, 4, 30};
  EXPECT_EQ(rate_statement(pack, statement)->gross.won, 3 * 3'333'000);
}

TEST(Statement, R18_APartOfAMonthAsThePackSays) {
  const auto gross = [](const std::string& rule, Date last) {
    const auto pack = pack_of(R"(
  prices: {source: t, confidence: chosen, value: [{id: p, unit: gpu_month, price_krw: 3100000}]}
  part_month: {source: t, confidence: chosen, value: )" +
                              rule + "}\n");
    auto statement = held(1, {2026, 3, 1}, 1);
    statement.uses[0].months.reset();
    statement.uses[0].ends_on = last;
    return rate_statement(pack, statement)->gross.won;
  };
  EXPECT_EQ(gross("by_day", {2026, 3, 1}), 100'000) << "one day of 31";
  EXPECT_EQ(gross("whole", {2026, 3, 1}), 3'100'000);
  EXPECT_EQ(gross("dropped", {2026, 3, 1}), 0);
  EXPECT_EQ(gross("by_day", {2026, 4, 15}), 3'100'000 + 1'550'000);
  EXPECT_EQ(gross("whole", {2026, 4, 15}), 6'200'000);
  EXPECT_EQ(gross("dropped", {2026, 4, 15}), 3'100'000);
}

TEST(Statement, I3_PricesHaveDatesOfForce) {
  const auto pack = pack_of(R"(
  prices:
    source: t
    confidence: chosen
    value:
      - {id: old, unit: gpu_month, price_krw: 310000, until: 2026-03-10}
      - {id: new, unit: gpu_month, price_krw: 620000, from: 2026-03-11}
)");
  const auto bill = rate_statement(pack, held(1, {2026, 3, 1}, 1));
  ASSERT_TRUE(bill.ok());
  ASSERT_EQ(bill->lines.size(), 2u);
  EXPECT_EQ(bill->lines[0].price_item, "old");
  EXPECT_EQ(bill->lines[0].amount.won, 100'000);
  EXPECT_EQ(bill->lines[1].price_item, "new");
  EXPECT_EQ(bill->lines[1].amount.won, 420'000);
}

TEST(Statement, R19_LessThanTenWonAreDroppedAndTheStepSaysSo) {
  const auto pack = pack_of(R"(
  prices: {source: t, confidence: chosen, value: [{id: p, unit: gpu_month, price_krw: 99999}]}
)");
  const auto bill = rate_statement(pack, held(1, {2026, 1, 1}, 1));
  EXPECT_EQ(bill->total.won, 99'990);
  const auto& step = bill->lines[0].steps.back();
  EXPECT_EQ(step.kind, model::ChargeStepKind::kRounding);
  EXPECT_EQ(step.key, "billing.rounding");
  EXPECT_NE(step.source.find("국고금"), std::string::npos) << step.source;
}

TEST(Statement, P14_OneMillisecondAndAYearOfTenThousandCards) {
  const auto pack = pack_of(R"(
  prices: {source: t, confidence: chosen, value: [{id: p, unit: gpu_hour, price_krw: 36000}]}
  rounding: {source: t, confidence: chosen, value: {drop_below_won: 1}}
)");
  EXPECT_EQ(rate_statement(pack, metered(1, {2026, 1, 1}))->total.won, 0);
  EXPECT_EQ(rate_statement(pack, metered(100'000, {2026, 1, 1}))->total.won, 1) << "a GPU for 100 ms";
  const auto year = std::int64_t{10'000} * 365 * 24 * kGpuHour;
  EXPECT_EQ(rate_statement(pack, metered(year, {2026, 1, 1}))->total.won, 3'153'600'000'000);
  EXPECT_EQ(rate_statement(pack, held(10'000, {2026, 1, 1}, 12))->total.won, 3'153'600'000'000)
      << "what is held for days has a price by the hour, too";
}

TEST(Statement, P14_NegativeAmountsOnlyCorrect) {
  const auto pack = pack_of(kResearchPrices);
  auto statement = held(-1, {2026, 1, 1}, 1);
  EXPECT_EQ(faults_of(pack, statement),
            (std::set<std::string>{"/uses/0 rating.negative_without_correction"}));
  statement.uses[0].corrects = "INV-2026-000001";
  const auto credit = rate_statement(pack, statement);
  ASSERT_TRUE(credit.ok());
  EXPECT_EQ(credit->total.won, -3'333'000);
}

TEST(Statement, I8_TaxHasARoundingOfItsOwnAndSparesWhatIsTaxFree) {
  const std::string prices = R"(
  prices:
    source: t
    confidence: chosen
    value:
      - {id: gpu, model: h200, unit: gpu_month, price_krw: 12345}
      - {id: disk, unit: gib_month, price_krw: 11, tax_free: true}
  rounding: {source: t, confidence: chosen, value: {drop_below_won: 1}}
  tax: {source: "부가가치세법 제30조", confidence: chosen, value: {rate_bp: 1000, drop_below_won: 10}}
)";
  auto statement = held(1, {2026, 1, 1}, 1);
  statement.uses.push_back(statement.uses[0]);
  statement.uses[1].gpus.reset();
  statement.uses[1].model = "";
  statement.uses[1].gib = 1000;
  const auto bill = rate_statement(pack_of(prices), statement);
  ASSERT_TRUE(bill.ok());
  EXPECT_EQ(bill->taxed.won, 12'345);
  EXPECT_EQ(bill->tax_free.won, 11'000);
  EXPECT_EQ(bill->tax.won, 1'230) << "1234.5, below ten won dropped";
  EXPECT_EQ(bill->payable.won, 23'345 + 1'230);
  ASSERT_EQ(bill->steps.size(), 1u);
  EXPECT_EQ(bill->steps[0].source, "부가가치세법 제30조");
  const std::string once = "drop_below_won: 10}";
  const auto at_lines = rate_statement(
      pack_of(std::string(prices).replace(prices.find(once), once.size(), "drop_below_won: 1, at: line}")),
      statement);
  ASSERT_TRUE(at_lines.ok());
  EXPECT_EQ(at_lines->tax.won, 1'234);
  EXPECT_TRUE(at_lines->steps.empty());
  for (const auto& line : at_lines->lines) {
    EXPECT_EQ(line.tax.won, line.tax_free ? 0 : 1'234);
    EXPECT_EQ(line.steps.back().kind == model::ChargeStepKind::kTax, !line.tax_free);
  }
}

TEST(Statement, P18_ServerSetsAreChargedByTheServer) {
  const auto pack = pack_of(R"(
  prices: {source: t, confidence: chosen, value: [{id: p, unit: server_month, price_krw: 500000}]}
)");
  auto statement = held(1, {2026, 1, 1}, 2);
  statement.uses[0].gpus.reset();
  statement.uses[0].servers = 3;
  EXPECT_EQ(rate_statement(pack, statement)->total.won, 3'000'000);
  statement.uses[0].servers.reset();
  statement.uses[0].gpus = 1;
  EXPECT_EQ(faults_of(pack, statement), (std::set<std::string>{"/uses/0 rating.no_price"}))
      << "a card has no price there";
}

TEST(Statement, I1_FreeDuringTheProgrammeNeedsNoPrice) {
  const auto pack = pack_of("\n  free_during_programme: {source: 제4조, confidence: stated, value: true}\n");
  const auto bill = rate_statement(pack, held(8, {2026, 1, 1}, 3));
  ASSERT_TRUE(bill.ok());
  EXPECT_EQ(bill->total.won, 0);
  EXPECT_EQ(bill->lines[0].steps[0].key, "billing.free_during_programme");
  EXPECT_EQ(bill->lines[0].steps[0].source, "제4조");
}

TEST(Statement, I8_ABillIsDueByTheCalendar) {
  auto statement = held(1, {2026, 1, 1}, 1);
  statement.issued_on = Date{2026, 2, 2};
  const auto pack = pack_of(std::string(kResearchPrices) +
                            "  invoice_due_days: {source: t, confidence: chosen, value: 12}\n");
  EXPECT_EQ(rate_statement(pack, statement)->due_on, (Date{2026, 2, 19}))
      << "14 February is a Saturday, and Seollal follows until the 18th";
}

TEST(Statement, Invariant12_ThePackAsItIsKeptGivesTheSameBillAgain) {
  const auto pack = pack_of(kResearchPrices);
  auto statement = held(7, {2026, 1, 31}, 5);
  statement.payer.organisation_class = model::OrganisationClass::kVenture;
  statement.payer.certificates = {{"youth", Date{2025, 1, 1}, {}}};
  const auto bill = rate_statement(pack, statement);
  const auto kept = policy::restore(pack.canonical());
  ASSERT_TRUE(bill.ok() && kept.ok());
  EXPECT_EQ(kept->hash(), bill->policy_hash);
  EXPECT_EQ(rate_statement(*kept, statement)->lines, bill->lines);
}

TEST(Statement, I2_MeteredUseOverAChangeOfRulesIsRefusedAndSaysWhere) {
  const auto pack = pack_of(R"(
  prices:
    source: t
    confidence: chosen
    value:
      - {id: old, unit: gpu_hour, price_krw: 1000, until: 2026-03-10}
      - {id: new, unit: gpu_hour, price_krw: 2000, from: 2026-03-11}
)");
  auto statement = metered(kGpuHour, {2026, 3, 1});
  statement.uses[0].ends_on = Date{2026, 3, 31};
  EXPECT_EQ(faults_of(pack, statement), (std::set<std::string>{"/uses/0 rating.rules_change_within"}));
  statement.uses[0].ends_on = Date{2026, 3, 10};
  EXPECT_EQ(rate_statement(pack, statement)->total.won, 1'000);
}

// The price list of a day is long; a use is cut by what it costs itself.
TEST(Statement, I2_I3_TheChangeOfAnotherPriceCutsNothing) {
  const std::string disk =
      "{id: disk-1, unit: gib_month, price_krw: 100, until: 2026-05-14}, "
      "{id: disk-2, unit: gib_month, price_krw: 120, from: 2026-05-15}, "
      "{id: t4-1, model: t4, unit: gpu_hour, price_krw: 300, until: 2026-04-30}, "
      "{id: t4-2, model: t4, unit: gpu_hour, price_krw: 200, from: 2026-05-01}";
  std::string prices = kResearchPrices;
  prices.insert(prices.find("]}"), ", " + disk);
  const auto pack = pack_of(prices);
  auto statement = held(16, {2026, 4, 1}, 3);
  statement.payer.organisation_class = model::OrganisationClass::kSmallCompany;
  statement.payer.certificates = {{"youth", Date{2025, 1, 1}, {}}};
  const auto bill = rate_statement(pack, statement);
  ASSERT_TRUE(bill.ok());
  EXPECT_EQ(bill->total.won, 2'399'760) << "as governance 6.7 has it";
  EXPECT_EQ(bill->lines.size(), 1u);
  const auto hourly = pack_of(
      "\n  prices: {source: t, confidence: chosen, value: [{id: p, model: h200, unit: gpu_hour, price_krw: "
      "1000}, " +
      disk + "]}\n");
  auto use = metered(kGpuHour, {2026, 4, 1});
  use.uses[0].ends_on = Date{2026, 6, 30};
  EXPECT_EQ(faults_of(hourly, use), std::set<std::string>{});
  EXPECT_EQ(rate_statement(hourly, use)->total.won, 1'000) << "charged once, however often others change";
  use.uses[0].model = "t4";
  EXPECT_EQ(faults_of(hourly, use), (std::set<std::string>{"/uses/0 rating.rules_change_within"}));
}

TEST(Statement, P14_MonthsThatAreTooLongAreRefusedWhicheverWayTheyAreGiven) {
  const auto pack = pack_of(kResearchPrices);
  auto statement = held(1, {2999, 1, 1}, 1);
  statement.uses[0].counted_from = Date{1900, 1, 1};
  EXPECT_EQ(faults_of(pack, statement), (std::set<std::string>{"/uses/0/months rating.use_too_long"}));
  EXPECT_EQ(faults_of(pack, held(1, {2999, 12, 1}, 120)),
            (std::set<std::string>{"/uses/0/months calendar.date_not_plannable"}));
  EXPECT_TRUE(rate_statement(pack, held(1, {2026, 1, 31}, 120)).ok());
  auto later = held(1, {2026, 1, 1}, 1);
  later.uses[0].counted_from = Date{2016, 1, 31};
  EXPECT_EQ(faults_of(pack, later), (std::set<std::string>{"/uses/0/months rating.use_too_long"}));
}

TEST(Statement, P14_WhatAddsUpToTooMuchIsRefusedAndNeverTurnsNegative) {
  const auto pack = pack_of(R"(
  prices: {source: t, confidence: chosen, value: [{id: p, unit: gpu_month, price_krw: 1000000000}]}
)");
  auto statement = held(1'000'000, {2026, 1, 1}, 1);
  for (int i = 1; i < 10'000; ++i) {
    statement.uses.push_back(statement.uses[0]);
    statement.uses.back().account_id = std::to_string(i);
  }
  const auto bill = rate_statement(pack, statement);
  ASSERT_FALSE(bill.ok());
  EXPECT_EQ(bill.failure().reason.code, "rating.bill_too_large");
  statement.uses.resize(1'000);
  EXPECT_EQ(rate_statement(pack, statement)->total.won, 1'000'000'000'000'000'000);
}

TEST(Statement, I2_OnePayerHasOnlySoManyCertificates) {
  auto statement = held(1, {2026, 1, 1}, 1);
  statement.payer.certificates.assign(static_cast<std::size_t>(kMostCertificates) + 1,
                                      {"youth", Date{2025, 1, 1}, {}});
  EXPECT_EQ(faults_of(pack_of(kResearchPrices), statement),
            (std::set<std::string>{"/payer/certificates rating.too_many_certificates"}));
  statement.payer.certificates.pop_back();
  EXPECT_TRUE(rate_statement(pack_of(kResearchPrices), statement).ok());
}

// `dure rate --example`, by the pack and the sample prices that lie there (tests/cli/examples types it).
TEST(Statement, I2_I3_TheRealPackAndItsSamplePrices) {
  const auto pack = policy::merge({policy::layer_at("policies/default/policy.yaml"),
                                   policy::layer_at("policies/floors/policy.yaml"),
                                   policy::layer_at("policies/s3-hpc-2026/policy.yaml"),
                                   policy::layer_at("policies/s3-hpc-2026/sample-prices.yaml")});
  ASSERT_TRUE(pack.ok());
  auto statement = held(16, {2026, 4, 1}, 3);
  statement.payer.organisation_class = model::OrganisationClass::kSmallCompany;
  statement.payer.received_on = Date{2026, 3, 25};
  EXPECT_EQ(rate_statement(*pack, statement)->total.won, 4'799'520);
  statement.payer.certificates = {{"youth_company", Date{2025, 7, 1}, Date{2028, 6, 30}}};
  EXPECT_EQ(rate_statement(*pack, statement)->total.won, 2'399'760);
}

TEST(Statement, EveryFaultHasItsPointer) {
  model::UsageStatement statement;
  statement.payer.figures["employees"] = -1;
  statement.payer.open_source_until = Date{2026, 1, 1};
  statement.payer.certificates = {{"", Date{2026, 2, 1}, Date{2026, 1, 1}}};
  model::ChargedUse nothing;
  nothing.model = "h200";
  nothing.starts_on = Date{2026, 1, 1};
  auto both = nothing;
  both.gpus = 1;
  both.milli_gpu = 1000;
  both.months = 1;
  both.ends_on = Date{2025, 12, 31};
  auto late = nothing;
  late.model = "";
  late.gpus = 1;
  late.counted_from = Date{2026, 2, 1};
  late.ends_on = Date{2046, 1, 1};
  statement.uses = {nothing, both, late};
  EXPECT_EQ(faults_of(pack_of(kResearchPrices), statement),
            (std::set<std::string>{
                "/payer/figures/employees number.out_of_range",
                "/payer/open_source_from rating.open_source_from_missing",
                "/payer/certificates/0/kind rating.kind_missing",
                "/payer/certificates/0/valid_until rating.ends_before_it_begins",
                "/uses/0 rating.one_amount",
                "/uses/0/ends_on rating.no_end",
                "/uses/1 rating.one_amount",
                "/uses/1/months rating.one_end",
                "/uses/1/ends_on rating.ends_before_it_begins",
                "/uses/2/model rating.model_missing",
                "/uses/2/counted_from rating.ends_before_it_begins",
                "/uses/2/ends_on rating.use_too_long",
            }));
}

}  // namespace
}  // namespace dure::programme
