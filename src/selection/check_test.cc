// Each fault of an input is told with its place, and nothing comes out.
#include "selection/check.h"

#include <functional>
#include <limits>

#include "selection/test_cases.h"

namespace dure::selection {
namespace {

using namespace testing;  // NOLINT: the cases of this folder
using Faults = std::set<std::string>;

model::SelectionRequest good() {
  auto asked = request(
      10, {application("a", 4, {2500, 2500, 1500, 1500}), application("b", 4, {2500, 2500, 1500, 1500})});
  return asked;
}

struct Fault {
  std::function<void(model::SelectionRequest&)> make;
  std::string told;
};

TEST(Check, EveryFaultHasItsPlace) {
  const auto rules = rules_with(panel(), "", kMenu);
  ASSERT_EQ(faults(good(), rules), Faults{});
  const std::vector<Fault> all{
      {[](auto& it) { it.capacity.reset(); }, "/capacity selection.capacity_missing"},
      {[](auto& it) { it.capacity->in_service.count = -1; },
       "/capacity/in_service/count number.out_of_range"},
      {[](auto& it) { it.capacity->in_service.unit = model::AmountUnit::kServer; },
       "/capacity/in_service/unit selection.other_unit"},
      {[](auto& it) { it.applications[1].id = "a"; }, "/applications/1/id selection.id_twice"},
      {[](auto& it) { it.applications[1].id = ""; }, "/applications/1/id selection.text_missing"},
      {[](auto& it) { it.applications[1].id = "a\nb"; }, "/applications/1/id selection.text_not_plain"},
      {[](auto& it) { it.applications[0].organisation = std::string(401, 'x'); },
       "/applications/0/organisation selection.text_too_long"},
      {[](auto& it) { it.applications[0].requested.count = 3; },
       "/applications/0/requested/count selection.not_in_menu"},
      {[](auto& it) { it.applications[0].requested.count = 0; },
       "/applications/0/requested/count selection.nothing_requested"},
      {[](auto& it) {
         it.applications[0].requested = {250, model::AmountUnit::kBlock};
       },
       "/applications/0/requested selection.not_whole_units"},
      {[](auto& it) {
         it.applications[0].bonuses = std::vector<model::SelectionClaim>{{"regional", true, {}}};
       },
       "/applications/0/bonuses/0/rule selection.bonus_unknown"},
      {[](auto& it) {
         it.applications[0].priorities = std::vector<model::SelectionClaim>{{"club", true, {}}};
       },
       "/applications/0/priorities/0/rule selection.priority_unknown"},
      {[](auto& it) {
         it.releases = std::vector<model::ReservationRelease>{{"young", "근거"}};
       },
       "/releases/0/track selection.track_without_share"},
      {[](auto& it) {
         it.applications[0].facts.emplace().appointed_on = base::Date{9991, 1, 1};
       },
       "/applications/0/facts/appointed_on calendar.date_not_plannable"},
      {[](auto& it) {
         it.applications[0].facts.emplace().certificates =
             std::vector<model::SelectionCertificate>{{"sme", {1, 1, 1}, {}}};
       },
       "/applications/0/facts/certificates/0/valid_from calendar.date_not_plannable"},
      {[](auto& it) {
         it.award_on = base::Date{3000, 1, 1};
       },
       "/award_on calendar.date_not_plannable"},
      {[](auto& it) { it.applications[0].track = "yuong"; }, "/applications/0/track selection.track_unknown"},
      {[](auto& it) { it.applications[0].reviews.push_back(it.applications[0].reviews[0]); },
       "/applications/0/reviews/1/reviewer selection.listed_twice"},
      {[](auto& it) { it.applications[0].reviews[0].scores.pop_back(); },
       "/applications/0/reviews/0/scores selection.score_missing"},
      {[](auto& it) { it.applications[0].reviews[0].scores[0].criterion = "taste"; },
       "/applications/0/reviews/0/scores selection.score_missing"},
      {[](auto& it) { it.applications[0].reviews[0].conflict = model::ConflictState::kWaived; },
       "/applications/0/reviews/0/conflict_ground selection.ground_missing"},
      {[](auto& it) { it.applications[0].waiver_ground = " \t "; },
       "/applications/0/waiver_ground selection.ground_missing"},
      {[](auto& it) { it.applications[0].organisation = "  "; },
       "/applications/0/organisation selection.text_missing"}};
  for (const Fault& fault : all) {
    auto asked = good();
    fault.make(asked);
    EXPECT_TRUE(faults(asked, rules).count(fault.told)) << fault.told;
  }
}

// A claim that somebody decided moves the rank, so it has its ground; blanks are none.
TEST(Check, E6_E7_ADecidedClaimHasItsGround) {
  const auto bonus =
      key("bonuses", "[{id: youth, title: {ko: 청년}, points: 3, when: [{is: project.open_source}]}]");
  const auto rules = rules_with(panel() + bonus, "");
  auto asked = good();
  asked.applications[0].bonuses = std::vector<model::SelectionClaim>{{"youth", true, "확인서"}};
  EXPECT_EQ(faults(asked, rules), Faults{});
  for (const std::optional<std::string>& ground : {std::optional<std::string>(), {""}, {" \t "}}) {
    asked.applications[0].bonuses->front().ground = ground;
    EXPECT_EQ(faults(asked, rules), Faults{"/applications/0/bonuses/0/ground selection.ground_missing"});
  }
}

TEST(Check, E2_PointsLieBetweenZeroAndTheMaximum) {  // invariant 4
  const auto rules = rules_with(panel(), "");
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t centi : {std::int64_t{-1}, std::int64_t{3001}, kLeast, kLeast + 1, kMost}) {
    auto asked = good();
    asked.applications[1].reviews[0].scores[1].centi_points = centi;
    EXPECT_EQ(faults(asked, rules),
              Faults{"/applications/1/reviews/0/scores/1/centi_points selection.above_maximum"});
    // Also of a review that does not count.
    asked.applications[1].reviews[0].conflict = model::ConflictState::kUnresolved;
    EXPECT_EQ(faults(asked, rules).size(), 1u);
  }
  auto most = good();
  most.applications[1].reviews[0].scores[1].centi_points = 3000;
  EXPECT_EQ(faults(most, rules), Faults{});
}

TEST(Check, AReviewThatDoesNotCountMayBeIncomplete) {
  auto asked = good();
  asked.applications[0].reviews[0].scores.clear();
  asked.applications[0].reviews[0].conflict = model::ConflictState::kUnresolved;
  EXPECT_EQ(faults(asked, rules_with(panel(), "")), Faults{});
}

TEST(Check, AtMostTwentyFaultsAreToldAndAllAreCounted) {
  auto asked = good();
  for (int i = 0; i < 40; ++i) asked.applications.push_back(application("a", 4, {1, 1, 1, 1}));
  const auto result = select(asked, rules_with(panel(), ""));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.failure().details.size(), kMostFaults);
  EXPECT_EQ(policy::parameter(result.failure().reason, "count"), "40");
}

TEST(Check, ReviewsUnderAPackWithoutPointsAreRefused) {
  EXPECT_EQ(faults(good(), rules_with(key("mode", "centre"), "")),
            (Faults{"/applications/0/reviews selection.no_criteria",
                    "/applications/1/reviews selection.no_criteria"}));
}

TEST(Rules, ThePoolIsNamedWhereThereAreSeveral) {
  const auto pack = pack_of(panel(), "",
                            std::string(kGpus) +
                                ", {id: q, kind: shared, title: {ko: q}, models: "
                                "[], unit: server}");
  ASSERT_TRUE(pack.ok());
  EXPECT_EQ(rules_of(*pack, std::nullopt).failure().reason.code, "selection.pool_missing");
  EXPECT_EQ(rules_of(*pack, "r").failure().reason.code, "selection.pool_unknown");
  const auto servers = *rules_of(*pack, "q");
  EXPECT_EQ(unit_of(servers.pool), model::AmountUnit::kServer);
  // It does not say how many cards a server has: servers are servers, and nothing else can be counted.
  EXPECT_EQ(whole_units({3, model::AmountUnit::kServer}, servers.pool), 3);
  EXPECT_FALSE(units_within({8, model::AmountUnit::kGpu}, servers.pool));
}

TEST(Rules, B9_GpusAreCountedInWholeServers) {
  const auto pool = rules_with(panel(), "", kServers).pool;
  EXPECT_EQ(whole_units({16, model::AmountUnit::kGpu}, pool), 2);
  EXPECT_FALSE(whole_units({12, model::AmountUnit::kGpu}, pool));
  EXPECT_EQ(units_within({15, model::AmountUnit::kGpu}, pool), 1);
  EXPECT_EQ(whole_units({800, model::AmountUnit::kBlock}, pool), 1);
}

TEST(Rules, TheMostThatMayBeWrittenIsCountedInTheSmallestUnit) {
  const auto rules =
      rules_with(panel(), "", "{id: p, kind: shared, title: {ko: p}, models: [], unit: block}");
  auto asked = request(model::kMostUnits, {application("a", model::kMostUnits, {2500, 2500, 1500, 1500})});
  const auto result = selected(asked, rules);
  EXPECT_EQ(result.totals.in_service, 100 * model::kMostUnits);
  EXPECT_EQ(result.ranking[0].awarded.count, 100 * model::kMostUnits);
}

TEST(Rules, B8_OneToSixteenGpus) {
  std::string menu;
  for (int i = 1; i <= 16; ++i) menu += (i == 1 ? "" : ", ") + std::to_string(i) + " GPU";
  const auto rules = rules_with(
      panel(), "", "{id: p, kind: shared, title: {ko: p}, models: [], unit: gpu, unit_menu: [" + menu + "]}");
  const auto asks = [](std::int64_t gpus) {
    return request(100, {application("a", gpus, {2500, 2500, 1500, 1500})});
  };
  for (const std::int64_t gpus : {1, 7, 16}) EXPECT_EQ(faults(asks(gpus), rules), Faults{}) << gpus;
  for (const std::int64_t gpus : {0, 17}) EXPECT_EQ(faults(asks(gpus), rules).size(), 1u) << gpus;
  // 32 and more are not offered (B7).
  EXPECT_EQ(faults(asks(32), rules_with(panel(), "", kMenu)),
            Faults{"/applications/0/requested/count selection.not_in_menu"});
}

TEST(Packs, E2_E5_WhatContradictsItselfIsRefused) {
  const auto refusals = [](const std::string& evaluation, const std::string& selection,
                           const std::string& pool = kGpus) {
    const auto pack = pack_of(evaluation, selection, pool);
    return pack.ok() ? Faults{} : policy::faults(pack.failure());
  };
  EXPECT_EQ(refusals(panel(), ""), Faults{});
  EXPECT_EQ(refusals(key("criteria", kCriteria), ""), Faults{"/evaluation/criteria policy.needs_value"});
  EXPECT_EQ(
      refusals(key("mode", "panel") +
                   key("criteria",
                       "[{id: a, title: {ko: a}, max_points: 60, tie_order: 1}, {id: b, title: {ko: b}, "
                       "max_points: 40, tie_order: 1}]"),
               ""),
      Faults{"/evaluation/criteria policy.tie_order_twice"});
  EXPECT_EQ(refusals(panel(), key("tie_break", "[criteria, criteria]")),
            Faults{"/selection/tie_break policy.listed_twice"});
  EXPECT_EQ(refusals(panel(), "",
                     "{id: p, kind: shared, title: {ko: p}, models: [], unit: server, gpus_per_unit: 8, "
                     "unit_menu: [8 GPU, 12 GPU]}"),
            Faults{"/offer/pools policy.menu_not_in_units"});
}

}  // namespace
}  // namespace dure::selection
