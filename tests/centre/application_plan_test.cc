// C2, C9, D4, D6, D8, D10, D11, D12: what AICA's call (S1) wants of an application and its plan: who may ask,
// signature and consent, a plan for each month, use at once after the set-up, a summary sheet without gaps,
// and a reason for more storage; and the data that the regional centre (S0) looks at first. Over HTTP.
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

// A form that lacks one thing: where it stands, and by which rule.
struct Lacking {
  const char* login;
  const char* rule;
  std::function<void(model::Form1&)> change;
  const char* state;
  const char* code;
};

TEST(ApplicationPlan, C2_D4_D6_D10_EachLackIsToldByItsOwnRule) {
  Evaluation it("s1-aica-2024", kFilingDay);
  const std::vector<Lacking> all{
      {"nobody", "eligibility.exclude.unaffiliated", [](auto& form) { form.applicant.organisation.clear(); },
       "ineligible", "eligibility.not_affiliated"},
      {"large", "eligibility.include.digital-leaders",
       [](auto& form) { form.applicant.organisation_class = model::OrganisationClass::kLargeCompany; },
       "ineligible", "eligibility.certificate_missing"},
      {"unsigned", "application.signature_required", [](auto& form) { form.signer.clear(); }, "returned",
       "eligibility.not_signed"},
      {"undated", "application.signature_required", [](auto& form) { form.signed_on.reset(); }, "returned",
       "eligibility.not_signed"},
      {"later", "application.signature_required",
       [](auto& form) {
         form.signed_on = base::Date{2024, 3, 5};
       },
       "returned", "eligibility.not_signed"},
      {"private", "application.privacy_consent_required", [](auto& form) { form.privacy_agreed = false; },
       "returned", "eligibility.privacy_not_agreed"},
      {"unplanned", "application.fields.monthly_plan",
       [](auto& form) { form.answers->erase("monthly_plan"); }, "returned", "answer.missing"},
      {"shortplan", "application.fields.monthly_plan",
       [](auto& form) { (*form.answers)["monthly_plan"].pop_back(); }, "returned", "answer.parts"}};
  for (const auto& each : all) {
    const auto seen = plan_screened(it, each.login, each.rule, each.change);
    EXPECT_EQ(seen.state + " " + seen.result + " " + seen.code,
              std::string(each.state) + " not_met " + each.code)
        << each.login << ": " << seen.row.text_body;
  }
  const auto whole = plan_screened(it, "whole", "application.signature_required", {});
  EXPECT_EQ(whole.state + " " + whole.code, "eligible eligibility.signed");
}

TEST(ApplicationPlan, D6_TheGuidelineIsAgreedTo) {
  Evaluation it("s0-regional-centre", "2026-09-01T00:00:00Z");
  const auto unruly = it.apply(
      {.login = "unruly", .organisation = "가온", .settled = false, .change = [](model::Form1& form) {
         form.guideline_agreed = false;
       }});
  const auto row = it.get("/api/v1/applications/" + unruly.application);
  EXPECT_EQ(row.text("state"), "returned");
  EXPECT_NE(row.text_body.find("eligibility.guideline_not_agreed"), std::string::npos) << row.text_body;
}

TEST(ApplicationPlan, D12_DataThatMustBeLookedAtFirstAreNotApprovedWithoutAnAnswer) {
  Evaluation it("s0-regional-centre", "2026-09-01T00:00:00Z");
  const std::string rule = "application.data_precheck";
  const auto asked = it.apply(
      {.login = "medical", .organisation = "가온병원", .settled = false, .change = [](model::Form1& form) {
         form.data.medical = true;
         form.data.description = "가명으로 처리한 영상";
       }});
  const std::string path = "/api/v1/applications/" + asked.application;
  const auto decide = [&](bool with_data, bool met) {
    json::array answers;
    const auto screened = it.get(path);
    for (const auto& item : screened.body.at("screening").as_array()) {
      if (cli::text_at(item, "result") != "needs_person") continue;
      const bool data = cli::text_at(item, "rule") == rule;
      if (data && !with_data) continue;
      answers.push_back(json::object{{"rule", item.at("rule")}, {"met", !data || met}, {"ground", "확인함"}});
    }
    return it.post(path + "/decision", {{"verdict", "approve"}, {"ground", "적합"}, {"answers", answers}});
  };
  const auto silent = decide(false, true);
  EXPECT_EQ(silent.text("code"), "decision.person_must_decide") << silent.text_body;
  EXPECT_EQ(silent.text("parameters/rule"), rule);
  EXPECT_EQ(decide(true, false).text("code"), "decision.item_not_met");
  EXPECT_EQ(decide(true, true).text("state"), "selected");
}

}  // namespace
}  // namespace dure::tests
