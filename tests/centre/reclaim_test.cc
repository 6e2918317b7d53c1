// What is borrowed and asked back: over the API, with dure-node played by its own requests.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/centre.h"
#include "centre/workspace.h"
#include "server/loops/loops.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

constexpr std::int64_t kSecond = 1'000'000;

// Two cards; two users are given one each, and may borrow as much again.
struct ReclaimStage {
  Centre centre;
  Who borrower;
  Who owner;
  std::int64_t sequence = 0;
  std::int64_t boottime_us = 2'000'000'000;

  explicit ReclaimStage(std::int64_t borrow_percent = 100) {
    std::string text = s0_text();
    const std::string queue = "\nqueue:\n";
    text.insert(text.find(queue) + queue.size(),
                "  borrow_percent: {value: " + std::to_string(borrow_percent) +
                    ", source: test, confidence: chosen}\n");
    const auto loaded =
        centre.post("/api/v1/programmes", centre.operators,
                    {{"layers", json::array{json::object{{"name", "policy.yaml"}, {"text", text}}}}});
    EXPECT_LT(loaded.status, 300) << json::serialize(loaded.body);
    borrower = centre.admit("hong01", 100);
    owner = centre.admit("kim02", 100);
    centre.report_node();
  }

  void pass(base::Span by) {
    centre.advance(by);
    boottime_us += by.us;
    for (Who* who : {&borrower, &owner}) who->token = centre.log_in(who->login, who->password).token;
    centre.report_node({{"boottime_us", boottime_us}});
  }
  Reply ask(const Who& who, std::int64_t blocks, bool preemptible) {
    json::object body = workspace(who, "w", blocks);
    body["kind"] = "job";
    json::object& spec = body["spec"].as_object();
    spec["command"] = json::array{"train"};
    spec["max_retries"] = 1;
    spec["preemptible"] = preemptible;
    return centre.post("/api/v1/workloads", who, body);
  }
  // The path of the workload.
  std::string path(const Reply& made) { return "/api/v1/workloads/" + made.text("workload/id"); }
  Reply view(const std::string& path) { return centre.get(path, centre.operators); }
  void observe(const std::string& path, const std::string& kind, std::int64_t exit_code = 0) {
    boottime_us += kSecond;
    centre.clock.advance(base::Span::seconds(1));
    json::object seen = observation(view(path).text("replicas/0/id"), kind, ++sequence, boottime_us);
    if (kind == "ended") seen["exit_code"] = exit_code;
    centre.report_node({{"observations", json::array{seen}}, {"boottime_us", boottime_us}});
  }
  std::string start(const Who& who, std::int64_t blocks, bool preemptible) {
    const auto made = ask(who, blocks, preemptible);
    EXPECT_EQ(made.status, 201) << json::serialize(made.body);
    centre.turn_loops();
    EXPECT_EQ(view(path(made)).text("run/state"), "assigned") << json::serialize(view(path(made)).body);
    observe(path(made), "started");
    return path(made);
  }
  Reply checkpoint(const Who& who, const std::string& path, const json::object& body = {}) {
    return centre.post("/api/v1/runs/" + view(path).text("run/id") + "/checkpoint", who, body);
  }
  // Another dured takes over, and knows nothing but the rows.
  void schedule_anew(const std::string& holder) {
    const auto lease = commands::acquire_lease(centre.world(), "scheduler", holder, base::Span::seconds(15));
    ASSERT_TRUE(lease.ok() && *lease);
    ASSERT_TRUE(server::scheduler_body(centre.world())(**lease).ok());
  }
};

TEST(Reclaim, P5_WhatIsBorrowedIsStoppedForItsOwnerAndStartsAgain) {
  ReclaimStage stage;
  const std::string given = stage.start(stage.borrower, 100, true);
  const std::string saved = stage.start(stage.borrower, 50, true);
  const std::string unsaved = stage.start(stage.borrower, 50, true);
  stage.pass(base::Span::minutes(20));
  ASSERT_EQ(stage.checkpoint(stage.borrower, saved).status, 200);
  const auto before = stage.view(saved);

  const std::string asked = stage.path(stage.ask(stage.owner, 50, false));
  stage.centre.turn_loops();
  const auto stopping = stage.view(saved);
  EXPECT_EQ(stopping.text("run/state"), "stopping") << json::serialize(stopping.body);
  EXPECT_EQ(stopping.text("run/ended_reason/code"), "queue.reclaimed");
  EXPECT_EQ(stopping.number("run/ended_reason/parameters/blocks"), 50);
  EXPECT_EQ(stopping.text("replicas/0/desired"), "stopped");
  EXPECT_EQ(stage.view(given).text("run/state"), "running");
  EXPECT_EQ(stage.view(unsaved).text("run/state"), "running") << "it would lose more";
  const auto promised = stage.view(asked);
  EXPECT_EQ(promised.text("run/state"), "queued");
  EXPECT_EQ(promised.text("run/promised_on/0/card_id"), stopping.text("shares/0/card_id"));

  // The scheduler is killed and another goes on.
  stage.pass(base::Span::seconds(20));
  stage.schedule_anew("another");
  EXPECT_EQ(stage.view(unsaved).text("run/state"), "running") << "nobody is stopped beside";
  EXPECT_EQ(stage.view(saved).number("run/version"), stopping.number("run/version"));
  EXPECT_EQ(stage.view(asked).text("run/estimated_start_at"), promised.text("run/estimated_start_at"));

  const std::string run = stopping.text("run/id");
  stage.observe(saved, "ended", 143);
  EXPECT_EQ(stage.centre.get("/api/v1/runs/" + run, stage.centre.operators).text("outcome"), "preempted");
  const auto again = stage.view(saved);
  EXPECT_EQ(again.text("run/state"), "queued");
  EXPECT_EQ(again.number("run/attempt"), 2);
  EXPECT_EQ(again.number("run/retries"), 0);
  EXPECT_EQ(again.text("run/queued_at"), before.text("run/queued_at"));
  EXPECT_EQ(again.text("run/checkpoint_at"), "");
  stage.schedule_anew("another");
  EXPECT_EQ(stage.view(asked).text("run/state"), "assigned") << "though the other waits longer";
  EXPECT_EQ(stage.view(saved).text("run/state"), "queued");

  stage.observe(asked, "started");
  stage.pass(base::Span::minutes(20));
  stage.schedule_anew("third");
  EXPECT_EQ(stage.view(asked).text("run/state"), "running") << "who borrows takes nothing back";
  stage.observe(asked, "ended");
  stage.schedule_anew("third");
  EXPECT_EQ(stage.view(saved).text("run/state"), "assigned") << "there is room again";
}

TEST(Reclaim, P5_NothingIsBorrowedWhereThePolicyDoesNotSaySo) {
  ReclaimStage stage(0);
  stage.start(stage.borrower, 100, true);
  const auto second = stage.ask(stage.borrower, 50, true);
  stage.centre.turn_loops();
  EXPECT_EQ(stage.view(stage.path(second)).text("run/waiting/code"), "queue.ceiling");
}

TEST(Reclaim, P5_WhatItsOwnerStopsMeanwhileDoesNotStartAgain) {
  ReclaimStage stage;
  stage.start(stage.borrower, 100, true);
  const std::string borrowed = stage.start(stage.borrower, 100, true);
  stage.pass(base::Span::minutes(20));
  ASSERT_EQ(stage.ask(stage.owner, 100, false).status, 201);
  stage.centre.turn_loops();
  EXPECT_EQ(stage.view(borrowed).text("run/state"), "stopping");
  EXPECT_EQ(stage.centre.post(borrowed + "/stop", stage.borrower).status, 200);
  stage.observe(borrowed, "ended", 143);
  EXPECT_EQ(stage.view(borrowed).number("run/attempt"), 1);
  EXPECT_EQ(stage.view(borrowed).text("run/outcome"), "preempted");
}

TEST(Checkpoint, IsOfARunThatRunsBetweenItsStartAndNow) {
  ReclaimStage stage;
  const auto made = stage.ask(stage.borrower, 100, true);
  const std::string path = stage.path(made);
  EXPECT_EQ(stage.checkpoint(stage.borrower, path).text("code"), "run.not_running");
  stage.centre.turn_loops();
  stage.observe(path, "started");
  stage.pass(base::Span::minutes(5));
  const base::Instant now = stage.centre.clock.now();
  const auto at = [&](base::Instant when) {
    return stage.checkpoint(stage.borrower, path, {{"at", base::to_text(when)}});
  };
  const auto ahead = at(now + base::Span::seconds(1));
  EXPECT_EQ(ahead.status, 422) << json::serialize(ahead.body);
  EXPECT_EQ(ahead.text("code"), "run.checkpoint_ahead");
  EXPECT_EQ(ahead.text("errors/0/pointer"), "/at");
  EXPECT_EQ(at(now - base::Span::minutes(10)).text("code"), "run.checkpoint_before_start");
  const auto noted = at(now - base::Span::minutes(1));
  ASSERT_EQ(noted.status, 200) << json::serialize(noted.body);
  EXPECT_EQ(noted.text("checkpoint_at"), base::to_text(now - base::Span::minutes(1)));
  EXPECT_EQ(at(now - base::Span::minutes(1)).number("version"), noted.number("version")) << "twice is once";
  EXPECT_EQ(at(now - base::Span::minutes(2)).text("checkpoint_at"), noted.text("checkpoint_at"))
      << "nor does it go back";
  EXPECT_EQ(stage.checkpoint(stage.owner, path).status, 404) << "it is somebody else's";
}

// On nodes that are reserved for its owner's project (A9), too.
TEST(Reclaim, A9_P5_WhoBorrowsReservedNodesIsStoppedForTheProject) {
  ReclaimStage stage;
  stage.start(stage.borrower, 100, true);
  const std::string borrowed = stage.start(stage.borrower, 100, true);
  const auto allocation =
      stage.centre.get("/api/v1/allocations/" + stage.owner.allocation, stage.centre.operators);
  const auto begins = stage.centre.clock.now() + base::Span::minutes(10);
  const auto made = stage.centre.post("/api/v1/reservations", stage.centre.operators,
                                      {{"project_id", allocation.text("project_id")},
                                       {"model", "a100-40gb"},
                                       {"cards", 2},
                                       {"starts_at", base::to_text(begins)},
                                       {"ends_at", base::to_text(begins + base::Span::hours(10))},
                                       {"ground", "national project"}});
  ASSERT_EQ(made.status, 201) << made.text_body;
  stage.pass(base::Span::minutes(20));
  stage.centre.turn_loops();
  EXPECT_EQ(stage.view(borrowed).text("run/state"), "running") << "not for the reservation alone";

  const std::string asked = stage.path(stage.ask(stage.owner, 100, false));
  stage.centre.turn_loops();
  EXPECT_EQ(stage.view(borrowed).text("run/state"), "stopping");
  const auto promised = stage.view(asked);
  EXPECT_EQ(promised.text("run/waiting/code"), "queue.cards_not_left") << promised.text_body;
  stage.pass(base::Span::seconds(20));
  stage.schedule_anew("third");
  EXPECT_EQ(stage.view(asked).number("run/version"), promised.number("run/version")) << "and that stays";
  stage.observe(borrowed, "ended", 143);
  stage.schedule_anew("third");
  EXPECT_EQ(stage.view(asked).text("run/state"), "assigned");
  EXPECT_EQ(stage.view(borrowed).text("run/state"), "queued");
}

}  // namespace
}  // namespace dure::tests
