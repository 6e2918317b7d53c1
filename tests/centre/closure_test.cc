// L1, L3, invariant 17: what is left after the end is deleted, held where a law says so, and certified.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <map>

#include "centre/cast.h"
#include "centre/outcome_cast.h"
#include "centre/workspace.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

Reply job_of(Centre& centre, const Who& user) {
  const auto id = centre.get("/api/v1/deletion-jobs?allocation_id=" + user.allocation, centre.operators)
                      .text("items/0/id");
  return centre.get("/api/v1/deletion-jobs/" + id, centre.operators);
}

TEST(Closure, L1_L3_Invariant17_TheEndIsToldThenDestroyedThenCertified) {
  Cast cast;
  auto& centre = cast.centre;
  const Who& user = cast.member;
  const auto file = put_evidence(centre, user, "paper");
  const auto document =
      centre.get("/api/v1/documents?application_id=" + user.application, centre.operators).text("items/0/id");
  const auto volume = centre.get("/api/v1/volumes", user).text("items/0/id");
  const auto replica = centre.get("/api/v1/workloads/" + cast.workload, user).text("replicas/0/id");
  centre.post("/api/v1/workloads/" + cast.workload + "/stop", user);
  centre.report_node({{"observations", json::array{observation(replica, "ended", 4, 20'000'000)}}});
  move_to(centre, "2027-02-25T01:00:00Z");
  centre.turn_loops();
  EXPECT_EQ(items_of(centre.get("/api/v1/deletion-jobs", centre.operators)).size(), 0u);
  move_to(centre, "2027-02-26T01:00:00Z");
  centre.turn_loops();
  auto job = job_of(centre, user);
  EXPECT_EQ(job.text("state"), "noticed") << "seven days before";
  EXPECT_EQ(job.text("purge_on"), "2027-03-05");
  EXPECT_EQ(centre.get("/api/v1/deletion-jobs", again(centre, user)).text("items/0/id"), job.text("id"))
      << "he sees what is to be deleted";
  move_to(centre, "2027-03-04T01:00:00Z");
  centre.turn_loops();
  EXPECT_EQ(job_of(centre, user).text("state"), "noticed") << "not before the day";
  move_to(centre, "2027-03-05T01:00:00Z");
  centre.turn_loops();
  job = job_of(centre, user);
  EXPECT_EQ(job.text("state"), "running");
  EXPECT_EQ(job.text("trouble/code"), "deletion.report_owed") << job.text_body;
  EXPECT_EQ(centre.get("/api/v1/allocations/" + user.allocation, centre.operators).text("state"),
            "purge_due");
  const auto orders = centre.report_node();
  ASSERT_EQ(orders.text("erase_volumes/0"), volume) << orders.text_body;
  EXPECT_EQ(centre.get("/api/v1/volumes/" + volume, centre.operators).text("erased_at"), "");
  const auto after = centre.report_node({{"erased_volumes", json::array{volume}}});
  EXPECT_EQ(after.body.at("erase_volumes").as_array().size(), 0u) << after.text_body;
  EXPECT_NE(centre.get("/api/v1/volumes/" + volume, centre.operators).text("erased_at"), "");
  report_and_accept(centre, user);
  centre.advance(base::Span::minutes(6));
  centre.turn_loops();
  job = job_of(centre, user);
  ASSERT_EQ(job.text("state"), "certified") << job.text_body;
  EXPECT_EQ(centre.get("/api/v1/allocations/" + user.allocation, centre.operators).text("state"), "purged");
  // Nothing of it can be read.
  EXPECT_EQ(centre.post("/api/v1/sessions", {}, {{"login", user.login}, {"password", user.password}}).status,
            401);
  EXPECT_EQ(centre.get("/api/v1/me", user).status, 401);
  EXPECT_EQ(centre.get("/api/v1/accounts/" + user.account, centre.operators).text("state"), "deleted");
  const auto form =
      centre.get("/api/v1/applications/" + user.application + "?reveal=check", centre.operators);
  for (const char* field : {"name", "email", "phone", "mobile", "address"})
    EXPECT_EQ(form.text(std::string("form/applicant/") + field), "") << field;
  EXPECT_EQ(form.text("form/login"), "");
  EXPECT_EQ(centre.get("/api/v1/documents/" + document + "/content?ground=g", centre.operators).status, 404);
  EXPECT_EQ(centre.get("/api/v1/evidence-documents/" + file + "/content?ground=g", centre.operators).status,
            404);
  const auto decisions = centre.get("/api/v1/decisions?application_id=" + user.application, centre.operators);
  ASSERT_GE(items_of(decisions).size(), 2u);
  for (const auto& each : items_of(decisions)) EXPECT_EQ(each.at("inputs"), "");
  EXPECT_EQ(centre.get("/api/v1/workloads", centre.operators).text("items/0/name"), "");
  // And it is certified, with what is held and why, and who answers for what is gone.
  const auto certificate =
      centre.get("/api/v1/deletion-certificates?deletion_job_id=" + job.text("id"), centre.operators);
  ASSERT_EQ(items_of(certificate).size(), 1u);
  EXPECT_EQ(certificate.text("items/0/number"), "S0-D-2027-000001");
  EXPECT_NE(certificate.text("items/0/statement_ko").find("책임을 지지 않습니다"), std::string::npos);
  EXPECT_NE(certificate.text("items/0/statement_en").find("not liable"), std::string::npos);
  std::map<std::string, std::string> lines;
  for (const auto& line : items_of(certificate)[0].at("lines").as_array())
    lines[std::string(line.at("kind").as_string())] += line.at("state").as_string();
  EXPECT_EQ(lines["volume"], "destroyed");
  EXPECT_EQ(lines["document"], "destroyed");
  EXPECT_EQ(lines["account"], "destroyed");
  EXPECT_EQ(lines["person"], "destroyed");
  EXPECT_EQ(lines["access_record"], "held") << "the record of access is kept by law (R2)";
  // Taken again it does nothing more.
  centre.advance(base::Span::minutes(6));
  centre.turn_loops();
  EXPECT_EQ(items_of(centre.get("/api/v1/deletion-certificates", centre.operators)).size(), 1u);
}

TEST(Closure, L1_WhatALawMakesOneKeepIsHeldAndSaidSo) {
  Centre centre;
  const Who user = centre.admit("hong01");
  move_to(centre, "2027-02-27T01:00:00Z");
  centre.turn_loops();
  const std::string path = "/api/v1/deletion-jobs/" + job_of(centre, user).text("id");
  EXPECT_EQ(
      centre.post(path + "/hold", centre.operators, {{"law", "국세기본법"}, {"ground", ""}}).text("code"),
      "outcome.text_missing");
  EXPECT_EQ(centre
                .post(path + "/hold", centre.operators,
                      {{"law", "l"}, {"ground", "g"}, {"kinds", json::array{"moon"}}})
                .text("code"),
            "deletion.kind_unknown");
  EXPECT_EQ(centre.post(path + "/hold", again(centre, user), {{"law", "l"}, {"ground", "g"}}).status, 403);
  const auto partial = centre.post(
      path + "/hold", centre.operators,
      {{"law", "국세기본법 제85조의3"}, {"ground", "세무 조사"}, {"kinds", json::array{"document"}}});
  ASSERT_EQ(partial.status, 201) << partial.text_body;
  EXPECT_EQ(centre.get(path, centre.operators).text("state"), "noticed");
  const auto whole =
      centre.post(path + "/hold", centre.operators, {{"law", "형사소송법"}, {"ground", "수사"}});
  EXPECT_EQ(centre.get(path, centre.operators).text("state"), "held");
  report_and_accept(centre, user);
  move_to(centre, "2027-03-20T01:00:00Z");
  centre.turn_loops();
  EXPECT_EQ(centre.get(path, centre.operators).text("state"), "held") << "nothing is destroyed meanwhile";
  EXPECT_EQ(centre.get("/api/v1/accounts/" + user.account, centre.operators).text("state"), "active");
  const std::string hold = "/api/v1/retention-holds/" + whole.text("id");
  EXPECT_NE(centre.post(hold + "/release", centre.operators, {{"ground", "수사 종결"}}).text("released_at"),
            "");
  EXPECT_EQ(centre.post(hold + "/release", centre.operators, {{"ground", "g"}}).text("code"),
            "deletion.hold_released");
  centre.advance(base::Span::minutes(6));
  centre.turn_loops();
  ASSERT_EQ(centre.get(path, centre.operators).text("state"), "certified")
      << centre.get(path, centre.operators).text_body;
  const auto document =
      centre.get("/api/v1/documents?application_id=" + user.application, centre.operators).text("items/0/id");
  EXPECT_EQ(centre.get("/api/v1/documents/" + document + "/content?ground=g", centre.operators).status, 200)
      << "held";
  const auto certificate = centre.get("/api/v1/deletion-certificates", centre.operators);
  EXPECT_NE(certificate.text_body.find("국세기본법 제85조의3"), std::string::npos);
  EXPECT_EQ(centre.post(path + "/hold", centre.operators, {{"law", "l"}, {"ground", "g"}}).text("code"),
            "deletion.begun");
  EXPECT_EQ(centre.post(path + "/cancel", centre.operators, {{"ground", "g"}}).text("code"),
            "state.not_from_this_state");
}

TEST(Closure, L1_ADeletionIsCancelledWithTheReasonAndFollowsTheEndOfTheAllocation) {
  Centre centre;
  const Who user = centre.admit("hong01");
  const auto outage = centre.post("/api/v1/outages", centre.operators, {{"cause", "emergency"}});
  move_to(centre, "2027-02-27T01:00:00Z");
  centre.turn_loops();
  EXPECT_EQ(job_of(centre, user).text("last_day"), "2027-02-28");
  centre.post("/api/v1/outages/" + outage.text("id") + "/end", centre.operators);
  centre.advance(base::Span::minutes(6));
  centre.turn_loops();
  const auto job = job_of(centre, user);
  EXPECT_GT(job.text("last_day"), "2027-06-01") << "the time that was lost is given back";
  EXPECT_GT(job.text("purge_on"), job.text("last_day"));
  move_to(centre, "2027-03-10T01:00:00Z");
  centre.turn_loops();
  EXPECT_EQ(job_of(centre, user).text("state"), "noticed");
  const std::string path = "/api/v1/deletion-jobs/" + job.text("id");
  EXPECT_EQ(centre.post(path + "/cancel", centre.operators, {{"ground", "협약 연장"}}).text("state"),
            "cancelled");
}

TEST(Closure, L1_AnAccountIsOffboardedWhenItsUseIsOver) {
  Centre centre;
  const Who user = centre.admit("hong01");
  const std::string path = "/api/v1/accounts/" + user.account + "/offboard";
  EXPECT_EQ(centre.post(path, centre.operators, {{"ground", "퇴사"}}).text("code"),
            "deletion.account_in_use");
  EXPECT_EQ(centre.post(path, user, {{"ground", "퇴사"}}).status, 403);
  EXPECT_EQ(centre
                .post("/api/v1/accounts/" + centre.operators.account + "/offboard", centre.operators,
                      {{"ground", "g"}})
                .text("code"),
            "deletion.staff_account");
  report_and_accept(centre, user);
  const auto grant = centre.get("/api/v1/role-grants?account_id=" + user.account, centre.operators);
  centre.send("DELETE", "/api/v1/role-grants/" + grant.text("items/0/id"), centre.operators.token);
  EXPECT_EQ(centre.post(path, centre.operators, {{"ground", ""}}).text("code"), "outcome.text_missing");
  const auto job = centre.post(path, centre.operators, {{"ground", "퇴사"}});
  ASSERT_EQ(job.status, 201) << job.text_body;
  EXPECT_EQ(centre.post(path, centre.operators, {{"ground", "퇴사"}}).text("id"), job.text("id"));
  centre.turn_loops();
  const std::string row = "/api/v1/deletion-jobs/" + job.text("id");
  EXPECT_EQ(centre.get(row, centre.operators).text("state"), "noticed");
  move_to(centre, "2026-09-10T01:00:00Z");
  centre.turn_loops();
  EXPECT_EQ(centre.get(row, centre.operators).text("state"), "certified")
      << centre.get(row, centre.operators).text_body;
  EXPECT_EQ(centre.get("/api/v1/accounts/" + user.account, centre.operators).text("state"), "deleted");
  EXPECT_EQ(centre.get("/api/v1/allocations/" + user.allocation, centre.operators).text("state"), "active")
      << "the project goes on";
}

TEST(Walk, L1_Deletions) {
  Cast cast;
  auto& centre = cast.centre;
  move_to(centre, "2027-02-27T01:00:00Z");
  centre.turn_loops();
  cast.auditor = again(centre, cast.auditor);
  const auto job = job_of(centre, cast.member).text("id");
  centre.post("/api/v1/deletion-jobs/" + job + "/hold", centre.operators,
              {{"law", "l"}, {"ground", "g"}, {"kinds", json::array{"account"}}});
  expect_collection(cast, "deletion-jobs", cast.auditor);
  expect_collection(cast, "retention-holds", cast.auditor);
}

}  // namespace
}  // namespace dure::tests
