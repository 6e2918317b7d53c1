// H1 (S0 article 10(3)): three weeks without log-in or use. Who is idle is found once a day, told, and what
// he has is taken back after that; a sign of life ends it. Over the API, with the real pack and the real
// loops.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/notice_cast.h"
#include "centre/supply_cast.h"
#include "centre/tenant.h"
#include "centre/use_cast.h"
#include "commands/leases.h"
#include "commands/work.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

// hong01 has an allocation of S0 from 2026-09-01 on, and logged in on that day.
struct IdleStage {
  explicit IdleStage(const std::string& measure = "reclaim") : post(centre) {
    if (measure != "reclaim")
      post.load(replaced(s0_text(), "  idle_measure:\n    value: reclaim\n",
                         "  idle_measure:\n    value: " + measure + "\n"));
    user = centre.admit("hong01", 400);
    post.make();
  }
  // To that many days after the first one; the loops turn.
  void go_to_day(std::int64_t to) {
    centre.advance(base::Span::days(to - day));
    day = to;
    centre.turn_loops();
  }
  Reply get(const std::string& target) { return centre.get(target, centre.operators); }
  Reply office(const std::string& target, const json::object& body) {
    return centre.post(target, centre.operators, body);
  }
  Reply warnings() {
    return get("/api/v1/idle-warnings?allocation_id=" + user.allocation + "&sort=created_at");
  }
  std::size_t warned() { return warnings().body.at("items").as_array().size(); }
  std::string state() { return get(path_of("allocations", user.allocation)).text("state"); }
  std::string warning_path() { return path_of("idle-warnings", warnings().text("items/0/id")); }

  Centre centre;
  Post post;
  Who user;
  std::int64_t day = 0;
};

TEST(IdleUse, H1_ThreeWeeksWithoutLogInOrUseAreWarnedOfAndThenTakenBack) {
  IdleStage stage;
  stage.go_to_day(20);
  EXPECT_EQ(stage.warned(), 0u) << "twenty days are no three weeks";
  stage.go_to_day(21);
  const auto found = stage.warnings();
  ASSERT_EQ(stage.warned(), 1u) << found.text_body;
  EXPECT_EQ(found.text("items/0/state"), "warned");
  EXPECT_EQ(found.text("items/0/idle_since"), "2026-09-01");
  EXPECT_EQ(found.text("items/0/warned_on"), "2026-09-22");
  EXPECT_EQ(found.text("items/0/last_day"), "2026-10-02") << "ten days for an answer (notice_days)";
  EXPECT_EQ(found.text("items/0/measure"), "reclaim");
  EXPECT_EQ(found.text("items/0/reasons/0/code"), "utilisation.idle_no_login");
  EXPECT_NE(found.text("items/0/reasons/0/parameters/source").find("제10조"), std::string::npos)
      << found.text_body;
  stage.centre.turn_loops();
  EXPECT_EQ(stage.warned(), 1u) << "nobody is warned twice of the same";

  stage.post.turn();
  const auto letters = stage.post.list("event=allocation.idle&channel=mail");
  ASSERT_GE(letters.size(), 1u);
  EXPECT_NE(std::string(letters[0].at("text").as_string()).find("2026-10-02"), std::string::npos)
      << json::serialize(letters[0]);

  const auto standing = stage.get("/api/v1/allocations/" + stage.user.allocation + "/idleness");
  ASSERT_EQ(standing.status, 200) << standing.text_body;
  EXPECT_EQ(standing.text("idle"), "true");
  EXPECT_EQ(standing.number("idle_days"), 21);
  EXPECT_EQ(standing.text("warning/last_day"), "2026-10-02");

  stage.go_to_day(31);
  EXPECT_EQ(stage.state(), "active") << "the last day is not over";
  stage.go_to_day(32);
  EXPECT_EQ(stage.state(), "reclaimed");
  EXPECT_EQ(stage.get(path_of("awards", stage.user.award)).text("state"), "terminated");
  EXPECT_EQ(stage.warnings().text("items/0/state"), "carried_out");
  const auto audit = stage.get("/api/v1/audit-entries?action=allocations.reclaimed").text("items/0/detail");
  EXPECT_NE(audit.find("제10조"), std::string::npos) << "with the rule: " << audit;
  const Who back = stage.centre.log_in(stage.user.login, stage.user.password);
  EXPECT_EQ(stage.centre.post("/api/v1/workloads", back, workspace(stage.user, "x", 10)).status, 409);
}

TEST(IdleUse, H1_ALogInEndsTheWarningAndTheDaysBeginAnew) {
  IdleStage stage;
  stage.go_to_day(21);
  stage.post.turn();
  stage.go_to_day(25);
  stage.centre.log_in(stage.user.login, stage.user.password);
  stage.centre.clock.advance(base::Span::minutes(6));
  stage.centre.turn_loops();
  EXPECT_EQ(stage.warnings().text("items/0/state"), "ended");
  stage.go_to_day(45);
  EXPECT_EQ(stage.state(), "active");
  EXPECT_EQ(stage.warned(), 1u);
  stage.go_to_day(46);
  ASSERT_EQ(stage.warned(), 2u) << "and 21 days later again";
  EXPECT_EQ(stage.warnings().text("items/1/idle_since"), "2026-09-26");
}

TEST(IdleUse, H1_ALogInOnTheLastDayKeepsItThoughNoLoopHasSeenItYet) {
  IdleStage stage;
  stage.go_to_day(21);
  stage.post.turn();
  stage.go_to_day(31);
  stage.centre.log_in(stage.user.login, stage.user.password);
  stage.go_to_day(32);
  EXPECT_EQ(stage.state(), "active");
  EXPECT_EQ(stage.warnings().text("items/0/state"), "ended");
}

TEST(IdleUse, H1_NothingIsTakenOfWhichNobodyWasTold) {
  IdleStage stage;
  stage.go_to_day(21);
  stage.go_to_day(33);
  EXPECT_EQ(stage.state(), "active") << "no message was made";
  EXPECT_EQ(stage.warnings().text("items/0/last_day"), "2026-10-14") << "the time for an answer begins anew";
  stage.go_to_day(34);
  stage.post.turn();
  stage.go_to_day(44);
  EXPECT_EQ(stage.state(), "active") << "told on the 34th day, with ten days for an answer";
  stage.go_to_day(45);
  EXPECT_EQ(stage.state(), "reclaimed");
}

TEST(IdleUse, H1_ALetterThatDoesNotArriveTellsNobody) {
  IdleStage stage;
  stage.post.mail.set(SmtpMood::kRefuses);
  stage.go_to_day(21);
  stage.post.turn();
  EXPECT_EQ(stage.post.list("event=allocation.idle&channel=mail&state=failed").size(), 1u);
  EXPECT_EQ(stage.post.list("event=allocation.idle&channel=console&state=sent").size(), 1u)
      << "which nobody reads who does not log in";
  stage.go_to_day(32);
  EXPECT_EQ(stage.state(), "active");
  EXPECT_EQ(stage.warnings().text("items/0/warned_on"), "2026-10-03") << "it is said anew";
}

TEST(IdleUse, H1_TimeInWhichItCouldNotBeUsedIsGivenBackToTheAnswerToo) {
  IdleStage stage;
  stage.post.load(replaced(s0_text(), "\nutilisation:\n",
                           "\nutilisation:\n  exempt: {value: [outage], source: t, confidence: chosen}\n"));
  stage.go_to_day(21);
  stage.post.turn();
  stage.go_to_day(23);
  stage.centre.report_node();
  const auto outage = stage.office("/api/v1/outages", {{"cause", "emergency"}});
  ASSERT_EQ(outage.status, 201) << outage.text_body;
  stage.go_to_day(26);
  ASSERT_EQ(stage.office("/api/v1/outages/" + outage.text("id") + "/end", {}).status, 200);
  stage.go_to_day(34);
  EXPECT_EQ(stage.state(), "active") << "the tenth day is the 31st, and three days were lost";
  stage.go_to_day(35);
  EXPECT_EQ(stage.state(), "reclaimed");
}

TEST(IdleUse, H1_WhereThePackLeavesItToAPersonOneDecides) {
  IdleStage stage("review");
  stage.go_to_day(21);
  stage.post.turn();
  const auto path = stage.warning_path();
  const json::object ground{{"ground", "연락이 닿지 않음"}};
  EXPECT_EQ(stage.office(path + "/carry-out", ground).text("code"), "utilisation.idle_not_due");
  stage.go_to_day(32);
  EXPECT_EQ(stage.state(), "active") << "the rule does not take it back";
  EXPECT_EQ(stage.get(path).text("state"), "due");
  EXPECT_EQ(stage.office(path + "/carry-out", {{"ground", " "}}).text("code"), "utilisation.text_missing");
  EXPECT_GE(stage.centre.post(path + "/carry-out", {}, ground).status, 400);
  const auto done = stage.office(path + "/carry-out", ground);
  ASSERT_EQ(done.status, 200) << done.text_body;
  EXPECT_EQ(done.text("state"), "carried_out");
  EXPECT_EQ(stage.state(), "reclaimed");
  EXPECT_EQ(stage.office(path + "/dismiss", ground).text("code"), "state.not_from_this_state");
}

TEST(IdleUse, H1_APersonEndsAWarningWithAGroundAndTheDaysBeginAnew) {
  IdleStage stage;
  stage.go_to_day(21);
  stage.post.turn();
  const auto path = stage.warning_path();
  const auto ended = stage.office(path + "/dismiss", {{"ground", "장비 반입이 늦어짐"}});
  ASSERT_EQ(ended.status, 200) << ended.text_body;
  EXPECT_EQ(ended.text("state"), "ended");
  stage.go_to_day(41);
  EXPECT_EQ(stage.state(), "active");
  EXPECT_EQ(stage.warned(), 1u);
  stage.go_to_day(42);
  EXPECT_EQ(stage.warned(), 2u);
}

TEST(IdleUse, H1_WhoUsesMoreOfTheProjectKeepsTheAccount) {
  IdleStage stage("delete_account");
  stage.go_to_day(21);
  stage.post.turn();
  // A second allocation of the same project begins.
  const bool added =
      commands::run<bool>(stage.centre.world(), commands::system_caller("test"),
                          [&](commands::Work& work) -> base::Result<bool> {
                            DURE_LET(row,
                                     work.tx.allocations().get(model::AllocationId(stage.user.allocation)));
                            work.stamp(row);
                            row.version = 1;
                            row.state = model::AllocationState::kPlanned;
                            row.starts_on = {2026, 10, 20};
                            row.ends_on = row.agreed_ends_on = {2027, 1, 19};
                            DURE_TRY(work.tx.allocations().insert(row));
                            return true;
                          })
          .ok();
  ASSERT_TRUE(added);
  stage.go_to_day(32);
  EXPECT_EQ(stage.state(), "reclaimed");
  EXPECT_EQ(stage.get(path_of("accounts", stage.user.account)).text("state"), "active");
}

TEST(IdleUse, H1_WhereThePackSaysSoTheAccountGoesToo) {
  IdleStage stage("delete_account");
  stage.go_to_day(21);
  stage.post.turn();
  stage.go_to_day(32);
  EXPECT_EQ(stage.state(), "reclaimed");
  EXPECT_EQ(stage.get(path_of("accounts", stage.user.account)).text("state"), "disabled");
  const auto shut = stage.centre.post("/api/v1/sessions", {},
                                      {{"login", stage.user.login}, {"password", stage.user.password}});
  EXPECT_EQ(shut.text("code"), "access.account_disabled") << shut.text_body;
}

// Idleness is judged by device work: a share that is held and computes nothing is no use; set-up grace is
// given back.
TEST(IdleUse, H1_P22_DeviceTimeIsUseAndAShareThatStandsStillIsNone) {
  UseStage stage;
  const auto pack =
      replaced(replaced(use_pack(), "    value: no_login_or_no_use\n", "    value: no_login_and_no_use\n"),
               "  idle_measure:\n    value: reclaim\n", "  idle_measure:\n    value: review\n");
  ASSERT_EQ(stage
                .post("/api/v1/programmes",
                      {{"layers", json::array{json::object{{"name", "policy.yaml"}, {"text", pack}}}}})
                .status,
            201);
  const auto run = stage.start("train", 100);
  stage.go_to_day(10);
  stage.read(run, 1'000'000, std::int64_t{3} << 30);
  const auto standing = [&] {
    return stage.get("/api/v1/allocations/" + stage.user.allocation + "/idleness");
  };
  EXPECT_EQ(standing().text("last_used_at").substr(0, 10), "2026-09-11") << standing().text_body;
  stage.go_to_day(25);
  stage.read(run, 1'000'000, std::int64_t{3} << 30);
  EXPECT_EQ(standing().text("last_used_at").substr(0, 10), "2026-09-11")
      << "it is held, and computes nothing";
  // From the 11th on 21 days, and the rest of the 14 days of grace: four days.
  EXPECT_EQ(standing().text("idle_on"), "2026-10-06") << standing().text_body;
  stage.go_to_day(34);
  EXPECT_EQ(stage.get("/api/v1/idle-warnings").body.at("items").as_array().size(), 0u);
  stage.go_to_day(35);
  EXPECT_EQ(stage.get("/api/v1/idle-warnings").body.at("items").as_array().size(), 1u);
  stage.read(run, 2'000'000, std::int64_t{3} << 30);
  stage.go_to_day(36);
  EXPECT_EQ(stage.get("/api/v1/idle-warnings").text("items/0/state"), "ended") << "it computes again";
}

}  // namespace
}  // namespace dure::tests
