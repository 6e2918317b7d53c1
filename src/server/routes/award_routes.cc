#include "commands/awards.h"
#include "commands/outages.h"
#include "commands/reports.h"
#include "server/routes/collection.h"
#include "server/routes/routes.h"

namespace dure::server {
namespace {

base::Result<Answer> open_allocation(Exchange& exchange) {
  model::OpenAllocation command;
  if (!exchange.request.body.empty()) {
    DURE_LET(read, exchange.body<model::OpenAllocation>());
    command = read;
  }
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(opened, commands::open_allocation(work, exchange.id<model::Award>(), command));
    Answer answer = json_answer(wire::json_text(opened), 201);
    answer.headers.push_back({"Location", "/api/v1/allocations/" + opened.allocation.id.text});
    answer.headers.push_back({"ETag", etag_of(opened.allocation.version)});
    return answer;
  });
}

base::Result<Answer> submit_report(Exchange& exchange) {
  DURE_LET(report, exchange.body<model::ResultsReport>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(obligation, commands::submit_report(work, exchange.id<model::Obligation>(), std::move(report)));
    return row_answer(obligation);
  });
}

base::Result<Answer> accept_report(Exchange& exchange) {
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(obligation, commands::accept_report(work, exchange.id<model::Obligation>()));
    return row_answer(obligation);
  });
}

base::Result<Answer> begin_outage(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::BeginOutage>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(outage, commands::begin_outage(work, command));
    return created_answer(outage, "outages");
  });
}

base::Result<Answer> end_outage(Exchange& exchange) {
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(outage, commands::end_outage(work, exchange.id<model::Outage>()));
    return row_answer(outage);
  });
}

}  // namespace

void add_award_routes(Router& router, Api& api) {
  add_collection<model::Award>(router, api, "awards", &ports::Transaction::awards);
  add_route(router, api, "POST", "/api/v1/awards/{id}/allocation", open_allocation);
  add_collection<model::Project>(router, api, "projects", &ports::Transaction::projects);
  add_collection<model::Allocation>(router, api, "allocations", &ports::Transaction::allocations);
  add_collection<model::Obligation>(router, api, "obligations", &ports::Transaction::obligations);
  add_route(router, api, "POST", "/api/v1/obligations/{id}/report", submit_report);
  add_route(router, api, "POST", "/api/v1/obligations/{id}/accept", accept_report);
  add_collection<model::Outage>(router, api, "outages", &ports::Transaction::outages);
  add_route(router, api, "POST", "/api/v1/outages", begin_outage);
  add_route(router, api, "POST", "/api/v1/outages/{id}/end", end_outage);
}

}  // namespace dure::server
