// I2, I3, I5: price lists, scales and orders that contradict themselves are refused, each with its key.
#include <gtest/gtest.h>

#include "policy/test_layers.h"

namespace dure::policy {
namespace {

std::set<std::string> faults_of_billing(const std::string& billing) {
  const auto pack = merge({layer_of(head("programme") + "billing:\n" + billing)});
  return pack.ok() ? std::set<std::string>{} : faults(pack.failure());
}

std::string prices(const std::string& items) {
  return "  prices: " + sourced("[" + items + "]") + "\n";
}

std::string scale(const std::string& bands) {
  return "  scales: " + sourced("[{id: s, title: {ko: s}, figure: employees, bands: [" + bands + "]}]") +
         "\n";
}

TEST(BillingConsistency, I3_TwoPricesOfOneModelAreNeverInForceOnTheSameDay) {
  const std::string first = "{id: a, model: h200, unit: gpu_hour, price_krw: 1, until: 2026-06-30}, ";
  EXPECT_EQ(faults_of_billing(
                prices(first + "{id: b, model: h200, unit: milli_gpu_hour, price_krw: 1, from: 2026-06-30}")),
            (Faults{"/billing/prices policy.prices_overlap"}));
  EXPECT_EQ(faults_of_billing(
                prices(first + "{id: b, model: h200, unit: gpu_hour, price_krw: 1, from: 2026-07-01}")),
            Faults{});
  EXPECT_EQ(faults_of_billing(prices(first + "{id: b, model: h200, unit: gpu_month, price_krw: 1}")),
            Faults{})
      << "by the month is another kind";
  EXPECT_EQ(
      faults_of_billing(prices("{id: a, unit: gpu_hour, price_krw: 1, from: 2026-06-30, until: 2026-06-29}")),
      (Faults{"/billing/prices policy.ends_before_it_begins"}));
}

TEST(BillingConsistency, I5_BandsRiseAndOnlyTheLastHasNoEnd) {
  EXPECT_EQ(faults_of_billing(scale("{up_to: 10, rate_bp: 1}, {up_to: 20, rate_bp: 2}, {rate_bp: 3}")),
            Faults{});
  EXPECT_EQ(faults_of_billing(scale("{up_to: 10, rate_bp: 1}, {up_to: 10, rate_bp: 2}")),
            (Faults{"/billing/scales policy.not_rising"}));
  EXPECT_EQ(faults_of_billing(scale("{rate_bp: 1}, {up_to: 10, rate_bp: 2}")),
            (Faults{"/billing/scales policy.not_rising"}));
}

TEST(BillingConsistency, Invariant13_AStepThatTheOrderLeavesOutIsRefused) {
  const std::string discounts = "  discounts: " + sourced("[{id: d, title: {ko: d}, rate_bp: 5000}]") + "\n";
  EXPECT_EQ(faults_of_billing(discounts + "  order: " + sourced("[matching]") + "\n"),
            (Faults{"/billing/order policy.step_missing"}));
  EXPECT_EQ(faults_of_billing(discounts + "  order: " + sourced("[discount]") + "\n"), Faults{});
}

}  // namespace
}  // namespace dure::policy
