#include <charconv>

#include "commands/agreements.h"
#include "commands/batches.h"
#include "commands/capacity.h"
#include "commands/demand.h"
#include "commands/suppliers.h"
#include "server/routes/collection.h"
#include "server/routes/routes.h"
#include "server/routes/steps.h"

namespace dure::server {
namespace {

// A whole number of the query string within bounds; none where it is left out.
base::Result<std::optional<std::int64_t>> number_in(const Exchange& exchange, const std::string& name,
                                                    std::int64_t least, std::int64_t most) {
  const std::string* text = exchange.request.parameter(name);
  if (text == nullptr) return std::optional<std::int64_t>();
  std::int64_t value = 0;
  const auto end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, value);
  if (read.ec == std::errc() && read.ptr == end && least <= value && value <= most)
    return std::optional(value);
  return base::error(
      base::ErrorKind::kInvalid,
      base::Reason("supply.number_wanted").with("parameter", name).with("least", least).with("most", most));
}

// GET /demand-surveys/{id}/shares?gpus=
base::Result<Answer> survey_shares(Exchange& exchange) {
  DURE_LET(gpus, number_in(exchange, "gpus", 0, model::kMostGpus));
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(shares, commands::survey_shares(work, exchange.id<model::DemandSurvey>(), gpus.value_or(0)));
    return items_answer(shares);
  });
}

// GET /programmes/{id}/supply?year=
base::Result<Answer> supply_status(Exchange& exchange) {
  DURE_LET(year, number_in(exchange, "year", model::kFirstYear, model::kLastYear));
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(status, commands::supply_status(work, exchange.id<model::Programme>(), year));
    return tagged_json(exchange, wire::json_text(status));
  });
}

void add_suppliers(Router& router, Api& api) {
  using Tx = ports::Transaction;
  add_collection<model::Supplier>(router, api, "suppliers", &Tx::suppliers);
  add_make(router, api, "suppliers", commands::register_supplier);
  add_collection<model::SupplierCall>(router, api, "supplier-calls", &Tx::supplier_calls);
  add_make(router, api, "supplier-calls", commands::open_supplier_call);
  add_step(router, api, "supplier-calls", "close", commands::close_supplier_call);
  add_change(router, api, "supplier-calls", "decide", commands::decide_supplier_call);
  add_collection<model::SupplierProposal>(router, api, "supplier-proposals", &Tx::supplier_proposals);
  add_make(router, api, "supplier-proposals", commands::propose_supply);
  add_step(router, api, "supplier-proposals", "withdraw", commands::withdraw_proposal);
  add_child(router, api, "supplier-proposals/{id}/evaluations", "supplier-evaluations",
            commands::evaluate_proposal);
  add_collection<model::SupplierEvaluation>(router, api, "supplier-evaluations", &Tx::supplier_evaluations);
}

void add_batches(Router& router, Api& api) {
  using Tx = ports::Transaction;
  add_collection<model::SupplyAgreement>(router, api, "supply-agreements", &Tx::supply_agreements);
  add_make(router, api, "supply-agreements", commands::draft_agreement);
  add_change(router, api, "supply-agreements", "move", commands::move_agreement);
  add_collection<model::CapacityBatch>(router, api, "capacity-batches", &Tx::capacity_batches);
  add_make(router, api, "capacity-batches", commands::plan_batch);
  add_change(router, api, "capacity-batches", "stages", commands::record_stage);
  add_change(router, api, "capacity-batches", "tie", commands::tie_batch);
  add_change(router, api, "capacity-batches", "promise", commands::promise_capacity);
}

void add_demand(Router& router, Api& api) {
  using Tx = ports::Transaction;
  add_collection<model::SupplyTarget>(router, api, "supply-targets", &Tx::supply_targets);
  add_make(router, api, "supply-targets", commands::decide_target);
  add_collection<model::DemandSurvey>(router, api, "demand-surveys", &Tx::demand_surveys);
  add_make(router, api, "demand-surveys", commands::open_survey);
  add_step(router, api, "demand-surveys", "close", commands::close_survey);
  add_child(router, api, "demand-surveys/{id}/answers", "demand-answers", commands::answer_survey);
  add_route(router, api, "GET", "/api/v1/demand-surveys/{id}/shares", survey_shares, {"gpus"});
  add_collection<model::DemandAnswer>(router, api, "demand-answers", &Tx::demand_answers);
  add_collection<model::BeneficiaryReservation>(router, api, "beneficiary-reservations",
                                                &Tx::beneficiary_reservations);
  add_make(router, api, "beneficiary-reservations", commands::reserve_for_beneficiary);
  add_step(router, api, "beneficiary-reservations", "cancel", commands::cancel_beneficiary);
}

}  // namespace

void add_supply_routes(Router& router, Api& api) {
  add_suppliers(router, api);
  add_batches(router, api);
  add_demand(router, api);
  add_route(router, api, "GET", "/api/v1/programmes/{id}/supply", supply_status, {"year"});
}

}  // namespace dure::server
