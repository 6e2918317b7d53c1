// The packs of S2, S3 and S4 against the brochure, the press release and the article, figure by figure.
#include "base/quantity.h"
#include "policy/names.h"
#include "policy/test_layers.h"

namespace dure::policy {
namespace {

Pack pack_of(const std::string& name, bool sample_prices = false) {
  std::vector<Layer> layers{layer_at("policies/default/policy.yaml"), layer_at("policies/floors/policy.yaml"),
                            layer_at("policies/" + name + "/policy.yaml")};
  if (sample_prices) layers.push_back(layer_at("policies/" + name + "/sample-prices.yaml"));
  const auto merged = merge(layers);
  EXPECT_TRUE(merged.ok()) << name;
  return merged.ok() ? *merged : Pack{};
}

using base::Date;

// ---- S2: an operator that gives out blocks

TEST(S2, F12_P1_P2_BlocksOfWhicheverModelIsAskedFor) {
  const Pack pack = pack_of("s2-gpu-blocks");
  ASSERT_EQ(pack.offer.pools.size(), 1u);
  EXPECT_EQ(pack.offer.pools[0].unit, OfferUnit::kBlock);
  EXPECT_EQ(pack.offer.pools[0].share, ShareRule::kHard);
  EXPECT_TRUE(pack.offer.pools[0].models.empty());
}

TEST(S2, P3_SevenInstancesAtMost) {
  for (const Accelerator& each : pack_of("s2-gpu-blocks").catalogue.accelerators)
    EXPECT_EQ(each.mig_instances, each.model == "t4" ? 0 : 7) << each.model;
}

TEST(S2, G9_P4_WhatAGroupBinds) {
  EXPECT_EQ(pack_of("s2-gpu-blocks").offer.group_binds,
            (Words{"users", "nodes", "namespaces", "registries", "volumes"}));
}

TEST(S2, F13_FifoThatAnOperatorMayReorder) {
  const Pack pack = pack_of("s2-gpu-blocks");
  EXPECT_EQ(pack.queue.order, QueueOrder::kFifo);
  EXPECT_TRUE(pack.queue.operator_may_reorder);
}

TEST(S2, H7_I7_ChargedByUserAndTeamWithoutAPrice) {
  const Pack pack = pack_of("s2-gpu-blocks");
  EXPECT_TRUE(pack.on(Section::kBilling));
  EXPECT_EQ(pack.billing.charged_to, (Words{"user", "team"}));
  EXPECT_TRUE(pack.billing.prices.empty());
}

TEST(S2, M4_AlertsByKakaoAndSlack) {
  const Pack pack = pack_of("s2-gpu-blocks");
  std::set<Channel> channels;
  for (const NoticeRule& rule : pack.notify.rules)
    channels.insert(rule.channels.begin(), rule.channels.end());
  EXPECT_EQ(channels.count(Channel::kKakao) + channels.count(Channel::kSlack), 2u);
}

TEST(S2, WhatTheBrochureDoesNotKnowIsOff) {
  const Pack pack = pack_of("s2-gpu-blocks");
  for (const Section section : {Section::kSupply, Section::kCall, Section::kEligibility, Section::kEvaluation,
                                Section::kSelection, Section::kSanctions, Section::kOutcomes}) {
    EXPECT_FALSE(pack.on(section)) << static_cast<int>(section);
  }
}

// ---- S3: the three programmes of 2026

// One pack each, so that each loads alone (docs/decisions/0042-…); what they share is held alike here.
TEST(S3, B1_B4_WhatTheThreeShareIsWrittenAlike) {
  const Pack one = pack_of("s3-hpc-2026");
  const Pack two = pack_of("s3-research-2026");
  const Pack three = pack_of("s3-government-2026");
  for (const Pack* pack : {&one, &two, &three}) {
    EXPECT_EQ(pack->call.announced_on, (Date{2026, 3, 25}));
    EXPECT_EQ(pack->contact.portals.at(0).url, "https://aiinfrahub.kr");
  }
  EXPECT_EQ(one.call.briefings, two.call.briefings);
  EXPECT_EQ(one.call.briefings.at(0).on, (Date{2026, 4, 2}));
  EXPECT_EQ(one.call.briefings[0].at, "14:00");
  EXPECT_EQ(one.call.opens_on, two.call.opens_on);
  EXPECT_EQ(two.contact.portals.at(1).url, "https://aicomputing.ai.kr");
}

TEST(S3, A5_A7_ConditionalCapacityOfTwoBatches) {
  for (const auto& [name, least] : {std::pair("s3-hpc-2026", 1060), std::pair("s3-research-2026", 960)}) {
    const Pack pack = pack_of(name);
    const Batch& batch = pack.supply.batches.at(0);
    EXPECT_EQ(batch.quantity, least) << name;
    EXPECT_EQ(batch.quantity_is, QuantityIs::kAtLeast) << name;
    EXPECT_EQ(batch.tenure, Tenure::kLeased) << name;
    EXPECT_TRUE(batch.conditional && pack.supply.conditional_capacity) << name;
    EXPECT_FALSE(batch.service_from) << name;
    EXPECT_EQ(pack.supply.call_opens_on, (Date{2026, 3, 16})) << name;
  }
  EXPECT_EQ(pack_of("s3-government-2026").supply.batches.at(0).tenure, Tenure::kPurchased);
}

TEST(S3, B8_OneToSixteenGpus) {
  const Pool pool = pack_of("s3-hpc-2026").offer.pools.at(0);
  ASSERT_EQ(pool.unit_menu.size(), 16u);
  for (std::int64_t i = 0; i < 16; ++i)
    EXPECT_EQ(pool.unit_menu[static_cast<std::size_t>(i)], base::MilliGpu::cards(i + 1));
}

TEST(S3, B9_E8_ThirtyPercentOf960IsThirtySixWholeServers) {  // governance 6.7
  const Pack pack = pack_of("s3-research-2026");
  const Pool& pool = pack.offer.pools.at(0);
  EXPECT_EQ(pool.unit, OfferUnit::kServer);
  const Reservation& reserved = pack.selection.reservations.at(0);
  EXPECT_EQ(reserved.track, "young-researcher");
  const std::int64_t gpus = base::multiply_divide(pack.supply.target_gpus, reserved.share_bp, 10'000);
  EXPECT_EQ(gpus, 288);
  EXPECT_EQ(gpus / pool.gpus_per_unit, 36);
  EXPECT_EQ(pack.supply.target_gpus / pool.gpus_per_unit, 120);
}

TEST(S3, B5_C4_YoungIsByAppointmentOrByAge) {
  const auto& tracks = pack_of("s3-research-2026").call.tracks;
  ASSERT_EQ(tracks.size(), 2u);
  ASSERT_EQ(tracks[0].include.size(), 2u);  // one of them is enough
  EXPECT_EQ(tracks[0].include[0].all.at(0).is, Predicate::kPersonYearsSinceAppointment);
  EXPECT_EQ(tracks[0].include[0].all[0].at_most, 7);
  EXPECT_EQ(tracks[0].include[1].all.at(0).is, Predicate::kPersonAgeOn);
  EXPECT_EQ(tracks[0].include[1].all[0].at_most, 39);
}

TEST(S3, C3_IndustryAndResearchEachInTheirProgramme) {
  const auto classes = [](const std::string& name) {
    std::set<std::string> all;
    for (const Rule& rule : pack_of(name).eligibility.include)
      for (const Condition& each : rule.all) all.insert(each.in.begin(), each.in.end());
    return all;
  };
  EXPECT_EQ(classes("s3-hpc-2026").count("university"), 0u);
  EXPECT_EQ(classes("s3-hpc-2026").count("startup"), 1u);
  EXPECT_EQ(classes("s3-research-2026").count("university"), 1u);
  EXPECT_EQ(classes("s3-research-2026").count("startup"), 1u);  // companies may take part and pay
  EXPECT_EQ(classes("s3-government-2026").size(), 8u);          // all three
}

TEST(S3, E7_BonusForRegionAndYouth) {
  const auto bonuses = pack_of("s3-hpc-2026").evaluation.bonuses;
  ASSERT_EQ(bonuses.size(), 2u);
  EXPECT_TRUE(bonuses[0].when.at(0).negated);
  EXPECT_EQ(bonuses[0].when[0].in, (Words{"seoul", "incheon", "gyeonggi"}));
  EXPECT_EQ(bonuses[1].when.at(0).of, "youth_company");
  EXPECT_EQ(pack_of("s3-research-2026").evaluation.bonuses.at(0).when.at(0).in.size(), 3u);
}

TEST(S3, I2_TheSampleOfGovernance67) {  // 16 GPUs, three months, 3 %: 4,799,520; youth half of it
  const Pack pack = pack_of("s3-hpc-2026", true);
  const std::int64_t market = 16 * 3 * pack.billing.prices.at(0).price.won;
  const std::int64_t share = base::multiply_divide(market, pack.billing.matching.at(0).rate_bp, 10'000);
  EXPECT_EQ(share, 4'799'520);
  const RateRule& youth = pack.billing.discounts.at(0);
  EXPECT_EQ(share - base::multiply_divide(share, youth.rate_bp, 10'000), 2'399'760);
}

TEST(S3, I3_I4_I6_TheSampleOfGovernance67) {  // eight GPUs, twelve months: 25 %, 7.5 %, open source
  const Pack pack = pack_of("s3-research-2026", true);
  const std::int64_t market = 8 * 12 * pack.billing.prices.at(0).price.won;
  std::vector<std::int64_t> shares;
  shares.reserve(pack.billing.matching.size());
  for (const RateRule& rule : pack.billing.matching)
    shares.push_back(base::multiply_divide(market, rule.rate_bp, 10'000));
  EXPECT_EQ(shares, (std::vector<std::int64_t>{0, 79'992'000, 23'997'600}));
  EXPECT_EQ(pack.billing.waivers.at(0).all.at(0).is, Predicate::kProjectOpenSource);
  EXPECT_EQ(pack.billing.order.back(), RateStep::kWaiver);
}

TEST(S3, C8_B13_F7_GapsOfOneToFourMonthsForStandingDemand) {
  const Pack pack = pack_of("s3-government-2026");
  EXPECT_EQ(pack.call.kind, CallKind::kRolling);
  EXPECT_EQ(pack.call.opens_on, (Date{2026, 4, 1}));
  EXPECT_TRUE(pack.call.demand_register);
  EXPECT_EQ(calendar::to_text(*pack.award.min_period), "1 month");
  EXPECT_EQ(calendar::to_text(pack.award.max_period), "4 months");
  EXPECT_EQ(pack.evaluation.mode, EvaluationMode::kCentre);
  EXPECT_TRUE(pack.selection.waiting_list);
}

TEST(S3, H5_J1_ActualAgainstPlanOffPurposeLowUse) {
  const Pack pack = pack_of("s3-government-2026");
  EXPECT_TRUE(pack.utilisation.compare_with_plan);
  ASSERT_EQ(pack.sanctions.grounds.size(), 3u);
  for (const SanctionGround& ground : pack.sanctions.grounds)
    EXPECT_EQ(ground.measures, (std::vector<SanctionMeasure>{SanctionMeasure::kReclaim})) << ground.id;
}

// ---- S4: the supply of 2025

TEST(S4, A8_A10_TenThousandGpusAndTheBudget) {
  const Supply supply = pack_of("s4-procurement-2025").supply;
  EXPECT_EQ(supply.target_gpus, 10'000);
  EXPECT_EQ(supply.target_by, (Date{2025, 12, 31}));
  EXPECT_EQ(supply.budget.won, 1'460'000'000'000);
  EXPECT_TRUE(supply.within_budget);
  EXPECT_EQ(supply.decided_on, (Date{2025, 5, 14}));
  EXPECT_FALSE(supply.decided_by.ko.empty());
}

TEST(S4, A1_A2_MembersFirstThreeStepsThreeCriteria) {
  const Supply supply = pack_of("s4-procurement-2025").supply;
  EXPECT_EQ(supply.preferred_members_of, "national-ai-computing-centre");
  EXPECT_EQ(supply.member_preference, MemberPreference::kRankFirst);
  ASSERT_EQ(supply.phases.size(), 3u);
  EXPECT_EQ(supply.phases[0].phase, SupplyPhaseKind::kWritten);
  EXPECT_EQ(supply.phases[1].phase, SupplyPhaseKind::kPresentation);
  EXPECT_EQ(supply.phases[2], (SupplyPhaseRule{SupplyPhaseKind::kSiteVisit, 0, 1}));
  Words ids;
  ids.reserve(supply.criteria.size());
  for (const Criterion& each : supply.criteria) ids.push_back(each.id);
  EXPECT_EQ(ids, (Words{"capability", "speed", "own-use"}));
  EXPECT_EQ(supply.criteria[0].max_points + supply.criteria[1].max_points + supply.criteria[2].max_points,
            100);
}

TEST(S4, A3_FiveYearsOwnedByOneUsedByAnother) {
  const Supply supply = pack_of("s4-procurement-2025").supply;
  EXPECT_EQ(calendar::to_text(*supply.agreement_term), "5 years");
  EXPECT_EQ(supply.owner, "NIPA");
  EXPECT_EQ(supply.user, "national-ai-computing-centre");
  EXPECT_TRUE(supply.self_use_allowed && supply.self_use_is_running_cost);
  EXPECT_FALSE(supply.self_use_max_bp);  // not stated
}

TEST(S4, A4_A11_StepByStepWithStabilisationAtTheEnd) {
  const Supply supply = pack_of("s4-procurement-2025").supply;
  ASSERT_EQ(supply.stages.size(), 6u);
  EXPECT_EQ(supply.stages[4], SupplyStage::kStabilisation);
  EXPECT_EQ(supply.facilities, (Words{"power", "network"}));
  EXPECT_EQ(supply.briefings.at(0).on, (Date{2025, 5, 16}));
  EXPECT_EQ(supply.service_from, (Date{2025, 10, 1}));
}

TEST(S4, A6_A9_I5_SharesFollowThreeWeightsThatAreOpen) {
  const Supply supply = pack_of("s4-procurement-2025").supply;
  EXPECT_EQ(supply.share_weights, (ShareWeights{1, 1, 1}));  // the article names them and weighs none
  EXPECT_EQ(supply.beneficiaries.back(), "national_project");
  ASSERT_EQ(supply.groups.size(), supply.beneficiaries.size());
  for (std::size_t i = 0; i < supply.groups.size(); ++i)
    EXPECT_EQ(supply.groups[i].id, supply.beneficiaries[i]);
  EXPECT_EQ(supply.matching_level_by, (Date{2025, 9, 30}));
}

TEST(S4, OnlySupplyIsOn) {
  const Pack pack = pack_of("s4-procurement-2025");
  for (const SectionInfo& section : section_table()) {
    if (section.always_on || section.section == Section::kSupply) continue;
    EXPECT_FALSE(pack.on(section.section)) << section.name;
  }
}

}  // namespace
}  // namespace dure::policy
