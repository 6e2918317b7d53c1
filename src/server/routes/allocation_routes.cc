#include "commands/allocation_actions.h"
#include "commands/counter_offers.h"
#include "commands/training.h"
#include "server/routes/collection.h"
#include "server/routes/routes.h"
#include "server/routes/steps.h"

namespace dure::server {
namespace {

// GET /allocations/{id}/training
base::Result<Answer> show_training(Exchange& exchange) {
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(status, commands::training_status(work, exchange.id<model::Allocation>()));
    return tagged_json(exchange, wire::json_text(status));
  });
}

}  // namespace

void add_allocation_routes(Router& router, Api& api) {
  using Tx = ports::Transaction;
  add_collection<model::TrainingCompletion>(router, api, "training-completions", &Tx::training_completions);
  add_route(router, api, "GET", "/api/v1/allocations/{id}/training", show_training);
  add_child(router, api, "allocations/{id}/training", "training-completions", commands::confirm_training);
  add_collection<model::CounterOffer>(router, api, "counter-offers", &Tx::counter_offers);
  add_make(router, api, "counter-offers", commands::make_counter_offer);
  add_step(router, api, "counter-offers", "accept", commands::accept_counter_offer);
  add_change(router, api, "counter-offers", "decline", commands::decline_counter_offer);
  add_change(router, api, "counter-offers", "withdraw", commands::withdraw_counter_offer);
  add_collection<model::AllocationAction>(router, api, "allocation-actions", &Tx::allocation_actions);
  add_make(router, api, "allocation-actions", commands::request_action);
  add_change(router, api, "allocation-actions", "decide", commands::decide_action);
  add_step(router, api, "allocation-actions", "withdraw", commands::withdraw_action);
}

}  // namespace dure::server
