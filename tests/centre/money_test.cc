// Money over HTTP: invoices that bill each ledger entry once, corrections, and prices that are only supposed.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <iterator>

#include "centre/centre.h"
#include "centre/workspace.h"
#include "cli/api.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

constexpr std::int64_t kHourUs = 3'600'000'000;

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

// Puts the programme's pack in force again, with one more layer over it.
Reply load_over(Centre& centre, const std::string& text) {
  const json::array layers{json::object{{"name", "policy.yaml"}, {"text", s0_text()}},
                           json::object{{"name", "prices.yaml"}, {"text", text}}};
  return centre.post("/api/v1/programmes", centre.operators, {{"layers", layers}});
}

// The sample price list as a rule of the call, its prices multiplied.
void charge(Centre& centre, std::int64_t per_milli_gpu_hour) {
  auto text = replaced(s0_text("sample-prices.yaml"), "layer: what-if", "layer: call");
  text = replaced(text, "model: a100-40gb, unit: milli_gpu_hour, price_krw: 12",
                  "model: a100-40gb, unit: milli_gpu_hour, price_krw: " + std::to_string(per_milli_gpu_hour));
  const auto reply = load_over(centre, text);
  ASSERT_EQ(reply.status, 201) << json::serialize(reply.body);
}

// A user with one workload of a whole card that was placed and is played by observations.
struct Tenant {
  Centre& centre;
  Who user;
  std::string replica;
  std::int64_t sequence = 0;

  explicit Tenant(Centre& of) : centre(of), user(of.admit("hong01", 200)) {
    centre.report_node();
    replica = start_workspace(centre, user, "a", 100).replica;
  }

  void see(const std::string& kind, std::int64_t boottime_us, bool estimated = false) {
    json::object row{{"boot_id", "boot-1"},
                     {"sequence", ++sequence},
                     {"replica_id", replica},
                     {"kind", kind},
                     {"boottime_us", boottime_us},
                     {"estimated", estimated},
                     {"observed_at", base::to_text(base::Instant{1'788'220'800'000'000 + boottime_us})}};
    if (kind == "ended") row["exit_code"] = 0;
    centre.report_node({{"observations", json::array{row}}});
  }
  Reply invoice(json::object body = {}) {
    body["allocation_id"] = user.allocation;
    return centre.post("/api/v1/invoices", centre.operators, body);
  }
  std::int64_t ledger_sum() {
    return centre
        .get("/api/v1/usage?allocation_id=" + user.allocation + "&to=2030-01-01T00:00:00Z", centre.operators)
        .number("milli_gpu_ms");
  }
  // The sum over all invoices of the allocation, each checked line by line.
  std::int64_t invoiced(const std::string& field) {
    std::int64_t sum = 0;
    const auto list = centre.get("/api/v1/invoices?allocation_id=" + user.allocation, centre.operators);
    for (const auto& each : list.body.at("items").as_array()) {
      const auto one = centre.get("/api/v1/invoices/" + cli::text_at(each, "id"), centre.operators);
      std::int64_t won = 0, usage = 0;
      for (const auto& line : one.body.at("lines").as_array()) {
        won += cli::number_at(line, "amount_krw");
        usage += cli::number_at(line, "milli_gpu_ms");
      }
      EXPECT_EQ(won, one.number("invoice/total_krw"));
      EXPECT_EQ(usage, one.number("invoice/milli_gpu_ms"));
      sum += one.number("invoice/" + field);
    }
    return sum;
  }
};

TEST(Invoice, I8_ASecondInvoiceBillsOnlyWhatCameSince) {
  Centre centre;
  charge(centre, 12);
  Tenant tenant(centre);
  tenant.see("started", 0);
  centre.advance(base::Span::hours(1));
  tenant.see("running", kHourUs);
  const auto first = tenant.invoice();
  ASSERT_EQ(first.status, 201) << json::serialize(first.body);
  EXPECT_EQ(first.number("invoice/total_krw"), 12'000);
  const auto again = tenant.invoice();
  EXPECT_EQ(again.text("invoice/id"), first.text("invoice/id"));
  centre.advance(base::Span::minutes(1));
  EXPECT_EQ(tenant.invoice().text("invoice/id"), first.text("invoice/id"))
      << "nothing new: the last one stands";
  tenant.see("ended", 2 * kHourUs);
  centre.advance(base::Span::hours(2));
  const auto second = tenant.invoice();
  EXPECT_EQ(second.text("invoice/period_start"), first.text("invoice/period_end"));
  EXPECT_EQ(second.number("invoice/total_krw"), 12'000);
  EXPECT_EQ(tenant.invoiced("milli_gpu_ms"), tenant.ledger_sum());
}

TEST(Invoice, I8_ACorrectionIsCreditedOnTheNextAtThePriceThatWasBilled) {
  Centre centre;
  charge(centre, 12);
  Tenant tenant(centre);
  tenant.see("started", 0);
  centre.advance(base::Span::hours(3));
  tenant.see("ended", 2 * kHourUs, true);  // an estimate
  const auto first = tenant.invoice();
  EXPECT_EQ(first.number("invoice/total_krw"), 24'000);
  charge(centre, 20);
  centre.advance(base::Span::hours(1));
  tenant.see("ended", kHourUs);  // it had ended an hour before
  const auto second = tenant.invoice();
  ASSERT_EQ(second.status, 201) << json::serialize(second.body);
  EXPECT_NE(second.text("invoice/id"), first.text("invoice/id"));
  EXPECT_EQ(second.number("invoice/total_krw"), -12'000);
  EXPECT_EQ(second.text("lines/0/corrects_invoice_id"), first.text("invoice/id"));
  EXPECT_EQ(tenant.invoiced("milli_gpu_ms"), tenant.ledger_sum());
  EXPECT_EQ(tenant.invoiced("total_krw"), 12'000);
}

TEST(Invoice, I8_OverlapGapAndFutureAreRefusedAndTheSamePeriodIsTheSameInvoice) {
  Centre centre;
  Tenant tenant(centre);
  centre.advance(base::Span::hours(5));
  EXPECT_EQ(tenant.invoice({{"period_end", "2026-09-01T09:00:00Z"}}).text("code"), "invoice.future");
  EXPECT_EQ(tenant.invoice({{"period_start", "2026-09-01T01:00:00Z"}}).text("code"), "invoice.gap");
  const auto first = tenant.invoice({{"period_end", "2026-09-01T02:00:00Z"}});
  ASSERT_EQ(first.status, 201) << json::serialize(first.body);
  EXPECT_EQ(tenant.invoice({{"period_end", "2026-09-01T02:00:00Z"}}).text("invoice/id"),
            first.text("invoice/id"));
  EXPECT_EQ(tenant.invoice({{"period_end", "2026-09-01T01:00:00Z"}}).text("code"), "invoice.overlap");
  EXPECT_EQ(tenant.invoice({{"period_start", "2026-09-01T01:00:00Z"}, {"period_end", "2026-09-01T03:00:00Z"}})
                .text("code"),
            "invoice.overlap");
  EXPECT_EQ(tenant.invoice({{"period_start", "2026-09-01T03:00:00Z"}}).text("code"), "invoice.gap");
  EXPECT_EQ(centre
                .post("/api/v1/invoices/preview", centre.operators,
                      {{"allocation_id", tenant.user.allocation}, {"period_end", "2026-09-02T00:00:00Z"}})
                .text("code"),
            "invoice.future");
}

TEST(Policy, AWhatIfLayerNeverComesIntoForceAndPreviewsGoOn) {
  Centre centre;
  const auto refused = load_over(centre, s0_text("sample-prices.yaml"));
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.text("code"), "programme.what_if_layer");
  Tenant tenant(centre);
  tenant.see("started", 0);
  centre.advance(base::Span::hours(2));
  tenant.see("ended", kHourUs);
  EXPECT_EQ(tenant.invoice().number("invoice/total_krw"), 0) << "free under S0";
  const json::array prices{
      json::object{{"name", "sample-prices.yaml"}, {"text", s0_text("sample-prices.yaml")}}};
  const auto preview = centre.post("/api/v1/invoices/preview", centre.operators,
                                   {{"allocation_id", tenant.user.allocation}, {"what_if", prices}});
  EXPECT_EQ(preview.status, 200);
  EXPECT_EQ(preview.number("invoice/total_krw"), 12'000);
  EXPECT_EQ(preview.number("invoice/milli_gpu_ms"), kHourUs);
}

}  // namespace
}  // namespace dure::tests
