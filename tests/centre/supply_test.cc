// A6, A10 and every collection of the supply side over the API: demand, targets, who may see and do what, two
// people at once, replays.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/supply_cast.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

TEST(Supply, A6_TheDemandIsAskedForWithItsPurposeAndSharesFollow) {
  Cast cast;
  Procurement plan(cast);
  const auto survey = plan.post("/api/v1/demand-surveys",
                                {{"programme_id", cast.centre.programme}, {"title", "수요 총조사"}});
  ASSERT_EQ(survey.status, 201) << survey.text_body;
  const auto path = path_of("demand-surveys", survey.text("id"));
  const auto answer = [&](const std::string& group, std::int64_t gpus,
                          const std::string& purpose = "언어 모델 학습") {
    return cast.centre.post(
        path + "/answers", {},
        {{"organisation", "기관"},
         {"user_group", group},
         {"purpose", purpose},
         {"gpus", gpus},
         {"from_on", "2026-10-01"},
         {"until_on", "2027-03-31"},
         {"contact", json::object{{"name", "김철수"}, {"email", "chulsoo@example.kr"}, {"phone", ""}}}});
  };
  EXPECT_EQ(answer("industry", 1288).status, 201) << "anyone may answer";
  EXPECT_EQ(answer("academia", 2624).status, 201);
  const auto last = answer("research", 312);
  EXPECT_EQ(last.text("contact/email"), "ch***@example.kr");
  const auto shares = plan.get(path + "/shares?gpus=4224");
  ASSERT_EQ(shares.status, 200) << shares.text_body;
  EXPECT_EQ(shares.number("items/0/gpus"), 1700) << "half by the answers, half by priority 3 : 2 : 1";
  EXPECT_EQ(shares.number("items/1/gpus"), 2016);
  EXPECT_EQ(shares.number("items/2/gpus"), 508);
  EXPECT_EQ(answer("nobody", 1).text("code"), "supply.group_unknown");
  EXPECT_EQ(answer("industry", 0).text("code"), "number.out_of_range");
  EXPECT_EQ(answer("industry", 1, "").text("code"), "supply.text_missing");
  EXPECT_EQ(answer("industry", 1, "담당 900101-1234568").text("code"), "form.resident_number");
  EXPECT_EQ(cast.centre.get(path + "/shares?gpus=1").status, 401) << "the figures are the centre's";
  EXPECT_EQ(plan.get(path + "/shares?gpus=x").text("code"), "supply.number_wanted");
  EXPECT_EQ(plan.post(path + "/close").text("state"), "closed");
  EXPECT_EQ(answer("industry", 1).text("code"), "supply.survey_closed");
}

TEST(Supply, A10_ADecisionOnTheTargetIsKeptAndTheLatestHolds) {
  Cast cast;
  Procurement plan(cast);
  json::object body{{"programme_id", cast.centre.programme},
                    {"year", 2026},
                    {"gpus", 10'000},
                    {"decided_by", "경제관계장관회의"},
                    {"decided_on", "2026-05-14"}};
  const auto first = plan.post("/api/v1/supply-targets", body);
  EXPECT_EQ(plan.post("/api/v1/supply-targets", body).text("id"), first.text("id")) << "the same decision";
  body["gpus"] = 13'000;
  body["decided_on"] = "2026-06-01";
  EXPECT_EQ(plan.post("/api/v1/supply-targets", body).status, 201);
  EXPECT_EQ(plan.get("/api/v1/supply-targets").body.at("items").as_array().size(), 2u) << "both stay";
  EXPECT_EQ(plan.get("/api/v1/programmes/" + cast.centre.programme + "/supply").number("total/target"),
            13'000);
  body["decided_on"] = "2026-09-02";
  EXPECT_EQ(plan.post("/api/v1/supply-targets", body).text("code"), "supply.in_the_future");
}

TEST(Supply, A4_OfTwoAtOnceOneIsRefusedAndARetryGetsItsAnswer) {
  Cast cast;
  Procurement plan(cast);
  const auto made = plan.post("/api/v1/capacity-batches", plan.batch("", 2));
  const auto path = path_of("capacity-batches", made.text("id"));
  const auto& token = cast.centre.operators.token;
  const auto promise = [&](std::int64_t gpus) {
    return json::serialize(json::object{{"call_id", cast.centre.call}, {"gpus", gpus}});
  };
  const net::Headers headers{{"If-Match", "\"1\""}, {"Idempotency-Key", "promise-1"}};
  const auto first = cast.centre.send("POST", path + "/promise", token, promise(10), headers);
  EXPECT_EQ(first.number("version"), 2) << first.text_body;
  EXPECT_EQ(cast.centre.send("POST", path + "/promise", token, promise(16), {{"If-Match", "\"1\""}}).status,
            412)
      << "he read the version before";
  EXPECT_EQ(cast.centre.send("POST", path + "/promise", token, promise(10), headers).text_body,
            first.text_body);
  EXPECT_EQ(plan.get(path).number("promises/0/gpus"), 10);
  const auto entries = plan.get("/api/v1/audit-entries?action=capacity-batches.promise");
  EXPECT_LE(entries.body.at("items").as_array().size(), 1u) << "it was done once";
}

TEST(Walk, A1_to_A11_EveryCollectionOfTheSupplySide) {
  Cast cast;
  Procurement plan(cast);
  const auto& office = cast.centre.operators;
  const auto agreement = plan.agreement_of(1);
  const auto batch = plan.post("/api/v1/capacity-batches", plan.batch(agreement, 1)).text("id");
  plan.build(batch, "2026-09-01");
  plan.stage(batch, "users", "2026-09-01", {{"quantity", 1}});
  plan.post("/api/v1/supply-targets", {{"programme_id", cast.centre.programme},
                                       {"year", 2026},
                                       {"gpus", 8},
                                       {"decided_by", "위원회"},
                                       {"decided_on", "2026-09-01"}});
  const auto survey =
      plan.post("/api/v1/demand-surveys", {{"programme_id", cast.centre.programme}, {"title", "수요"}})
          .text("id");
  cast.centre.post(path_of("demand-surveys", survey) + "/answers", cast.member,
                   {{"organisation", "o"},
                    {"user_group", "industry"},
                    {"purpose", "p"},
                    {"gpus", 1},
                    {"from_on", "2026-10-01"},
                    {"until_on", "2026-12-31"}});
  plan.post("/api/v1/beneficiary-reservations", {{"programme_id", cast.centre.programme},
                                                 {"beneficiary", "b"},
                                                 {"decided_by", "d"},
                                                 {"pool", "gpu-server"},
                                                 {"gpus", 1},
                                                 {"starts_on", "2026-10-01"},
                                                 {"ends_on", "2026-12-31"},
                                                 {"ground", "g"}});
  for (const char* name :
       {"suppliers", "supplier-proposals", "supplier-evaluations", "supply-agreements", "capacity-batches",
        "supply-targets", "demand-answers", "beneficiary-reservations"}) {
    expect_collection(cast, name, office);
    expect_collection(cast, name, cast.auditor);
    EXPECT_EQ(cast.centre.get(std::string("/api/v1/") + name, cast.member).body.at("items").as_array().size(),
              0u);
  }
  expect_collection(cast, "supplier-calls", office, true);
  expect_collection(cast, "demand-surveys", office, true);
  expect_tagged(cast, "/api/v1/programmes/" + cast.centre.programme + "/supply", office);
  EXPECT_EQ(cast.centre.get("/api/v1/programmes/" + cast.centre.programme + "/supply", cast.member).status,
            404);
  for (const Who* who : {&cast.member, &cast.auditor, &cast.reviewer}) {
    EXPECT_EQ(cast.centre.post("/api/v1/capacity-batches", *who, plan.batch(agreement, 1)).status / 100, 4);
    EXPECT_NE(cast.centre
                  .post(path_of("capacity-batches", batch) + "/promise", *who,
                        {{"call_id", cast.centre.call}, {"gpus", 1}})
                  .status,
              200);
  }
  change(cast, "POST", path_of("capacity-batches", batch) + "/promise", path_of("capacity-batches", batch),
         office, {{"call_id", cast.centre.call}, {"gpus", 1}});
}

}  // namespace
}  // namespace dure::tests
