#include "commands/idle_use.h"
#include "commands/use_reviews.h"
#include "server/routes/collection.h"
#include "server/routes/routes.h"
#include "server/routes/steps.h"

namespace dure::server {
namespace {

// GET /allocations/{id}/utilisation?cycle=
base::Result<Answer> utilisation(Exchange& exchange) {
  const std::string* text = exchange.request.parameter("cycle");
  std::optional<model::UseCycle> cycle;
  if (text != nullptr) {
    cycle = model::parse_enum<model::UseCycle>(*text);
    if (!cycle)
      return base::error(base::ErrorKind::kInvalid,
                         base::Reason("utilisation.cycle_unknown").with("cycle", *text));
  }
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(table, commands::utilisation_of(work, exchange.id<model::Allocation>(), cycle));
    return tagged_json(exchange, wire::json_text(table));
  });
}

// GET /allocations/{id}/idleness
base::Result<Answer> idleness(Exchange& exchange) {
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(standing, commands::idleness_of(work, exchange.id<model::Allocation>()));
    return tagged_json(exchange, wire::json_text(standing));
  });
}

}  // namespace

void add_use_review_routes(Router& router, Api& api) {
  using Tx = ports::Transaction;
  const std::string reviews = "utilisation-reviews";
  add_collection<model::ReviewCriteria>(router, api, "review-criteria", &Tx::review_criteria);
  add_make(router, api, "review-criteria", commands::publish_criteria);
  add_collection<model::UtilisationReview>(router, api, reviews, &Tx::utilisation_reviews);
  add_make(router, api, reviews, commands::open_review);
  add_step(router, api, reviews, "measure", commands::measure_review);
  add_change(router, api, reviews, "propose", commands::propose_measure);
  add_step(router, api, reviews, "notify", commands::notify_review);
  add_change(router, api, reviews, "opinions", commands::give_review_opinion);
  add_change(router, api, reviews, "decide", commands::decide_review);
  add_step(router, api, reviews, "apply", commands::apply_review);
  add_route(router, api, "GET", "/api/v1/allocations/{id}/utilisation", utilisation, {"cycle"});
  add_collection<model::IdleWarning>(router, api, "idle-warnings", &Tx::idle_warnings);
  add_change(router, api, "idle-warnings", "dismiss", commands::dismiss_idle_warning);
  add_change(router, api, "idle-warnings", "carry-out", commands::carry_out_idle_warning);
  add_route(router, api, "GET", "/api/v1/allocations/{id}/idleness", idleness);
}

}  // namespace dure::server
