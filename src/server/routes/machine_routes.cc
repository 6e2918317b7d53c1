#include "commands/cluster.h"
#include "server/routes/collection.h"
#include "server/routes/routes.h"

namespace dure::server {
namespace {

base::Result<Answer> resources(Exchange& exchange) {
  const std::string* pool = exchange.request.parameter("pool");
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(table, commands::resource_table(work, pool ? *pool : ""));
    return tagged_json(exchange, wire::json_text(table));
  });
}

base::Result<Answer> drain(Exchange& exchange) {
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(node, commands::drain_node(work, exchange.id<model::Node>()));
    return row_answer(node);
  });
}

base::Result<Answer> resume(Exchange& exchange) {
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(node, commands::resume_node(work, exchange.id<model::Node>()));
    return row_answer(node);
  });
}

}  // namespace

void add_machine_routes(Router& router, Api& api) {
  add_route(router, api, "GET", "/api/v1/resources", resources, {"pool"});
  add_collection<model::Node>(router, api, "nodes", &ports::Transaction::nodes);
  add_route(router, api, "POST", "/api/v1/nodes/{id}/drain", drain);
  add_route(router, api, "POST", "/api/v1/nodes/{id}/resume", resume);
  add_collection<model::Card>(router, api, "cards", &ports::Transaction::cards);
  add_collection<model::Image>(router, api, "images", &ports::Transaction::images);
  add_collection<model::Volume>(router, api, "volumes", &ports::Transaction::volumes);
}

}  // namespace dure::server
