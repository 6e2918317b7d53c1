// Consolidation over the API: parts of cards that are scattered, the proposal that gathers them, and what
// becomes of everybody when it is carried out.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/centre.h"
#include "centre/workspace.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

constexpr const char* kConsolidation = "/api/v1/consolidation";
constexpr const char* kMovesKey = "0192f0c4-3d5e-7a61-9b8c-5f1d2e3a4b6c";

// Two cards of one node: 40 blocks of one are in use, and 60 of the other.
struct Scattered {
  Centre centre;
  Who user = centre.admit("hong01", 400);
  std::int64_t sequence = 0;
  json::array cards;  // that the node reports; empty: the two
  Started first, second, third;

  explicit Scattered(bool preemptible = true) {
    centre.report_node();
    first = start("first", 60, preemptible);
    second = start("second", 60, preemptible);
    third = start("third", 40, preemptible);  // beside the first
    stop(first);
  }

  Started start(const std::string& name, std::int64_t blocks, bool preemptible,
                const std::string& model = "a100-40gb") {
    auto body = workspace(user, name, blocks);
    body["spec"].as_object()["preemptible"] = preemptible;
    body["spec"].as_object()["model"] = model;
    const auto made = centre.post("/api/v1/workloads", user, body);
    EXPECT_EQ(made.status, 201) << made.text_body;
    centre.turn_loops();
    Started started{made.text("workload/id"), "/api/v1/workloads/" + made.text("workload/id"), ""};
    started.replica = view(started).text("replicas/0/id");
    if (!started.replica.empty()) observe(started.replica, "started");
    return started;
  }
  void observe(const std::string& replica, const std::string& kind) {
    ++sequence;
    const json::array seen{observation(replica, kind, sequence, 5'000'000 + sequence * 1'000'000)};
    json::object report{{"observations", seen}};
    if (!cards.empty()) report["cards"] = cards;
    centre.report_node(report);
  }
  void stop(const Started& which) {
    centre.post(which.path + "/stop", user);
    observe(which.replica, "ended");
    centre.turn_loops();
  }
  Reply view(const Started& which) { return centre.get(which.path, user); }
  Reply propose(const std::string& query = "") {
    return centre.get(kConsolidation + query, centre.operators);
  }
  std::string card_of(const Started& which) { return view(which).text("shares/0/card_id"); }
};

// What carries the proposal out.
json::object body_of(const Reply& proposal) {
  json::array moves;
  for (const auto& move : proposal.body.at("moves").as_array())
    moves.push_back(json::object{{"run_id", move.at("run_id")},
                                 {"node_id", move.at("to").at("node_id")},
                                 {"card_ids", move.at("to").at("card_ids")}});
  return {{"version", proposal.text("version")}, {"moves", moves}};
}

TEST(Consolidation, TheProposalSaysWhoMovesWhatIsGainedAndWhoWouldFit) {
  Scattered scattered;
  const auto waits = scattered.start("whole", 100, false);
  EXPECT_TRUE(waits.replica.empty());
  const auto proposal = scattered.propose();
  ASSERT_EQ(proposal.status, 200) << proposal.text_body;
  EXPECT_EQ(proposal.number("whole_cards_gained"), 1);
  ASSERT_EQ(proposal.body.at("moves").as_array().size(), 1U) << proposal.text_body;
  EXPECT_EQ(proposal.text("moves/0/name"), "third") << "the smaller one, which has cost less";
  EXPECT_EQ(proposal.text("moves/0/from/card_ids/0"), scattered.card_of(scattered.third));
  EXPECT_EQ(proposal.text("moves/0/to/card_ids/0"), scattered.card_of(scattered.second));
  EXPECT_EQ(proposal.text("moves/0/to/node"), "n1");
  EXPECT_EQ(proposal.text("would_fit/0/name"), "whole");
  EXPECT_EQ(proposal.text("would_fit/0/says/code"), "placement.would_fit_blocks");
  EXPECT_EQ(proposal.text("reason"), "");
  EXPECT_EQ(scattered.view(scattered.third).text("run/state"), "running") << "nothing is done yet";
}

TEST(Consolidation, TheCostIsTheWorkSinceTheStart) {
  Scattered scattered;
  const auto before = scattered.propose().number("lost_milli_gpu_seconds");
  scattered.centre.advance(base::Span::seconds(100));
  scattered.centre.report_node();
  EXPECT_EQ(scattered.propose().number("lost_milli_gpu_seconds"), before + 100 * 400);
}

TEST(Consolidation, CarriedOutTheWholeCardStartsAndWhoWasMovedRunsAgain) {
  Scattered scattered;
  auto& centre = scattered.centre;
  auto waits = scattered.start("whole", 100, false);
  const auto target = scattered.card_of(scattered.second);
  const auto body = json::serialize(body_of(scattered.propose()));
  const auto carry_out = [&] {
    return centre.send("POST", kConsolidation, centre.operators.token, body,
                       {{"Idempotency-Key", kMovesKey}});
  };
  const auto done = carry_out();
  ASSERT_EQ(done.status, 200) << done.text_body;
  EXPECT_EQ(done.text("items/0/ended_reason/code"), "placement.moved");
  EXPECT_EQ(carry_out().text_body, done.text_body) << "once more is the same answer, and nothing is done";
  EXPECT_EQ(scattered.view(scattered.third).text("run/state"), "stopping");
  EXPECT_EQ(scattered.view(scattered.third).text("run/promised_on/0/card_id"), target);

  // Nobody else gets the place that is kept.
  centre.advance(base::Span::seconds(1));
  centre.report_node();
  const auto late = scattered.start("late", 40, false);
  EXPECT_EQ(scattered.view(late).text("run/state"), "queued");
  centre.turn_loops();
  EXPECT_EQ(scattered.view(waits).text("run/state"), "queued") << "its card is not left yet";

  scattered.observe(scattered.third.replica, "ended");
  centre.turn_loops();
  EXPECT_EQ(scattered.view(scattered.third).text("run/state"), "assigned");
  EXPECT_EQ(scattered.view(scattered.third).text("run/attempt"), "2");
  EXPECT_EQ(scattered.view(scattered.third).text("run/retries"), "0");
  EXPECT_EQ(scattered.card_of(scattered.third), target);
  EXPECT_EQ(scattered.view(waits).text("run/state"), "assigned");
  EXPECT_EQ(scattered.view(late).text("run/state"), "queued");
  const auto again = scattered.view(scattered.third).text("replicas/0/id");
  scattered.observe(again, "started");
  EXPECT_EQ(scattered.view(scattered.third).text("run/state"), "running");
  EXPECT_EQ(scattered.propose().text("reason/code"), "placement.nothing_gained");
}

TEST(Consolidation, WhoComesMeanwhileGoesElsewhere) {
  Scattered scattered;
  const auto target = scattered.card_of(scattered.second);
  scattered.centre.post(kConsolidation, scattered.centre.operators, body_of(scattered.propose()));
  const auto late = scattered.start("late", 40, false);
  EXPECT_NE(scattered.card_of(late), target) << "though it is the tighter card";
  scattered.observe(scattered.third.replica, "ended");
  scattered.centre.turn_loops();
  EXPECT_EQ(scattered.card_of(scattered.third), target);
}

TEST(Consolidation, AStaleProposalIsRefusedAndNothingIsHalfDone) {
  Scattered scattered;
  const auto stale = body_of(scattered.propose());
  const auto more = scattered.start("more", 10, false);  // on one of its cards
  const auto refused = scattered.centre.post(kConsolidation, scattered.centre.operators, stale);
  EXPECT_EQ(refused.status, 409) << refused.text_body;
  EXPECT_EQ(refused.text("code"), "placement.changed");
  EXPECT_EQ(scattered.view(scattered.third).text("run/state"), "running");

  scattered.stop(more);
  auto two = body_of(scattered.propose());  // the same as before
  EXPECT_EQ(two.at("version"), stale.at("version"));
  auto gone = two.at("moves").as_array()[0].as_object();
  gone["run_id"] = scattered.view(scattered.first).text("run/id");
  two["moves"].as_array().push_back(gone);
  EXPECT_EQ(scattered.centre.post(kConsolidation, scattered.centre.operators, two).text("code"),
            "placement.changed");
  EXPECT_EQ(scattered.view(scattered.third).text("run/state"), "running") << "nor the first of the two";
}

TEST(Consolidation, WhoIsStoppedByItsUserOnTheWayStaysStopped) {
  Scattered scattered;
  scattered.centre.post(kConsolidation, scattered.centre.operators, body_of(scattered.propose()));
  scattered.centre.post(scattered.third.path + "/stop", scattered.user);
  scattered.observe(scattered.third.replica, "ended");
  scattered.centre.turn_loops();
  EXPECT_EQ(scattered.view(scattered.third).text("run/state"), "ended");
  const auto late = scattered.start("late", 40, false);
  EXPECT_FALSE(late.replica.empty()) << "nothing is kept any more";
}

TEST(Consolidation, WithoutAnythingToMoveItSaysWhy) {
  Scattered scattered(false);
  const auto none = scattered.propose();
  EXPECT_EQ(none.status, 200) << none.text_body;
  EXPECT_EQ(none.text("reason/code"), "placement.nothing_movable");
  EXPECT_EQ(none.number("reason/parameters/runs"), 2);
  EXPECT_EQ(none.body.at("moves").as_array().size(), 0U);
  EXPECT_EQ(scattered.propose("?goal=together&cards=2").text("reason/code"), "placement.nothing_movable");
  scattered.stop(scattered.third);
  EXPECT_EQ(scattered.propose("?goal=together&cards=1").text("reason/code"), "placement.together_already");
}

TEST(Consolidation, OneOfAModelIsCarriedOutBesideCardsOfAnother) {
  Scattered scattered;
  for (const auto& [id, model] : {std::pair{0, "a100-40gb"}, {1, "a100-40gb"}, {2, "h100-80gb"}})
    scattered.cards.push_back(json::object{{"id", "SIM-" + std::to_string(id)},
                                           {"index", id},
                                           {"model", model},
                                           {"product", "simulated"},
                                           {"memory_bytes", (id == 2 ? 80LL : 40LL) << 30},
                                           {"simulated", true}});
  scattered.centre.report_node({{"cards", scattered.cards}});
  const auto of_any = commands::run<bool>(
      scattered.centre.world(), commands::system_caller("test"),
      [&](commands::Work& work) -> base::Result<bool> {
        DURE_LET(row, work.tx.allocations().get(model::AllocationId(scattered.user.allocation)));
        row.limit.model.clear();
        DURE_TRY(work.save(work.tx.allocations(), row));
        return true;
      });
  ASSERT_TRUE(of_any.ok());
  const auto other = scattered.start("other", 10, true, "h100-80gb");
  ASSERT_EQ(scattered.view(other).text("run/state"), "running") << scattered.view(other).text_body;
  for (const char* query : {"?model=a100-40gb", "?pool=gpu-server&model=a100-40gb", ""})
    EXPECT_EQ(scattered.propose(query).text("version"), scattered.propose().text("version")) << query;
  const auto body = body_of(scattered.propose("?model=a100-40gb"));
  const auto done = scattered.centre.post(kConsolidation, scattered.centre.operators, body);
  EXPECT_EQ(done.status, 200) << done.text_body;
  EXPECT_EQ(scattered.view(scattered.third).text("run/state"), "stopping");
  EXPECT_EQ(scattered.view(other).text("run/state"), "running");
}

// Nothing moves to or from a node that is closed, will be, or is reserved, nor is a proposal of before valid.
void expect_left_alone(Scattered& scattered, const json::object& before) {
  const auto none = scattered.propose();
  ASSERT_EQ(none.status, 200) << none.text_body;
  EXPECT_EQ(none.body.at("moves").as_array().size(), 0U) << none.text_body;
  EXPECT_EQ(none.text("reason/code"), "placement.nothing_movable");
  EXPECT_NE(scattered.propose("?goal=together&cards=1").text("reason/code"), "placement.together_already");
  const auto refused = scattered.centre.post(kConsolidation, scattered.centre.operators, before);
  EXPECT_EQ(refused.status, 409) << refused.text_body;
  EXPECT_EQ(refused.text("code"), "placement.changed");
  EXPECT_EQ(scattered.view(scattered.third).text("run/state"), "running");
}

TEST(Consolidation, P26_NothingMovesWhereMaintenanceIsPlannedOrUnderWay) {
  Scattered scattered;
  auto& centre = scattered.centre;
  const auto before = body_of(scattered.propose());
  const auto now = centre.clock.now();
  const json::object window{{"node_id", centre.get("/api/v1/nodes", centre.operators).text("items/0/id")},
                            {"starts_at", base::to_text(now + base::Span::hours(1))},
                            {"ends_at", base::to_text(now + base::Span::hours(2))},
                            {"ground", "firmware"}};
  const auto planned = centre.post("/api/v1/maintenance-windows", centre.operators, window);
  ASSERT_EQ(planned.status, 201) << planned.text_body;
  expect_left_alone(scattered, before);
  centre.advance(base::Span::hours(1));
  scattered.user.token = centre.log_in(scattered.user.login, scattered.user.password).token;
  centre.report_node();
  centre.turn_loops();
  ASSERT_EQ(centre.get("/api/v1/nodes", centre.operators).text("items/0/state"), "draining");
  expect_left_alone(scattered, before);
  centre.post("/api/v1/maintenance-windows/" + planned.text("id") + "/cancel", centre.operators);
  EXPECT_EQ(scattered.propose().body.at("moves").as_array().size(), 1U) << "open again";
}

TEST(Consolidation, A9_NothingMovesOnReservedNodes) {
  Scattered scattered;
  auto& centre = scattered.centre;
  const auto before = body_of(scattered.propose());
  const auto now = centre.clock.now();
  const json::object wish{
      {"project_id",
       centre.get("/api/v1/allocations/" + scattered.user.allocation, centre.operators).text("project_id")},
      {"model", "a100-40gb"},
      {"cards", 2},
      {"starts_at", base::to_text(now + base::Span::hours(1))},
      {"ends_at", base::to_text(now + base::Span::hours(2))},
      {"ground", "national project"}};
  const auto made = centre.post("/api/v1/reservations", centre.operators, wish);
  ASSERT_EQ(made.status, 201) << made.text_body;
  expect_left_alone(scattered, before);
}

TEST(Consolidation, WhatIsAskedWronglyIsRefused) {
  Scattered scattered;
  for (const auto& [query, code] : {std::pair{"?goal=x", "http.filter_choice"},
                                    {"?most_moves=0", "number.out_of_range"},
                                    {"?most_moves=101", "number.out_of_range"},
                                    {"?most_moves=ten", "http.filter_value"},
                                    {"?goal=together", "http.parameter_missing"},
                                    {"?goal=together&cards=17", "number.out_of_range"},
                                    {"?cards=2", "http.filter_contradiction"},
                                    {"?pool=nowhere", "placement.unknown_pool"},
                                    {"?model=h900", "placement.unknown_model"}}) {
    const auto reply = scattered.propose(query);
    EXPECT_EQ(reply.status, 400) << query << reply.text_body;
    EXPECT_EQ(reply.text("code"), code) << query;
  }
  auto twice = body_of(scattered.propose());
  twice["moves"].as_array().push_back(twice["moves"].as_array()[0]);
  auto nowhere = body_of(scattered.propose());
  nowhere["moves"].as_array()[0].as_object()["card_ids"] = json::array{};
  for (const auto& body : {twice, nowhere})
    EXPECT_EQ(scattered.centre.post(kConsolidation, scattered.centre.operators, body).text("code"),
              "placement.moves_invalid");
  auto none = body_of(scattered.propose());
  none["moves"] = json::array{};
  EXPECT_EQ(scattered.centre.post(kConsolidation, scattered.centre.operators, none).status, 422);
}

TEST(Consolidation, IsTheOperatorsAlone) {
  Scattered scattered;
  EXPECT_EQ(scattered.centre.get(kConsolidation, scattered.user).status, 403);
  EXPECT_EQ(scattered.centre.get(kConsolidation).status, 401);
  const auto body = body_of(scattered.propose());
  EXPECT_EQ(scattered.centre.post(kConsolidation, scattered.user, body).status, 403);
  EXPECT_EQ(scattered.view(scattered.third).text("run/state"), "running");
}

}  // namespace
}  // namespace dure::tests
