// J2, invariant 18: what restrictions do in a selection.
#include <gtest/gtest.h>

#include "selection/test_cases.h"

namespace dure::selection {
namespace {

using namespace testing;  // NOLINT: the cases of this folder

model::SelectionRestriction points_off(const std::string& id, std::int64_t centi_points) {
  return {id, model::RestrictionEffect::kPoints, centi_points, "목적 외 사용"};
}
model::SelectionRestriction excluded(const std::string& id) {
  return {id, model::RestrictionEffect::kExclusion, 0, "참여제한"};
}

TEST(Restricted, J2_PointsThatARestrictionTakesComeOffTheTotalAndAreExplained) {
  const auto rules = rules_with(panel(), key("waiting_list", "true"));
  auto better = application("a", 1, {2800, 2800, 1800, 1800});  // 92
  const auto other = application("b", 1, {2600, 2600, 1700, 1700});
  EXPECT_EQ(told(selected(request(1, {better, other}), rules)), "a 1 selected 1; b 2 waitlisted 0");
  better.restrictions = std::vector{points_off("r2", 300), points_off("r1", 400)};
  const auto result = selected(request(1, {better, other}), rules);
  EXPECT_EQ(told(result), "b 1 selected 1; a 2 waitlisted 0");
  const auto& a = of(result, "a");
  EXPECT_EQ(a.base_centi_points, 9200);
  EXPECT_EQ(a.lost_centi_points, 700);
  EXPECT_EQ(a.total_centi_points, 8500);
  EXPECT_FALSE(of(result, "b").lost_centi_points);
  const auto* lost = step(a, "selection.points_lost");
  ASSERT_NE(lost, nullptr);
  EXPECT_EQ(lost->rule, "sanctions.grounds");
  EXPECT_EQ(flat(lost->reason), "selection.points_lost restriction=r1 points=4.00 ground=목적 외 사용")
      << "by id, whatever the order in which they came";
  EXPECT_NE(step(a, "selection.total_after_loss"), nullptr);
}

TEST(Restricted, J2_WhetherLostPointsCountForTheThresholdIsThePacks) {
  auto it = application("a", 1, {2000, 2000, 1000, 1000});  // exactly 60
  it.restrictions = std::vector{points_off("r1", 1)};
  EXPECT_EQ(told(selected(request(1, {it}), rules_with(panel(), ""))), "a 1 selected 1");
  const auto on_total = rules_with(panel() + key("threshold_on", "total"), "");
  const auto result = selected(request(1, {it}), on_total);
  EXPECT_EQ(told(result), "a - below_threshold 0");
  EXPECT_EQ(of(result, "a").needed.front().code, "selection.needs_points");
}

TEST(Restricted, J2_Invariant18_WhoIsExcludedIsNotRankedByAWaiverNeither) {
  const auto rules = rules_with(panel(), "");
  auto barred = application("a", 1, {2800, 2800, 1800, 1800});
  barred.restrictions = std::vector{points_off("r1", 100), excluded("r9"), excluded("r5")};
  const auto other = application("b", 1, {2000, 2000, 1000, 1000});
  const auto result = selected(request(1, {barred, other}), rules);
  EXPECT_EQ(told(result), "b 1 selected 1; a - not_eligible 0");
  const auto* why = step(of(result, "a"), "selection.barred");
  ASSERT_NE(why, nullptr);
  EXPECT_EQ(flat(why->reason), "selection.barred restriction=r5 ground=참여제한");
  EXPECT_EQ(of(result, "a").needed.front().code, "selection.needs_no_restriction");
  EXPECT_EQ(result.evaluation_order, std::vector<std::string>{"b"});
  barred.state = model::ApplicationState::kIneligible;
  barred.waiver_ground = "내부회의 결정";
  EXPECT_EQ(told(selected(request(2, {barred, other}), rules)), "b 1 selected 1; a - not_eligible 0");
}

TEST(Restricted, J2_ARestrictionNamesItselfOnceAndItsGround) {
  const auto rules = rules_with(panel(), "");
  auto it = application("a", 1, {2000, 2000, 1000, 1000});
  it.restrictions = std::vector{points_off("r1", -1), points_off("r1", 1)};
  it.restrictions->back().ground.clear();
  const auto refused = select(request(1, {it}), rules);
  ASSERT_FALSE(refused.ok());
  std::string faults;
  for (const auto& each : refused.failure().details) faults += each.pointer + " " + each.reason.code + "; ";
  EXPECT_EQ(faults,
            "/applications/0/restrictions/0/centi_points number.out_of_range; "
            "/applications/0/restrictions/1/id selection.listed_twice; "
            "/applications/0/restrictions/1/ground selection.ground_missing; ");
}

}  // namespace
}  // namespace dure::selection
