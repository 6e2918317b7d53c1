// Money over HTTP: invoices that bill each ledger entry once, corrections, and prices that are only supposed.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <memory>

#include "centre/centre.h"
#include "centre/tenant.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

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

// I1: S0 article 4(4) lets a fee begin after the programme, by an amendment of the guideline.
TEST(Policy, I1_WhatIsFreeCostsSomethingOnlyByAnAmendment) {
  Centre centre;
  const auto prices = replaced(s0_text("sample-prices.yaml"), "layer: what-if", "layer: call");
  const auto load = [&](const std::string& text) {
    return centre.post("/api/v1/programmes", centre.operators,
                       {{"layers", json::array{json::object{{"name", "policy.yaml"}, {"text", s0_text()}},
                                               json::object{{"name", "prices.yaml"}, {"text", text}}}}});
  };
  const auto refused = load(prices);
  EXPECT_EQ(refused.status, 409) << refused.text_body;
  EXPECT_EQ(refused.text("code"), "programme.fee_needs_amendment");
  EXPECT_EQ(refused.text("parameters/version"), "2022-11-21");
  EXPECT_EQ(load(amended(prices)).status, 201);
  Tenant tenant(centre);
  tenant.see("started", 0);
  centre.advance(base::Span::hours(2));
  tenant.see("ended", 2 * kHourUs);
  EXPECT_EQ(tenant.invoice().number("invoice/total_krw"), 24'000);
}

// A tenant with an invoice of 24,000 won, and what is done to it.
struct Debtor {
  Centre centre;
  std::unique_ptr<Tenant> tenant;
  std::string invoice;

  explicit Debtor(const std::string& more = "") {
    auto text = replaced(s0_text("sample-prices.yaml"), "layer: what-if", "layer: call");
    EXPECT_EQ(load_over(centre, text + more).status, 201);
    tenant = std::make_unique<Tenant>(centre);
    tenant->see("started", 0);
    centre.advance(base::Span::hours(2));
    tenant->see("ended", 2 * kHourUs);
    const auto made = tenant->invoice();
    EXPECT_EQ(made.number("invoice/total_krw"), 24'000) << json::serialize(made.body);
    invoice = made.text("invoice/id");
  }
  Reply post(const std::string& what, const json::object& body) {
    return centre.post("/api/v1/invoices/" + invoice + "/" + what, centre.operators, body);
  }
  Reply see() { return centre.get("/api/v1/invoices/" + invoice, centre.operators); }
  std::string state() { return see().text("invoice/state"); }
};

TEST(Payment, I8_AnInvoiceIsPaidInPartsAndNeverByMoreThanIsOwed) {
  Debtor debtor;
  EXPECT_EQ(debtor.see().text("invoice/issued_on"), "2026-09-01");
  EXPECT_EQ(debtor.see().text("invoice/due_on"), "2026-10-01") << "30 days, the first not counted";
  const auto part = debtor.post("payments", {{"amount_krw", 10'000}, {"reference", "bank-1"}});
  ASSERT_EQ(part.status, 201) << json::serialize(part.body);
  EXPECT_EQ(debtor.state(), "partly_paid");
  const auto again = debtor.post("payments", {{"amount_krw", 10'000}, {"reference", "bank-1"}});
  EXPECT_EQ(again.text("id"), part.text("id")) << "the same payment, recorded once";
  EXPECT_EQ(debtor.see().number("invoice/paid_krw"), 10'000);
  EXPECT_EQ(debtor.post("payments", {{"amount_krw", 9'000}, {"reference", "bank-1"}}).text("code"),
            "invoice.reference_used");
  EXPECT_EQ(debtor.post("payments", {{"amount_krw", 14'001}}).text("code"), "invoice.payment_over_owed");
  EXPECT_EQ(debtor.post("payments", {{"amount_krw", 14'000}, {"paid_on", "2026-12-01"}}).text("code"),
            "invoice.payment_in_future");
  EXPECT_EQ(debtor.post("payments", {{"amount_krw", 14'000}}).status, 201);
  EXPECT_EQ(debtor.state(), "paid");
  const auto list =
      debtor.centre.get("/api/v1/payments?invoice_id=" + debtor.invoice, debtor.centre.operators);
  EXPECT_EQ(list.body.at("items").as_array().size(), 2u);
  const auto one = debtor.centre.get("/api/v1/payments/" + part.text("id"), debtor.centre.operators);
  EXPECT_EQ(one.text("reference"), "bank-1");
  EXPECT_EQ(one.number("amount_krw"), 10'000);
}

TEST(Payment, I8_WhatIsNotPaidInTimeIsOverdueAndMayBeWrittenOff) {
  Debtor debtor;
  EXPECT_EQ(debtor.post("write-off", {{"ground", "폐업"}}).text("code"), "invoice.not_from_this_state");
  debtor.centre.advance(base::Span::days(30));  // 1 October, the last day
  debtor.centre.turn_loops();
  EXPECT_EQ(debtor.state(), "issued");
  debtor.centre.advance(base::Span::days(1));
  debtor.centre.turn_loops();
  EXPECT_EQ(debtor.state(), "overdue");
  EXPECT_EQ(debtor.post("payments", {{"amount_krw", 4'000}}).status, 201);
  EXPECT_EQ(debtor.state(), "overdue");
  EXPECT_EQ(debtor.post("write-off", {{"ground", ""}}).text("code"), "invoice.ground_missing");
  EXPECT_EQ(debtor.post("write-off", {{"ground", "폐업"}}).text("state"), "written_off");
  EXPECT_EQ(debtor.post("payments", {{"amount_krw", 1}}).text("code"), "invoice.not_from_this_state");
  debtor.centre.turn_loops();  // the audit is sealed
  const auto audit =
      debtor.centre.get("/api/v1/audit-entries?action=invoices.write_off", debtor.centre.operators);
  EXPECT_EQ(audit.body.at("items").as_array().size(), 1u);
}

// Zero-won invoices of long ago are never paid; they do not keep the keeper from the ones that are owed.
TEST(Payment, I8_InvoicesOfNothingHideNoneThatIsOverdue) {
  Debtor debtor;
  const auto filled =
      commands::run<bool>(debtor.centre.world(), commands::system_caller("test"),
                          [&](commands::Work& work) -> base::Result<bool> {
                            DURE_LET(owed, work.tx.invoices().get(model::InvoiceId(debtor.invoice)));
                            for (int i = 0; i < 600; ++i) {
                              auto nothing = owed;
                              work.stamp(nothing);
                              nothing.number = "OLD-" + std::to_string(i);
                              nothing.total = {0};
                              nothing.due_on = base::Date{2026, 9, 1};
                              DURE_TRY(work.tx.invoices().insert(nothing));
                            }
                            return true;
                          });
  ASSERT_TRUE(filled.ok());
  debtor.centre.advance(base::Span::days(31));
  debtor.centre.turn_loops();
  EXPECT_EQ(debtor.state(), "overdue");
}

TEST(Payment, I8_AWronglyRecordedPaymentIsTakenBack) {
  Debtor debtor;
  EXPECT_EQ(debtor.post("payments", {{"amount_krw", 24'000}, {"reference", "bank-1"}}).status, 201);
  EXPECT_EQ(debtor.state(), "paid");
  EXPECT_EQ(debtor.post("payments", {{"amount_krw", -24'001}}).text("code"), "invoice.payment_over_owed");
  const auto back = debtor.post("payments", {{"amount_krw", -24'000}, {"note", "다른 사업의 입금이었음"}});
  ASSERT_EQ(back.status, 201) << json::serialize(back.body);
  EXPECT_EQ(debtor.state(), "issued");
  EXPECT_EQ(debtor.see().number("invoice/paid_krw"), 0);
}

TEST(Payment, Invariant16_NoResidentNumberIsKeptInATextAboutMoney) {
  Debtor debtor;
  const std::string number = "900101-1234568";
  for (const char* field : {"note", "reference", "method"}) {
    const auto refused = debtor.post("payments", {{"amount_krw", 1}, {field, "입금자 " + number}});
    EXPECT_EQ(refused.text("code"), "form.resident_number") << field;
  }
  EXPECT_EQ(debtor.post("credit-notes", {{"ground", number}}).text("code"), "form.resident_number");
  debtor.centre.advance(base::Span::days(31));
  debtor.centre.turn_loops();
  EXPECT_EQ(debtor.post("write-off", {{"ground", number}}).text("code"), "form.resident_number");
  EXPECT_EQ(debtor.state(), "overdue");
}

TEST(Payment, I8_CancelledOnlyByCreditNotes) {
  Debtor debtor;
  EXPECT_EQ(debtor.post("credit-notes", {{"amount_krw", 24'001}, {"ground", "오류"}}).text("code"),
            "invoice.credit_over_invoice");
  const auto part = debtor.post("credit-notes", {{"amount_krw", 4'000}, {"ground", "장애 보상"}});
  ASSERT_EQ(part.status, 201) << json::serialize(part.body);
  EXPECT_EQ(part.text("number"), "CRN-2026-000001");
  EXPECT_EQ(debtor.state(), "issued");
  const auto rest = debtor.post("credit-notes", {{"ground", "잘못 청구"}});
  EXPECT_EQ(rest.number("amount_krw"), 20'000);
  EXPECT_EQ(debtor.state(), "cancelled");
  const auto list =
      debtor.centre.get("/api/v1/credit-notes?invoice_id=" + debtor.invoice, debtor.centre.operators);
  EXPECT_EQ(list.body.at("items").as_array().size(), 2u);
  const auto one = debtor.centre.get("/api/v1/credit-notes/" + part.text("id"), debtor.centre.operators);
  EXPECT_EQ(one.text("ground"), "장애 보상");
  EXPECT_EQ(debtor.post("payments", {{"amount_krw", 1}}).text("code"), "invoice.not_from_this_state");
}

TEST(Payment, I8_OnlyWhoManagesInvoicesMayAndMembersSee) {
  Debtor debtor;
  const auto user = debtor.centre.log_in(debtor.tenant->user.login, kGoodPassword);
  const auto refused =
      debtor.centre.post("/api/v1/invoices/" + debtor.invoice + "/payments", user, {{"amount_krw", 24'000}});
  EXPECT_EQ(refused.status, 403) << json::serialize(refused.body);
  EXPECT_EQ(debtor.post("payments", {{"amount_krw", 24'000}}).status, 201);
  const auto seen = debtor.centre.get("/api/v1/payments?invoice_id=" + debtor.invoice, user);
  EXPECT_EQ(seen.body.at("items").as_array().size(), 1u);
}

TEST(Invoice, I8_TaxAndEachRuleStandOnTheInvoice) {
  Debtor debtor(
      "  tax: {value: {rate_bp: 1000, drop_below_won: 10}, source: \"부가가치세법\", confidence: chosen}\n");
  const auto view = debtor.see();
  EXPECT_EQ(view.number("invoice/tax_krw"), 2'400);
  EXPECT_EQ(view.text("lines/0/steps/0/key"), "billing.prices");
  EXPECT_EQ(view.text("lines/0/steps/0/source"), "예시 단가");
  EXPECT_EQ(view.number("lines/0/steps/0/after_krw"), 24'000);
  EXPECT_EQ(debtor.post("payments", {{"amount_krw", 24'000}}).status, 201);
  EXPECT_EQ(debtor.state(), "partly_paid") << "the tax is still owed";
}

TEST(Invoice, I8_AnInvoiceEndsWherePricesChange) {
  Centre centre;
  auto text = replaced(s0_text("sample-prices.yaml"), "layer: what-if", "layer: call");
  text = replaced(
      text, "      - {id: example-a100-40gb, model: a100-40gb, unit: milli_gpu_hour, price_krw: 12}",
      "      - {id: early, model: a100-40gb, unit: milli_gpu_hour, price_krw: 12, until: 2026-09-01}\n"
      "      - {id: late, model: a100-40gb, unit: milli_gpu_hour, price_krw: 20, from: 2026-09-02}");
  ASSERT_EQ(load_over(centre, text).status, 201);
  Tenant tenant(centre);
  tenant.see("started", 0);
  centre.advance(base::Span::hours(36));
  tenant.see("ended", 36 * kHourUs);
  EXPECT_EQ(tenant.invoice({{"period_end", "2026-09-01T16:00:00Z"}}).text("code"), "invoice.prices_change");
  const auto first = tenant.invoice();
  ASSERT_EQ(first.status, 201) << json::serialize(first.body);
  EXPECT_EQ(first.text("invoice/period_end"), "2026-09-01T15:00:00Z") << "midnight in Korea";
  EXPECT_EQ(first.text("lines/0/price_item"), "early");
  const auto second = tenant.invoice();
  EXPECT_EQ(second.text("lines/0/price_item"), "late");
  const auto hours = first.number("lines/0/milli_gpu_ms") / 3'600'000'000;
  EXPECT_EQ(first.number("invoice/total_krw"), hours * 12'000);
  EXPECT_EQ(second.number("invoice/total_krw"), (36 - hours) * 20'000);
  EXPECT_EQ(tenant.invoiced("milli_gpu_ms"), tenant.ledger_sum());
}

TEST(Invoice, I3_ByTheMonthTheAllocationIsBilledByWholeDaysHoweverLittleIsUsed) {
  Centre centre;
  auto text = replaced(s0_text("sample-prices.yaml"), "layer: what-if", "layer: call");
  text = replaced(text, "model: a100-40gb, unit: milli_gpu_hour, price_krw: 12",
                  "model: a100-40gb, unit: gpu_month, price_krw: 3000000");
  ASSERT_EQ(load_over(centre, text).status, 201);
  Tenant tenant(centre);  // two cards from 1 September on
  tenant.see("started", 0);
  centre.advance(base::Span::hours(1));
  EXPECT_EQ(tenant.invoice().text("code"), "invoice.whole_days") << "no day is over";
  centre.advance(base::Span::days(1));
  tenant.see("ended", kHourUs);
  const auto first = tenant.invoice();
  ASSERT_EQ(first.status, 201) << json::serialize(first.body);
  EXPECT_EQ(first.number("invoice/total_krw"), 200'000) << "a day of the 30 of September, two cards";
  EXPECT_EQ(first.text("lines/0/unit"), "gpu_month");
  EXPECT_EQ(first.number("lines/1/amount_krw"), 0) << "what was used is shown, and paid for by the month";
  centre.advance(base::Span::days(29));
  const auto rest = tenant.invoice();
  ASSERT_EQ(rest.status, 201) << json::serialize(rest.body);
  EXPECT_EQ(tenant.invoiced("total_krw"), 6'000'000) << "a whole month, in two bills";
  EXPECT_EQ(tenant.invoiced("milli_gpu_ms"), tenant.ledger_sum());
}

TEST(Invoice, H7_I7_ByDeviceTimeWhereTheProgrammeChargesWhatIsUsed) {
  Centre centre;
  auto text = replaced(s0_text("sample-prices.yaml"), "layer: what-if", "layer: call");
  ASSERT_EQ(load_over(centre, text + "  basis: {value: used, source: \"예시\", confidence: chosen}\n").status,
            201);
  Tenant tenant(centre);
  tenant.see("started", 0);
  centre.advance(base::Span::hours(2));
  const auto read = [&](std::int64_t device_seconds) {
    const auto share = centre.get("/api/v1/shares?replica_id=" + tenant.replica, centre.operators);
    centre.report_node({{"readings", json::array{json::object{{"replica_id", tenant.replica},
                                                              {"card_id", share.text("items/0/card_id")},
                                                              {"device_ns", device_seconds * 1'000'000'000},
                                                              {"elapsed_ns", device_seconds * 1'000'000'000},
                                                              {"memory_bytes", 0},
                                                              {"memory_high_bytes", 0},
                                                              {"refused", 0}}}}});
  };
  read(1'800);
  const auto first = tenant.invoice();
  ASSERT_EQ(first.status, 201) << json::serialize(first.body);
  EXPECT_EQ(first.number("invoice/total_krw"), 6'000) << "half an hour of the card, not two hours held";
  centre.advance(base::Span::hours(1));
  read(3'600);
  EXPECT_EQ(tenant.invoice().number("invoice/total_krw"), 6'000) << "only what came since";
  EXPECT_EQ(tenant.invoiced("milli_gpu_ms"), 3'600'000'000);
}

}  // namespace
}  // namespace dure::tests
