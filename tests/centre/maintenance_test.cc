// P26: maintenance windows over the API, through their whole life, on the simulated clock.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/cast.h"
#include "centre/workspace.h"
#include "server/loops/loops.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

constexpr const char* kWindows = "/api/v1/maintenance-windows";

// A centre with one node of two cards and one user; times are hours after the beginning.
struct MaintenanceRoom {
  Centre centre;
  base::Instant begin = centre.clock.now();
  Who user = centre.admit("hong01", 400);
  std::string node;

  MaintenanceRoom() {
    centre.report_node();
    node = centre.get("/api/v1/nodes?name=n1", centre.operators).text("items/0/id");
  }

  std::string at(double hours) const {
    return base::to_text(begin + base::Span::seconds(static_cast<std::int64_t>(hours * 3600)));
  }
  void move_to(double hours) { move_to(*base::parse_instant(at(hours))); }
  void move_to(base::Instant when) {
    centre.advance(when - centre.clock.now());
    user.token = centre.log_in(user.login, user.password).token;
    centre.report_node();
  }
  void turn() { centre.turn_loops(); }

  json::object window(double from, double until) const {
    return {{"node_id", node}, {"starts_at", at(from)}, {"ends_at", at(until)}, {"ground", "firmware"}};
  }
  Reply plan(double from, double until) {
    return centre.post(kWindows, centre.operators, window(from, until));
  }
  Reply look(const Reply& window) {
    return centre.get(std::string(kWindows) + "/" + window.text("id"), centre.operators);
  }
  Reply cancel(const Reply& window) {
    return centre.post(std::string(kWindows) + "/" + window.text("id") + "/cancel", centre.operators);
  }
  // Its path. A job with that limit, or a workspace without one.
  std::string submit(std::int64_t blocks, double hours) {
    centre.clock.advance(base::Span::milliseconds(1));  // one after the other
    auto body = workspace(user, "w", blocks);
    if (hours > 0) {
      body["kind"] = "job";
      body["spec"].as_object()["command"] = json::array{"true"};
      body["spec"].as_object()["time_limit_s"] = static_cast<std::int64_t>(hours * 3600);
    }
    const auto made = centre.post("/api/v1/workloads", user, body);
    EXPECT_EQ(made.status, 201) << made.text_body;
    return "/api/v1/workloads/" + made.text("workload/id");
  }
  std::string run(const std::string& path, const std::string& field) {
    return centre.get(path, centre.operators).text("run/" + field);
  }
  std::string node_state() { return centre.get("/api/v1/nodes/" + node, centre.operators).text("state"); }
  Reply outage() { return centre.get("/api/v1/outages", centre.operators); }
  std::string allocation_end() {
    return centre.get("/api/v1/allocations/" + user.allocation, centre.operators).text("ends_on");
  }
};

constexpr base::Span kTick{1};

TEST(Maintenance, P26_P5_NothingRunsIntoItAndTheNodeComesBackAtTheVeryInstant) {
  MaintenanceRoom room;
  const auto window = room.plan(2, 4);
  ASSERT_EQ(window.status, 201) << window.text_body;
  EXPECT_EQ(window.text("state"), "planned");
  const auto fits = room.submit(100, 1);
  const auto late = room.submit(100, 3);
  room.turn();
  EXPECT_EQ(room.run(fits, "state"), "assigned") << "it is over before";
  EXPECT_EQ(room.run(late, "state"), "queued");
  EXPECT_EQ(room.run(late, "waiting/code"), "queue.maintenance");

  EXPECT_EQ(room.run(late, "estimated_start_at"), room.at(4)) << "and that is a promise";
  EXPECT_EQ(room.run(late, "promised_on/0/node_id"), room.node);

  room.move_to(*base::parse_instant(room.at(2)) - kTick);
  room.turn();
  EXPECT_EQ(room.node_state(), "ready");
  EXPECT_EQ(room.look(window).text("state"), "planned");
  room.move_to(2);
  room.turn();
  EXPECT_EQ(room.node_state(), "draining");
  EXPECT_EQ(room.look(window).text("state"), "under_way");
  EXPECT_EQ(room.run(late, "waiting/code"), "queue.maintenance");
  EXPECT_EQ(room.run(late, "estimated_start_at"), room.at(4))
      << "the promise holds while the node is drained";
  EXPECT_EQ(room.outage().text("items/0/cause"), "maintenance");
  EXPECT_EQ(room.outage().text("items/0/started_at"), room.at(2));

  const auto version = room.look(window).number("version");
  room.turn();  // as a loop that was killed and begins anew
  EXPECT_EQ(room.look(window).number("version"), version) << "nothing is done twice";
  EXPECT_EQ(room.outage().body.at("items").as_array().size(), 1u);

  room.move_to(*base::parse_instant(room.at(4)) - kTick);
  room.turn();
  EXPECT_EQ(room.node_state(), "draining");
  EXPECT_EQ(room.run(late, "state"), "queued");
  room.move_to(4);
  room.turn();
  EXPECT_EQ(room.node_state(), "ready");
  EXPECT_EQ(room.look(window).text("state"), "over");
  EXPECT_EQ(room.run(late, "state"), "assigned") << "in the same round";
  EXPECT_EQ(room.run(late, "assigned_at"), room.at(4));
}

TEST(Maintenance, P26_F6_ItsTimeIsGivenBack) {
  MaintenanceRoom room;
  EXPECT_EQ(room.allocation_end(), "2027-02-28");
  ASSERT_EQ(room.plan(2, 32).status, 201);
  room.move_to(2);
  room.turn();
  room.move_to(32);
  room.turn();
  EXPECT_EQ(room.outage().text("items/0/ended_at"), room.at(32));
  EXPECT_EQ(room.outage().text("items/0/given_back"), "true");
  EXPECT_EQ(room.allocation_end(), "2027-03-02") << "thirty hours are two days";
  EXPECT_EQ(room.centre.get("/api/v1/audit-entries?action=maintenance.ended", room.centre.operators)
                .body.at("items")
                .as_array()
                .size(),
            1u);
}

// The scheduler's loop alone, as another dured would turn it.
void schedule(MaintenanceRoom& room) {
  auto& world = room.centre.world();
  const auto lease = commands::acquire_lease(world, "scheduler", "another", base::Span::seconds(15));
  ASSERT_TRUE(lease.ok() && *lease);
  EXPECT_TRUE(server::scheduler_body(world)(**lease).ok());
}

void change_rows(MaintenanceRoom& room, const std::function<base::Status(commands::Work&)>& change) {
  const auto done = commands::run<bool>(room.centre.world(), commands::system_caller("test"),
                                        [&](commands::Work& work) -> base::Result<bool> {
                                          DURE_TRY(change(work));
                                          return true;
                                        });
  ASSERT_TRUE(done.ok()) << done.failure().reason.code;
}

// Giving the time back is the keeper's: an allocation that cannot be read does not keep the node closed.
TEST(Maintenance, P26_ItEndsThoughItsTimeCannotBeGivenBackYet) {
  MaintenanceRoom room;
  const Who other = room.centre.admit("kim02", 400);
  const auto window = room.plan(1, 2);
  room.move_to(1);
  room.turn();
  change_rows(room, [&](commands::Work& work) -> base::Status {
    model::Programme without_rules;
    work.stamp(without_rules);
    without_rules.code = "without-rules";
    DURE_TRY(work.tx.programmes().insert(without_rules));
    DURE_LET(broken, work.tx.allocations().get(model::AllocationId(other.allocation)));
    broken.programme_id = without_rules.id;
    return work.save(work.tx.allocations(), broken);
  });
  room.move_to(2);
  schedule(room);
  EXPECT_EQ(room.look(window).text("state"), "over");
  EXPECT_EQ(room.node_state(), "ready");
  EXPECT_EQ(room.outage().text("items/0/ended_at"), room.at(2));
  EXPECT_EQ(room.outage().text("items/0/given_back"), "false");
}

TEST(Maintenance, P26_OneThatCannotBeKeptDoesNotHoldUpTheQueue) {
  MaintenanceRoom room;
  const auto broken = room.plan(1, 2);
  const auto next = room.plan(3, 4);
  room.move_to(1);
  room.turn();
  change_rows(room, [&](commands::Work& work) -> base::Status {
    DURE_LET(row, work.tx.maintenance_windows().get(model::MaintenanceWindowId(broken.text("id"))));
    row.outage_id = model::OutageId("gone");
    return work.save(work.tx.maintenance_windows(), row);
  });
  ASSERT_EQ(room.centre.post("/api/v1/nodes/" + room.node + "/resume", room.centre.operators).status, 200);
  const auto job = room.submit(100, 0.5);
  room.move_to(2);
  schedule(room);
  EXPECT_EQ(room.look(broken).text("state"), "under_way");
  EXPECT_EQ(room.run(job, "state"), "assigned");
  room.move_to(3);
  schedule(room);
  EXPECT_EQ(room.look(next).text("state"), "planned") << "the earlier one of the node would open it again";
}

TEST(Maintenance, P26_OneThatPassedWhileNothingRanIsOverAndGivenBack) {
  MaintenanceRoom room;
  const auto window = room.plan(2, 4);
  const auto job = room.submit(100, 3);
  room.turn();
  room.move_to(10);
  room.turn();
  EXPECT_EQ(room.look(window).text("state"), "over");
  EXPECT_EQ(room.node_state(), "ready");
  EXPECT_EQ(room.outage().text("items/0/started_at"), room.at(2));
  EXPECT_EQ(room.outage().text("items/0/ended_at"), room.at(4));
  EXPECT_EQ(room.run(job, "state"), "assigned");
}

// The notice of the policy is 24 hours.
TEST(Maintenance, P26_WhatHasNoLimitStartsUntilADayBefore) {
  MaintenanceRoom room;
  ASSERT_EQ(room.plan(30, 32).status, 201);
  const auto early = room.submit(100, 0);
  room.turn();
  EXPECT_EQ(room.run(early, "state"), "assigned");
  room.move_to(5.9);
  const auto last = room.submit(50, 0);
  room.turn();
  EXPECT_EQ(room.run(last, "state"), "assigned");
  room.move_to(6);
  const auto never = room.submit(50, 0);
  const auto job = room.submit(50, 20);
  room.turn();
  EXPECT_EQ(room.run(never, "waiting/code"), "queue.maintenance");
  EXPECT_EQ(room.run(never, "estimated_start_at"), room.at(32));
  EXPECT_EQ(room.run(job, "state"), "queued")
      << "it stands behind, and the order is first come, first served";
}

TEST(Maintenance, P26_WhatAnOperatorSaysOfTheNodeHolds) {
  MaintenanceRoom room;
  const std::string path = "/api/v1/nodes/" + room.node;
  ASSERT_EQ(room.plan(1, 2).status, 201);
  ASSERT_EQ(room.plan(3, 4).status, 201);
  ASSERT_EQ(room.plan(5, 6).status, 201);
  room.move_to(1);
  room.turn();
  EXPECT_EQ(room.centre.post(path + "/drain", room.centre.operators).status, 200);
  room.move_to(2);
  room.turn();
  EXPECT_EQ(room.node_state(), "draining") << "drained by an operator too";
  room.move_to(3);
  room.turn();
  room.move_to(4);
  room.turn();
  EXPECT_EQ(room.node_state(), "draining") << "it was drained before";
  EXPECT_EQ(room.centre.post(path + "/resume", room.centre.operators).status, 200);
  room.move_to(5);
  room.turn();
  EXPECT_EQ(room.centre.post(path + "/resume", room.centre.operators).status, 200);
  EXPECT_EQ(room.centre.post(path + "/drain", room.centre.operators).status, 200);
  room.move_to(6);
  room.turn();
  EXPECT_EQ(room.node_state(), "draining") << "resumed and drained again by an operator";
}

TEST(Maintenance, P26_TwoThatMeetKeepTheNodeClosed) {
  MaintenanceRoom room;
  const auto first = room.plan(1, 2);
  const auto second = room.plan(2, 3);
  ASSERT_EQ(second.status, 201) << second.text_body;
  const auto job = room.submit(100, 2);
  room.turn();
  EXPECT_EQ(room.run(job, "estimated_start_at"), room.at(3));
  for (const double hour : {1, 2}) {
    room.move_to(hour);
    room.turn();
    EXPECT_EQ(room.node_state(), "draining");
    EXPECT_EQ(room.run(job, "state"), "queued");
  }
  EXPECT_EQ(room.look(first).text("state"), "over");
  EXPECT_EQ(room.look(second).text("state"), "under_way");
  room.move_to(3);
  room.turn();
  EXPECT_EQ(room.run(job, "state"), "assigned");
}

TEST(Maintenance, P26_ACancelledOneIsAsIfItHadNotBeen) {
  MaintenanceRoom room;
  const auto window = room.plan(1, 5);
  const auto job = room.submit(100, 3);
  room.turn();
  EXPECT_EQ(room.run(job, "state"), "queued");
  EXPECT_EQ(room.cancel(window).text("state"), "cancelled");
  EXPECT_EQ(room.cancel(window).status, 200) << "again does nothing";
  room.turn();
  EXPECT_EQ(room.run(job, "state"), "assigned");
  room.move_to(1);
  room.turn();
  EXPECT_EQ(room.node_state(), "ready");
  EXPECT_EQ(room.outage().body.at("items").as_array().size(), 0u);
}

TEST(Maintenance, P26_CancelledWhileUnderWayItEndsNow) {
  MaintenanceRoom room;
  const auto window = room.plan(1, 50);
  const auto job = room.submit(100, 3);
  room.move_to(1);
  room.turn();
  EXPECT_EQ(room.node_state(), "draining");
  room.move_to(2);
  EXPECT_EQ(room.cancel(window).text("state"), "cancelled");
  EXPECT_EQ(room.node_state(), "ready");
  EXPECT_EQ(room.outage().text("items/0/ended_at"), room.at(2));
  room.turn();
  EXPECT_EQ(room.allocation_end(), "2027-03-01") << "by the keeper";
  EXPECT_EQ(room.run(job, "state"), "assigned");
}

TEST(Maintenance, P26_WhatCannotBePlannedIsRefused) {
  MaintenanceRoom room;
  const auto window = room.plan(2, 4);
  ASSERT_EQ(window.status, 201);
  const auto overlap = room.plan(3, 5);
  EXPECT_EQ(overlap.status, 409) << overlap.text_body;
  EXPECT_EQ(overlap.text("code"), "maintenance.overlaps");
  EXPECT_EQ(overlap.text("parameters/from"), room.at(2));
  EXPECT_EQ(room.plan(6, 6).text("code"), "maintenance.ends_before_it_starts");
  EXPECT_EQ(room.plan(-1, 6).text("code"), "maintenance.past");
  EXPECT_EQ(room.plan(10, 10 + 90 * 24 + 1).text("code"), "maintenance.too_long");
  EXPECT_EQ(room.plan(10, 10 + 90 * 24 + 1).text("parameters/days"), "90");
  EXPECT_EQ(room.plan(10, 10 + 90 * 24).status, 201);
  auto body = room.window(6, 7);
  body["ground"] = "";
  EXPECT_EQ(room.centre.post(kWindows, room.centre.operators, body).text("code"),
            "maintenance.ground_missing");
  body = room.window(6, 7);
  body["node_id"] = "no-such";
  const auto nowhere = room.centre.post(kWindows, room.centre.operators, body);
  EXPECT_EQ(nowhere.status, 422);
  EXPECT_EQ(nowhere.text("errors/0/pointer"), "/node_id");
  EXPECT_GE(room.centre.post(kWindows, room.user, room.window(6, 7)).status, 403);
  EXPECT_EQ(room.centre.get(kWindows, room.user).body.at("items").as_array().size(), 2u)
      << "everybody may know, and nothing half done is there";
  room.move_to(4);
  room.turn();
  EXPECT_EQ(room.cancel(window).text("code"), "maintenance.over");
}

TEST(Maintenance, P26_ThePreviewNamesWhatItWouldTouch) {
  MaintenanceRoom room;
  const auto running = room.submit(100, 3);
  const auto also = room.submit(100, 1);
  room.turn();
  const auto waiting = room.submit(100, 2);
  room.turn();
  ASSERT_EQ(room.run(waiting, "estimated_start_at").substr(0, 13), room.at(1).substr(0, 13));
  const auto preview = [&](double from, double until) {
    return room.centre.post(std::string(kWindows) + "/preview", room.centre.operators,
                            room.window(from, until));
  };
  const auto seen = preview(2, 4);
  ASSERT_EQ(seen.status, 200) << seen.text_body;
  ASSERT_EQ(seen.body.at("items").as_array().size(), 2u) << seen.text_body;
  EXPECT_EQ(seen.text("items/0/run_id"), room.run(running, "id"));
  EXPECT_EQ(seen.text("items/0/touch"), "running");
  EXPECT_EQ(seen.text("items/1/run_id"), room.run(waiting, "id"));
  EXPECT_EQ(seen.text("items/1/touch"), "promised");
  EXPECT_EQ(preview(10, 12).body.at("items").as_array().size(), 0u);
  EXPECT_EQ(room.centre.get(kWindows, room.centre.operators).body.at("items").as_array().size(), 0u);
  EXPECT_EQ(room.run(also, "state"), "assigned");
}

TEST(Walk, P26_MaintenanceWindows) {
  Cast cast;
  const auto node = first_id(cast, "/api/v1/nodes", cast.auditor);
  const auto now = cast.centre.clock.now();
  const json::object body{{"node_id", node},
                          {"starts_at", base::to_text(now + base::Span::hours(100))},
                          {"ends_at", base::to_text(now + base::Span::hours(101))},
                          {"ground", "firmware"}};
  EXPECT_EQ(cast.centre.post(kWindows, cast.auditor, body).status, 403);
  EXPECT_EQ(cast.centre.post(std::string(kWindows) + "/preview", cast.auditor, body).status, 403);
  // Its outage lengthens allocations: who operates the node alone may look, and no more.
  const auto scoped = cast.hire("scoped01", "operator", "node", node);
  EXPECT_EQ(cast.centre.post(std::string(kWindows) + "/preview", scoped, body).status, 200);
  EXPECT_EQ(cast.centre.post(kWindows, scoped, body).text("parameters/permission"), "outages.manage");
  EXPECT_EQ(cast.centre.post(std::string(kWindows) + "/preview", cast.centre.operators, body).status, 200);
  const auto planned = cast.centre.post(kWindows, cast.centre.operators, body);
  ASSERT_EQ(planned.status, 201) << planned.text_body;
  expect_collection(cast, "maintenance-windows", cast.member);
  const std::string path = std::string(kWindows) + "/" + planned.text("id");
  EXPECT_EQ(cast.centre.post(path + "/cancel", cast.auditor).status, 403);
  EXPECT_EQ(cast.centre.post(path + "/cancel", scoped).status, 403);
  change(cast, "POST", path + "/cancel", path, cast.centre.operators);
}

}  // namespace
}  // namespace dure::tests
