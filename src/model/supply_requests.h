// What the commands of the supply side take and give beside the nouns themselves.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/capacity.h"
#include "model/supply.h"

namespace dure::model {

inline constexpr std::int64_t kMostTeraflops = 1'000'000'000'000;
inline constexpr std::int64_t kFirstYear = 2000;
inline constexpr std::int64_t kLastYear = 2999;

struct RegisterSupplier {
  ProgrammeId programme_id;
  std::string name;
  std::string business_number;
  bool national_centre_member = false;
  Contact contact;
  std::string processing_terms;
};
DURE_VALUE_FIELDS(RegisterSupplier, field("programme_id", &RegisterSupplier::programme_id),
                  field("name", &RegisterSupplier::name),
                  field("business_number", &RegisterSupplier::business_number),
                  field("national_centre_member", &RegisterSupplier::national_centre_member),
                  field("contact", &RegisterSupplier::contact),
                  field("processing_terms", &RegisterSupplier::processing_terms));

struct OpenSupplierCall {
  ProgrammeId programme_id;
  std::string title;
  base::Krw budget;
  std::vector<SupplyItem> wanted;
  std::optional<base::Instant> briefing_at;
  std::string briefing_place;
  std::optional<base::Instant> closes_at;
};
DURE_VALUE_FIELDS(OpenSupplierCall, field("programme_id", &OpenSupplierCall::programme_id),
                  field("title", &OpenSupplierCall::title),
                  field("budget_won", &OpenSupplierCall::budget, Range{0, kMostWon}),
                  field("wanted", &OpenSupplierCall::wanted),
                  field("briefing_at", &OpenSupplierCall::briefing_at),
                  field("briefing_place", &OpenSupplierCall::briefing_place),
                  field("closes_at", &OpenSupplierCall::closes_at));

struct ProposeSupply {
  SupplierCallId supplier_call_id;
  SupplierId supplier_id;
  std::vector<SupplyItem> items;
  base::Krw price;
  base::Krw running_cost;
  std::int64_t performance_tf = 0;
  std::int64_t own_use_bp = 0;
  std::string own_use_plan;
  std::string site;
  base::Date first_service_on;
  base::Date full_service_on;
};
DURE_VALUE_FIELDS(ProposeSupply, field("supplier_call_id", &ProposeSupply::supplier_call_id),
                  field("supplier_id", &ProposeSupply::supplier_id), field("items", &ProposeSupply::items),
                  field("price_won", &ProposeSupply::price, Range{0, kMostWon}),
                  field("running_cost_won", &ProposeSupply::running_cost, Range{0, kMostWon}),
                  field("performance_tf", &ProposeSupply::performance_tf, Range{0, kMostTeraflops}),
                  field("own_use_bp", &ProposeSupply::own_use_bp, Range{0, kWhole}),
                  field("own_use_plan", &ProposeSupply::own_use_plan), field("site", &ProposeSupply::site),
                  field("first_service_on", &ProposeSupply::first_service_on),
                  field("full_service_on", &ProposeSupply::full_service_on));

struct EvaluateProposal {
  SupplyPhase phase = SupplyPhase::kWritten;
  SupplyConflict conflict = SupplyConflict::kNone;
  bool passed = true;
  std::vector<CriterionScore> scores;
  std::string comment;
};
DURE_VALUE_FIELDS(EvaluateProposal, field("phase", &EvaluateProposal::phase),
                  field("conflict", &EvaluateProposal::conflict), field("passed", &EvaluateProposal::passed),
                  field("scores", &EvaluateProposal::scores), field("comment", &EvaluateProposal::comment));

struct DecideSupplierCall {
  std::string minutes;
};
DURE_VALUE_FIELDS(DecideSupplierCall, field("minutes", &DecideSupplierCall::minutes));

// A milestone as it is asked for: its amount follows from the price.
struct AskedPayment {
  std::string title;
  std::int64_t share_bp = 0;
  base::Date due_on;
};
DURE_VALUE_FIELDS(AskedPayment, field("title", &AskedPayment::title),
                  field("share_bp", &AskedPayment::share_bp, Range{1, kWhole}),
                  field("due_on", &AskedPayment::due_on));

struct DraftAgreement {
  SupplierProposalId supplier_proposal_id;
  std::string title;
  std::string sla;
  std::optional<std::vector<AskedPayment>> payments;  // left out: as the pack says, once it is signed
};
DURE_VALUE_FIELDS(DraftAgreement, field("supplier_proposal_id", &DraftAgreement::supplier_proposal_id),
                  field("title", &DraftAgreement::title), field("sla", &DraftAgreement::sla),
                  field("payments", &DraftAgreement::payments));

enum class AgreementEvent { kNegotiate, kSign, kTakeEffect, kAmend, kExpire, kTerminate };
DURE_ENUM(AgreementEvent, DURE_NAME(kNegotiate, "negotiate"), DURE_NAME(kSign, "sign"),
          DURE_NAME(kTakeEffect, "take_effect"), DURE_NAME(kAmend, "amend"), DURE_NAME(kExpire, "expire"),
          DURE_NAME(kTerminate, "terminate"));

// `on`: of signing and taking effect, today where left out. The rest is what negotiation or an amendment
// changes.
struct MoveAgreement {
  AgreementEvent event = AgreementEvent::kNegotiate;
  std::optional<base::Date> on;
  std::optional<std::int64_t> own_use_bp;
  std::optional<std::string> own_use_plan;
  std::optional<std::string> sla;
  std::string ground;
};
DURE_VALUE_FIELDS(MoveAgreement, field("event", &MoveAgreement::event), field("on", &MoveAgreement::on),
                  field("own_use_bp", &MoveAgreement::own_use_bp, Range{0, kWhole}),
                  field("own_use_plan", &MoveAgreement::own_use_plan), field("sla", &MoveAgreement::sla),
                  field("ground", &MoveAgreement::ground));

struct PlanBatch {
  ProgrammeId programme_id;
  std::optional<ProgrammeId> serves_programme_id;        // its own, where left out
  std::optional<SupplyAgreementId> supply_agreement_id;  // left out: conditional
  std::string name;
  std::string pool;
  SupplyItem item;
  std::string site;
  bool conditional = false;
  std::vector<StageEntry> stages;  // planned dates
  std::vector<std::string> node_ids;
};
DURE_VALUE_FIELDS(PlanBatch, field("programme_id", &PlanBatch::programme_id),
                  field("serves_programme_id", &PlanBatch::serves_programme_id),
                  field("supply_agreement_id", &PlanBatch::supply_agreement_id),
                  field("name", &PlanBatch::name), field("pool", &PlanBatch::pool),
                  field("item", &PlanBatch::item), field("site", &PlanBatch::site),
                  field("conditional", &PlanBatch::conditional), field("stages", &PlanBatch::stages),
                  field("node_ids", &PlanBatch::node_ids));

// A stage that was planned anew, or that has come: one of the two dates. A wave of users: which one, and, of
// a new one, how many units.
struct RecordStage {
  BatchStage stage = BatchStage::kOrder;
  std::int64_t wave = 0;
  std::int64_t quantity = 0;
  std::optional<base::Date> planned_on;
  std::optional<base::Date> actual_on;
  std::string note;
};
DURE_VALUE_FIELDS(RecordStage, field("stage", &RecordStage::stage),
                  field("wave", &RecordStage::wave, Range{0, 1000}),
                  field("quantity", &RecordStage::quantity, Range{0, kMostSupplyUnits}),
                  field("planned_on", &RecordStage::planned_on), field("actual_on", &RecordStage::actual_on),
                  field("note", &RecordStage::note));

// The supplier of a batch that was planned without one, and the nodes that carry it.
struct TieBatch {
  std::optional<SupplyAgreementId> supply_agreement_id;
  std::optional<std::vector<std::string>> node_ids;
};
DURE_VALUE_FIELDS(TieBatch, field("supply_agreement_id", &TieBatch::supply_agreement_id),
                  field("node_ids", &TieBatch::node_ids));

// So many GPUs in all, in place of what the call promised of the batch before; 0 takes it back.
struct PromiseCapacity {
  CallId call_id;
  std::int64_t gpus = 0;
};
DURE_VALUE_FIELDS(PromiseCapacity, field("call_id", &PromiseCapacity::call_id),
                  field("gpus", &PromiseCapacity::gpus, Range{0, kMostGpus}));

struct DecideTarget {
  ProgrammeId programme_id;
  std::int64_t year = 0;
  std::string model;
  std::int64_t gpus = 0;
  base::Krw budget;
  std::string decided_by;
  base::Date decided_on;
  std::string ground;
};
DURE_VALUE_FIELDS(DecideTarget, field("programme_id", &DecideTarget::programme_id),
                  field("year", &DecideTarget::year, Range{kFirstYear, kLastYear}),
                  field("model", &DecideTarget::model),
                  field("gpus", &DecideTarget::gpus, Range{0, kMostGpus}),
                  field("budget_won", &DecideTarget::budget, Range{0, kMostWon}),
                  field("decided_by", &DecideTarget::decided_by),
                  field("decided_on", &DecideTarget::decided_on), field("ground", &DecideTarget::ground));

struct OpenSurvey {
  ProgrammeId programme_id;
  std::string title;
  std::optional<base::Instant> closes_at;
};
DURE_VALUE_FIELDS(OpenSurvey, field("programme_id", &OpenSurvey::programme_id),
                  field("title", &OpenSurvey::title), field("closes_at", &OpenSurvey::closes_at));

struct AnswerSurvey {
  std::string organisation;
  std::string user_group;
  std::string purpose;
  std::string model;
  std::int64_t gpus = 0;
  base::Date from_on;
  base::Date until_on;
  Contact contact;
};
DURE_VALUE_FIELDS(AnswerSurvey, field("organisation", &AnswerSurvey::organisation),
                  field("user_group", &AnswerSurvey::user_group), field("purpose", &AnswerSurvey::purpose),
                  field("model", &AnswerSurvey::model),
                  field("gpus", &AnswerSurvey::gpus, Range{1, kMostGpus}),
                  field("from_on", &AnswerSurvey::from_on), field("until_on", &AnswerSurvey::until_on),
                  field("contact", &AnswerSurvey::contact));

struct ReserveForBeneficiary {
  ProgrammeId programme_id;
  std::string beneficiary;
  std::string decided_by;
  std::string pool;
  std::string model;
  std::int64_t gpus = 0;
  base::Date starts_on;
  base::Date ends_on;
  std::string ground;
};
DURE_VALUE_FIELDS(ReserveForBeneficiary, field("programme_id", &ReserveForBeneficiary::programme_id),
                  field("beneficiary", &ReserveForBeneficiary::beneficiary),
                  field("decided_by", &ReserveForBeneficiary::decided_by),
                  field("pool", &ReserveForBeneficiary::pool), field("model", &ReserveForBeneficiary::model),
                  field("gpus", &ReserveForBeneficiary::gpus, Range{1, kMostGpus}),
                  field("starts_on", &ReserveForBeneficiary::starts_on),
                  field("ends_on", &ReserveForBeneficiary::ends_on),
                  field("ground", &ReserveForBeneficiary::ground));

// What a group of users gets of an amount, and from which figures (A6).
struct GroupShare {
  std::string user_group;
  std::int64_t demand_gpus = 0;
  std::int64_t priority = 0;
  std::int64_t performance = 0;
  std::int64_t share_ppm = 0;  // of the whole, rounded down
  std::int64_t gpus = 0;
  bool remainder = false;  // one of them came from the remainders
  bool tie = false;        // by a tie, which the order of the pack broke
};
DURE_VALUE_FIELDS(GroupShare, field("user_group", &GroupShare::user_group),
                  field("demand_gpus", &GroupShare::demand_gpus), field("priority", &GroupShare::priority),
                  field("performance", &GroupShare::performance), field("share_ppm", &GroupShare::share_ppm),
                  field("gpus", &GroupShare::gpus), field("remainder", &GroupShare::remainder),
                  field("tie", &GroupShare::tie));

// GPUs of a model on a day. Of what was ordered, delivered and so on each counts also what went further.
struct SupplyRow {
  std::string model;
  std::int64_t target = 0;  // of the year
  std::int64_t agreed = 0;
  std::int64_t planned = 0;  // in batches, whatever their state
  std::int64_t ordered = 0;
  std::int64_t delivered = 0;
  std::int64_t accepted = 0;
  std::int64_t in_service = 0;
  std::int64_t own_use = 0;           // of those in service
  std::int64_t for_users = 0;         // the rest of them
  std::int64_t promised = 0;          // in calls
  std::int64_t reserved = 0;          // for beneficiaries, on the day
  std::int64_t allocated_blocks = 0;  // on the day; 100 per GPU
  std::int64_t seen = 0;              // cards of the nodes that carry it, as the cluster shows them
};
DURE_VALUE_FIELDS(SupplyRow, field("model", &SupplyRow::model), field("target", &SupplyRow::target),
                  field("agreed", &SupplyRow::agreed), field("planned", &SupplyRow::planned),
                  field("ordered", &SupplyRow::ordered), field("delivered", &SupplyRow::delivered),
                  field("accepted", &SupplyRow::accepted), field("in_service", &SupplyRow::in_service),
                  field("own_use", &SupplyRow::own_use), field("for_users", &SupplyRow::for_users),
                  field("promised", &SupplyRow::promised), field("reserved", &SupplyRow::reserved),
                  field("allocated_blocks", &SupplyRow::allocated_blocks), field("seen", &SupplyRow::seen));

struct BatchRow {
  std::string capacity_batch_id;
  std::string name;
  BatchState state = BatchState::kPlanned;
  SupplyRow row;
};
DURE_VALUE_FIELDS(BatchRow, field("capacity_batch_id", &BatchRow::capacity_batch_id),
                  field("name", &BatchRow::name), field("state", &BatchRow::state),
                  field("row", &BatchRow::row));

struct SupplyStatus {
  std::int64_t year = 0;
  base::Date on;
  std::optional<SupplyTarget> target;  // for all models together
  std::vector<SupplyRow> models;       // by name
  SupplyRow total;
  std::vector<BatchRow> batches;  // in the order in which they were planned
};
DURE_VALUE_FIELDS(SupplyStatus, field("year", &SupplyStatus::year), field("on", &SupplyStatus::on),
                  field("target", &SupplyStatus::target), field("models", &SupplyStatus::models),
                  field("total", &SupplyStatus::total), field("batches", &SupplyStatus::batches));

}  // namespace dure::model
