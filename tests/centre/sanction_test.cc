// J1, J2, J3, J6, J7, C5: cases over the API, from the report to restriction, appeal and legal action.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/supply_cast.h"
#include "centre/tenant.h"
#include "centre/use_cast.h"

namespace dure::tests {
namespace {

json::object meeting(const std::string& on) {
  return {{"on", on}, {"members", json::array{"위원 1", "위원 2"}}, {"minutes", "만장일치"}};
}

struct CaseStage : UseStage {
  Reply report(const std::string& ground, json::object more = {}) {
    more["programme_id"] = centre.programme;
    more["ground"] = ground;
    if (!more.contains("facts")) more["facts"] = "확인된 사실";
    if (!more.contains("allocation_id") && !more.contains("account_id"))
      more["allocation_id"] = user.allocation;
    return post("/api/v1/sanctions", more);
  }
  std::string open(const std::string& ground) {
    const auto made = report(ground);
    EXPECT_EQ(made.status, 201) << made.text_body;
    auto path = path_of("sanctions", made.text("id"));
    EXPECT_EQ(post(path + "/investigate").text("state"), "investigating");
    return path;
  }
  // Noticed on the first day, deliberated on the 14th after it.
  std::string deliberated(const std::string& ground) {
    auto path = open(ground);
    EXPECT_EQ(post(path + "/notify").status, 200);
    go_to_day(14);
    EXPECT_EQ(post(path + "/deliberate", {{"deliberation", meeting("2026-09-15")}}).status, 200);
    return path;
  }
  std::string allocation_state() { return get(path_of("allocations", user.allocation)).text("state"); }
};

bool says(const Reply& sanction, const std::string& code) {
  for (const auto& each : sanction.body.at("notice").as_array())
    if (cli::text_at(each, "code") == code) return true;
  return false;
}

TEST(SanctionApi, Invariant10_J3_NoticeTenDaysDeliberationMeasure) {
  CaseStage stage;
  EXPECT_EQ(stage.report("no-such").text("code"), "sanction.ground_unknown");
  EXPECT_EQ(stage.report("copyright", {{"facts", "담당 900101-1234568"}}).text("code"),
            "form.resident_number");
  const auto path = stage.open("copyright");
  EXPECT_EQ(stage.user_get(path).status, 404) << "nobody is told before the notice";
  EXPECT_EQ(stage.user_get("/api/v1/sanctions").body.at("items").as_array().size(), 0u);
  EXPECT_EQ(stage.post(path + "/suspend", {{"reason", "급함"}}).text("code"), "sanction.not_urgent");
  EXPECT_EQ(stage.post(path + "/impose", {{"ground", "사유"}}).text("code"), "state.not_from_this_state");
  const auto noticed = stage.post(path + "/notify");
  ASSERT_EQ(noticed.status, 200) << noticed.text_body;
  EXPECT_EQ(noticed.text("opinion_until"), "2026-09-11");
  EXPECT_TRUE(says(noticed, "sanction.user_liable")) << "J7";
  EXPECT_EQ(stage.user_get(path).status, 200);
  EXPECT_EQ(stage.user_get("/api/v1/sanctions").body.at("items").as_array().size(), 1u);
  stage.go_to_day(2);
  EXPECT_EQ(stage.get(path).text("state"), "opinion_period") << "the keeper opened it";
  EXPECT_EQ(stage.user_post(path + "/opinions", {{"opinion", "허락을 받았습니다"}}).status, 200);
  EXPECT_EQ(stage.post(path + "/deliberate", {{"deliberation", meeting("2026-09-03")}}).text("code"),
            "sanction.opinion_time");
  stage.go_to_day(11);
  const auto held = stage.post(path + "/deliberate", {{"deliberation", meeting("2026-09-12")}});
  EXPECT_EQ(held.text("state"), "deliberated") << held.text_body;
  EXPECT_EQ(stage.user_post(path + "/impose", {{"ground", "사유"}}).status, 403);
  const auto run = stage.start("w", 10);
  ASSERT_EQ(stage.post(path + "/impose", {{"ground", "허락이 없음"}}).status, 200);
  EXPECT_EQ(stage.allocation_state(), "suspended");
  EXPECT_NE(stage.get(run.path).text("run/state"), "running") << "what ran is told to stop";
  EXPECT_EQ(stage.user_post("/api/v1/workloads", workspace(stage.user, "x", 10)).text("code"),
            "award.allocation_suspended");
}

TEST(SanctionApi, J1_J3_StopAndReclaimAtOnceAndLegalActionAfterADeliberation) {
  CaseStage stage;
  const auto run = stage.start("w", 10);
  const auto path = stage.open("mining-or-illegal");
  const auto stopped = stage.post(path + "/suspend", {{"reason", "채굴이 계속되고 있음"}});
  ASSERT_EQ(stopped.status, 200) << stopped.text_body;
  EXPECT_EQ(stage.allocation_state(), "suspended");
  EXPECT_EQ(stage.get(run.path).text("run/state"), "stopping");
  EXPECT_EQ(stage.user_get(path).status, 200) << "who feels it may read it";
  const auto imposed = stage.post(path + "/impose", {{"ground", "채굴 확인"}});
  ASSERT_EQ(imposed.status, 200) << imposed.text_body;
  EXPECT_EQ(imposed.text("urgent"), "true");
  EXPECT_TRUE(says(imposed, "sanction.notice_urgent"));
  EXPECT_EQ(stage.allocation_state(), "reclaimed") << "within the period of use";
  EXPECT_EQ(stage.post(path + "/refer", {{"to", "경찰청"}}).text("code"),
            "sanction.deliberate_before_referral");
  const auto referred =
      stage.post(path + "/refer", {{"to", "경찰청"}, {"deliberation", meeting("2026-09-01")}});
  ASSERT_EQ(referred.status, 200) << referred.text_body;
  EXPECT_EQ(referred.text("referral/to"), "경찰청");
  EXPECT_EQ(stage.post(path + "/refer", {{"to", "경찰청"}}).text("code"), "sanction.referred_already");
  EXPECT_EQ(stage.post(path + "/dismiss", {{"ground", "x"}}).text("code"), "state.not_from_this_state");
}

TEST(SanctionApi, Invariant18_J2_C5_WhoIsRestrictedOnTheReceiptDateCannotSubmit) {
  CaseStage stage;
  const auto path = stage.open("off-purpose");
  stage.post(path + "/suspend", {{"reason", "목적 외 사용이 계속됨"}});
  EXPECT_EQ(stage.post(path + "/impose", {{"ground", "x"}, {"restricted_until", "2026-08-01"}}).text("code"),
            "sanction.restriction_end");
  ASSERT_EQ(stage.post(path + "/impose", {{"ground", "목적 외"}, {"restricted_until", "2026-12-31"}}).status,
            200);
  const auto list = stage.get("/api/v1/restrictions");
  ASSERT_EQ(list.body.at("items").as_array().size(), 2u) << "the organisation and the person";
  EXPECT_EQ(list.text("items/0/ends_on"), "2026-12-31");
  EXPECT_EQ(stage.user_get("/api/v1/restrictions").body.at("items").as_array().size(), 0u);
  const auto again = stage.centre.file_application("kim02", 10);
  const auto draft = stage.get(path_of("applications", again.application));
  EXPECT_EQ(draft.text("state"), "draft") << "it was not received";
  EXPECT_EQ(draft.text("receipt_number"), "");
  const auto refused = stage.centre.post(path_of("applications", again.application) + "/submit", again);
  EXPECT_EQ(refused.status, 403) << refused.text_body;
  EXPECT_EQ(refused.text("code"), "restriction.in_force");
  EXPECT_EQ(refused.text("parameters/until"), "2026-12-31");
  stage.go_to_day(122);  // 2027-01-01
  const auto later = stage.centre.post(path_of("applications", again.application) + "/submit", again);
  EXPECT_EQ(later.status, 200) << later.text_body;
  EXPECT_EQ(stage.get(path).text("state"), "expired") << "the keeper ended the case with it";
}

TEST(SanctionApi, C5_ABanByOthersIsRecordedAndLifted) {
  CaseStage stage;
  const auto filed = stage.centre.file_application("kim02", 10);
  json::object body{{"programme_id", stage.centre.programme},
                    {"account_id", stage.user.account},
                    {"ground", "국가연구개발사업 참여제한"},
                    {"decided_by", "과학기술정보통신부"},
                    {"starts_on", "2026-08-01"}};
  EXPECT_EQ(stage.user_post("/api/v1/restrictions", body).status, 404) << "nothing of it is his to know";
  const auto made = stage.post("/api/v1/restrictions", body);
  ASSERT_EQ(made.status, 201) << made.text_body;
  // It was received while the ban was in force, though nobody knew: it cannot be granted.
  const auto approved = stage.centre.approve(filed.application);
  EXPECT_EQ(approved.text("code"), "restriction.in_force_open") << approved.text_body;
  const auto path = path_of("restrictions", made.text("id"));
  EXPECT_EQ(stage.post(path + "/lift", {{"ground", ""}}).text("code"), "restriction.text_missing");
  EXPECT_EQ(stage.post(path + "/lift", {{"ground", "제재 취소"}}).status, 200);
  EXPECT_EQ(stage.post(path + "/lift", {{"ground", "제재 취소"}}).text("code"), "restriction.lifted_already");
  EXPECT_EQ(stage.centre.approve(filed.application).status, 200);
  body["ends_on"] = "2026-07-01";
  EXPECT_EQ(stage.post("/api/v1/restrictions", body).text("code"), "restriction.dates_reversed");
  body.erase("ends_on");
  body["effect"] = "points";
  EXPECT_EQ(stage.post("/api/v1/restrictions", body).text("code"), "restriction.points_missing");
  body["centi_points"] = 500;
  ASSERT_EQ(stage.post("/api/v1/restrictions", body).status, 201);
  EXPECT_EQ(stage.get(path_of("applications", stage.centre.file_application("lee03", 10).application))
                .text("state"),
            "eligible")
      << "points keep nobody out";
  body.erase("account_id");
  EXPECT_EQ(stage.post("/api/v1/restrictions", body).text("code"), "restriction.nobody");
}

TEST(SanctionApi, J6_AFalseStatementVoidsTheApplicationAndSuspendsTheAccount) {
  CaseStage stage;
  const auto path = stage.deliberated("false-statement");
  const auto imposed = stage.post(path + "/impose", {{"ground", "재직증명서 허위, 고의 여부와 무관"}});
  ASSERT_EQ(imposed.status, 200) << imposed.text_body;
  EXPECT_EQ(stage.get(path_of("applications", stage.user.application)).text("state"), "void");
  EXPECT_EQ(stage.get(path_of("accounts", stage.user.account)).text("state"), "suspended");
  EXPECT_EQ(stage.centre.log_in(stage.user.login, stage.user.password).token, "");
  EXPECT_EQ(stage.get("/api/v1/restrictions").body.at("items").as_array().size(), 2u);
}

TEST(SanctionApi, J6_AnAppealReversesWhatCanBeUndone) {
  CaseStage stage;
  const auto path = stage.deliberated("copyright");
  ASSERT_EQ(stage.post(path + "/impose", {{"ground", "허락이 없음"}}).status, 200);
  EXPECT_EQ(stage.allocation_state(), "suspended");
  const auto appealed = stage.user_post(path + "/appeal", {{"appeal", "허락서를 냅니다"}});
  ASSERT_EQ(appealed.status, 200) << appealed.text_body;
  EXPECT_EQ(stage
                .post(path + "/decide-appeal",
                      {{"upheld", false}, {"ground", "허락 확인"}, {"deliberation", json::object{}}})
                .text("code"),
            "sanction.deliberation_missing");
  const auto reversed =
      stage.post(path + "/decide-appeal",
                 {{"upheld", false}, {"ground", "허락 확인"}, {"deliberation", meeting("2026-09-15")}});
  ASSERT_EQ(reversed.status, 200) << reversed.text_body;
  EXPECT_EQ(reversed.text("state"), "reversed");
  EXPECT_EQ(stage.allocation_state(), "active");
  EXPECT_EQ(stage.user_post("/api/v1/workloads", workspace(stage.user, "x", 10)).status, 201);
}

TEST(SanctionApi, J2_J6_WhatIsAnnulledBarsNobodyWhoAppliedMeanwhile) {
  CaseStage stage;
  const auto path = stage.open("off-purpose");
  const auto filed = stage.centre.file_application("kim02", 10);
  stage.post(path + "/suspend", {{"reason", "목적 외 사용이 계속됨"}});
  ASSERT_EQ(stage.post(path + "/impose", {{"ground", "목적 외"}, {"restricted_until", "2026-12-31"}}).status,
            200);
  stage.go_to_day(1);
  const auto meanwhile = stage.centre.file_application("park03", 10);
  EXPECT_EQ(stage.get(path_of("applications", meanwhile.application)).text("state"), "draft");
  ASSERT_EQ(stage.user_post(path + "/appeal", {{"appeal", "허락서를 냅니다"}}).status, 200);
  ASSERT_EQ(stage
                .post(path + "/decide-appeal",
                      {{"upheld", false}, {"ground", "허락 확인"}, {"deliberation", meeting("2026-09-02")}})
                .text("state"),
            "reversed");
  const auto rows = stage.get("/api/v1/restrictions");
  ASSERT_GE(rows.body.at("items").as_array().size(), 1u) << rows.text_body;
  EXPECT_EQ(rows.text("items/0/lifted_on"), rows.text("items/0/starts_on")) << "it was never in force";
  const auto approved = stage.centre.approve(filed.application);
  EXPECT_EQ(approved.text("code"), "decision.starts_in_the_past") << approved.text_body;
}

TEST(SanctionApi, Invariant10_AFalseAlarmIsDismissedAndUseGoesOn) {
  CaseStage stage;
  const auto path = stage.open("mining-or-illegal");
  stage.post(path + "/suspend", {{"reason", "의심"}});
  EXPECT_EQ(stage.post(path + "/dismiss", {{"ground", ""}}).text("code"), "sanction.text_missing");
  EXPECT_EQ(stage.post(path + "/dismiss", {{"ground", "오탐"}}).text("state"), "dismissed");
  EXPECT_EQ(stage.allocation_state(), "active");
}

}  // namespace
}  // namespace dure::tests
