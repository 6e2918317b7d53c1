// H5 (S3: less was used than planned): the plan in numbers that an application gives, and what was used, over
// the API: by cycle, in the review, and in what is proposed.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <string>
#include <vector>

#include "centre/supply_cast.h"
#include "centre/tenant.h"
#include "centre/use_cast.h"
#include "wire/form_file.h"
#include "wire/json.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

constexpr std::int64_t kGpuHour = 3'600'000LL * 1000;  // a GPU hour in milli-GPU-milliseconds

// The field that a call of S3 adds (samples/call.yaml), in the pack of the stage.
std::string plan_pack() {
  const auto text = replaced(
      use_pack(), "\napplication:\n",
      "\napplication:\n"
      "  fields: {source: test, confidence: chosen, value: [{id: planned_gpu_hours, title: {ko: 계획}, "
      "type: quarterly_plan, need: optional}]}\n");
  return replaced(text, "\nutilisation:\n",
                  "\nutilisation:\n  compare_with_plan: {value: true, source: test, confidence: chosen}\n");
}

// kim01 has 400 blocks from 2026-09-01 on for six months, and planned so many GPU hours for its two quarters.
struct PlanStage : UseStage {
  explicit PlanStage(const std::vector<std::string>& hours) {
    load(plan_pack());
    post("/api/v1/review-criteria", {{"programme_id", centre.programme},
                                     {"first_review_on", "2026-10-01"},
                                     {"criteria", "계획 대비 실적"}});
    user = file(hours);
    admit();
  }
  void load(const std::string& pack) {
    const auto loaded =
        post("/api/v1/programmes",
             {{"layers", json::array{json::object{{"name", "policy.yaml"}, {"text", pack}}}}});
    EXPECT_EQ(loaded.status, 201) << loaded.text_body;
  }
  Who file(const std::vector<std::string>& hours) {
    auto form = *wire::read_form(wire::example_form());
    form.login = "kim01";
    form.resources.blocks = 400;
    if (!hours.empty()) form.answers.emplace()["planned_gpu_hours"] = hours;
    const auto created =
        centre.post("/api/v1/applications", {},
                    {{"call_id", centre.call}, {"form", wire::to_json(form, wire::Out{.personal = true})}});
    Who who;
    who.login = "kim01";
    who.application = created.text("application/id");
    who.token = created.text("access_token");
    const auto path = path_of("applications", who.application);
    centre.send("POST", path + "/documents?kind=form1&file_name=a.pdf", who.token,
                "%PDF-1.4\ntrailer\n%%EOF\n");
    submitted = centre.post(path + "/submit", who);
    return who;
  }
  void admit() {
    centre.approve(user.application);
    user.award = get("/api/v1/awards?application_id=" + user.application).text("items/0/id");
    const auto opened = post("/api/v1/awards/" + user.award + "/allocation");
    ASSERT_EQ(opened.status, 201) << opened.text_body;
    user.allocation = opened.text("allocation/id");
    user.account = opened.text("account/id");
    const auto temporary = opened.text("temporary_password");
    user.token = centre.log_in(user.login, temporary).token;
    centre.post("/api/v1/me/password", user, {{"current", temporary}, {"new", kGoodPassword}});
    user.password = kGoodPassword;
  }
  // One day of a whole card, of which the device was busy for a tenth: 2.4 GPU hours.
  void use_september() {
    go_to_day(20);
    const auto run = start("w", 100);
    go_to_day(21);
    read(run, 86'400'000 / 10, std::int64_t{3} << 30);
    see(run, "ended");
    go_to_day(30);
  }
  Reply table() { return user_get("/api/v1/allocations/" + user.allocation + "/utilisation"); }
  Reply review() {
    return get("/api/v1/utilisation-reviews?allocation_id=" + user.allocation + "&period_from=2026-09-01");
  }

  Reply submitted;
};

TEST(PlannedUse, H5_WhatWasUsedStandsBesideWhatWasPlannedAndWhoFellShortIsReduced) {
  PlanStage stage({"91", "90"});  // an hour a day of the first quarter of the use, which has 91 days
  stage.use_september();
  const auto table = stage.table();
  ASSERT_EQ(table.status, 200) << table.text_body;
  EXPECT_EQ(table.text("rows/0/from"), "2026-09-01");
  EXPECT_EQ(table.number("rows/0/planned_milli_gpu_ms"), 30 * kGpuHour) << table.text_body;
  EXPECT_NEAR(static_cast<double>(table.number("rows/0/used_milli_gpu_ms")), 2.4 * kGpuHour, 0.01 * kGpuHour);
  EXPECT_NEAR(static_cast<double>(table.number("rows/0/plan_bp")), 800, 2) << "2.4 of 30 hours";
  EXPECT_EQ(stage.review().text("items/0/state"), "measured") << stage.review().text_body;
  EXPECT_EQ(stage.review().number("items/0/planned_milli_gpu_ms"), 30 * kGpuHour);
  const auto proposed =
      stage.post(path_of("utilisation-reviews", stage.review().text("items/0/id")) + "/propose");
  EXPECT_EQ(proposed.text("proposed"), "reduce") << proposed.text_body;
}

// H4 (S1): by use and by what is planned next; whoever decides has both before him.
TEST(PlannedUse, H4_WhatIsPlannedForTheNextCycleStandsInTheReview) {
  PlanStage stage({"91", "90"});
  stage.use_september();
  EXPECT_EQ(stage.review().number("items/0/next_planned_milli_gpu_ms"), 31 * kGpuHour)
      << "October: an hour a day; " << stage.review().text_body;
  const auto proposed =
      stage.post(path_of("utilisation-reviews", stage.review().text("items/0/id")) + "/propose");
  EXPECT_EQ(proposed.text("reasons/1/code"), "utilisation.reason_next_plan") << proposed.text_body;
  EXPECT_EQ(proposed.number("reasons/1/parameters/gpu_hours"), 31);
}

TEST(PlannedUse, H4_WithoutAPlanAReviewSaysNothingOfTheNextCycle) {
  PlanStage stage({});
  stage.use_september();
  EXPECT_EQ(stage.review().text("items/0/next_planned_milli_gpu_ms"), "") << stage.review().text_body;
  const auto proposed =
      stage.post(path_of("utilisation-reviews", stage.review().text("items/0/id")) + "/propose");
  EXPECT_EQ(proposed.text_body.find("reason_next_plan"), std::string::npos) << proposed.text_body;
}

TEST(PlannedUse, H5_WhoUsedWhatHePlannedLosesNothingThoughHeUsedLittleOfWhatHeHas) {
  PlanStage stage({"7", "90"});  // 2.3 hours in September
  stage.use_september();
  EXPECT_GT(stage.table().number("rows/0/plan_bp"), 10'000) << stage.table().text_body;
  EXPECT_LT(stage.table().number("rows/0/used_bp"), 100);
  const auto proposed =
      stage.post(path_of("utilisation-reviews", stage.review().text("items/0/id")) + "/propose");
  EXPECT_EQ(proposed.text("proposed"), "keep") << proposed.text_body;
  EXPECT_EQ(proposed.text("reasons/0/code"), "utilisation.reason_as_planned");
}

TEST(PlannedUse, H5_APlanIsInNumbersForEachQuarterAndWithoutOneThereIsNoFigure) {
  PlanStage stage({});
  EXPECT_EQ(stage.submitted.text("state"), "eligible") << "it may be left out";
  stage.go_to_day(5);
  const auto table = stage.table();
  EXPECT_EQ(table.text("rows/0/planned_milli_gpu_ms"), "")
      << "no plan is not a plan of zero: " << table.text_body;
  EXPECT_EQ(table.text("rows/0/plan_bp"), "");
  stage.file({"91", "many"});
  EXPECT_EQ(stage.submitted.text("state"), "returned");
  EXPECT_NE(stage.submitted.text_body.find("answer.no_number"), std::string::npos)
      << stage.submitted.text_body;
}

}  // namespace
}  // namespace dure::tests
