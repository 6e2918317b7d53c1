// What was agreed with suppliers and what became of it: agreements, batches of capacity, targets (A3 to A5,
// A7, A10, A11); what is wanted of it: demand surveys (A6) and reservations for national projects (A9).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/time.h"
#include "model/fields.h"
#include "model/ids.h"
#include "model/supply.h"

namespace dure::model {

// governance 5.3; the transitions are supply/agreement_states.cc.
enum class AgreementState { kDraft, kNegotiating, kSigned, kInForce, kExpired, kTerminated };
DURE_ENUM(AgreementState, DURE_NAME(kDraft, "draft"), DURE_NAME(kNegotiating, "negotiating"),
          DURE_NAME(kSigned, "signed"), DURE_NAME(kInForce, "in_force"), DURE_NAME(kExpired, "expired"),
          DURE_NAME(kTerminated, "terminated"));

// A part of the price and the day on which it falls due: 70 % in October, 30 % in December.
struct PaymentMilestone {
  std::string title;
  std::int64_t share_bp = 0;
  base::Krw amount;
  base::Date due_on;
};
DURE_VALUE_FIELDS(PaymentMilestone, field("title", &PaymentMilestone::title),
                  field("share_bp", &PaymentMilestone::share_bp, Range{1, kWhole}),
                  field("amount_won", &PaymentMilestone::amount), field("due_on", &PaymentMilestone::due_on));

// Who owns, who uses, for how long, and what the supplier may use itself (A3).
struct SupplyAgreement {
  SupplyAgreementId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  SupplierId supplier_id;
  std::optional<SupplierProposalId> supplier_proposal_id;
  AgreementState state = AgreementState::kDraft;
  std::string title;
  std::string owner;               // of the GPUs
  std::string using_organisation;  // to which they serve
  std::vector<SupplyItem> items;
  base::Krw price;
  std::int64_t own_use_bp = 0;
  std::string own_use_plan;
  std::string sla;
  std::optional<base::Date> signed_on;
  std::optional<base::Date> starts_on;
  std::optional<base::Date> ends_on;  // last day
  std::vector<PaymentMilestone> payments;
  std::int64_t amendments = 0;
};
DURE_FIELDS(SupplyAgreement, "supply_agreements", field("id", &SupplyAgreement::id),
            field("version", &SupplyAgreement::version), field("created_at", &SupplyAgreement::created_at),
            field("updated_at", &SupplyAgreement::updated_at),
            field("programme_id", &SupplyAgreement::programme_id),
            field("supplier_id", &SupplyAgreement::supplier_id),
            field("supplier_proposal_id", &SupplyAgreement::supplier_proposal_id),
            field("state", &SupplyAgreement::state), field("title", &SupplyAgreement::title),
            field("owner", &SupplyAgreement::owner),
            field("using_organisation", &SupplyAgreement::using_organisation),
            field("items", &SupplyAgreement::items), field("price_won", &SupplyAgreement::price),
            field("own_use_bp", &SupplyAgreement::own_use_bp),
            field("own_use_plan", &SupplyAgreement::own_use_plan), field("sla", &SupplyAgreement::sla),
            field("signed_on", &SupplyAgreement::signed_on), field("starts_on", &SupplyAgreement::starts_on),
            field("ends_on", &SupplyAgreement::ends_on), field("payments", &SupplyAgreement::payments),
            field("amendments", &SupplyAgreement::amendments));

// governance 5.3; the transitions are supply/batch_states.cc.
enum class BatchState { kPlanned, kOrdered, kDelivered, kAccepted, kInService, kDraining, kRetired };
DURE_ENUM(BatchState, DURE_NAME(kPlanned, "planned"), DURE_NAME(kOrdered, "ordered"),
          DURE_NAME(kDelivered, "delivered"), DURE_NAME(kAccepted, "accepted"),
          DURE_NAME(kInService, "in_service"), DURE_NAME(kDraining, "draining"),
          DURE_NAME(kRetired, "retired"));

// The steps from the order to the end; the first two prepare the facility (A4).
enum class BatchStage {
  kPower,
  kNetwork,
  kOrder,
  kDelivery,
  kAcceptance,
  kStabilisation,
  kUsers,
  kDrain,
  kRetirement
};
DURE_ENUM(BatchStage, DURE_NAME(kPower, "power"), DURE_NAME(kNetwork, "network"), DURE_NAME(kOrder, "order"),
          DURE_NAME(kDelivery, "delivery"), DURE_NAME(kAcceptance, "acceptance"),
          DURE_NAME(kStabilisation, "stabilisation"), DURE_NAME(kUsers, "users"), DURE_NAME(kDrain, "drain"),
          DURE_NAME(kRetirement, "retirement"));

// One stage, planned and actual (A11). Users are let on in waves: each is an entry of its own, with its
// number of units.
struct StageEntry {
  BatchStage stage = BatchStage::kOrder;
  std::int64_t wave = 0;      // of kUsers, from 1 on; else 0
  std::int64_t quantity = 0;  // units, of kUsers; else 0
  std::optional<base::Date> planned_on;
  std::optional<base::Date> actual_on;
  std::string note;
};
DURE_VALUE_FIELDS(StageEntry, field("stage", &StageEntry::stage), field("wave", &StageEntry::wave),
                  field("quantity", &StageEntry::quantity, Range{0, kMostSupplyUnits}),
                  field("planned_on", &StageEntry::planned_on), field("actual_on", &StageEntry::actual_on),
                  field("note", &StageEntry::note));

// What a call promises of a batch, in service or not (A7).
struct CapacityPromise {
  CallId call_id;
  std::int64_t gpus = 0;
};
DURE_VALUE_FIELDS(CapacityPromise, field("call_id", &CapacityPromise::call_id),
                  field("gpus", &CapacityPromise::gpus, Range{0, kMostGpus}));

// A part of the supply that is ordered, built and let on together (A4, A5).
struct CapacityBatch {
  CapacityBatchId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;                              // whose supply it is
  ProgrammeId serves_programme_id;                       // whose users it is for
  std::optional<SupplyAgreementId> supply_agreement_id;  // none: the supplier is not fixed yet
  std::string name;
  std::string pool;  // of the programme that it serves
  std::string model;
  SupplyUnit unit = SupplyUnit::kGpu;
  std::int64_t quantity = 0;
  std::int64_t gpus_per_unit = 1;
  std::int64_t own_use_gpus = 0;  // of all its GPUs, what the supplier uses itself
  std::string site;
  bool conditional = false;  // on the choice of a supplier, or on what a supplier still has to do
  BatchState state = BatchState::kPlanned;
  std::vector<StageEntry> stages;
  std::vector<CapacityPromise> promises;
  std::vector<std::string> node_ids;          // that carry it
  std::optional<base::Date> available_until;  // the last day; none: no end is known
  std::int64_t gpus() const { return quantity * gpus_per_unit; }
};
DURE_FIELDS(CapacityBatch, "capacity_batches", field("id", &CapacityBatch::id),
            field("version", &CapacityBatch::version), field("created_at", &CapacityBatch::created_at),
            field("updated_at", &CapacityBatch::updated_at),
            field("programme_id", &CapacityBatch::programme_id),
            field("serves_programme_id", &CapacityBatch::serves_programme_id),
            field("supply_agreement_id", &CapacityBatch::supply_agreement_id),
            field("name", &CapacityBatch::name), field("pool", &CapacityBatch::pool),
            field("model", &CapacityBatch::model), field("unit", &CapacityBatch::unit),
            field("quantity", &CapacityBatch::quantity),
            field("gpus_per_unit", &CapacityBatch::gpus_per_unit),
            field("own_use_gpus", &CapacityBatch::own_use_gpus), field("site", &CapacityBatch::site),
            field("conditional", &CapacityBatch::conditional), field("state", &CapacityBatch::state),
            field("stages", &CapacityBatch::stages), field("promises", &CapacityBatch::promises),
            field("node_ids", &CapacityBatch::node_ids),
            field("available_until", &CapacityBatch::available_until));

// How many GPUs a year, with what money, by whose decision (A8, A10). A later decision on the same year and
// model takes the place of an earlier one; both stay.
struct SupplyTarget {
  SupplyTargetId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  std::int64_t year = 0;
  std::string model;  // "": any
  std::int64_t gpus = 0;
  base::Krw budget;
  std::string decided_by;
  base::Date decided_on;
  std::string ground;
};
DURE_FIELDS(SupplyTarget, "supply_targets", field("id", &SupplyTarget::id),
            field("version", &SupplyTarget::version), field("created_at", &SupplyTarget::created_at),
            field("updated_at", &SupplyTarget::updated_at),
            field("programme_id", &SupplyTarget::programme_id), field("year", &SupplyTarget::year),
            field("model", &SupplyTarget::model), field("gpus", &SupplyTarget::gpus),
            field("budget_won", &SupplyTarget::budget), field("decided_by", &SupplyTarget::decided_by),
            field("decided_on", &SupplyTarget::decided_on), field("ground", &SupplyTarget::ground));

enum class SurveyState { kOpen, kClosed };
DURE_ENUM(SurveyState, DURE_NAME(kOpen, "open"), DURE_NAME(kClosed, "closed"));

// The market is asked how many GPUs it needs, and what for (A6).
struct DemandSurvey {
  DemandSurveyId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  std::string title;
  SurveyState state = SurveyState::kOpen;
  base::Instant opens_at;
  std::optional<base::Instant> closes_at;
};
DURE_FIELDS(DemandSurvey, "demand_surveys", field("id", &DemandSurvey::id),
            field("version", &DemandSurvey::version), field("created_at", &DemandSurvey::created_at),
            field("updated_at", &DemandSurvey::updated_at),
            field("programme_id", &DemandSurvey::programme_id), field("title", &DemandSurvey::title),
            field("state", &DemandSurvey::state), field("opens_at", &DemandSurvey::opens_at),
            field("closes_at", &DemandSurvey::closes_at));

struct DemandAnswer {
  DemandAnswerId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  DemandSurveyId demand_survey_id;
  std::string organisation;
  std::string user_group;  // of the pack's supply.groups
  std::string purpose;
  std::string model;  // "": any
  std::int64_t gpus = 0;
  base::Date from_on;
  base::Date until_on;
  Contact contact;
};
DURE_FIELDS(DemandAnswer, "demand_answers", field("id", &DemandAnswer::id),
            field("version", &DemandAnswer::version), field("created_at", &DemandAnswer::created_at),
            field("updated_at", &DemandAnswer::updated_at),
            field("programme_id", &DemandAnswer::programme_id),
            field("demand_survey_id", &DemandAnswer::demand_survey_id),
            field("organisation", &DemandAnswer::organisation),
            field("user_group", &DemandAnswer::user_group), field("purpose", &DemandAnswer::purpose),
            field("model", &DemandAnswer::model), field("gpus", &DemandAnswer::gpus),
            field("from_on", &DemandAnswer::from_on), field("until_on", &DemandAnswer::until_on),
            field("contact", &DemandAnswer::contact));

enum class BeneficiaryState { kInForce, kCancelled };
DURE_ENUM(BeneficiaryState, DURE_NAME(kInForce, "in_force"), DURE_NAME(kCancelled, "cancelled"));

// GPUs of a pool that are kept for a national project from one day to another (A9), before it has a project
// or nodes of its own. Where it starts late the days before are the gaps of F7.
struct BeneficiaryReservation {
  BeneficiaryReservationId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;  // whose pool
  std::string beneficiary;
  std::string decided_by;
  std::string pool;
  std::string model;  // "": any of the pool
  std::int64_t gpus = 0;
  base::Date starts_on;
  base::Date ends_on;  // last day
  std::string ground;
  BeneficiaryState state = BeneficiaryState::kInForce;
};
DURE_FIELDS(BeneficiaryReservation, "beneficiary_reservations", field("id", &BeneficiaryReservation::id),
            field("version", &BeneficiaryReservation::version),
            field("created_at", &BeneficiaryReservation::created_at),
            field("updated_at", &BeneficiaryReservation::updated_at),
            field("programme_id", &BeneficiaryReservation::programme_id),
            field("beneficiary", &BeneficiaryReservation::beneficiary),
            field("decided_by", &BeneficiaryReservation::decided_by),
            field("pool", &BeneficiaryReservation::pool), field("model", &BeneficiaryReservation::model),
            field("gpus", &BeneficiaryReservation::gpus),
            field("starts_on", &BeneficiaryReservation::starts_on),
            field("ends_on", &BeneficiaryReservation::ends_on),
            field("ground", &BeneficiaryReservation::ground), field("state", &BeneficiaryReservation::state));

}  // namespace dure::model
