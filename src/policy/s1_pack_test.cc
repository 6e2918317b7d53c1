// The pack of AICA 2024 against its announcement, figure by figure.
#include <algorithm>
#include <map>

#include "calendar/period.h"
#include "policy/names.h"
#include "policy/test_layers.h"

namespace dure::policy {
namespace {

const Pack& s1() {
  static const Pack pack = [] {
    const auto merged =
        merge({layer_at("policies/default/policy.yaml"), layer_at("policies/floors/policy.yaml"),
               layer_at("policies/s1-aica-2024/policy.yaml")});
    EXPECT_TRUE(merged.ok());
    return merged.ok() ? *merged : Pack{};
  }();
  return pack;
}

using base::Date;

std::string day(const Date& date) {
  return base::to_text(date);
}

const Pool& pool(const std::string& id) {
  for (const Pool& each : s1().offer.pools)
    if (each.id == id) return each;
  ADD_FAILURE() << id;
  return s1().offer.pools.at(0);
}

TEST(S1, B2_B3_RollingEvaluatedEachQuarterEarlyCloseToldThreeWeeksBefore) {
  const Call& call = s1().call;
  EXPECT_EQ(call.kind, CallKind::kRolling);
  EXPECT_EQ(call.announced_on, (Date{2024, 2, 13}));
  EXPECT_EQ(call.opens_on, (Date{2024, 2, 13}));
  EXPECT_FALSE(call.closes_on);
  EXPECT_EQ(call.min_rounds_per_quarter, 1);
  EXPECT_EQ(day(calendar::last_notice_day({2024, 3, 15}, *call.early_close_notice)), "2024-02-22");
}

TEST(S1, E11_PanelWithinTwoWeeksNoticeWithinThree) {  // governance 6.7
  const auto due = [](const calendar::Length& length) {
    return day(calendar::period_end({2024, 3, 15}, length, deadline_rule(s1()), business_days_of(s1())));
  };
  EXPECT_EQ(due(*s1().call.panel_within), "2024-03-29");
  EXPECT_EQ(due(*s1().call.result_within), "2024-04-05");
}

TEST(S1, B12_D3_D4_PapersWithTheirExtensionsAndSigners) {
  const auto& list = s1().documents.list;
  ASSERT_EQ(list.size(), 9u);
  const auto row = [&](std::size_t i) {
    std::string text =
        list[i].kind + " " + std::string(name_of(list[i].need)) + " " + std::string(name_of(list[i].signer));
    for (const std::string& extension : list[i].extensions) text += " " + extension;
    return text;
  };
  EXPECT_EQ(row(0), "application_and_plan required leader hwp doc docx pdf");
  EXPECT_EQ(row(1), "summary_sheet required none xls xlsx");
  EXPECT_EQ(row(2), "privacy_consent required leader_and_developers pdf");
  EXPECT_EQ(row(3), "data_definition required none hwp doc docx pdf");
  EXPECT_EQ(row(4), "business_certificate required none pdf");
  EXPECT_EQ(row(5), "employment_proof required none pdf");
  EXPECT_EQ(row(6), "sme_certificate optional none pdf");
  EXPECT_EQ(row(7), "digital_leaders_certificate optional none pdf");
  EXPECT_EQ(row(8), "agreement_with_agency optional none pdf");
  ASSERT_EQ(s1().call.attachments.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(s1().call.attachments[i].document, list[i].kind);
}

TEST(S1, C2_LargeCompaniesOnlyWithTheCertificateNobodyUnaffiliated) {
  const Eligibility& rules = s1().eligibility;
  ASSERT_EQ(rules.include.size(), 2u);
  const auto& classes = rules.include[0].all.at(1).in;
  EXPECT_EQ(std::count(classes.begin(), classes.end(), "large_company"), 0);
  EXPECT_EQ(classes.size(), 9u);
  EXPECT_EQ(rules.include[0].all.at(2).in.size(), 17u);  // the whole country
  EXPECT_EQ(rules.include[1].all.at(0).in, (Words{"large_company"}));
  EXPECT_EQ(rules.include[1].all.at(1).of, "digital_leaders");
  ASSERT_EQ(rules.exclude.size(), 2u);
  EXPECT_EQ(rules.exclude[0].all.at(0).is, Predicate::kAffiliationPresent);
  EXPECT_TRUE(rules.exclude[0].all.at(0).negated);
}

TEST(S1, C5_FiveGroundsThatMayExcludeAndAPersonDecides) {
  const auto& grounds = s1().eligibility.person_decides;
  Words ids;
  ids.reserve(grounds.size());
  for (const Rule& rule : grounds) ids.push_back(rule.id);
  EXPECT_EQ(ids, (Words{"participation-ban", "sanctioned-by-law", "no-recent-use", "false-statement",
                        "social-controversy"}));
  const Condition& ban = s1().eligibility.person_decides[0].all.at(0);
  EXPECT_EQ(ban.on, ReferenceDay::kReceipt);  // as of the day of receipt
  EXPECT_EQ(s1().eligibility.person_decides[2].all.at(0).window_days, 30);
}

TEST(S1, C7_MissingEvidenceIsFinal) {
  EXPECT_EQ(s1().eligibility.missing_evidence, MissingEvidence::kIneligible);
}

TEST(S1, C6_C9_D5_D15_WhatTheFormMustHave) {
  const ApplicationRules& rules = s1().application;
  std::string fields;
  for (const FormField& each : rules.fields)
    fields += each.id + " " + std::string(name_of(each.type)) + " " + std::string(name_of(each.need)) + "; ";
  EXPECT_EQ(
      fields,
      "ai_model text required; training_content long_text required; monthly_plan monthly_plan required; "
      "leader_contact contact required; developer_contact contact required; first_use_on date required; "
      "storage_reason long_text optional; other_programmes text optional; ");
  EXPECT_TRUE(rules.distinct_titles);
  EXPECT_EQ(s1().selection.priority_classes.at(0).all.at(0).is, Predicate::kProgrammeContractor);
  EXPECT_EQ(rules.contacts, (Words{"leader", "developer"}));
  EXPECT_TRUE(rules.one_ai_model_each);
  EXPECT_TRUE(rules.priority_needs_name);
  EXPECT_TRUE(rules.immediate_use_planned);
  EXPECT_TRUE(rules.signature_required);
}

TEST(S1, B10_P18_ThePoolsWithCpuAndMemory) {
  const auto row = [](const std::string& id) {
    const Pool& each = pool(id);
    return std::string(name_of(each.kind)) + " " + each.models.at(0) + " x" +
           std::to_string(each.gpus_per_unit) + " " + std::to_string(each.milli_teraflops_per_unit) +
           " mTF " + std::to_string(each.cpu_cores_per_unit) + " cores " +
           std::to_string(each.memory_per_unit.value / 1'000'000'000) + " GB";
  };
  EXPECT_EQ(row("dedicated-t4"), "dedicated t4 x2 16000 mTF 12 cores 175 GB");
  EXPECT_EQ(row("dedicated-h100"), "dedicated h100 x1 67000 mTF 12 cores 225 GB");
  EXPECT_EQ(row("shared-bow"), "shared bow x4 350000 mTF 32 cores 800 GB");
  EXPECT_EQ(pool("dedicated-t4").unit, OfferUnit::kServer);
}

TEST(S1, B7_P21_TheMenuOfBowInTeraflops) {  // 87.5 / 175 / 350 / 700 / 1,400 TF; 32 cards are not offered
  const Pool& bow = pool("shared-bow");
  std::vector<std::int64_t> milli_teraflops;
  milli_teraflops.reserve(bow.unit_menu.size());
  for (const base::MilliGpu& amount : bow.unit_menu) {
    milli_teraflops.push_back(base::multiply_divide(amount.value, bow.milli_teraflops_per_unit,
                                                    base::MilliGpu::cards(bow.gpus_per_unit).value));
  }
  EXPECT_EQ(milli_teraflops, (std::vector<std::int64_t>{87'500, 175'000, 350'000, 700'000, 1'400'000}));
  EXPECT_EQ(s1().catalogue.accelerators.at(2).model, "bow");
  EXPECT_EQ(s1().catalogue.accelerators[2].milli_teraflops, 87'500);
}

TEST(S1, B6_F10_D11_OnePoolOneModelFiftyTerabytesAndTwenty) {
  const Offer& offer = s1().offer;
  EXPECT_TRUE(offer.one_pool_per_project);
  EXPECT_TRUE(offer.one_model_per_project);
  EXPECT_EQ(offer.storage_primary.value, 50'000'000'000'000);
  EXPECT_EQ(offer.storage_backup.value, 20'000'000'000'000);
  EXPECT_TRUE(offer.more_storage_with_reason);
  EXPECT_TRUE(offer.may_change);  // F11
}

TEST(S1, P15_P30_P32_ServicesOfTheDedicatedPoolOnly) {
  std::map<ServiceKind, std::size_t> count;
  for (const CatalogueService& each : s1().catalogue.services) {
    ++count[each.kind];
    if (each.kind == ServiceKind::kSecurity) continue;
    EXPECT_EQ(each.pools, (Words{"dedicated-t4", "dedicated-h100"})) << each.id;
  }
  EXPECT_EQ(count[ServiceKind::kAiService], 9u);  // nine names are given for "ten"
  EXPECT_EQ(count[ServiceKind::kDeveloperTool] + count[ServiceKind::kDataService], 5u);
  EXPECT_EQ(count[ServiceKind::kSecurity], 13u);
}

TEST(S1, E1_E2_E3_SevenExpertsFourCriteriaSixtyPoints) {
  const Evaluation& rules = s1().evaluation;
  EXPECT_EQ(rules.mode, EvaluationMode::kPanel);
  EXPECT_EQ(rules.panel_size, 7);
  EXPECT_TRUE(rules.outside_experts_only);
  std::string criteria;
  for (const Criterion& each : rules.criteria)
    criteria += each.id + " " + std::to_string(each.max_points) + " (" + std::to_string(each.tie_order) +
                ", " + std::to_string(each.items.size()) + ") ";
  EXPECT_EQ(criteria, "policy-fit 30 (1, 1) excellence 30 (2, 2) feasibility 20 (3, 2) outcomes 20 (4, 2) ");
  EXPECT_EQ(rules.total_points, 100);
  EXPECT_EQ(rules.threshold_points, 60);
  EXPECT_TRUE(rules.bonuses.empty());
}

TEST(S1, E5_E6_E10_TiesByCriteriaPriorityIsScheduling) {
  const Selection& rules = s1().selection;
  EXPECT_EQ(rules.tie_break, (std::vector<TieBreak>{TieBreak::kCriteria, TieBreak::kSubmissionTime}));
  EXPECT_EQ(rules.priority_effect, PriorityEffect::kSchedule);
  ASSERT_EQ(rules.priority_classes.size(), 2u);
  EXPECT_EQ(rules.priority_classes[1].id, "digital-leaders");
  EXPECT_TRUE(rules.partial_award);
}

TEST(S1, F3_F4_F5_SetupTwoWeeksThenTrainingThenUseUntilDecember) {
  const Award& award = s1().award;
  EXPECT_EQ(award.setup_grace_days, 14);
  EXPECT_TRUE(award.training_required);
  ASSERT_EQ(award.training.size(), 1u);
  EXPECT_EQ(award.training[0].id, "before-use");
  EXPECT_FALSE(award.training[0].address.empty());
  EXPECT_EQ(award.steps, (std::vector<AwardStep>{AwardStep::kAllocation, AwardStep::kSetup,
                                                 AwardStep::kTraining, AwardStep::kUse}));
  EXPECT_EQ(award.use_until, (Date{2024, 12, 31}));
}

TEST(S1, F11_AnotherResourceIsAnsweredInSevenDays) {
  EXPECT_EQ(s1().award.counter_offer_within, (calendar::Length{7, calendar::Unit::kDays}));
}

TEST(S1, H3_H4_H9_MonthlyAndQuarterlyForTheDedicatedPool) {
  const Utilisation& rules = s1().utilisation;
  EXPECT_EQ(rules.measure_cycle, ReviewCycle::kMonthly);
  EXPECT_EQ(rules.review_cycle, ReviewCycle::kQuarterly);
  EXPECT_EQ(rules.measures, (std::vector<UseMeasure>{UseMeasure::kIncrease, UseMeasure::kKeep,
                                                     UseMeasure::kReduce, UseMeasure::kReclaim}));
  EXPECT_EQ(std::count(rules.exempt.begin(), rules.exempt.end(), Exemption::kSharedPool), 1);
  EXPECT_TRUE(rules.criteria_published_first);
  EXPECT_TRUE(rules.bands.empty());  // "to be announced"
}

TEST(S1, J1_J4_J5_J6_GroundsAndMeasures) {
  std::string grounds;
  for (const SanctionGround& ground : s1().sanctions.grounds) {
    grounds += ground.id + ":";
    for (const SanctionMeasure measure : ground.measures) grounds += " " + std::string(name_of(measure));
    grounds += ground.at_once ? " at once; " : "; ";
  }
  EXPECT_EQ(grounds,
            "off-purpose: reclaim; mining-or-fake-load: stop reclaim at once; no-report: reclaim restrict; "
            "no-data-definition: stop; false-statement: restrict; ");
}

TEST(S1, K2_TheReportAndTheRuleForDecember) {  // governance 6.7
  const Obligation& report = s1().outcomes.obligations.at(0);
  const auto due = [&](const Date& end) {
    return day(calendar::due_date(end, report.due, business_days_of(s1())));
  };
  EXPECT_EQ(due({2024, 9, 30}), "2024-10-31");
  EXPECT_EQ(due({2024, 11, 30}), "2024-12-31");
  EXPECT_EQ(due({2024, 12, 31}), "2024-11-30");
  EXPECT_TRUE(s1().outcomes.evidence_required);
}

TEST(S1, K3_ElevenKindsOfOutcome) {
  const auto& kinds = s1().outcomes.kinds;
  EXPECT_EQ(kinds.size(), 11u);
  EXPECT_EQ(std::set<std::string>(kinds.begin(), kinds.end()).size(), 11u);
}

TEST(S1, K5_K6_FiveModesAndThreeTypesInOrder) {
  const Outcomes& rules = s1().outcomes;
  EXPECT_EQ(rules.data_share_modes.size(), 5u);
  std::string types;
  for (const DataShareType& type : rules.data_share_types)
    types += type.id + " " + std::to_string(type.rank) + " when " + std::to_string(type.when.size()) + "; ";
  EXPECT_EQ(types, "type-1 1 when 0; type-2a 2 when 1; type-2b 2 when 1; type-3 3 when 2; ");
  EXPECT_EQ(rules.obligations.at(1).kind, "data_share");
  EXPECT_EQ(calendar::to_text(rules.obligations[1].due.after), "1 month");
  EXPECT_TRUE(rules.data_registered_by_owner);
}

TEST(S1, K7_M5_SurveyAndDesks) {
  EXPECT_EQ(s1().outcomes.surveys_per_year, 1);
  EXPECT_TRUE(s1().outcomes.further_surveys);
  EXPECT_EQ(s1().contact.desks.size(), 4u);
  EXPECT_EQ(s1().provenance("contact.desks")->confidence, Confidence::kUnverified);
}

}  // namespace
}  // namespace dure::policy
