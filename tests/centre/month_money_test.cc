// Money of what is held by the month, over HTTP: changes of its amount and of its price, days given back,
// corrections that come late, and previews that are what would be made.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <cstdint>
#include <string>

#include "centre/centre.h"
#include "centre/filed_change.h"
#include "centre/tenant.h"

namespace dure::tests {
namespace {

// The sample price list in which the card has these prices, as a rule of the call.
void charge_by(Centre& centre, const std::string& prices) {
  auto text = replaced(s0_text("sample-prices.yaml"), "layer: what-if", "layer: call");
  text = replaced(
      text, "      - {id: example-a100-40gb, model: a100-40gb, unit: milli_gpu_hour, price_krw: 12}", prices);
  const auto reply = load_over(centre, text);
  ASSERT_EQ(reply.status, 201) << json::serialize(reply.body);
}

constexpr const char* kByMonth = "      - {id: month, model: a100-40gb, unit: gpu_month, price_krw: 3000000}";

TEST(MonthMoney, D1_I3_DaysBeforeAChangeAreBilledByTheAmountThatTheyHad) {
  Centre centre;
  charge_by(centre, kByMonth);
  Tenant tenant(centre);  // two cards from 1 September on
  centre.advance(base::Span::days(15));
  const auto changed = change_to(centre, 400, {2026, 9, 16});
  ASSERT_EQ(changed.status, 201) << json::serialize(changed.body);
  EXPECT_EQ(changed.text("allocation/id"), tenant.user.allocation);
  EXPECT_EQ(tenant.invoiced("total_krw"), 3'000'000) << "15 of 30 days, two cards";
  centre.advance(base::Span::days(15));
  ASSERT_EQ(tenant.invoice().status, 201);
  EXPECT_EQ(tenant.invoiced("total_krw"), 3'000'000 + 6'000'000) << "and 15 days, four cards";
}

TEST(MonthMoney, F6_I3_DaysGivenBackAfterAnOutageAreNotChargedAgain) {
  Centre centre;
  charge_by(centre, kByMonth);
  Tenant tenant(centre);
  const auto outage = centre.post("/api/v1/outages", centre.operators, {{"cause", "emergency"}});
  centre.advance(base::Span::hours(30));
  centre.post("/api/v1/outages/" + outage.text("id") + "/end", centre.operators);
  const auto allocation = centre.get("/api/v1/allocations/" + tenant.user.allocation, centre.operators);
  ASSERT_EQ(allocation.text("ends_on"), "2027-03-02");
  centre.advance(base::Span::days(200));
  ASSERT_EQ(tenant.invoice().status, 201);
  EXPECT_EQ(tenant.invoiced("total_krw"), 6 * 2 * 3'000'000) << "six months, as agreed";
}

// What the price is now does not matter to what corrects an invoice by the month.
TEST(MonthMoney, I8_ACorrectionThatComesAfterPricesWentToTheHourChangesNothing) {
  Centre centre;
  charge_by(centre,
            "      - {id: month, model: a100-40gb, unit: gpu_month, price_krw: 3000000, until: 2026-09-30}\n"
            "      - {id: hour, model: a100-40gb, unit: milli_gpu_hour, price_krw: 12, from: 2026-10-01}");
  Tenant tenant(centre);
  tenant.see("started", 0);
  centre.advance(base::Span::hours(3));
  tenant.see("ended", 2 * kHourUs, true);  // an estimate
  centre.advance(base::Span::days(32));
  const auto month = tenant.invoice();
  ASSERT_EQ(month.status, 201) << json::serialize(month.body);
  EXPECT_EQ(month.number("invoice/total_krw"), 6'000'000);
  tenant.see("ended", kHourUs);  // it had ended an hour before
  const auto late = tenant.invoice();
  ASSERT_EQ(late.status, 201) << json::serialize(late.body);
  EXPECT_EQ(late.text("lines/0/corrects_invoice_id"), month.text("invoice/id"));
  EXPECT_EQ(late.number("invoice/total_krw"), 0);
  EXPECT_EQ(tenant.invoiced("milli_gpu_ms"), tenant.ledger_sum());
}

TEST(MonthMoney, I8_ACorrectionAfterTheEndIsShownAndCostsNothing) {
  Centre centre;
  charge_by(centre, kByMonth);
  Tenant tenant(centre);
  tenant.see("started", 0);
  centre.advance(base::Span::hours(3));
  tenant.see("ended", 2 * kHourUs, true);
  centre.advance(base::Span::days(190));
  ASSERT_EQ(tenant.invoice().status, 201);
  tenant.see("ended", kHourUs);
  centre.advance(base::Span::days(2));
  const auto late = tenant.invoice();
  ASSERT_EQ(late.status, 201) << json::serialize(late.body);
  EXPECT_EQ(tenant.invoiced("total_krw"), 6 * 2 * 3'000'000);
  EXPECT_EQ(tenant.invoiced("milli_gpu_ms"), tenant.ledger_sum());
}

TEST(MonthMoney, I8_APreviewIsWhatWouldBeMade) {
  Centre centre;
  charge_by(centre, kByMonth);
  Tenant tenant(centre);
  const auto preview = [&] {
    return centre.post("/api/v1/invoices/preview", centre.operators,
                       {{"allocation_id", tenant.user.allocation}});
  };
  tenant.see("started", 0);
  centre.advance(base::Span::hours(2));
  tenant.see("running", 2 * kHourUs);
  EXPECT_EQ(preview().text("code"), "invoice.whole_days");
  EXPECT_EQ(tenant.invoice().text("code"), "invoice.whole_days");
  const json::array layers{
      json::object{{"name", "sample-prices.yaml"}, {"text", s0_text("sample-prices.yaml")}}};
  const auto supposed = centre.post("/api/v1/invoices/preview", centre.operators,
                                    {{"allocation_id", tenant.user.allocation}, {"what_if", layers}});
  EXPECT_EQ(supposed.status, 200) << json::serialize(supposed.body);
  for (const int days : {1, 20}) {
    centre.advance(base::Span::days(days));
    const auto seen = preview();
    ASSERT_EQ(seen.status, 200) << json::serialize(seen.body);
    const auto made = tenant.invoice();
    ASSERT_EQ(made.status, 201) << json::serialize(made.body);
    EXPECT_EQ(seen.number("invoice/total_krw"), made.number("invoice/total_krw"));
    EXPECT_EQ(seen.text("invoice/period_start"), made.text("invoice/period_start"));
    EXPECT_EQ(seen.text("invoice/period_end"), made.text("invoice/period_end"));
    EXPECT_EQ(seen.body.at("lines").as_array().size(), made.body.at("lines").as_array().size());
  }
}

TEST(MonthMoney, I3_AnotherModelsPriceEndsNoInvoice) {
  Centre centre;
  charge_by(centre,
            "      - {id: month, model: a100-40gb, unit: gpu_month, price_krw: 3000000}\n"
            "      - {id: disk-1, unit: gib_month, price_krw: 2, until: 2026-09-14}\n"
            "      - {id: disk-2, unit: gib_month, price_krw: 1, from: 2026-09-15}");
  Tenant tenant(centre);
  centre.advance(base::Span::days(30));
  const auto made = tenant.invoice();
  ASSERT_EQ(made.status, 201) << json::serialize(made.body);
  EXPECT_EQ(made.text("invoice/period_end"), "2026-09-30T15:00:00Z");
  EXPECT_EQ(made.number("invoice/total_krw"), 6'000'000);
}

}  // namespace
}  // namespace dure::tests
