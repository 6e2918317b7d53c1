// A3 to A5, A7, A9, invariant 1: what is in service, what is promised, kept and given of it, over the API.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <thread>
#include <vector>

#include "centre/filed_change.h"
#include "centre/supply_cast.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

TEST(Supply, A4_StagesInTheWrongOrderAreRefusedAndChangeNothing) {
  Cast cast;
  Procurement plan(cast);
  const auto agreement = plan.agreement_of(4);
  EXPECT_EQ(plan.post("/api/v1/capacity-batches", plan.batch(agreement, 5)).text("code"),
            "supply.more_than_agreed");
  const auto made = plan.post("/api/v1/capacity-batches", plan.batch(agreement, 4));
  ASSERT_EQ(made.status, 201) << made.text_body;
  const auto id = made.text("id");
  EXPECT_EQ(plan.post("/api/v1/capacity-batches", plan.batch(agreement, 1)).text("code"),
            "supply.more_than_agreed")
      << "beside the other";
  EXPECT_EQ(plan.stage(id, "delivery", "2026-09-01").text("code"), "supply.not_from_this_state");
  EXPECT_EQ(plan.stage(id, "order", "2026-09-02").text("code"), "supply.in_the_future");
  EXPECT_EQ(plan.stage(id, "order", "2026-09-01").text("state"), "ordered");
  EXPECT_EQ(plan.stage(id, "delivery", "2026-09-01").text("code"), "supply.facility_not_ready");
  const auto before = plan.get(path_of("capacity-batches", id));
  EXPECT_EQ(plan.stage(id, "order", "2026-09-01").number("version"), before.number("version"))
      << "the same again";
  EXPECT_EQ(plan.stage(id, "order", "2026-08-31").text("code"), "supply.stage_recorded");
  EXPECT_EQ(plan.get(path_of("capacity-batches", id)).text_body, before.text_body);
}

TEST(Supply, A7_Invariant1_ConditionalCapacityIsPromisedInACallAndNeverGivenBeforeItServes) {
  Cast cast;  // a member holds four GPUs already
  Procurement plan(cast);
  const auto agreement = plan.agreement_of(2);
  const auto made = plan.post("/api/v1/capacity-batches", plan.batch("", 2));
  ASSERT_EQ(made.status, 201) << made.text_body;
  EXPECT_EQ(made.text("conditional"), "true");
  const auto path = path_of("capacity-batches", made.text("id"));
  const auto promise = [&](std::int64_t gpus) {
    return plan.post(path + "/promise", {{"call_id", cast.centre.call}, {"gpus", gpus}});
  };
  EXPECT_EQ(promise(17).text("code"), "supply.promised_too_much");
  EXPECT_EQ(promise(16).number("promises/0/gpus"), 16) << "before there is a supplier";

  const auto four = award_of(cast, "lee03", 400), eight = award_of(cast, "park04", 800);
  const auto open = [&](const std::string& award) {
    return plan.post("/api/v1/awards/" + award + "/allocation");
  };
  const auto refused = open(four);
  EXPECT_EQ(refused.status, 409) << refused.text_body;
  EXPECT_EQ(refused.text("code"), "supply.no_capacity");
  EXPECT_EQ(plan.get("/api/v1/awards/" + four).text("state"), "offered") << "nothing was done";
  EXPECT_EQ(plan.stage(made.text("id"), "order", "2026-09-01").text("code"), "supply.agreement_not_in_force");
  EXPECT_EQ(plan.post(path + "/tie", {{"supply_agreement_id", agreement}}).text("supply_agreement_id"),
            agreement);
  plan.build(made.text("id"), "2026-09-01");
  EXPECT_EQ(open(four).text("code"), "supply.no_capacity") << "delivered and accepted, and not in service";
  EXPECT_EQ(plan.stage(made.text("id"), "users", "2026-09-01", {{"quantity", 1}}).text("conditional"),
            "false");
  EXPECT_EQ(open(four).status, 201) << "eight GPUs, of which four were given";
  EXPECT_EQ(open(eight).number("parameters/free_milli_gpu"), 0);
  EXPECT_EQ(plan.stage(made.text("id"), "users", "2026-09-01", {{"quantity", 1}}).status, 200);
  EXPECT_EQ(open(award_of(cast, "choi05", 100)).status, 201);
  const auto again = open(eight);
  EXPECT_EQ(again.text("code"), "supply.no_capacity");
  EXPECT_EQ(again.number("parameters/free_milli_gpu"), 7'000);
  EXPECT_EQ(open(award_of(cast, "jung06", 700)).status, 201) << "exactly what is left";
  EXPECT_EQ(open(award_of(cast, "kang07", 1)).text("code"), "supply.no_capacity");
}

TEST(Supply, A5_A7_S3_TwoThousandLeasedGpusAreCalledForBeforeTheSupplierIsChosen) {
  Cast cast;
  Procurement plan(cast);
  for (const std::int64_t gpus : {1'060, 960}) {
    const auto made = plan.post("/api/v1/capacity-batches", plan.batch("", gpus, 1));
    ASSERT_EQ(made.status, 201) << made.text_body;
    EXPECT_EQ(made.text("supply_agreement_id"), "");
    EXPECT_EQ(plan.post(path_of("capacity-batches", made.text("id")) + "/promise",
                        {{"call_id", cast.centre.call}, {"gpus", gpus}})
                  .status,
              200);
  }
  const auto status = plan.get("/api/v1/programmes/" + cast.centre.programme + "/supply");
  EXPECT_EQ(number_in(status_row(status, "total"), "planned"), 2'020);
  EXPECT_EQ(number_in(status_row(status, "total"), "promised"), 2'020);
  EXPECT_EQ(number_in(status_row(status, "total"), "ordered"), 0);
  EXPECT_EQ(number_in(status_row(status, "total"), "for_users"), 0);
}

TEST(Supply, A5_Invariant1_OfManyWhoTakeTheLastGpusAtOnceOneGetsThem) {
  Cast cast;
  Procurement plan(cast);
  const auto batch = plan.post("/api/v1/capacity-batches", plan.batch(plan.agreement_of(1), 1)).text("id");
  plan.build(batch, "2026-09-01");
  plan.stage(batch, "users", "2026-09-01", {{"quantity", 1}});
  constexpr int kAsking = 4;
  std::vector<net::Request> requests(kAsking);
  for (int i = 0; i < kAsking; ++i) {
    auto& request = requests[static_cast<std::size_t>(i)];
    request.method = "POST";
    request.path = request.target =
        "/api/v1/awards/" + award_of(cast, "user0" + std::to_string(i), 400) + "/allocation";
    request.headers.add("Authorization", "Bearer " + cast.centre.operators.token);
    request.headers.add("Content-Type", "application/json");
    request.body = "{}";
    request.peer = "127.0.0.1:50000";
  }
  std::vector<int> statuses(kAsking);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kAsking; ++i)
    threads.emplace_back([&, i] { statuses[i] = cast.centre.handler()(requests[i]).status; });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 201), 1) << "four are left, and each asks for four";
  EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 409), kAsking - 1);
  const auto status = plan.get("/api/v1/programmes/" + cast.centre.programme + "/supply");
  EXPECT_EQ(number_in(status_row(status, "a100-40gb"), "allocated_blocks"), 800);
}

// Eight GPUs in service, of which a member has four.
void put_eight_in_service(Procurement& plan) {
  const auto batch = plan.post("/api/v1/capacity-batches", plan.batch(plan.agreement_of(1), 1)).text("id");
  plan.build(batch, "2026-09-01");
  EXPECT_EQ(plan.stage(batch, "users", "2026-09-01", {{"quantity", 1}}).status, 200);
}
Reply ask_for(Cast& cast, json::object wish) {
  wish["reason"] = "실험이 커짐";
  auto asked = cast.centre.post("/api/v1/allocation-actions", cast.centre.operators, wish);
  EXPECT_EQ(asked.status, 201) << asked.text_body;
  return asked;
}
Reply approve_action(Cast& cast, const Reply& asked) {
  return cast.centre.post("/api/v1/allocation-actions/" + asked.text("id") + "/decide", cast.centre.operators,
                          {{"approve", true}, {"ground", "여유"}});
}

TEST(Supply, F2_Invariant1_WhatIsOfferedToOthersIsNotGivenAsMore) {
  Cast cast;
  Procurement plan(cast);
  put_eight_in_service(plan);
  award_of(cast, "lee03", 300);  // offered, and not opened
  const auto more = [&](std::int64_t blocks) {
    return ask_for(cast,
                   {{"allocation_id", cast.member.allocation}, {"kind", "supplement"}, {"blocks", blocks}});
  };
  EXPECT_EQ(approve_action(cast, more(100)).text("state"), "applied") << "just what is not promised";
  const auto beyond = more(1);
  EXPECT_EQ(beyond.text("findings/0/code"), "supply.no_capacity") << "he learns it at once";
  const auto refused = approve_action(cast, beyond);
  EXPECT_EQ(refused.status, 409) << refused.text_body;
  EXPECT_EQ(refused.text("code"), "supply.no_capacity");
  EXPECT_EQ(plan.get("/api/v1/allocations/" + cast.member.allocation).number("limit/blocks"), 500);
}

TEST(Supply, F2_Invariant1_NoEndIsMovedIntoWhatIsOfferedToOthers) {
  Cast cast;
  Procurement plan(cast);
  put_eight_in_service(plan);
  const Who lee = cast.centre.file_application("lee03", 100);
  ASSERT_EQ(cast.centre.approve(lee.application, {{"starts_on", "2026-09-01"}, {"months", 3}}).status, 200);
  const auto award = plan.get("/api/v1/awards?application_id=" + lee.application).text("items/0/id");
  const auto opened = plan.post("/api/v1/awards/" + award + "/allocation");
  ASSERT_EQ(opened.text("allocation/ends_on"), "2026-11-30") << opened.text_body;
  const auto until = [&](const std::string& day) {
    return ask_for(
        cast, {{"allocation_id", opened.text("allocation/id")}, {"kind", "extension"}, {"ends_on", day}});
  };
  award_of(cast, "park04", 300);  // for six months
  EXPECT_EQ(approve_action(cast, until("2026-12-31")).text("state"), "applied");
  award_of(cast, "choi05", 1);
  const auto refused = approve_action(cast, until("2027-01-31"));
  EXPECT_EQ(refused.text("code"), "supply.no_capacity") << refused.text_body;
  EXPECT_EQ(refused.text("parameters/day"), "2027-01-01") << "what he has stays his";
}

TEST(Supply, D1_Invariant1_AFiledChangeIsNotGivenWhatIsOfferedToOthers) {
  Cast cast;
  Procurement plan(cast);
  put_eight_in_service(plan);
  award_of(cast, "lee03", 300);
  const base::Date today{2026, 9, 1};
  const auto changed = change_to(cast.centre, 500, today);
  ASSERT_EQ(changed.status, 201) << "its own award stands not beside it: " << changed.text_body;
  EXPECT_EQ(changed.text("allocation/id"), cast.member.allocation);
  const auto refused = change_to(cast.centre, 501, today);
  EXPECT_EQ(refused.status, 409) << refused.text_body;
  EXPECT_EQ(refused.text("code"), "supply.no_capacity");
  EXPECT_EQ(plan.get("/api/v1/allocations/" + cast.member.allocation).number("limit/blocks"), 500);
}

TEST(Supply, A5_AProgrammeThatKnowsNoSupplyHasNoSuchLimit) {
  Cast cast;
  EXPECT_EQ(cast.centre
                .post("/api/v1/awards/" + award_of(cast, "lee03", 800) + "/allocation", cast.centre.operators)
                .status,
            201);
}

TEST(Supply, A9_NationalProjectsKeepTheirGpusAndTheDaysBeforeAreFree) {
  Cast cast;
  Procurement plan(cast);
  const auto batch = plan.post("/api/v1/capacity-batches", plan.batch(plan.agreement_of(1), 1)).text("id");
  plan.build(batch, "2026-09-01");
  plan.stage(batch, "users", "2026-09-01", {{"quantity", 1}});
  json::object body{{"programme_id", cast.centre.programme},
                    {"beneficiary", "독자 AI 파운데이션 모델"},
                    {"decided_by", "과학기술정보통신부"},
                    {"pool", "gpu-server"},
                    {"model", "a100-40gb"},
                    {"gpus", 4},
                    {"starts_on", "2026-12-01"},
                    {"ends_on", "2027-11-30"},
                    {"ground", "국가 프로젝트"}};
  const auto made = plan.post("/api/v1/beneficiary-reservations", body);
  ASSERT_EQ(made.status, 201) << made.text_body;
  EXPECT_EQ(plan.post("/api/v1/beneficiary-reservations", body).text("code"), "supply.no_capacity");
  const auto award = award_of(cast, "lee03", 100);  // six months: into the reservation
  const auto refused = plan.post("/api/v1/awards/" + award + "/allocation");
  EXPECT_EQ(refused.text("code"), "supply.no_capacity");
  EXPECT_EQ(refused.text("parameters/day"), "2026-12-01") << "free until then: a gap";
  const auto path = path_of("beneficiary-reservations", made.text("id"));
  EXPECT_EQ(plan.post(path + "/cancel").text("state"), "cancelled");
  EXPECT_EQ(plan.post(path + "/cancel").status, 200) << "again does nothing";
  EXPECT_EQ(plan.post("/api/v1/awards/" + award + "/allocation").status, 201);
  body["starts_on"] = "2026-08-31";
  EXPECT_EQ(plan.post("/api/v1/beneficiary-reservations", body).text("code"), "supply.past");
  body["starts_on"] = "2027-12-01";
  EXPECT_EQ(plan.post("/api/v1/beneficiary-reservations", body).text("code"), "supply.dates_reversed");
}

TEST(Supply, A5_ABatchIsTiedToTheNodesThatCarryIt) {
  Cast cast;
  Procurement plan(cast);
  const auto batch = plan.post("/api/v1/capacity-batches", plan.batch(plan.agreement_of(2), 1)).text("id");
  const auto path = path_of("capacity-batches", batch);
  const auto node = first_id(cast, "/api/v1/nodes", cast.centre.operators);
  EXPECT_EQ(plan.post(path + "/tie", {{"node_ids", json::array{"nowhere"}}}).text("code"),
            "supply.no_such_node");
  EXPECT_EQ(plan.post(path + "/tie", {{"node_ids", json::array{node}}}).text("node_ids/0"), node);
  const auto status = plan.get("/api/v1/programmes/" + cast.centre.programme + "/supply");
  EXPECT_EQ(number_in(status_row(status, "a100-40gb"), "seen"), 2) << "the cards that the node reports";
  EXPECT_EQ(number_in(status_row(status, "a100-40gb"), "planned"), 8);
  auto other = plan.batch("", 1);
  other["node_ids"] = json::array{node};
  EXPECT_EQ(plan.post("/api/v1/capacity-batches", other).text("code"), "supply.node_taken");
}

TEST(Supply, A3_A4_WhatIsGivenStandsInTheWayOfLess) {
  Cast cast;
  Procurement plan(cast);
  const auto agreement = plan.agreement_of(1, 1000);
  const auto batch = plan.post("/api/v1/capacity-batches", plan.batch(agreement, 1)).text("id");
  plan.build(batch, "2026-09-01");
  plan.stage(batch, "users", "2026-09-01", {{"quantity", 1}});
  ASSERT_EQ(plan.post("/api/v1/awards/" + award_of(cast, "lee03", 400) + "/allocation").status, 201)
      << "eight GPUs, none of which the supplier uses: a tenth of eight, rounded down";
  const auto amend = [&](std::int64_t bp) {
    return plan.post(path_of("supply-agreements", agreement) + "/move",
                     {{"event", "amend"}, {"own_use_bp", bp}, {"ground", "g"}});
  };
  EXPECT_EQ(amend(1250).text("code"), "supply.claims_in_the_way") << "one of eight, and all are given";
  EXPECT_EQ(plan.get(path_of("supply-agreements", agreement)).number("own_use_bp"), 1000)
      << "nothing was done";
  EXPECT_EQ(amend(1249).status, 200);
  const auto retire = plan.post(path_of("capacity-batches", batch) + "/stages",
                                {{"stage", "retirement"}, {"planned_on", "2026-12-01"}});
  EXPECT_EQ(retire.text("code"), "supply.claims_in_the_way") << retire.text_body;
  EXPECT_EQ(plan.post(path_of("capacity-batches", batch) + "/stages",
                      {{"stage", "retirement"}, {"planned_on", "2027-09-01"}})
                .status,
            200);
}

TEST(Supply, A7_WithoutConditionalCapacityNothingIsPlannedWithoutASupplier) {
  Cast cast;
  Procurement plan(cast);
  auto text = supply_pack();
  const std::string key = "conditional_capacity: {value: true";
  text.replace(text.find(key), key.size(), "conditional_capacity: {value: false");
  const json::array layers{json::object{{"name", "p.yaml"}, {"text", text}}};
  ASSERT_EQ(plan.post("/api/v1/programmes", {{"layers", layers}}).status, 201);
  EXPECT_EQ(plan.post("/api/v1/capacity-batches", plan.batch("", 1)).text("code"), "supply.supplier_missing");
  const auto made = plan.post("/api/v1/capacity-batches", plan.batch(plan.agreement_of(1), 1)).text("id");
  EXPECT_EQ(
      plan.post(path_of("capacity-batches", made) + "/promise", {{"call_id", cast.centre.call}, {"gpus", 1}})
          .text("code"),
      "supply.not_conditional");
}

}  // namespace
}  // namespace dure::tests
