#include "commands/suppliers.h"

#include <algorithm>

#include "calendar/period.h"
#include "commands/reads.h"
#include "commands/supply_work.h"
#include "programme/numbers.h"
#include "supply/agreement.h"
#include "supply/ranking.h"
#include "supply/running_cost.h"

namespace dure::commands {
namespace {

using namespace supply_side;  // NOLINT: what these commands have in common
using model::ProposalState;
using model::SupplierCall;
using model::SupplierCallState;
using model::SupplierProposal;

// The intake also ends by itself.
base::Status require_state(const SupplierCall& call, SupplierCallState needed, base::Instant now) {
  const bool over = call.state == SupplierCallState::kOpen && call.closes_at && *call.closes_at <= now;
  const auto state = over ? SupplierCallState::kClosed : call.state;
  if (state == needed) return {};
  return conflict(base::Reason("supply.call_state")
                      .with("state", std::string(model::to_text(state)))
                      .with("needed", std::string(model::to_text(needed))));
}

base::Status check_proposal(const model::ProposeSupply& command, const SupplierCall& call,
                            const policy::Supply& rules) {
  DURE_TRY(check_command(command));
  if (command.items.empty()) return refused("/items", base::Reason("supply.no_items"));
  for (std::size_t i = 0; i < command.items.size(); ++i)
    DURE_TRY(check_supply_texts({{"/items/" + std::to_string(i) + "/model", command.items[i].model}}));
  DURE_TRY(supply::check_own_use(command.own_use_bp, rules));
  if (rules.within_budget && call.budget < command.price)
    return refused("/price_won", base::Reason("supply.price_above_budget")
                                     .with("price_won", command.price.won)
                                     .with("budget_won", call.budget.won));
  DURE_TRY(calendar::check_plannable(command.first_service_on));
  DURE_TRY(calendar::check_plannable(command.full_service_on));
  if (command.full_service_on < command.first_service_on)
    return refused("/full_service_on", base::Reason("supply.dates_reversed"));
  return {};
}

base::Status check_not_there(Work& work, const model::ProposeSupply& command) {
  DURE_LET(found, work.tx.supplier_proposals().first(
                      ports::Query{}
                          .where("supplier_call_id", command.supplier_call_id)
                          .where("supplier_id", command.supplier_id)
                          .where("state", ProposalState::kWithdrawn, ports::Compare::kNotEqual)
                          .at_most(1)));
  if (found) return conflict(base::Reason("supply.proposed_already").with("id", found->id.text));
  return {};
}

// Nobody judges twice in a phase, nor at all once he declared a conflict of interest.
base::Status check_judge(Work& work, const SupplierProposal& proposal,
                         const model::EvaluateProposal& command) {
  const auto& account = work.caller.subject.account_id;
  if (account.empty()) return base::error(base::ErrorKind::kNotAllowed, base::Reason("supply.no_account"));
  DURE_LET(before,
           load_all(work.tx.supplier_evaluations(),
                    ports::Query{}.where("supplier_proposal_id", proposal.id).where("account_id", account)));
  for (const auto& each : before) {
    if (each.phase == command.phase)
      return conflict(
          base::Reason("supply.evaluated_already").with("phase", std::string(model::to_text(command.phase))));
    if (each.conflict != model::SupplyConflict::kNone && command.conflict == model::SupplyConflict::kNone)
      return base::error(base::ErrorKind::kNotAllowed, base::Reason("supply.conflict_declared"));
  }
  return {};
}

base::Result<std::vector<supply::JudgedProposal>> judged_proposals(Work& work, const SupplierCall& call) {
  DURE_LET(proposals,
           load_all(work.tx.supplier_proposals(), ports::Query{}.where("supplier_call_id", call.id)));
  std::vector<supply::JudgedProposal> judged;
  for (const auto& each : proposals) {
    DURE_LET(supplier, work.tx.suppliers().get(each.supplier_id));
    DURE_LET(evaluations,
             load_all(work.tx.supplier_evaluations(), ports::Query{}.where("supplier_proposal_id", each.id)));
    judged.push_back({each, supplier.national_centre_member, evaluations});
  }
  return judged;
}

base::Status save_ranking(Work& work, std::vector<SupplierProposal> ranked) {
  for (auto& each : ranked) {
    DURE_TRY(work.save(work.tx.supplier_proposals(), each));
    DURE_TRY(tell_supply(work, each, "supplier-proposals", "supplier_proposal.decided", "decide",
                         state_detail(each.state)));
  }
  return {};
}

}  // namespace

base::Result<model::Supplier> register_supplier(Work& work, const model::RegisterSupplier& command) {
  DURE_TRY(require_supply(work, command.programme_id, access::Permission::kSupplyManage));
  DURE_TRY(check_command(command));
  DURE_TRY(check_supply_texts({{"/name", command.name}}));
  const auto number = programme::business_number(command.business_number);
  if (!number) return refused("/business_number", base::Reason("supply.business_number"));
  DURE_LET(known, work.tx.suppliers().first(ports::Query{}
                                                .where("programme_id", command.programme_id)
                                                .where("business_number", *number)
                                                .at_most(1)));
  if (known) return conflict(base::Reason("supply.supplier_known").with("id", known->id.text));
  model::Supplier supplier;
  work.stamp(supplier);
  supplier.programme_id = command.programme_id;
  supplier.name = command.name;
  supplier.business_number = *number;
  supplier.national_centre_member = command.national_centre_member;
  supplier.contact = command.contact;
  supplier.processing_terms = command.processing_terms;
  DURE_TRY(work.tx.suppliers().insert(supplier));
  DURE_TRY(tell_supply(work, supplier, "suppliers", "supplier.registered", "register"));
  return supplier;
}

base::Result<SupplierCall> open_supplier_call(Work& work, const model::OpenSupplierCall& command) {
  DURE_LET(pack, supply_pack_for(work, command.programme_id, access::Permission::kSupplyManage));
  DURE_TRY(check_command(command));
  DURE_TRY(check_supply_texts({{"/title", command.title}}));
  const auto most = pack->supply.budget;
  if (most.won > 0 && most < command.budget)
    return refused("/budget_won", base::Reason("supply.budget_above")
                                      .with("budget_won", command.budget.won)
                                      .with("most_won", most.won));
  if (command.closes_at && *command.closes_at <= work.now)
    return refused("/closes_at", base::Reason("supply.dates_reversed"));
  SupplierCall call;
  work.stamp(call);
  call.programme_id = command.programme_id;
  call.title = command.title;
  call.budget = command.budget;
  call.wanted = command.wanted;
  call.briefing_at = command.briefing_at;
  call.briefing_place = command.briefing_place;
  call.opens_at = work.now;
  call.closes_at = command.closes_at;
  DURE_TRY(work.tx.supplier_calls().insert(call));
  DURE_TRY(tell_supply(work, call, "supplier-calls", "supplier_call.opened", "open"));
  return call;
}

base::Result<SupplierCall> close_supplier_call(Work& work, const model::SupplierCallId& id) {
  DURE_LET(call, load_supply_row(work, work.tx.supplier_calls(), id));
  if (call.state != SupplierCallState::kOpen) return call;
  call.state = SupplierCallState::kClosed;
  call.closes_at = call.closes_at ? std::min(*call.closes_at, work.now) : work.now;
  DURE_TRY(work.save(work.tx.supplier_calls(), call));
  DURE_TRY(tell_supply(work, call, "supplier-calls", "supplier_call.closed", "close"));
  return call;
}

base::Result<SupplierProposal> propose_supply(Work& work, const model::ProposeSupply& command) {
  DURE_LET(call, work.tx.supplier_calls().find(command.supplier_call_id));
  if (!call) return access::not_found();
  DURE_LET(pack, supply_pack_for(work, call->programme_id, access::Permission::kSupplyManage));
  DURE_TRY(require_state(*call, SupplierCallState::kOpen, work.now));
  DURE_TRY(check_proposal(command, *call, pack->supply));
  DURE_LET(supplier,
           named_supply_row(work.tx.suppliers(), command.supplier_id, call->programme_id, "/supplier_id"));
  DURE_TRY(check_not_there(work, command));
  SupplierProposal made;
  work.stamp(made);
  made.programme_id = call->programme_id;
  made.supplier_call_id = call->id;
  made.supplier_id = supplier.id;
  made.items = command.items;
  made.price = command.price;
  made.running_cost = command.running_cost;
  made.performance_tf = command.performance_tf;
  made.own_use_bp = command.own_use_bp;
  made.own_use_plan = command.own_use_plan;
  made.site = command.site;
  made.first_service_on = command.first_service_on;
  made.full_service_on = command.full_service_on;
  // The judges see it before they judge.
  if (auto told = supply::told_running_cost(made, pack->supply)) made.grounds.push_back(std::move(*told));
  DURE_TRY(work.tx.supplier_proposals().insert(made));
  DURE_TRY(tell_supply(work, made, "supplier-proposals", "supplier_proposal.submitted", "submit"));
  return made;
}

base::Result<SupplierProposal> withdraw_proposal(Work& work, const model::SupplierProposalId& id) {
  DURE_LET(proposal, load_supply_row(work, work.tx.supplier_proposals(), id));
  if (proposal.state == ProposalState::kWithdrawn) return proposal;
  if (proposal.state != ProposalState::kSubmitted)
    return conflict(
        base::Reason("supply.decided_already").with("state", std::string(model::to_text(proposal.state))));
  proposal.state = ProposalState::kWithdrawn;
  DURE_TRY(work.save(work.tx.supplier_proposals(), proposal));
  DURE_TRY(tell_supply(work, proposal, "supplier-proposals", "supplier_proposal.withdrawn", "withdraw"));
  return proposal;
}

base::Result<model::SupplierEvaluation> evaluate_proposal(Work& work, const model::SupplierProposalId& id,
                                                          const model::EvaluateProposal& command) {
  DURE_LET(proposal,
           load_supply_row(work, work.tx.supplier_proposals(), id, access::Permission::kSupplyEvaluate));
  DURE_LET(pack, supply_pack_for(work, proposal.programme_id, access::Permission::kSupplyEvaluate));
  DURE_LET(call, work.tx.supplier_calls().get(proposal.supplier_call_id));
  DURE_TRY(require_state(call, SupplierCallState::kClosed, work.now));
  DURE_TRY(check_command(command));
  DURE_TRY(supply::check_evaluation(command, pack->supply));
  DURE_TRY(check_judge(work, proposal, command));
  model::SupplierEvaluation made;
  work.stamp(made);
  made.programme_id = proposal.programme_id;
  made.supplier_proposal_id = proposal.id;
  made.account_id = work.caller.subject.account_id;
  made.phase = command.phase;
  made.conflict = command.conflict;
  made.passed = command.passed;
  made.scores = command.scores;
  made.comment = command.comment;
  DURE_TRY(work.tx.supplier_evaluations().insert(made));
  DURE_TRY(tell_supply(work, made, "supplier-evaluations", "supplier_evaluation.given", "give"));
  return made;
}

base::Result<SupplierCall> decide_supplier_call(Work& work, const model::SupplierCallId& id,
                                                const model::DecideSupplierCall& command) {
  DURE_LET(call, load_supply_row(work, work.tx.supplier_calls(), id));
  if (call.state == SupplierCallState::kDecided) return call;
  DURE_TRY(require_supply(work, call.programme_id, access::Permission::kSupplyManage));
  DURE_TRY(require_state(call, SupplierCallState::kClosed, work.now));
  DURE_TRY(check_command(command));
  DURE_TRY(check_supply_texts({{"/minutes", command.minutes}}));
  DURE_LET(pack, work.world.policies.to_decide(work.tx, call.programme_id, work.now));
  DURE_LET(judged, judged_proposals(work, call));
  DURE_LET(ranked, supply::rank_proposals(judged, pack->supply, call.budget));
  DURE_TRY(save_ranking(work, ranked));
  call.state = SupplierCallState::kDecided;
  call.decided_at = work.now;
  call.minutes = command.minutes;
  call.policy_hash = pack->hash();
  DURE_TRY(work.save(work.tx.supplier_calls(), call));
  DURE_TRY(tell_supply(work, call, "supplier-calls", "supplier_call.decided", "decide",
                       "{\"policy_hash\":\"" + pack->hash() + "\"}"));
  return call;
}

}  // namespace dure::commands
