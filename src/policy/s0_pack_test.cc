// The pack of the regional centre against its guideline, article by article.
#include "base/quantity.h"
#include "policy/names.h"
#include "policy/test_layers.h"

namespace dure::policy {
namespace {

Pack s0(bool sample_prices = false) {
  std::vector<Layer> layers{layer_at("policies/default/policy.yaml"), layer_at("policies/floors/policy.yaml"),
                            layer_at("policies/s0-regional-centre/policy.yaml")};
  if (sample_prices) layers.push_back(layer_at("policies/s0-regional-centre/sample-prices.yaml"));
  const auto pack = merge(layers);
  EXPECT_TRUE(pack.ok());
  return pack.ok() ? *pack : Pack{};
}

// The key is set by the programme and cites that article.
void expect_source(const Pack& pack, const std::string& key, const std::string& article) {
  const Provenance* provenance = pack.provenance(key);
  ASSERT_NE(provenance, nullptr) << key;
  EXPECT_EQ(provenance->layer_id, "s0-regional-centre") << key;
  EXPECT_NE(provenance->source.find(article), std::string::npos) << key << ": " << provenance->source;
}

TEST(S0, C1_RegionBindsOrganisationsAndParticipatingUniversitiesAreABranch) {  // articles 1 and 2
  const Pack pack = s0();
  ASSERT_EQ(pack.eligibility.include.size(), 2u);
  const Rule& resident = pack.eligibility.include[0];
  Condition region;
  region.is = Predicate::kOrgRegion;
  region.in = {"ulsan", "gyeongnam"};
  EXPECT_EQ(resident.all.at(0), region);
  EXPECT_EQ(resident.all.at(1).is, Predicate::kOrgClass);
  EXPECT_EQ(std::count(resident.all[1].in.begin(), resident.all[1].in.end(), "university"), 0);
  EXPECT_EQ(std::count(resident.all[1].in.begin(), resident.all[1].in.end(), "institute"), 1);
  const Rule& university = pack.eligibility.include[1];
  EXPECT_EQ(university.all.at(0).in, (Words{"university"}));
  EXPECT_EQ(university.all.at(1).is, Predicate::kAffiliationParticipating);
  EXPECT_EQ(university.source, "지침 제2조제2호");
  expect_source(pack, "eligibility.include", "제2조");
}

TEST(S0, F14_TheCeilingOfOneAccount) {  // article 3
  const Ceiling ceiling = s0().offer.ceiling;
  EXPECT_EQ(ceiling.gpu, base::MilliGpu::cards(8));
  EXPECT_EQ(ceiling.gpu_memory.value, 320LL << 30);
  EXPECT_EQ(ceiling.cpu_cores, 255);
  EXPECT_EQ(ceiling.memory.value, 1000LL << 30);
  EXPECT_EQ(ceiling.storage.value, 1'000'000'000'000);
  EXPECT_EQ(ceiling.network_mbps, 10'000);
  expect_source(s0(), "offer.ceiling", "제3조제3호");
  EXPECT_EQ(s0().offer.pools.at(0).kind, PoolKind::kShared);
}

TEST(S0, F1_OneIdPerUnitByDemand) {  // article 3
  const Offer offer = s0().offer;
  ASSERT_EQ(offer.id_scope.size(), 3u);
  EXPECT_EQ(offer.id_scope[0], (IdScope{{"large_company", "public_body"}, {"department"}, 1}));
  EXPECT_EQ(offer.id_scope[1], (IdScope{{"university"}, {"department", "professor", "laboratory"}, 1}));
  EXPECT_EQ(offer.id_scope[2].units, (Words{"company", "department"}));
  EXPECT_TRUE(offer.ids_by_demand);
}

TEST(S0, F8_FifoWithAutomaticReservation) {  // article 3
  const Pack pack = s0();
  EXPECT_EQ(pack.queue.order, QueueOrder::kFifo);
  EXPECT_TRUE(pack.queue.automatic_pending);
  expect_source(pack, "queue.order", "제3조제3호");
}

TEST(S0, D1_FormOneNewAndChange) {  // article 4, form 1
  const Pack pack = s0();
  EXPECT_EQ(pack.application.kinds, (Words{"new", "change"}));
  EXPECT_EQ(pack.application.form, "form1");
  EXPECT_TRUE(pack.application.guideline_consent_required);
  EXPECT_TRUE(pack.application.signature_required);
  EXPECT_TRUE(pack.application.change_must_be_filed);
  EXPECT_EQ(pack.documents.list.at(0).kind, "form1");
  EXPECT_EQ(pack.documents.list.at(0).signer, Signer::kApplicant);
  expect_source(pack, "application.form", "제4조제1항");
}

TEST(S0, E12_TheCentreEvaluatesWithoutPoints) {  // article 4(1)1
  const Pack pack = s0();
  EXPECT_EQ(pack.evaluation.mode, EvaluationMode::kCentre);
  EXPECT_TRUE(pack.evaluation.criteria.empty());
  EXPECT_FALSE(pack.evaluation.threshold_points);
  expect_source(pack, "evaluation.mode", "제4조제1항제1호");
}

TEST(S0, F5_SixMonthsAtMost) {  // article 6
  const Pack pack = s0();
  EXPECT_EQ(pack.award.max_period, (calendar::Length{6, calendar::Unit::kMonths}));
  expect_source(pack, "award.max_period", "제6조");
}

TEST(S0, F6_OutagesAreGivenBackOneToOne) {  // article 10(2)2
  const Pack pack = s0();
  EXPECT_EQ(pack.award.outage_extension, OutageExtension::kOneToOne);
  expect_source(pack, "award.outage_extension", "제10조제2항제2호");
}

TEST(S0, G1_G2_PasswordRules) {  // article 5
  const Pack pack = s0();
  const PasswordRules& rules = pack.account.password;
  EXPECT_EQ(rules.min_length, 12);
  EXPECT_EQ(rules.classes, (std::vector<CharacterClass>{CharacterClass::kDigit, CharacterClass::kLower,
                                                        CharacterClass::kUpper, CharacterClass::kSpecial}));
  EXPECT_EQ(rules.run_min, 4);
  EXPECT_EQ(rules.keyboard_layouts,
            (std::vector<KeyboardLayout>{KeyboardLayout::kQwerty, KeyboardLayout::kDubeolsik}));
  EXPECT_TRUE(rules.zigzag);
  EXPECT_TRUE(rules.one_way);
  expect_source(pack, "account.password.min_length", "제5조");
  EXPECT_EQ(pack.provenance("account.password.run_min")->confidence, Confidence::kInterpreted);
}

TEST(S0, G3_ThreeMonthsThenATemporaryPassword) {  // articles 5 and 10(5)
  const Pack pack = s0();
  EXPECT_EQ(pack.account.password.max_age, (calendar::Length{3, calendar::Unit::kMonths}));
  EXPECT_EQ(pack.account.password.on_expiry, OnExpiry::kTemporaryByAdmin);
  EXPECT_TRUE(pack.account.temporary_password_must_change);
  expect_source(pack, "account.password.max_age", "제5조제2호");
  expect_source(pack, "account.password.on_expiry", "제10조제5항");
}

TEST(S0, G5_FiveConnectionsNoneCutOff) {  // article 11(1)
  const Pack pack = s0();
  EXPECT_EQ(pack.account.max_sessions, 5);
  EXPECT_EQ(pack.account.evict, Evict::kNever);
  expect_source(pack, "account.max_sessions", "제11조제1항");
}

TEST(S0, G4_FiveFailuresLockAndCountForTheAddress) {  // article 11(2)
  const Pack pack = s0();
  EXPECT_EQ(pack.account.lock_failures, 5);
  EXPECT_TRUE(pack.account.ip_block);
  EXPECT_EQ(pack.account.ip_block_failures, 5);
  expect_source(pack, "account.lock_failures", "제11조제2항");
}

TEST(S0, G6_TheRegisteredAddressOnly) {  // article 3, form 1
  const Pack pack = s0();
  EXPECT_EQ(pack.account.ip_allowlist, IpAllowlist::kRegistered);
  expect_source(pack, "account.ip_allowlist", "제3조제1호");
}

TEST(S0, D12_DataThatNeedsAPriorCheck) {  // article 7
  const Pack pack = s0();
  EXPECT_EQ(pack.application.data_precheck,
            (Words{"faces_or_personal", "medical", "other_personal", "copyrighted"}));
  expect_source(pack, "application.data_precheck", "제7조제1항");
}

TEST(S0, H1_TwentyOneDaysWithoutLoginOrUse) {  // article 10(3)
  const Pack pack = s0();
  EXPECT_EQ(pack.utilisation.idle_days, 21);
  EXPECT_EQ(pack.utilisation.idle_when, IdleWhen::kNoLoginOrNoUse);
  EXPECT_EQ(pack.utilisation.idle_measure, IdleMeasure::kReclaim);
  EXPECT_GT(pack.utilisation.notice_days, 0);
  expect_source(pack, "utilisation.idle_days", "제10조제3항제1호");
  EXPECT_EQ(pack.provenance("utilisation.idle_when")->confidence, Confidence::kInterpreted);
}

TEST(S0, H2_LowUseHasNoNumber) {  // articles 3(5), 10(4)
  const Pack pack = s0();
  EXPECT_TRUE(pack.utilisation.low_use_partial_reclaim);
  EXPECT_TRUE(pack.utilisation.bands.empty());
  expect_source(pack, "utilisation.low_use_partial_reclaim", "제10조제4항");
}

TEST(S0, J1_J3_StopAndReclaimAtOnceDeliberationBeforeLegalActionOnly) {  // article 4(3)
  const Pack pack = s0();
  ASSERT_EQ(pack.sanctions.grounds.size(), 3u);
  const SanctionGround& off_purpose = pack.sanctions.grounds[0];
  EXPECT_TRUE(off_purpose.at_once);
  EXPECT_EQ(off_purpose.measures,
            (std::vector<SanctionMeasure>{SanctionMeasure::kStop, SanctionMeasure::kReclaim,
                                          SanctionMeasure::kRestrict}));
  const SanctionGround& mining = pack.sanctions.grounds[1];
  EXPECT_TRUE(mining.at_once);
  EXPECT_EQ(mining.deliberation, Deliberation::kBeforeLegalAction);
  EXPECT_EQ(mining.measures.back(), SanctionMeasure::kLegalAction);
  EXPECT_TRUE(pack.sanctions.grounds[2].user_liable);  // article 7(2), J7
  EXPECT_EQ(pack.sanctions.opinion_days, 10);          // R17, from the default layer
  expect_source(pack, "sanctions.grounds", "제4조제3항");
}

TEST(S0, I1_NothingIsChargedDuringTheProgramme) {  // article 4(4)
  const Pack pack = s0();
  EXPECT_TRUE(pack.on(Section::kBilling));
  EXPECT_TRUE(pack.billing.free_during_programme);
  EXPECT_TRUE(pack.billing.fee_needs_amendment);
  for (const PriceItem& item : pack.billing.prices) EXPECT_EQ(item.price.won, 0);
  EXPECT_EQ(pack.billing.rounding.drop_below_won, 10);  // R19
  expect_source(pack, "billing.prices", "제4조제4항");
}

TEST(S0, I1_TheSampleListShowsMoneyForTheSameUse) {
  const Pack pack = s0(true);
  EXPECT_FALSE(pack.billing.free_during_programme);
  EXPECT_EQ(pack.provenance("billing.prices")->layer, LayerKind::kWhatIf);
  bool any_model = false;
  for (const PriceItem& item : pack.billing.prices) {
    EXPECT_GT(item.price.won, 0) << item.id;
    any_model = any_model || item.model.empty();
  }
  EXPECT_TRUE(any_model) << "a model without an item of its own needs a price too";
  EXPECT_NE(pack.hash(), s0().hash());
}

TEST(S0, K1_K4_FormTwoAndTheAcknowledgement) {  // article 9
  const Pack pack = s0();
  EXPECT_EQ(pack.outcomes.kinds, (Words{"paper", "patent", "other"}));
  EXPECT_EQ(pack.outcomes.obligations.at(0).form, "form2");
  EXPECT_EQ(pack.outcomes.obligations.at(0).after_event, ObligationEvent::kAllocationEnd);
  EXPECT_EQ(pack.outcomes.grant_number, "2021RIS-003");
  EXPECT_EQ(pack.outcomes.acknowledgement.ko,
            "본 과제(결과물)는 {year}년도 교육부의 재원으로 한국연구재단의 지원을 받아 수행된 지자체-대학 "
            "협력기반 지역혁신 "
            "사업의 결과입니다.(2021RIS-003)");
  EXPECT_EQ(
      pack.outcomes.acknowledgement.en,
      "This results was supported by \"Regional Innovation Strategy (RIS)\" through the National Research "
      "Foundation of Korea(NRF) funded by the Ministry of Education(MOE)(2021RIS-003)");
  expect_source(pack, "outcomes.acknowledgement", "제9조제1항");
  EXPECT_EQ(pack.provenance("outcomes.obligations")->confidence,
            Confidence::kChosen);  // no due date is given
}

TEST(S0, K1_TheReportFallsDueAMonthAfterTheEnd) {
  const Pack pack = s0();
  const auto due =
      calendar::due_date({2027, 2, 28}, pack.outcomes.obligations.at(0).due, business_days_of(pack));
  EXPECT_EQ(base::to_text(due), "2027-03-31");
}

TEST(S0, L1_AccountAndDataAreDeletedAtTheEnd) {  // articles 6 and 10(6)
  const Pack pack = s0();
  EXPECT_EQ(pack.retention.delete_after_end_days, 5);
  expect_source(pack, "retention.delete_after_end_days", "제6조제2호");
  bool programme_end = false;
  for (const NoticeRule& rule : pack.notify.rules) {
    programme_end = programme_end || (rule.event == "programme.ending" && rule.source == "지침 제10조제6항");
  }
  EXPECT_TRUE(programme_end);
}

TEST(S0, M1_M2_UrgentStopsAndWhoDecidesTheRest) {  // articles 10(2) and 12
  const Pack pack = s0();
  EXPECT_TRUE(pack.notify.urgent_stop_without_notice);
  EXPECT_NE(pack.determination.procedure.ko.find("내부회의"), std::string::npos);
  expect_source(pack, "determination.decided_by", "제12조");
}

TEST(S0, M3_M7_TheVersionAndItsEnd) {  // addenda
  const Pack pack = s0();
  EXPECT_EQ(pack.meta.issued_on, (base::Date{2021, 10, 18}));
  EXPECT_EQ(pack.meta.effective_from, (base::Date{2022, 11, 21}));
  EXPECT_EQ(pack.meta.version, "2022-11-21");
  EXPECT_FALSE(pack.meta.ends_with.empty());
  EXPECT_EQ(zone_of(pack).name, "Asia/Seoul");
}

TEST(S0, WhatTheGuidelineDoesNotKnowIsOff) {
  const Pack pack = s0();
  EXPECT_FALSE(pack.on(Section::kSupply));
  EXPECT_FALSE(pack.on(Section::kSelection));
}

TEST(S0, EveryValueCitesASource) {
  const Pack pack = s0(true);
  for (const Layer& layer : pack.layers) {
    for (const auto& [key, entry] : layer.entries) EXPECT_FALSE(entry.source.empty()) << key;
  }
}

// A reading of our own is told, not hidden.
TEST(S0, EveryInterpretationAndChoiceIsExplained) {
  const Layer layer = layer_at("policies/s0-regional-centre/policy.yaml");
  const std::set<std::string> plain{
      "meta.programme", "meta.receipt_prefix", "account.password.keyboard_layouts",
      "workload.kinds", "privacy.consents",    "notify.rules"};
  for (const auto& [key, entry] : layer.entries) {
    if (entry.confidence == Confidence::kStated || plain.count(key) != 0) continue;
    EXPECT_FALSE(entry.note.empty()) << key;
  }
}

TEST(S0, TextsAreThoseThatThePackNames) {
  for (const TextFile& file : s0().texts.files) {
    EXPECT_EQ(sha256_hex(read_text("policies/s0-regional-centre/" + file.file)), file.sha256) << file.file;
  }
}

}  // namespace
}  // namespace dure::policy
