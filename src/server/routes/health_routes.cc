#include "server/routes/routes.h"
#include "server/version.h"

namespace dure::server {
namespace {

// For supervisors and load balancers: 200 where the store answers, else the problem.
base::Result<Answer> health(Exchange& exchange) {
  return look(exchange, [](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(any, work.tx.programmes().first(ports::Query{}.at_most(1)));
    static_cast<void>(any);
    return json_answer("{\"status\":\"ok\"}");
  });
}

base::Result<Answer> version(Exchange& exchange) {
  return json_answer("{\"version\":" + wire::json_text(std::string(kVersion)) +
                     ",\"store\":" + wire::json_text(exchange.world.store.describe()) + "}");
}

}  // namespace

void add_health_routes(Router& router, Api& api) {
  add_route(router, api, "GET", "/health", health);
  add_route(router, api, "GET", "/api/v1/version", version);
}

}  // namespace dure::server
