// A9: reservations over the API, through their whole life, on the simulated clock.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/cast.h"
#include "centre/workspace.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

constexpr const char* kReservations = "/api/v1/reservations";

// Two nodes of two cards each, and two projects. Times are hours after the beginning.
struct ReservationRoom {
  Centre centre;
  base::Instant begin = centre.clock.now();
  Who nation = centre.admit("hong01", 400);
  Who other = centre.admit("kim02", 400);
  std::string second_token;
  std::string n1, n2;

  ReservationRoom() {
    centre.report_node();
    Who enrolment;
    enrolment.token = *commands::make_enrol_token(centre.world());
    second_token =
        centre.post("/node/v1/enrolment", enrolment, {{"name", "n2"}, {"pool", "gpu-server"}}).text("token");
    report();
    n1 = centre.get("/api/v1/nodes?name=n1", centre.operators).text("items/0/id");
    n2 = centre.get("/api/v1/nodes?name=n2", centre.operators).text("items/0/id");
  }
  void report() {
    centre.report_node();
    json::array cards;
    for (int i = 0; i < 2; ++i)
      cards.push_back(json::object{{"id", "SIM-2" + std::to_string(i)},
                                   {"index", i},
                                   {"model", "a100-40gb"},
                                   {"product", "simulated"},
                                   {"memory_bytes", 40LL << 30},
                                   {"simulated", true}});
    const json::array images{json::object{{"reference", "localhost/dure/workspace:1"},
                                          {"digest", "sha256:1"},
                                          {"services", json::array{"terminal"}}}};
    Who node;
    node.token = second_token;
    boottime_us += 1'000'000;
    const auto reply = centre.post("/node/v1/report", node,
                                   {{"boot_id", "boot-2"},
                                    {"boottime_us", boottime_us},
                                    {"reported_at", base::to_text(centre.clock.now())},
                                    {"cpu_milli", 64'000},
                                    {"memory_bytes", 512LL << 30},
                                    {"cards", cards},
                                    {"images", images}});
    EXPECT_EQ(reply.status, 200) << reply.text_body;
  }
  std::int64_t boottime_us = 1'000'000;

  std::string at(double hours) const {
    return base::to_text(begin + base::Span::seconds(static_cast<std::int64_t>(hours * 3600)));
  }
  void move_to(double hours) {
    centre.advance(*base::parse_instant(at(hours)) - centre.clock.now());
    for (Who* who : {&nation, &other}) who->token = centre.log_in(who->login, who->password).token;
    report();
  }
  void turn() { centre.turn_loops(); }

  std::string project_of(const Who& who) {
    return centre.get("/api/v1/allocations/" + who.allocation, centre.operators).text("project_id");
  }
  json::object wish(std::int64_t cards, double from, double until) {
    return {{"project_id", project_of(nation)},
            {"pool", "gpu-server"},
            {"model", "a100-40gb"},
            {"cards", cards},
            {"starts_at", at(from)},
            {"ends_at", at(until)},
            {"ground", "national project"}};
  }
  Reply make(std::int64_t cards, double from, double until) {
    return centre.post(kReservations, centre.operators, wish(cards, from, until));
  }
  Reply look(const Reply& reservation) {
    return centre.get(std::string(kReservations) + "/" + reservation.text("id"), centre.operators);
  }
  std::string submit(const Who& who, std::int64_t blocks, double hours) {
    centre.clock.advance(base::Span::milliseconds(1));  // one after the other
    auto body = workspace(who, "w", blocks);
    if (hours > 0) {
      body["kind"] = "job";
      body["spec"].as_object()["command"] = json::array{"true"};
      body["spec"].as_object()["time_limit_s"] = static_cast<std::int64_t>(hours * 3600);
    }
    const auto made = centre.post("/api/v1/workloads", who, body);
    EXPECT_EQ(made.status, 201) << made.text_body;
    return "/api/v1/workloads/" + made.text("workload/id");
  }
  Reply view(const std::string& path) { return centre.get(path, centre.operators); }
  std::string node_of(const std::string& path) { return view(path).text("replicas/0/node_id"); }
};

TEST(Reservation, A9_ItsNodesAreTheProjectsFromItsStartToItsEnd) {
  ReservationRoom room;
  const auto busy = room.submit(room.other, 100, 0);  // without a limit: on one of the two nodes
  room.turn();
  const auto there = room.node_of(busy);
  const auto elsewhere = there == room.n1 ? room.n2 : room.n1;
  const auto made = room.make(2, 10, 20);
  ASSERT_EQ(made.status, 201) << made.text_body;
  EXPECT_EQ(made.text("node_ids/0"), elsewhere) << "the one that touches nobody";
  EXPECT_EQ(made.number("cards"), 2);
  EXPECT_EQ(made.text("state"), "planned");

  const auto endless = room.submit(room.other, 100, 0);
  const auto before = room.submit(room.other, 100, 9);
  room.turn();
  EXPECT_EQ(room.node_of(endless), there) << "not on the reserved one";
  EXPECT_EQ(room.node_of(before), elsewhere) << "it is over in time";
  const auto late = room.submit(room.other, 100, 15);
  room.turn();
  EXPECT_EQ(room.view(late).text("run/waiting/code"), "queue.reserved");
  EXPECT_EQ(room.view(late).text("run/estimated_start_at"), room.at(20));

  const auto own = room.submit(room.nation, 100, 5);
  const auto own_too = room.submit(room.nation, 100, 9);
  room.turn();
  EXPECT_EQ(room.view(own).text("run/state"), "queued") << "it stands behind";
  EXPECT_EQ(room.view(own_too).text("run/estimated_start_at"), room.at(10)) << "its own time";
  room.move_to(10);
  room.turn();
  EXPECT_EQ(room.look(made).text("state"), "active");
  const bool first = room.node_of(own) == elsewhere, second = room.node_of(own_too) == elsewhere;
  EXPECT_TRUE(first != second) << "the other card is still held by one that should have ended";
  EXPECT_EQ(room.look(made).text("left_run_ids/0"), room.view(before).text("run/id"));
  EXPECT_EQ(room.view(late).text("run/state"), "queued");
  const auto version = room.look(made).number("version");
  room.turn();
  EXPECT_EQ(room.look(made).number("version"), version) << "nothing is done twice";
  room.move_to(20);
  room.turn();
  EXPECT_EQ(room.look(made).text("state"), "over");
}

TEST(Reservation, A9_AllOrNothingWithAPlainProblem) {
  ReservationRoom room;
  const auto busy = room.submit(room.other, 100, 0);
  room.turn();
  const auto too_many = room.make(5, 10, 20);
  EXPECT_EQ(too_many.status, 409) << too_many.text_body;
  EXPECT_EQ(too_many.text("code"), "reservation.too_few_cards");
  EXPECT_EQ(too_many.number("parameters/asked"), 5);
  EXPECT_EQ(too_many.number("parameters/free"), 4);
  EXPECT_EQ(too_many.number("parameters/free_of_runs"), 2);
  EXPECT_EQ(room.centre.get(kReservations, room.centre.operators).body.at("items").as_array().size(), 0u);
  ASSERT_EQ(room.make(2, 10, 20).status, 201);
  EXPECT_EQ(room.make(3, 19, 21).number("parameters/free"), 2) << "the other node alone";
  EXPECT_EQ(room.make(3, 20, 21).status, 201) << "afterwards both";
  EXPECT_EQ(room.make(2, 5, 5).text("code"), "reservation.ends_before_it_starts");
  EXPECT_EQ(room.make(2, -1, 5).text("code"), "reservation.past");
  constexpr int kFiveYears = (5 * 365 + 2) * 24;
  EXPECT_EQ(room.make(1, 100, 101 + kFiveYears).text("code"), "reservation.too_long");
  EXPECT_EQ(room.make(1, 100, 100 + kFiveYears).status, 201);
  EXPECT_EQ(room.make(0, 1, 5).text("code"), "reservation.nothing_asked");
  auto named = room.wish(0, 10, 20);
  named["node_ids"] = json::array{room.node_of(busy) == room.n1 ? room.n2 : room.n1};
  EXPECT_EQ(room.centre.post(kReservations, room.centre.operators, named).text("code"),
            "reservation.node_taken");
  named["node_ids"] = json::array{"no-such"};
  EXPECT_EQ(room.centre.post(kReservations, room.centre.operators, named).text("code"),
            "reservation.no_such_node");
  EXPECT_EQ(room.centre.post(kReservations, room.nation, room.wish(1, 30, 40)).status, 403);
}

// One that is made over runs without a limit leaves them, and says so.
TEST(Reservation, A9_WhatStillRunsIsLeftAndNamed) {
  ReservationRoom room;
  const auto busy = room.submit(room.other, 100, 0);
  room.turn();
  const auto preview =
      room.centre.post(std::string(kReservations) + "/preview", room.centre.operators, room.wish(4, 10, 20));
  ASSERT_EQ(preview.status, 200) << preview.text_body;
  EXPECT_EQ(preview.text("items/0/run_id"), room.view(busy).text("run/id"));
  const auto made = room.make(4, 10, 20);
  ASSERT_EQ(made.status, 201) << made.text_body;
  room.move_to(10);
  room.turn();
  EXPECT_EQ(room.look(made).text("left_run_ids/0"), room.view(busy).text("run/id"));
  EXPECT_EQ(room.view(busy).text("run/state"), "assigned") << "never stopped without a word";
  const auto path = std::string(kReservations) + "/" + made.text("id");
  const auto own = room.centre.get(path, room.nation);
  EXPECT_EQ(own.text("id"), made.text("id"));
  EXPECT_TRUE(own.body.at("left_run_ids").as_array().empty()) << "whose they are is not the project's matter";
  const auto list = room.centre.get(kReservations, room.nation);
  EXPECT_EQ(list.text("items/0/id"), made.text("id"));
  EXPECT_TRUE(list.body.at("items").as_array()[0].at("left_run_ids").as_array().empty());
}

TEST(Reservation, A9_ACancelledOneIsAsIfItHadNotBeen) {
  ReservationRoom room;
  const auto made = room.make(4, 10, 20);
  const auto job = room.submit(room.other, 100, 15);
  room.turn();
  EXPECT_EQ(room.view(job).text("run/waiting/code"), "queue.reserved");
  const std::string path = std::string(kReservations) + "/" + made.text("id") + "/cancel";
  EXPECT_EQ(room.centre.post(path, room.centre.operators).text("state"), "cancelled");
  EXPECT_EQ(room.centre.post(path, room.centre.operators).status, 200) << "again does nothing";
  room.turn();
  EXPECT_EQ(room.view(job).text("run/state"), "assigned");
}

TEST(Walk, A9_Reservations) {
  Cast cast;
  const auto now = cast.centre.clock.now();
  const json::object body{
      {"project_id", cast.centre.get("/api/v1/allocations/" + cast.member.allocation, cast.centre.operators)
                         .text("project_id")},
      {"model", "a100-40gb"},
      {"cards", 1},
      {"starts_at", base::to_text(now + base::Span::hours(100))},
      {"ends_at", base::to_text(now + base::Span::hours(101))},
      {"ground", "national project"}};
  EXPECT_EQ(cast.centre.post(kReservations, cast.member, body).status, 403);
  EXPECT_EQ(cast.centre.post(std::string(kReservations) + "/preview", cast.auditor, body).status, 403);
  EXPECT_EQ(cast.centre.post(std::string(kReservations) + "/preview", cast.centre.operators, body).status,
            200);
  // It closes the centre's nodes: an operator of the project's programme alone may not.
  const auto scoped = cast.hire("scoped01", "operator", "programme", cast.centre.programme);
  EXPECT_EQ(cast.centre.post(kReservations, scoped, body).text("parameters/permission"), "nodes.manage");
  EXPECT_EQ(cast.centre.post(std::string(kReservations) + "/preview", scoped, body).status, 403);
  const auto made = cast.centre.post(kReservations, cast.centre.operators, body);
  ASSERT_EQ(made.status, 201) << made.text_body;
  expect_collection(cast, "reservations", cast.member);
  const std::string path = std::string(kReservations) + "/" + made.text("id");
  EXPECT_EQ(cast.centre.post(path + "/cancel", cast.member).status, 403);
  EXPECT_EQ(cast.centre.post(path + "/cancel", scoped).status, 403);
  change(cast, "POST", path + "/cancel", path, cast.centre.operators);
}

}  // namespace
}  // namespace dure::tests
