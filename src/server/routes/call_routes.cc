#include "commands/announcement.h"
#include "server/routes/collection.h"
#include "server/routes/routes.h"

namespace dure::server {
namespace {

base::Result<Answer> announce(Exchange& exchange) {
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(told, commands::announce_call(work, exchange.id<model::Call>()));
    return tagged_json(exchange, wire::json_text(told));
  });
}

}  // namespace

void add_call_routes(Router& router, Api& api) {
  add_route(router, api, "GET", "/api/v1/calls/{id}/announcement", announce);
}

}  // namespace dure::server
