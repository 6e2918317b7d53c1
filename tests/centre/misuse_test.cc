// H6, P23, J4, J5: suspicions from what the device shows and from what a person saw; duties that were not
// done.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/supply_cast.h"
#include "centre/tenant.h"
#include "centre/use_cast.h"

namespace dure::tests {
namespace {

std::size_t count(const Reply& page) {
  return page.body.at("items").as_array().size();
}

// A day of a tenth of a card: busy for all of it, or for half of it.
std::string run_a_day(UseStage& stage, bool busy, std::int64_t memory) {
  const auto run = stage.start("w", 10);
  stage.read(run, 1, memory);
  stage.go_to_day(stage.day + 1);
  stage.read(run, kDayMs / 10 / (busy ? 1 : 2), memory);
  stage.go_to_day(stage.day);
  stage.centre.advance(base::Span::minutes(10));
  stage.centre.turn_loops();
  return run.path;
}

TEST(Misuse, H6_P23_APersonIsAskedBeforeAnythingStops) {
  UseStage stage;
  const auto path = run_a_day(stage, true, 3 << 20);
  const auto found = stage.get("/api/v1/incidents");
  ASSERT_EQ(count(found), 1u) << found.text_body;
  EXPECT_EQ(found.text("items/0/kind"), "fake_load");
  EXPECT_EQ(found.text("items/0/signs/0/code"), "incident.sign_busy");
  EXPECT_EQ(found.text("items/0/stopped"), "false");
  EXPECT_EQ(stage.get(path).text("run/state"), "running") << "it goes on";
  EXPECT_EQ(count(stage.user_get("/api/v1/incidents")), 0u);
  const auto incident = path_of("incidents", found.text("items/0/id"));
  EXPECT_EQ(stage.post(incident + "/dismiss", {{"ground", ""}}).text("code"), "incident.text_missing");
  EXPECT_EQ(stage.post(incident + "/dismiss", {{"ground", "벤치마크"}}).text("state"), "false_alarm");
  stage.centre.advance(base::Span::minutes(10));
  stage.centre.turn_loops();
  EXPECT_EQ(count(stage.get("/api/v1/incidents")), 1u) << "the same run is not suspected again";
  EXPECT_EQ(stage.post(incident + "/confirm", {{"ground", "x"}}).text("code"), "state.not_from_this_state");
}

TEST(Misuse, H6_WorkIsNotSuspected) {
  UseStage stage;
  run_a_day(stage, false, 3 << 20);
  EXPECT_EQ(count(stage.get("/api/v1/incidents")), 0u) << "it pauses";
  UseStage other;
  run_a_day(other, true, 20LL << 30);
  EXPECT_EQ(count(other.get("/api/v1/incidents")), 0u) << "training holds memory";
}

TEST(Misuse, P23_J1_AtOnceWhereThePackSaysSoAndGoesOnAfterAFalseAlarm) {
  UseStage stage(true);
  const auto path = run_a_day(stage, true, 3 << 20);
  EXPECT_NE(stage.get(path).text("run/state"), "running");
  EXPECT_EQ(stage.get(path_of("allocations", stage.user.allocation)).text("state"), "suspended");
  const auto id = stage.get("/api/v1/incidents").text("items/0/id");
  EXPECT_EQ(stage.post(path_of("incidents", id) + "/dismiss", {{"ground", "성능 시험"}}).status, 200);
  EXPECT_EQ(stage.get(path_of("allocations", stage.user.allocation)).text("state"), "active");
}

// F3, F4: a false alarm is no way around what comes before use.
TEST(Misuse, J1_F3_WhatWasStoppedInItsSetUpGoesBackToIt) {
  UseStage stage(true, "  steps: {value: [allocation, setup, use], source: test, confidence: chosen}\n");
  const auto state = [&] { return stage.get(path_of("allocations", stage.user.allocation)).text("state"); };
  run_a_day(stage, true, 3 << 20);
  ASSERT_EQ(state(), "suspended");
  const auto id = stage.get("/api/v1/incidents").text("items/0/id");
  ASSERT_EQ(stage.post(path_of("incidents", id) + "/dismiss", {{"ground", "성능 시험"}}).status, 200);
  EXPECT_EQ(state(), "setup_grace") << "its fourteen days are not over";
  stage.go_to_day(20);
  EXPECT_EQ(state(), "active");
}

TEST(Misuse, P23_J1_AMinersNameOpensACaseThatStopsTheUse) {
  UseStage stage;
  stage.start("w", 10, "/opt/xmrig");
  stage.centre.advance(base::Span::minutes(10));
  stage.centre.turn_loops();
  const auto found = stage.get("/api/v1/incidents?kind=mining");
  ASSERT_EQ(count(found), 1u) << found.text_body;
  const auto incident = path_of("incidents", found.text("items/0/id"));
  const auto confirmed = stage.post(incident + "/confirm", {{"ground", "채굴 프로그램 확인"}});
  ASSERT_EQ(confirmed.status, 200) << confirmed.text_body;
  const auto sanction = stage.get(path_of("sanctions", confirmed.text("sanction_id")));
  EXPECT_EQ(sanction.text("ground"), "mining-or-illegal");
  EXPECT_EQ(sanction.text("state"), "reported");
  EXPECT_EQ(sanction.text("account_id"), stage.user.account);
}

TEST(Misuse, H6_AReportOfAPersonIsASuspicionToo) {
  UseStage stage;
  const auto run = stage.start("w", 10);
  json::object body{{"allocation_id", stage.user.allocation},
                    {"run_id", stage.get(run.path).text("run/id")},
                    {"kind", "off_purpose"},
                    {"report", "영화 렌더링"}};
  EXPECT_EQ(stage.user_post("/api/v1/incidents", body).status, 404) << "nothing of it is his to know";
  const auto made = stage.post("/api/v1/incidents", body);
  ASSERT_EQ(made.status, 201) << made.text_body;
  EXPECT_EQ(stage.post("/api/v1/incidents", body).text("code"), "incident.known");
  const auto path = path_of("incidents", made.text("id"));
  EXPECT_EQ(stage.post(path + "/confirm", {{"ground", "확인"}}).text("code"), "incident.no_ground");
  const auto confirmed =
      stage.post(path + "/confirm", {{"ground", "확인"}, {"sanction_ground", "off-purpose"}});
  EXPECT_EQ(confirmed.text("state"), "confirmed") << confirmed.text_body;
  body["run_id"] = "01900000-0000-7000-8000-000000000000";
  EXPECT_EQ(stage.post("/api/v1/incidents", body).text("code"), "incident.run_of_another");
}

TEST(Misuse, J4_AReportThatIsOverdueOpensTheCaseOfThePack) {
  UseStage stage;
  stage.go_to_day(180);  // 2027-02-28, the last day of use
  EXPECT_EQ(count(stage.get("/api/v1/sanctions?ground=no-report")), 0u);
  stage.go_to_day(240);
  const auto found = stage.get("/api/v1/sanctions?ground=no-report");
  ASSERT_EQ(count(found), 1u) << found.text_body;
  EXPECT_EQ(found.text("items/0/obligation_id"), stage.user.obligation);
  EXPECT_EQ(found.text("items/0/notice/0/code"), "sanction.missing_obligation");
  EXPECT_EQ(found.text("items/0/reported_by"), "rule");
  stage.go_to_day(241);
  EXPECT_EQ(count(stage.get("/api/v1/sanctions?ground=no-report")), 1u) << "once";
}

TEST(Misuse, J4_WhoOwesAReportAndDoesNotGiveItCannotApplyAgain) {
  UseStage stage;
  stage.go_to_day(240);
  const auto path = path_of("sanctions", stage.get("/api/v1/sanctions?ground=no-report").text("items/0/id"));
  stage.post(path + "/investigate");
  ASSERT_EQ(stage.post(path + "/notify").status, 200);
  stage.go_to_day(256);
  ASSERT_EQ(stage
                .post(path + "/deliberate", {{"deliberation", json::object{{"on", "2027-05-14"},
                                                                           {"members", json::array{"위원"}},
                                                                           {"minutes", "회의록"}}}})
                .status,
            200);
  const auto before = stage.centre.file_application("kim02", 10);
  EXPECT_EQ(stage.get(path_of("applications", before.application)).text("state"), "eligible");
  ASSERT_EQ(stage.post(path + "/impose", {{"ground", "내지 않음"}}).status, 200);
  const auto banned = stage.get("/api/v1/restrictions");
  ASSERT_EQ(count(banned), 2u) << banned.text_body;
  EXPECT_EQ(banned.text("items/0/ends_on"), "2027-11-14") << "six months, as the pack says";
  const auto again = stage.centre.file_application("park03", 10);
  EXPECT_EQ(stage.get(path_of("applications", again.application)).text("state"), "draft");
  EXPECT_EQ(stage.centre.post(path_of("applications", again.application) + "/submit", again).text("code"),
            "restriction.in_force");
}

TEST(Misuse, J5_WithoutADataDefinitionSupportStopsUntilItIsThere) {
  UseStage stage;
  auto text = replaced(use_pack(), "\ndocuments:\n  list:\n", "\ndocuments:\n  list:\n");
  const auto at = text.find("      - kind: form1\n");
  ASSERT_NE(at, std::string::npos);
  text.insert(at,
              "      - kind: data_definition\n        title: {ko: 데이터 정의서, en: Data definition}\n"
              "        need: required\n        extensions: [pdf]\n        mime_types: [application/pdf]\n");
  ASSERT_EQ(stage
                .post("/api/v1/programmes",
                      {{"layers", json::array{json::object{{"name", "policy.yaml"}, {"text", text}}}}})
                .status,
            201);
  stage.go_to_day(1);
  const auto found = stage.get("/api/v1/sanctions?ground=no-paper");
  ASSERT_EQ(count(found), 1u) << found.text_body;
  const auto path = path_of("sanctions", found.text("items/0/id"));
  stage.post(path + "/investigate");
  ASSERT_EQ(stage.post(path + "/notify").status, 200);
  stage.go_to_day(20);
  ASSERT_EQ(stage
                .post(path + "/deliberate", {{"deliberation", json::object{{"on", "2026-09-21"},
                                                                           {"members", json::array{"위원"}},
                                                                           {"minutes", "회의록"}}}})
                .status,
            200);
  ASSERT_EQ(stage.post(path + "/impose", {{"ground", "내지 않음"}}).status, 200);
  EXPECT_EQ(stage.get(path_of("allocations", stage.user.allocation)).text("state"), "suspended");
  stage.go_to_day(21);
  EXPECT_EQ(stage.get(path).text("state"), "imposed");
  const auto project = stage.get(path_of("allocations", stage.user.allocation)).text("project_id");
  stage.user_get("/api/v1/me");
  const auto added = stage.centre.send(
      "POST", "/api/v1/projects/" + project + "/evidence?kind=data_definition&file_name=d.pdf",
      stage.user.token, "%PDF-1.4\n%%EOF\n");
  ASSERT_EQ(added.status, 201) << added.text_body;
  stage.go_to_day(22);
  EXPECT_EQ(stage.get(path).text("state"), "expired");
  EXPECT_EQ(stage.get(path_of("allocations", stage.user.allocation)).text("state"), "active");
}

}  // namespace
}  // namespace dure::tests
