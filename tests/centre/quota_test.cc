// Quotas that an operator sets, weights and shares, and a run whose rows are broken: over the API.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/cast.h"
#include "centre/workspace.h"
#include "cli/api.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

// Two users with a project each, and two cards.
struct QuotaStage {
  Centre centre;
  Who hong = centre.admit("hong01", 400);
  Who kim = centre.admit("kim01", 400);

  QuotaStage() { centre.report_node(); }

  std::string project(const Who& who) {
    return centre.get("/api/v1/allocations/" + who.allocation, centre.operators).text("project_id");
  }
  std::string organisation(const Who& who) {
    return centre.get("/api/v1/projects/" + project(who), centre.operators).text("organisation_id");
  }
  Reply set(const std::string& scope, const std::string& id, json::object body) {
    body["scope"] = scope;
    if (!body.contains("ground")) body["ground"] = "so that others have room";
    return centre.send("PUT", "/api/v1/quotas/" + id, centre.operators.token, json::serialize(body));
  }
  Reply ask(const Who& who, std::int64_t blocks) {
    return centre.post("/api/v1/workloads", who, workspace(who, "w", blocks));
  }
  std::string start(const Who& who, std::int64_t blocks) {
    return start_workspace(centre, who, "w", blocks).path;
  }
  std::string state(const std::string& path) { return centre.get(path, centre.operators).text("run/state"); }
  std::string why(const std::string& path, const std::string& what = "code") {
    return centre.get(path, centre.operators).text("run/waiting/" + what);
  }
  std::int64_t events(const std::string& type) {
    return static_cast<std::int64_t>(
        centre.get("/api/v1/events?type=" + type, centre.operators).body.at("items").as_array().size());
  }
};

TEST(Quota, OfAProjectKeepsItsOwnWaitingUntilItIsLifted) {
  QuotaStage stage;
  const auto set = stage.set("project", stage.project(stage.hong), {{"blocks", 80}});
  ASSERT_EQ(set.status, 200) << set.text_body;
  const auto first = stage.start(stage.hong, 50);
  const auto second = stage.start(stage.hong, 50);
  const auto other = stage.start(stage.kim, 60);
  EXPECT_EQ(stage.state(first), "assigned");
  EXPECT_EQ(stage.why(second), "queue.ceiling");
  EXPECT_EQ(stage.why(second, "parameters/scope"), "project");
  EXPECT_EQ(stage.state(other), "assigned") << "of another project";
  const auto use = stage.centre.get("/api/v1/quota-use", stage.centre.operators);
  EXPECT_EQ(use.number("items/0/held/blocks"), 50);
  EXPECT_EQ(use.number("items/0/held/runs"), 1);
  EXPECT_EQ(use.text("items/0/in_force"), "true");
  EXPECT_FALSE(use.text("items/0/name").empty());
  const auto removed = stage.centre.send("DELETE", "/api/v1/quotas/" + stage.project(stage.hong),
                                         stage.centre.operators.token);
  ASSERT_EQ(removed.status, 200) << removed.text_body;
  stage.centre.turn_loops();
  EXPECT_EQ(stage.state(second), "assigned");
}

TEST(Quota, OfAnOrganisationCountsWhatItsProjectsHold) {
  QuotaStage stage;
  const auto organisation = stage.organisation(stage.hong);
  ASSERT_EQ(stage.set("organisation", organisation, {{"runs", 1}}).status, 200);
  const auto first = stage.start(stage.hong, 10);
  const auto second = stage.start(stage.hong, 10);
  EXPECT_EQ(stage.state(first), "assigned");
  EXPECT_EQ(stage.why(second, "parameters/scope"), "organisation");
  EXPECT_EQ(stage.why(second, "parameters/resource"), "runs");
}

// What is asked anew is told at once; what waits already is not ended for what may be lifted again.
TEST(Quota, WhatCanNeverFitIsRefusedAtOnceAndWaitsWhereItWaitedBefore) {
  QuotaStage stage;
  const auto project = stage.project(stage.hong);
  ASSERT_EQ(stage.set("project", project, {{"runs", 0}}).status, 200);
  const auto refused = stage.ask(stage.hong, 60);
  EXPECT_EQ(refused.status, 403) << refused.text_body;
  EXPECT_EQ(refused.text("code"), "queue.over_ceiling");
  ASSERT_EQ(stage.set("project", project, {{"runs", 1}}).status, 200);
  const auto waits = stage.ask(stage.hong, 60);
  ASSERT_EQ(waits.status, 201) << waits.text_body;
  ASSERT_EQ(stage.set("project", project, {{"blocks", 50}}).status, 200);
  stage.centre.turn_loops();
  const std::string path = "/api/v1/workloads/" + waits.text("workload/id");
  EXPECT_EQ(stage.state(path), "queued");
  EXPECT_EQ(stage.why(path), "queue.over_ceiling");
  ASSERT_EQ(stage.set("project", project, {{"blocks", 60}}).status, 200);
  stage.centre.turn_loops();
  EXPECT_EQ(stage.state(path), "assigned");
}

TEST(Quota, HoldsFromItsFirstMomentUntilItsLast) {
  QuotaStage stage;
  const auto now = stage.centre.clock.now();
  const auto in = [&](std::int64_t minutes) { return base::to_text(now + base::Span::minutes(minutes)); };
  ASSERT_EQ(
      stage
          .set("account", stage.hong.account, {{"blocks", 10}, {"valid_from", in(1)}, {"valid_until", in(3)}})
          .status,
      200);
  EXPECT_EQ(stage.ask(stage.hong, 20).status, 201);
  stage.centre.clock.advance(base::Span::minutes(1));
  EXPECT_EQ(stage.ask(stage.hong, 20).text("code"), "queue.over_ceiling");
  stage.centre.clock.advance(base::Span::minutes(2));
  EXPECT_EQ(stage.ask(stage.hong, 20).status, 201);
}

TEST(Quota, IsWrittenOnceAndKeptInTheAudit) {
  QuotaStage stage;
  const auto project = stage.project(stage.hong);
  const auto made = stage.set("project", project, {{"blocks", 80}, {"weight", 3}});
  EXPECT_EQ(made.number("version"), 1);
  EXPECT_EQ(stage.set("project", project, {{"blocks", 80}, {"weight", 3}}).number("version"), 1)
      << "it says so already";
  EXPECT_EQ(stage.set("project", project, {{"blocks", 90}}).number("version"), 2);
  stage.centre.turn_loops();
  EXPECT_EQ(stage.events("quota.set"), 2);
  const auto audit = stage.centre.get("/api/v1/audit-entries?action=quotas.set", stage.centre.operators);
  ASSERT_EQ(audit.body.at("items").as_array().size(), 2u);
  EXPECT_EQ(stage.centre.get("/api/v1/quotas/" + project, stage.centre.operators).number("blocks"), 90);
  EXPECT_EQ(stage.centre.get("/api/v1/quotas/" + project, stage.hong).status, 404);
  EXPECT_EQ(stage.centre.get("/api/v1/quota-use", stage.hong).status, 404);
  EXPECT_EQ(stage.centre.get("/api/v1/fair-share", stage.hong).status, 404);
}

TEST(Quota, ThatMeansNothingIsRefused) {
  QuotaStage stage;
  const auto project = stage.project(stage.hong);
  EXPECT_EQ(stage.set("project", project, {{"blocks", 1}, {"ground", ""}}).text("code"),
            "quota.ground_missing");
  EXPECT_EQ(stage.set("project", project, {}).text("code"), "quota.empty");
  EXPECT_EQ(stage.set("organisation", project, {{"blocks", 1}}).text("code"), "quota.subject_unknown");
  EXPECT_EQ(stage.set("project", project, {{"blocks", -1}}).text("errors/0/pointer"), "/blocks");
  EXPECT_EQ(stage.set("project", project, {{"weight", 0}}).text("errors/0/pointer"), "/weight");
  EXPECT_EQ(stage
                .set("project", project,
                     {{"blocks", 1},
                      {"valid_from", "2026-09-02T00:00:00Z"},
                      {"valid_until", "2026-09-02T00:00:00Z"}})
                .text("code"),
            "quota.period");
  EXPECT_TRUE(stage.centre.get("/api/v1/quotas", stage.centre.operators).body.at("items").as_array().empty());
  EXPECT_EQ(stage.centre.send("DELETE", "/api/v1/quotas/" + project, stage.centre.operators.token).status,
            404);
}

TEST(Shares, ShowWhoHasWhatAndWhoIsNext) {
  QuotaStage stage;
  ASSERT_EQ(stage.set("project", stage.project(stage.kim), {{"weight", 1200}}).status, 200);
  const auto runs = stage.start(stage.hong, 100);
  ASSERT_EQ(stage.state(runs), "assigned");
  ASSERT_EQ(stage.ask(stage.kim, 100).status, 201);
  ASSERT_EQ(stage.ask(stage.hong, 100).status, 201);
  const auto table = stage.centre.get("/api/v1/fair-share", stage.centre.operators);
  ASSERT_EQ(table.status, 200) << table.text_body;
  std::map<std::string, json::value> rows;
  for (const auto& row : table.body.at("owners").as_array()) rows[cli::text_at(row, "id")] = row;
  const auto& hong = rows.at(stage.project(stage.hong));
  const auto& kim = rows.at(stage.project(stage.kim));
  EXPECT_EQ(cli::number_at(hong, "weight"), 400) << "the blocks of its allocation";
  EXPECT_EQ(cli::text_at(hong, "weight_source"), "blocks");
  EXPECT_EQ(cli::number_at(kim, "weight"), 1200);
  EXPECT_EQ(cli::text_at(kim, "weight_source"), "quota");
  EXPECT_EQ(cli::number_at(hong, "had_ppm"), 1'000'000);
  EXPECT_EQ(cli::number_at(hong, "held_blocks"), 100);
  EXPECT_EQ(cli::number_at(rows.at(stage.kim.account), "turn"), 1) << "who has had nothing";
  EXPECT_EQ(cli::number_at(rows.at(stage.hong.account), "turn"), 2);
}

// Rows that name a programme that is not there.
void break_run(QuotaStage& stage, const std::string& path) {
  const auto view = stage.centre.get(path, stage.centre.operators);
  const auto broken = commands::run<bool>(
      stage.centre.world(), commands::system_caller("test"), [&](commands::Work& work) -> base::Result<bool> {
        DURE_LET(run, work.tx.runs().get(model::RunId(view.text("run/id"))));
        run.programme_id = model::ProgrammeId("gone");
        DURE_TRY(work.save(work.tx.runs(), run));
        DURE_LET(workload, work.tx.workloads().get(run.workload_id));
        workload.programme_id = run.programme_id;
        DURE_TRY(work.save(work.tx.workloads(), workload));
        return true;
      });
  ASSERT_TRUE(broken.ok());
}

TEST(Queue, ARunWhoseRowsCannotBeReadStandsAside) {
  QuotaStage stage;
  const auto bad = stage.ask(stage.hong, 60);
  ASSERT_EQ(bad.status, 201) << bad.text_body;
  const std::string path = "/api/v1/workloads/" + bad.text("workload/id");
  break_run(stage, path);
  const auto good = stage.start(stage.kim, 60);
  EXPECT_EQ(stage.state(good), "assigned");
  EXPECT_EQ(stage.state(path), "queued");
  EXPECT_EQ(stage.why(path), "queue.unreadable");
  EXPECT_EQ(stage.why(path, "parameters/cause"), "store.not_found");
  stage.centre.turn_loops();
  EXPECT_EQ(stage.events("run.unreadable"), 1) << "told once";
}

TEST(Queue, WhatRunsAndCannotBeReadHoldsItsCards) {
  QuotaStage stage;
  const auto runs = stage.start(stage.hong, 100);
  ASSERT_EQ(stage.state(runs), "assigned");
  break_run(stage, runs);
  const auto second = stage.start(stage.kim, 100);
  EXPECT_EQ(stage.state(second), "assigned") << "the other card";
  const auto third = stage.start(stage.kim, 100);
  EXPECT_EQ(stage.state(third), "queued") << "no card is given out twice";
  ASSERT_EQ(stage.set("project", stage.project(stage.hong), {{"blocks", 150}}).status, 200);
  EXPECT_EQ(stage.centre.get("/api/v1/quota-use", stage.centre.operators).number("items/0/held/blocks"), 100);
}

TEST(Walk, Quotas) {
  Cast cast;
  const auto project = cast.centre.get("/api/v1/projects", cast.centre.operators).text("items/0/id");
  const std::string path = "/api/v1/quotas/" + project;
  const json::object body{{"scope", "project"}, {"blocks", 300}, {"ground", "g"}};
  EXPECT_EQ(cast.centre.send("PUT", path, cast.member.token, json::serialize(body)).status, 404);
  ASSERT_EQ(cast.centre.send("PUT", path, cast.centre.operators.token, json::serialize(body)).status, 200);
  expect_collection(cast, "quotas", cast.auditor);
  EXPECT_EQ(cast.centre.get("/api/v1/quota-use", cast.auditor).status, 200);
  EXPECT_EQ(cast.centre.get("/api/v1/fair-share", cast.auditor).status, 200);
  const json::object more{{"scope", "project"}, {"blocks", 200}, {"ground", "g"}};
  change(cast, "PUT", path, path, cast.centre.operators, more);
  EXPECT_EQ(cast.centre.send("DELETE", path, cast.auditor.token).status, 403);
  change(cast, "DELETE", path, path, cast.centre.operators);
}

}  // namespace
}  // namespace dure::tests
