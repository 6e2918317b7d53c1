// Who pays, over HTTP: what a person of the centre confirmed is kept with its ground, and every invoice goes
// by it.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <map>
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

// I5: by the size of the organisation, and by what else it takes part in.
TEST(Payer, I5_WhereOneFigureFitsNoBandTheNextScaleDecides) {
  Payer payer;
  const auto rules =
      replaced(kRules, "bands: [{up_to: 50, rate_bp: 5000}, {rate_bp: 10000}]}",
               "bands: [{up_to: 50, rate_bp: 5000}]}\n      - {id: others, title: {ko: 다른 사업}, figure: "
               "other_programmes, bands: [{up_to: 0, rate_bp: 7500}, {rate_bp: 9000}]}");
  const auto text = replaced(s0_text("sample-prices.yaml"), "layer: what-if", "layer: call");
  ASSERT_EQ(load_over(payer.centre, text + rules).status, 201);
  const auto total = [&](std::int64_t employees, std::int64_t others) {
    const json::array figures{json::object{{"name", "employees"}, {"value", employees}},
                              json::object{{"name", "other_programmes"}, {"value", others}}};
    payer.centre.clock.advance(base::Span::seconds(1));  // the later paper counts
    EXPECT_EQ(payer.confirm({{"figures", figures}}).status, 201);
    return payer.centre
        .post("/api/v1/invoices/preview", payer.centre.operators,
              {{"allocation_id", payer.tenant->user.allocation}})
        .number("invoice/total_krw");
  };
  EXPECT_EQ(total(40, 2), 12'000);
  EXPECT_EQ(total(60, 0), 18'000);
  EXPECT_EQ(total(60, 2), 21'600);
}

// I5 (S4): fixed by September, and not changed in October; another period names its own day.
TEST(Payer, I5_AfterItsDayTheLevelStays) {
  Payer payer;
  const auto text = replaced(s0_text("sample-prices.yaml"), "layer: what-if", "layer: call");
  const auto load = [&](const std::string& by, const std::string& rate) {
    return load_over(payer.centre,
                     text + replaced(kRules, "rate_bp: 5000}, {rate", "rate_bp: " + rate + "}, {rate") +
                         "supply:\n  matching_level_by: {value: " + by +
                         ", source: test, confidence: chosen}\n");
  };
  ASSERT_EQ(load("2026-09-30", "4000").status, 201);
  EXPECT_EQ(load("2026-09-30", "5000").status, 201) << "until that day";
  payer.centre.advance(base::Span::days(30));
  const auto late = load("2026-09-30", "4000");
  EXPECT_EQ(late.status, 409) << late.text_body;
  EXPECT_EQ(late.text("code"), "programme.matching_fixed");
  EXPECT_EQ(late.text("parameters/by"), "2026-09-30");
  EXPECT_EQ(load("2026-09-30", "5000").status, 201) << "the same again";
  EXPECT_EQ(load("2027-09-30", "4000").status, 201);
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

// H7, I7: what each member used is known by itself, adds up to what the team used, and is charged once.
TEST(TeamMoney, H7_I7_TheMembersUseAddsUpToTheProjectsAndItsOneInvoice) {
  Centre centre;
  charge(centre, 12);
  Tenant tenant(centre);
  const auto project =
      centre.get("/api/v1/allocations/" + tenant.user.allocation, centre.operators).text("project_id");
  const auto made = centre.post("/api/v1/accounts", centre.operators, {{"login", "second01"}});
  const auto temporary = made.text("temporary_password");
  centre.post("/api/v1/me/password", centre.log_in("second01", temporary),
              {{"current", temporary}, {"new", kGoodPassword}});
  const auto granted = centre.post("/api/v1/role-grants", centre.operators,
                                   {{"account_id", made.text("account/id")},
                                    {"role", "member"},
                                    {"scope", "project"},
                                    {"scope_id", project}});
  ASSERT_EQ(granted.status, 201) << granted.text_body;
  Who second = centre.log_in("second01", kGoodPassword);
  second.allocation = tenant.user.allocation;
  const auto first_replica = tenant.replica;
  const auto second_replica = start_workspace(centre, second, "b", 50).replica;
  ASSERT_NE(second_replica, "");
  tenant.see("started", 0);
  tenant.replica = second_replica;
  tenant.see("started", 0);
  centre.advance(base::Span::hours(2));
  tenant.see("ended", kHourUs);
  tenant.replica = first_replica;
  tenant.see("ended", 2 * kHourUs);
  const auto used_by = [&](const std::string& account) {
    const auto list = centre.get("/api/v1/ledger-entries?account_id=" + account, centre.operators);
    std::int64_t sum = 0;
    for (const auto& entry : list.body.at("items").as_array()) sum += cli::number_at(entry, "milli_gpu_ms");
    return sum;
  };
  EXPECT_EQ(used_by(tenant.user.account), 2 * kHourUs);
  EXPECT_EQ(used_by(second.account), kHourUs / 2);
  EXPECT_EQ(tenant.ledger_sum(), 2 * kHourUs + kHourUs / 2);
  const auto invoice = tenant.invoice();
  ASSERT_EQ(invoice.status, 201) << invoice.text_body;
  EXPECT_EQ(invoice.number("invoice/milli_gpu_ms"), tenant.ledger_sum());
  EXPECT_EQ(invoice.number("invoice/total_krw"), 24'000 + 6'000);
  std::map<std::string, std::int64_t> by_account;
  for (const auto& line : invoice.body.at("lines").as_array())
    by_account[cli::text_at(line, "account_id")] += cli::number_at(line, "amount_krw");
  EXPECT_EQ(by_account,
            (std::map<std::string, std::int64_t>{{tenant.user.account, 24'000}, {second.account, 6'000}}));
  EXPECT_EQ(centre.get("/api/v1/invoices?allocation_id=" + tenant.user.allocation, centre.operators)
                .body.at("items")
                .as_array()
                .size(),
            1u);
}

}  // namespace
}  // namespace dure::tests
