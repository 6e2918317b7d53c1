// Suppliers, calls to them, proposals, their evaluation and the decision (A1, A2, A8, A11; supply/ranking.h).
//
// All of them refuse what access::authorize() refuses, numbers out of range, texts with a resident number,
// and (kConflict) "supply.section_off" where the programme's pack does not speak of supply.
#pragma once

#include "commands/work.h"
#include "model/supply_requests.h"

namespace dure::commands {

// Refuses (kInvalid) "supply.business_number", "supply.text_missing"; (kConflict) "supply.supplier_known"
// {id}. Permission: supply.manage.
base::Result<model::Supplier> register_supplier(Work& work, const model::RegisterSupplier& command);

// Opens the call at once. Refuses (kInvalid) "supply.dates_reversed". Permission: supply.manage.
base::Result<model::SupplierCall> open_supplier_call(Work& work, const model::OpenSupplierCall& command);

// Ends the intake; a second time it does nothing. Permission: supply.manage.
base::Result<model::SupplierCall> close_supplier_call(Work& work, const model::SupplierCallId& id);

// Records what a supplier handed in. Refuses (kConflict) "supply.call_state" {state, needed},
// "supply.proposed_already" {id}; (kInvalid) "supply.own_use_above", "supply.price_above_budget",
// "supply.dates_reversed", "supply.no_items". Permission: supply.manage.
base::Result<model::SupplierProposal> propose_supply(Work& work, const model::ProposeSupply& command);

// Before the decision; a second time it does nothing. Permission: supply.manage.
base::Result<model::SupplierProposal> withdraw_proposal(Work& work, const model::SupplierProposalId& id);

// An expert's judgement, once for each phase of a call that is closed; it is never changed afterwards. Who
// declared a conflict of interest judges that proposal in no phase (kNotAllowed "supply.conflict_declared").
// Refuses (kConflict) "supply.call_state", "supply.evaluated_already", and what supply::check_evaluation()
// refuses. Permission: supply.evaluate.
base::Result<model::SupplierEvaluation> evaluate_proposal(Work& work, const model::SupplierProposalId& id,
                                                          const model::EvaluateProposal& command);

// Ranks and selects; a second time it does nothing. Refuses (kConflict) "supply.call_state",
// "supply.evaluation_missing"; (kInvalid) "supply.text_missing" without the committee's minutes. Permission:
// supply.manage.
base::Result<model::SupplierCall> decide_supplier_call(Work& work, const model::SupplierCallId& id,
                                                       const model::DecideSupplierCall& command);

}  // namespace dure::commands
