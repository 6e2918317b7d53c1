// J2, invariant 18: what restrictions do to a ranking and to what follows from it, over HTTP.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/evaluation_cast.h"
#include "cli/api.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

// AICA's call with three applications of four cards each, scored 90, 80 and 70; eight cards are there.
struct Restricted {
  Restricted() : it("s1-aica-2024", "2024-03-04T00:00:00Z") {
    a = it.apply({"appa", "A", 400, "bow"});
    b = it.apply({"appb", "B", 400, "bow"});
    c = it.apply({"appc", "C", 400, "bow"});
    round = it.cut_off("2024-03-15");
    panel = it.seat_panel(round, 3);
    it.evaluate(round);
    it.score(round, a, {27, 27, 18, 18});
    it.score(round, b, {24, 24, 16, 16});
    it.score(round, c, {21, 21, 14, 14});
    it.minutes(panel);
  }
  Reply rank() { return it.rank(round, "shared-bow", 8, "gpu"); }

  // Restricts the organisation of that name.
  Reply restrict(const std::string& organisation, json::object more) {
    model::Organisation row;
    const auto made = commands::run<bool>(it.centre.world(), commands::system_caller("test"),
                                          [&](commands::Work& work) -> base::Result<bool> {
                                            work.stamp(row);
                                            row.name = organisation;
                                            DURE_TRY(work.tx.organisations().insert(row));
                                            return true;
                                          });
    EXPECT_TRUE(made.ok());
    more["programme_id"] = it.programme;
    more["organisation_id"] = row.id.text;
    more["ground"] = "목적 외 사용";
    more["decided_by"] = "센터장";
    more["starts_on"] = "2024-03-01";
    return it.post("/api/v1/restrictions", more);
  }

  // The line of an application in the result of a ranking.
  json::value line(const Reply& ranking, const Who& applicant) {
    const auto result = it.get("/api/v1/rankings/" + ranking.text("id") + "/result");
    for (const auto& each : result.body.at("ranking").as_array())
      if (cli::text_at(each, "id") == applicant.application) return each;
    ADD_FAILURE() << result.text_body;
    return json::object{};
  }

  Evaluation it;
  Who a, b, c;
  std::string round;
  std::string panel;
};

TEST(RestrictedRanking, J2_PointsAreTakenOffInTheRankingAndExplained) {
  Restricted scene;
  auto& it = scene.it;
  const auto made = scene.restrict("A", {{"effect", "points"}, {"centi_points", 2500}});
  ASSERT_EQ(made.status, 201) << made.text_body;
  const auto ranking = scene.rank();
  ASSERT_EQ(ranking.status, 201) << ranking.text_body;
  const auto line = scene.line(ranking, scene.a);
  EXPECT_EQ(cli::number_at(line, "base_centi_points"), 9000);
  EXPECT_EQ(cli::number_at(line, "lost_centi_points"), 2500);
  EXPECT_EQ(cli::number_at(line, "total_centi_points"), 6500);
  const auto steps = json::serialize(line.at("steps"));
  EXPECT_NE(steps.find("selection.points_lost"), std::string::npos) << steps;
  EXPECT_NE(steps.find("목적 외 사용"), std::string::npos) << "with its ground";
  EXPECT_NE(steps.find(made.text("id")), std::string::npos) << "and by which restriction";
  EXPECT_EQ(it.confirm(ranking.text("id")).text("state"), "confirmed");
  EXPECT_EQ(it.told(scene.round), "B selected 400; C selected 400; A not_selected 0");
}

TEST(RestrictedRanking, J2_Invariant18_WhoIsExcludedIsLeftOutAndRefusedWithTheReason) {
  Restricted scene;
  auto& it = scene.it;
  ASSERT_EQ(scene.restrict("A", {{"effect", "exclusion"}, {"ends_on", "2024-12-31"}}).status, 201);
  const auto ranking = scene.rank();
  const auto line = scene.line(ranking, scene.a);
  EXPECT_EQ(cli::text_at(line, "outcome"), "not_eligible");
  EXPECT_NE(json::serialize(line).find("selection.barred"), std::string::npos);
  EXPECT_EQ(it.confirm(ranking.text("id")).text("state"), "confirmed");
  EXPECT_EQ(it.told(scene.round), "B selected 400; C selected 400; A not_eligible 0");
  EXPECT_EQ(it.state_of(scene.a), "not_selected");
  const auto decisions =
      it.get("/api/v1/decisions?kind=decision&application_id=" + scene.a.application).text_body;
  EXPECT_NE(decisions.find("selection.needs_no_restriction"), std::string::npos) << decisions;
}

TEST(RestrictedRanking, J2_Invariant18_ABanThatIsRecordedAfterTheRankingIsNotPassedOver) {
  Restricted scene;
  auto& it = scene.it;
  const auto ranking = scene.rank();
  const auto ban = scene.restrict("A", {{"effect", "exclusion"}});
  ASSERT_EQ(ban.status, 201);
  EXPECT_EQ(it.confirm(ranking.text("id")).text("code"), "evaluation.ranking_stale");
  EXPECT_EQ(it.get("/api/v1/awards?programme_id=" + it.programme).body.at("items").as_array().size(), 0u);
  // Lifting it changes nothing of the day of receipt.
  ASSERT_EQ(it.post("/api/v1/restrictions/" + ban.text("id") + "/lift", {{"ground", "취소"}}).status, 200);
  EXPECT_EQ(cli::text_at(scene.line(scene.rank(), scene.a), "outcome"), "not_eligible")
      << "it was in force on the day of receipt";
}

TEST(RestrictedRanking, J2_Invariant18_NobodyIsOfferedFromTheWaitingListWhoWasExcluded) {
  constexpr const char* kList = R"(
format: dure-policy/1
layer: call
id: with-list
version: "1"
selection:
  waiting_list: {value: true, source: "시험", confidence: chosen}
)";
  Evaluation it("s1-aica-2024", "2024-03-04T00:00:00Z", kList);
  const Who a = it.apply({"appa", "A", 400, "bow"});
  const Who b = it.apply({"appb", "B", 400, "bow"});
  const auto round = it.cut_off("2024-03-15");
  const auto panel = it.seat_panel(round, 3);
  it.evaluate(round);
  it.score(round, a, {27, 27, 18, 18});
  it.score(round, b, {24, 24, 16, 16});
  it.minutes(panel);
  const auto ranking = it.rank(round, "shared-bow", 0, "gpu");
  ASSERT_EQ(it.confirm(ranking.text("id")).text("state"), "confirmed") << ranking.text_body;
  ASSERT_EQ(it.state_of(a), "waitlisted");
  model::Organisation row;
  const auto stored = commands::run<bool>(it.centre.world(), commands::system_caller("test"),
                                          [&](commands::Work& work) -> base::Result<bool> {
                                            work.stamp(row);
                                            row.name = "A";
                                            DURE_TRY(work.tx.organisations().insert(row));
                                            return true;
                                          });
  ASSERT_TRUE(stored.ok());
  ASSERT_EQ(it.post("/api/v1/restrictions", {{"programme_id", it.programme},
                                             {"organisation_id", row.id.text},
                                             {"ground", "참여제한"},
                                             {"decided_by", "과기정통부"},
                                             {"starts_on", "2024-03-01"}})
                .status,
            201);
  it.build("shared-bow", "bow", 8, 1);
  const auto matched = it.post("/api/v1/programmes/" + it.programme + "/match-demand",
                               {{"pool", "shared-bow"}, {"ground", "신규 자원"}});
  ASSERT_EQ(matched.status, 200) << matched.text_body;
  EXPECT_NE(json::serialize(matched.body.at("passed_over")).find("restriction.in_force_open"),
            std::string::npos)
      << matched.text_body;
  EXPECT_EQ(it.get("/api/v1/awards?application_id=" + a.application).body.at("items").as_array().size(), 0u);
  EXPECT_EQ(it.get("/api/v1/awards?application_id=" + b.application).body.at("items").as_array().size(), 1u)
      << "and the next one is served";
}

}  // namespace
}  // namespace dure::tests
