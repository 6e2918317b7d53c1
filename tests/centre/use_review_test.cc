// H2, H3, H4, H5, H9, P22: reviews of use over the API, from the criteria to what is given to others.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/filed_change.h"
#include "centre/outcome_cast.h"
#include "centre/supply_cast.h"
#include "centre/tenant.h"
#include "centre/use_cast.h"

namespace dure::tests {
namespace {

struct ReviewStage : UseStage {
  Reply publish(const std::string& first) {
    return post("/api/v1/review-criteria", {{"programme_id", centre.programme},
                                            {"first_review_on", first},
                                            {"criteria", "사용률 20 % 미만은 절반을 회수"}});
  }
  // One day of a whole card, of which the device was busy for a tenth; a day without service.
  void use_september() {
    go_to_day(20);
    const auto run = start("w", 100);
    go_to_day(21);
    read(run, kDayMs / 10, 3 << 20);
    see(run, "ended");
    const auto outage = post("/api/v1/outages", {{"cause", "maintenance"}});
    ASSERT_EQ(outage.status, 201) << outage.text_body;
    go_to_day(22);
    ASSERT_EQ(post("/api/v1/outages/" + outage.text("id") + "/end").status, 200);
    go_to_day(30);
  }
  std::string review() {
    return get("/api/v1/utilisation-reviews?allocation_id=" + user.allocation + "&period_from=2026-09-01")
        .text("items/0/id");
  }
};

TEST(UseReview, H9_NothingIsReviewedBeforeDateAndCriteriaWerePublished) {
  ReviewStage stage;
  const json::object body{{"allocation_id", stage.user.allocation}, {"of", "2026-09-10"}};
  const auto early = stage.post("/api/v1/utilisation-reviews", body);
  EXPECT_EQ(early.status, 409) << early.text_body;
  EXPECT_EQ(early.text("code"), "utilisation.criteria_missing");
  stage.go_to_day(1);
  EXPECT_EQ(stage.get("/api/v1/utilisation-reviews").body.at("items").as_array().size(), 0u)
      << "nor does the keeper open one";
  EXPECT_EQ(stage.publish("2026-09-02").text("code"), "utilisation.criteria_not_in_time");
  const auto published = stage.publish("2026-10-01");
  ASSERT_EQ(published.status, 201) << published.text_body;
  EXPECT_EQ(published.text("cycle"), "monthly");
  EXPECT_EQ(stage.centre.get("/api/v1/review-criteria").body.at("items").as_array().size(), 1u)
      << "anybody reads what is published";
  const auto made = stage.post("/api/v1/utilisation-reviews", body);
  ASSERT_EQ(made.status, 201) << made.text_body;
  EXPECT_EQ(made.text("review_on"), "2026-10-01");
  EXPECT_EQ(made.text("review_criteria_id"), published.text("id"));
  EXPECT_EQ(stage.post("/api/v1/utilisation-reviews", body).text("code"), "utilisation.review_known");
  const auto path = path_of("utilisation-reviews", made.text("id"));
  EXPECT_EQ(stage.post(path + "/measure").text("code"), "utilisation.period_not_over");
  EXPECT_EQ(stage.user_post(path + "/measure").status, 403);
}

TEST(UseReview, P22_Invariant11_DeviceTimeOverWhatWasGivenWithoutGraceAndOutages) {
  ReviewStage stage;
  stage.publish("2026-10-01");
  stage.use_september();
  const auto review = stage.get(path_of("utilisation-reviews", stage.review()));
  EXPECT_EQ(review.text("state"), "measured") << "the keeper measured it: " << review.text_body;
  // From the 15th (14 days of grace) to the 30th, one day without service: 15 days of four cards.
  EXPECT_EQ(review.number("given_milli_gpu_ms"), 15 * kDayMs * 4000);
  EXPECT_EQ(review.number("exempt_us"), 15 * kDayMs * 1000);
  EXPECT_NEAR(static_cast<double>(review.number("used_milli_gpu_ms")), kDayMs * 1000 / 10, 1e7);
  EXPECT_EQ(review.number("unread_milli_gpu_ms"), 0);
  EXPECT_EQ(review.number("used_bp"), 16);
  const auto table = stage.user_get("/api/v1/allocations/" + stage.user.allocation + "/utilisation");
  ASSERT_EQ(table.status, 200) << table.text_body;
  EXPECT_EQ(table.text("cycle"), "monthly");
  EXPECT_EQ(table.number("rows/0/used_bp"), 16);
  EXPECT_EQ(
      stage.get("/api/v1/allocations/" + stage.user.allocation + "/utilisation?cycle=yearly").text("code"),
      "utilisation.cycle_unknown");
}

// F2: who gets more in the middle is not held to have had it from the first day, nor less.
TEST(UseReview, F2_H2_H5_WhatWasGivenFollowsEveryChangeOfTheAmount) {
  ReviewStage stage;
  stage.publish("2026-10-01");
  stage.go_to_day(17);
  json::array cards;
  for (int i = 0; i < 6; ++i)
    cards.push_back(json::object{{"id", "SIM-" + std::to_string(i)},
                                 {"index", i},
                                 {"model", "a100-40gb"},
                                 {"product", "simulated"},
                                 {"memory_bytes", 40LL << 30},
                                 {"simulated", true}});
  stage.centre.report_node({{"cards", cards}, {"boottime_us", 2'000'000'000 + base::Span::days(18).us}});
  const auto act = [&](const char* kind, std::int64_t blocks) {
    const auto wish = stage.user_post(
        "/api/v1/allocation-actions",
        {{"allocation_id", stage.user.allocation}, {"kind", kind}, {"blocks", blocks}, {"reason", "r"}});
    return stage.post(path_of("allocation-actions", wish.text("id")) + "/decide",
                      {{"approve", true}, {"ground", "g"}});
  };
  const auto more = act("supplement", 200);
  ASSERT_EQ(more.text("state"), "applied") << more.text_body;
  stage.go_to_day(20);
  ASSERT_EQ(act("reduction", 500).text("state"), "applied");
  stage.go_to_day(25);
  const auto filed = change_to(stage.centre, 300, {2026, 9, 26});
  ASSERT_EQ(filed.text("allocation/limit/blocks"), "300") << filed.text_body;
  stage.go_to_day(30);
  const auto review = stage.get(path_of("utilisation-reviews", stage.review()));
  ASSERT_EQ(review.text("state"), "measured") << review.text_body;
  // After 14 days of grace, by the hour: 400 until the 18th at nine, 600 until the 21st, 100 until the 26th.
  EXPECT_EQ(review.number("given_milli_gpu_ms") / kHourUs * 1000,
            (400LL * (3 * 24 + 9) + 600 * 72 + 100 * 120 + 300 * (5 * 24 - 9)) * 10);
}

TEST(UseReview, H2_H4_Invariant10_ReducedOnlyAfterNoticeAndOpinion) {
  ReviewStage stage;
  stage.publish("2026-10-01");
  stage.use_september();
  const auto path = path_of("utilisation-reviews", stage.review());
  const auto proposed = stage.post(path + "/propose");
  ASSERT_EQ(proposed.status, 200) << proposed.text_body;
  EXPECT_EQ(proposed.text("proposed"), "reduce");
  EXPECT_EQ(proposed.number("proposed_blocks"), 201) << "half of the 399 that were unused";
  const auto decide = [&](std::int64_t blocks, bool urgent = false) {
    return stage.post(
        path + "/decide",
        {{"measure", "reduce"}, {"blocks", blocks}, {"ground", "사용률 저조"}, {"urgent", urgent}});
  };
  EXPECT_EQ(decide(201).text("code"), "utilisation.notice_first");
  const auto noticed = stage.post(path + "/notify");
  EXPECT_EQ(noticed.text("opinion_until"), "2026-10-12") << "ten days, and not on a holiday";
  EXPECT_EQ(decide(201).text("code"), "utilisation.opinion_time");
  const auto heard = stage.user_post(path + "/opinions", {{"opinion", "10월부터 학습을 시작합니다"}});
  ASSERT_EQ(heard.status, 200) << heard.text_body;
  EXPECT_EQ(heard.text("state"), "opinion");
  EXPECT_EQ(decide(100).text("code"), "utilisation.beyond_notice");
  EXPECT_EQ(decide(400).text("code"), "utilisation.blocks_wrong");
  const auto done = decide(300);
  ASSERT_EQ(done.status, 200) << done.text_body;
  EXPECT_EQ(done.text("state"), "applied");
  EXPECT_EQ(stage.get(path_of("allocations", stage.user.allocation)).number("limit/blocks"), 300);
  EXPECT_EQ(decide(300).text("code"), "state.not_from_this_state");
  const auto too_much = stage.user_post("/api/v1/workloads", workspace(stage.user, "x", 100));
  EXPECT_EQ(too_much.status, 201) << too_much.text_body;
  EXPECT_EQ(stage.get("/api/v1/audit-entries?action=allocations.reduce").body.at("items").as_array().size(),
            1u);
}

TEST(UseReview, Invariant10_TheUrgentBranchHasItsReason) {
  ReviewStage stage;
  stage.publish("2026-10-01");
  stage.use_september();
  const auto path = path_of("utilisation-reviews", stage.review());
  stage.post(path + "/propose");
  json::object body{{"measure", "reclaim"}, {"ground", ""}, {"urgent", true}};
  EXPECT_EQ(stage.post(path + "/decide", body).text("code"), "utilisation.text_missing");
  body["ground"] = "재난 대응에 필요";
  const auto done = stage.post(path + "/decide", body);
  ASSERT_EQ(done.status, 200) << done.text_body;
  EXPECT_EQ(done.text("urgent"), "true");
  EXPECT_EQ(stage.get(path_of("allocations", stage.user.allocation)).text("state"), "reclaimed");
  EXPECT_EQ(stage.get(path_of("awards", stage.user.award)).text("state"), "terminated");
  EXPECT_EQ(stage.user_post("/api/v1/workloads", workspace(stage.user, "x", 10)).status, 409);
}

TEST(UseReview, H4_APersonDecidesToKeepAndTheDayMayLieAhead) {
  ReviewStage stage;
  stage.publish("2026-10-01");
  stage.use_september();
  const auto path = path_of("utilisation-reviews", stage.review());
  EXPECT_EQ(stage.post(path + "/propose", {{"measure", "reduce"}, {"blocks", 100}}).text("code"),
            "utilisation.text_missing");
  EXPECT_EQ(stage.post(path + "/propose", {{"measure", "keep"}, {"ground", "계획대로"}}).status, 200);
  json::object body{{"measure", "keep"}, {"ground", "계획대로"}, {"effective_on", "2026-09-30"}};
  EXPECT_EQ(stage.post(path + "/decide", body).text("code"), "utilisation.effective_in_past");
  body["effective_on"] = "2026-10-05";
  EXPECT_EQ(stage.post(path + "/decide", body).text("state"), "decided") << "it burdens nobody";
  EXPECT_EQ(stage.post(path + "/apply").text("code"), "utilisation.not_yet_effective");
  stage.go_to_day(35);
  EXPECT_EQ(stage.get(path).text("state"), "applied") << "the keeper did";
  EXPECT_EQ(stage.get(path_of("allocations", stage.user.allocation)).number("limit/blocks"), 400);
}

// H2: what was taken is given to others, where before there was none left.
TEST(UseReview, H2_WhatIsTakenIsGivenToOthers) {
  Cast cast;
  Procurement plan(cast);
  const auto agreement = plan.agreement_of(1);
  const auto batch = plan.post("/api/v1/capacity-batches", plan.batch(agreement, 1)).text("id");
  plan.build(batch, "2026-09-01");
  plan.stage(batch, "users", "2026-09-01", {{"quantity", 1}});
  const auto award = award_of(cast, "lee03", 500);
  const auto open = [&] { return plan.post("/api/v1/awards/" + award + "/allocation"); };
  EXPECT_EQ(open().text("code"), "supply.no_capacity") << "800 blocks, of which 400 were given";
  const auto text =
      replaced(supply_pack(), "\nutilisation:\n",
               "\nutilisation:\n  review_cycle: {value: monthly, source: t, confidence: chosen}\n");
  put_in_force(cast.centre, text);
  const auto review = plan.post("/api/v1/utilisation-reviews",
                                {{"allocation_id", cast.member.allocation}, {"of", "2026-09-01"}});
  ASSERT_EQ(review.status, 201) << review.text_body;
  const auto path = path_of("utilisation-reviews", review.text("id"));
  cast.centre.advance(base::Span::days(30));
  EXPECT_EQ(plan.post(path + "/measure").text("state"), "measured");
  const auto nothing = plan.post(path + "/propose");
  EXPECT_EQ(nothing.text("code"), "utilisation.person_proposes") << "S0 has no number for low use";
  EXPECT_EQ(plan.post(path + "/propose", {{"measure", "reduce"}, {"blocks", 200}, {"ground", "저조"}}).status,
            200);
  plan.post(path + "/notify");
  cast.centre.advance(base::Span::days(15));
  const auto done =
      plan.post(path + "/decide", {{"measure", "reduce"}, {"blocks", 200}, {"ground", "의견 없음"}});
  ASSERT_EQ(done.status, 200) << done.text_body;
  EXPECT_EQ(open().status, 201) << "600 blocks are free now";
}

// H4: by calendar quarters, and more is given where there is room for it, up to what is in service.
TEST(UseReview, H4_ByQuartersMoreIsGivenWhereThereIsRoom) {
  Cast cast;
  Procurement plan(cast);
  const auto agreement = plan.agreement_of(1);
  const auto batch = plan.post("/api/v1/capacity-batches", plan.batch(agreement, 1)).text("id");
  plan.build(batch, "2026-09-01");
  plan.stage(batch, "users", "2026-09-01", {{"quantity", 1}});
  const auto text =
      replaced(supply_pack(), "\nutilisation:\n",
               "\nutilisation:\n"
               "  review_cycle: {value: quarterly, source: t, confidence: chosen}\n"
               "  measures: {value: [increase, keep, reduce], source: t, confidence: chosen}\n");
  put_in_force(cast.centre, text);
  const auto review = plan.post("/api/v1/utilisation-reviews",
                                {{"allocation_id", cast.member.allocation}, {"of", "2026-09-01"}});
  ASSERT_EQ(review.status, 201) << review.text_body;
  EXPECT_EQ(review.text("cycle"), "quarterly");
  EXPECT_EQ(review.text("period_from") + " " + review.text("period_until") + " " + review.text("review_on"),
            "2026-07-01 2026-09-30 2026-10-01");
  const auto path = path_of("utilisation-reviews", review.text("id"));
  cast.centre.advance(base::Span::days(29));
  const auto early = plan.post(path + "/measure");
  EXPECT_EQ(early.text("code"), "utilisation.period_not_over") << "it is the last day of September";
  cast.centre.advance(base::Span::days(1));
  EXPECT_EQ(plan.post(path + "/measure").text("state"), "measured");
  EXPECT_EQ(plan.post(path + "/propose", {{"measure", "increase"}, {"blocks", 600}, {"ground", "g"}}).status,
            200);
  const auto decide = [&](const char* measure, std::int64_t blocks) {
    return plan.post(path + "/decide", {{"measure", measure}, {"blocks", blocks}, {"ground", "향후 계획"}});
  };
  EXPECT_EQ(decide("reclaim", 0).text("code"), "utilisation.measure_not_allowed");
  EXPECT_EQ(decide("increase", 400).text("code"), "utilisation.blocks_wrong")
      << "it is no more than there is";
  const auto too_much = decide("increase", 900);
  EXPECT_EQ(too_much.status, 409) << too_much.text_body;
  EXPECT_EQ(too_much.text("code"), "supply.no_capacity") << "800 blocks are in service";
  const auto limit = [&] {
    return plan.get(path_of("allocations", cast.member.allocation)).number("limit/blocks");
  };
  EXPECT_EQ(limit(), 400) << "nothing half done";
  const auto done = decide("increase", 600);
  ASSERT_EQ(done.text("state"), "applied") << done.text_body;
  EXPECT_EQ(limit(), 600);
}

TEST(UseReview, H3_ASharedPoolIsNotReviewedWhereThePackSaysSo) {
  ReviewStage stage;
  auto text = use_pack();
  text =
      replaced(text, "\nutilisation:\n",
               "\nutilisation:\n  exempt: {value: [setup_grace, outage, shared_pool], source: t, confidence: "
               "chosen}\n");
  put_in_force(stage.centre, text);
  stage.publish("2026-10-01");
  const auto refused = stage.post("/api/v1/utilisation-reviews",
                                  {{"allocation_id", stage.user.allocation}, {"of", "2026-09-10"}});
  EXPECT_EQ(refused.text("code"), "utilisation.pool_not_reviewed") << refused.text_body;
}

TEST(UseReview, H3_ADedicatedPoolIsReviewedByTheSamePack) {
  ReviewStage stage;
  auto text =
      replaced(use_pack(), "\nutilisation:\n",
               "\nutilisation:\n  exempt: {value: [setup_grace, outage, shared_pool], source: t, confidence: "
               "chosen}\n");
  text = replaced(text, "        kind: shared\n", "        kind: dedicated\n");
  put_in_force(stage.centre, text);
  stage.publish("2026-10-01");
  const auto made = stage.post("/api/v1/utilisation-reviews",
                               {{"allocation_id", stage.user.allocation}, {"of", "2026-09-10"}});
  EXPECT_EQ(made.status, 201) << made.text_body;
}

}  // namespace
}  // namespace dure::tests
