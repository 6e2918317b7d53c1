// I8: a bill that a person can check by hand.
#include "cli/bill_text.h"

#include <gtest/gtest.h>

namespace dure::cli {
namespace {

TEST(BillText, NumbersAreGroupedAndQuantitiesAreExact) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(159'984'000), "159,984,000");
  EXPECT_EQ(grouped(-1'000), "-1,000");
  EXPECT_EQ(units_text(48 * 377'580, 377'580), "48");
  EXPECT_EQ(units_text(377'580 + 12 * 12'180, 377'580), "1 + 12/31");
  EXPECT_EQ(units_text(377'580 / 2, 377'580), "1/2");
  EXPECT_EQ(units_text(1, 3'600'000'000), "1/3600000000");
  EXPECT_EQ(units_text(-377'580 * 3 / 2, 377'580), "-(1 + 1/2)");
}

TEST(BillText, I2_I3_EachRuleStandsWithItsKeyItsSourceAndWhatItLeft) {
  model::RatedStatement bill;
  bill.programme = "research";
  bill.policy_version = "1";
  bill.policy_hash = "0123456789abcdef";
  model::Charge line;
  line.number = 1;
  line.model = "h200";
  line.first_day = {2026, 4, 1};
  line.last_day = {2026, 6, 30};
  line.unit = "gpu_month";
  line.price = {3'333'000};
  line.quantity = 48;
  line.steps = {
      {model::ChargeStepKind::kPrice, "market", "billing.prices", "단가표", {}, {}, {159'984'000}},
      {model::ChargeStepKind::kMatching,
       "small",
       "billing.matching",
       "공고",
       750,
       {159'984'000},
       {11'998'800}},
  };
  bill.lines = {line};
  bill.total = bill.payable = {11'998'800};
  bill.due_on = base::Date{2026, 7, 31};
  const auto text = bill_text(bill, false);
  EXPECT_NE(text.find("48 GPU months x 3,333,000"), std::string::npos) << text;
  EXPECT_NE(text.find("share paid small 7.5 %"), std::string::npos) << text;
  EXPECT_NE(text.find("11,998,800  billing.matching, 공고"), std::string::npos) << text;
  EXPECT_NE(text.find("by 2026-07-31"), std::string::npos) << text;
  EXPECT_NE(bill_text(bill, true).find("자부담 small 7.5 %"), std::string::npos);
}

}  // namespace
}  // namespace dure::cli
