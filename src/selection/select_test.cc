// Selection on worked cases: the figures of governance 6.7 and what each key of a pack does.
#include "selection/select.h"

#include "selection/test_cases.h"

namespace dure::selection {
namespace {

using namespace testing;  // NOLINT: the cases of this folder

std::vector<model::SelectionApplication> five_of_the_seed() {
  return {application("A", 1, {2500, 2600, 1600, 1300}), application("B", 1, {2600, 2500, 1400, 1500}),
          application("C", 1, {2600, 2500, 1500, 1400}), application("D", 1, {1800, 1800, 1200, 1100}),
          application("E", 1, {1800, 1800, 1200, 1200})};
}

TEST(Select, E2_E3_E4_E5_TheTieOfTheSeed) {  // governance 6.7
  const auto rules = rules_with(panel(), key("waiting_list", "true"));
  const auto result = selected(request(3, five_of_the_seed()), rules);
  EXPECT_EQ(told(result),
            "C 1 selected 1; B 2 selected 1; A 3 selected 1; E 4 waitlisted 0; D - below_threshold 0");
  EXPECT_EQ(*of(result, "A").total_centi_points, 8000);
  EXPECT_EQ(*of(result, "E").total_centi_points, 6000);
  const auto* behind = step(of(result, "B"), "selection.tie_by_criterion");
  ASSERT_NE(behind, nullptr);
  EXPECT_EQ(flat(behind->reason),
            "selection.tie_by_criterion other=C criterion=feasibility own=14.00 theirs=15.00");
  EXPECT_EQ(behind->rule, "selection.tie_break");
  EXPECT_EQ(step(of(result, "E"), "selection.threshold_met")->source, "test threshold_points");
  EXPECT_EQ(flat(of(result, "D").needed), "[selection.needs_points missing=1.00,]");
  EXPECT_EQ(
      flat(of(result, "E").needed),
      "[selection.needs_capacity missing=1 unit=gpus,selection.last_served other=A rank=3 points=80.00,]");
  EXPECT_EQ(result.waiting_list, std::vector<std::string>{"E"});
}

TEST(Select, E8_B9_ThirtyPercentOf960AreThirtySixServers) {  // governance 6.7
  const auto rules =
      rules_with(panel(), key("reservations", "[{track: young, share_bp: 30 %, release: never}]"), kServers);
  const auto result = selected(request(960, {}), rules);
  EXPECT_EQ(result.totals.in_service, 120);
  ASSERT_EQ(result.reservations.size(), 1u);
  EXPECT_EQ(result.reservations[0].reserved, 36);
  EXPECT_EQ(result.reservations[0].held, 36);
  // Hundredths of a server are dropped, of the whole and of the share.
  const auto less = selected(request(959, {}), rules);
  EXPECT_EQ(less.totals.in_service, 119);
  EXPECT_EQ(less.reservations[0].reserved, 35);
  const auto gpus = rules_with(panel(), key("reservations", "[{track: young, share_bp: 30 %}]"));
  EXPECT_EQ(selected(request(960, {}), gpus).reservations[0].reserved, 288);
}

model::SelectionApplication in_track(model::SelectionApplication application, const std::string& track) {
  application.track = track;
  return application;
}

// Ten GPUs, three of them for the young; the young ask for one, the others for more than there is.
model::SelectionRequest ten() {
  return request(
      10, {application("a", 5, {3000, 3000, 2000, 2000}), application("b", 4, {3000, 3000, 2000, 1900}),
           in_track(application("y", 1, {2000, 2000, 1000, 1000}), "young")});
}

std::string share(const std::string& release) {
  return key("waiting_list", "true") +
         key("reservations", "[{track: young, share_bp: 30 %, release: " + release + "}]");
}

TEST(Select, E8_WhatATrackLeavesIsReleasedAsThePackSays) {
  const auto never = selected(ten(), rules_with(panel(), share("never")));
  EXPECT_EQ(told(never), "a 1 selected 5; b 2 waitlisted 0; y 3 selected 1");
  EXPECT_EQ(never.reservations[0].held, 2);
  EXPECT_EQ(never.totals.left, 4);
  EXPECT_EQ(flat(of(never, "b").needed),
            "[selection.needs_capacity missing=2 unit=gpus,selection.held_for_tracks held=2 unit=gpus,"
            "selection.last_served other=a rank=1 points=100.00,]");
  const auto after = selected(ten(), rules_with(panel(), share("after_track")));
  EXPECT_EQ(told(after), "a 1 selected 5; b 2 selected 4; y 3 selected 1");
  EXPECT_EQ(after.reservations[0].released, 2);

  const auto decided = rules_with(panel(), share("at_decision"));
  EXPECT_EQ(told(selected(ten(), decided)), told(never));
  auto with_decision = ten();
  with_decision.releases = std::vector<model::ReservationRelease>{{"young", "제3차 위원회"}};
  EXPECT_EQ(told(selected(with_decision, decided)), told(after));
  EXPECT_EQ(faults(with_decision, rules_with(panel(), share("never"))),
            std::set<std::string>{"/releases/0/track selection.release_never"});
}

TEST(Select, E8_TheTrackIsServedFirstAndCompetesForTheRest) {
  auto asked = ten();
  asked.applications.push_back(in_track(application("z", 3, {2000, 2000, 1000, 1100}), "young"));
  // z has the better rank of the young and takes the share whole; y takes what a leaves.
  const auto rules = rules_with(panel(), share("never"));
  EXPECT_EQ(told(selected(asked, rules)), "a 1 selected 5; b 2 waitlisted 0; z 3 selected 3; y 4 selected 1");
  const auto alone = rules_with(
      panel(), key("reservations", "[{track: young, share_bp: 30 %, release: never, beyond_share: false}]"));
  const auto result = selected(asked, alone);
  EXPECT_EQ(told(result), "a 1 selected 5; b 2 not_selected 0; z 3 selected 3; y 4 not_selected 0");
  EXPECT_NE(step(of(result, "y"), "selection.share_only"), nullptr);
}

TEST(Select, E8_ATrackMayUseItsShareTogetherWithTheRest) {
  auto asked = request(10, {application("a", 6, {3000, 3000, 2000, 2000}),
                            in_track(application("y", 4, {2000, 2000, 1000, 1000}), "young")});
  const auto result = selected(asked, rules_with(panel(), share("never")));
  EXPECT_EQ(told(result), "a 1 selected 6; y 2 selected 4");
  EXPECT_EQ(result.reservations[0].awarded, 3);
}

// S3: the young researchers' servers are for who is young, by the facts; where they do not tell, the
// screening was.
TEST(Select, B5_C4_E8_WhoIsNotOfTheTrackHasNoPartInItsShare) {
  const auto merged = policy::merge({policy::layer_at("policies/default/policy.yaml"),
                                     policy::layer_at("policies/floors/policy.yaml"),
                                     policy::layer_at("policies/s3-research-2026/policy.yaml")});
  ASSERT_TRUE(merged.ok());
  const auto rules = *rules_of(*merged, std::nullopt);
  const std::vector<std::string> criteria{"impact", "excellence", "capability"};
  const auto one = [&](const std::string& id, std::int64_t count, std::int64_t centi) {
    auto made = in_track(application(id, count, {}), id == "general" ? "general" : "young-researcher");
    made.requested.unit = model::AmountUnit::kServer;
    made.submitted_at = *base::parse_instant("2026-03-30T09:00:00+09:00");
    made.reviews = {review("r1", {centi, centi, centi}, criteria)};
    made.facts.emplace().region = "daejeon";
    return made;
  };
  auto old = one("old", 36, 2000);
  old.facts->born_on = base::Date{1950, 1, 1};
  old.facts->appointed_on = base::Date{1980, 3, 1};
  const auto ask = [&](const model::SelectionApplication& other) {
    return selected(request(960, {one("general", 100, 2900), other}), rules);
  };
  const auto result = ask(old);
  EXPECT_EQ(of(result, "old").awarded.count, 0) << told(result);
  EXPECT_EQ(of(result, "general").awarded.count, 100);
  ASSERT_NE(step(of(result, "old"), "selection.track_not_met"), nullptr);
  EXPECT_EQ(step(of(result, "old"), "selection.track_not_met")->rule, "call.tracks");
  auto young = one("young", 36, 2000);
  young.facts->born_on = base::Date{1990, 1, 1};
  EXPECT_EQ(of(ask(young), "young").awarded.count, 36);
  const auto open = ask(one("open", 36, 2000));
  EXPECT_EQ(of(open, "open").awarded.count, 36);
  EXPECT_NE(step(of(open, "open"), "selection.track_by_screening"), nullptr);
}

std::vector<model::SelectionApplication> of_one_institution() {
  std::vector<model::SelectionApplication> all{
      application("a", 4, {3000, 3000, 2000, 2000}), application("b", 4, {3000, 3000, 2000, 1900}),
      application("c", 2, {3000, 3000, 2000, 1800}), application("d", 4, {3000, 3000, 2000, 1700})};
  for (auto& each : all) each.organisation = "가대학교";
  all.back().organisation = "나대학교";
  return all;
}

TEST(Select, E9_AnInstitutionExactlyAtItsCap) {
  const auto rules = rules_with(panel(), key("institution_cap_bp", "30 %") + key("waiting_list", "true"));
  // 30 % of 20 are 6: a and c reach the cap exactly, b does not fit under it.
  const auto result = selected(request(20, of_one_institution()), rules);
  EXPECT_EQ(told(result), "a 1 selected 4; b 2 waitlisted 0; c 3 selected 2; d 4 selected 4");
  EXPECT_EQ(result.institutions[0].awarded, 6);
  EXPECT_EQ(*result.institutions[0].cap, 6);
  EXPECT_EQ(step(of(result, "b"), "selection.institution_cap")->rule, "selection.institution_cap_bp");
  EXPECT_EQ(of(result, "b").needed[0].code, "selection.needs_institution_room");
  // In part, up to the cap, where the pack allows it.
  const auto part = rules_with(panel(), key("institution_cap_bp", "30 %") + key("partial_award", "true"));
  EXPECT_EQ(told(selected(request(20, of_one_institution()), part)),
            "a 1 selected 4; b 2 selected 2; c 3 not_selected 0; d 4 selected 4");
}

TEST(Select, E9_ThePenaltyTakesPointsForEachAwardAlreadyMade) {
  const auto rules = rules_with(panel(), key("institution_penalty_points", "2"));
  // a: 100. Then b has 99 - 2, d has 97: level, and d was not behind in the order of ties but b was ahead.
  const auto result = selected(request(8, of_one_institution()), rules);
  EXPECT_EQ(told(result), "a 1 selected 4; b 2 selected 4; c 3 not_selected 0; d 4 not_selected 0");
  const auto more =
      selected(request(8, of_one_institution()), rules_with(panel(), key("institution_penalty_points", "3")));
  EXPECT_EQ(told(more), "a 1 selected 4; b 2 not_selected 0; c 3 not_selected 0; d 4 selected 4");
  EXPECT_EQ(of(more, "b").penalty_centi_points, 300);
  EXPECT_NE(step(of(more, "b"), "selection.penalty"), nullptr);
}

TEST(Select, E9_AnInstitutionIsTheSameHoweverItsNameIsSpaced) {
  auto all = of_one_institution();
  for (auto& each : all) each.organisation = "가 대학교";
  all[1].organisation = "  가  대학교 ";
  all[2].organisation = "가\xe3\x80\x80대학교\xc2\xa0";
  all[3].organisation = "가대학교";
  const auto result = selected(request(20, all), rules_with(panel(), key("institution_cap_bp", "30 %")));
  EXPECT_EQ(told(result), "a 1 selected 4; b 2 not_selected 0; c 3 selected 2; d 4 selected 4");
  ASSERT_EQ(result.institutions.size(), 2u);
}

TEST(Select, E9_TheInstitutionWithTheFewestAwardsFirst) {
  const auto rules = rules_with(panel(), key("balance", "fewest_awards_first"));
  EXPECT_EQ(told(selected(request(10, of_one_institution()), rules)),
            "a 1 selected 4; b 2 not_selected 0; c 3 selected 2; d 4 selected 4");
}

TEST(Select, B7_E4_PartialAwardsAreUnitsOfTheMenu) {
  const std::vector<model::SelectionApplication> two{application("a", 4, {3000, 3000, 2000, 2000}),
                                                     application("b", 8, {3000, 3000, 2000, 1900}),
                                                     application("c", 2, {3000, 3000, 2000, 1800})};
  const auto part = rules_with(panel(), key("partial_award", "true"), kMenu);
  EXPECT_EQ(told(selected(request(11, two), part)), "a 1 selected 4; b 2 selected 4; c 3 selected 2");
  EXPECT_EQ(flat(step(of(selected(request(11, two), part), "b"), "selection.awarded_part")->reason),
            "selection.awarded_part count=4 asked=8 unit=gpus");
  const auto whole = rules_with(panel(), "", kMenu);
  EXPECT_EQ(told(selected(request(11, two), whole)), "a 1 selected 4; b 2 not_selected 0; c 3 selected 2");
  const auto strict = rules_with(panel(), key("pass_over", "false"), kMenu);
  const auto result = selected(request(11, two), strict);
  EXPECT_EQ(told(result), "a 1 selected 4; b 2 not_selected 0; c 3 not_selected 0");
  EXPECT_EQ(flat(of(result, "c").needed[0]), "selection.needs_turn other=b");
}

// A track's share goes by rank; points for awards, and the balance, are of the rest.
TEST(Select, E8_E9_B9_ATracksShareIsFilledByRankWhateverItsInstitutionsHave) {
  std::vector<model::SelectionApplication> all{
      application("a", 1, {3000, 3000, 2000, 2000}), application("b", 1, {3000, 3000, 2000, 1990}),
      application("c", 1, {3000, 3000, 2000, 1980}), application("d", 1, {3000, 3000, 2000, 1970}),
      application("e", 1, {3000, 3000, 2000, 1960})};
  for (std::size_t i = 0; i < 3; ++i) all[i].track = "young";
  for (const std::size_t i : {0, 1, 3}) all[i].organisation = "가대학교";
  const std::string share = key("reservations", "[{track: young, share_bp: 50 %, release: never}]");
  for (const auto& balance :
       {key("institution_penalty_points", "1"), key("balance", "fewest_awards_first")}) {
    const auto rules = rules_with(panel(), balance + share);
    const auto result = selected(request(4, all), rules);
    EXPECT_EQ(told(result),
              "a 1 selected 1; b 2 selected 1; c 3 selected 1; d 4 not_selected 0; e 5 selected 1")
        << balance;
    EXPECT_EQ(of(result, "b").penalty_centi_points, 0) << balance;
    EXPECT_EQ(step(of(result, "b"), "selection.balanced"), nullptr);
  }
  // The cap holds in the share, too.
  const auto capped = rules_with(panel(), key("institution_cap_bp", "25 %") + share);
  EXPECT_EQ(told(selected(request(4, all), capped)),
            "a 1 selected 1; b 2 not_selected 0; c 3 selected 1; d 4 not_selected 0; e 5 selected 1");
}

// A cap that is the tighter bound frees nobody behind a request that what is left does not hold either.
TEST(Select, E4_E9_WhatDoesNotFitIntoWhatIsLeftBlocksUnderATighterCapToo) {
  std::vector<model::SelectionApplication> all{
      application("a", 4, {3000, 3000, 2000, 2000}), application("b", 1, {3000, 3000, 2000, 1990}),
      application("c", 6, {3000, 3000, 2000, 1980}), application("d", 1, {3000, 3000, 2000, 1970})};
  all[2].organisation = all[0].organisation;
  const std::string strict = key("institution_cap_bp", "50 %") + key("pass_over", "false");
  const auto result = selected(request(10, all), rules_with(panel(), strict));
  EXPECT_EQ(told(result), "a 1 selected 4; b 2 selected 1; c 3 not_selected 0; d 4 not_selected 0");
  EXPECT_NE(step(of(result, "d"), "selection.behind"), nullptr);
  // Five fit into the five that are left, and only the cap stops them.
  all[2].requested.count = 5;
  EXPECT_EQ(told(selected(request(10, all), rules_with(panel(), strict))),
            "a 1 selected 4; b 2 selected 1; c 3 not_selected 0; d 4 selected 1");
  // Served in part it holds up nobody, nor where a part is left for it and the cap alone refuses that.
  all[2].requested.count = 6;
  const std::string part = strict + key("partial_award", "true");
  EXPECT_EQ(told(selected(request(10, all), rules_with(panel(), part))),
            "a 1 selected 4; b 2 selected 1; c 3 selected 1; d 4 selected 1");
  all[0].requested.count = 5;
  EXPECT_EQ(told(selected(request(10, all), rules_with(panel(), part))),
            "a 1 selected 5; b 2 selected 1; c 3 not_selected 0; d 4 selected 1");
}

// What is left and what the institution may still have are equal: it waits for capacity, which blocks.
TEST(Select, E4_E9_WhoLacksBothCapacityAndRoomUnderTheCapBlocksThoseBehind) {
  const std::vector<model::SelectionApplication> three{application("a", 2, {3000, 3000, 2000, 2000}),
                                                       application("b", 4, {3000, 3000, 2000, 1900}),
                                                       application("c", 1, {3000, 3000, 2000, 1800})};
  const std::string cap = key("institution_cap_bp", "50 %");
  const auto strict = selected(request(4, three), rules_with(panel(), cap + key("pass_over", "false")));
  EXPECT_EQ(told(strict), "a 1 selected 2; b 2 not_selected 0; c 3 not_selected 0");
  EXPECT_NE(step(of(strict, "b"), "selection.no_room"), nullptr);
  // At the cap alone it does not.
  const auto at_cap = selected(request(6, three), rules_with(panel(), cap + key("pass_over", "false")));
  EXPECT_EQ(told(at_cap), "a 1 selected 2; b 2 not_selected 0; c 3 selected 1");
  EXPECT_NE(step(of(at_cap, "b"), "selection.institution_cap"), nullptr);
}

TEST(Select, E10_RequestedRecommendedAndAwardedStandApart) {
  const auto rules = rules_with(panel(), "", kMenu);
  auto it = application("a", 4, {3000, 3000, 2000, 2000});
  it.recommended = model::PanelRecommendation{{2, model::AmountUnit::kGpu}, "규모 조정", std::nullopt};
  auto result = selected(request(16, {it}), rules);
  EXPECT_EQ(result.ranking[0].requested.count, 4);
  EXPECT_EQ(result.ranking[0].recommended->count, 2);
  EXPECT_EQ(result.ranking[0].awarded.count, 2);
  it.recommended->amount.count = 8;
  EXPECT_EQ(faults(request(16, {it}), rules),
            std::set<std::string>{"/applications/0/recommended/decision selection.decision_missing"});
  it.recommended->decision = "회의록 2026-3";
  EXPECT_EQ(selected(request(16, {it}), rules).ranking[0].awarded.count, 8);
  it.recommended->amount.count = 0;
  EXPECT_EQ(told(selected(request(16, {it}), rules)), "a 1 not_selected 0");
  it.recommended->amount.count = 3;
  EXPECT_EQ(faults(request(16, {it}), rules),
            std::set<std::string>{"/applications/0/recommended/amount/count selection.not_in_menu"});
  EXPECT_EQ(faults(request(16, {it}), rules_with(panel() + key("panel_may_change", "false"), "", kGpus)),
            std::set<std::string>{"/applications/0/recommended selection.recommendation_refused"});
}

TEST(Select, A7_ConditionalCapacityIsPromisedToTheLastByRank) {
  auto asked = request(
      6, {application("a", 4, {3000, 3000, 2000, 2000}), application("b", 4, {3000, 3000, 2000, 1900})});
  asked.capacity->conditional = model::UnitAmount{4, model::AmountUnit::kGpu};
  EXPECT_EQ(faults(asked, rules_with(panel(), "")),
            std::set<std::string>{"/capacity/conditional selection.conditional_refused"});
  const auto rules = rules_with(panel(), "", kGpus, "supply:\n" + key("conditional_capacity", "true"));
  const auto result = selected(asked, rules);
  EXPECT_EQ(told(result), "a 1 selected 4; b 2 selected 4");
  EXPECT_EQ(of(result, "a").conditional_count, 0);
  EXPECT_EQ(of(result, "b").conditional_count, 2);
  EXPECT_EQ(result.totals.awarded_conditional, 2);
  EXPECT_NE(step(of(result, "b"), "selection.conditional"), nullptr);
}

std::string classes() {
  return key("priority_classes",
             "[{id: club, title: {ko: 클럽}, all: [{is: certificate.valid, of: digital_leaders}]},"
             " {id: cluster, title: {ko: 집적단지}, all: [{is: statement, of: 수행기관}]}]");
}

TEST(Select, E6_D15_PriorityIsEvaluatedFirstAndDoesNotChangeTheRank) {
  auto asked = request(1, five_of_the_seed());
  asked.applications[4].priorities =
      std::vector<model::SelectionClaim>{{"cluster", true, "수행사업명 기재"}};                           // E
  asked.applications[3].priorities = std::vector<model::SelectionClaim>{{"club", false, "사업명 없음"}};  // D
  const auto rules = rules_with(panel(), classes());
  const auto result = selected(asked, rules);
  EXPECT_EQ(result.evaluation_order, (std::vector<std::string>{"E", "A", "B", "C", "D"}));
  EXPECT_EQ(told(result).substr(0, 12), "C 1 selected");
  const auto ranks = rules_with(panel(), classes() + key("priority_effect", "rank"));
  EXPECT_EQ(told(selected(asked, ranks)).substr(0, 12), "E 1 selected");
}

std::string bonuses(const std::string& more = "") {
  return panel() + more +
         key("bonuses",
             "[{id: regional, title: {ko: 지역}, points: 3, when: [{is: org.region, not: true, in: [seoul, "
             "incheon, gyeonggi]}]},"
             " {id: youth, title: {ko: 청년}, points: 2, when: [{is: certificate.valid, of: youth}]}]");
}

// D15: a contractor has priority where form and plan name the programme, and only then.
TEST(Select, D15_E6_AClaimOfAProgrammeIsReadOnPlanAndAnswers) {
  const auto rules = rules_with(panel(), key("priority_classes",
                                             "[{id: cluster, title: {ko: 집적단지}, all: [{is: "
                                             "programme.contractor, in: [ai-cluster]}]}]"));
  auto it = application("b", 1, {2000, 2000, 1000, 1000}, 60);
  it.facts.emplace().programmes = std::vector<model::SelectionProgramme>{
      {"ai-cluster", "집적단지 조성사업", true, base::Date{2025, 1, 1}, std::nullopt}};
  it.facts->plan = "영상 분류";
  it.facts->answers.emplace()["other_programmes"] = {"집적단지 조성사업"};
  const auto order = [&] {
    return selected(request(2, {application("a", 1, {2000, 2000, 1000, 1000}), it}), rules).evaluation_order;
  };
  EXPECT_EQ(order(), (std::vector<std::string>{"a", "b"})) << "the plan does not name it";
  it.facts->plan = "집적단지 조성사업의 영상 분류";
  EXPECT_EQ(order(), (std::vector<std::string>{"b", "a"}));
  (*it.facts->answers)["other_programmes"] = {"없음"};
  EXPECT_EQ(order(), (std::vector<std::string>{"a", "b"})) << "the form does not name it";
}

// Calls often count from the day of the announcement.
TEST(Select, E7_AConditionOnTheDayOnWhichTheCallOpens) {
  const auto rules = rules_with(
      panel() + key("bonuses",
                    "[{id: youth, title: {ko: 청년}, points: 2, when: [{is: person.age_on, at_most: 39, on: "
                    "call_open}]}]"),
      "");
  auto it = application("a", 1, {2000, 2000, 1000, 1000});
  it.facts.emplace().born_on = base::Date{1986, 3, 26};
  auto asked = request(1, {it});
  EXPECT_EQ(selected(asked, rules).ranking[0].bonus_centi_points, 0) << "the day is not given";
  asked.call_opens_on = base::Date{2026, 3, 25};
  EXPECT_EQ(selected(asked, rules).ranking[0].bonus_centi_points, 200);
  asked.call_opens_on = base::Date{2026, 3, 26};
  EXPECT_EQ(selected(asked, rules).ranking[0].bonus_centi_points, 0);
}

TEST(Select, E7_BonusByThePacksConditionsOrAsGranted) {
  const auto rules = rules_with(bonuses(), "");
  auto by_rule = application("a", 1, {2000, 2000, 1000, 1000});
  by_rule.facts = model::SelectionFacts{};
  by_rule.facts->region = "ulsan";
  auto granted = application("b", 1, {2000, 2000, 1000, 1000});
  granted.bonuses = std::vector<model::SelectionClaim>{{"youth", true, "확인서"}};
  auto refused = by_rule;
  refused.id = "c";
  refused.bonuses = std::vector<model::SelectionClaim>{{"regional", false, "본사가 서울"}};
  const auto result = selected(request(9, {by_rule, granted, refused}), rules);
  EXPECT_EQ(of(result, "a").bonus_centi_points, 300);
  EXPECT_EQ(of(result, "b").bonus_centi_points, 200);
  EXPECT_EQ(of(result, "c").bonus_centi_points, 0);
  EXPECT_NE(step(of(result, "a"), "selection.bonus_counted"), nullptr);
  EXPECT_NE(step(of(result, "c"), "selection.claim_refused"), nullptr);
  EXPECT_EQ(*of(result, "a").total_centi_points, 6300);
}

TEST(Select, E7_TheCapOfTheBonusHolds) {
  auto both = application("a", 1, {2000, 2000, 1000, 1000});
  both.bonuses = std::vector<model::SelectionClaim>{{"regional", true, "등기부"}, {"youth", true, "확인서"}};
  const auto capped = selected(request(9, {both}), rules_with(bonuses(key("bonus_cap_points", "4")), ""));
  EXPECT_EQ(capped.ranking[0].bonus_centi_points, 400);
  EXPECT_NE(step(capped.ranking[0], "selection.bonus_capped"), nullptr);
  EXPECT_EQ(selected(request(9, {both}), rules_with(bonuses(), "")).ranking[0].bonus_centi_points, 500);
}

TEST(Select, E3_TheThresholdIsReadBeforeOrAfterTheBonus) {
  auto it = application("a", 1, {2000, 2000, 1000, 800});  // 58
  it.bonuses = std::vector<model::SelectionClaim>{{"youth", true, "확인서"}};
  EXPECT_EQ(told(selected(request(9, {it}), rules_with(bonuses(), ""))), "a - below_threshold 0");
  const auto total = rules_with(bonuses(key("threshold_on", "total")), "");
  EXPECT_EQ(told(selected(request(9, {it}), total)), "a 1 selected 1");  // exactly 60
  it.reviews = {review("r1", {2000, 2000, 1000, 799})};
  EXPECT_EQ(told(selected(request(9, {it}), total)), "a - below_threshold 0");
}

TEST(Select, E12_C8_WithoutPointsTheOrderOfReceiptDecides) {
  const auto rules = rules_with(key("mode", "centre"), key("waiting_list", "true"));
  const auto result = selected(
      request(3, {application("a", 2, {}, 20), application("b", 2, {}, 10), application("c", 1, {}, 30)}),
      rules);
  EXPECT_EQ(told(result), "b 1 selected 2; a 2 waitlisted 0; c 3 selected 1");
  EXPECT_FALSE(result.ranking[0].total_centi_points);
  EXPECT_NE(step(of(result, "a"), "selection.order_of_receipt"), nullptr);
}

TEST(Select, OnlyWhatIsEligibleUnderThisPackIsConsidered) {  // invariant 3
  const auto rules = rules_with(panel(), "");
  auto all = five_of_the_seed();
  all[0].state = model::ApplicationState::kIneligible;
  all[1].state = model::ApplicationState::kIneligible;
  all[1].waiver_ground = "내부회의 결정";
  all[2].policy_hash = std::string(64, '0');
  all[4].state = model::ApplicationState::kWithdrawn;
  all[4].waiver_ground = "철회한 것은 되살리지 못합니다";
  const auto result = selected(request(9, all), rules);
  EXPECT_EQ(
      told(result),
      "B 1 selected 1; D - below_threshold 0; A - not_eligible 0; C - not_eligible 0; E - not_eligible 0");
  EXPECT_NE(step(of(result, "B"), "selection.waived"), nullptr);
  EXPECT_NE(step(of(result, "C"), "selection.other_policy"), nullptr);
}

TEST(Select, NothingToGiveAndNobodyThere) {
  const auto rules = rules_with(panel(), key("waiting_list", "true"));
  EXPECT_EQ(told(selected(request(0, five_of_the_seed()), rules)),
            "C 1 waitlisted 0; B 2 waitlisted 0; A 3 waitlisted 0; E 4 waitlisted 0; D - below_threshold 0");
  EXPECT_TRUE(selected(request(0, {}), rules).ranking.empty());
}

TEST(Select, E5_TiesThroughAllCriteriaAreBrokenByTimeThenById) {
  const auto rules = rules_with(panel(), "");
  const auto same = [](const std::string& id, std::int64_t second) {
    return application(id, 1, {2000, 2000, 1000, 1000}, second);
  };
  const auto result = selected(request(9, {same("b", 5), same("c", 5), same("a", 7)}), rules);
  EXPECT_EQ(told(result), "b 1 selected 1; c 2 selected 1; a 3 selected 1");
  EXPECT_NE(step(of(result, "c"), "selection.tie_by_id"), nullptr);
  EXPECT_NE(step(of(result, "a"), "selection.tie_by_time"), nullptr);
  const auto time_first = rules_with(panel(), key("tie_break", "[submission_time, criteria]"));
  EXPECT_EQ(told(selected(request(9, {application("a", 1, {2600, 2400, 1000, 1000}, 9),
                                      application("b", 1, {2500, 2500, 1000, 1000}, 5)}),
                          time_first)),
            "b 1 selected 1; a 2 selected 1");
}

}  // namespace
}  // namespace dure::selection
