// Suppliers, the calls to them, what they propose and how it was judged (A1, A2, A8, A11).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/reason.h"
#include "base/time.h"
#include "model/fields.h"
#include "model/ids.h"
#include "model/score.h"

namespace dure::model {

// More than any programme buys. All sums of the supply side stay far within 64 bits.
inline constexpr std::int64_t kMostSupplyUnits = 1'000'000;
inline constexpr std::int64_t kMostGpusPerUnit = 64;
inline constexpr std::int64_t kMostGpus = kMostSupplyUnits * kMostGpusPerUnit;
inline constexpr std::int64_t kMostWon = 1'000'000'000'000'000;
inline constexpr std::int64_t kWhole = 10'000;  // basis points

// Whom to ask; personal.
struct Contact {
  std::string name;
  std::string email;
  std::string phone;
};
DURE_VALUE_FIELDS(Contact, field("name", &Contact::name, Visibility::kPersonal),
                  field("email", &Contact::email, Visibility::kPersonal),
                  field("phone", &Contact::phone, Visibility::kPersonal));

enum class SupplyUnit { kGpu, kServer };
DURE_ENUM(SupplyUnit, DURE_NAME(kGpu, "gpu"), DURE_NAME(kServer, "server"));

// So many units of one model. A unit is a GPU, or a server of that many GPUs.
struct SupplyItem {
  std::string model;  // catalogue name: "h200", "b200", …
  SupplyUnit unit = SupplyUnit::kGpu;
  std::int64_t quantity = 0;
  std::int64_t gpus_per_unit = 1;
  std::int64_t gpus() const { return quantity * gpus_per_unit; }
};
DURE_VALUE_FIELDS(SupplyItem, field("model", &SupplyItem::model), field("unit", &SupplyItem::unit),
                  field("quantity", &SupplyItem::quantity, Range{1, kMostSupplyUnits}),
                  field("gpus_per_unit", &SupplyItem::gpus_per_unit, Range{1, kMostGpusPerUnit}));

// A cloud service provider, or whoever else sells or lends GPUs to a programme.
struct Supplier {
  SupplierId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  std::string name;
  std::string business_number;  // ten digits, checked (governance R20)
  bool national_centre_member = false;
  Contact contact;
  std::string processing_terms;  // what is agreed on personal data that it handles (R13)
};
DURE_FIELDS(Supplier, "suppliers", field("id", &Supplier::id), field("version", &Supplier::version),
            field("created_at", &Supplier::created_at), field("updated_at", &Supplier::updated_at),
            field("programme_id", &Supplier::programme_id), field("name", &Supplier::name),
            field("business_number", &Supplier::business_number),
            field("national_centre_member", &Supplier::national_centre_member),
            field("contact", &Supplier::contact), field("processing_terms", &Supplier::processing_terms));

enum class SupplierCallState { kOpen, kClosed, kDecided };
DURE_ENUM(SupplierCallState, DURE_NAME(kOpen, "open"), DURE_NAME(kClosed, "closed"),
          DURE_NAME(kDecided, "decided"));

// A call to suppliers (A1) within a budget (A8), with its briefing (A11).
struct SupplierCall {
  SupplierCallId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  std::string title;
  SupplierCallState state = SupplierCallState::kOpen;
  base::Krw budget;
  std::vector<SupplyItem> wanted;  // empty: the proposals say what
  std::optional<base::Instant> briefing_at;
  std::string briefing_place;
  base::Instant opens_at;
  std::optional<base::Instant> closes_at;
  std::optional<base::Instant> decided_at;
  std::string minutes;      // of the committee that decided
  std::string policy_hash;  // of the rules that ranked
};
DURE_FIELDS(SupplierCall, "supplier_calls", field("id", &SupplierCall::id),
            field("version", &SupplierCall::version), field("created_at", &SupplierCall::created_at),
            field("updated_at", &SupplierCall::updated_at),
            field("programme_id", &SupplierCall::programme_id), field("title", &SupplierCall::title),
            field("state", &SupplierCall::state), field("budget_won", &SupplierCall::budget),
            field("wanted", &SupplierCall::wanted), field("briefing_at", &SupplierCall::briefing_at),
            field("briefing_place", &SupplierCall::briefing_place),
            field("opens_at", &SupplierCall::opens_at), field("closes_at", &SupplierCall::closes_at),
            field("decided_at", &SupplierCall::decided_at), field("minutes", &SupplierCall::minutes),
            field("policy_hash", &SupplierCall::policy_hash));

enum class ProposalState { kSubmitted, kWithdrawn, kSelected, kReserve, kNotSelected };
DURE_ENUM(ProposalState, DURE_NAME(kSubmitted, "submitted"), DURE_NAME(kWithdrawn, "withdrawn"),
          DURE_NAME(kSelected, "selected"), DURE_NAME(kReserve, "reserve"),
          DURE_NAME(kNotSelected, "not_selected"));

// What a supplier offers: how much, for how much, how soon, and what it keeps for itself.
struct SupplierProposal {
  SupplierProposalId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  SupplierCallId supplier_call_id;
  SupplierId supplier_id;
  ProposalState state = ProposalState::kSubmitted;
  std::vector<SupplyItem> items;
  base::Krw price;                  // out of the budget
  base::Krw running_cost;           // a year, own use included (A2)
  std::int64_t performance_tf = 0;  // of all items together
  std::int64_t own_use_bp = 0;      // that the supplier would keep for itself
  std::string own_use_plan;
  std::string site;
  base::Date first_service_on;  // the first users let on
  base::Date full_service_on;   // the whole in service
  // What the ranking made of it, once the call is decided.
  std::optional<std::int64_t> rank;
  std::optional<std::int64_t> centi_points;
  std::vector<base::Reason> grounds;  // of the rank and of the result, in the order in which they applied
};
DURE_FIELDS(SupplierProposal, "supplier_proposals", field("id", &SupplierProposal::id),
            field("version", &SupplierProposal::version), field("created_at", &SupplierProposal::created_at),
            field("updated_at", &SupplierProposal::updated_at),
            field("programme_id", &SupplierProposal::programme_id),
            field("supplier_call_id", &SupplierProposal::supplier_call_id),
            field("supplier_id", &SupplierProposal::supplier_id), field("state", &SupplierProposal::state),
            field("items", &SupplierProposal::items), field("price_won", &SupplierProposal::price),
            field("running_cost_won", &SupplierProposal::running_cost),
            field("performance_tf", &SupplierProposal::performance_tf),
            field("own_use_bp", &SupplierProposal::own_use_bp),
            field("own_use_plan", &SupplierProposal::own_use_plan), field("site", &SupplierProposal::site),
            field("first_service_on", &SupplierProposal::first_service_on),
            field("full_service_on", &SupplierProposal::full_service_on),
            field("rank", &SupplierProposal::rank), field("centi_points", &SupplierProposal::centi_points),
            field("grounds", &SupplierProposal::grounds));

enum class SupplyPhase { kWritten, kPresentation, kSiteVisit };
DURE_ENUM(SupplyPhase, DURE_NAME(kWritten, "written"), DURE_NAME(kPresentation, "presentation"),
          DURE_NAME(kSiteVisit, "site_visit"));

// Why somebody may not judge (governance R15). kNone: he may.
enum class SupplyConflict { kNone, kRelative, kParticipant, kSameUnit, kOther };
DURE_ENUM(SupplyConflict, DURE_NAME(kNone, "none"), DURE_NAME(kRelative, "relative"),
          DURE_NAME(kParticipant, "participant"), DURE_NAME(kSameUnit, "same_unit"),
          DURE_NAME(kOther, "other"));

// One expert's judgement of one proposal in one phase: written once, never changed (invariant 4).
struct SupplierEvaluation {
  SupplierEvaluationId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  SupplierProposalId supplier_proposal_id;
  AccountId account_id;  // of the expert
  SupplyPhase phase = SupplyPhase::kWritten;
  SupplyConflict conflict = SupplyConflict::kNone;  // where there is one, it counts for nothing
  bool passed = true;                               // what was promised is there
  std::vector<CriterionScore> scores;
  std::string comment;
};
DURE_FIELDS(SupplierEvaluation, "supplier_evaluations", field("id", &SupplierEvaluation::id),
            field("version", &SupplierEvaluation::version),
            field("created_at", &SupplierEvaluation::created_at),
            field("updated_at", &SupplierEvaluation::updated_at),
            field("programme_id", &SupplierEvaluation::programme_id),
            field("supplier_proposal_id", &SupplierEvaluation::supplier_proposal_id),
            field("account_id", &SupplierEvaluation::account_id), field("phase", &SupplierEvaluation::phase),
            field("conflict", &SupplierEvaluation::conflict), field("passed", &SupplierEvaluation::passed),
            field("scores", &SupplierEvaluation::scores), field("comment", &SupplierEvaluation::comment));

}  // namespace dure::model
