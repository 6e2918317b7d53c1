// A2, A4, A6, A8, A9 over the API: rules of the supply side that a pack sets, each with what it refuses or
// changes.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/evaluation_cast.h"
#include "centre/supply_cast.h"
#include "cli/api.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

constexpr const char* kInKind = R"(
  self_use_is_running_cost: {value: true, source: "S4", confidence: stated}
)";

// The ground of that code; null where there is none.
json::value ground_of(const Reply& proposal, const std::string& code) {
  for (const auto& each : proposal.body.at("grounds").as_array())
    if (cli::text_at(each, "code") == code) return each;
  return {};
}

// A call of 3,000 won, and a proposal of 1,000 of each supplier with that share of own use, all with the same
// points; decided.
struct Compared {
  Compared(const std::string& more, const std::vector<std::int64_t>& own_use) : plan(cast, more) {
    static constexpr const char* kNumbers[] = {"220-81-62517", "124-81-00998", "120-81-47521"};
    const auto call = plan.open_call(3'000).text("id");
    for (std::size_t i = 0; i < own_use.size(); ++i) {
      const auto who = plan.supplier("공급 " + std::to_string(i), kNumbers[i], false).text("id");
      const auto made =
          plan.post("/api/v1/supplier-proposals", plan.proposal(call, who, 10, 1'000, own_use[i]));
      EXPECT_EQ(made.status, 201) << made.text_body;
      proposals.push_back(made.text("id"));
      filed.push_back(made);
      cast.centre.clock.advance(base::Span::seconds(1));
    }
    plan.post(path_of("supplier-calls", call) + "/close");
    for (const auto& each : proposals) plan.judge(each, plan.expert, {4000, 2500, 1500});
    const auto decided = plan.post(path_of("supplier-calls", call) + "/decide", {{"minutes", "m"}});
    EXPECT_EQ(decided.status, 200) << decided.text_body;
  }
  Reply look(std::size_t i) { return plan.get(path_of("supplier-proposals", proposals[i])); }

  Cast cast;
  Procurement plan;
  std::vector<std::string> proposals;
  std::vector<Reply> filed;
};

TEST(SupplyRules, A2_OwnUseCountsTowardsWhatRunningCosts) {
  Compared counted(kInKind, {0, 3000});
  const auto told = ground_of(counted.filed[1], "supply.running_cost");
  ASSERT_TRUE(told.is_object()) << "the judges read it before they judge: " << counted.filed[1].text_body;
  EXPECT_EQ(cli::number_at(told, "parameters/of_term_won"), 500) << "100 a year for five years";
  EXPECT_EQ(cli::number_at(told, "parameters/own_use_won"), 300) << "30 % of 1,000";
  EXPECT_EQ(cli::number_at(told, "parameters/left_won"), 200);
  EXPECT_EQ(counted.look(1).number("rank"), 1) << "1,200 are less than 1,500";
  EXPECT_EQ(counted.look(0).number("rank"), 2);
  EXPECT_TRUE(ground_of(counted.look(1), "supply.running_cost").is_object()) << "and it stays";
  Compared plain("", {0, 3000});
  EXPECT_TRUE(ground_of(plain.filed[1], "supply.running_cost").is_null());
  EXPECT_EQ(plain.look(0).number("rank"), 1) << "where the pack says nothing of it: in the order of receipt";
}

TEST(SupplyRules, A2_AFailedVisitOfTheSiteExcludesWhateverThePoints) {
  Cast cast;
  Procurement plan(cast);
  const auto call = plan.open_call(100).text("id");
  const auto who = plan.supplier("가", "220-81-62517", true).text("id");
  const auto made = plan.post("/api/v1/supplier-proposals", plan.proposal(call, who, 10, 50, 0)).text("id");
  plan.post(path_of("supplier-calls", call) + "/close");
  const json::array full{json::object{{"criterion", "capability"}, {"centi_points", 5000}},
                         json::object{{"criterion", "speed"}, {"centi_points", 3000}},
                         json::object{{"criterion", "own_use"}, {"centi_points", 2000}}};
  const std::string path = path_of("supplier-proposals", made) + "/evaluations";
  for (const char* phase : {"written", "presentation"})
    EXPECT_EQ(cast.centre.post(path, plan.expert, {{"phase", phase}, {"scores", full}}).status, 201);
  EXPECT_EQ(cast.centre.post(path, plan.expert, {{"phase", "site_visit"}, {"passed", false}}).status, 201);
  ASSERT_EQ(plan.post(path_of("supplier-calls", call) + "/decide", {{"minutes", "m"}}).status, 200);
  const auto decided = plan.get(path_of("supplier-proposals", made));
  EXPECT_EQ(decided.text("state"), "not_selected");
  EXPECT_EQ(decided.number("centi_points"), 10'000);
  const auto failed = ground_of(decided, "supply.phase_failed");
  ASSERT_TRUE(failed.is_object()) << decided.text_body;
  EXPECT_EQ(cli::text_at(failed, "parameters/phase"), "site_visit");
}

TEST(SupplyRules, A8_ACallStaysWithinThePacksBudget) {
  Cast cast;
  Procurement plan(cast, R"(
  budget: {value: 100, source: "S4", confidence: stated}
)");
  const auto above = plan.open_call(101);
  EXPECT_EQ(above.text("code"), "supply.budget_above") << above.text_body;
  EXPECT_EQ(above.number("parameters/most_won"), 100);
  EXPECT_EQ(plan.open_call(100).status, 201);
}

TEST(SupplyRules, A4_NobodyIsLetOnBeforeItRunsStably) {
  Cast cast;
  Procurement plan(cast);
  const auto batch = plan.post("/api/v1/capacity-batches", plan.batch(plan.agreement_of(1), 1)).text("id");
  for (const char* each : {"order", "power", "network", "delivery", "acceptance"})
    EXPECT_EQ(plan.stage(batch, each, "2026-09-01").status, 200) << each;
  const auto early = plan.stage(batch, "users", "2026-09-01", {{"quantity", 1}});
  EXPECT_EQ(early.status, 409);
  EXPECT_EQ(early.text("code"), "supply.not_stable");
  EXPECT_EQ(plan.stage(batch, "stabilisation", "2026-09-01").status, 200);
  EXPECT_EQ(plan.stage(batch, "users", "2026-09-01", {{"quantity", 1}}).text("state"), "in_service");
}

// The pack of the cast with results that count, and these results of the three groups.
std::string pack_with_results(const std::vector<std::string>& results) {
  auto text = supply_pack();
  const auto put = [&](const std::string& old, const std::string& now) {
    const auto at = text.find(old);
    ASSERT_NE(at, std::string::npos) << old;
    text.replace(at, old.size(), now);
  };
  put("performance: 0}", "performance: 1}");
  const char* const kPriorities[] = {"priority: 3, ", "priority: 2, ", "priority: 1, "};
  for (std::size_t i = 0; i < results.size(); ++i)
    put(kPriorities[i] + std::string("performance: 1}"),
        kPriorities[i] + std::string("performance: ") + results[i] + "}");
  return text;
}

TEST(SupplyRules, A6_SharesFollowResultsAndAreAdjustedByTheNextVersion) {
  Cast cast;
  Procurement plan(cast);
  const auto load = [&](const std::vector<std::string>& results) {
    const json::array layers{json::object{{"name", "policy.yaml"}, {"text", pack_with_results(results)}}};
    const auto loaded = plan.post("/api/v1/programmes", {{"layers", layers}});
    ASSERT_EQ(loaded.text("id"), cast.centre.programme) << loaded.text_body;
  };
  load({"1", "2", "3"});
  const auto survey =
      plan.post("/api/v1/demand-surveys", {{"programme_id", cast.centre.programme}, {"title", "조사"}});
  const auto path = path_of("demand-surveys", survey.text("id"));
  const auto answer = [&](const std::string& group, std::int64_t gpus) {
    EXPECT_EQ(cast.centre
                  .post(path + "/answers", {},
                        {{"organisation", "기관"},
                         {"user_group", group},
                         {"purpose", "학습"},
                         {"gpus", gpus},
                         {"from_on", "2026-10-01"},
                         {"until_on", "2027-03-31"},
                         {"contact",
                          json::object{{"name", "김철수"}, {"email", "chulsoo@example.kr"}, {"phone", ""}}}})
                  .status,
              201);
  };
  answer("industry", 1288);
  answer("academia", 2624);
  answer("research", 312);
  const auto shares = [&] {
    const auto got = plan.get(path + "/shares?gpus=4224");
    std::string text;
    for (const auto& each : got.body.at("items").as_array())
      text += std::to_string(cli::number_at(each, "gpus")) + " ";
    return text;
  };
  EXPECT_EQ(shares(), "1368 1813 1043 ") << "a third each by the answers, by 3 : 2 : 1 and by 1 : 2 : 3";
  load({"2", "2", "2"});
  EXPECT_EQ(shares(), "1603 1813 808 ") << "the same survey, the results of the next year";
}

TEST(SupplyRules, A9_AReservationIsForOneOfThosePackNames) {
  Evaluation it("s3-government-2026", "2026-04-06T00:00:00Z");
  it.build("government-gpus", "h200", 2, 1);
  json::object body{{"programme_id", it.programme},
                    {"beneficiary", "독자 AI 파운데이션 모델"},
                    {"decided_by", "과기정통부"},
                    {"pool", "government-gpus"},
                    {"model", "h200"},
                    {"gpus", 1},
                    {"starts_on", "2026-09-01"},
                    {"ends_on", "2027-02-28"},
                    {"ground", "독자 모델 사업"}};
  const auto refused = it.post("/api/v1/beneficiary-reservations", body);
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.text("code"), "supply.no_such_beneficiary");
  EXPECT_EQ(refused.text("parameters/beneficiaries"), "industry, academia, research, national_project");
  body["beneficiary"] = "national_project";
  EXPECT_EQ(it.post("/api/v1/beneficiary-reservations", body).status, 201);
}

}  // namespace
}  // namespace dure::tests
