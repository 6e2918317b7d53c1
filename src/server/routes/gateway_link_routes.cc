#include "commands/entry_check.h"
#include "server/routes/routes.h"
#include "wire/json_impl.h"

namespace dure::server {
namespace {

base::Result<Answer> check_entries(Exchange& exchange) {
  DURE_LET(check, exchange.body<model::EntryCheck>());
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(verdict, commands::check_entries(work, check));
    return json_answer(wire::json_text(verdict));
  });
}

}  // namespace

void add_gateway_link_routes(Router& router, Api& api) {
  add_route(router, api, "POST", "/gateway/v1/entries", check_entries);
}

}  // namespace dure::server
