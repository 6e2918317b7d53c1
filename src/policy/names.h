// The names by which a pack writes the values of its closed sets: name_of(Evict::kNever) is "never".
#pragma once

#include <array>
#include <string_view>
#include <type_traits>
#include <utility>

#include "policy/account_rules.h"
#include "policy/allocation_rules.h"
#include "policy/application_rules.h"
#include "policy/catalogue_rules.h"
#include "policy/duty_rules.h"
#include "policy/effect.h"
#include "policy/layer.h"
#include "policy/programme_rules.h"
#include "policy/supply_rules.h"
#include "policy/text.h"

namespace dure::policy {

template <class E>
using Name = std::pair<E, std::string_view>;

// Specialised below for each closed set; a type without one has no names.
template <class E>
inline constexpr std::array<Name<int>, 0> kNames{};

#define DURE_POLICY_NAMES(E, ...) \
  template <>                     \
  inline constexpr auto kNames<E> = std::to_array<Name<E>>({__VA_ARGS__})

DURE_POLICY_NAMES(LayerKind, {LayerKind::kDefault, "default"}, {LayerKind::kFloors, "floors"},
                  {LayerKind::kCentre, "centre"}, {LayerKind::kProgramme, "programme"},
                  {LayerKind::kTrack, "track"}, {LayerKind::kCall, "call"}, {LayerKind::kWhatIf, "what-if"});
DURE_POLICY_NAMES(Confidence, {Confidence::kStated, "stated"}, {Confidence::kInterpreted, "interpreted"},
                  {Confidence::kChosen, "chosen"}, {Confidence::kUnverified, "unverified"});
DURE_POLICY_NAMES(Effect, {Effect::kInForce, "in_force"}, {Effect::kAlways, "always"},
                  {Effect::kInformative, "informative"}, {Effect::kNotYet, "not_yet"});
DURE_POLICY_NAMES(Direction, {Direction::kMin, "min"}, {Direction::kMax, "max"},
                  {Direction::kEqual, "equal"});
DURE_POLICY_NAMES(Language, {Language::kKorean, "ko"}, {Language::kEnglish, "en"});
DURE_POLICY_NAMES(Predicate, {Predicate::kOrgClass, "org.class"}, {Predicate::kOrgRegion, "org.region"},
                  {Predicate::kAffiliationParticipating, "affiliation.participating"},
                  {Predicate::kAffiliationPresent, "affiliation.present"},
                  {Predicate::kApplicantRole, "applicant.role"}, {Predicate::kPersonAgeOn, "person.age_on"},
                  {Predicate::kPersonYearsSinceAppointment, "person.years_since_appointment"},
                  {Predicate::kCertificateValid, "certificate.valid"},
                  {Predicate::kDocumentPresent, "document.present"},
                  {Predicate::kRestrictionNone, "restriction.none"}, {Predicate::kUsageRatio, "usage.ratio"},
                  {Predicate::kProjectOpenSource, "project.open_source"},
                  {Predicate::kDataContains, "data.contains"},
                  {Predicate::kProgrammeMember, "programme.member"},
                  {Predicate::kProgrammeContractor, "programme.contractor"}, {Predicate::kAny, "any"},
                  {Predicate::kAll, "all"}, {Predicate::kStatement, "statement"});
DURE_POLICY_NAMES(ReferenceDay, {ReferenceDay::kReceipt, "receipt"}, {ReferenceDay::kCallOpen, "call_open"},
                  {ReferenceDay::kCallClose, "call_close"}, {ReferenceDay::kAward, "award"},
                  {ReferenceDay::kUse, "use"});
DURE_POLICY_NAMES(MemberPreference, {MemberPreference::kNone, "none"},
                  {MemberPreference::kRankFirst, "rank_first"}, {MemberPreference::kBreakTies, "break_ties"});
DURE_POLICY_NAMES(SupplyPhaseKind, {SupplyPhaseKind::kWritten, "written"},
                  {SupplyPhaseKind::kPresentation, "presentation"},
                  {SupplyPhaseKind::kSiteVisit, "site_visit"});
DURE_POLICY_NAMES(CallKind, {CallKind::kRolling, "rolling"}, {CallKind::kFixed, "fixed"});
DURE_POLICY_NAMES(MissingEvidence, {MissingEvidence::kIneligible, "ineligible"},
                  {MissingEvidence::kReturn, "return"});
DURE_POLICY_NAMES(Need, {Need::kRequired, "required"}, {Need::kOptional, "optional"},
                  {Need::kConditional, "conditional"});
DURE_POLICY_NAMES(AnswerType, {AnswerType::kText, "text"}, {AnswerType::kLongText, "long_text"},
                  {AnswerType::kNumber, "number"}, {AnswerType::kDate, "date"},
                  {AnswerType::kChoice, "choice"}, {AnswerType::kChoices, "choices"},
                  {AnswerType::kYesNo, "yes_no"}, {AnswerType::kContact, "contact"},
                  {AnswerType::kMonthlyPlan, "monthly_plan"}, {AnswerType::kQuarterlyPlan, "quarterly_plan"});
DURE_POLICY_NAMES(Signer, {Signer::kNone, "none"}, {Signer::kApplicant, "applicant"},
                  {Signer::kLeader, "leader"}, {Signer::kLeaderAndDevelopers, "leader_and_developers"},
                  {Signer::kOrganisation, "organisation"});
DURE_POLICY_NAMES(EvaluationMode, {EvaluationMode::kNone, "none"}, {EvaluationMode::kCentre, "centre"},
                  {EvaluationMode::kPanel, "panel"});
DURE_POLICY_NAMES(ThresholdOn, {ThresholdOn::kBase, "base"}, {ThresholdOn::kTotal, "total"});
DURE_POLICY_NAMES(Consolidation, {Consolidation::kMean, "mean"},
                  {Consolidation::kTrimmedMean, "trimmed_mean"});
DURE_POLICY_NAMES(ConflictRule, {ConflictRule::kApplicant, "applicant"},
                  {ConflictRule::kSameUnit, "same_unit"},
                  {ConflictRule::kSameOrganisation, "same_organisation"});
DURE_POLICY_NAMES(TrimBy, {TrimBy::kTotal, "total"}, {TrimBy::kCriterion, "criterion"});
DURE_POLICY_NAMES(ScoreRounding, {ScoreRounding::kDown, "down"}, {ScoreRounding::kHalfUp, "half_up"},
                  {ScoreRounding::kExact, "exact"});
DURE_POLICY_NAMES(Balance, {Balance::kNone, "none"}, {Balance::kFewestAwardsFirst, "fewest_awards_first"});
DURE_POLICY_NAMES(PriorityEffect, {PriorityEffect::kSchedule, "schedule"}, {PriorityEffect::kRank, "rank"});
DURE_POLICY_NAMES(Release, {Release::kNever, "never"}, {Release::kAfterTrack, "after_track"},
                  {Release::kAtDecision, "at_decision"});
DURE_POLICY_NAMES(TieBreak, {TieBreak::kCriteria, "criteria"},
                  {TieBreak::kSubmissionTime, "submission_time"});
DURE_POLICY_NAMES(PoolKind, {PoolKind::kShared, "shared"}, {PoolKind::kDedicated, "dedicated"});
DURE_POLICY_NAMES(OfferUnit, {OfferUnit::kBlock, "block"}, {OfferUnit::kGpu, "gpu"},
                  {OfferUnit::kServer, "server"});
DURE_POLICY_NAMES(ShareRule, {ShareRule::kHard, "hard"}, {ShareRule::kBorrow, "borrow"},
                  {ShareRule::kPriority, "priority"});
DURE_POLICY_NAMES(OutageExtension, {OutageExtension::kNone, "none"},
                  {OutageExtension::kOneToOne, "one_to_one"});
DURE_POLICY_NAMES(AwardStep, {AwardStep::kAgreement, "agreement"}, {AwardStep::kAllocation, "allocation"},
                  {AwardStep::kSetup, "setup"}, {AwardStep::kTraining, "training"}, {AwardStep::kUse, "use"});
DURE_POLICY_NAMES(QueueOrder, {QueueOrder::kFifo, "fifo"}, {QueueOrder::kPriority, "priority"},
                  {QueueOrder::kFairShare, "fair_share"});
DURE_POLICY_NAMES(IdleWhen, {IdleWhen::kNoLoginOrNoUse, "no_login_or_no_use"},
                  {IdleWhen::kNoLoginAndNoUse, "no_login_and_no_use"});
DURE_POLICY_NAMES(IdleMeasure, {IdleMeasure::kNone, "none"}, {IdleMeasure::kReview, "review"},
                  {IdleMeasure::kReclaim, "reclaim"}, {IdleMeasure::kDeleteAccount, "delete_account"});
DURE_POLICY_NAMES(ReviewCycle, {ReviewCycle::kNone, "none"}, {ReviewCycle::kMonthly, "monthly"},
                  {ReviewCycle::kQuarterly, "quarterly"});
DURE_POLICY_NAMES(UseMeasure, {UseMeasure::kKeep, "keep"}, {UseMeasure::kReduce, "reduce"},
                  {UseMeasure::kReclaim, "reclaim"}, {UseMeasure::kIncrease, "increase"});
DURE_POLICY_NAMES(BandShare, {BandShare::kUnused, "unused"}, {BandShare::kAllocation, "allocation"});
DURE_POLICY_NAMES(Exemption, {Exemption::kSetupGrace, "setup_grace"}, {Exemption::kOutage, "outage"},
                  {Exemption::kSharedPool, "shared_pool"});
DURE_POLICY_NAMES(FakeLoadAction, {FakeLoadAction::kAskPerson, "ask_person"},
                  {FakeLoadAction::kStopAtOnce, "stop_at_once"});
DURE_POLICY_NAMES(CharacterClass, {CharacterClass::kDigit, "digit"}, {CharacterClass::kLower, "lower"},
                  {CharacterClass::kUpper, "upper"}, {CharacterClass::kSpecial, "special"});
DURE_POLICY_NAMES(KeyboardLayout, {KeyboardLayout::kQwerty, "qwerty"},
                  {KeyboardLayout::kDubeolsik, "dubeolsik"});
DURE_POLICY_NAMES(OnExpiry, {OnExpiry::kMustChange, "must_change"},
                  {OnExpiry::kTemporaryByAdmin, "temporary_by_admin"});
DURE_POLICY_NAMES(Evict, {Evict::kNever, "never"}, {Evict::kOldest, "oldest"});
DURE_POLICY_NAMES(IpAllowlist, {IpAllowlist::kNone, "none"}, {IpAllowlist::kRegistered, "registered"});
DURE_POLICY_NAMES(ChargeBasis, {ChargeBasis::kHeld, "held"}, {ChargeBasis::kUsed, "used"});
DURE_POLICY_NAMES(PriceUnit, {PriceUnit::kGpuHour, "gpu_hour"}, {PriceUnit::kMilliGpuHour, "milli_gpu_hour"},
                  {PriceUnit::kGpuMonth, "gpu_month"}, {PriceUnit::kServerMonth, "server_month"},
                  {PriceUnit::kGibMonth, "gib_month"});
DURE_POLICY_NAMES(RateStep, {RateStep::kMatching, "matching"}, {RateStep::kDiscount, "discount"},
                  {RateStep::kWaiver, "waiver"});
DURE_POLICY_NAMES(DiscountsCombine, {DiscountsCombine::kCompound, "compound"},
                  {DiscountsCombine::kSum, "sum"}, {DiscountsCombine::kLargest, "largest"});
DURE_POLICY_NAMES(PartMonth, {PartMonth::kByDay, "by_day"}, {PartMonth::kWhole, "whole"},
                  {PartMonth::kDropped, "dropped"});
DURE_POLICY_NAMES(RoundAt, {RoundAt::kLine, "line"}, {RoundAt::kInvoice, "invoice"});
DURE_POLICY_NAMES(SanctionMeasure, {SanctionMeasure::kWarn, "warn"}, {SanctionMeasure::kStop, "stop"},
                  {SanctionMeasure::kReclaim, "reclaim"}, {SanctionMeasure::kRestrict, "restrict"},
                  {SanctionMeasure::kSuspendAccount, "suspend_account"},
                  {SanctionMeasure::kDeleteAccount, "delete_account"},
                  {SanctionMeasure::kVoidApplication, "void_application"},
                  {SanctionMeasure::kLegalAction, "legal_action"});
DURE_POLICY_NAMES(LaterEffect, {LaterEffect::kExclusion, "exclusion"}, {LaterEffect::kPoints, "points"});
DURE_POLICY_NAMES(Deliberation, {Deliberation::kNone, "none"},
                  {Deliberation::kBeforeMeasure, "before_measure"},
                  {Deliberation::kBeforeLegalAction, "before_legal_action"});
DURE_POLICY_NAMES(ObligationEvent, {ObligationEvent::kAllocationEnd, "allocation_end"},
                  {ObligationEvent::kOutcome, "outcome"}, {ObligationEvent::kAward, "award"});
DURE_POLICY_NAMES(Channel, {Channel::kMail, "mail"}, {Channel::kConsole, "console"},
                  {Channel::kWebhook, "webhook"}, {Channel::kKakao, "kakao"}, {Channel::kSlack, "slack"});
DURE_POLICY_NAMES(calendar::Roll, {calendar::Roll::kNone, "none"},
                  {calendar::Roll::kNextBusinessDay, "next_business_day"});
DURE_POLICY_NAMES(SupplyStage, {SupplyStage::kOrder, "order"}, {SupplyStage::kFacility, "facility"},
                  {SupplyStage::kDelivery, "delivery"}, {SupplyStage::kBuild, "build"},
                  {SupplyStage::kStabilisation, "stabilisation"}, {SupplyStage::kService, "service"});
DURE_POLICY_NAMES(Tenure, {Tenure::kPurchased, "purchased"}, {Tenure::kLeased, "leased"});
DURE_POLICY_NAMES(BatchUnit, {BatchUnit::kGpu, "gpu"}, {BatchUnit::kServer, "server"});
DURE_POLICY_NAMES(QuantityIs, {QuantityIs::kExactly, "exactly"}, {QuantityIs::kAtLeast, "at_least"},
                  {QuantityIs::kAbout, "about"});
DURE_POLICY_NAMES(SoftwareDelivery, {SoftwareDelivery::kServer, "server"},
                  {SoftwareDelivery::kContainer, "container"});
DURE_POLICY_NAMES(PartRole, {PartRole::kLibrary, "library"}, {PartRole::kDriver, "driver"},
                  {PartRole::kManager, "manager"});
DURE_POLICY_NAMES(ServiceKind, {ServiceKind::kAiService, "ai_service"},
                  {ServiceKind::kDeveloperTool, "developer_tool"},
                  {ServiceKind::kDataService, "data_service"}, {ServiceKind::kSecurity, "security"});

#undef DURE_POLICY_NAMES

template <class E>
requires(std::is_enum_v<E> && !kNames<E>.empty()) constexpr std::string_view name_of(E value) {
  for (const auto& [each, name] : kNames<E>) {
    if (each == value) return name;
  }
  return "";
}

}  // namespace dure::policy
