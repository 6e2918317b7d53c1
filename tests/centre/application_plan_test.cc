// C9, D8, D11: what AICA's call (S1) wants of a plan beside its fields: use at once after the set-up, a
// summary sheet without gaps, and a reason for more storage. Over HTTP.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/evaluation_cast.h"
#include "cli/api.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

constexpr const char* kFilingDay = "2024-03-04T00:00:00Z";

void set_answer(model::Form1& form, const std::string& field, const std::string& text) {
  (*form.answers)[field] = {text};
}

// What became of an application to the call that differs so: its state, and the item of that rule.
struct PlanScreened {
  std::string state;
  std::string result;
  std::string code;
  Reply row;
  Who who;
};
PlanScreened plan_screened(Evaluation& it, const std::string& login, const std::string& rule,
                           const std::function<void(model::Form1&)>& change) {
  PlanScreened found;
  found.who = it.apply({.login = login,
                        .organisation = login,
                        .blocks = 400,
                        .model = "bow",
                        .settled = false,
                        .change = change});
  found.row = it.get("/api/v1/applications/" + found.who.application);
  found.state = found.row.text("state");
  for (const auto& item : found.row.body.at("screening").as_array()) {
    if (cli::text_at(item, "rule") != rule) continue;
    found.result = cli::text_at(item, "result");
    found.code = cli::text_at(item, "reason/code");
    EXPECT_NE(cli::text_at(item, "source"), "") << "where the rule stands";
  }
  return found;
}

TEST(ApplicationPlan, C9_UseBeginsAtOnceAfterASetUpOfTwoWeeksAtMost) {
  Evaluation it("s1-aica-2024", kFilingDay);
  const std::string rule = "application.immediate_use_planned";
  const auto starting = [](const std::string& first) {
    return [first](model::Form1& form) {
      form.starts_on = base::Date{2024, 4, 1};
      set_answer(form, "first_use_on", first);
    };
  };
  // Two weeks of set-up from 1 April end with the 14th: the 15th is at once, the 16th is not.
  const auto last = plan_screened(it, "last", rule, starting("2024-04-15"));
  EXPECT_EQ(last.state + " " + last.result + " " + last.code, "eligible met eligibility.use_at_once");
  const auto late = plan_screened(it, "late", rule, starting("2024-04-16"));
  EXPECT_EQ(late.state + " " + late.result + " " + late.code, "returned not_met eligibility.use_too_late");
  EXPECT_NE(late.row.text_body.find("2024-04-14"), std::string::npos)
      << "the reason says when the set-up ends";
  EXPECT_NE(late.row.text_body.find("2024-04-15"), std::string::npos) << "and what would have done";
  EXPECT_EQ(plan_screened(it, "early", rule, starting("2024-03-31")).code, "eligibility.use_before_start");
  EXPECT_EQ(plan_screened(it, "none", rule, [](auto& form) { form.answers->erase("first_use_on"); }).code,
            "eligibility.first_use_missing");
  // What was returned may be mended.
  const std::string path = "/api/v1/applications/" + late.who.application;
  auto form = it.centre.get(path, late.who).body.at("form");
  form.as_object()["answers"].as_object()["first_use_on"] = json::array{"2024-04-15"};
  EXPECT_EQ(it.centre.send("PUT", path + "/form", late.who.token, json::serialize(form)).status, 200);
  EXPECT_EQ(it.centre.post(path + "/submit", late.who).text("state"), "eligible");
}

TEST(ApplicationPlan, C9_HowLongTheSetUpTakesIsThePacks) {
  const auto outcome = [](const std::string& days) {
    Evaluation it("s1-aica-2024", kFilingDay,
                  "format: dure-policy/1\nlayer: call\nid: grace\nversion: \"1\"\naward:\n"
                  "  setup_grace_days: {value: " +
                      days + ", source: \"시험\", confidence: chosen}\n");
    return plan_screened(it, "late", "application.immediate_use_planned",
                         [](model::Form1& form) {
                           form.starts_on = base::Date{2024, 4, 1};
                           set_answer(form, "first_use_on", "2024-04-16");
                         })
        .state;
  };
  EXPECT_EQ(outcome("14"), "returned");
  EXPECT_EQ(outcome("15"), "eligible");
}

TEST(ApplicationPlan, D11_MoreStorageThanEverybodyGetsOnlyWithAReason) {
  Evaluation it("s1-aica-2024", kFilingDay);
  const std::string rule = "offer.more_storage_with_reason";
  const auto asking = [](std::int64_t terabytes, const std::string& reason) {
    return [terabytes, reason](model::Form1& form) {
      form.resources.storage = {terabytes * 1'000'000'000'000};
      if (!reason.empty()) set_answer(form, "storage_reason", reason);
    };
  };
  const auto basic = plan_screened(it, "basic", rule, asking(50, ""));
  EXPECT_EQ(basic.state + " " + basic.code, "eligible eligibility.storage_within");
  const auto silent = plan_screened(it, "silent", rule, asking(51, ""));
  EXPECT_EQ(silent.state + " " + silent.result + " " + silent.code,
            "returned not_met eligibility.storage_reason_missing");
  EXPECT_EQ(plan_screened(it, "blank", rule, asking(51, "  ")).state, "returned");
  const auto told = plan_screened(it, "told", rule, asking(51, "원본 영상이 60 TB입니다."));
  EXPECT_EQ(told.state + " " + told.code, "eligible eligibility.storage_reasoned");
}

TEST(ApplicationPlan, D8_ASummarySheetWithAGapIsReturnedWithEachFieldThatIsMissing) {
  Evaluation it("s1-aica-2024", kFilingDay);
  const auto gap = plan_screened(it, "gap", "application.summary", [](model::Form1& form) {
    form.applicant.mobile.clear();
    (*form.answers)["developer_contact"] = {"김개발", "", "062-000-0001"};  // results go to that address
    form.answers->erase("ai_model");
  });
  EXPECT_EQ(gap.state + " " + gap.result + " " + gap.code, "returned not_met eligibility.summary_gaps");
  for (const auto& item : gap.row.body.at("screening").as_array()) {
    if (cli::text_at(item, "rule") != "application.summary") continue;
    EXPECT_EQ(cli::text_at(item, "reason/parameters/fields"),
              "applicant.mobile, developer_contact, ai_model");
  }
  // The applicant sees them in his sheet.
  const auto sheet = it.centre.get("/api/v1/applications/" + gap.who.application + "/summary", gap.who);
  ASSERT_EQ(sheet.status, 200) << sheet.text_body;
  EXPECT_EQ(json::serialize(sheet.body.at("rows").at(0).at("gaps")),
            R"(["applicant.mobile","developer_contact","ai_model"])");
  EXPECT_NE(it.centre.get("/api/v1/applications/" + gap.who.application + "/summary").status, 200);
  EXPECT_EQ(plan_screened(it, "full", "application.summary", {}).code, "eligibility.summary_complete");
}

TEST(ApplicationPlan, D8_TheSheetOfACallHasALineForEachAndNoEmptyCell) {
  Evaluation it("s1-aica-2024", kFilingDay);
  const auto a = it.apply({"appa", "A", 400, "bow"});
  it.apply({"appb", "B", 400, "bow"});
  const auto gone = it.apply({"appc", "C", 400, "bow"});
  ASSERT_EQ(it.post_as(gone, "/api/v1/applications/" + gone.application + "/withdraw").status, 200);
  const std::string path = "/api/v1/calls/" + it.call + "/summary";
  const auto masked = it.get(path);
  ASSERT_EQ(masked.status, 200) << masked.text_body;
  const auto& rows = masked.body.at("rows").as_array();
  ASSERT_EQ(rows.size(), 2u) << "what was withdrawn is not in it";
  const auto columns = masked.body.at("columns").as_array().size();
  EXPECT_EQ(columns, it.pack.application.summary.size());
  for (const auto& row : rows) {
    ASSERT_EQ(row.at("cells").as_array().size(), columns);
    for (const auto& cell : row.at("cells").as_array()) EXPECT_NE(cell.as_string(), "") << masked.text_body;
  }
  EXPECT_EQ(masked.text_body.find("gildong@example.org"), std::string::npos) << "masked without a ground";
  const auto whole = it.get(path + "?reveal=%EC%84%A0%EC%A0%95%20%EC%95%88%EB%82%B4");
  EXPECT_NE(whole.text_body.find("gildong@example.org"), std::string::npos) << whole.text_body;
  const auto looks = it.get("/api/v1/audit-entries?action=applications.reveal");
  EXPECT_EQ(looks.body.at("items").as_array().size(), 2u) << "a look at each was recorded";
  EXPECT_EQ(it.centre.get(path).body.at("rows").as_array().size(), 0u) << "a visitor sees no application";
  EXPECT_EQ(it.centre.get(path, a).body.at("rows").as_array().size(), 1u) << "an applicant his own";
}

}  // namespace
}  // namespace dure::tests
