// Who pays, over HTTP: what a person of the centre confirmed is kept with its ground, and every invoice goes
// by it.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <memory>
#include <string>

#include "centre/centre.h"
#include "centre/tenant.h"

namespace dure::tests {
namespace {

// Prices by the hour, half of it for youth companies, a scale by the number of employees, nothing for open
// results.
constexpr const char* kRules = R"(
  scales:
    source: "예시"
    confidence: chosen
    value:
      - {id: size, title: {ko: 규모}, figure: employees, bands: [{up_to: 50, rate_bp: 5000}, {rate_bp: 10000}]}
  discounts:
    source: "예시"
    confidence: chosen
    value: [{id: youth, title: {ko: 청년}, when: [{is: certificate.valid, of: youth_company, on: use}], rate_bp: 5000}]
  waivers:
    source: "예시"
    confidence: chosen
    value: [{id: open, title: {ko: 공개}, all: [{is: project.open_source}]}]
)";

struct Payer {
  Centre centre;
  std::unique_ptr<Tenant> tenant;
  std::string application;

  Payer() {
    const auto text = replaced(s0_text("sample-prices.yaml"), "layer: what-if", "layer: call");
    const auto loaded = load_over(centre, text + kRules);
    EXPECT_EQ(loaded.status, 201) << json::serialize(loaded.body);
    tenant = std::make_unique<Tenant>(centre);
    application = tenant->user.application;
    tenant->see("started", 0);
    centre.advance(base::Span::hours(2));
    tenant->see("ended", 2 * kHourUs);
  }
  Reply confirm(json::object facts) {
    if (!facts.contains("ground")) facts["ground"] = "원본을 봄";
    return centre.post("/api/v1/applications/" + application + "/payer", centre.operators, facts);
  }
};

const json::array kYouth{json::object{{"kind", "youth_company"}, {"valid_from", "2026-01-01"}}};

TEST(Payer, I2_I5_NobodyIsBilledByWhatIsNotKnownAndThenByWhatWasConfirmed) {
  Payer payer;
  const auto refused = payer.tenant->invoice();
  EXPECT_EQ(refused.text("code"), "invoice.payer_unconfirmed") << json::serialize(refused.body);
  EXPECT_EQ(refused.text("parameters/rules"), "size, youth, open");
  EXPECT_EQ(payer.centre
                .post("/api/v1/invoices/preview", payer.centre.operators,
                      {{"allocation_id", payer.tenant->user.allocation}})
                .text("code"),
            "invoice.payer_unconfirmed");
  const json::array figures{json::object{{"name", "employees"}, {"value", 40}}};
  const auto confirmed = payer.confirm({{"certificates", kYouth}, {"figures", figures}});
  ASSERT_EQ(confirmed.status, 201) << json::serialize(confirmed.body);
  EXPECT_EQ(confirmed.text("kind"), "payer");
  EXPECT_EQ(payer.confirm({{"certificates", kYouth}, {"figures", figures}}).text("id"), confirmed.text("id"))
      << "the same again";
  const auto made = payer.tenant->invoice();
  ASSERT_EQ(made.status, 201) << json::serialize(made.body);
  EXPECT_EQ(made.number("lines/0/gross_krw"), 24'000);
  EXPECT_EQ(made.number("invoice/total_krw"), 6'000)
      << "half by the scale, and half of it for the youth company";
}

TEST(Payer, I2_AGroundAloneSaysThatThereIsNothing) {
  Payer payer;
  EXPECT_EQ(payer.confirm({{"ground", ""}}).text("code"), "invoice.ground_missing");
  ASSERT_EQ(payer.confirm({}).status, 201);
  EXPECT_EQ(payer.tenant->invoice().number("invoice/total_krw"), 24'000);
}

TEST(Payer, I4_OpenResultsWaiveWhatIsUsedFromThatDayOn) {
  Payer payer;
  ASSERT_EQ(payer.confirm({{"open_source_from", "2026-09-01"}}).status, 201);
  EXPECT_EQ(payer.tenant->invoice().number("invoice/total_krw"), 0);
}

TEST(Payer, Invariant16_WrongFactsAreToldWhereTheyStandAndNothingIsKept) {
  Payer payer;
  const json::array nameless{json::object{{"kind", ""}, {"valid_from", "2026-01-01"}}};
  const auto refused = payer.confirm({{"certificates", nameless}});
  EXPECT_EQ(refused.status, 422);
  EXPECT_NE(refused.text_body.find("/certificates/0/kind"), std::string::npos) << refused.text_body;
  EXPECT_EQ(payer.confirm({{"ground", "대표 900101-1234568"}}).text("code"), "form.resident_number");
  const auto user = payer.centre.log_in(payer.tenant->user.login, kGoodPassword);
  const auto told =
      payer.centre.post("/api/v1/applications/" + payer.application + "/payer", user, {{"ground", "g"}});
  EXPECT_TRUE(told.status == 403 || told.status == 404) << "he does not say so himself";
  EXPECT_EQ(payer.tenant->invoice().text("code"), "invoice.payer_unconfirmed");
}

}  // namespace
}  // namespace dure::tests
